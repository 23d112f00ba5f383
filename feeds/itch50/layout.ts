/**
 * Wire layout of Nasdaq TotalView-ITCH 5.0, the only place that names its offsets.
 * Source: Nasdaq TotalView-ITCH 5.0 specification (2023), section 1 "Message Formats". All numbers are unsigned and
 * big-endian; text is ASCII, left-justified, padded with spaces; prices carry 4 implied decimals (market-wide circuit
 * breaker levels 8); the timestamp counts nanoseconds since midnight of the exchange's day.
 *
 *      0      1            3              5                 11
 *     ┌──────┬────────────┬──────────────┬─────────────────┬──────────
 *     │ type │ stock      │ tracking     │ timestamp       │ payload
 *     │ u8   │ locate u16 │ number u16   │ u48             │ …
 *     └──────┴────────────┴──────────────┴─────────────────┴──────────
 *
 *     type  message                          payload from offset 11: name:bytes                                   bytes
 *     S     system event                     event:1                                                                 12
 *     R     stock directory                  stock:8 category:1 financial:1 roundLot:4 roundLotsOnly:1 class:1
 *                                            subType:2 authenticity:1 shortSale:1 ipo:1 luldTier:1 etp:1
 *                                            etpLeverage:4 inverse:1                                                  39
 *     H     stock trading action             stock:8 state:1 reserved:1 reason:4                                      25
 *     Y     Reg SHO restriction              stock:8 action:1                                                         20
 *     L     market participant position      mpid:4 stock:8 primary:1 mode:1 state:1                                  26
 *     V     circuit breaker decline levels   level1:8 level2:8 level3:8                                               35
 *     W     circuit breaker status           level:1                                                                  12
 *     K     IPO quoting period update        stock:8 releaseTime:4 qualifier:1 price:4                                28
 *     J     LULD auction collar              stock:8 reference:4 upper:4 lower:4 extension:4                          35
 *     h     operational halt                 stock:8 market:1 action:1                                                21
 *     A     add order                        reference:8 side:1 shares:4 stock:8 price:4                              36
 *     F     add order with attribution       as A, attribution:4                                                      40
 *     E     order executed                   reference:8 shares:4 match:8                                             31
 *     C     order executed with price        reference:8 shares:4 match:8 printable:1 price:4                         36
 *     X     order cancel                     reference:8 shares:4                                                     23
 *     D     order delete                     reference:8                                                              19
 *     U     order replace                    reference:8 newReference:8 shares:4 price:4                              35
 *     P     trade, not in a cross            reference:8 side:1 shares:4 stock:8 price:4 match:8                      44
 *     Q     cross trade                      shares:8 stock:8 price:4 match:8 crossType:1                             40
 *     B     broken trade                     match:8                                                                  19
 *     I     net order imbalance              paired:8 imbalance:8 direction:1 stock:8 far:4 near:4 reference:4
 *                                            crossType:1 variation:1                                                  50
 *     N     retail price improvement         stock:8 interest:1                                                       20
 *     O     direct listing, capital raise    stock:8 eligibility:1 minimum:4 maximum:4 nearPrice:4 nearTime:8
 *                                            lower:4 upper:4                                                          48
 */

/** Type codes: the ASCII letter of each message. */
export enum Itch50Type {
  SystemEvent = 0x53,
  StockDirectory = 0x52,
  TradingAction = 0x48,
  RegSho = 0x59,
  ParticipantPosition = 0x4c,
  BreakerLevels = 0x56,
  BreakerStatus = 0x57,
  IpoQuoting = 0x4b,
  LuldCollar = 0x4a,
  OperationalHalt = 0x68,
  AddOrder = 0x41,
  AddOrderAttributed = 0x46,
  OrderExecuted = 0x45,
  OrderExecutedWithPrice = 0x43,
  OrderCancel = 0x58,
  OrderDelete = 0x44,
  OrderReplace = 0x55,
  Trade = 0x50,
  CrossTrade = 0x51,
  BrokenTrade = 0x42,
  Imbalance = 0x49,
  RetailInterest = 0x4e,
  DirectListing = 0x4f,
}

export enum Common {
  Type = 0,
  Locate = 1,
  Tracking = 3,
  Timestamp = 5,
  Bytes = 11,
}

export enum SystemEventAt {
  Event = 11,
  Bytes = 12,
}

export enum DirectoryAt {
  Stock = 11,
  Category = 19,
  Financial = 20,
  RoundLot = 21,
  RoundLotsOnly = 25,
  Class = 26,
  SubType = 27,
  Authenticity = 29,
  ShortSale = 30,
  Ipo = 31,
  LuldTier = 32,
  Etp = 33,
  EtpLeverage = 34,
  Inverse = 38,
  Bytes = 39,
}

export enum TradingActionAt {
  Stock = 11,
  State = 19,
  Reserved = 20,
  Reason = 21,
  Bytes = 25,
}

export enum RegShoAt {
  Stock = 11,
  Action = 19,
  Bytes = 20,
}

export enum BreakerLevelsAt {
  Level1 = 11,
  Level2 = 19,
  Level3 = 27,
  Bytes = 35,
}

export enum BreakerStatusAt {
  Level = 11,
  Bytes = 12,
}

export enum IpoQuotingAt {
  Stock = 11,
  /** Seconds since midnight. */
  ReleaseTime = 19,
  Qualifier = 23,
  Price = 24,
  Bytes = 28,
}

export enum LuldCollarAt {
  Stock = 11,
  Reference = 19,
  Upper = 23,
  Lower = 27,
  Extension = 31,
  Bytes = 35,
}

export enum OperationalHaltAt {
  Stock = 11,
  Market = 19,
  Action = 20,
  Bytes = 21,
}

export enum AddOrderAt {
  Reference = 11,
  Side = 19,
  Shares = 20,
  Stock = 24,
  Price = 32,
  Bytes = 36,
}

/** What F has beyond the fields of A. */
export enum AttributedAt {
  Attribution = 36,
  Bytes = 40,
}

export enum ExecutedAt {
  Reference = 11,
  Shares = 19,
  Match = 23,
  Bytes = 31,
}

/** What C has beyond the fields of E. */
export enum WithPriceAt {
  Printable = 31,
  Price = 32,
  Bytes = 36,
}

export enum CancelAt {
  Reference = 11,
  Shares = 19,
  Bytes = 23,
}

export enum DeleteAt {
  Reference = 11,
  Bytes = 19,
}

export enum ReplaceAt {
  Reference = 11,
  NewReference = 19,
  Shares = 27,
  Price = 31,
  Bytes = 35,
}

export enum TradeAt {
  Reference = 11,
  Side = 19,
  Shares = 20,
  Stock = 24,
  Price = 32,
  Match = 36,
  Bytes = 44,
}

export enum CrossAt {
  Shares = 11,
  Stock = 19,
  Price = 27,
  Match = 31,
  CrossType = 39,
  Bytes = 40,
}

export enum BrokenTradeAt {
  Match = 11,
  Bytes = 19,
}

export enum ImbalanceAt {
  Paired = 11,
  Imbalance = 19,
  Direction = 27,
  Stock = 28,
  Far = 36,
  Near = 40,
  Reference = 44,
  CrossType = 48,
  Variation = 49,
  Bytes = 50,
}

export enum RetailInterestAt {
  Stock = 11,
  Interest = 19,
  Bytes = 20,
}

/** Bytes of a stock symbol. */
export const STOCK_BYTES = 8
/** The longest message. */
export const ITCH50_BYTES_MAX = 50
/** Implied decimals of a price, as the exponent of an instrument record. */
export const ITCH50_PRICE_EXPONENT = -4
/** That of the levels of market-wide circuit breakers. */
export const ITCH50_BREAKER_EXPONENT = -8

/**
 * Length of each message by its type code, −1 where the specification has no such type. Bare numbers are messages of
 * which no field reaches a record: only their lengths are needed to walk past them.
 */
export const ITCH50_LENGTH = new Int32Array(256).fill(-1)
for (const [type, bytes] of [
  [Itch50Type.SystemEvent, SystemEventAt.Bytes],
  [Itch50Type.StockDirectory, DirectoryAt.Bytes],
  [Itch50Type.TradingAction, TradingActionAt.Bytes],
  [Itch50Type.RegSho, RegShoAt.Bytes],
  [Itch50Type.ParticipantPosition, 26],
  [Itch50Type.BreakerLevels, BreakerLevelsAt.Bytes],
  [Itch50Type.BreakerStatus, BreakerStatusAt.Bytes],
  [Itch50Type.IpoQuoting, IpoQuotingAt.Bytes],
  [Itch50Type.LuldCollar, LuldCollarAt.Bytes],
  [Itch50Type.OperationalHalt, OperationalHaltAt.Bytes],
  [Itch50Type.AddOrder, AddOrderAt.Bytes],
  [Itch50Type.AddOrderAttributed, AttributedAt.Bytes],
  [Itch50Type.OrderExecuted, ExecutedAt.Bytes],
  [Itch50Type.OrderExecutedWithPrice, WithPriceAt.Bytes],
  [Itch50Type.OrderCancel, CancelAt.Bytes],
  [Itch50Type.OrderDelete, DeleteAt.Bytes],
  [Itch50Type.OrderReplace, ReplaceAt.Bytes],
  [Itch50Type.Trade, TradeAt.Bytes],
  [Itch50Type.CrossTrade, CrossAt.Bytes],
  [Itch50Type.BrokenTrade, BrokenTradeAt.Bytes],
  [Itch50Type.Imbalance, ImbalanceAt.Bytes],
  [Itch50Type.RetailInterest, RetailInterestAt.Bytes],
  [Itch50Type.DirectListing, 48],
] as const) {
  if (ITCH50_LENGTH[type] !== -1 || bytes > ITCH50_BYTES_MAX) {
    throw new Error(`ITCH 5.0 layout: message type ${type} is listed twice or too long`)
  }
  ITCH50_LENGTH[type] = bytes
}
