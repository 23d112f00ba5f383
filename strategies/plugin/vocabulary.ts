/** The words that plugins and the kernel share: what states, events and flags are called, and their numbers. */
export {
  CancelReason,
  Liquidity,
  NO_SIDE,
  PriceBandKind,
  RejectOrigin,
  RejectReason,
  SessionEventCode,
  ShortSaleState,
  Side,
  StaleReason,
  StatisticKind,
  StopReason,
  TradingState,
} from '../../kernels/records/catalogue.ts'

/** Options of a limit order, added together. */
export enum OrderFlag {
  None = 0,
  /** Reject rather than take liquidity. */
  PostOnly = 1,
  /** Fill what is there at once, cancel the rest. */
  ImmediateOrCancel = 2,
}

/** Where an own order stands. From `Filled` on it is done, and its slot is free after the hook that says so. */
export enum OrderState {
  Free = 0,
  PendingNew = 1,
  Live = 2,
  PartiallyFilled = 3,
  PendingCancel = 4,
  PendingReplace = 5,
  Filled = 6,
  Cancelled = 7,
  Rejected = 8,
  Replaced = 9,
}

/** What `onOrder` tells. */
export enum OrderEventKind {
  Accepted = 1,
  Rejected = 2,
  Filled = 3,
  Cancelled = 4,
  /** The order is the new one; `event.previousId` is the one it replaced. */
  Replaced = 5,
  /** A cancel or a replace was refused; the order stands as before. */
  RequestRejected = 6,
}

/** Where a trade comes from. */
export enum TradeKind {
  /** A displayed order was executed. */
  Displayed = 1,
  /** A hidden order was executed. */
  Hidden = 2,
  /** An opening, closing or halt cross. */
  Cross = 3,
}

/** What `onStatus` tells. */
export enum StatusKind {
  /** An instrument's trading state changed. */
  Trading = 1,
  /** The session's phase changed, or that of one instrument: `status.sessionEvent`. */
  Session = 2,
  /** Messages of a feed line were lost for good: books may be wrong. */
  Gap = 3,
  /** The book of an instrument, or of all, must not be traded on: `status.staleReason`. */
  Stale = 4,
  /** A kernel came back after a death. */
  Resumed = 5,
  /** Prices that bound what may trade. */
  PriceBand = 6,
  /** A fact of an instrument or of the market: `status.statistic` and `status.value`. */
  Statistic = 7,
  /** What an auction to come would trade and leave. */
  Imbalance = 8,
  /** Prices of a period. */
  Bar = 9,
  /** A stale book is whole again. */
  Recovered = 10,
  /** How far the journal is, ten times a second of a live session. */
  Journal = 11,
}

export enum LogLevel {
  Debug = 1,
  Info = 2,
  Warning = 3,
  Error = 4,
}

/** Which book changes call `onBook`. */
export type BookInterest = 'top' | 'depth'
