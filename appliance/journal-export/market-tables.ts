import { BookChange } from '../../feeds/book/book-counts.ts'
import { NO_LEVEL, TopSlot } from '../../feeds/book/level-store.ts'
import { OrderBook } from '../../feeds/book/order-book.ts'
import { PrintSlot, readPrint } from '../../feeds/book/trade-print.ts'
import { Cross, FLAG_MORE, Header, OrderExecute, RecordType, Side, Trade } from '../../kernels/records/catalogue.ts'
import { SOURCE_TIME_AT } from '../../kernels/records/source-time.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import type { SessionTable } from '../../storage/export/session-table.ts'
import { BookRow, QuoteRow, RowFlag, TradeKindName, TradeRow } from '../../storage/export/session-tables.ts'
import { BOOK_ORDERS_MAX, INSTRUMENTS_MAX } from '../run/session-bounds.ts'

/** The values of a quote: price and quantity of both sides. */
const QUOTE_SLOTS = 4

export interface MarketTableOptions {
  readonly trades: SessionTable | undefined
  readonly quotes: SessionTable | undefined
  readonly books: SessionTable | undefined
  /** Distance of the points at which books are told, ns. */
  readonly everyNs: number
  /** Levels a side of a book. */
  readonly depth: number
  /** Whether an instrument is wanted. */
  readonly accepts: (instrument: number) => boolean
  /** Whether rows of a time are wanted, ns since the session's epoch. */
  readonly isWithin: (timeNs: number) => boolean
}

/** Writes trades, quotes and books at intervals, from the market records of a session: the one book serves all three. */
export class MarketTables {
  readonly #options: MarketTableOptions
  readonly #book = new OrderBook({
    instrumentsMax: INSTRUMENTS_MAX,
    ordersMax: BOOK_ORDERS_MAX,
    levelsMax: BOOK_ORDERS_MAX,
  })
  readonly #print = new Float64Array(PrintSlot.Count)
  /** Instruments whose best prices changed within an event that is not over. */
  readonly #changed = new Set<number>()
  /** By instrument: what was told last. */
  readonly #told = new Float64Array((INSTRUMENTS_MAX + 1) * QUOTE_SLOTS)
  /** Instruments that were announced; ascending once `#areSorted`. */
  readonly #known: number[] = []
  readonly #isKnown = new Uint8Array(INSTRUMENTS_MAX + 1)
  #areSorted = true
  /** The next point of the grid; NaN before the first record. */
  #gridNs = Number.NaN

  constructor(options: MarketTableOptions) {
    this.#options = options
  }

  /** Takes the next inbound record. @throws ExportError */
  note(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    this.#passGrid(views.f64[(at + Header.Time) >> 3]!)
    if (type === RecordType.Instrument) this.#noteInstrument(views, at)
    if (readPrint(views, at, this.#book, this.#print)) this.#writeTrade(views, at, type)
    const change = this.#book.apply(views, at)
    if (this.#options.quotes !== undefined) this.#noteQuote(views, at, change)
  }

  #noteInstrument(views: RecordViews, at: number): void {
    const { trades, quotes, books } = this.#options
    for (const table of [trades, quotes, books]) table?.noteInstrument(views, at)
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (instrument > INSTRUMENTS_MAX || this.#isKnown[instrument] === 1) return
    this.#isKnown[instrument] = 1
    this.#known.push(instrument)
    this.#areSorted = false
  }

  #writeTrade(views: RecordViews, at: number, type: RecordType): void {
    const { trades, accepts, isWithin } = this.#options
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const timeNs = views.f64[(at + SOURCE_TIME_AT[type]!) >> 3]!
    if (trades === undefined || !accepts(instrument) || !isWithin(timeNs)) return
    trades.begin(instrument, views.f64[(at + Header.Sequence) >> 3]!)
    const row = trades.views
    const price = this.#print[PrintSlot.Price]!
    if (!Number.isNaN(price)) {
      trades.setFlag(RowFlag.Price)
      row.f64[TradeRow.Price >> 3] = price
    }
    row.f64[TradeRow.Quantity >> 3] = this.#print[PrintSlot.Quantity]!
    row.u32[TradeRow.Kind >> 2] = kindOf(type)
    const matchAt = matchOffset(type)
    row.u32[TradeRow.Match >> 2] = views.u32[(at + matchAt) >> 2]!
    row.u32[(TradeRow.Match >> 2) + 1] = views.u32[(at + matchAt + 4) >> 2]!
    trades.append(timeNs)
  }

  #noteQuote(views: RecordViews, at: number, change: number): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if ((change & BookChange.Top) !== 0) {
      if (instrument !== 0) this.#changed.add(instrument)
      else for (const each of this.#known) this.#changed.add(each)
    }
    if (this.#changed.size === 0 || (views.u16[(at + Header.Flags) >> 1]! & FLAG_MORE) !== 0) return
    const timeAt = SOURCE_TIME_AT[views.u16[(at + Header.Type) >> 1]! & 255]!
    const timeNs = views.f64[(at + (timeAt === 0 ? Header.Time : timeAt)) >> 3]!
    for (const each of this.#changed) this.#writeQuote(each, timeNs, views.f64[(at + Header.Sequence) >> 3]!)
    this.#changed.clear()
  }

  #writeQuote(instrument: number, timeNs: number, sequence: number): void {
    const { accepts, isWithin } = this.#options
    const quotes = this.#options.quotes!
    const { top } = this.#book
    const from = instrument * TopSlot.Slots
    const told = instrument * QUOTE_SLOTS
    let isOther = false
    for (let slot = 0; slot < QUOTE_SLOTS; slot++) {
      if (this.#told[told + slot] !== top[from + slot]) isOther = true
      this.#told[told + slot] = top[from + slot]!
    }
    if (!isOther || !accepts(instrument) || !isWithin(timeNs)) return
    quotes.begin(instrument, sequence)
    const { f64 } = quotes.views
    f64[QuoteRow.BidPrice >> 3] = top[from + TopSlot.BidPrice]!
    f64[QuoteRow.BidQuantity >> 3] = top[from + TopSlot.BidQuantity]!
    f64[QuoteRow.AskPrice >> 3] = top[from + TopSlot.AskPrice]!
    f64[QuoteRow.AskQuantity >> 3] = top[from + TopSlot.AskQuantity]!
    if (top[from + TopSlot.BidQuantity]! > 0) quotes.setFlag(RowFlag.Bid)
    if (top[from + TopSlot.AskQuantity]! > 0) quotes.setFlag(RowFlag.Ask)
    quotes.append(timeNs)
  }

  /** Tells the books at all points of the grid that lie before a time: a record at a point belongs to it. */
  #passGrid(timeNs: number): void {
    const { books, everyNs, isWithin } = this.#options
    if (books === undefined) return
    if (Number.isNaN(this.#gridNs)) {
      // The session-start record stands at the epoch, hours before anything happens.
      if (this.#known.length > 0) this.#gridNs = Math.ceil(timeNs / everyNs) * everyNs
      return
    }
    if (!this.#areSorted) this.#known.sort((left, right) => left - right)
    this.#areSorted = true
    for (; this.#gridNs < timeNs; this.#gridNs += everyNs) {
      if (!isWithin(this.#gridNs)) continue
      for (const instrument of this.#known) {
        if (!this.#options.accepts(instrument)) continue
        this.#writeSide(books, instrument, Side.Buy)
        this.#writeSide(books, instrument, Side.Sell)
      }
    }
  }

  #writeSide(books: SessionTable, instrument: number, side: Side): void {
    let level = this.#book.firstLevel(instrument, side)
    for (let index = 0; level !== NO_LEVEL && index < this.#options.depth; index++) {
      books.begin(instrument, 0)
      const { f64, u32 } = books.views
      f64[BookRow.Price >> 3] = this.#book.levelPrice(level)
      f64[BookRow.Quantity >> 3] = this.#book.levelQuantity(level)
      u32[BookRow.Side >> 2] = side
      u32[BookRow.Level >> 2] = index
      u32[BookRow.Orders >> 2] = this.#book.levelOrders(level)
      books.append(this.#gridNs)
      level = this.#book.nextLevel(level)
    }
  }
}

function kindOf(type: RecordType): TradeKindName {
  if (type === RecordType.Trade) return TradeKindName.Hidden
  return type === RecordType.Cross ? TradeKindName.Cross : TradeKindName.Displayed
}

function matchOffset(type: RecordType): number {
  if (type === RecordType.Trade) return Trade.MatchLow
  return type === RecordType.Cross ? Cross.MatchLow : OrderExecute.MatchLow
}
