import { OuchField } from '../../../feeds/ouch/message.ts'
import type { RecordQueue } from '../../../feeds/venue/record-queue.ts'
import {
  Accepted,
  Cancelled,
  type CancelReason,
  CancelRejected,
  Filled,
  Header,
  type Liquidity,
  RecordType,
  Rejected,
  RejectOrigin,
  type RejectReason,
  Replaced,
} from '../../records/catalogue.ts'
import { beginRecord, type RecordViews } from '../../records/views.ts'
import { type EntryOrders, NO_SLOT } from './entry-orders.ts'

/** Writes what strategies are told: header source = strategy id, header time = the gateway's, source time = the venue's. */
export class ResponseRecords {
  /** [0]: time of the venue's message. */
  readonly sourceTime = new Float64Array(1)
  /** [0]: price of the next fill, in the instrument's units. */
  readonly fillPrice = new Float64Array(1)
  readonly #queue: RecordQueue
  readonly #orders: EntryOrders
  readonly #nowNs: Float64Array

  constructor(queue: RecordQueue, orders: EntryOrders, nowNs: Float64Array) {
    this.#queue = queue
    this.#orders = orders
    this.#nowNs = nowNs
  }

  /** @param numbers of the message that accepts it */
  accept(slot: number, numbers: Float64Array): void {
    const at = this.#begin(slot, Accepted.Bytes, RecordType.Accepted)
    const { views } = this.#queue
    const orders = this.#orders
    views.i32[(at + Accepted.OrderId) >> 2] = orders.orderId[slot]!
    views.u32[(at + Accepted.Side) >> 2] = orders.side[slot]!
    views.u32[(at + Accepted.VenueOrderLow) >> 2] = numbers[OuchField.ReferenceLow]!
    views.u32[(at + Accepted.VenueOrderHigh) >> 2] = numbers[OuchField.ReferenceHigh]!
    views.f64[(at + Accepted.Price) >> 3] = orders.price[slot]!
    views.f64[(at + Accepted.Quantity) >> 3] = orders.leaves[slot]!
    views.f64[(at + Accepted.SourceTime) >> 3] = this.sourceTime[0]!
  }

  /** @param old slot of the order that it replaces, or −1 where that is forgotten */
  replace(slot: number, old: number): void {
    const at = this.#begin(slot, Replaced.Bytes, RecordType.Replaced)
    const { views } = this.#queue
    const orders = this.#orders
    views.i32[(at + Replaced.OrderId) >> 2] = old === NO_SLOT ? 0 : orders.orderId[old]!
    views.i32[(at + Replaced.NewOrderId) >> 2] = orders.orderId[slot]!
    views.f64[(at + Replaced.Price) >> 3] = orders.price[slot]!
    views.f64[(at + Replaced.Quantity) >> 3] = orders.leaves[slot]!
    views.f64[(at + Replaced.SourceTime) >> 3] = this.sourceTime[0]!
  }

  /** Reports a fill at `fillPrice`; the order's `leaves` are what is left after it. @param numbers of its message */
  fill(slot: number, numbers: Float64Array, liquidity: Liquidity): void {
    const at = this.#begin(slot, Filled.Bytes, RecordType.Filled)
    const { views } = this.#queue
    const orders = this.#orders
    views.i32[(at + Filled.OrderId) >> 2] = orders.orderId[slot]!
    views.u32[(at + Filled.Liquidity) >> 2] = liquidity
    views.f64[(at + Filled.Price) >> 3] = this.fillPrice[0]!
    views.f64[(at + Filled.Quantity) >> 3] = numbers[OuchField.Shares]!
    views.f64[(at + Filled.LeavesQuantity) >> 3] = orders.leaves[slot]!
    views.f64[(at + Filled.SourceTime) >> 3] = this.sourceTime[0]!
    views.u32[(at + Filled.MatchLow) >> 2] = numbers[OuchField.MatchLow]!
    views.u32[(at + Filled.MatchHigh) >> 2] = numbers[OuchField.MatchHigh]!
    views.u32[(at + Filled.Side) >> 2] = orders.side[slot]!
    views.u32[(at + Filled.Reserved) >> 2] = 0
  }

  /** Tells that what is left of an order, its `leaves`, is cancelled. */
  cancel(slot: number, reason: CancelReason): void {
    const at = this.#begin(slot, Cancelled.Bytes, RecordType.Cancelled)
    const { views } = this.#queue
    views.i32[(at + Cancelled.OrderId) >> 2] = this.#orders.orderId[slot]!
    views.u32[(at + Cancelled.Reason) >> 2] = reason
    views.f64[(at + Cancelled.Quantity) >> 3] = this.#orders.leaves[slot]!
    views.f64[(at + Cancelled.SourceTime) >> 3] = this.sourceTime[0]!
  }

  /** Tells that an order never came to be. @param type of its request */
  reject(slot: number, type: RecordType, reason: RejectReason): void {
    const at = this.#begin(slot, Rejected.Bytes, RecordType.Rejected)
    const { views } = this.#queue
    views.f64[(at + Rejected.OutboundSequence) >> 3] = this.#orders.sequence[slot]!
    views.i32[(at + Rejected.OrderId) >> 2] = this.#orders.orderId[slot]!
    this.#finishReject(at, type, reason)
  }

  /** Tells that the cancel of an order on its way has come to nothing. */
  rejectCancel(slot: number, reason: RejectReason): void {
    const orders = this.#orders
    const at = this.#begin(slot, CancelRejected.Bytes, RecordType.CancelRejected)
    const { views } = this.#queue
    views.i32[(at + CancelRejected.OrderId) >> 2] = orders.orderId[slot]!
    views.u32[(at + CancelRejected.Reason) >> 2] = reason
    views.f64[(at + CancelRejected.OutboundSequence) >> 3] = orders.cancelSequence[slot]!
    views.f64[(at + CancelRejected.SourceTime) >> 3] = this.sourceTime[0]!
    orders.cancelSequence[slot] = 0
  }

  /** Refuses a request that was not sent. @param orderId by which its strategy knows what it asked for */
  refuse(request: RecordViews, requestAt: number, orderId: number, reason: RejectReason): void {
    const type = request.u16[(requestAt + Header.Type) >> 1]!
    const isCancel = type === RecordType.CancelOrder
    const at = isCancel ? this.#queue.claim(CancelRejected.Bytes) : this.#queue.claim(Rejected.Bytes)
    const { views } = this.#queue
    const instrument = request.u32[(requestAt + Header.Instrument) >> 2]!
    if (isCancel) beginRecord(views, at, CancelRejected.Bytes, RecordType.CancelRejected, instrument)
    else beginRecord(views, at, Rejected.Bytes, RecordType.Rejected, instrument)
    views.u16[(at + Header.Source) >> 1] = request.u16[(requestAt + Header.Source) >> 1]!
    views.f64[(at + Header.Time) >> 3] = this.#nowNs[0]!
    const sequence = request.f64[(requestAt + Header.Sequence) >> 3]!
    if (isCancel) {
      views.i32[(at + CancelRejected.OrderId) >> 2] = orderId
      views.u32[(at + CancelRejected.Reason) >> 2] = reason
      views.f64[(at + CancelRejected.OutboundSequence) >> 3] = sequence
      views.f64[(at + CancelRejected.SourceTime) >> 3] = this.#nowNs[0]!
      return
    }
    views.f64[(at + Rejected.OutboundSequence) >> 3] = sequence
    views.i32[(at + Rejected.OrderId) >> 2] = orderId
    this.#finishReject(at, type, reason)
  }

  #finishReject(at: number, type: number, reason: RejectReason): void {
    const { views } = this.#queue
    views.u32[(at + Rejected.Origin) >> 2] = RejectOrigin.Venue
    views.u32[(at + Rejected.Reason) >> 2] = reason
    views.u32[(at + Rejected.RequestType) >> 2] = type
    views.f64[(at + Rejected.Value) >> 3] = 0
    views.f64[(at + Rejected.Threshold) >> 3] = 0
  }

  #begin(slot: number, bytes: number, type: number): number {
    const at = this.#queue.claim(bytes)
    const { views } = this.#queue
    beginRecord(views, at, bytes, type, this.#orders.instrument[slot]!)
    views.u16[(at + Header.Source) >> 1] = this.#orders.strategy[slot]!
    views.f64[(at + Header.Time) >> 3] = this.#nowNs[0]!
    return at
  }
}
