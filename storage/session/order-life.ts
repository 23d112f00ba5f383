import type { OrderType, Side, TimeInForce } from '../../kernels/records/catalogue.ts'

/** How far an order has come. */
export enum OrderStage {
  /** Decided by its strategy; the gate has not judged it. */
  Sent = 0,
  /** The gate let it out; the venue has not answered. */
  Routed = 1,
  /** The venue holds it. */
  Open = 2,
  Filled = 3,
  Cancelled = 4,
  Rejected = 5,
  /** Another order took its place. */
  Replaced = 6,
}

/** What may happen to an order, in the words of the records that tell it. */
export enum OrderEvent {
  Sent = 0,
  Routed = 1,
  Accepted = 2,
  Filled = 3,
  CancelSent = 4,
  CancelRouted = 5,
  CancelRejected = 6,
  Cancelled = 7,
  Rejected = 8,
  Replaced = 9,
}

/** One order from its decision to its end. Prices and quantities are in the instrument's units, times in ns of the session. */
export interface OrderLife {
  readonly strategy: number
  readonly orderId: number
  readonly instrument: number
  readonly side: Side
  readonly orderType: OrderType
  readonly timeInForce: TimeInForce
  readonly isPostOnly: boolean
  /** Outbound sequence of the request that made it. */
  readonly sequence: number
  /** Inbound sequence of what the strategy answered with it. */
  readonly causeSequence: number
  readonly sentTimeNs: number
  /** Id of the order that it was to replace; 0 for none. */
  readonly replaces: number
  price: number
  quantity: number
  stage: OrderStage
  /** The venue's number for it, as a decimal; empty where it never told one. */
  venueOrder: string
  /** Of the venue's acceptance, as the strategy heard of it; -1 before. */
  acceptedTimeNs: number
  filledQuantity: number
  /** Sum of price × quantity of its fills. */
  filledValue: number
  fills: number
  /** Inbound sequence and time of what ended it; 0 and -1 while it lives. */
  endSequence: number
  endTimeNs: number
  /** Why it was rejected or cancelled, as the catalogue numbers it; 0 for none. */
  endReason: number
  /** Id of the order that took its place; 0 for none. */
  replacedBy: number
}

/** Whether nothing more will happen to it. */
export function isEnded(life: OrderLife): boolean {
  return life.stage >= OrderStage.Filled
}

/** What may still fill. */
export function leavesOf(life: OrderLife): number {
  return isEnded(life) ? 0 : life.quantity - life.filledQuantity
}
