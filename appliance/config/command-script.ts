import { findLimit, LIMIT_NAMES } from '../../kernels/io/gate/limit.ts'
import type { OperatorCommand, ScriptedCommand } from '../../kernels/io/operator/scripted-commands.ts'
import { CommandCode, SYMBOL_BYTES } from '../../kernels/records/catalogue.ts'
import { findNearestName } from '../cli/nearest-name.ts'
import { Refusal, type Setting, setting, toNumber } from './setting-kinds.ts'
import { parseTimeOfDay } from './time-of-day.ts'

const COMMAND_KEYS = ['do', 'strategy', 'symbol', 'limit', 'value', 'who', 'why']
const KEYS = ['at', ...COMMAND_KEYS]
/** What operators can ask for, as they write it. */
export const COMMAND_CODES: Readonly<Record<string, CommandCode>> = {
  kill: CommandCode.Kill,
  release: CommandCode.Release,
  limit: CommandCode.SetLimit,
  cancel: CommandCode.CancelAll,
  restrict: CommandCode.Restrict,
  permit: CommandCode.Permit,
}
const NEEDS_SYMBOL: readonly CommandCode[] = [CommandCode.Restrict, CommandCode.Permit]
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

/** Reads what an operator asks for, of a script or of a live session. @returns it, or what was expected and where */
export function readOperatorCommand(given: unknown): OperatorCommand | Refusal {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return new Refusal(`a map of ${COMMAND_KEYS.join(', ')}`)
  }
  const entry = given as Record<string, unknown>
  const refuse = (key: string, allowed: string) => new Refusal(allowed, key in entry ? [key] : [])
  for (const key of Object.keys(entry)) {
    if (COMMAND_KEYS.includes(key)) continue
    return new Refusal(KEYS.join(', ') + near(key, KEYS), [key], `unknown key "${key}"`)
  }
  const codes = Object.keys(COMMAND_CODES)
  const code = typeof entry.do === 'string' && codes.includes(entry.do) ? COMMAND_CODES[entry.do] : undefined
  if (code === undefined) return refuse('do', codes.join(', ') + near(String(entry.do), codes))
  const strategy = toNumber(entry.strategy ?? 0)
  if (strategy === undefined || !Number.isInteger(strategy) || strategy < 0 || strategy > STRATEGY_MAX) {
    return refuse('strategy', `the number of a strategy, 1 to ${STRATEGY_MAX}`)
  }
  const { symbol = '', limit: limitName = '', who, why } = entry
  if (typeof symbol !== 'string' || (symbol !== '' && !isText(symbol, SYMBOL_BYTES)))
    return refuse('symbol', 'a symbol')
  if (strategy !== 0 && symbol !== '') return refuse('symbol', 'a strategy or a symbol, not both')
  if (NEEDS_SYMBOL.includes(code) && symbol === '') return refuse('symbol', 'the symbol that it concerns')
  if (!isText(who, WHO_BYTES)) return refuse('who', `a name of at most ${WHO_BYTES} characters`)
  if (!isText(why, WHY_BYTES)) return refuse('why', `a reason of at most ${WHY_BYTES} characters`)
  const isLimit = code === CommandCode.SetLimit
  const limit = findLimit(String(limitName))
  const names = LIMIT_NAMES.slice(1)
  if (isLimit === (limit === 0)) return refuse('limit', names.join(', ') + near(String(limitName), names))
  const value = toNumber(entry.value ?? 0)
  if (value === undefined || value < 0) return refuse('value', 'a number from 0')
  return { code, strategy, symbol, limit, value, who, why }
}

function acceptCommand(given: unknown, index: number): ScriptedCommand | Refusal {
  const { at, ...rest } = (given ?? {}) as Record<string, unknown>
  const isMap = typeof given === 'object' && given !== null && !Array.isArray(given)
  const command = readOperatorCommand(isMap ? rest : given)
  if (command instanceof Refusal) {
    return new Refusal(command.allowed, [index, ...command.path], command.what)
  }
  const timeNs = parseTimeOfDay(at)
  if (timeNs !== undefined) return { timeNs, ...command }
  return new Refusal('a time of day such as 09:31 or 09:31:05.250', at === undefined ? [index] : [index, 'at'])
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
