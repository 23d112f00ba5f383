/*
 * The codes of OUCH's one-letter fields, and its reject reasons. Sources: Nasdaq O*U*C*H version 4.2 specification, sections 2 and
 * 3; Nasdaq OUCH 5.0 Order Entry Specification, sections 2 and 3, appendices A to D.
 */

export enum OuchSide {
  Buy = 0x42,
  Sell = 0x53,
  SellShort = 0x54,
  SellShortExempt = 0x45,
}

/** OUCH 4.2: seconds to live; the last two are not. */
export enum TimeInForce42 {
  Immediate = 0,
  MarketHours = 99998,
  SystemHours = 99999,
}

export enum TimeInForce50 {
  Day = 0x30,
  Immediate = 0x33,
  ExtendedHours = 0x35,
  /** Till the time of the option `ExpireSeconds`. */
  TillTime = 0x36,
  AfterHours = 0x45,
}

/** OUCH 5.0 has the first four; the others became options. */
export enum Display {
  Visible = 0x59,
  Hidden = 0x4e,
  Attributable = 0x41,
  /** Responses only: entered visible, made to comply with what other markets display. */
  Conformant = 0x5a,
  PostOnly = 0x50,
  PostOnlyAttributable = 0x4c,
  ImbalanceOnly = 0x49,
  MidpointPeg = 0x4d,
  MidpointPegPostOnly = 0x57,
  Retail1 = 0x4f,
  Retail2 = 0x54,
  RetailImprovement = 0x51,
  MidpointTradeNow = 0x6d,
  HiddenMidpoint = 0x6e,
}

export enum Capacity {
  Agency = 0x41,
  Principal = 0x50,
  Riskless = 0x52,
  Other = 0x4f,
}

export enum YesNo {
  Yes = 0x59,
  No = 0x4e,
}

export enum CrossType {
  None = 0x4e,
  Opening = 0x4f,
  Closing = 0x43,
  HaltOrOffering = 0x48,
  Supplemental = 0x53,
  Retail = 0x52,
  ExtendedLife = 0x45,
  AfterHoursClose = 0x41,
}

export enum CustomerType {
  Retail = 0x52,
  NotRetail = 0x4e,
  PortDefault = 0x20,
}

/** OUCH 5.0, options price type and discretion price type. */
export enum PriceType {
  Limit = 0x4c,
  MarketPeg = 0x50,
  MidpointPeg = 0x4d,
  PrimaryPeg = 0x52,
  MarketMakerPeg = 0x51,
  Midpoint = 0x6d,
}

/** OUCH 5.0, option post only. */
export enum PostOnly {
  Yes = 0x50,
  No = 0x4e,
}

export enum OrderState {
  Live = 0x4c,
  /** Accepted and cancelled at once: nothing of it is in the book. */
  Dead = 0x44,
}

export enum SystemEvent {
  StartOfDay = 0x53,
  EndOfDay = 0x45,
}

export enum OuchCancelReason {
  Requested = 0x55,
  Immediate = 0x49,
  Timeout = 0x54,
  Supervisory = 0x53,
  Regulatory = 0x44,
  SelfMatch = 0x51,
  System = 0x5a,
  Cross = 0x43,
  MarketCollars = 0x4b,
  Halted = 0x48,
  OpenProtection = 0x58,
  Closed = 0x45,
  /** Post only, and its price would have had to move off another market's. */
  PostOnlyAway = 0x46,
  /** Post only, and a displayed order stands against it. */
  PostOnlyContra = 0x47,
}

export enum BrokenTradeReason {
  Erroneous = 0x45,
  Consent = 0x43,
  Supervisory = 0x53,
  External = 0x58,
}

export enum RestatedReason {
  DisplayRefreshed = 0x52,
  DisplayedPriceMoved = 0x50,
}

/** The liquidity flags that an exchange in continuous trading and in its crosses gives. */
export enum OuchLiquidity {
  Added = 0x41,
  Removed = 0x52,
  OpeningCross = 0x4f,
  ClosingCross = 0x43,
  HaltCross = 0x48,
  HiddenAdded = 0x4a,
  MidpointAdded = 0x6b,
  MidpointRemoved = 0x6d,
}

export enum Reject42 {
  TestMode = 0x54,
  Halted = 0x48,
  SharesThreshold = 0x5a,
  InvalidStock = 0x53,
  InvalidDisplay = 0x44,
  Closed = 0x43,
  FirmNotAuthorised = 0x4c,
  OutsideClearingTimes = 0x4d,
  CrossNotAllowed = 0x52,
  InvalidPrice = 0x58,
  InvalidMinimum = 0x4e,
  Other = 0x4f,
  InvalidMidpointPostOnlyPrice = 0x57,
}

export enum Reject50 {
  QuoteUnavailable = 1,
  Closed = 2,
  InvalidDisplay = 3,
  InvalidMaxFloor = 4,
  InvalidPeg = 5,
  FatFinger = 6,
  Halted = 7,
  SweepNotAllowed = 8,
  InvalidSide = 9,
  ProcessingError = 10,
  CancelPending = 11,
  FirmNotAuthorised = 12,
  InvalidMinimum = 13,
  NoClosingReference = 14,
  Other = 15,
  CancelNotAllowed = 16,
  PeggingNotAllowed = 17,
  CrossedMarket = 18,
  InvalidShares = 19,
  InvalidCross = 20,
  ReplaceNotAllowed = 21,
  RoutingNotAllowed = 22,
  InvalidSymbol = 23,
  Test = 24,
  LateOrderTooAggressive = 25,
  RetailNotAllowed = 26,
  InvalidMidpointPostOnlyPrice = 27,
  InvalidDestination = 28,
  InvalidPrice = 29,
  SharesThreshold = 30,
  ValueThreshold = 31,
}

/** The price of a market order, of both versions: 2^31 − 1 in units of four decimals. */
export const MARKET_PRICE = 0x7fffffff
/** An order has fewer shares. */
export const ORDER_SHARES_END = 1_000_000
