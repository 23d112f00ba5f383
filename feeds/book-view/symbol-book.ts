import {
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
import { InstrumentNames } from '../instrument-names.ts'
import type { BookSnapshot, TradeView } from './book-snapshot.ts'
import { formatMiddle, nameState, readLevels } from './describe-book.ts'

/** Bounds of one instrument's book; policy: what does not fit is left out, and counted in `refusedOrders`. */
const ORDERS_MAX = 1 << 19
const LEVELS_MAX = 1 << 17
const NS_PER_SECOND = 1_000_000_000n

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
 * The book of one symbol, kept from market records of any instruments. Where several bear the symbol (two feeds of one
 * capture), it is the one with the most records so far.
 */
export class SymbolBook {
  readonly book: OrderBook
  readonly names: InstrumentNames
  /** The instrument shown; 0 before the symbol occurred. */
  instrument = NO_INSTRUMENT
  readonly #symbol: string
  readonly #wanted: Uint8Array
  readonly #state: Float64Array
  readonly #print = new Float64Array(PrintSlot.Count)
  #missing = 0
  /** Whether the best bid or offer may have changed since the last look at it, and what it was then. */
  #hasTopChanged = false
  readonly #lastTop = new Float64Array(TopSlot.Slots)

  constructor(symbol: string, instrumentsMax: number) {
    this.#symbol = symbol
    this.names = new InstrumentNames(instrumentsMax)
    this.book = new OrderBook({ ordersMax: ORDERS_MAX, levelsMax: LEVELS_MAX, instrumentsMax })
    this.#wanted = new Uint8Array(instrumentsMax + 1)
    this.#wanted[NO_INSTRUMENT] = Wanted.Maybe
    this.#state = new Float64Array((instrumentsMax + 1) * Slot.Count)
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

  /** Whether the best bid or offer has become another since this last answered that it has. */
  takeTopChange(): boolean {
    if (!this.#hasTopChanged) return false
    this.#hasTopChanged = false
    return this.#isOtherTop()
  }

  /** Whether the best bid or offer may have changed since `takeTopChange`. */
  get mayHaveNewTop(): boolean {
    return this.#hasTopChanged
  }

  /** Whether an instrument is known to bear the symbol. */
  isWanted(instrument: number): boolean {
    return this.#wanted[instrument] === Wanted.Yes
  }

  /**
   * The book as it is now.
   * @param levelsMax levels a side
   * @param epochSeconds midnight of the session's day in seconds since 1970; undefined while no date is known
   */
  snapshot(levelsMax: number, epochSeconds: number | undefined): BookSnapshot {
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
      timeNs: toUnix(this.timeNs, epochSeconds),
      isDated: epochSeconds !== undefined,
      timeOfDayNs: this.timeNs,
      state: nameState(ownState === TradingState.Unknown ? marketState : ownState),
      bids: readLevels(book, instrument, Side.Buy, levelsMax, names),
      asks: readLevels(book, instrument, Side.Sell, levelsMax, names),
      bidLevels,
      askLevels,
      spread: isTwoSided ? formatDecimal(ask - bid, exponent) : null,
      mid: isTwoSided ? formatMiddle(bid, ask, exponent) : null,
      lastTrade: this.#lastTrade(epochSeconds),
      records: this.#read(Slot.Records),
      isStale: this.#read(Slot.IsStale) === 1 || this.#state[Slot.IsStale] === 1,
      missing: this.#missing,
      unknownOrders: book.unknownReferences,
      refusedOrders: book.counts[BookCount.OrdersRefused]!,
    }
  }

  /** Takes the next record of the stream. */
  take(views: RecordViews, at: number): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (instrument >= this.#wanted.length) return
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
  #isOtherTop(): boolean {
    const base = this.instrument * TopSlot.Slots
    let isOther = false
    for (let slot = 0; slot < TopSlot.Slots; slot++) {
      const value = this.book.top[base + slot]!
      if (value !== this.#lastTop[slot]) isOther = true
      this.#lastTop[slot] = value
    }
    return isOther
  }

  #lastTrade(epochSeconds: number | undefined): TradeView | null {
    const quantity = this.#read(Slot.TradeQuantity)
    if (quantity === 0) return null
    const exponent = this.names.priceExponents[this.instrument]!
    return {
      price: formatDecimal(this.#read(Slot.TradePrice), exponent),
      quantity: Number(formatDecimal(quantity, this.names.quantityExponents[this.instrument]!)),
      timeNs: toUnix(this.#read(Slot.TradeTimeNs), epochSeconds),
    }
  }

  #read(slot: Slot): number {
    return this.#state[this.instrument * Slot.Count + slot]!
  }
}

function toUnix(sessionNs: number, epochSeconds: number | undefined): string {
  return (BigInt(epochSeconds ?? 0) * NS_PER_SECOND + BigInt(Math.trunc(sessionNs))).toString()
}

function isStale(views: RecordViews, at: number): number {
  return views.u32[(at + Stale.Reason) >> 2] === StaleReason.Recovered ? 0 : 1
}
