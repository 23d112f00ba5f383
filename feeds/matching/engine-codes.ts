/** What an instrument does with orders. */
export enum TradingState {
  /** Nothing is accepted. */
  Closed = 0,
  /** Orders match as they come. */
  Trading = 1,
  /** Orders rest without matching until a cross; the displayed market may be crossed. */
  Quoting = 2,
  /** New orders are rejected; cancels are taken. */
  Halted = 3,
}

/** Why an order was not accepted; the letters of OUCH. Source: Nasdaq OUCH 4.2, "Rejected Message", reasons. */
export enum RejectReason {
  None = 0,
  Closed = 0x43,
  InvalidDisplay = 0x44,
  Halted = 0x48,
  InvalidMinimum = 0x4e,
  /** A bound of the engine: orders or levels. */
  Other = 0x4f,
  NotInThisCross = 0x52,
  InvalidStock = 0x53,
  InvalidPrice = 0x58,
  InvalidShares = 0x5a,
}

/** Why shares were taken off an order; the letters of OUCH. Source: Nasdaq OUCH 4.2, "Canceled Message", reasons. */
export enum CancelReason {
  User = 0x55,
  Immediate = 0x49,
  /** Its time in force ended. */
  Timeout = 0x54,
  /** By the exchange. */
  Supervisory = 0x53,
  SelfMatch = 0x51,
  Closed = 0x45,
  Halted = 0x48,
  /** Beyond a band of prices. */
  Collar = 0x4b,
  CrossCancelled = 0x43,
  /** A bound of the engine. */
  System = 0x5a,
}

/** How an order traded; the letters of OUCH. Source: Nasdaq OUCH 4.2, "Liquidity Flags". */
export enum Liquidity {
  Added = 0x41,
  Removed = 0x52,
  OpeningCross = 0x4f,
  ClosingCross = 0x43,
  HaltCross = 0x48,
  /** Added by a hidden order. */
  HiddenAdded = 0x4a,
  /** Added by an order at the midpoint. */
  MidpointAdded = 0x6b,
}

/** What is done when an order would trade with one of its own account. */
export enum SelfMatch {
  Allowed = 0,
  CancelOldest = 1,
  CancelNewest = 2,
}

/** What happened, in the order in which it did: `MatchingEngine.event`. */
export enum MatchEvent {
  Accepted = 1,
  Rejected = 2,
  /** An order has a new reference, price, size and tag. */
  Replaced = 3,
  /** One side of an execution. The resting order's comes first; in a cross each order's own. */
  Executed = 4,
  /** `Quantity` shares are gone. */
  Cancelled = 5,
  /** Feed: an order is displayed. */
  Displayed = 6,
  /** Feed: a displayed order is gone without having traded. */
  Removed = 7,
  /** Feed: a displayed order has `Quantity` shares less, and keeps its place. */
  Reduced = 8,
  /** Feed: a displayed order was replaced by one last in line. */
  Moved = 9,
  /** Feed: a cross printed `Quantity` shares; the facts are in `auction`. */
  CrossPrinted = 10,
  /** Feed: an instrument's imbalance; the facts are in `auction`. */
  Imbalance = 11,
  StateChanged = 12,
  /** A replace that changed nothing: the order stays as it is. */
  ReplaceRejected = 13,
}

/** Words of `MatchingEngine.event`. */
export enum EventWord {
  Type = 0,
  Slot = 1,
  Instrument = 2,
  Price = 3,
  Quantity = 4,
  /** A reason, a `Liquidity`, a state or a cross type, by the event. */
  Code = 5,
  /** Of an order that was rejected, which has no slot. */
  Account = 6,
  Tag = 7,
  /** Whether the order of an execution is displayed. */
  IsDisplayed = 8,
  /** Whether the order of an execution rested, or took part in a cross. */
  IsResting = 9,
  Words = 12,
}

/** Doubles of `MatchingEngine.eventDoubles`. */
export enum EventDouble {
  /** Number of the execution or cross. */
  Match = 0,
  /** Reference that the feed knew an order by that was removed, moved or replaced. */
  OldReference = 1,
  Doubles = 2,
}

/** Hears what happens, one event after the other; all there is to know is in the engine's `event` until it returns. */
export interface MatchListener {
  take(): void
}

/** Facts of the latest auction, in doubles: sums of shares may pass 32 bits. */
export enum AuctionFact {
  /** Where the cross would trade, and the shares; 0 where it would not. */
  Price = 0,
  Paired = 1,
  Imbalance = 2,
  /** 1 where buyers are left over, −1 where sellers are, 0 otherwise. */
  Direction = 3,
  /** Price that orders for the cross alone would make. */
  FarPrice = 4,
  ReferencePrice = 5,
  Facts = 6,
}

/** Slots of `MatchingEngine.order`: the order at hand. */
export enum OrderInput {
  Instrument = 0,
  Side = 1,
  Price = 2,
  /** Shares; of a replace or cancel the whole size intended, executed shares included. */
  Quantity = 3,
  MinimumQuantity = 4,
  Flags = 5,
  Account = 6,
  Tag = 7,
  Words = 8,
}
