/** What a gateway counts, beside what its session and its orders do. */
export enum EntryCount {
  OrdersSent = 0,
  ReplacesSent = 1,
  CancelsSent = 2,
  /** Requests that were not sent, and were answered here: unknown or done orders, prices that the wire cannot say, no room. */
  RefusedHere = 3,
  /** Answers about orders of another run, or of none that is known. */
  UnknownOrders = 4,
  /** Messages that are none, by their codec. */
  BadMessages = 5,
  /** Cancels of a part, by the venue. */
  PartialCancels = 6,
  BrokenTrades = 7,
  TradeCorrections = 8,
  CancelsPending = 9,
  Restated = 10,
  SystemEvents = 11,
  Connects = 12,
  ConnectsFailed = 13,
  /** Times that all open orders were cancelled at once. */
  CancelAlls = 14,
  /** Executions that the venue told again, under another number of its session: not booked again. */
  RepeatedExecutions = 15,
  Count = 16,
}

/** Names in reports, by `EntryCount`. */
export const ENTRY_COUNT_NAMES = [
  ...['ordersSent', 'replacesSent', 'cancelsSent', 'refusedHere', 'unknownOrders', 'badMessages', 'partialCancels'],
  ...['brokenTrades', 'tradeCorrections', 'cancelsPending', 'restated', 'systemEvents', 'connects', 'connectsFailed'],
  ...['cancelAlls', 'repeatedExecutions'],
] as const
