/**
 * What the venue answers in OUCH 4.2, in sequenced packets of SoupBinTCP.
 * Source: Nasdaq O*U*C*H version 4.2 specification, section 3 "Outbound Messages". Numbers are unsigned and big-endian; text is
 * ASCII, left-justified, padded with spaces; prices have 4 implied decimals. Offset 0 is the type, offset 1 the timestamp: u64,
 * ns since midnight of the exchange's day.
 *
 *     type  message                from offset 9: name:bytes                                             bytes
 *     S     system event           event:1                                                                  10
 *     A     order accepted         token:14 side:1 shares:4 stock:8 price:4 timeInForce:4 firm:4
 *                                  display:1 reference:8 capacity:1 sweep:1 minimumShares:4 crossType:1
 *                                  state:1 bboWeight:1                                                      66
 *     U     order replaced         token:14 side:1 shares:4 stock:8 price:4 timeInForce:4 firm:4
 *                                  display:1 reference:8 capacity:1 sweep:1 minimumShares:4 crossType:1
 *                                  state:1 previousToken:14 bboWeight:1                                     80
 *     C     order cancelled        token:14 shares:4 reason:1                                               28
 *     D     self-match cancelled   token:14 shares:4 reason:1 preventedShares:4 price:4 liquidity:1         37
 *     E     order executed         token:14 shares:4 price:4 liquidity:1 match:8                            40
 *     G     executed at reference  token:14 shares:4 price:4 liquidity:1 match:8 referencePrice:4
 *                                  referencePriceType:1                                                     45
 *     B     broken trade           token:14 match:8 reason:1                                                32
 *     F     trade correction       token:14 shares:4 price:4 liquidity:1 match:8 reason:1                   41
 *     J     order rejected         token:14 reason:1                                                        24
 *     P     cancel pending         token:14                                                                 23
 *     I     cancel rejected        token:14                                                                 23
 *     T     priority update        token:14 price:4 display:1 reference:8                                   36
 *     M     order modified         token:14 side:1 shares:4                                                 28
 *     N     trade now              token:14                                                                 23
 */
export enum Response42 {
  SystemEvent = 0x53,
  Accepted = 0x41,
  Replaced = 0x55,
  Cancelled = 0x43,
  AiqCancelled = 0x44,
  Executed = 0x45,
  ExecutedWithReference = 0x47,
  BrokenTrade = 0x42,
  TradeCorrection = 0x46,
  Rejected = 0x4a,
  CancelPending = 0x50,
  CancelRejected = 0x49,
  PriorityUpdate = 0x54,
  Modified = 0x4d,
  TradeNow = 0x4e,
}

export enum SystemEvent42At {
  Timestamp = 1,
  Event = 9,
  Bytes = 10,
}

export enum Accepted42At {
  Timestamp = 1,
  Token = 9,
  Side = 23,
  Shares = 24,
  Stock = 28,
  Price = 36,
  TimeInForce = 40,
  Firm = 44,
  Display = 48,
  Reference = 49,
  Capacity = 57,
  Sweep = 58,
  MinimumShares = 59,
  CrossType = 63,
  State = 64,
  BboWeight = 65,
  Bytes = 66,
}

export enum Replaced42At {
  Timestamp = 1,
  Token = 9,
  Side = 23,
  Shares = 24,
  Stock = 28,
  Price = 36,
  TimeInForce = 40,
  Firm = 44,
  Display = 48,
  Reference = 49,
  Capacity = 57,
  Sweep = 58,
  MinimumShares = 59,
  CrossType = 63,
  State = 64,
  PreviousToken = 65,
  BboWeight = 79,
  Bytes = 80,
}

export enum Cancelled42At {
  Timestamp = 1,
  Token = 9,
  Shares = 23,
  Reason = 27,
  Bytes = 28,
}

export enum AiqCancelled42At {
  Timestamp = 1,
  Token = 9,
  Shares = 23,
  Reason = 27,
  PreventedShares = 28,
  Price = 32,
  Liquidity = 36,
  Bytes = 37,
}

export enum Executed42At {
  Timestamp = 1,
  Token = 9,
  Shares = 23,
  Price = 27,
  Liquidity = 31,
  Match = 32,
  Bytes = 40,
}

export enum ExecutedWithReference42At {
  Timestamp = 1,
  Token = 9,
  Shares = 23,
  Price = 27,
  Liquidity = 31,
  Match = 32,
  ReferencePrice = 40,
  ReferencePriceType = 44,
  Bytes = 45,
}

export enum BrokenTrade42At {
  Timestamp = 1,
  Token = 9,
  Match = 23,
  Reason = 31,
  Bytes = 32,
}

export enum TradeCorrection42At {
  Timestamp = 1,
  Token = 9,
  Shares = 23,
  Price = 27,
  Liquidity = 31,
  Match = 32,
  Reason = 40,
  Bytes = 41,
}

export enum Rejected42At {
  Timestamp = 1,
  Token = 9,
  Reason = 23,
  Bytes = 24,
}

export enum CancelPending42At {
  Timestamp = 1,
  Token = 9,
  Bytes = 23,
}

export enum CancelRejected42At {
  Timestamp = 1,
  Token = 9,
  Bytes = 23,
}

export enum PriorityUpdate42At {
  Timestamp = 1,
  Token = 9,
  Price = 23,
  Display = 27,
  Reference = 28,
  Bytes = 36,
}

export enum Modified42At {
  Timestamp = 1,
  Token = 9,
  Side = 23,
  Shares = 24,
  Bytes = 28,
}

export enum TradeNow42At {
  Timestamp = 1,
  Token = 9,
  Bytes = 23,
}
