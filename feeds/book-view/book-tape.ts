import {
  FLAG_MORE,
  Gap,
  Header,
  NO_INSTRUMENT,
  RecordType,
  Side,
  Stale,
  StaleReason,
  TradingState,
  TradingStatus,
} from '../../kernels/records/catalogue.ts'
import { formatDecimal } from '../../kernels/records/decimal.ts'
import { SOURCE_TIME_AT } from '../../kernels/records/source-time.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { BookChange, BookCount } from '../book/book-counts.ts'
import { TopSlot } from '../book/level-store.ts'
import { OrderBook } from '../book/order-book.ts'
import { PrintSlot, readPrint } from '../book/trade-print.ts'
import { FeedRead } from '../capture/feed-read.ts'
import type { MarketSource } from '../capture/market-source.ts'
import { InstrumentNames } from '../instrument-names.ts'
import { RecordBatch } from '../record-batch.ts'
import type { BookSnapshot, TradeView } from './book-snapshot.ts'
import { formatMiddle, nameState, readLevels } from './describe-book.ts'

/** Bounds of one instrument's book; policy: what does not fit is left out, and counted in `refusedOrders`. */
const ORDERS_MAX = 1 << 19
const LEVELS_MAX = 1 << 17
const NS_PER_SECOND = 1_000_000_000n
/**
 * How far behind the moment that is waited for other instruments' records may run before the book is said to have reached it
 * although none of its own came: lines and feeds side by side are seldom a second apart.
 */
const PATIENCE_NS = 10_000_000_000

/** Why `advance` came back. */
export enum TapeStop {
  /** Nothing in particular: call again. */
  More = 0,
  /** The source has nothing just now: call again later. */
  NotYet = 1,
  /** The next record of the instrument is later than the moment given. */
  Reached = 2,
  /** The best bid or offer changed; only when it was asked for. */
  Top = 3,
  End = 4,
}

/** Slots of one instrument's state. */
enum Slot {
  Records = 0,
  TimeNs = 1,
  State = 2,
  TradePrice = 3,
  TradeQuantity = 4,
  TradeTimeNs = 5,
  IsStale = 6,
  Count = 8,
}

/** Whether an instrument is the one looked for. */
enum Wanted {
  No = 0,
  /** Its name is not known yet: it may be. */
  Maybe = 1,
  Yes = 2,
}

/**
 * The book of one symbol, moved forward through a source as far as one likes: what `xk book` shows. Where several instruments
 * bear the symbol (two feeds of one capture), it is the one with the most records so far.
 *
 * Time is the exchange's. Records of one instrument are taken in the order of the stream; a moment is reached at the first one
 * that is later.
 */
export class BookTape {
  readonly book: OrderBook
  readonly names: InstrumentNames
  /** [0] how far `advance` may go: records of the instrument up to this, ns since the session's epoch. */
  readonly until = new Float64Array([Number.POSITIVE_INFINITY])
  /** The instrument shown; 0 before the symbol occurred. */
  instrument = NO_INSTRUMENT
  readonly #source: MarketSource
  readonly #symbol: string
  readonly #batch = new RecordBatch()
  #at = 0
  readonly #wanted: Uint8Array
  readonly #state: Float64Array
  readonly #print = new Float64Array(PrintSlot.Count)
  #missing = 0
  /** Whether the best bid or offer may have changed since the last stop for it, and what it was then. */
  #hasTopChanged = false
  readonly #lastTop = new Float64Array(TopSlot.Slots)

  constructor(source: MarketSource, symbol: string) {
    const { instrumentsMax } = source.shared.instruments
    this.#source = source
    this.#symbol = symbol
    this.names = new InstrumentNames(instrumentsMax)
    this.book = new OrderBook({ ordersMax: ORDERS_MAX, levelsMax: LEVELS_MAX, instrumentsMax })
    this.#wanted = new Uint8Array(instrumentsMax + 1)
    this.#wanted[NO_INSTRUMENT] = Wanted.Maybe
    this.#state = new Float64Array((instrumentsMax + 1) * Slot.Count)
  }

  /** The session's epoch, seconds since 1970; undefined while the source tells no date. */
  get epochSeconds(): number | undefined {
    const { epoch } = this.#source.shared
    return epoch.isSet && epoch.seconds !== 0 ? epoch.seconds : undefined
  }

  /** Whether a record is at hand, so that the source has worked out its epoch. */
  get hasRecords(): boolean {
    return this.#at < this.#batch.usedBytes
  }

  /** Reads on when no record is at hand. @returns More when there is one */
  read(): TapeStop {
    if (this.hasRecords) return TapeStop.More
    this.#batch.reset()
    this.#at = 0
    const appended = this.#source.fill(this.#batch)
    if (appended === FeedRead.End) return TapeStop.End
    return this.#batch.usedBytes > 0 ? TapeStop.More : TapeStop.NotYet
  }

  /**
   * Moves on by at most one batch of records, and not past `until`.
   * @param stopsAtTop stop whenever the best bid or offer has changed and the exchange's event is complete
   */
  advance(stopsAtTop = false): TapeStop {
    const stop = this.read()
    if (stop !== TapeStop.More) return stop
    const { views } = this.#batch
    while (this.hasRecords) {
      const at = this.#at
      if (this.#isLater(views, at)) return TapeStop.Reached
      this.#at = at + views.u32[(at + Header.Length) >> 2]!
      this.#take(views, at)
      if (!stopsAtTop || !this.#hasTopChanged) continue
      if ((views.u16[(at + Header.Flags) >> 1]! & FLAG_MORE) !== 0) continue
      this.#hasTopChanged = false
      if (this.#noteTop()) return TapeStop.Top
    }
    return TapeStop.More
  }

  /** Whether there is a level to show. */
  get hasBook(): boolean {
    const { book, instrument } = this
    return book.levelCount(instrument, Side.Buy) + book.levelCount(instrument, Side.Sell) > 0
  }

  /** Time of the last record of the instrument, ns since the session's epoch. */
  get timeNs(): number {
    return this.#read(Slot.TimeNs)
  }

  /** The book as it is now. @param levelsMax levels a side */
  snapshot(levelsMax: number): BookSnapshot {
    const { book, instrument, names } = this
    const exponent = names.priceExponents[instrument]!
    const bidLevels = book.levelCount(instrument, Side.Buy)
    const askLevels = book.levelCount(instrument, Side.Sell)
    const isTwoSided = bidLevels > 0 && askLevels > 0
    const bid = book.top[instrument * TopSlot.Slots + TopSlot.BidPrice]!
    const ask = book.top[instrument * TopSlot.Slots + TopSlot.AskPrice]!
    const ownState = this.#read(Slot.State)
    const marketState = this.#state[Slot.State]!
    return {
      symbol: this.#symbol,
      instrument,
      timeNs: this.#toUnix(this.timeNs),
      isDated: this.epochSeconds !== undefined,
      timeOfDayNs: this.timeNs,
      state: nameState(ownState === TradingState.Unknown ? marketState : ownState),
      bids: readLevels(book, instrument, Side.Buy, levelsMax, names),
      asks: readLevels(book, instrument, Side.Sell, levelsMax, names),
      bidLevels,
      askLevels,
      spread: isTwoSided ? formatDecimal(ask - bid, exponent) : null,
      mid: isTwoSided ? formatMiddle(bid, ask, exponent) : null,
      lastTrade: this.#lastTrade(),
      records: this.#read(Slot.Records),
      isStale: this.#read(Slot.IsStale) === 1 || this.#state[Slot.IsStale] === 1,
      missing: this.#missing,
      unknownOrders: book.unknownReferences,
      refusedOrders: book.counts[BookCount.OrdersRefused]!,
    }
  }

  #take(views: RecordViews, at: number): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type === RecordType.Instrument) this.#noteInstrument(instrument, views, at)
    const wanted = this.#wanted[instrument]!
    if (wanted === Wanted.No) return
    const state = this.#state
    const base = instrument * Slot.Count
    state[base + Slot.Records]!++
    if (wanted === Wanted.Yes && this.#isBusier(base)) this.instrument = instrument
    const timeAt = SOURCE_TIME_AT[type]!
    if (timeAt > 0) state[base + Slot.TimeNs] = views.f64[(at + timeAt) >> 3]!
    if (type === RecordType.TradingStatus) state[base + Slot.State] = views.u32[(at + TradingStatus.State) >> 2]!
    else if (type === RecordType.Stale) state[base + Slot.IsStale] = isStale(views, at)
    else if (type === RecordType.Gap) this.#missing += views.f64[(at + Gap.MissingCount) >> 3]!
    // The order's price is in the book until the book takes the execution.
    if (readPrint(views, at, this.book, this.#print)) this.#noteTrade(base)
    const change = this.book.apply(views, at)
    const isShown = instrument === this.instrument || instrument === NO_INSTRUMENT
    if (isShown && (change & BookChange.Top) !== 0) this.#hasTopChanged = true
  }

  /** Whether the instrument at `base` has more records than the one shown. */
  #isBusier(base: number): boolean {
    return this.instrument === NO_INSTRUMENT || this.#state[base + Slot.Records]! > this.#read(Slot.Records)
  }

  #noteTrade(base: number): void {
    const state = this.#state
    const price = this.#print[PrintSlot.Price]!
    if (Number.isNaN(price)) return
    state[base + Slot.TradePrice] = price
    state[base + Slot.TradeQuantity] = this.#print[PrintSlot.Quantity]!
    state[base + Slot.TradeTimeNs] = state[base + Slot.TimeNs]!
  }

  #noteInstrument(instrument: number, views: RecordViews, at: number): void {
    this.names.note(instrument, views, at)
    if (this.names.symbol(instrument) === this.#symbol) this.#wanted[instrument] = Wanted.Yes
    else this.#wanted[instrument] = this.names.isNamed(instrument) ? Wanted.No : Wanted.Maybe
  }

  /** Whether the best bid or offer is another than before: an order may be replaced by its like. */
  #noteTop(): boolean {
    const base = this.instrument * TopSlot.Slots
    let isOther = false
    for (let slot = 0; slot < TopSlot.Slots; slot++) {
      const value = this.book.top[base + slot]!
      if (value !== this.#lastTop[slot]) isOther = true
      this.#lastTop[slot] = value
    }
    return isOther
  }

  /** Whether the record ends what `until` allows. */
  #isLater(views: RecordViews, at: number): boolean {
    const timeAt = SOURCE_TIME_AT[views.u16[(at + Header.Type) >> 1]!]!
    if (timeAt === 0) return false
    const timeNs = views.f64[(at + timeAt) >> 3]!
    const until = this.until[0]!
    if (timeNs <= until) return false
    return this.#wanted[views.u32[(at + Header.Instrument) >> 2]!] === Wanted.Yes || timeNs > until + PATIENCE_NS
  }

  #lastTrade(): TradeView | null {
    const quantity = this.#read(Slot.TradeQuantity)
    if (quantity === 0) return null
    const exponent = this.names.priceExponents[this.instrument]!
    return {
      price: formatDecimal(this.#read(Slot.TradePrice), exponent),
      quantity: Number(formatDecimal(quantity, this.names.quantityExponents[this.instrument]!)),
      timeNs: this.#toUnix(this.#read(Slot.TradeTimeNs)),
    }
  }

  #toUnix(sessionNs: number): string {
    return (BigInt(this.epochSeconds ?? 0) * NS_PER_SECOND + BigInt(Math.trunc(sessionNs))).toString()
  }

  #read(slot: Slot): number {
    return this.#state[this.instrument * Slot.Count + slot]!
  }
}

function isStale(views: RecordViews, at: number): number {
  return views.u32[(at + Stale.Reason) >> 2] === StaleReason.Recovered ? 0 : 1
}
