import {
  Accepted,
  Cancelled,
  CancelOrder,
  CancelRejected,
  Filled,
  FLAG_POST_ONLY,
  Header,
  NewOrder,
  RecordType,
  Rejected,
  Replaced,
  ReplaceOrder,
  Routed,
  type Side,
} from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { OrderEvent, type OrderLife, OrderStage } from './order-life.ts'

/** Orders that are alive at once; policy: later ones are not followed, and counted in `ordersNotKept`. */
const LIVE_ORDERS_MAX = 1 << 20
const WORD = 4294967296

export interface OrderListener {
  /** Something happened to an order; `life` is as it is afterwards, the record is at `at`. */
  onEvent?(life: OrderLife, event: OrderEvent, views: RecordViews, at: number): void
  /** Nothing more will happen to the order. */
  onEnd?(life: OrderLife): void
}

/**
 * The life of every order of a session, from both streams of its journal in the order of their causes (`SessionReader`). Only
 * orders that are alive are held: what ended is told to the listener and forgotten.
 */
export class OrderLedger {
  /** Responses about orders that are not alive: late ones, or of an order that was not kept. */
  unknownResponses = 0
  ordersNotKept = 0
  readonly #listener: OrderListener
  /** By strategy and order id. */
  readonly #live = new Map<number, OrderLife>()
  /** Those whose id was taken when they were sent, by outbound sequence: the gate is going to refuse them. */
  readonly #doubles = new Map<number, OrderLife>()

  constructor(listener: OrderListener = {}) {
    this.#listener = listener
  }

  /** Orders that are alive, as they were sent. */
  live(): OrderLife[] {
    return [...this.#live.values(), ...this.#doubles.values()].sort((left, right) => left.sequence - right.sequence)
  }

  /** Takes the next outbound record. */
  noteOutbound(views: RecordViews, at: number): void {
    switch (views.u16[(at + Header.Type) >> 1]!) {
      case RecordType.NewOrder:
        this.#send(readNewOrder(views, at), views, at)
        return
      case RecordType.ReplaceOrder:
        this.#sendReplacement(views, at)
        return
      case RecordType.CancelOrder: {
        const life = this.#find(views, at, CancelOrder.OrderId)
        if (life !== undefined) this.#tell(life, OrderEvent.CancelSent, views, at)
        return
      }
      default:
    }
  }

  /** Takes the next inbound record. */
  noteInbound(views: RecordViews, at: number): void {
    switch (views.u16[(at + Header.Type) >> 1]!) {
      case RecordType.Routed:
        this.#route(views, at)
        return
      case RecordType.Accepted:
        this.#accept(views, at)
        return
      case RecordType.Rejected:
        this.#reject(views, at)
        return
      case RecordType.Filled:
        this.#fill(views, at)
        return
      case RecordType.Cancelled: {
        const life = this.#find(views, at, Cancelled.OrderId)
        if (life === undefined) return
        life.endReason = views.u32[(at + Cancelled.Reason) >> 2]!
        this.#end(life, OrderStage.Cancelled, OrderEvent.Cancelled, views, at)
        return
      }
      case RecordType.Replaced:
        this.#replace(views, at)
        return
      case RecordType.CancelRejected: {
        const life = this.#find(views, at, CancelRejected.OrderId)
        if (life !== undefined) this.#tell(life, OrderEvent.CancelRejected, views, at)
        return
      }
      default:
    }
  }

  #send(life: OrderLife, views: RecordViews, at: number): void {
    const key = keyOf(life.strategy, life.orderId)
    if (this.#live.size + this.#doubles.size >= LIVE_ORDERS_MAX) {
      this.ordersNotKept++
      return
    }
    if (this.#live.has(key)) this.#doubles.set(life.sequence, life)
    else this.#live.set(key, life)
    this.#tell(life, OrderEvent.Sent, views, at)
  }

  #sendReplacement(views: RecordViews, at: number): void {
    const replaces = views.u32[(at + ReplaceOrder.OrderId) >> 2]!
    const old = this.#live.get(keyOf(views.u16[(at + Header.Source) >> 1]!, replaces))
    const life: OrderLife = {
      ...readNewOrder(views, at),
      orderId: views.u32[(at + ReplaceOrder.NewOrderId) >> 2]!,
      instrument: old?.instrument ?? views.u32[(at + Header.Instrument) >> 2]!,
      side: old?.side ?? (0 as Side),
      orderType: old?.orderType ?? 0,
      timeInForce: old?.timeInForce ?? 0,
      isPostOnly: old?.isPostOnly ?? false,
      replaces,
      price: views.f64[(at + ReplaceOrder.Price) >> 3]!,
      quantity: views.f64[(at + ReplaceOrder.Quantity) >> 3]!,
    }
    this.#send(life, views, at)
  }

  #route(views: RecordViews, at: number): void {
    const request = views.u32[(at + Routed.RequestType) >> 2]!
    if (request === RecordType.MassCancel) return
    const life = this.#find(views, at, Routed.OrderId)
    if (life === undefined) return
    if (request === RecordType.CancelOrder) {
      this.#tell(life, OrderEvent.CancelRouted, views, at)
      return
    }
    if (life.stage === OrderStage.Sent) life.stage = OrderStage.Routed
    this.#tell(life, OrderEvent.Routed, views, at)
  }

  #accept(views: RecordViews, at: number): void {
    const life = this.#find(views, at, Accepted.OrderId)
    if (life === undefined) return
    life.stage = OrderStage.Open
    life.acceptedTimeNs = views.f64[(at + Header.Time) >> 3]!
    const high = BigInt(views.u32[(at + Accepted.VenueOrderHigh) >> 2]!)
    life.venueOrder = ((high << 32n) | BigInt(views.u32[(at + Accepted.VenueOrderLow) >> 2]!)).toString()
    life.price = views.f64[(at + Accepted.Price) >> 3]!
    life.quantity = views.f64[(at + Accepted.Quantity) >> 3]!
    this.#tell(life, OrderEvent.Accepted, views, at)
  }

  #reject(views: RecordViews, at: number): void {
    const request = views.u32[(at + Rejected.RequestType) >> 2]!
    if (request === RecordType.MassCancel) return
    const sequence = views.f64[(at + Rejected.OutboundSequence) >> 3]!
    const double = this.#doubles.get(sequence)
    const life = double ?? this.#find(views, at, Rejected.OrderId)
    if (life === undefined) return
    if (request === RecordType.CancelOrder) {
      this.#tell(life, OrderEvent.CancelRejected, views, at)
      return
    }
    life.endReason = views.u32[(at + Rejected.Reason) >> 2]!
    this.#end(life, OrderStage.Rejected, OrderEvent.Rejected, views, at)
  }

  #fill(views: RecordViews, at: number): void {
    const life = this.#find(views, at, Filled.OrderId)
    if (life === undefined) return
    const quantity = views.f64[(at + Filled.Quantity) >> 3]!
    life.stage = OrderStage.Open
    life.filledQuantity += quantity
    life.filledValue += quantity * views.f64[(at + Filled.Price) >> 3]!
    life.fills++
    if (views.f64[(at + Filled.LeavesQuantity) >> 3]! > 0) this.#tell(life, OrderEvent.Filled, views, at)
    else this.#end(life, OrderStage.Filled, OrderEvent.Filled, views, at)
  }

  #replace(views: RecordViews, at: number): void {
    const newId = views.u32[(at + Replaced.NewOrderId) >> 2]!
    const old = this.#find(views, at, Replaced.OrderId)
    if (old !== undefined) {
      old.replacedBy = newId
      this.#end(old, OrderStage.Replaced, OrderEvent.Replaced, views, at)
    }
    const life = this.#find(views, at, Replaced.NewOrderId)
    if (life === undefined) return
    life.stage = OrderStage.Open
    life.acceptedTimeNs = views.f64[(at + Header.Time) >> 3]!
    life.venueOrder = old?.venueOrder ?? ''
    life.price = views.f64[(at + Replaced.Price) >> 3]!
    life.quantity = views.f64[(at + Replaced.Quantity) >> 3]!
    this.#tell(life, OrderEvent.Accepted, views, at)
  }

  #find(views: RecordViews, at: number, idOffset: number): OrderLife | undefined {
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const life = this.#live.get(keyOf(strategy, views.u32[(at + idOffset) >> 2]!))
    if (life === undefined) this.unknownResponses++
    return life
  }

  #tell(life: OrderLife, event: OrderEvent, views: RecordViews, at: number): void {
    this.#listener.onEvent?.(life, event, views, at)
  }

  #end(life: OrderLife, stage: OrderStage, event: OrderEvent, views: RecordViews, at: number): void {
    life.stage = stage
    life.endSequence = views.f64[(at + Header.Sequence) >> 3]!
    life.endTimeNs = views.f64[(at + Header.Time) >> 3]!
    if (!this.#doubles.delete(life.sequence)) this.#live.delete(keyOf(life.strategy, life.orderId))
    this.#tell(life, event, views, at)
    this.#listener.onEnd?.(life)
  }
}

function keyOf(strategy: number, orderId: number): number {
  return strategy * WORD + orderId
}

/** The life of an order that begins with the request at `at`; what only a NewOrder tells is corrected for a replacement. */
function readNewOrder(views: RecordViews, at: number): OrderLife {
  return {
    strategy: views.u16[(at + Header.Source) >> 1]!,
    orderId: views.u32[(at + NewOrder.OrderId) >> 2]!,
    instrument: views.u32[(at + Header.Instrument) >> 2]!,
    side: views.u32[(at + NewOrder.Side) >> 2]!,
    orderType: views.u32[(at + NewOrder.OrderType) >> 2]!,
    timeInForce: views.u32[(at + NewOrder.TimeInForce) >> 2]!,
    isPostOnly: (views.u16[(at + Header.Flags) >> 1]! & FLAG_POST_ONLY) !== 0,
    sequence: views.f64[(at + Header.Sequence) >> 3]!,
    causeSequence: views.f64[(at + NewOrder.CauseSequence) >> 3]!,
    sentTimeNs: views.f64[(at + Header.Time) >> 3]!,
    replaces: 0,
    price: views.f64[(at + NewOrder.Price) >> 3]!,
    quantity: views.f64[(at + NewOrder.Quantity) >> 3]!,
    stage: OrderStage.Sent,
    venueOrder: '',
    acceptedTimeNs: -1,
    filledQuantity: 0,
    filledValue: 0,
    fills: 0,
    endSequence: 0,
    endTimeNs: -1,
    endReason: 0,
    replacedBy: 0,
  }
}
