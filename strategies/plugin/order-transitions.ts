import { OrderState } from './vocabulary.ts'

/** What can happen to an own order. */
export enum OrderTransition {
  Accept = 0,
  Reject = 1,
  FillPart = 2,
  FillAll = 3,
  Cancel = 4,
  /** It was replaced by another. */
  Replace = 5,
  /** A cancel or replace of it was refused, and nothing of it is filled. */
  RefuseLive = 6,
  /** The same, and a part of it is filled. */
  RefuseFilled = 7,
  RequestCancel = 8,
  RequestReplace = 9,
}

export const ORDER_TRANSITION_EVENTS = 10
const STATES = 10
const ILLEGAL = -1

/**
 * The order state machine. A state or event that is not named here is illegal: it is counted and changes nothing.
 * A fill implies acceptance, because venues may report it first. A mass cancel may reach an order in any live state.
 *
 * | state           | accept        | reject   | fill part       | fill all | cancel    | replace  | refuse            | request cancel | request replace |
 * |-----------------|---------------|----------|-----------------|----------|-----------|----------|-------------------|----------------|-----------------|
 * | PendingNew      | Live          | Rejected | PartiallyFilled | Filled   | Cancelled |          |                   | PendingCancel  |                 |
 * | Live            |               |          | PartiallyFilled | Filled   | Cancelled | Replaced |                   | PendingCancel  | PendingReplace  |
 * | PartiallyFilled |               |          | PartiallyFilled | Filled   | Cancelled | Replaced |                   | PendingCancel  | PendingReplace  |
 * | PendingCancel   | PendingCancel | Rejected | PendingCancel   | Filled   | Cancelled | Replaced | Live or PartiallyFilled |          |                 |
 * | PendingReplace  |               |          | PendingReplace  | Filled   | Cancelled | Replaced | Live or PartiallyFilled | PendingCancel  |           |
 */
const ROWS: readonly (readonly [OrderState, readonly (readonly [OrderTransition, OrderState])[]])[] = [
  [
    OrderState.PendingNew,
    [
      [OrderTransition.Accept, OrderState.Live],
      [OrderTransition.Reject, OrderState.Rejected],
      [OrderTransition.FillPart, OrderState.PartiallyFilled],
      [OrderTransition.FillAll, OrderState.Filled],
      [OrderTransition.Cancel, OrderState.Cancelled],
      [OrderTransition.RequestCancel, OrderState.PendingCancel],
    ],
  ],
  [OrderState.Live, restingRow()],
  [OrderState.PartiallyFilled, restingRow()],
  [
    OrderState.PendingCancel,
    [
      [OrderTransition.Accept, OrderState.PendingCancel],
      [OrderTransition.Reject, OrderState.Rejected],
      [OrderTransition.FillPart, OrderState.PendingCancel],
      [OrderTransition.FillAll, OrderState.Filled],
      [OrderTransition.Cancel, OrderState.Cancelled],
      [OrderTransition.Replace, OrderState.Replaced],
      [OrderTransition.RefuseLive, OrderState.Live],
      [OrderTransition.RefuseFilled, OrderState.PartiallyFilled],
    ],
  ],
  [
    OrderState.PendingReplace,
    [
      [OrderTransition.FillPart, OrderState.PendingReplace],
      [OrderTransition.FillAll, OrderState.Filled],
      [OrderTransition.Cancel, OrderState.Cancelled],
      [OrderTransition.Replace, OrderState.Replaced],
      [OrderTransition.RefuseLive, OrderState.Live],
      [OrderTransition.RefuseFilled, OrderState.PartiallyFilled],
      [OrderTransition.RequestCancel, OrderState.PendingCancel],
    ],
  ],
]

function restingRow(): [OrderTransition, OrderState][] {
  return [
    [OrderTransition.FillPart, OrderState.PartiallyFilled],
    [OrderTransition.FillAll, OrderState.Filled],
    [OrderTransition.Cancel, OrderState.Cancelled],
    [OrderTransition.Replace, OrderState.Replaced],
    [OrderTransition.RequestCancel, OrderState.PendingCancel],
    [OrderTransition.RequestReplace, OrderState.PendingReplace],
  ]
}

function buildTransitions(): Int8Array {
  const table = new Int8Array(STATES * ORDER_TRANSITION_EVENTS).fill(ILLEGAL)
  for (const [state, row] of ROWS) {
    for (const [event, next] of row) table[state * ORDER_TRANSITION_EVENTS + event] = next
  }
  return table
}

/** Next state at `state × ORDER_TRANSITION_EVENTS + event`, −1 where that is illegal. */
export const ORDER_TRANSITIONS: Int8Array = buildTransitions()
