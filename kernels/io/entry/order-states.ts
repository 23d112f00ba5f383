/** Where an order stands, as its gateway knows it. */
export enum EntryState {
  /** The slot holds no order. */
  Free = 0,
  /** Sent; the venue has not answered. */
  PendingNew = 1,
  Live = 2,
  PartiallyFilled = 3,
  /** A cancel is on its way. */
  PendingCancel = 4,
  /** A replacement is on its way. */
  PendingReplace = 5,
  /** Filled, cancelled, rejected or replaced: nothing of it is open. */
  Done = 6,
  Count = 7,
}

/** What happens to an order: requests of strategies (Enter, Ask…), answers of the venue. */
export enum EntryEvent {
  Enter = 0,
  Accept = 1,
  Reject = 2,
  FillPart = 3,
  FillAll = 4,
  /** All that was open is cancelled. */
  Cancel = 5,
  /** Some of what was open is cancelled. */
  Reduce = 6,
  AskCancel = 7,
  AskReplace = 8,
  /** Another order has taken its place. */
  ReplacedAway = 9,
  ReplaceRefused = 10,
  CancelRefused = 11,
  /** A fill was broken or corrected, or the order restated: nothing of its state changes. */
  Note = 12,
  Count = 13,
}

/** Names in reports, by number. */
export const ENTRY_STATE_NAMES = [
  ...['free', 'pendingNew', 'live', 'partiallyFilled', 'pendingCancel', 'pendingReplace', 'done'],
] as const
export const ENTRY_EVENT_NAMES = [
  ...['enter', 'accept', 'reject', 'fillPart', 'fillAll', 'cancel', 'reduce', 'askCancel', 'askReplace'],
  ...['replacedAway', 'replaceRefused', 'cancelRefused', 'note'],
] as const

/** Beyond states: a transition that cannot be, and the return to what the order was before it was asked for something. */
export enum NextState {
  Illegal = 254,
  /** PendingNew before the venue accepted it, PartiallyFilled with a fill, else Live. */
  Standing = 255,
}

const { PendingNew, Live, PartiallyFilled, PendingCancel, PendingReplace, Done } = EntryState
const { Illegal: xx, Standing: back } = NextState

/**
 * The decision table: a row for each state in the order of `EntryState`, a column for each event in the order of `EntryEvent`.
 * Answers cross requests on the wire, so that a pending order may still be accepted (once), filled or cancelled; the venue
 * passes over a request for an order that is gone, so that its answer is that end.
 *
 *     Enter, Accept, Reject, FillPart, FillAll, Cancel, Reduce, AskCancel, AskReplace, ReplacedAway, ReplaceRefused, CancelRefused, Note
 */
// biome-ignore format: a table
const TRANSITIONS: readonly (readonly number[])[] = [
  /* Free */           [PendingNew, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx],
  /* PendingNew */     [xx, Live, Done, xx, xx, xx, xx, PendingCancel, PendingReplace, xx, xx, xx, xx],
  /* Live */           [xx, xx, xx, PartiallyFilled, Done, Done, Live, PendingCancel, PendingReplace, xx, xx, xx, Live],
  /* PartiallyFilled */[xx, xx, xx, PartiallyFilled, Done, Done, PartiallyFilled, PendingCancel, PendingReplace, xx, xx, xx, PartiallyFilled],
  /* PendingCancel */  [xx, PendingCancel, Done, PendingCancel, Done, Done, PendingCancel, PendingCancel, xx, Done, PendingCancel, back, PendingCancel],
  /* PendingReplace */ [xx, PendingReplace, Done, PendingReplace, Done, Done, PendingReplace, PendingCancel, xx, Done, back, xx, PendingReplace],
  /* Done */           [xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, xx, Done],
]

const NEXT = new Uint8Array(EntryState.Count * EntryEvent.Count)
TRANSITIONS.forEach((row, state) => {
  if (row.length !== EntryEvent.Count) throw new Error(`order states: row ${state} has ${row.length} events`)
  NEXT.set(row, state * EntryEvent.Count)
})

/** The state that an event leads to from a state, or a `NextState`. */
export function nextState(state: EntryState, event: EntryEvent): number {
  return NEXT[state * EntryEvent.Count + event]!
}
