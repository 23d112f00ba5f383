/**
 * What the venue answers in OUCH 5.0, in sequenced packets of SoupBinTCP.
 * Source: Nasdaq OUCH 5.0 Order Entry Specification, revision 1.05, section 3 "Outbound Messages"; the trade correction as in the
 * dissector Nasdaq NsmEquities Orders Ouch 5.0 of Open-Markets-Initiative/wireshark-lua. Numbers are unsigned and big-endian; text
 * is ASCII, left-justified, padded with spaces; prices have 8 bytes and 4 implied decimals. Offset 0 is the type, offset 1 the
 * timestamp: u64, ns since midnight of the exchange's day. Behind the fields lies the appendage of `option-layout.ts`: its
 * length, then options. Where it is marked `[ ]`, the length may be missing. The AIQ strategy was not there before 1.05.
 *
 *     type  message                from offset 9: name:bytes                                      bytes, appendage
 *     S     system event           event:1                                                                  10
 *     A     order accepted         userRefNum:4 side:1 shares:4 symbol:8 price:8 timeInForce:1 display:1
 *                                  reference:8 capacity:1 sweep:1 crossType:1 state:1 clientId:14           62 length
 *     U     order replaced         originalUserRefNum:4 userRefNum:4 side:1 shares:4 symbol:8 price:8
 *                                  timeInForce:1 display:1 reference:8 capacity:1 sweep:1 crossType:1
 *                                  state:1 clientId:14                                                      66 length
 *     C     order cancelled        userRefNum:4 shares:4 reason:1                                           18 [length]
 *     D     self-match cancelled   userRefNum:4 shares:4 reason:1 preventedShares:4 price:8 liquidity:1
 *                                  aiqStrategy:1                                                            32 [length]
 *     E     order executed         userRefNum:4 shares:4 price:8 liquidity:1 match:8                        34 length
 *     B     broken trade           userRefNum:4 match:8 reason:1 clientId:14                                36 [length]
 *     F     trade correction       userRefNum:4 shares:4 price:8 liquidity:1 match:8 reason:1 clientId:14   49 [length]
 *     J     order rejected         userRefNum:4 reason:2 clientId:14                                        29 [length]
 *     P     cancel pending         userRefNum:4                                                             13 [length]
 *     I     cancel rejected        userRefNum:4                                                             13 [length]
 *     T     priority update        userRefNum:4 price:8 display:1 reference:8                               30 [length]
 *     M     order modified         userRefNum:4 side:1 shares:4                                             18 [length]
 *     R     order restated         userRefNum:4 reason:1                                                    14 length
 *     X     mass cancel done       userRefNum:4 firm:4 symbol:8                                             25 length
 *     G     entry disabled         userRefNum:4 firm:4                                                      17 length
 *     K     entry enabled          userRefNum:4 firm:4                                                      17 length
 *     Q     account state          nextUserRefNum:4                                                         13 [length]
 */
export enum Response50 {
  SystemEvent = 0x53,
  Accepted = 0x41,
  Replaced = 0x55,
  Cancelled = 0x43,
  AiqCancelled = 0x44,
  Executed = 0x45,
  BrokenTrade = 0x42,
  TradeCorrection = 0x46,
  Rejected = 0x4a,
  CancelPending = 0x50,
  CancelRejected = 0x49,
  PriorityUpdate = 0x54,
  Modified = 0x4d,
  Restated = 0x52,
  MassCancelDone = 0x58,
  EntryDisabled = 0x47,
  EntryEnabled = 0x4b,
  AccountState = 0x51,
}

export enum SystemEvent50At {
  Timestamp = 1,
  Event = 9,
  Bytes = 10,
}

export enum Accepted50At {
  Timestamp = 1,
  UserRefNum = 9,
  Side = 13,
  Shares = 14,
  Symbol = 18,
  Price = 26,
  TimeInForce = 34,
  Display = 35,
  Reference = 36,
  Capacity = 44,
  Sweep = 45,
  CrossType = 46,
  State = 47,
  ClientId = 48,
  Bytes = 62,
}

export enum Replaced50At {
  Timestamp = 1,
  OriginalUserRefNum = 9,
  UserRefNum = 13,
  Side = 17,
  Shares = 18,
  Symbol = 22,
  Price = 30,
  TimeInForce = 38,
  Display = 39,
  Reference = 40,
  Capacity = 48,
  Sweep = 49,
  CrossType = 50,
  State = 51,
  ClientId = 52,
  Bytes = 66,
}

export enum Cancelled50At {
  Timestamp = 1,
  UserRefNum = 9,
  Shares = 13,
  Reason = 17,
  Bytes = 18,
}

export enum AiqCancelled50At {
  Timestamp = 1,
  UserRefNum = 9,
  Shares = 13,
  Reason = 17,
  PreventedShares = 18,
  Price = 22,
  Liquidity = 30,
  AiqStrategy = 31,
  Bytes = 32,
}

export enum Executed50At {
  Timestamp = 1,
  UserRefNum = 9,
  Shares = 13,
  Price = 17,
  Liquidity = 25,
  Match = 26,
  Bytes = 34,
}

export enum BrokenTrade50At {
  Timestamp = 1,
  UserRefNum = 9,
  Match = 13,
  Reason = 21,
  ClientId = 22,
  Bytes = 36,
}

export enum TradeCorrection50At {
  Timestamp = 1,
  UserRefNum = 9,
  Shares = 13,
  Price = 17,
  Liquidity = 25,
  Match = 26,
  Reason = 34,
  ClientId = 35,
  Bytes = 49,
}

export enum Rejected50At {
  Timestamp = 1,
  UserRefNum = 9,
  Reason = 13,
  ClientId = 15,
  Bytes = 29,
}

export enum CancelPending50At {
  Timestamp = 1,
  UserRefNum = 9,
  Bytes = 13,
}

export enum CancelRejected50At {
  Timestamp = 1,
  UserRefNum = 9,
  Bytes = 13,
}

export enum PriorityUpdate50At {
  Timestamp = 1,
  UserRefNum = 9,
  Price = 13,
  Display = 21,
  Reference = 22,
  Bytes = 30,
}

export enum Modified50At {
  Timestamp = 1,
  UserRefNum = 9,
  Side = 13,
  Shares = 14,
  Bytes = 18,
}

export enum Restated50At {
  Timestamp = 1,
  UserRefNum = 9,
  Reason = 13,
  Bytes = 14,
}

export enum MassCancelDone50At {
  Timestamp = 1,
  UserRefNum = 9,
  Firm = 13,
  Symbol = 17,
  Bytes = 25,
}

export enum EntryDisabled50At {
  Timestamp = 1,
  UserRefNum = 9,
  Firm = 13,
  Bytes = 17,
}

export enum EntryEnabled50At {
  Timestamp = 1,
  UserRefNum = 9,
  Firm = 13,
  Bytes = 17,
}

export enum AccountState50At {
  Timestamp = 1,
  NextUserRefNum = 9,
  Bytes = 13,
}
