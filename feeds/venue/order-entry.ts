import {
  CancelOrder,
  CancelReason,
  FLAG_POST_ONLY,
  Header,
  MassCancel,
  NewOrder,
  OrderType,
  RecordType,
  RejectReason,
  ReplaceOrder,
  TimeInForce,
} from '../../kernels/records/catalogue.ts'
import type { StateArchive } from '../../kernels/records/state-archive.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { type FillModel, TakeAs } from './fill-model.ts'
import { NO_OWN_ORDER, type OwnOrders } from './own-orders.ts'
import type { TradingStates } from './trading-states.ts'
import { VenueCount } from './venue-counts.ts'
import type { VenueResponses } from './venue-responses.ts'

const STRATEGIES_MAX = 1 << 16

export interface OrderEntryParts {
  readonly orders: OwnOrders
  readonly fills: FillModel
  readonly answers: VenueResponses
  readonly states: TradingStates
  readonly instrumentsMax: number
}

/** Takes strategies' requests: checks them, answers them, hands what is left of an order to the fill model. */
export class OrderEntry {
  /** By `VenueCount`. */
  readonly counts = new Float64Array(VenueCount.Count)
  private readonly orders: OwnOrders
  private readonly fills: FillModel
  private readonly answers: VenueResponses
  private readonly states: TradingStates
  private readonly instrumentsMax: number
  /** Highest order id accepted, by strategy: tells an order that is done from one that never was. */
  private readonly highestOrderId = new Uint32Array(STRATEGIES_MAX)
  /** [0]: number of the latest accepted order. */
  private readonly latestVenueOrder = new Float64Array(1)

  constructor(parts: OrderEntryParts) {
    this.orders = parts.orders
    this.fills = parts.fills
    this.answers = parts.answers
    this.states = parts.states
    this.instrumentsMax = parts.instrumentsMax
  }

  /** Saves or restores counts and numbers; orders and fills are archived by themselves. */
  archive(archive: StateArchive): void {
    archive.array(this.counts)
    archive.array(this.highestOrderId)
    archive.array(this.latestVenueOrder)
    archive.array(this.answers.matches)
  }

  /** Takes a NewOrder, CancelOrder, ReplaceOrder or MassCancel; anything else is counted. */
  apply(views: RecordViews, at: number): void {
    switch (views.u16[(at + Header.Type) >> 1]) {
      case RecordType.NewOrder:
        this.enterOrder(views, at)
        return
      case RecordType.CancelOrder:
        this.cancelOrder(views, at)
        return
      case RecordType.ReplaceOrder:
        this.replaceOrder(views, at)
        return
      case RecordType.MassCancel:
        this.cancelMany(views, at)
        return
      default:
        this.counts[VenueCount.UnknownRequests]!++
    }
  }

  /** Cancels every live order, in the order of their entry. */
  cancelAll(reason: CancelReason): void {
    const { orders } = this
    while (orders.firstEntered !== NO_OWN_ORDER) this.cancel(orders.firstEntered, reason)
  }

  private enterOrder(views: RecordViews, at: number): void {
    const orderId = views.i32[(at + NewOrder.OrderId) >> 2]!
    const isLimited = views.u32[(at + NewOrder.OrderType) >> 2]! !== OrderType.Market
    const isImmediate = !isLimited || views.u32[(at + NewOrder.TimeInForce) >> 2]! === TimeInForce.ImmediateOrCancel
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const bookSide = (instrument << 1) | (views.u32[(at + NewOrder.Side) >> 2]! & 1)
    const reason = this.findFault(views, at, isLimited, isImmediate)
    if (reason !== 0) {
      this.reject(views, at, orderId, reason)
      return
    }
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const slot = this.orders.claim(strategy, orderId, bookSide)
    if (slot === NO_OWN_ORDER) {
      this.reject(views, at, orderId, RejectReason.OpenOrderLimit)
      return
    }
    const { orders } = this
    orders.price[slot] = isLimited ? views.f64[(at + NewOrder.Price) >> 3]! : 0
    orders.leaves[slot] = views.f64[(at + NewOrder.Quantity) >> 3]!
    orders.isPostOnly[slot] = views.u16[(at + Header.Flags) >> 1]! & FLAG_POST_ONLY
    this.number(slot, orderId)
    this.counts[VenueCount.Accepted]!++
    this.answers.accept(slot)
    if (this.states.isMatching(instrument)) this.fills.takeLevels(slot, isLimited, TakeAs.Aggressor)
    this.settle(slot, isImmediate)
  }

  /** Gives an order its venue number and remembers that its id has lived. */
  private number(slot: number, orderId: number): void {
    const strategy = this.orders.strategy[slot]!
    this.latestVenueOrder[0]!++
    this.orders.venueOrder[slot] = this.latestVenueOrder[0]!
    if (orderId >>> 0 > this.highestOrderId[strategy]!) this.highestOrderId[strategy] = orderId
  }

  /** What becomes of an order that has taken what it could. */
  private settle(slot: number, isImmediate: boolean): void {
    if (this.orders.leaves[slot] === 0) this.orders.remove(slot)
    else if (isImmediate) this.cancel(slot, CancelReason.ImmediateOrCancel)
    else this.fills.rest(slot)
  }

  /** @returns the reason to refuse a new order, or 0 */
  private findFault(views: RecordViews, at: number, isLimited: boolean, isImmediate: boolean): number {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (instrument === 0 || instrument > this.instrumentsMax) return RejectReason.VenueUnknownInstrument
    if (!isPositiveWhole(views, at + NewOrder.Quantity)) return RejectReason.VenueInvalidQuantity
    if (isLimited && !isPositiveWhole(views, at + NewOrder.Price)) return RejectReason.VenueInvalidPrice
    if (this.states.isClosed(instrument)) return RejectReason.VenueNotTrading
    if (isImmediate && this.states.isGathering(instrument)) return RejectReason.VenueNotTrading
    const strategy = views.u16[(at + Header.Source) >> 1]!
    if (this.orders.find(strategy, views.i32[(at + NewOrder.OrderId) >> 2]!) !== NO_OWN_ORDER) {
      return RejectReason.DuplicateOrderId
    }
    const isPostOnly = (views.u16[(at + Header.Flags) >> 1]! & FLAG_POST_ONLY) !== 0
    if (isLimited && !isPostOnly) return 0
    const bookSide = (instrument << 1) | (views.u32[(at + NewOrder.Side) >> 2]! & 1)
    const hasLiquidity = this.fills.hasLiquidity(bookSide, views, at + NewOrder.Price, isLimited)
    if (isPostOnly) return hasLiquidity ? RejectReason.VenueWouldTakeLiquidity : 0
    return hasLiquidity ? 0 : RejectReason.VenueNoLiquidity
  }

  private cancelOrder(views: RecordViews, at: number): void {
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const orderId = views.i32[(at + CancelOrder.OrderId) >> 2]!
    const slot = this.orders.find(strategy, orderId)
    if (slot !== NO_OWN_ORDER) {
      this.cancel(slot, CancelReason.Requested)
      return
    }
    this.counts[VenueCount.CancelRejected]!++
    this.answers.rejectCancel(views, at, orderId, this.reasonForMissing(strategy, orderId))
  }

  private reasonForMissing(strategy: number, orderId: number): RejectReason {
    const hasLived = orderId >>> 0 <= this.highestOrderId[strategy]!
    return hasLived ? RejectReason.VenueTooLateToCancel : RejectReason.VenueUnknownOrder
  }

  private replaceOrder(views: RecordViews, at: number): void {
    const { orders } = this
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const oldOrderId = views.i32[(at + ReplaceOrder.OrderId) >> 2]!
    const orderId = views.i32[(at + ReplaceOrder.NewOrderId) >> 2]!
    const slot = orders.find(strategy, oldOrderId)
    const reason =
      slot === NO_OWN_ORDER ? this.reasonForMissing(strategy, oldOrderId) : this.findReplaceFault(views, at, slot)
    if (reason !== 0) {
      this.reject(views, at, orderId, reason)
      return
    }
    const price = views.f64[(at + ReplaceOrder.Price) >> 3]!
    const surplus = orders.filled[slot]! - views.f64[(at + ReplaceOrder.FilledQuantity) >> 3]!
    const quantity = views.f64[(at + ReplaceOrder.Quantity) >> 3]! - surplus
    if (quantity <= 0) {
      // As much as was asked for has traded since: nothing may trade any more.
      this.cancel(slot, CancelReason.Requested)
      this.reject(views, at, orderId, RejectReason.VenueTooLateToCancel)
      return
    }
    const keepsPriority = price === orders.price[slot] && quantity <= orders.leaves[slot]!
    if (!keepsPriority) orders.unrest(slot)
    orders.rename(slot, orderId)
    orders.price[slot] = price
    orders.leaves[slot] = quantity
    this.number(slot, orderId)
    this.counts[VenueCount.Replaced]!++
    this.answers.replace(slot, oldOrderId)
    if (keepsPriority) return
    if (this.states.isMatching(orders.bookSide[slot]! >> 1)) this.fills.takeLevels(slot, true, TakeAs.Aggressor)
    this.settle(slot, false)
  }

  private findReplaceFault(views: RecordViews, at: number, slot: number): number {
    const { orders } = this
    const orderId = views.i32[(at + ReplaceOrder.NewOrderId) >> 2]!
    const bookSide = orders.bookSide[slot]!
    if (!isPositiveWhole(views, at + ReplaceOrder.Quantity)) return RejectReason.VenueInvalidQuantity
    if (!isPositiveWhole(views, at + ReplaceOrder.Price)) return RejectReason.VenueInvalidPrice
    if (this.states.isClosed(bookSide >> 1)) return RejectReason.VenueNotTrading
    const other = orders.find(orders.strategy[slot]!, orderId)
    if (other !== NO_OWN_ORDER && other !== slot) return RejectReason.DuplicateOrderId
    const wouldTake =
      orders.isPostOnly[slot] === 1 && this.fills.hasLiquidity(bookSide, views, at + ReplaceOrder.Price, true)
    return wouldTake ? RejectReason.VenueWouldTakeLiquidity : 0
  }

  /** Source 0 means all strategies, instrument 0 all instruments. */
  private cancelMany(views: RecordViews, at: number): void {
    const { orders } = this
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const asked = views.u32[(at + MassCancel.Reason) >> 2]!
    const reason: CancelReason = asked === 0 ? CancelReason.MassCancel : asked
    let next = NO_OWN_ORDER
    for (let slot = orders.firstEntered; slot !== NO_OWN_ORDER; slot = next) {
      next = orders.nextEntered[slot]!
      if (strategy !== 0 && orders.strategy[slot] !== strategy) continue
      if (instrument !== 0 && orders.bookSide[slot]! >> 1 !== instrument) continue
      this.cancel(slot, reason)
    }
  }

  private cancel(slot: number, reason: CancelReason): void {
    this.counts[VenueCount.Cancelled]!++
    this.answers.cancel(slot, reason)
    this.orders.remove(slot)
  }

  private reject(views: RecordViews, at: number, orderId: number, reason: RejectReason): void {
    this.counts[VenueCount.Rejected]!++
    this.answers.reject(views, at, orderId, reason)
  }
}

/** Whether the price or quantity at a byte offset is a whole number above zero; NaN is not. */
function isPositiveWhole(views: RecordViews, at: number): boolean {
  const value = views.f64[at >> 3]!
  return value > 0 && Math.floor(value) === value && value <= Number.MAX_SAFE_INTEGER
}
