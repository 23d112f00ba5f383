import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { YAMLMap } from 'yaml'
import { isDate } from '../../feeds/protocol/session-epoch.ts'
import type { DayFacts, OpeningFacts, TermsFacts } from '../../kernels/io/day-records.ts'
import { findNearestName } from '../cli/nearest-name.ts'
import { DayReader } from './day-reader.ts'

/** `kind` of a file that a session has written at its end: its closing positions open the next one. */
export const END_OF_DAY = 'end-of-day'

const START_KEYS = ['kind', 'date', 'previous', 'positions', 'instruments', 'restricted']
/** What an end-of-day file tells besides. */
const END_KEYS = [...START_KEYS, 'session', 'journal', 'config', 'code', 'fills', 'pnl', 'flat']
const POSITION_KEYS = ['strategy', 'symbol', 'quantity', 'averagePrice']
const CLOSING_KEYS = [...POSITION_KEYS, 'markPrice', 'pnlRealised', 'pnlUnrealised', 'fills', 'tradedQuantity']
const INSTRUMENT_KEYS = ['symbol', 'tickSize', 'lot']

/** A position of the file, and where it stands in it. */
export interface PlacedPosition {
  readonly strategy: string
  readonly symbol: string
  readonly quantity: number
  readonly averagePrice: number
  readonly where: string
}

/** What a file of the day says, strategies still by name. */
export interface DayFile {
  readonly path: string
  readonly kind: 'start-of-day' | 'end-of-day'
  /** Day of the session that it opens, or, of an end-of-day file, has closed. */
  readonly date: { readonly value: string; readonly where: string } | undefined
  /** End-of-day file of the session before, to reconcile with. */
  readonly previous: string | undefined
  readonly positions: readonly PlacedPosition[]
  readonly terms: readonly TermsFacts[]
}

/**
 * Reads a start-of-day file, or an end-of-day file in its place.
 * @throws ConfigError naming every problem by line and column, a system error when it cannot be read
 */
export function readDayFile(path: string): DayFile {
  return parseDayFile(readFileSync(path, 'utf8'), path)
}

/** The same from text. @throws ConfigError */
export function parseDayFile(text: string, path: string): DayFile {
  const reader = new DayReader(text, path)
  const { root } = reader
  const isEnd = root.get('kind') === END_OF_DAY
  if (!isEnd && root.has('kind') && root.get('kind') !== 'start-of-day') {
    reader.refuse(reader.whereOf(root), `kind: found ${JSON.stringify(root.get('kind'))}`, 'allowed is start-of-day')
  }
  reader.checkKeys(root, isEnd ? END_KEYS : START_KEYS)
  const previous = root.has('previous') ? reader.readText(root, 'previous') : undefined
  const file: DayFile = {
    path,
    kind: isEnd ? 'end-of-day' : 'start-of-day',
    date: readDate(reader),
    previous: previous === undefined ? undefined : resolve(reader.folder, previous.value),
    positions: readPositions(reader, isEnd),
    terms: readTerms(reader),
  }
  reader.finish()
  return file
}

function readDate(reader: DayReader): DayFile['date'] {
  if (!reader.root.has('date')) return undefined
  const date = reader.readText(reader.root, 'date')
  if (date === undefined || isDate(date.value)) return date
  reader.refuse(date.where, `date: found "${date.value}"`, 'write it as 2025-01-15')
  return undefined
}

function readPositions(reader: DayReader, isEnd: boolean): PlacedPosition[] {
  const seen = new Set<string>()
  return reader.readMaps('positions').flatMap((map) => {
    reader.checkKeys(map, isEnd ? CLOSING_KEYS : POSITION_KEYS)
    const strategy = reader.readText(map, 'strategy')
    const symbol = reader.readText(map, 'symbol')
    const isQuantity = (value: number) => value !== 0 && Math.abs(value) <= Number.MAX_SAFE_INTEGER
    const quantity = reader.readNumber(map, 'quantity', 'a number, negative for a short position, not 0', isQuantity)
    const averagePrice = reader.readNumber(map, 'averagePrice', 'a price from 0', (value) => value >= 0)
    if (strategy === undefined || symbol === undefined || quantity === undefined || averagePrice === undefined)
      return []
    const key = `${strategy.value}\0${symbol.value}`
    if (seen.has(key)) {
      const what = `a second position of ${strategy.value} in ${symbol.value}`
      reader.refuse(reader.whereOf(map), what, 'write one, with the sum')
    }
    seen.add(key)
    return [
      {
        strategy: strategy.value,
        symbol: symbol.value,
        quantity: quantity.value,
        averagePrice: averagePrice.value,
        where: reader.whereOf(map),
      },
    ]
  })
}

function readTerms(reader: DayReader): TermsFacts[] {
  const terms = new Map<string, TermsFacts>()
  for (const map of reader.readMaps('instruments')) {
    const facts = readInstrument(reader, map)
    if (facts === undefined) continue
    if (terms.has(facts.symbol)) {
      reader.refuse(reader.whereOf(map), `${facts.symbol} is told twice`, 'write one entry for each symbol')
    }
    terms.set(facts.symbol, facts)
  }
  for (const { value: symbol, where } of reader.readTexts('restricted')) {
    const facts = terms.get(symbol) ?? { symbol, tickSize: 0, lot: 0, isRestricted: false }
    if (facts.isRestricted) reader.refuse(where, `${symbol} is restricted twice`, 'write it once')
    terms.set(symbol, { ...facts, isRestricted: true })
  }
  return [...terms.values()]
}

function readInstrument(reader: DayReader, map: YAMLMap): TermsFacts | undefined {
  reader.checkKeys(map, INSTRUMENT_KEYS)
  const symbol = reader.readText(map, 'symbol')
  const isAbove = (value: number) => value > 0
  const tickSize = reader.readNumber(map, 'tickSize', 'a price above 0', isAbove, 0)
  const lot = reader.readNumber(map, 'lot', 'a quantity above 0', isAbove, 0)
  if (symbol === undefined || tickSize === undefined || lot === undefined) return undefined
  return { symbol: symbol.value, tickSize: tickSize.value, lot: lot.value, isRestricted: false }
}

/** Problems that a file has with the session it is to open. */
export interface DayProblem {
  readonly where: string
  readonly what: string
  readonly next: string
}

/**
 * What the kernels are told of a file: strategies by their ids.
 * @param strategies names of the session's strategies, in the order of their ids
 * @param date day of the session; null where it is not known
 */
export function bindDayFile(
  file: DayFile,
  strategies: readonly string[],
  date: string | null,
): { readonly facts: DayFacts; readonly problems: readonly DayProblem[] } {
  const problems: DayProblem[] = []
  if (file.kind === 'start-of-day' && file.date !== undefined && date !== null && file.date.value !== date) {
    const what = `the file is for ${file.date.value}, the session's day is ${date}`
    problems.push({ where: file.date.where, what, next: 'take the file of that day' })
  }
  const positions = file.positions.flatMap((position): OpeningFacts[] => {
    const index = strategies.indexOf(position.strategy)
    if (index < 0) {
      const meant = findNearestName(position.strategy, strategies)
      const next = meant === undefined ? `the session runs ${strategies.join(', ')}` : `did you mean ${meant}?`
      problems.push({ where: position.where, what: `no strategy is called ${position.strategy}`, next })
      return []
    }
    const { symbol, quantity, averagePrice } = position
    return [{ strategy: index + 1, symbol, quantity, averagePrice }]
  })
  return { facts: { positions, terms: file.terms }, problems }
}
