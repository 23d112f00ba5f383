import {
  CancelReason,
  FLAG_NON_PRINTABLE,
  FLAG_SNAPSHOT,
  Header,
  OrderAdd,
  OrderExecute,
  OrderReduce,
  OrderReplace,
  RecordType,
  Stale,
  StaleReason,
  Trade,
  TradingStatus,
} from '../../kernels/records/catalogue.ts'
import type { StateArchive } from '../../kernels/records/state-archive.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { BookChange } from '../book/book-counts.ts'
import { OrderBook } from '../book/order-book.ts'
import { NO_ORDER } from '../book/order-layout.ts'
import { EventSlot } from './fill-event.ts'
import { FillModel } from './fill-model.ts'
import { LevelMarket } from './level-market.ts'
import { OrderEntry } from './order-entry.ts'
import { OwnOrders } from './own-orders.ts'
import { RecordQueue } from './record-queue.ts'
import { BookState, TradingStates } from './trading-states.ts'
import { VenueResponses } from './venue-responses.ts'

const RESPONSE_BYTES_START = 1 << 16
const RESPONSE_BYTES_MAX = 1 << 28

/** Limits of a simulated venue. */
export interface VenueLimits {
  readonly instrumentsMax: number
  /** Most displayed orders of the market. */
  readonly bookOrdersMax: number
  /** Most displayed price levels; as many as orders by default. */
  readonly bookLevelsMax?: number
  /** Most live own orders, over all strategies. */
  readonly ordersMax: number
}

/**
 * A venue that trades strategies' orders against a recorded or generated market, pure and deterministic: it moves by its
 * calls alone, in exchange time. `nowNs[0]` is the time of the next call, in ns since the session's epoch. Market
 * records go into its own copy of the displayed book; requests of any number of strategies (header source = strategy id)
 * are answered into `responses`, stamped with the time of the call. The fill model is that of docs/simulated-venue.md.
 *
 * Bounds: `VenueLimits`; policy: an order beyond `ordersMax` is rejected (OpenOrderLimit), displayed orders beyond
 * `bookOrdersMax` are refused and counted by the book, responses beyond 256 MiB by the queue.
 */
export class SimulatedVenue {
  readonly nowNs = new Float64Array(1)
  readonly book: OrderBook
  readonly responses = new RecordQueue(RESPONSE_BYTES_START, RESPONSE_BYTES_MAX)
  readonly orders: OwnOrders
  readonly fills: FillModel
  /** By `VenueCount`. */
  readonly counts: Float64Array
  private readonly entry: OrderEntry
  private readonly states: TradingStates
  private readonly instrumentsMax: number
  private readonly event = new Float64Array(EventSlot.Slots)
  private readonly levels: LevelMarket
  /** Highest id that the feed has announced: what a record about all instruments means. */
  private highestInstrument = 0

  constructor(limits: VenueLimits) {
    const { instrumentsMax, bookOrdersMax } = limits
    this.instrumentsMax = instrumentsMax
    this.book = new OrderBook({
      instrumentsMax,
      ordersMax: bookOrdersMax,
      levelsMax: limits.bookLevelsMax ?? bookOrdersMax,
    })
    this.orders = new OwnOrders(limits.ordersMax, instrumentsMax)
    this.states = new TradingStates(instrumentsMax)
    const answers = new VenueResponses(this.responses, this.orders, this.nowNs)
    this.fills = new FillModel(this.book, this.orders, answers)
    this.levels = new LevelMarket(this.book, this.fills, this.states)
    this.entry = new OrderEntry({
      orders: this.orders,
      fills: this.fills,
      answers,
      states: this.states,
      instrumentsMax,
    })
    this.counts = this.entry.counts
  }

  /** A market record takes effect at `nowNs`. Its header names its instrument, for executes and deletes too. */
  applyMarket(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const isAboutOrder = type >= RecordType.OrderAdd && type <= RecordType.OrderReplace
    if (instrument > this.instrumentsMax) this.book.apply(views, at)
    else if (!isAboutOrder) this.applyOther(views, at, type, instrument)
    else if (this.orders.watched[instrument] === 0) this.book.apply(views, at)
    else this.applyWatched(views, at, type, instrument)
  }

  /** A request of a strategy arrives at `nowNs`: NewOrder, CancelOrder, ReplaceOrder or MassCancel. */
  applyRequest(views: RecordViews, at: number): void {
    this.entry.apply(views, at)
  }

  /** Saves or restores the whole venue, between two calls. One that is restored is fresh and has the same limits. */
  archive(archive: StateArchive): void {
    archive.array(this.nowNs)
    this.book.archive(archive)
    this.responses.archive(archive)
    this.orders.archive(archive)
    this.fills.archive(archive)
    this.states.archive(archive)
    this.entry.archive(archive)
    this.highestInstrument = archive.number(this.highestInstrument)
  }

  /** Cancels every live order, in the order of their entry. */
  endOfSession(): void {
    this.entry.cancelAll(CancelReason.EndOfSession)
  }

  /** A record that is not about a single displayed order. */
  private applyOther(views: RecordViews, at: number, type: number, instrument: number): void {
    switch (type) {
      case RecordType.Instrument:
        this.admit(instrument)
        return
      case RecordType.TradingStatus:
        if (this.states.change(instrument, views.u32[(at + TradingStatus.State) >> 2]!)) this.fills.onResume(instrument)
        return
      case RecordType.Stale:
        this.changeBook(views, at, instrument)
        return
      case RecordType.BookClear:
        this.book.apply(views, at)
        this.markCleared(instrument)
        return
      case RecordType.TopOfBook:
        this.fills.queues.isTopOnly[instrument] = 1
        break
      case RecordType.LevelUpdate:
        this.fills.queues.isTopOnly[instrument] = 0
        break
      default:
    }
    if (this.orders.watched[instrument] === 0) this.book.apply(views, at)
    else this.applyWatched(views, at, type, instrument)
  }

  private admit(instrument: number): void {
    while (this.highestInstrument < instrument) {
      this.highestInstrument++
      if (this.states.admit(this.highestInstrument)) this.orders.watch(this.highestInstrument)
    }
  }

  private changeBook(views: RecordViews, at: number, instrument: number): void {
    const isWhole = views.u32[(at + Stale.Reason) >> 2]! === StaleReason.Recovered
    if (instrument !== 0) this.markBook(instrument, isWhole ? BookState.Whole : BookState.Stale)
    else this.markAll(!isWhole)
  }

  private markAll(areStale: boolean): void {
    const { states } = this
    states.setStaleWithAll(0, areStale)
    for (let each = 1; each <= this.highestInstrument; each++) {
      const before = states.bookStateOf(each)
      states.setStaleWithAll(each, areStale)
      this.follow(each, before)
    }
  }

  /** The books of one instrument, or with 0 of all that were announced, are empty. */
  private markCleared(instrument: number): void {
    const last = instrument === 0 ? this.highestInstrument : instrument
    for (let each = Math.max(1, instrument); each <= last; each++) {
      if (this.states.bookStateOf(each) === BookState.Whole) this.markBook(each, BookState.Cleared)
    }
  }

  private markBook(instrument: number, state: BookState): void {
    const before = this.states.bookStateOf(instrument)
    this.states.setBookState(instrument, state)
    this.follow(instrument, before)
  }

  /** A book that is not whole is watched, so that no record passes by that makes it whole. */
  private follow(instrument: number, before: BookState): void {
    const { states, orders } = this
    const state = states.bookStateOf(instrument)
    if (before === state) return
    if (before === BookState.Whole) orders.watch(instrument)
    if (state !== BookState.Whole) return
    orders.unwatch(instrument)
    this.fills.onRebuilt(instrument)
    if (states.isMatching(instrument)) this.fills.onResume(instrument)
  }

  /** A market record of an instrument in which own orders rest, or whose levels or whole book must be followed. */
  private applyWatched(views: RecordViews, at: number, type: number, instrument: number): void {
    const flags = views.u16[(at + Header.Flags) >> 1]!
    if (this.states.bookStateOf(instrument) === BookState.Cleared && (flags & FLAG_SNAPSHOT) === 0) {
      this.markBook(instrument, BookState.Whole)
    }
    const isMatching = this.states.isMatching(instrument)
    const isFilling = isMatching && (flags & FLAG_NON_PRINTABLE) === 0
    switch (type) {
      case RecordType.OrderAdd:
        if (this.book.apply(views, at) !== BookChange.None) this.meetArrival(views, at, OrderAdd.ReferenceLow)
        return
      case RecordType.OrderExecute: {
        const bookSide = this.readEvent(views, at, views.f64[(at + OrderExecute.Quantity) >> 3]!)
        if (this.book.apply(views, at) !== BookChange.None) this.fills.onExecution(bookSide, this.event, isFilling)
        return
      }
      case RecordType.OrderReduce:
        this.applyDeparture(views, at, views.f64[(at + OrderReduce.Quantity) >> 3]!)
        return
      case RecordType.OrderDelete:
        this.applyDeparture(views, at, Number.MAX_SAFE_INTEGER)
        return
      case RecordType.OrderReplace:
        this.applyReplace(views, at)
        return
      case RecordType.LevelUpdate:
        this.levels.applyUpdate(views, at, instrument)
        return
      case RecordType.TopOfBook:
        this.levels.applyTop(views, at, instrument)
        return
      case RecordType.Trade:
        this.event[EventSlot.Price] = views.f64[(at + Trade.Price) >> 3]!
        this.event[EventSlot.Quantity] = views.f64[(at + Trade.Quantity) >> 3]!
        if (isFilling) this.fills.onUnnamedTrade(instrument, this.event)
        return
      default:
    }
  }

  /** Notes in `event` what is about to happen to a displayed order. @returns its book side, 0 when it is unknown */
  private readEvent(views: RecordViews, at: number, quantity: number): number {
    const { book, event } = this
    const order = book.findOrder(
      views.i32[(at + OrderAdd.ReferenceLow) >> 2]!,
      views.i32[(at + OrderAdd.ReferenceHigh) >> 2]!,
    )
    if (order === NO_ORDER) return 0
    event[EventSlot.Price] = book.orderPrice(order)
    event[EventSlot.Quantity] = Math.min(quantity, book.orderQuantity(order))
    event[EventSlot.Serial] = book.arrivalSerial[order]!
    return (book.orderInstrument(order) << 1) | book.orderSide(order)
  }

  private applyDeparture(views: RecordViews, at: number, quantity: number): void {
    const bookSide = this.readEvent(views, at, quantity)
    if (this.book.apply(views, at) !== BookChange.None) this.fills.onDeparture(bookSide, this.event)
  }

  /** An order that keeps its place changes its quantity there; any other leaves, and arrives anew. */
  private applyReplace(views: RecordViews, at: number): void {
    const { book, event } = this
    const bookSide = this.readEvent(views, at, Number.MAX_SAFE_INTEGER)
    if (book.apply(views, at) === BookChange.None) return
    const order = book.findOrder(
      views.i32[(at + OrderReplace.NewReferenceLow) >> 2]!,
      views.i32[(at + OrderReplace.NewReferenceHigh) >> 2]!,
    )
    if (order !== NO_ORDER && book.arrivalSerial[order] === event[EventSlot.Serial]) {
      event[EventSlot.Quantity]! -= book.orderQuantity(order)
      this.fills.onDeparture(bookSide, event)
      if (event[EventSlot.Quantity]! > 0) return
      this.meetArrival(views, at, OrderReplace.NewReferenceLow)
      return
    }
    this.fills.onDeparture(bookSide, event)
    this.meetArrival(views, at, OrderReplace.NewReferenceLow)
  }

  private meetArrival(views: RecordViews, at: number, referenceAt: number): void {
    const order = this.book.findOrder(views.i32[(at + referenceAt) >> 2]!, views.i32[(at + referenceAt + 4) >> 2]!)
    if (order !== NO_ORDER && this.states.isMatching(this.book.orderInstrument(order))) this.fills.onArrival(order)
  }
}
