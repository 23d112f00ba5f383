import { ORDER_SHARES_END } from '../../../feeds/ouch/codes.ts'
import {
  CancelOrder,
  CancelReason,
  Header,
  MassCancel,
  NewOrder,
  OrderType,
  RecordType,
  RejectReason,
  ReplaceOrder,
  TimeInForce,
} from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import type { RecordViews } from '../../records/views.ts'
import { EntryCount } from './entry-counts.ts'
import { type EntryOrders, NO_SLOT } from './entry-orders.ts'
import { EntryEvent, EntryState, NextState, nextState } from './order-states.ts'
import { OrderFlag, type RequestWriter } from './request-writer.ts'
import type { ResponseRecords } from './response-records.ts'

const SEQUENCE = 0

export interface RequestDeskParts {
  readonly orders: EntryOrders
  readonly records: ResponseRecords
  readonly writer: RequestWriter
  /** By `EntryCount`. */
  readonly counts: Float64Array
  /** Sends what the writer has written. @returns false when it was not sent */
  readonly send: () => boolean
  /** Whether a request can be sent now. */
  readonly hasRoom: () => boolean
}

const SHORT = OrderFlag.ShortSale | OrderFlag.EnteredShort

/** Takes strategies' requests: finds their orders, sends them, or refuses them with the reason. */
export class RequestDesk {
  readonly #parts: RequestDeskParts
  readonly #numbers = new Float64Array(1)
  /** Whether there may be orders with a cancel to be sent. */
  hasWanted = false

  constructor(parts: RequestDeskParts) {
    this.#parts = parts
  }

  /** Saves or restores it, apart from the orders. */
  archive(archive: StateArchive): void {
    this.hasWanted = archive.number(this.hasWanted ? 1 : 0) === 1
  }

  /** Takes a NewOrder, CancelOrder, ReplaceOrder or MassCancel. @param isShort whether an order is to be marked as a short sale */
  take(views: RecordViews, at: number, isShort: boolean): void {
    this.#numbers[SEQUENCE] = views.f64[(at + Header.Sequence) >> 3]!
    switch (views.u16[(at + Header.Type) >> 1]) {
      case RecordType.NewOrder:
        this.#enter(views, at, isShort)
        return
      case RecordType.ReplaceOrder:
        this.#replace(views, at, isShort)
        return
      case RecordType.CancelOrder:
        this.#cancel(views, at)
        return
      case RecordType.MassCancel: {
        const reason = views.u32[(at + MassCancel.Reason) >> 2]!
        const strategy = views.u16[(at + Header.Source) >> 1]!
        this.wantCancels(strategy, views.u32[(at + Header.Instrument) >> 2]!, reason || CancelReason.MassCancel)
        this.sendCancels()
        return
      }
      default:
    }
  }

  /** Marks open orders to be cancelled. @param strategy 0 for all @param instrument 0 for all */
  wantCancels(strategy: number, instrument: number, reason: CancelReason): void {
    const { orders } = this.#parts
    for (let slot = 0; slot < orders.slotsUsed; slot++) {
      const state: EntryState = orders.state[slot]!
      if (nextState(state, EntryEvent.AskCancel) === NextState.Illegal || state === EntryState.PendingCancel) continue
      if (strategy !== 0 && orders.strategy[slot] !== strategy) continue
      if (instrument !== 0 && orders.instrument[slot] !== instrument) continue
      orders.cancelReason[slot] = reason
      orders.wantsCancel[slot] = 1
      this.hasWanted = true
    }
  }

  /** Has the cancels sent again that may have been lost on their way: a venue passes over what it has seen. */
  repeatCancels(): void {
    const { orders } = this.#parts
    for (let slot = 0; slot < orders.slotsUsed; slot++) {
      if (orders.state[slot] !== EntryState.PendingCancel) continue
      orders.wantsCancel[slot] = 1
      this.hasWanted = true
    }
  }

  /** Sends cancels that are wanted, as far as there is room. */
  sendCancels(): void {
    if (!this.hasWanted) return
    const { orders, hasRoom } = this.#parts
    for (let slot = 0; slot < orders.slotsUsed; slot++) {
      if (orders.wantsCancel[slot] === 0) continue
      if (!hasRoom()) return
      orders.wantsCancel[slot] = 0
      if (nextState(orders.state[slot]!, EntryEvent.AskCancel) !== NextState.Illegal) this.#sendCancel(slot)
    }
    this.hasWanted = false
  }

  #sendCancel(slot: number): void {
    const { orders, writer, counts, send } = this.#parts
    orders.apply(slot, EntryEvent.AskCancel)
    writer.writeCancel(slot)
    counts[EntryCount.CancelsSent]!++
    send()
  }

  #refuse(views: RecordViews, at: number, orderId: number, reason: RejectReason): void {
    this.#parts.counts[EntryCount.RefusedHere]!++
    this.#parts.records.refuse(views, at, orderId, reason)
  }

  #enter(views: RecordViews, at: number, isShort: boolean): void {
    const { orders, writer, counts } = this.#parts
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const orderId = views.i32[(at + NewOrder.OrderId) >> 2]!
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const isMarket = views.u32[(at + NewOrder.OrderType) >> 2]! === OrderType.Market
    const fault = this.#findFault(
      views,
      strategy,
      orderId,
      instrument,
      isMarket,
      at + NewOrder.Price,
      at + NewOrder.Quantity,
    )
    if (fault !== 0) {
      this.#refuse(views, at, orderId, fault)
      return
    }
    const slot = orders.enter(strategy, orderId, this.#numbers, SEQUENCE)
    if (slot === NO_SLOT) {
      this.#refuse(views, at, orderId, RejectReason.OpenOrderLimit)
      return
    }
    const isImmediate = views.u32[(at + NewOrder.TimeInForce) >> 2]! === TimeInForce.ImmediateOrCancel
    const isPostOnly = (views.u16[(at + Header.Flags) >> 1]! & OrderFlag.PostOnly) !== 0
    orders.instrument[slot] = instrument
    orders.side[slot] = views.u32[(at + NewOrder.Side) >> 2]!
    orders.price[slot] = views.f64[(at + NewOrder.Price) >> 3]!
    orders.leaves[slot] = views.f64[(at + NewOrder.Quantity) >> 3]!
    orders.flags[slot] =
      (isPostOnly ? OrderFlag.PostOnly : 0) |
      (isImmediate || isMarket ? OrderFlag.Immediate : 0) |
      (isMarket ? OrderFlag.Market : 0) |
      (isShort ? SHORT : 0)
    writer.writeEnter(slot)
    counts[EntryCount.OrdersSent]!++
    this.#sendOrder(slot, RecordType.NewOrder)
  }

  #replace(views: RecordViews, at: number, isShort: boolean): void {
    const { orders, writer, counts } = this.#parts
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const newOrderId = views.i32[(at + ReplaceOrder.NewOrderId) >> 2]!
    const old = orders.findId(strategy, views.i32[(at + ReplaceOrder.OrderId) >> 2]!)
    let fault: number = this.#faultOfAsking(old, EntryEvent.AskReplace)
    if (fault === 0) {
      const instrument = orders.instrument[old]!
      const priceAt = at + ReplaceOrder.Price
      fault = this.#findFault(views, strategy, newOrderId, instrument, false, priceAt, at + ReplaceOrder.Quantity)
      if (fault === 0 && this.#totalOf(views, at, old) >= ORDER_SHARES_END) fault = RejectReason.VenueInvalidQuantity
    }
    const slot = fault === 0 ? orders.enter(strategy, newOrderId, this.#numbers, SEQUENCE) : NO_SLOT
    if (slot === NO_SLOT) {
      this.#refuse(views, at, newOrderId, fault === 0 ? RejectReason.OpenOrderLimit : fault)
      return
    }
    orders.apply(old, EntryEvent.AskReplace)
    orders.link(slot, old)
    orders.instrument[slot] = orders.instrument[old]!
    orders.side[slot] = orders.side[old]!
    orders.price[slot] = views.f64[(at + ReplaceOrder.Price) >> 3]!
    orders.filledBefore[slot] = orders.filledBefore[old]! + orders.filled[old]!
    // Not above zero when all of it has traded since the decision: the venue then cancels, and the mark of a sale stays.
    orders.leaves[slot] = this.#totalOf(views, at, old) - orders.filledBefore[slot]!
    const marksShort = orders.leaves[slot]! > 0 ? isShort : (orders.flags[old]! & OrderFlag.ShortSale) !== 0
    orders.flags[slot] = (orders.flags[old]! & ~(OrderFlag.Market | SHORT)) | (marksShort ? SHORT : 0)
    // Room for two messages was found above.
    if (writer.writeRemark(slot, old)) this.#parts.send()
    writer.writeReplace(slot)
    counts[EntryCount.ReplacesSent]!++
    this.#sendOrder(slot, RecordType.ReplaceOrder)
  }

  /** Shares of a chain with its replacement, as on the wire: what the decision knew to be filled, and what it asked for. */
  #totalOf(views: RecordViews, at: number, old: number): number {
    const known = views.f64[(at + ReplaceOrder.FilledQuantity) >> 3]!
    return this.#parts.orders.filledBefore[old]! + known + views.f64[(at + ReplaceOrder.Quantity) >> 3]!
  }

  #cancel(views: RecordViews, at: number): void {
    const { orders } = this.#parts
    const orderId = views.i32[(at + CancelOrder.OrderId) >> 2]!
    const slot = orders.findId(views.u16[(at + Header.Source) >> 1]!, orderId)
    const fault = this.#faultOfAsking(slot, EntryEvent.AskCancel)
    if (fault !== 0) {
      this.#refuse(views, at, orderId, fault)
      return
    }
    orders.cancelSequence[slot] = this.#numbers[SEQUENCE]!
    orders.cancelReason[slot] = 0
    // A cancel is never given up: it leaves as soon as it can.
    orders.wantsCancel[slot] = 1
    this.hasWanted = true
    this.sendCancels()
  }

  #faultOfAsking(slot: number, event: EntryEvent): RejectReason | 0 {
    const { state } = this.#parts.orders
    if (slot === NO_SLOT) return RejectReason.VenueUnknownOrder
    if (state[slot] === EntryState.Done) return RejectReason.VenueTooLateToCancel
    return nextState(state[slot]!, event) === NextState.Illegal ? RejectReason.VenueChangePending : 0
  }

  #findFault(
    views: RecordViews,
    strategy: number,
    orderId: number,
    instrument: number,
    isMarket: boolean,
    priceAt: number,
    quantityAt: number,
  ): RejectReason | 0 {
    const { orders, writer, hasRoom } = this.#parts
    if (!hasRoom()) return RejectReason.VenueNotReached
    if (orders.findId(strategy, orderId) !== NO_SLOT) return RejectReason.DuplicateOrderId
    return writer.findFault(instrument, isMarket, views.f64, priceAt >> 3, quantityAt >> 3)
  }

  /** An order that could not be sent after all, for want of a number at the venue. */
  #sendOrder(slot: number, type: RecordType): void {
    const { orders, writer, records, send, counts } = this.#parts
    if (writer.hasName(slot) && send()) return
    counts[EntryCount.RefusedHere]!++
    orders.apply(slot, EntryEvent.Reject)
    const replaced = orders.replaces[slot]!
    if (replaced !== NO_SLOT) orders.apply(replaced, EntryEvent.ReplaceRefused)
    orders.unlink(slot)
    records.reject(slot, type, RejectReason.VenueNotReached)
  }
}
