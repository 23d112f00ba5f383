import type { SymbolLimits } from '../../kernels/io/gate/limits.ts'
import { findNearestName } from '../cli/nearest-name.ts'
import type { Section, Setting } from './setting-kinds.ts'
import * as kind from './setting-kinds.ts'
import { timeOfDay } from './time-of-day.ts'

const VALUE_MAX = 1e11
const PLAIN = /^\d[\d_]*(\.\d+)?$/

function value(about: string, fallback: number, reason: string): Setting<number> {
  return kind.number({ about: `${about}, in units of the currency`, fallback, min: 0, max: VALUE_MAX, reason })
}

function count(about: string, fallback: number, reason: string, min = 0): Setting<number> {
  return kind.integer({ about, fallback, min, max: 1e9, reason })
}

const SYMBOL_NUMBERS = [
  'maxQuantity',
  'maxValue',
  'priceCollarBps',
  'windowCollarBps',
  'longPositionMax',
  'shortPositionMax',
  'instrumentGrossMax',
  'instrumentNetMax',
  'located',
] as const
const SYMBOL_KEYS: readonly string[] = [...SYMBOL_NUMBERS, 'restricted']
const SYMBOLS_MAX = 65_535

function toSymbolLimits(symbol: string, given: unknown): SymbolLimits | kind.Refusal {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return new kind.Refusal(`a map of ${SYMBOL_KEYS.join(', ')}`, [symbol])
  }
  const limits: Record<string, number | boolean> = {}
  for (const [key, item] of Object.entries(given)) {
    if (!SYMBOL_KEYS.includes(key)) {
      const meant = findNearestName(key, SYMBOL_KEYS)
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`
      return new kind.Refusal(`${SYMBOL_KEYS.join(', ')}${hint}`, [symbol, key], `unknown key "${key}"`)
    }
    if (key === 'restricted') {
      if (typeof item !== 'boolean') return new kind.Refusal('true or false', [symbol, key])
      limits[key] = item
      continue
    }
    const number = typeof item === 'string' && PLAIN.test(item) ? Number(item.replaceAll('_', '')) : item
    if (typeof number !== 'number' || !(number >= 0 && number <= VALUE_MAX)) {
      return new kind.Refusal('a number from 0', [symbol, key])
    }
    limits[key] = number
  }
  return limits
}

function symbolLimits(about: string, reason: string): Setting<Readonly<Record<string, SymbolLimits>>> {
  const allowed = `a map of symbols to maps of ${SYMBOL_KEYS.join(', ')}`
  const fallback: Readonly<Record<string, SymbolLimits>> = {}
  return kind.setting({ about, fallback, reason }, allowed, (given) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined
    const entries = Object.entries(given).map(([symbol, item]) => [symbol, toSymbolLimits(symbol, item)] as const)
    if (entries.length > SYMBOLS_MAX) return undefined
    const wrong = entries.find(([, item]) => item instanceof kind.Refusal)
    if (wrong !== undefined) return wrong[1] as kind.Refusal
    return Object.fromEntries(entries) as Record<string, SymbolLimits>
  })
}

/** The settings of the risk gate; docs/risk-gate.md says which control each of them is the limit of. */
export const GATE_SETTINGS = {
  maxQuantity: count(
    'largest quantity of one order, in shares',
    5_000,
    'well above what the bundled strategies send, well below a fat finger',
  ),
  maxValue: value(
    'largest value of one order (price × quantity)',
    1_000_000,
    'stops a right quantity at a wrong price',
  ),
  priceCollarBps: kind.number({
    about: 'farthest price from the reference price, in hundredths of a percent',
    fallback: 500,
    min: 0,
    max: 1e6,
    reason: 'wide enough for small prices, narrower than the limit-up limit-down bands',
  }),
  windowCollarBps: kind.number({
    about: 'farthest that a buy may lie above the lowest, a sell below the highest price of the last moments',
    fallback: 1_000,
    min: 0,
    max: 1e6,
    reason: 'nobody chases a price that has moved a tenth in seconds',
  }),
  windowMs: count(
    'length of those moments, in milliseconds; one to two of them count',
    5_000,
    'how long a spike takes',
    1,
  ),
  longPositionMax: count(
    'largest long position of one instrument, if everything open filled',
    10_000,
    'twice the largest order, so that a position can be turned in one order',
  ),
  shortPositionMax: count('largest short position, likewise', 10_000, 'as above'),
  instrumentGrossMax: value(
    'largest value of one instrument, position and open orders of both sides',
    10_000_000,
    'some positions at their largest, both sides quoted',
  ),
  instrumentNetMax: value(
    'largest value of one instrument if the worse side filled',
    5_000_000,
    'half of the gross value',
  ),
  grossMax: value(
    'largest value of all instruments, position and open orders of both sides',
    100_000_000,
    'ten at most',
  ),
  netMax: value('largest value of all instruments if the worse side filled', 50_000_000, 'half of the gross value'),
  creditMax: value(
    'largest value traded in a session and open',
    1_000_000_000,
    'far above a busy day of the bundled strategies',
  ),
  lossMax: value(
    'largest loss of a session, realised and not; then everything is stopped and cancelled',
    100_000,
    'a bad day of the bundled strategies costs less than a tenth of it',
  ),
  openOrdersMax: kind.integer({
    about: 'most orders open or in flight at once',
    fallback: 10_000,
    min: 1,
    max: 1_000_000,
    reason: "bounds the gate's memory and what a cancel-all must send",
  }),
  decisionAgeMsMax: kind.number({
    about: 'oldest cause of an order that is still let out, in milliseconds',
    fallback: 50,
    min: 0,
    max: 3_600_000,
    reason: 'nobody trades a backlog on stale prices',
  }),
  messagesPerSecondMax: count(
    'requests to the venue a second; cancels count, and always pass',
    10_000,
    'what a port of a venue commonly takes',
    1,
  ),
  messagesBurstMax: count(
    'requests at once, before that rate holds',
    2_000,
    'all orders of both bundled strategies renewed at once',
    1,
  ),
  duplicatesMax: count(
    'most orders of one strategy alike in instrument, side, price and quantity at once',
    100,
    'a quoter repeats itself, a broken one without end',
    1,
  ),
  duplicateWindowMs: count(
    'length of that moment, in milliseconds',
    1_000,
    'long enough to see a loop, short enough to forget a quote',
    1,
  ),
  executionsMax: count(
    'most executions of one strategy in a moment; one more stops it until an operator releases it',
    2_000,
    'above what a sweep of every book gives',
    1,
  ),
  executionWindowMs: count('length of that moment, in milliseconds', 1_000, 'as above', 1),
  orderToTradeMax: kind.number({
    about: 'most requests of a strategy for each of its executions',
    fallback: 1_000,
    min: 1,
    max: 1e9,
    reason: 'quoting is many requests for a trade; thousands are noise',
  }),
  orderToTradeFrom: count('requests from which on that holds', 10_000, 'a session begins with none executed', 1),
  selfMatch: kind.choice({
    about: 'what becomes of an order that could trade with one of our own',
    allowed: ['off', 'cancelNewest', 'cancelOldest', 'cancelBoth'],
    fallback: 'cancelOldest',
    reason: 'the latest decision knows most; the one in its way was made on older prices',
  }),
  priceBands: kind.flag({
    about: "keep orders within the venue's limit-up and limit-down prices",
    fallback: true,
    reason: 'the venue would not take them',
  }),
  shortSaleRule: kind.flag({
    about: 'refuse short sales at or below the best bid while rule 201 is in effect',
    fallback: true,
    reason: 'the law, where the feed tells of it',
  }),
  requireLocates: kind.flag({
    about: 'refuse short sales beyond what `symbols` says is located',
    fallback: false,
    reason: 'a replay has no lender; trade live only with it',
  }),
  opens: timeOfDay("orders from this time of the exchange's day on", 'captures begin when they begin'),
  closes: timeOfDay('no orders from this time of day on', 'as above'),
  killed: kind.flag({
    about: 'refuse everything but cancels from the start',
    fallback: false,
    reason: 'for a dry run: everything is decided, nothing is let out',
  }),
  symbols: symbolLimits('limits of single symbols, restricted ones, located quantities', 'all alike until told'),
} as const satisfies Section
