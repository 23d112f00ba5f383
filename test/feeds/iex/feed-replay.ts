import { createHash } from 'node:crypto'
import type { MarketSource } from '../../../feeds/capture/market-source.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import {
  FLAG_IMPLIED,
  Header,
  Instrument,
  LevelUpdate,
  RecordType,
  Side,
  TopOfBook,
  Trade,
} from '../../../kernels/records/catalogue.ts'
import { findCanonicalFault } from '../../../kernels/records/codec.ts'
import { SOURCE_TIME_AT } from '../../../kernels/records/source-time.ts'
import type { RecordViews } from '../../../kernels/records/views.ts'

/** One symbol's levels: size by price. */
interface Sides {
  readonly bids: Map<number, number>
  readonly asks: Map<number, number>
}

/** What the references say of one symbol's book. */
export interface SymbolFacts {
  readonly best_bid: [price: number, size: number] | null
  readonly best_ask: [price: number, size: number] | null
  readonly bid_levels: number
  readonly ask_levels: number
}

/** Levels by symbol: a book that forgets only what it is told to. */
export class TestBook {
  readonly symbols = new Map<string, Sides>()
  /** Symbol and side of every level that ever was. */
  readonly sidesSeen = new Set<string>()

  set(symbol: string, side: number, price: number, size: number): void {
    const sides = this.symbols.get(symbol) ?? { bids: new Map(), asks: new Map() }
    this.symbols.set(symbol, sides)
    this.sidesSeen.add(`${symbol} ${side}`)
    const levels = side === Side.Buy ? sides.bids : sides.asks
    if (size === 0) levels.delete(price)
    else levels.set(price, size)
  }

  clear(symbol: string): void {
    this.symbols.delete(symbol)
  }

  /** What the references say of a book: number of levels, sum of sizes, hash over the sorted lines. */
  describe(): { levels: number; sum_of_sizes: number; sha256: string; symbols_locked_or_crossed: number } {
    const lines: string[] = []
    let sum = 0
    let crossed = 0
    for (const [symbol, { bids, asks }] of this.symbols) {
      for (const [letter, levels] of [['B', bids] as const, ['S', asks] as const]) {
        for (const [price, size] of levels) {
          lines.push(`${symbol} ${letter} ${price} ${size}`)
          sum += size
        }
      }
      if (bids.size > 0 && asks.size > 0 && Math.max(...bids.keys()) >= Math.min(...asks.keys())) crossed++
    }
    return {
      levels: lines.length,
      sum_of_sizes: sum,
      sha256: hashLines(lines.sort(compareBytes)),
      symbols_locked_or_crossed: crossed,
    }
  }

  describeSymbol(symbol: string): SymbolFacts {
    const { bids, asks } = this.symbols.get(symbol)!
    const bestBid = Math.max(...bids.keys())
    const bestAsk = Math.min(...asks.keys())
    return {
      best_bid: bids.size === 0 ? null : [bestBid, bids.get(bestBid)!],
      best_ask: asks.size === 0 ? null : [bestAsk, asks.get(bestAsk)!],
      bid_levels: bids.size,
      ask_levels: asks.size,
    }
  }
}

/** Order of the C locale. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'))
}

/** Hash over lines that each end in LF. */
export function hashLines(lines: readonly string[]): string {
  const hash = createHash('sha256')
  for (const line of lines) hash.update(`${line}\n`, 'latin1')
  return hash.digest('hex')
}

/** All records of a source, put together again as the references of the captures describe them. */
export class FeedReplay {
  readonly symbols = new Map<number, string>()
  /** Symbol, time since the epoch and the rest of a line of each trade. */
  readonly trades: [symbol: string, timeNs: number, rest: string][] = []
  tradedShares = 0
  /** Never cleared. */
  readonly everBook = new TestBook()
  /** Cleared where the records say so. */
  readonly book = new TestBook()
  /** What `book` was when another session began: before the first of a run of clears. */
  readonly pastBooks: ReturnType<TestBook['describe']>[] = []
  readonly quotes = new Map<string, string>()
  /** Times of the first and the last record of an instrument, ns since the session's epoch. */
  firstNs = -1
  lastNs = -1
  readonly recordCounts = new Map<number, number>()
  #isClearing = false

  /** Reads the source to its end; every record must be canonical. */
  constructor(source: MarketSource, batchBytes = 65_536) {
    const batch = new RecordBatch(batchBytes)
    for (;;) {
      batch.reset()
      const appended = source.fill(batch)
      if (appended === 0) break
      for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) {
        const fault = findCanonicalFault(batch.views, at)
        if (fault !== undefined) throw new Error(fault)
        this.#take(batch.views, at)
      }
    }
  }

  symbolOf(instrument: number): string {
    return this.symbols.get(instrument) ?? `instrument ${instrument}`
  }

  /** The trades' lines as the references hash them, with times since 1970. */
  tradesSince1970(epochSeconds: number): string[] {
    const epochNs = BigInt(epochSeconds) * 1_000_000_000n
    return this.trades.map(([symbol, timeNs, rest]) => `${symbol} ${epochNs + BigInt(timeNs)} ${rest}`)
  }

  #take(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    this.recordCounts.set(type, (this.recordCounts.get(type) ?? 0) + 1)
    if (type === RecordType.BookClear) {
      if (!this.#isClearing) this.pastBooks.push(this.book.describe())
      this.#isClearing = true
      this.book.clear(this.symbolOf(instrument))
      return
    }
    this.#isClearing = false
    if (type === RecordType.Instrument) this.#takeInstrument(views, at, instrument)
    if (instrument !== 0) {
      const timeNs = views.f64[(at + SOURCE_TIME_AT[type]!) >> 3]!
      if (this.firstNs < 0) this.firstNs = timeNs
      this.lastNs = timeNs
    }
    if (type === RecordType.LevelUpdate) this.#takeLevel(views, at, this.symbolOf(instrument))
    if (type === RecordType.Trade) this.#takeTrade(views, at, this.symbolOf(instrument))
    if (type === RecordType.TopOfBook) this.#takeQuote(views, at, this.symbolOf(instrument))
  }

  #takeInstrument(views: RecordViews, at: number, instrument: number): void {
    const text = Buffer.from(views.u8.subarray(at + Instrument.Symbol, at + Instrument.VenueLocate)).toString('latin1')
    const isImplied = (views.u16[(at + Header.Flags) >> 1]! & FLAG_IMPLIED) !== 0
    if (isImplied && this.symbols.has(instrument)) throw new Error(`instrument ${instrument} is implied twice`)
    this.symbols.set(instrument, text.replace(/\0+$/, ''))
  }

  #takeLevel(views: RecordViews, at: number, symbol: string): void {
    const side = views.u32[(at + LevelUpdate.Side) >> 2]!
    const price = views.f64[(at + LevelUpdate.Price) >> 3]!
    const size = views.f64[(at + LevelUpdate.Quantity) >> 3]!
    this.book.set(symbol, side, price, size)
    this.everBook.set(symbol, side, price, size)
  }

  #takeTrade(views: RecordViews, at: number, symbol: string): void {
    const size = views.f64[(at + Trade.Quantity) >> 3]!
    const match =
      (BigInt(views.u32[(at + Trade.MatchHigh) >> 2]!) << 32n) | BigInt(views.u32[(at + Trade.MatchLow) >> 2]!)
    const price = views.f64[(at + Trade.Price) >> 3]!
    this.tradedShares += size
    this.trades.push([symbol, views.f64[(at + Trade.SourceTime) >> 3]!, `${size} ${price} ${match}`])
  }

  #takeQuote(views: RecordViews, at: number, symbol: string): void {
    const read = (field: TopOfBook) => views.f64[(at + field) >> 3]!
    const bid = `${read(TopOfBook.BidQuantity)} ${read(TopOfBook.BidPrice)}`
    this.quotes.set(symbol, `${symbol} ${bid} ${read(TopOfBook.AskPrice)} ${read(TopOfBook.AskQuantity)}`)
  }
}
