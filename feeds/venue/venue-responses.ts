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
} from '../../kernels/records/catalogue.ts'
import { beginRecord, type RecordViews } from '../../kernels/records/views.ts'
import type { OwnOrders } from './own-orders.ts'
import type { RecordQueue } from './record-queue.ts'

const TWO_POW_32 = 0x1_0000_0000

/** Writes the venue's answers: header source = strategy id, header time and source time = the venue's time. */
export class VenueResponses {
  /** [0]: number of the latest fill. */
  readonly matches = new Float64Array(1)
  /** [0]: price of the next fill. */
  readonly fillPrice = new Float64Array(1)
  private readonly queue: RecordQueue
  private readonly orders: OwnOrders
  /** [0]: time of the call being answered. */
  readonly nowNs: Float64Array

  constructor(queue: RecordQueue, orders: OwnOrders, nowNs: Float64Array) {
    this.queue = queue
    this.orders = orders
    this.nowNs = nowNs
  }

  accept(slot: number): void {
    const at = this.begin(slot, Accepted.Bytes, RecordType.Accepted)
    const { views } = this.queue
    const { orders } = this
    views.i32[(at + Accepted.OrderId) >> 2] = orders.orderId[slot]!
    views.u32[(at + Accepted.Side) >> 2] = orders.bookSide[slot]! & 1
    views.u32[(at + Accepted.VenueOrderLow) >> 2] = orders.venueOrder[slot]! % TWO_POW_32
    views.u32[(at + Accepted.VenueOrderHigh) >> 2] = orders.venueOrder[slot]! / TWO_POW_32
    views.f64[(at + Accepted.Price) >> 3] = orders.price[slot]!
    views.f64[(at + Accepted.Quantity) >> 3] = orders.leaves[slot]!
    views.f64[(at + Accepted.SourceTime) >> 3] = this.nowNs[0]!
  }

  /** Answers a replace; the slot holds the new order already. */
  replace(slot: number, oldOrderId: number): void {
    const at = this.begin(slot, Replaced.Bytes, RecordType.Replaced)
    const { views } = this.queue
    views.i32[(at + Replaced.OrderId) >> 2] = oldOrderId
    views.i32[(at + Replaced.NewOrderId) >> 2] = this.orders.orderId[slot]!
    views.f64[(at + Replaced.Price) >> 3] = this.orders.price[slot]!
    views.f64[(at + Replaced.Quantity) >> 3] = this.orders.leaves[slot]!
    views.f64[(at + Replaced.SourceTime) >> 3] = this.nowNs[0]!
  }

  /** Reports a fill at `fillPrice`; the order's `leaves` are what is left after it. */
  fill(slot: number, quantity: number, liquidity: Liquidity): void {
    const at = this.begin(slot, Filled.Bytes, RecordType.Filled)
    const { views } = this.queue
    this.matches[0]!++
    views.i32[(at + Filled.OrderId) >> 2] = this.orders.orderId[slot]!
    views.u32[(at + Filled.Liquidity) >> 2] = liquidity
    views.f64[(at + Filled.Price) >> 3] = this.fillPrice[0]!
    views.f64[(at + Filled.Quantity) >> 3] = quantity
    views.f64[(at + Filled.LeavesQuantity) >> 3] = this.orders.leaves[slot]!
    views.f64[(at + Filled.SourceTime) >> 3] = this.nowNs[0]!
    views.u32[(at + Filled.MatchLow) >> 2] = this.matches[0]! % TWO_POW_32
    views.u32[(at + Filled.MatchHigh) >> 2] = this.matches[0]! / TWO_POW_32
    views.u32[(at + Filled.Side) >> 2] = this.orders.bookSide[slot]! & 1
    views.u32[(at + Filled.Reserved) >> 2] = 0
  }

  cancel(slot: number, reason: CancelReason): void {
    const at = this.begin(slot, Cancelled.Bytes, RecordType.Cancelled)
    const { views } = this.queue
    views.i32[(at + Cancelled.OrderId) >> 2] = this.orders.orderId[slot]!
    views.u32[(at + Cancelled.Reason) >> 2] = reason
    views.f64[(at + Cancelled.Quantity) >> 3] = this.orders.leaves[slot]!
    views.f64[(at + Cancelled.SourceTime) >> 3] = this.nowNs[0]!
  }

  /** Refuses a NewOrder or ReplaceOrder. @param orderId of the order that does not come to be */
  reject(request: RecordViews, requestAt: number, orderId: number, reason: RejectReason): void {
    const at = this.beginAnswer(request, requestAt, Rejected.Bytes, RecordType.Rejected)
    const { views } = this.queue
    views.f64[(at + Rejected.OutboundSequence) >> 3] = request.f64[(requestAt + Header.Sequence) >> 3]!
    views.i32[(at + Rejected.OrderId) >> 2] = orderId
    views.u32[(at + Rejected.Origin) >> 2] = RejectOrigin.Venue
    views.u32[(at + Rejected.Reason) >> 2] = reason
    views.u32[(at + Rejected.RequestType) >> 2] = request.u16[(requestAt + Header.Type) >> 1]!
    views.f64[(at + Rejected.Value) >> 3] = 0
    views.f64[(at + Rejected.Threshold) >> 3] = 0
  }

  /** Refuses a CancelOrder. */
  rejectCancel(request: RecordViews, requestAt: number, orderId: number, reason: RejectReason): void {
    const at = this.beginAnswer(request, requestAt, CancelRejected.Bytes, RecordType.CancelRejected)
    const { views } = this.queue
    views.i32[(at + CancelRejected.OrderId) >> 2] = orderId
    views.u32[(at + CancelRejected.Reason) >> 2] = reason
    views.f64[(at + CancelRejected.OutboundSequence) >> 3] = request.f64[(requestAt + Header.Sequence) >> 3]!
    views.f64[(at + CancelRejected.SourceTime) >> 3] = this.nowNs[0]!
  }

  private begin(slot: number, bytes: number, type: number): number {
    const at = this.queue.claim(bytes)
    const { views } = this.queue
    beginRecord(views, at, bytes, type, this.orders.bookSide[slot]! >> 1)
    views.u16[(at + Header.Source) >> 1] = this.orders.strategy[slot]!
    views.f64[(at + Header.Time) >> 3] = this.nowNs[0]!
    return at
  }

  private beginAnswer(request: RecordViews, requestAt: number, bytes: number, type: number): number {
    const at = this.queue.claim(bytes)
    const { views } = this.queue
    beginRecord(views, at, bytes, type, request.u32[(requestAt + Header.Instrument) >> 2]!)
    views.u16[(at + Header.Source) >> 1] = request.u16[(requestAt + Header.Source) >> 1]!
    views.f64[(at + Header.Time) >> 3] = this.nowNs[0]!
    return at
  }
}
