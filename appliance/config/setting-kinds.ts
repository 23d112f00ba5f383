import { isDate } from '../../feeds/protocol/session-epoch.ts'
import { parseEndpoint, parseIpv4 } from '../../kernels/host/ipv4.ts'
import { RING_CAPACITY_BYTES_MAX, RING_CAPACITY_BYTES_MIN } from '../../kernels/ring/layout.ts'
import { formatCount } from '../cli/format.ts'
import { findNearestName } from '../cli/nearest-name.ts'
import type { CoreChoice, StrategyChoice } from './config-types.ts'

/** Why a value is refused, and where inside of it. */
export class Refusal {
  readonly allowed: string
  /** Keys from the setting's own value down to the part that is wrong. */
  readonly path: readonly (string | number)[]
  /** A sentence to put instead of "found …". */
  readonly what: string | undefined

  constructor(allowed: string, path: readonly (string | number)[] = [], what?: string) {
    this.allowed = allowed
    this.path = path
    this.what = what
  }
}

/** One setting: what it is for, its default and the reason for it, what is allowed. */
export interface Setting<T> {
  readonly isSetting: true
  readonly about: string
  readonly fallback: T
  readonly reason: string
  /** In words, for errors and documentation. */
  readonly allowed: string
  /** Whether relative paths inside are relative to the configuration file's folder. */
  readonly holdsPaths: boolean
  /** Takes a plain value as YAML or the command line gives it. */
  readonly parse: (value: unknown) => T | Refusal
}

/** A group of settings under one key. */
export interface Section {
  readonly [key: string]: Setting<unknown> | Section
}

/** The configuration that a section describes. */
export type ConfigOf<S> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : ConfigOf<S[K]>
}

interface Text {
  readonly about: string
  readonly reason: string
}

interface TextWith<T> extends Text {
  readonly fallback: T
}

interface Range extends TextWith<number> {
  readonly min: number
  readonly max: number
}

/** Whether a node of the table is a setting, not a section. */
export function isSetting(node: Setting<unknown> | Section): node is Setting<unknown> {
  return (node as Setting<unknown>).isSetting === true
}

/** A setting from what it says and how it takes a value: `undefined` refuses it with what is allowed. */
export function setting<T>(
  text: TextWith<T>,
  allowed: string,
  accept: (value: unknown) => T | Refusal | undefined,
  holdsPaths = false,
): Setting<T> {
  const { about, fallback, reason } = text
  const parse = (value: unknown) => accept(value) ?? new Refusal(allowed)
  return { isSetting: true, about, fallback, reason, allowed, holdsPaths, parse }
}

function describeRange(min: number, max: number): string {
  return `from ${formatBound(min)} to ${formatBound(max)}`
}

function formatBound(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : String(value)
}

/** Digits may be grouped by underscores, as in the documentation. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^-?\d[\d_]*(\.\d+)?(e\d+)?$/i.test(value)) return undefined
  return Number(value.replaceAll('_', ''))
}

/** A whole number within a range. */
export function integer(range: Range): Setting<number> {
  return setting(range, `a whole number ${describeRange(range.min, range.max)}`, (value) => {
    const number = toNumber(value)
    return number !== undefined && Number.isSafeInteger(number) && number >= range.min && number <= range.max
      ? number
      : undefined
  })
}

/** A number within a range. */
export function number(range: Range): Setting<number> {
  return setting(range, `a number ${describeRange(range.min, range.max)}`, (value) => {
    const found = toNumber(value)
    return found !== undefined && found >= range.min && found <= range.max ? found : undefined
  })
}

/** Nanoseconds, at most a minute: a longer one would be a mistake of units. */
export function latencyNs(text: TextWith<number>): Setting<number> {
  return integer({ ...text, min: 0, max: 60_000_000_000 })
}

/** Records per step: from 1, at which every record is a batch of its own. */
export function stepBatch(text: TextWith<number>): Setting<number> {
  return integer({ ...text, min: 1, max: 65_536 })
}

const BYTE_UNITS: Record<string, number> = { b: 1, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 }

function toBytes(value: unknown): number | undefined {
  const plain = toNumber(value)
  if (plain !== undefined) return plain
  const match = typeof value === 'string' ? value.match(/^([\d_.]+)\s*([a-z]+)$/i) : null
  const unit = match === null ? undefined : BYTE_UNITS[match[2]!.toLowerCase()]
  const count = match === null ? undefined : toNumber(match[1])
  return unit === undefined || count === undefined ? undefined : count * unit
}

/** A size in bytes, or with a unit: `64 MiB`. Multiples of 8. */
export function bytes(range: Range): Setting<number> {
  const allowed = `a multiple of 8 bytes ${describeRange(range.min, range.max)}, such as 64 MiB`
  return setting(range, allowed, (value) => {
    const found = toBytes(value)
    const isUsable = found !== undefined && Number.isSafeInteger(found) && found % 8 === 0
    return isUsable && found >= range.min && found <= range.max ? found : undefined
  })
}

/** A ring's capacity: a power of two. */
export function ringBytes(text: TextWith<number>): Setting<number> {
  const range = describeRange(RING_CAPACITY_BYTES_MIN, RING_CAPACITY_BYTES_MAX)
  return setting(text, `a power of two of bytes ${range}, such as 16 MiB`, (value) => {
    const found = toBytes(value)
    const isPower = found !== undefined && Number.isSafeInteger(found) && Number.isInteger(Math.log2(found))
    return isPower && found >= RING_CAPACITY_BYTES_MIN && found <= RING_CAPACITY_BYTES_MAX ? found : undefined
  })
}

/** A number of records that is a power of two. */
export function recordCount(range: Range): Setting<number> {
  return setting(range, `a power of two ${describeRange(range.min, range.max)}`, (value) => {
    const found = toNumber(value)
    const isPower = found !== undefined && Number.isSafeInteger(found) && Number.isInteger(Math.log2(found))
    return isPower && found >= range.min && found <= range.max ? found : undefined
  })
}

/** `true` or `false`. */
export function flag(text: TextWith<boolean>): Setting<boolean> {
  return setting(text, 'true or false', (value) => {
    if (typeof value === 'boolean') return value
    return value === 'true' ? true : value === 'false' ? false : undefined
  })
}

/** One of a few words. */
export function choice<const T extends string>(
  text: Text & { allowed: readonly T[]; fallback: NoInfer<T> },
): Setting<T> {
  const allowed = `one of ${text.allowed.join(', ')}`
  return setting<T>(text, allowed, (value) => {
    const found = text.allowed.find((word) => word === value)
    if (found !== undefined || typeof value !== 'string') return found
    const meant = findNearestName(value, text.allowed)
    return new Refusal(meant === undefined ? allowed : `${allowed}; did you mean ${meant}?`)
  })
}

/** A name that can be a part of a file name and of a region's header. */
export function name(text: TextWith<string>): Setting<string> {
  const allowed = 'a lower-case letter or digit, then up to 31 of these, - and _'
  return setting(text, allowed, (value) => {
    const found = typeof value === 'number' ? String(value) : value
    return typeof found === 'string' && /^[a-z0-9][a-z0-9_-]{0,31}$/.test(found) ? found : undefined
  })
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0')
}

/** A path of a file or folder. */
export function path(text: TextWith<string>): Setting<string> {
  return setting(text, 'a path', (value) => (isPath(value) ? value : undefined), true)
}

/** A path of a file, or none. */
export function optionalPath(text: Text): Setting<string | null> {
  const plain = setting<string | null>({ ...text, fallback: null }, 'a path', () => undefined, true)
  return { ...plain, parse: (value) => (value === null || isPath(value) ? value : new Refusal(plain.allowed)) }
}

/** A list of paths; one alone needs no list. */
export function paths(text: Text): Setting<readonly string[]> {
  const accept = (value: unknown) => {
    const list = Array.isArray(value) ? value : [value]
    const wrong = list.findIndex((item) => !isPath(item))
    return wrong === -1 ? (list as string[]) : new Refusal('a path', Array.isArray(value) ? [wrong] : [])
  }
  return setting({ ...text, fallback: [] as readonly string[] }, 'a path, or a list of paths', accept, true)
}

/** A time zone that this Node knows, by its IANA name. */
export function timeZone(text: TextWith<string>): Setting<string> {
  return setting(text, 'an IANA time zone, such as America/New_York or UTC', (value) => {
    if (typeof value !== 'string') return undefined
    try {
      return new Intl.DateTimeFormat('en-US', { timeZone: value }).resolvedOptions().timeZone
    } catch {
      return undefined
    }
  })
}

/** "auto", or a day. */
export function date(text: Text): Setting<string> {
  return setting({ ...text, fallback: 'auto' }, '"auto", or a date as YYYY-MM-DD', (value) => {
    if (value === 'auto') return value
    return typeof value === 'string' && isDate(value) ? value : undefined
  })
}

/** "max" or a factor. */
export function speed(text: TextWith<'max' | number>): Setting<'max' | number> {
  return setting(text, '"max", or a factor from 0.001 to 1,000,000', (value) => {
    if (value === 'max') return value
    const factor = typeof value === 'string' ? toNumber(value.replace(/^x|x$/i, '')) : toNumber(value)
    return factor !== undefined && factor >= 0.001 && factor <= 1e6 ? factor : undefined
  })
}

const STRATEGY_KEYS = ['path', 'params']
const STRATEGIES_MAX = 64

function acceptStrategy(value: unknown, index: number): StrategyChoice | Refusal {
  if (isPath(value)) return { path: value, params: {} }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return new Refusal('a path, or a map of path and params', [index])
  }
  const entry = value as Record<string, unknown>
  for (const key of Object.keys(entry)) {
    if (STRATEGY_KEYS.includes(key)) continue
    const meant = findNearestName(key, STRATEGY_KEYS)
    const allowed = meant === undefined ? 'path and params' : `path and params; did you mean ${meant}?`
    return new Refusal(allowed, [index, key], `unknown key "${key}"`)
  }
  if (!isPath(entry.path)) {
    return new Refusal('a path, or the name of a bundled strategy', 'path' in entry ? [index, 'path'] : [index])
  }
  const params = entry.params ?? {}
  if (typeof params !== 'object' || Array.isArray(params)) return new Refusal('a map of parameters', [index, 'params'])
  for (const [key, param] of Object.entries(params)) {
    if (['string', 'number', 'boolean'].includes(typeof param)) continue
    return new Refusal('a number, a text, true or false', [index, 'params', key])
  }
  return { path: entry.path, params: params as StrategyChoice['params'] }
}

/** Strategies and their parameters; what a parameter may be, the plugin itself says. */
export function strategies(text: Text): Setting<readonly StrategyChoice[]> {
  const allowed = `a list of at most ${STRATEGIES_MAX} strategies: paths, or maps of path and params`
  const accept = (value: unknown) => {
    if (!Array.isArray(value) || value.length > STRATEGIES_MAX) return undefined
    const list = value.map(acceptStrategy)
    return list.find((item) => item instanceof Refusal) ?? (list as StrategyChoice[])
  }
  return setting({ ...text, fallback: [] as readonly StrategyChoice[] }, allowed, accept, true)
}

const KERNEL_KEYS = ['io', 'strategy', 'storage', 'housekeeping'] as const
const CORE_MAX = 1023

/** `auto`, or a core number for each of the four roles; those left out follow the plan. */
export function cores(text: Text): Setting<CoreChoice> {
  const allowed = `"auto", or a map of ${KERNEL_KEYS.join(', ')} to core numbers`
  const accept = (value: unknown) => {
    if (value === 'auto') return value
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    for (const [key, core] of Object.entries(value)) {
      if (!KERNEL_KEYS.some((known) => known === key)) {
        const meant = findNearestName(key, KERNEL_KEYS)
        const hint = meant === undefined ? '' : `; did you mean ${meant}?`
        return new Refusal(`${KERNEL_KEYS.join(', ')}${hint}`, [key], `unknown kernel "${key}"`)
      }
      const isCore = typeof core === 'number' && Number.isInteger(core) && core >= 0 && core <= CORE_MAX
      if (!isCore) return new Refusal(`a core number from 0 to ${CORE_MAX}`, [key])
    }
    return value as CoreChoice
  }
  return setting<CoreChoice>({ ...text, fallback: 'auto' }, allowed, accept)
}

/** Whether a text is read without complaint. */
function isRead(text: string, read: (text: string) => unknown): boolean {
  try {
    read(text)
    return true
  } catch {
    return false
  }
}

const ENDPOINT = 'an IPv4 address and a port, such as 10.0.0.1:18000'

/** An address and a port, or nothing. */
export function optionalEndpoint(text: Text): Setting<string> {
  return setting({ ...text, fallback: '' }, ENDPOINT, (value) =>
    typeof value === 'string' && (value === '' || isRead(value, parseEndpoint)) ? value : undefined,
  )
}

/** A list of addresses and ports; one alone needs no list. */
export function endpoints(text: Text): Setting<readonly string[]> {
  const accept = (value: unknown) => {
    const list = Array.isArray(value) ? value : [value]
    const wrong = list.findIndex((item) => typeof item !== 'string' || !isRead(item, parseEndpoint))
    return wrong === -1 ? (list as string[]) : new Refusal(ENDPOINT, Array.isArray(value) ? [wrong] : [])
  }
  return setting({ ...text, fallback: [] as readonly string[] }, `${ENDPOINT}, or a list of them`, accept)
}

/** An IPv4 address, or `*` for any. */
export function address(text: Text): Setting<string> {
  return setting({ ...text, fallback: '*' }, 'an IPv4 address, or *', (value) =>
    typeof value === 'string' && (value === '*' || isRead(value, parseIpv4)) ? value : undefined,
  )
}

/** Printable ASCII of limited length. */
export function text(about: TextWith<string> & { readonly max: number }): Setting<string> {
  return setting(about, `at most ${about.max} printable characters`, (value) => {
    const found = typeof value === 'number' ? String(value) : value
    return typeof found === 'string' && found.length <= about.max && /^[\x20-\x7e]*$/.test(found) ? found : undefined
  })
}
