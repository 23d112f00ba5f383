import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { type Document, isMap, isScalar, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml'
import { findNearestName } from '../cli/nearest-name.ts'
import type { ApplianceConfig } from './config.ts'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { isSetting, Refusal, type Section, type Setting } from './setting-kinds.ts'
import { SETTINGS } from './settings.ts'
import { findNode, offsetOf, plainValue, valueAt } from './yaml-place.ts'

/** A value from the command line; it wins over the file. */
export interface Override {
  /** Dotted key, such as `venue.feedLatencyNs`. */
  readonly key: string
  readonly value: unknown
  /** The flag as the user wrote it, for errors. */
  readonly flag: string
}

/** Largest configuration file that is read: far above any sensible one, far below what would hurt. */
const FILE_BYTES_MAX = 1024 * 1024

type Values = Map<string, unknown>

/**
 * The configuration of a run: defaults, then the file, then the command line.
 * Relative paths are relative to the file's folder, those of the command line to the working folder.
 * @param filePath YAML file, or undefined for none
 * @throws ConfigError naming every problem by line and column
 */
export function readConfig(filePath: string | undefined, overrides: readonly Override[], cwd: string): ApplianceConfig {
  if (filePath === undefined) return buildConfig(undefined, '', overrides, cwd)
  const path = resolve(cwd, filePath)
  const text = readFileSync(path, 'utf8')
  if (text.length > FILE_BYTES_MAX) {
    const where = filePath
    throw new ConfigError([{ where, what: 'the file is larger than 1 MiB', next: 'name a YAML configuration' }])
  }
  return buildConfig(text, filePath, overrides, cwd)
}

/** The same from text; `fileName` is what errors call it. */
export function buildConfig(
  text: string | undefined,
  fileName: string,
  overrides: readonly Override[],
  cwd: string,
): ApplianceConfig {
  const problems: ConfigProblem[] = []
  const values: Values = new Map()
  if (text !== undefined) new FileReader(text, fileName, cwd, values, problems).read()
  for (const override of overrides) applyOverride(override, cwd, values, problems)
  if (problems.length === 0) checkAcross(values, fileName, problems)
  if (problems.length > 0) throw new ConfigError(problems)
  return assemble(SETTINGS, '', values, cwd) as ApplianceConfig
}

/** Reads one YAML document against the table of settings. */
class FileReader {
  readonly #text: string
  readonly #fileName: string
  readonly #folder: string
  readonly #values: Values
  readonly #problems: ConfigProblem[]
  readonly #lines = new LineCounter()

  constructor(text: string, fileName: string, cwd: string, values: Values, problems: ConfigProblem[]) {
    this.#text = text
    this.#fileName = fileName
    this.#folder = dirname(resolve(cwd, fileName))
    this.#values = values
    this.#problems = problems
  }

  read(): void {
    const document = parseDocument(this.#text, { lineCounter: this.#lines, prettyErrors: false, logLevel: 'error' })
    for (const error of document.errors) {
      const next = 'indent by blanks, write "key: value", and use every key once'
      this.#refuse(error.pos[0], `not valid YAML: ${error.message}`, next)
    }
    if (document.errors.length > 0 || document.contents === null) return
    if (!isMap(document.contents)) {
      this.#refuse(offsetOf(document.contents), 'the file holds no keys', `allowed: ${keysOf(SETTINGS)}`)
      return
    }
    try {
      this.#readSection(document, document.contents, SETTINGS, '')
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error
      this.#refuse(0, `an alias cannot be followed: ${error.message}`, 'write the value out')
    }
  }

  #readSection(document: Document, map: YAMLMap, section: Section, prefix: string): void {
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const key = isScalar(pair.key) ? String(pair.key.value) : '?'
      const node = Object.hasOwn(section, key) ? section[key] : undefined
      if (node === undefined) {
        this.#refuse(offsetOf(pair.key), `unknown key "${prefix}${key}"`, suggestKey(key, section, prefix))
      } else if (isSetting(node)) {
        this.#readSetting(document, pair, node, `${prefix}${key}`)
      } else if (isMap(pair.value)) {
        this.#readSection(document, pair.value, node, `${prefix}${key}.`)
      } else if (pair.value !== null && !(isScalar(pair.value) && pair.value.value === null)) {
        const next = `allowed is a map of ${keysOf(node)}`
        this.#refuse(
          offsetOf(pair.value),
          `${prefix}${key}: found ${describeValue(plainValue(document, pair.value))}`,
          next,
        )
      }
    }
  }

  #readSetting(document: Document, pair: Pair<Node, Node | null>, setting: Setting<unknown>, key: string): void {
    const value = plainValue(document, pair.value)
    if (value === null || value === undefined) return
    const parsed = setting.parse(value)
    if (parsed instanceof Refusal) {
      const part = findNode(pair.value, parsed.path, parsed.what !== undefined)
      const offset = part === null ? offsetOf(pair.key) : offsetOf(part)
      const found = parsed.what ?? `found ${describeValue(valueAt(value, parsed.path))}`
      this.#refuse(offset, `${[key, ...parsed.path].join('.')}: ${found}`, `allowed is ${parsed.allowed}`)
    } else this.#values.set(key, setting.holdsPaths ? resolvePaths(parsed, this.#folder) : parsed)
  }

  #refuse(offset: number, what: string, next: string): void {
    const { line, col } = this.#lines.linePos(offset)
    this.#problems.push({ where: `${this.#fileName}:${Math.max(1, line)}:${Math.max(1, col)}`, what, next })
  }
}

function applyOverride(override: Override, cwd: string, values: Values, problems: ConfigProblem[]): void {
  const setting = findSetting(override.key)
  if (setting === undefined) {
    problems.push({ where: override.flag, what: `unknown key "${override.key}"`, next: suggestDottedKey(override.key) })
    return
  }
  const parsed = setting.parse(override.value)
  if (parsed instanceof Refusal) {
    const found = parsed.what ?? `found ${describeValue(valueAt(override.value, parsed.path))}`
    problems.push({ where: override.flag, what: `${override.key}: ${found}`, next: `allowed is ${parsed.allowed}` })
  } else values.set(override.key, setting.holdsPaths ? resolvePaths(parsed, cwd) : parsed)
}

/** Rules that concern two settings at once. */
function checkAcross(values: Values, fileName: string, problems: ConfigProblem[]): void {
  const inboundBytes = (values.get('rings.inboundBytes') ?? SETTINGS.rings.inboundBytes.fallback) as number
  const reserveBytes = (values.get('rings.inboundReserveBytes') ??
    SETTINGS.rings.inboundReserveBytes.fallback) as number
  if (reserveBytes * 2 > inboundBytes) {
    problems.push({
      where: fileName === '' ? 'command line' : fileName,
      what: `rings.inboundReserveBytes (${reserveBytes}) is more than half of rings.inboundBytes (${inboundBytes})`,
      next: 'allowed is at most half: raise the ring or lower the reserve',
    })
  }
}

/** The setting of a dotted key, or undefined. */
export function findSetting(key: string): Setting<unknown> | undefined {
  let node: Setting<unknown> | Section = SETTINGS
  for (const part of key.split('.')) {
    if (isSetting(node) || !Object.hasOwn(node, part)) return undefined
    node = node[part]!
  }
  return isSetting(node) ? node : undefined
}

/** Every dotted key with its setting, in the order of the table. */
export function listSettings(section: Section = SETTINGS, prefix = ''): (readonly [string, Setting<unknown>])[] {
  return Object.entries(section).flatMap(([key, node]) =>
    isSetting(node) ? [[`${prefix}${key}`, node] as const] : listSettings(node, `${prefix}${key}.`),
  )
}

function assemble(section: Section, prefix: string, values: Values, cwd: string): Record<string, unknown> {
  const config: Record<string, unknown> = {}
  for (const [key, node] of Object.entries(section)) {
    if (!isSetting(node)) {
      config[key] = assemble(node, `${prefix}${key}.`, values, cwd)
      continue
    }
    const fallback = node.holdsPaths ? resolvePaths(node.fallback, cwd) : node.fallback
    config[key] = values.has(`${prefix}${key}`) ? values.get(`${prefix}${key}`) : fallback
  }
  return config
}

/** Bundled strategies are named, not located: a plain word stays as it is. */
function resolvePaths(value: unknown, folder: string): unknown {
  if (typeof value === 'string') {
    if (value === '') return value
    const home = value.startsWith('~/') ? join(homedir(), value.slice(2)) : value
    return isAbsolute(home) ? home : resolve(folder, home)
  }
  if (!Array.isArray(value)) return value
  return value.map((item) => {
    if (typeof item === 'string') return resolvePaths(item, folder)
    const isBundledName = /^[a-z][a-z0-9-]*$/.test(item.path)
    return isBundledName ? item : { ...item, path: resolvePaths(item.path, folder) }
  })
}

function suggestKey(key: string, section: Section, prefix: string): string {
  const meant = findNearestName(key, Object.keys(section))
  if (meant !== undefined) return `did you mean ${prefix}${meant}?`
  const elsewhere = listSettings().find(([dotted]) => dotted.split('.').at(-1)!.toLowerCase() === key.toLowerCase())
  return elsewhere === undefined ? `allowed are ${keysOf(section)}` : `did you mean ${elsewhere[0]}?`
}

function suggestDottedKey(key: string): string {
  const all = listSettings().map(([dotted]) => dotted)
  const leaf = key.split('.').at(-1)!
  const leaves = all.map((dotted) => dotted.split('.').at(-1)!)
  const nearLeaf = findNearestName(leaf, leaves)
  const meant = findNearestName(key, all) ?? (nearLeaf === undefined ? undefined : all[leaves.indexOf(nearLeaf)])
  return meant === undefined ? `allowed are ${all.join(', ')}` : `did you mean ${meant}?`
}

function keysOf(section: Section): string {
  return Object.keys(section).join(', ')
}

function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
