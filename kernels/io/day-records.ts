import { RecordQueue } from '../../feeds/venue/record-queue.ts'
import { Header, Instrument, OpeningPosition, RecordType, SYMBOL_BYTES, TradingTerms } from '../records/catalogue.ts'
import type { StateArchive } from '../records/state-archive.ts'
import { beginRecord, type RecordViews } from '../records/views.ts'
import { readText } from '../region/region.ts'

/** What a start-of-day file says, by symbol. Prices and quantities are decimals; plain data that crosses to its process as JSON. */
export interface DayFacts {
  readonly positions: readonly OpeningFacts[]
  readonly terms: readonly TermsFacts[]
}

export interface OpeningFacts {
  /** Id of the strategy, from 1. */
  readonly strategy: number
  readonly symbol: string
  /** Negative for a short position. */
  readonly quantity: number
  readonly averagePrice: number
}

export interface TermsFacts {
  readonly symbol: string
  /** 0 where the file says nothing. */
  readonly tickSize: number
  readonly lot: number
  readonly isRestricted: boolean
}

/** A few records for each instrument. */
const QUEUE_BYTES = 1 << 12
const QUEUE_BYTES_MAX = 1 << 24

/**
 * Turns a start-of-day file into records: what it says of a symbol is due once, right behind the first instrument record that
 * bears it, because only then the symbol has an id and exponents.
 */
export class DayRecords {
  /** Due now, in order; without sequence and time. */
  readonly queue = new RecordQueue(QUEUE_BYTES, QUEUE_BYTES_MAX)
  readonly #positions = new Map<string, OpeningFacts[]>()
  readonly #terms = new Map<string, TermsFacts>()

  constructor(facts: DayFacts = { positions: [], terms: [] }) {
    for (const opening of facts.positions) {
      const others = this.#positions.get(opening.symbol)
      if (others === undefined) this.#positions.set(opening.symbol, [opening])
      else others.push(opening)
    }
    for (const terms of facts.terms) this.#terms.set(terms.symbol, terms)
  }

  /** Saves or restores what is due, and whom the file still has something to say of. */
  archive(archive: StateArchive): void {
    this.queue.archive(archive)
    const waiting = [...new Set([...this.#positions.keys(), ...this.#terms.keys()])]
    const kept = new Set<string>()
    const count = archive.number(waiting.length)
    for (let i = 0; i < count; i++) kept.add(archive.text(waiting[i] ?? ''))
    for (const symbol of waiting) {
      if (kept.has(symbol)) continue
      this.#positions.delete(symbol)
      this.#terms.delete(symbol)
    }
  }

  /** Looks at a market record that was published: of an instrument's own, what the file says of it becomes due. */
  note(views: RecordViews, at: number): void {
    if (this.#positions.size + this.#terms.size === 0) return
    if (views.u16[(at + Header.Type) >> 1]! !== RecordType.Instrument) return
    const symbol = readText(views.u8.buffer, views.u8.byteOffset + at + Instrument.Symbol, SYMBOL_BYTES).trimEnd()
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const priceUnit = 10 ** -views.i32[(at + Instrument.PriceExponent) >> 2]!
    const quantityUnit = 10 ** -views.i32[(at + Instrument.QuantityExponent) >> 2]!
    const terms = this.#terms.get(symbol)
    if (terms !== undefined) this.#pushTerms(instrument, terms, priceUnit, quantityUnit)
    for (const opening of this.#positions.get(symbol) ?? []) {
      this.#pushOpening(instrument, opening, priceUnit, quantityUnit)
    }
    this.#terms.delete(symbol)
    this.#positions.delete(symbol)
  }

  /** Takes in what a predecessor published: what it said of an instrument is not due again. */
  recall(views: RecordViews, at: number): void {
    this.note(views, at)
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type === RecordType.TradingTerms || type === RecordType.OpeningPosition) this.queue.pop()
  }

  #pushTerms(instrument: number, terms: TermsFacts, priceUnit: number, quantityUnit: number): void {
    const at = this.queue.claim(TradingTerms.Bytes)
    const { views } = this.queue
    beginRecord(views, at, TradingTerms.Bytes, RecordType.TradingTerms, instrument)
    views.f64[(at + TradingTerms.TickSize) >> 3] = Math.round(terms.tickSize * priceUnit)
    views.f64[(at + TradingTerms.Lot) >> 3] = Math.round(terms.lot * quantityUnit)
    views.u32[(at + TradingTerms.Restricted) >> 2] = terms.isRestricted ? 1 : 0
    views.u32[(at + TradingTerms.Reserved) >> 2] = 0
  }

  #pushOpening(instrument: number, opening: OpeningFacts, priceUnit: number, quantityUnit: number): void {
    const at = this.queue.claim(OpeningPosition.Bytes)
    const { views } = this.queue
    beginRecord(views, at, OpeningPosition.Bytes, RecordType.OpeningPosition, instrument)
    views.u16[(at + Header.Source) >> 1] = opening.strategy
    views.f64[(at + OpeningPosition.Quantity) >> 3] = Math.round(opening.quantity * quantityUnit)
    views.f64[(at + OpeningPosition.AveragePrice) >> 3] = opening.averagePrice * priceUnit
  }
}
