import { XkError } from '../../kernels/host/xk-error.ts'
import { HEADER_FIELDS } from '../../kernels/records/codec.ts'
import { RECORD_SCHEMAS } from '../../kernels/records/schema.ts'
import { findNearestName } from '../cli/nearest-name.ts'
import { noFaults, setFault } from '../venue/venue-faults.ts'
import { type JournalExpectation, type ScenarioStep, STEP_VERBS, type StepVerb, WIRE_WORDS } from './scenario.ts'

const PRICE_UNITS = 10_000
const SHARES_MAX = 999_999
const PRICE_MAX = 199_999
const QUIET_MS_MAX = 60_000
const REWIND_MAX = 1_000_000
const COUNT_MAX = 1e9

/** Why a line of a scenario cannot be, and what it could be. */
export interface StepFault {
  readonly what: string
  readonly next: string
}

/** @returns the step that a line says, or what is wrong with it */
export function parseStep(text: string, line: number, symbols: readonly string[]): ScenarioStep | StepFault {
  const [first = '', ...words] = text.trim().split(/\s+/)
  if (!Object.hasOwn(STEP_VERBS, first)) return unknownWord(first, Object.keys(STEP_VERBS), 'a step begins with')
  const verb = first as StepVerb
  const what = findFault(verb, words, symbols)
  if (what !== undefined) return { what: `${verb}: ${what}`, next: `write ${usageOf(verb)}` }
  return { line, text: text.trim(), verb, words }
}

/** A price as people write it, in 1/10,000; undefined where it is none. */
export function parsePrice(text: string): number | undefined {
  const value = /^\d+(\.\d{1,4})?$/.test(text) ? Math.round(Number(text) * PRICE_UNITS) : 0
  return value > 0 && value <= PRICE_MAX * PRICE_UNITS ? value : undefined
}

/**
 * An expectation of the journal: `filled quantity=100` and how often.
 * @param count a number, or `>=` and a number
 */
export function parseJournalLine(text: string, count: unknown, line: number): JournalExpectation | StepFault {
  const [type = '', ...words] = text.trim().split(/\s+/)
  const fields = words.map((word) => word.split('=') as [string, string])
  const next = 'write TYPE FIELD=VALUE …: COUNT, as xk journal dump --json names them; ">=2" is two or more'
  if (fields.some((pair) => pair.length !== 2)) return { what: `"${text}" is no record with its fields`, next }
  const schema = RECORD_SCHEMAS.find(({ name }) => name === type)
  if (schema === undefined)
    return unknownWord(
      type,
      RECORD_SCHEMAS.map(({ name }) => name),
      'records are',
    )
  const names = [...HEADER_FIELDS, ...schema.fields].map(({ name }) => name)
  const stranger = fields.find(([name]) => !names.includes(name))
  if (stranger !== undefined)
    return { what: `${type} has no field "${stranger[0]}"`, next: `it has ${names.join(', ')}` }
  const match = /^(>=)?(\d+)$/.exec(String(count))
  const least = match === null ? Number.NaN : Number(match[2])
  if (!(least <= COUNT_MAX)) return { what: `"${String(count)}" is no number of records`, next }
  const most = match![1] === undefined ? least : Number.POSITIVE_INFINITY
  return { line, text: `${text.trim()}: ${String(count)}`, type, fields, least, most }
}

function usageOf(verb: StepVerb): string {
  const usage = STEP_VERBS[verb]
  return /^[A-Z]/.test(usage) ? `${verb} ${usage}` : `${verb}: ${usage}`
}

function findFault(verb: StepVerb, words: readonly string[], symbols: readonly string[]): string | undefined {
  switch (verb) {
    case 'bid':
    case 'ask':
    case 'buy':
    case 'sell':
      return wrongCount(words, 3) ?? wrongSymbol(words[0]!, symbols) ?? wrongTerms(words[1]!, words[2]!)
    case 'pull':
      if (words[1] !== 'bid' && words[1] !== 'ask') return 'bid or ask is missing'
      return wrongCount(words, 2) ?? wrongSymbol(words[0]!, symbols)
    case 'halt':
    case 'quote':
    case 'resume':
      return wrongCount(words, 1) ?? wrongSymbol(words[0]!, symbols)
    case 'rewind':
      return wrongCount(words, 1) ?? wrongNumber(words[0]!, REWIND_MAX)
    case 'quiet':
      return wrongCount(words, 1) ?? wrongNumber(words[0]!, QUIET_MS_MAX)
    case 'fault':
      return wrongCount(words, 1) ?? wrongFault(words[0]!)
    case 'expect':
      return wrongWire(words)
    default:
      return wrongCount(words, 0)
  }
}

function wrongCount(words: readonly string[], count: number): string | undefined {
  return words.length === count ? undefined : `takes ${count} words, not ${words.length}`
}

function wrongSymbol(symbol: string, symbols: readonly string[]): string | undefined {
  return symbols.includes(symbol) ? undefined : `there is no symbol "${symbol}" in this scenario`
}

function wrongNumber(text: string, most: number): string | undefined {
  const value = Number(text)
  return /^\d+$/.test(text) && value >= 1 && value <= most ? undefined : `"${text}" is no number from 1 to ${most}`
}

function wrongTerms(shares: string, price: string): string | undefined {
  return wrongNumber(shares, SHARES_MAX) ?? (parsePrice(price) === undefined ? `"${price}" is no price` : undefined)
}

function wrongFault(text: string): string | undefined {
  try {
    setFault(noFaults(), text)
    return undefined
  } catch (error) {
    if (error instanceof XkError) return `${error.what} (${error.next})`
    throw error
  }
}

function wrongWire([first = '', ...words]: readonly string[]): string | undefined {
  const most = Object.hasOwn(WIRE_WORDS, first) ? WIRE_WORDS[first]! : undefined
  if (most === undefined) return `"${first}" is none of ${Object.keys(WIRE_WORDS).join(', ')}`
  return words.length <= most ? undefined : `${first} has at most ${most} words behind it`
}

function unknownWord(word: string, allowed: readonly string[], beginning: string): StepFault {
  const meant = findNearestName(word, allowed)
  const next = meant === undefined ? `${beginning} one of ${allowed.join(', ')}` : `did you mean ${meant}?`
  return { what: `"${word}" is unknown`, next }
}
