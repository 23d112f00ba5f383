/**
 * Wire layout of the PITCH messages of orders, trades and time, the only place that names their offsets. All numbers are
 * little-endian; text is ASCII, left-justified, padded with spaces. Long prices are 64 bits with 4 implied decimals,
 * short ones 16 bits with 2.
 * Source: Cboe US Equities/Options Multicast PITCH specification 2.41 (equities; options with more fields behind), US
 * Options Complex Multicast PITCH 2.1, CFE Multicast PITCH 1.2. Fields up to the brackets stand where they do in all three.
 *
 *      0        1      2             6
 *     ┌────────┬──────┬─────────────┬──────────
 *     │ length │ type │ time offset │ payload
 *     │ u8     │ u8   │ u32 ns      │ …
 *     └────────┴──────┴─────────────┴──────────
 *
 *     type  message                       payload from offset 6: name:bytes; [of some products]        equities options CFE
 *     0x20  time                          from offset 2: seconds:4 [epochSeconds:4]                    6        6 10    10
 *     0xb1  time reference                from offset 2: midnight:4 seconds:4 offset:4 tradeDate:4     –        18      18
 *     0x97  unit clear                                                                                 6        6       6
 *     0xbc  transaction begin                                                                          –        6       6
 *     0xbd  transaction end                                                                            –        6       6
 *     0x2d  end of session                                                                             6        6       6
 *     0x21  add order, long               order:8 side:1 quantity:4 symbol:6 price:8 [flags:1]         34       34      33
 *     0x22  add order, short              order:8 side:1 quantity:2 symbol:6 price:2 [flags:1]         26       26      25
 *     0x2f  add order, expanded           order:8 side:1 quantity:4 symbol:8 price:8 flags:1
 *                                         participant:4 customer:1 [client:4 reserved:5]               41       41–50   –
 *     0x23  order executed                order:8 quantity:4 execution:8 [condition:1]                 26       27      27
 *     0x24  executed at price or size     order:8 quantity:4 remaining:4 execution:8 price:8
 *                                         [condition:1]                                                38       39      –
 *     0x25  reduce size, long             order:8 quantity:4                                           18       18      18
 *     0x26  reduce size, short            order:8 quantity:2                                           16       16      16
 *     0x27  modify order, long            order:8 quantity:4 price:8 [flags:1]                         27       27      26
 *     0x28  modify order, short           order:8 quantity:2 price:2 [flags:1]                         19       19      18
 *     0x29  delete order                  order:8                                                      14       14      14
 *     0x2a  trade, long                   order:8 side:1 quantity:4 symbol:6 price:8 execution:8
 *                                         [condition:1]                                                41       42      42
 *     0x2b  trade, short                  order:8 side:1 quantity:2 symbol:6 price:2 execution:8
 *                                         [condition:1]                                                33       34      34
 *     0x30  trade, expanded               order:8 side:1 quantity:4 symbol:8 price:8 execution:8
 *                                         [condition:1]                                                43       44      –
 *     0x2c  trade break                   execution:8                                                  14       14      14
 *
 * A message may be longer than its specification says: fields are only ever added at the end.
 */

/** Type codes of all messages of all three products. */
export enum PitchType {
  LoginRequest = 0x01,
  LoginResponse = 0x02,
  GapRequest = 0x03,
  GapResponse = 0x04,
  Time = 0x20,
  AddLong = 0x21,
  AddShort = 0x22,
  Executed = 0x23,
  ExecutedAtPrice = 0x24,
  ReduceLong = 0x25,
  ReduceShort = 0x26,
  ModifyLong = 0x27,
  ModifyShort = 0x28,
  Delete = 0x29,
  TradeLong = 0x2a,
  TradeShort = 0x2b,
  TradeBreak = 0x2c,
  EndOfSession = 0x2d,
  SymbolMapping = 0x2e,
  AddExpanded = 0x2f,
  TradeExpanded = 0x30,
  TradingStatus = 0x31,
  SpinImageAvailable = 0x80,
  SpinRequest = 0x81,
  SpinResponse = 0x82,
  SpinFinished = 0x83,
  DefinitionRequest = 0x84,
  DefinitionResponse = 0x85,
  AuctionUpdate = 0x95,
  AuctionSummary = 0x96,
  UnitClear = 0x97,
  RetailInterest = 0x98,
  ComplexDefinition = 0x9a,
  SoqStrikeRange = 0x9d,
  ConstituentMapping = 0x9e,
  DesignatedDefinition = 0x9f,
  AuctionNotification = 0xad,
  AuctionCancel = 0xae,
  AuctionTrade = 0xaf,
  TimeReference = 0xb1,
  Settlement = 0xb9,
  EndOfDaySummary = 0xba,
  FuturesDefinition = 0xbb,
  TransactionBegin = 0xbc,
  TransactionEnd = 0xbd,
  PriceLimits = 0xbe,
  OptionsAuctionUpdate = 0xd1,
  WidthUpdate = 0xd2,
  OpenInterest = 0xd3,
  VarianceMapping = 0xfa,
}

/** Short symbols; the expanded messages have `SYMBOL_LONG_BYTES`. */
export const SYMBOL_SHORT_BYTES = 6
export const SYMBOL_LONG_BYTES = 8
/** Implied decimals of a long price, as the exponent of an instrument record. */
export const PITCH_PRICE_EXPONENT = -4

export enum TimeAt {
  Seconds = 2,
  Bytes = 6,
  // biome-ignore lint/suspicious/noDuplicateEnumValues: present where the message is longer
  EpochSeconds = 6,
  BytesWithEpoch = 10,
}

export enum TimeReferenceAt {
  Midnight = 2,
  Seconds = 6,
  TimeOffset = 10,
  TradeDate = 14,
  Bytes = 18,
}

/** Messages that are a time offset and nothing else. */
export enum BareAt {
  Bytes = 6,
}

export enum AddLongAt {
  Order = 6,
  Side = 14,
  Quantity = 15,
  Symbol = 19,
  Price = 25,
  /** Without the flags, as in futures. */
  Bytes = 33,
  BytesWithFlags = 34,
}

export enum AddShortAt {
  Order = 6,
  Side = 14,
  Quantity = 15,
  Symbol = 17,
  Price = 23,
  Bytes = 25,
  BytesWithFlags = 26,
}

export enum AddExpandedAt {
  Order = 6,
  Side = 14,
  Quantity = 15,
  Symbol = 19,
  Price = 27,
  Participant = 36,
  Bytes = 41,
}

export enum ExecutedAt {
  Order = 6,
  Quantity = 14,
  Execution = 18,
  Bytes = 26,
}

export enum ExecutedAtPriceAt {
  Order = 6,
  Quantity = 14,
  Remaining = 18,
  Execution = 22,
  Price = 30,
  Bytes = 38,
}

export enum ReduceLongAt {
  Order = 6,
  Quantity = 14,
  Bytes = 18,
}

export enum ReduceShortAt {
  Order = 6,
  Quantity = 14,
  Bytes = 16,
}

export enum ModifyLongAt {
  Order = 6,
  Quantity = 14,
  Price = 18,
  Bytes = 26,
  // biome-ignore lint/suspicious/noDuplicateEnumValues: the flags are behind the shortest form
  Flags = 26,
  BytesWithFlags = 27,
}

export enum ModifyShortAt {
  Order = 6,
  Quantity = 14,
  Price = 16,
  Bytes = 18,
  // biome-ignore lint/suspicious/noDuplicateEnumValues: the flags are behind the shortest form
  Flags = 18,
  BytesWithFlags = 19,
}

/** Of the modify flags: the order keeps its place in the queue. */
export const MODIFY_KEEPS_PRIORITY = 2

export enum DeleteAt {
  Order = 6,
  Bytes = 14,
}

export enum TradeLongAt {
  Order = 6,
  Side = 14,
  Quantity = 15,
  Symbol = 19,
  Price = 25,
  Execution = 33,
  Bytes = 41,
}

export enum TradeShortAt {
  Order = 6,
  Side = 14,
  Quantity = 15,
  Symbol = 17,
  Price = 23,
  Execution = 25,
  Bytes = 33,
}

export enum TradeExpandedAt {
  Order = 6,
  Side = 14,
  Quantity = 15,
  Symbol = 19,
  Price = 27,
  Execution = 35,
  Bytes = 43,
}

export enum TradeBreakAt {
  Execution = 6,
  Bytes = 14,
}

/** Codes and factors of the hot path; enumerated, so that the build puts them into the code. */
export enum Wire {
  Buy = 0x42,
  Sell = 0x53,
  Space = 0x20,
  /** What a symbol of six bytes lacks to eight, as the upper half of its second word. */
  TwoSpaces = 0x20200000,
  Word = 4294967296,
  /** A short price's unit in units of long prices. */
  ShortPriceUnit = 100,
}
