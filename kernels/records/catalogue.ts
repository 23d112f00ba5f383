/**
 * The record catalogue: every record that crosses a ring or lies in a journal, its type number and its offsets.
 * This is the only place that names them; the codec, the dump, the digest and the docs derive from it.
 *
 *      0        4      6      8            12       14      16           24           32
 *     ┌────────┬──────┬──────┬────────────┬────────┬───────┬────────────┬────────────┬─────────────
 *     │ length │ type │flags │ instrument │ source │ shard │  sequence  │    time    │ payload …
 *     │ u32    │ u16  │ u16  │ u32        │ u16    │ u16   │  f64       │    f64     │
 *     └────────┴──────┴──────┴────────────┴────────┴───────┴────────────┴────────────┴─────────────
 *
 * All fields are little-endian and naturally aligned; a record's length is a multiple of 8 and counts its header.
 * `time` is nanoseconds since the session's epoch and never decreases along a ring; the source's own stamp stays in
 * the payload (`SourceTime`), because real captures run backwards. Enumerations (not objects) hold the offsets, so
 * that the build inlines them as literals into the hot paths.
 *
 * Prices and quantities are whole numbers scaled by the exponents of the instrument's record; order references are
 * u64 kept as two u32 words, because ids of real venues collide as doubles.
 */

/** Raised whenever an offset, a size or a meaning changes; stored in regions and journals. */
export const CATALOGUE_VERSION = 6

/** Byte offsets of the record header. */
export enum Header {
  Length = 0,
  Type = 4,
  Flags = 6,
  Instrument = 8,
  Source = 12,
  Shard = 14,
  Sequence = 16,
  Time = 24,
  Bytes = 32,
}

/** Type numbers. Gaps are room to grow; a number is never reused. */
export enum RecordType {
  Padding = 0,
  SessionStart = 1,
  Instrument = 2,
  TradingStatus = 3,
  Clock = 4,
  Barrier = 5,
  Command = 6,
  Stop = 7,
  Gap = 8,
  Stale = 9,
  SessionEvent = 10,
  Resumed = 11,
  SessionEnd = 12,
  OpeningPosition = 13,
  TradingTerms = 14,
  JournalPositions = 15,
  OrderAdd = 16,
  OrderExecute = 17,
  OrderReduce = 18,
  OrderDelete = 19,
  OrderReplace = 20,
  Trade = 21,
  TradeBreak = 22,
  Cross = 23,
  Imbalance = 24,
  LevelUpdate = 25,
  TopOfBook = 26,
  PriceBand = 27,
  Statistic = 28,
  Bar = 29,
  BookClear = 30,
  Routed = 48,
  Accepted = 49,
  Rejected = 50,
  Cancelled = 51,
  Replaced = 52,
  Filled = 53,
  CancelRejected = 54,
  GateCancel = 55,
  CommandOutcome = 56,
  ExecutionBreak = 57,
  NewOrder = 64,
  CancelOrder = 65,
  ReplaceOrder = 66,
  MassCancel = 67,
  Signal = 68,
  Log = 69,
}

/** Instrument id of records that concern no instrument; real ids are dense and start at 1. */
export const NO_INSTRUMENT = 0

export enum Side {
  Buy = 0,
  Sell = 1,
}

/** Of `Trade.Side`: an auction, two orders that met without resting, or a feed that does not say. */
export const NO_SIDE = 2

export enum OrderType {
  Limit = 0,
  Market = 1,
}

export enum TimeInForce {
  Day = 0,
  ImmediateOrCancel = 1,
}

/** Header flag of NewOrder: reject rather than take liquidity. */
export const FLAG_POST_ONLY = 1
/** Header flag of OrderExecute: `Price` differs from the order's own price (a cross or a price improvement). */
export const FLAG_HAS_PRICE = 2
/** Header flag of OrderExecute and Trade: not to be counted in volume (ITCH `printable` = N). */
export const FLAG_NON_PRINTABLE = 4
/** Header flag of Instrument: seen in traffic before any directory entry; the symbol may be missing. */
export const FLAG_IMPLIED = 8

/**
 * Header flag of market records: more records of the same exchange event follow. Only without it is a book in a state that
 * the exchange meant to be seen; feeds whose every message stands alone never set it.
 */
export const FLAG_MORE = 16
/** Header flag of market records: part of a snapshot or of recovery, not of the moment. */
export const FLAG_SNAPSHOT = 32
/** Header flag of LevelUpdate, Trade and Statistic: implied by the venue from other instruments' orders. */
export const FLAG_IMPLIED_LIQUIDITY = 64
/** Header flag of OrderReplace: the order keeps its place in its queue. */
export const FLAG_KEEPS_PRIORITY = 128
/** Header flag of Routed: the order leaves marked as a short sale. */
export const FLAG_SHORT_SALE = 256

export enum TradingState {
  Unknown = 0,
  Trading = 1,
  Halted = 2,
  Paused = 3,
  QuotationOnly = 4,
  /** Orders are taken, nothing matches: before the open, after a halt. */
  PreOpen = 5,
  Closed = 6,
  /** A call auction is under way. */
  Auction = 7,
}

/** Whether an instrument may be sold short at any price. */
export enum ShortSaleState {
  Unrestricted = 0,
  /** Regulation SHO rule 201 is in effect: shorts only above the best bid. */
  Restricted = 1,
  /** It remains in effect from an earlier day. */
  Remains = 2,
}

/** What the prices of a PriceBand bound. */
export enum PriceBandKind {
  /** Limit up, limit down: nothing trades outside. */
  LimitUpDown = 1,
  /** The collar of a reopening auction. */
  AuctionCollar = 2,
  /** Daily or session limits of a futures exchange. */
  PriceLimits = 3,
}

/** What the value of a Statistic is; prices in price units, quantities in quantity units. */
export enum StatisticKind {
  OpeningPrice = 1,
  HighPrice = 2,
  LowPrice = 3,
  ClosingPrice = 4,
  SettlementPrice = 5,
  /** Indicative price of the auction to come. */
  IndicativePrice = 6,
  ReferencePrice = 7,
  VolumeWeightedPrice = 8,
  HighestBid = 9,
  LowestOffer = 10,
  ClearedVolume = 20,
  OpenInterest = 21,
  TotalVolume = 22,
  /** Price levels at which a market-wide circuit breaker acts; exponent in `Detail`, of no instrument. */
  BreakerLevel1 = 30,
  BreakerLevel2 = 31,
  BreakerLevel3 = 32,
  /** Price of an initial offering; `Detail` is the qualifier. */
  OfferingPrice = 40,
  /** When quoting of an initial offering begins, ns since midnight. */
  OfferingRelease = 41,
  /** `ShortSaleState`. */
  ShortSale = 50,
  /** 1 while an operational halt is in force; `Detail` is the market's code. */
  OperationalHalt = 51,
  /** A retail interest indicator: 0 none, 1 buy, 2 sell, 3 both. */
  RetailInterest = 52,
  Other = 99,
}

export enum LevelAction {
  New = 0,
  Change = 1,
  Delete = 2,
}

/** Why a book is to be emptied. */
export enum BookClearReason {
  /** The venue said so: a new session, a channel reset. */
  Reset = 1,
  /** A snapshot follows and replaces everything. */
  Snapshot = 2,
  /** The feed lost messages; the book is unknown until a snapshot. */
  Lost = 3,
}

/** Who came back after a death. */
export enum SessionKernel {
  Io = 1,
  Strategy = 2,
  Storage = 3,
}

/** Why a book must not be trusted, or may be again. */
export enum StaleReason {
  /** The book is whole again. */
  Recovered = 0,
  /** Messages about this instrument, or all, are missing. */
  SequenceGap = 1,
  /** Changes arrived before any snapshot. */
  NoSnapshot = 2,
}

export enum SessionEventCode {
  StartOfMessages = 1,
  StartOfSystemHours = 2,
  StartOfMarketHours = 3,
  EndOfMarketHours = 4,
  EndOfSystemHours = 5,
  EndOfMessages = 6,
  Other = 15,
}

export enum StopReason {
  /** The plugin threw; its kernel goes on without it. */
  Threw = 1,
  /** The plugin overran its time budget; its kernel was killed and restarted without it. */
  Overran = 2,
  /** The plugin emitted more records for one inbound record than it may. */
  EmittedTooMuch = 3,
  /** An operator stopped it. */
  Commanded = 4,
}

export enum RejectOrigin {
  Gate = 1,
  Venue = 2,
}

/** Why an order or request was refused. 1 to 99 are the gate's, 100 and up the venue's. */
export enum RejectReason {
  MaxQuantity = 1,
  MaxValue = 2,
  PriceCollar = 3,
  PositionLimit = 4,
  DecisionAge = 5,
  KillSwitch = 6,
  OpenOrderLimit = 7,
  NoReferencePrice = 8,
  InvalidOrder = 9,
  DuplicateOrderId = 10,
  UnknownOrder = 11,
  StrategyStopped = 12,
  /** The feed has lost changes of the instrument's book. */
  StaleBook = 13,
  /** The instrument is on the firm's restricted list. */
  Restricted = 14,
  /** The price is no multiple of the instrument's tick. */
  OffTick = 15,
  /** The quantity is no multiple of the instrument's lot. */
  OddLot = 16,
  /** Of one instrument, if everything open filled: both sides added, or the larger one. */
  InstrumentGross = 17,
  InstrumentNet = 18,
  /** The same of all instruments together. */
  FirmGross = 19,
  FirmNet = 20,
  /** Traded so far and open. */
  Credit = 21,
  /** Away from where the instrument stood a moment ago. */
  WindowCollar = 22,
  /** Outside limit up, limit down. */
  PriceBand = 23,
  DuplicateOrder = 24,
  /** A strategy executed too often in a moment; it stays out until an operator lets it in. */
  RepeatedExecution = 25,
  MessageRate = 26,
  OrderToTrade = 27,
  /** It could trade with an order of our own. */
  SelfMatch = 28,
  /** More sold short than was located. */
  NoLocate = 29,
  /** A short sale at or below the best bid while Regulation SHO rule 201 is in effect. */
  ShortSalePrice = 30,
  TradingHours = 31,
  LossLimit = 32,
  StrategyKilled = 33,
  InstrumentKilled = 34,
  VenueUnknownInstrument = 100,
  VenueNotTrading = 101,
  VenueWouldTakeLiquidity = 102,
  VenueTooLateToCancel = 103,
  VenueUnknownOrder = 104,
  VenueInvalidPrice = 105,
  VenueInvalidQuantity = 106,
  VenueNoLiquidity = 107,
  /** For a reason of its own, which the catalogue does not name. */
  VenueOther = 108,
  /** No session with the venue, or no room for the request: it was not sent. */
  VenueNotReached = 109,
  /** A cancel or a replacement of the order is on its way: another one could not be told apart, and was not sent. */
  VenueChangePending = 110,
}

export enum CancelReason {
  Requested = 1,
  ImmediateOrCancel = 2,
  MassCancel = 3,
  StrategyStopped = 4,
  EndOfSession = 5,
  KillSwitch = 6,
  /** It would have traded with an order of the same owner. */
  SelfMatch = 7,
  /** For a reason of the venue's own. */
  VenueDecision = 8,
}

export enum Liquidity {
  Added = 1,
  Removed = 2,
}

/** What an operator asks for; 0 is never sent. */
export enum CommandCode {
  /** Refuse all but cancels and cancel what is live: of the strategy in `Source`, of the symbol, or with neither of all. */
  Kill = 1,
  /** Take a Kill, or a throttle's stop of a strategy, back. */
  Release = 2,
  /** Set a limit, `Argument`, to `Value`: never beyond what the configuration says. */
  SetLimit = 3,
  /**
   * Cancel what is live, and no more: of the strategy in `Source`, of the symbol, or with neither of all. The I/O kernel's own
   * has in `Argument` which safeguard asked for it; an operator's has 0.
   */
  CancelAll = 4,
  /** Refuse orders in the symbol, and cancel what is live in it. */
  Restrict = 5,
  /** Take a Restrict back; what the configuration or the start-of-day file restricts stays so. */
  Permit = 6,
}

/** What became of a command. */
export enum Outcome {
  Done = 1,
  /** It would loosen a limit beyond the configuration. */
  RefusedLooser = 2,
  /** No such command, limit, strategy or instrument. */
  RefusedUnknown = 3,
  /** Nothing was to be released; or the loss limit holds, which only a new session lifts. */
  RefusedState = 4,
}

/** Why what order entry tells and what the drop copy repeats do not agree. */
export enum BreakCause {
  /** An execution of an order that this run did not send. */
  UnknownOrder = 1,
  QuantityDiffers = 2,
  PriceDiffers = 3,
  SideDiffers = 4,
  /** The drop copy has it, order entry has not told it in time. */
  NotTold = 5,
  /** Order entry has told it, the drop copy has not repeated it in time. */
  NotCopied = 6,
  ToldTwice = 7,
  CopiedTwice = 8,
  /** The quantities are the gate's position and that of the drop copy, since the session began. */
  PositionDiffers = 9,
  /** Nothing can be compared any more: the drop copy is refused, another session, or lacks messages. */
  CopyLost = 10,
  /** More executions wait for their copies than are kept. */
  TooMany = 11,
}

/** A side as it stands on the wire. */
export enum SideMark {
  Buy = 0,
  Sell = 1,
  SellShort = 2,
  SellShortExempt = 3,
  /** Not told. */
  None = 9,
}

/** First inbound record of every session; what the decisions depend on besides the records themselves. */
export enum SessionStart {
  EpochLow = 32,
  EpochHigh = 36,
  SeedLow = 40,
  SeedHigh = 44,
  ConfigLow = 48,
  ConfigHigh = 52,
  CatalogueVersion = 56,
  StrategyCount = 60,
  Venue = 64,
  Bytes = 80,
}

/** Bytes of an instrument's symbol; a longer one is cut, and counted by its feed. */
export const SYMBOL_BYTES = 48

export enum Instrument {
  Symbol = 32,
  VenueLocate = 80,
  PriceExponent = 84,
  QuantityExponent = 88,
  RoundLot = 92,
  TickSize = 96,
  SourceTime = 104,
  Currency = 112,
  Bytes = 120,
}

export enum TradingStatus {
  State = 32,
  Reason = 36,
  SourceTime = 40,
  Bytes = 48,
}

export enum Clock {
  Tick = 32,
  Bytes = 40,
}

export enum Barrier {
  Number = 32,
  Bytes = 40,
}

/** An operator's word: what, by whom, and why. */
export enum Command {
  Code = 32,
  Argument = 36,
  Value = 40,
  /** Of the instrument that it concerns; empty for all. */
  Symbol = 48,
  Who = 96,
  Why = 112,
  Bytes = 160,
}

export enum Stop {
  StrategyId = 32,
  Reason = 36,
  AtSequence = 40,
  Bytes = 48,
}

export enum Gap {
  Line = 32,
  Session = 36,
  FirstMissing = 40,
  MissingCount = 48,
  Bytes = 56,
}

export enum Stale {
  Reason = 32,
  Line = 36,
  Bytes = 40,
}

export enum SessionEvent {
  Code = 32,
  Detail = 36,
  SourceTime = 40,
  Bytes = 48,
}

/**
 * A kernel of a live session is back after a death, in the life of that number. `AtSequence` is the inbound record behind which
 * its recovery began: 0 for the session's start, and for the storage kernel, which has none.
 */
export enum Resumed {
  Kernel = 32,
  Epoch = 36,
  AtSequence = 40,
  Bytes = 48,
}

/**
 * How far the journal of a live session is, beside the clock's ticks: inbound sequences taken off the ring, given to the file,
 * and safe from power loss, as the storage kernel showed them at that moment. A replay tells none.
 */
export enum JournalPositions {
  Captured = 32,
  Written = 40,
  Durable = 48,
  Bytes = 56,
}

export enum SessionEnd {
  InboundRecords = 32,
  MarketRecords = 40,
  Bytes = 48,
}

/**
 * What a strategy (the header's source) holds of an instrument as the session begins, from the start-of-day file; behind the
 * instrument's record. The quantity is negative for a short position; the average need not be a whole number of price units.
 */
export enum OpeningPosition {
  Quantity = 32,
  AveragePrice = 40,
  Bytes = 48,
}

/** How the firm trades an instrument on this day, from the start-of-day file; 0 where the file says nothing. */
export enum TradingTerms {
  TickSize = 32,
  /** In units of quantity. */
  Lot = 40,
  /** 1 for an instrument of the restricted list. */
  Restricted = 48,
  Reserved = 52,
  Bytes = 56,
}

export enum OrderAdd {
  ReferenceLow = 32,
  ReferenceHigh = 36,
  Price = 40,
  Quantity = 48,
  SourceTime = 56,
  Side = 64,
  Attribution = 68,
  Bytes = 72,
}

export enum OrderExecute {
  ReferenceLow = 32,
  ReferenceHigh = 36,
  Price = 40,
  Quantity = 48,
  SourceTime = 56,
  MatchLow = 64,
  MatchHigh = 68,
  Bytes = 72,
}

export enum OrderReduce {
  ReferenceLow = 32,
  ReferenceHigh = 36,
  Quantity = 40,
  SourceTime = 48,
  Bytes = 56,
}

export enum OrderDelete {
  ReferenceLow = 32,
  ReferenceHigh = 36,
  SourceTime = 40,
  Bytes = 48,
}

export enum OrderReplace {
  ReferenceLow = 32,
  ReferenceHigh = 36,
  Price = 40,
  Quantity = 48,
  SourceTime = 56,
  NewReferenceLow = 64,
  NewReferenceHigh = 68,
  Bytes = 72,
}

/** A trade. `Side` is that of the order which was resting in the book, `NO_SIDE` where the feed names none. */
export enum Trade {
  ReferenceLow = 32,
  ReferenceHigh = 36,
  Price = 40,
  Quantity = 48,
  SourceTime = 56,
  MatchLow = 64,
  MatchHigh = 68,
  Side = 72,
  Reserved = 76,
  Bytes = 80,
}

export enum TradeBreak {
  MatchLow = 32,
  MatchHigh = 36,
  SourceTime = 40,
  Bytes = 48,
}

export enum Cross {
  MatchLow = 32,
  MatchHigh = 36,
  Price = 40,
  Quantity = 48,
  SourceTime = 56,
  CrossType = 64,
  Reserved = 68,
  Bytes = 72,
}

export enum Imbalance {
  PairedQuantity = 32,
  ImbalanceQuantity = 40,
  FarPrice = 48,
  NearPrice = 56,
  ReferencePrice = 64,
  SourceTime = 72,
  Direction = 80,
  CrossType = 84,
  Variation = 88,
  Reserved = 92,
  Bytes = 96,
}

/** Prices that bound what may trade; 0 where a side has no bound. */
export enum PriceBand {
  Kind = 32,
  Extension = 36,
  ReferencePrice = 40,
  LowerPrice = 48,
  UpperPrice = 56,
  SourceTime = 64,
  Bytes = 72,
}

/** A fact of an instrument (or of the market, with no instrument) that is neither a trade nor a book. */
export enum Statistic {
  Kind = 32,
  Detail = 36,
  Value = 40,
  SourceTime = 48,
  Bytes = 56,
}

/** Open, high, low and close of a period that ends at `SourceTime` + `PeriodNs`. */
export enum Bar {
  OpenPrice = 32,
  HighPrice = 40,
  LowPrice = 48,
  ClosePrice = 56,
  Volume = 64,
  PeriodNs = 72,
  SourceTime = 80,
  Bytes = 88,
}

/** The book of the instrument, or of all where there is none in the header, is empty from here on. */
export enum BookClear {
  Reason = 32,
  /** `Side`, or 2 for both. */
  Sides = 36,
  SourceTime = 40,
  Bytes = 48,
}

/** Of `BookClear.Sides`. */
export const BOTH_SIDES = 2

/**
 * One price level's new total, by price whatever the feed counts levels by; quantity 0 removes it. `Action` and
 * `LevelIndex` (from 0, the best; 255 unknown) are the feed's own words, for inspection only.
 */
export enum LevelUpdate {
  Side = 32,
  Action = 36,
  Price = 40,
  Quantity = 48,
  SourceTime = 56,
  OrderCount = 64,
  LevelIndex = 68,
  Bytes = 72,
}

export enum TopOfBook {
  BidPrice = 32,
  BidQuantity = 40,
  AskPrice = 48,
  AskQuantity = 56,
  SourceTime = 64,
  Bytes = 72,
}

/** The gate let a request through; published before the request's first byte leaves. */
export enum Routed {
  OutboundSequence = 32,
  OrderId = 40,
  RequestType = 44,
  TokenLow = 48,
  TokenHigh = 52,
  Bytes = 56,
}

export enum Accepted {
  OrderId = 32,
  Side = 36,
  VenueOrderLow = 40,
  VenueOrderHigh = 44,
  Price = 48,
  Quantity = 56,
  SourceTime = 64,
  Bytes = 72,
}

export enum Rejected {
  OutboundSequence = 32,
  OrderId = 40,
  Origin = 44,
  Reason = 48,
  RequestType = 52,
  Value = 56,
  Threshold = 64,
  Bytes = 72,
}

export enum Cancelled {
  OrderId = 32,
  Reason = 36,
  Quantity = 40,
  SourceTime = 48,
  Bytes = 56,
}

export enum Replaced {
  OrderId = 32,
  NewOrderId = 36,
  Price = 40,
  Quantity = 48,
  SourceTime = 56,
  Bytes = 64,
}

export enum Filled {
  OrderId = 32,
  Liquidity = 36,
  Price = 40,
  Quantity = 48,
  LeavesQuantity = 56,
  SourceTime = 64,
  MatchLow = 72,
  MatchHigh = 76,
  Side = 80,
  Reserved = 84,
  Bytes = 88,
}

export enum CancelRejected {
  OrderId = 32,
  Reason = 36,
  OutboundSequence = 40,
  SourceTime = 48,
  Bytes = 56,
}

/** The gate cancels orders on its own: one by its id, or with id 0 all of a strategy, or of it in one instrument. */
export enum GateCancel {
  OrderId = 32,
  /** The control that asked for it, a `RejectReason`; 0 for an operator. */
  Reason = 36,
  Bytes = 40,
}

/** What the gate made of a command; of a limit, what it was before and is now. */
export enum CommandOutcome {
  CommandSequence = 32,
  Code = 40,
  Outcome = 44,
  Argument = 48,
  Reserved = 52,
  Before = 56,
  After = 64,
  Bytes = 72,
}

/**
 * An execution, a position or a side that order entry (own) and the drop copy (copy) know differently; what one of them does
 * not know is 0. Prices need not be whole numbers of price units; of an order that is not known they are ten-thousandths.
 */
export enum ExecutionBreak {
  /** Of the order's request; 0 where it is not known. */
  OutboundSequence = 32,
  OrderId = 40,
  /** A `BreakCause`. */
  Cause = 44,
  MatchLow = 48,
  MatchHigh = 52,
  /** A `SideMark`. */
  OwnSide = 56,
  CopySide = 60,
  OwnQuantity = 64,
  CopyQuantity = 72,
  OwnPrice = 80,
  CopyPrice = 88,
  /** The order's name at the venue, where it is not known: a token, or a number. */
  Name = 96,
  Bytes = 112,
}

export enum NewOrder {
  CauseSequence = 32,
  OrderId = 40,
  Side = 44,
  Price = 48,
  Quantity = 56,
  OrderType = 64,
  TimeInForce = 68,
  Bytes = 72,
}

export enum CancelOrder {
  CauseSequence = 32,
  OrderId = 40,
  Reserved = 44,
  Bytes = 48,
}

export enum ReplaceOrder {
  CauseSequence = 32,
  OrderId = 40,
  NewOrderId = 44,
  Price = 48,
  /** What shall be open, if nothing is filled but what the decision knew of. */
  Quantity = 56,
  /** What of the order to be replaced the decision knew to be filled: with it, `Quantity` makes up all that may trade. */
  FilledQuantity = 64,
  Bytes = 72,
}

/** Cancels every live order of the strategy; with an instrument in the header, only that instrument's. */
export enum MassCancel {
  CauseSequence = 32,
  Reason = 40,
  Reserved = 44,
  Bytes = 48,
}

export enum Signal {
  CauseSequence = 32,
  Value = 40,
  Name = 48,
  Bytes = 64,
}

/** Variable length: `Text` holds `TextBytes` bytes of UTF-8, zero-padded to a multiple of 8. */
export enum Log {
  CauseSequence = 32,
  Level = 40,
  TextBytes = 44,
  Text = 48,
  // biome-ignore lint/suspicious/noDuplicateEnumValues: the text begins where the fixed part ends
  Bytes = 48,
}

/** The longest record that may cross a ring; a Log's text is cut to fit. */
export const RECORD_BYTES_MAX = 512
