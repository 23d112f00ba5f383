import {
  Cancelled,
  CancelReason,
  CancelRejected,
  Filled,
  Header,
  OrderType,
  RecordType,
  Rejected,
  Side,
  TimeInForce,
} from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import type { OrderListener } from '../session/order-ledger.ts'
import { leavesOf, OrderEvent, type OrderLife, OrderStage } from '../session/order-life.ts'
import type { Units } from '../session/units.ts'
import { memberName, rejectReasonName } from '../session/value-names.ts'
import type { SessionRows } from './catalogue.ts'

/** Events that stand in the outbound stream. */
const OUTBOUND = new Set([OrderEvent.Sent, OrderEvent.CancelSent])

/** Why an order ended, in words; null where nothing but its fills or its replacement ended it. */
export function endReasonOf(life: OrderLife): string | null {
  if (life.stage === OrderStage.Rejected) return rejectReasonName(life.endReason)
  return life.stage === OrderStage.Cancelled ? memberName(CancelReason, life.endReason) : null
}

/** Writes the lives of orders into the tables `orders` and `order_events`. */
export class OrderRows implements OrderListener {
  readonly #rows: SessionRows
  readonly #units: Units
  /** Events so far of orders that are alive, by the sequence of the order. */
  readonly #events = new Map<number, number>()

  constructor(rows: SessionRows, units: Units) {
    this.#rows = rows
    this.#units = units
  }

  onEvent(life: OrderLife, event: OrderEvent, views: RecordViews, at: number): void {
    const number = (this.#events.get(life.sequence) ?? 0) + 1
    this.#events.set(life.sequence, number)
    const units = this.#units
    const { instrument } = life
    const price = eventPrice(life, event, views, at)
    const quantity = eventQuantity(life, event, views, at)
    this.#rows.insert(
      'order_events',
      life.sequence,
      number,
      units.time(views.f64[(at + Header.Time) >> 3]!),
      OUTBOUND.has(event) ? 'outbound' : 'inbound',
      views.f64[(at + Header.Sequence) >> 3]!,
      memberName(OrderEvent, event),
      price === null ? null : units.price(instrument, price),
      quantity === null ? null : units.quantity(instrument, quantity),
      units.quantity(instrument, leavesOf(life)),
      eventReason(views, at),
    )
  }

  onEnd(life: OrderLife): void {
    this.#events.delete(life.sequence)
    this.write(life)
  }

  /** Writes an order's row as it is now: when it ends, and at the end of the session those that never did. */
  write(life: OrderLife): void {
    const units = this.#units
    const { instrument } = life
    const isEmpty = life.filledQuantity === 0
    const price = (value: number) => units.price(instrument, value)
    this.#rows.insert(
      'orders',
      life.sequence,
      life.strategy,
      life.orderId,
      units.symbol(instrument),
      memberName(Side, life.side),
      memberName(OrderType, life.orderType),
      memberName(TimeInForce, life.timeInForce),
      life.isPostOnly ? 1 : 0,
      price(life.price),
      units.quantity(instrument, life.quantity),
      memberName(OrderStage, life.stage),
      units.quantity(instrument, life.filledQuantity),
      isEmpty ? null : price(life.filledValue / life.filledQuantity),
      life.fills,
      life.causeSequence,
      units.time(life.sentTimeNs),
      life.acceptedTimeNs < 0 ? null : units.time(life.acceptedTimeNs),
      life.endTimeNs < 0 ? null : units.time(life.endTimeNs),
      life.endSequence === 0 ? null : life.endSequence,
      endReasonOf(life),
      life.venueOrder === '' ? null : life.venueOrder,
      life.replaces === 0 ? null : life.replaces,
      life.replacedBy === 0 ? null : life.replacedBy,
    )
  }
}

/** What the event says of the price, in the instrument's units; null where it says nothing. */
function eventPrice(life: OrderLife, event: OrderEvent, views: RecordViews, at: number): number | null {
  if (event === OrderEvent.Sent || event === OrderEvent.Accepted) return life.price
  return event === OrderEvent.Filled ? views.f64[(at + Filled.Price) >> 3]! : null
}

function eventQuantity(life: OrderLife, event: OrderEvent, views: RecordViews, at: number): number | null {
  if (event === OrderEvent.Sent || event === OrderEvent.Accepted) return life.quantity
  if (event === OrderEvent.Filled) return views.f64[(at + Filled.Quantity) >> 3]!
  return event === OrderEvent.Cancelled ? views.f64[(at + Cancelled.Quantity) >> 3]! : null
}

function eventReason(views: RecordViews, at: number): string | null {
  switch (views.u16[(at + Header.Type) >> 1]!) {
    case RecordType.Rejected:
      return rejectReasonName(views.u32[(at + Rejected.Reason) >> 2]!)
    case RecordType.CancelRejected:
      return rejectReasonName(views.u32[(at + CancelRejected.Reason) >> 2]!)
    case RecordType.Cancelled:
      return memberName(CancelReason, views.u32[(at + Cancelled.Reason) >> 2]!)
    default:
      return null
  }
}
