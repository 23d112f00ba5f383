import {
  Cross,
  FLAG_NON_PRINTABLE,
  Header,
  Imbalance,
  Instrument,
  OrderAdd,
  OrderDelete,
  OrderExecute,
  OrderReduce,
  OrderReplace,
  TradingState as RecordedState,
  RecordType,
  SessionEvent,
  Trade,
  TradingStatus,
} from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { OrderInput, TradingState } from '../matching/engine-codes.ts'
import type { MatchingEngine } from '../matching/matching-engine.ts'
import { ORDER_QUANTITY_MAX, OrderCell, OrderCellShift, OrderFlag } from '../matching/order-cell.ts'

const WORD = 0x1_0000_0000
/** Accounts of the background: those whose orders rest, and those that take from them. */
const MAKERS = 16
const TAKERS = 16
/** The first account that is not of the background. */
export const FIRST_USER_ACCOUNT = MAKERS + TAKERS
/** ITCH letters of the crosses that the engine has. */
const CROSS_FLAGS = new Map<number, number>([
  [0x4f, OrderFlag.OpeningCross],
  [0x43, OrderFlag.ClosingCross],
  [0x48, OrderFlag.HaltCross],
])
const STATES = new Map<number, TradingState>([
  [RecordedState.Trading, TradingState.Trading],
  [RecordedState.Halted, TradingState.Halted],
  [RecordedState.Paused, TradingState.Quoting],
  [RecordedState.QuotationOnly, TradingState.Quoting],
  [RecordedState.PreOpen, TradingState.Quoting],
  [RecordedState.Auction, TradingState.Quoting],
])

/** What became of the recorded messages. */
export enum FlowCount {
  Orders = 0,
  /** Of orders that are gone: they traded with someone else here. */
  Gone = 1,
  /** Prices that are no whole number of 1/10,000, and the like. */
  Unusable = 2,
  Count = 3,
}

/** Where each record has its time; 0 where it has none. */
const TIME_AT = new Uint8Array(256)
TIME_AT[RecordType.Instrument] = Instrument.SourceTime
TIME_AT[RecordType.TradingStatus] = TradingStatus.SourceTime
TIME_AT[RecordType.SessionEvent] = SessionEvent.SourceTime
TIME_AT[RecordType.OrderAdd] = OrderAdd.SourceTime
TIME_AT[RecordType.OrderExecute] = OrderExecute.SourceTime
TIME_AT[RecordType.OrderReduce] = OrderReduce.SourceTime
TIME_AT[RecordType.OrderDelete] = OrderDelete.SourceTime
TIME_AT[RecordType.OrderReplace] = OrderReplace.SourceTime
TIME_AT[RecordType.Trade] = Trade.SourceTime
TIME_AT[RecordType.Cross] = Cross.SourceTime
TIME_AT[RecordType.Imbalance] = Imbalance.SourceTime

/** When a record happened, in ns since the session's epoch; −1 where it does not say. */
export function timeOfRecord(views: RecordViews, at: number): number {
  const type = views.u16[(at + Header.Type) >> 1]!
  const offset = type < TIME_AT.length ? TIME_AT[type]! : 0
  return offset === 0 ? -1 : views.f64[(at + offset) >> 3]!
}

/**
 * Recorded or generated market data as the orders of participants: what a feed showed is entered, replaced and cancelled by
 * background accounts, and each execution is an immediate order of another account against it. Where users of the exchange
 * have changed the book, the background trades with them instead, and what is recorded of orders that are gone is left out.
 */
export class RecordedFlow {
  /** By `FlowCount`. */
  readonly counts = new Float64Array(FlowCount.Count)
  private readonly engine: MatchingEngine
  /** Slot by recorded reference: exact below 2^53; above, neighbours may be taken for each other. */
  private readonly slots = new Map<number, number>()
  /** Recorded reference by slot. */
  private readonly references: Float64Array
  /** Power of ten by instrument that brings its prices to four decimals. */
  private readonly scales: Float64Array

  constructor(engine: MatchingEngine) {
    this.engine = engine
    this.references = new Float64Array(engine.slotsMax + 1)
    this.scales = new Float64Array(engine.engineLimits.instrumentsMax + 1)
  }

  /** Gives one record to the engine; those that are no orders, states or auctions change nothing. */
  take(views: RecordViews, at: number): void {
    const instrument = views.i32[(at + Header.Instrument) >> 2]!
    if (instrument < 0 || instrument > this.engine.engineLimits.instrumentsMax) return
    switch (views.u16[(at + Header.Type) >> 1]) {
      case RecordType.Instrument:
        this.scales[instrument] = 10 ** (views.i32[(at + Instrument.PriceExponent) >> 2]! + 4)
        break
      case RecordType.TradingStatus:
        this.changeState(instrument, views.i32[(at + TradingStatus.State) >> 2]!)
        break
      case RecordType.OrderAdd:
        this.add(views, at, instrument)
        break
      case RecordType.OrderExecute:
        this.execute(views, at)
        break
      case RecordType.OrderReduce:
        this.reduce(views, at)
        break
      case RecordType.OrderDelete: {
        const slot = this.find(views, at + OrderDelete.ReferenceLow, true)
        if (slot !== 0) this.engine.cancel(slot, 0)
        break
      }
      case RecordType.OrderReplace:
        this.replace(views, at)
        break
      case RecordType.Trade:
        this.tradeHidden(views, at, instrument)
        break
      case RecordType.Cross:
        this.cross(views, at, instrument)
        break
      case RecordType.Imbalance: {
        const flag = CROSS_FLAGS.get(views.i32[(at + Imbalance.CrossType) >> 2]!)
        if (flag !== undefined) this.engine.publishImbalance(instrument, flag)
        break
      }
      default:
    }
  }

  private changeState(instrument: number, recorded: number): void {
    const state = STATES.get(recorded)
    if (state !== undefined && state !== this.engine.states[instrument]) this.engine.setState(instrument, state)
  }

  private price(views: RecordViews, at: number, instrument: number): number {
    const price = views.f64[at >> 3]! * this.scales[instrument]!
    if (Number.isInteger(price) && price > 0 && price < 0x7fffffff) return price
    this.counts[FlowCount.Unusable]!++
    return 0
  }

  /** The live order of a recorded reference, or 0. @param forget whether no more is to come of it */
  private find(views: RecordViews, at: number, forget: boolean): number {
    const reference = keyOf(views, at)
    const slot = this.slots.get(reference) ?? 0
    if (forget) this.slots.delete(reference)
    const cell = slot << OrderCellShift.Words
    if (slot !== 0 && this.engine.isLive(slot) && this.references[slot] === reference) {
      if (this.engine.cells[cell | OrderCell.Tag] === 0) return slot
    }
    this.counts[FlowCount.Gone]!++
    return 0
  }

  private enter(
    instrument: number,
    side: number,
    price: number,
    quantity: number,
    flags: number,
    account: number,
  ): number {
    const { order } = this.engine
    if (price === 0 || !(quantity > 0)) return 0
    order[OrderInput.Instrument] = instrument
    order[OrderInput.Side] = side
    order[OrderInput.Price] = price
    order[OrderInput.Quantity] = Math.min(quantity, ORDER_QUANTITY_MAX)
    order[OrderInput.MinimumQuantity] = 0
    order[OrderInput.Flags] = flags
    order[OrderInput.Account] = account
    order[OrderInput.Tag] = 0
    this.counts[FlowCount.Orders]!++
    return this.engine.enter()
  }

  private keep(reference: number, slot: number): void {
    if (slot === 0) return
    this.slots.set(reference, slot)
    this.references[slot] = reference
  }

  private add(views: RecordViews, at: number, instrument: number): void {
    const reference = keyOf(views, at + OrderAdd.ReferenceLow)
    const side = views.i32[(at + OrderAdd.Side) >> 2]!
    const price = this.price(views, at + OrderAdd.Price, instrument)
    const quantity = views.f64[(at + OrderAdd.Quantity) >> 3]!
    this.keep(reference, this.enter(instrument, side, price, quantity, 0, reference % MAKERS))
  }

  /** What executed in a cross is not printed, and comes again with the cross. */
  private execute(views: RecordViews, at: number): void {
    if ((views.u16[(at + Header.Flags) >> 1]! & FLAG_NON_PRINTABLE) !== 0) return
    const slot = this.find(views, at + OrderExecute.ReferenceLow, false)
    if (slot === 0) return
    const { cells } = this.engine
    const cell = slot << OrderCellShift.Words
    const bookSide = cells[cell | OrderCell.BookSide]!
    const taker = MAKERS + (keyOf(views, at + OrderExecute.ReferenceLow) % TAKERS)
    const quantity = views.f64[(at + OrderExecute.Quantity) >> 3]!
    const price = cells[cell | OrderCell.Price]!
    this.enter(bookSide >> 1, (bookSide & 1) ^ 1, price, quantity, OrderFlag.ImmediateOrCancel, taker)
  }

  private reduce(views: RecordViews, at: number): void {
    const slot = this.find(views, at + OrderReduce.ReferenceLow, false)
    if (slot === 0) return
    const { cells } = this.engine
    const cell = slot << OrderCellShift.Words
    const left = cells[cell | OrderCell.Open]! - views.f64[(at + OrderReduce.Quantity) >> 3]!
    this.engine.cancel(slot, left <= 0 ? 0 : left + cells[cell | OrderCell.Executed]!)
  }

  private replace(views: RecordViews, at: number): void {
    const slot = this.find(views, at + OrderReplace.ReferenceLow, true)
    if (slot === 0) return
    const { order, cells } = this.engine
    const cell = slot << OrderCellShift.Words
    const price = this.price(views, at + OrderReplace.Price, cells[cell | OrderCell.BookSide]! >> 1)
    if (price === 0) return
    const quantity = Math.min(ORDER_QUANTITY_MAX, views.f64[(at + OrderReplace.Quantity) >> 3]!)
    order[OrderInput.Price] = price
    order[OrderInput.Quantity] = Math.min(ORDER_QUANTITY_MAX, quantity + cells[cell | OrderCell.Executed]!)
    order[OrderInput.MinimumQuantity] = 0
    order[OrderInput.Flags] = cells[cell | OrderCell.Flags]!
    order[OrderInput.Tag] = 0
    if (this.engine.replace(slot)) this.keep(keyOf(views, at + OrderReplace.NewReferenceLow), slot)
  }

  /** Both sides of a trade with an order that was never displayed. */
  private tradeHidden(views: RecordViews, at: number, instrument: number): void {
    const price = this.price(views, at + Trade.Price, instrument)
    const quantity = views.f64[(at + Trade.Quantity) >> 3]!
    const side = views.u32[(at + Trade.MatchLow) >> 2]! & 1
    const account = views.u32[(at + Trade.MatchLow) >> 2]! % MAKERS
    const slot = this.enter(instrument, side, price, quantity, OrderFlag.Hidden, account)
    this.enter(instrument, side ^ 1, price, quantity, OrderFlag.ImmediateOrCancel, MAKERS + account)
    if (slot !== 0 && this.engine.isLive(slot)) this.engine.cancel(slot, 0)
  }

  private cross(views: RecordViews, at: number, instrument: number): void {
    const flag = CROSS_FLAGS.get(views.i32[(at + Cross.CrossType) >> 2]!)
    const quantity = views.f64[(at + Cross.Quantity) >> 3]!
    if (flag === undefined || !this.engine.takesOrders(instrument)) return
    if (quantity > 0) {
      const price = this.price(views, at + Cross.Price, instrument)
      this.enter(instrument, 0, price, quantity, flag, 0)
      this.enter(instrument, 1, price, quantity, flag, MAKERS)
    }
    if (flag !== OrderFlag.HaltCross) this.engine.cross(instrument, flag)
  }
}

function keyOf(views: RecordViews, at: number): number {
  return views.u32[(at + 4) >> 2]! * WORD + views.u32[at >> 2]!
}
