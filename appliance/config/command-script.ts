import { findLimit, LIMIT_NAMES } from '../../kernels/io/gate/limit.ts'
import type { ScriptedCommand } from '../../kernels/io/operator/scripted-commands.ts'
import { CommandCode } from '../../kernels/records/catalogue.ts'
import { findNearestName } from '../cli/nearest-name.ts'
import { Refusal, type Setting, setting, toNumber } from './setting-kinds.ts'
import { parseTimeOfDay } from './time-of-day.ts'

const KEYS = ['at', 'do', 'strategy', 'symbol', 'limit', 'value', 'who', 'why']
const CODES: Readonly<Record<string, CommandCode>> = {
  kill: CommandCode.Kill,
  release: CommandCode.Release,
  limit: CommandCode.SetLimit,
}
const COMMANDS_MAX = 10_000
const WHO_BYTES = 16
const WHY_BYTES = 48
const STRATEGY_MAX = 64

function near(word: string, allowed: readonly string[]): string {
  const meant = findNearestName(word, allowed)
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

function isText(value: unknown, bytesMax: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= bytesMax && /^[\x20-\x7e]+$/.test(value)
}

function acceptCommand(given: unknown, index: number): ScriptedCommand | Refusal {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return new Refusal(`a map of ${KEYS.join(', ')}`, [index])
  }
  const entry = given as Record<string, unknown>
  const refuse = (key: string, allowed: string) => new Refusal(allowed, key in entry ? [index, key] : [index])
  for (const key of Object.keys(entry)) {
    if (!KEYS.includes(key)) return new Refusal(KEYS.join(', ') + near(key, KEYS), [index, key], `unknown key "${key}"`)
  }
  const timeNs = parseTimeOfDay(entry.at)
  if (timeNs === undefined) return refuse('at', 'a time of day such as 09:31 or 09:31:05.250')
  const code = typeof entry.do === 'string' && Object.hasOwn(CODES, entry.do) ? CODES[entry.do] : undefined
  if (code === undefined)
    return refuse('do', Object.keys(CODES).join(', ') + near(String(entry.do), Object.keys(CODES)))
  const strategy = toNumber(entry.strategy ?? 0)
  if (strategy === undefined || !Number.isInteger(strategy) || strategy < 0 || strategy > STRATEGY_MAX) {
    return refuse('strategy', `the number of a strategy, 1 to ${STRATEGY_MAX}`)
  }
  const { symbol = '', limit: limitName = '', who, why } = entry
  if (typeof symbol !== 'string') return refuse('symbol', 'a symbol')
  if (strategy !== 0 && symbol !== '') return refuse('symbol', 'a strategy or a symbol, not both')
  if (!isText(who, WHO_BYTES)) return refuse('who', `a name of at most ${WHO_BYTES} characters`)
  if (!isText(why, WHY_BYTES)) return refuse('why', `a reason of at most ${WHY_BYTES} characters`)
  const isLimit = code === CommandCode.SetLimit
  const limit = findLimit(String(limitName))
  const names = LIMIT_NAMES.slice(1)
  if (isLimit === (limit === 0)) return refuse('limit', names.join(', ') + near(String(limitName), names))
  const value = toNumber(entry.value ?? 0)
  if (value === undefined || value < 0) return refuse('value', 'a number from 0')
  return { timeNs, code, strategy, symbol, limit, value, who, why }
}

/** What operators will say, as a list in any order of time. */
export function commandScript(text: { about: string; reason: string }): Setting<readonly ScriptedCommand[]> {
  const allowed = `a list of at most ${COMMANDS_MAX} maps of ${KEYS.join(', ')}`
  return setting({ ...text, fallback: [] as readonly ScriptedCommand[] }, allowed, (given) => {
    if (!Array.isArray(given) || given.length > COMMANDS_MAX) return undefined
    const list = given.map(acceptCommand)
    const wrong = list.find((item) => item instanceof Refusal)
    return wrong ?? (list as ScriptedCommand[]).sort((a, b) => a.timeNs - b.timeNs)
  })
}
