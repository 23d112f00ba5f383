/**
 * The text format of PITCH, older than the binary one: a message a line, all fields of fixed width. The only place that
 * names its offsets.
 * Source: Cboe US Equities TCP PITCH specification 1.15, "Message Format"; the exchange's published sample begins every
 * line with the letter S of the transport's sequenced packets, which is not counted here.
 *
 *      0              8      9
 *     ┌──────────────┬──────┬──────────
 *     │ milliseconds │ type │ payload
 *     │ 8 digits     │      │ …
 *     └──────────────┴──────┴──────────
 *
 * Numbers are padded with zeros; prices have 4 implied decimals; ids are 12 digits to the base 36; symbols are padded with
 * spaces; the time counts from midnight where the exchange is.
 *
 *     type  message                    payload from offset 9: name:bytes                                             bytes
 *     A     add order, short           order:12 side:1 shares:6 symbol:6 price:10 display:1                             45
 *     d     add order, long            order:12 side:1 shares:6 symbol:8 price:10 reserved:1 participant:4 customer:1   52
 *     1     add order, extended        order:12 side:1 shares:6 symbol:8 price:14 display:1 participant:4 customer:1    56
 *     E     order executed             order:12 shares:6 execution:12                                                   39
 *     X     order cancel               order:12 shares:6                                                                27
 *     P     trade, short               order:12 side:1 shares:6 symbol:6 price:10 execution:12                          56
 *     r     trade, long                order:12 side:1 shares:6 symbol:8 price:10 execution:12                          58
 *     2     trade, extended            order:12 side:1 shares:6 symbol:8 price:14 execution:12                          62
 *     B     trade break                execution:12                                                                     21
 *     H     trading status             symbol:8 status:1 regSho:1 reserved:2                                            21
 *     I     auction update             symbol:8 type:1 reference:10 buy:10 sell:10 indicative:10 auctionOnly:10         68
 *     3     auction update, extended   symbol:8 type:1 reference:14 buy:10 sell:10 indicative:14 auctionOnly:14         80
 *     J     auction summary            symbol:8 type:1 price:10 shares:10                                               38
 *     4     auction summary, extended  symbol:8 type:1 price:14 shares:10                                               42
 *     R     retail price improvement   symbol:8 interest:1                                                              18
 *     s     symbol clear               symbol:8                                                                         17
 */
export enum TextType {
  AddShort = 0x41,
  AddLong = 0x64,
  AddExtended = 0x31,
  Executed = 0x45,
  Cancel = 0x58,
  TradeShort = 0x50,
  TradeLong = 0x72,
  TradeExtended = 0x32,
  TradeBreak = 0x42,
  TradingStatus = 0x48,
  AuctionUpdate = 0x49,
  AuctionUpdateExtended = 0x33,
  AuctionSummary = 0x4a,
  AuctionSummaryExtended = 0x34,
  RetailInterest = 0x52,
  SymbolClear = 0x73,
}

export enum TextAt {
  Time = 0,
  Type = 8,
  Payload = 9,
}

/** Of adds and trades; executions and cancels have their order there, too. */
export enum TextOrderAt {
  Order = 9,
  Side = 21,
  Shares = 22,
  Symbol = 28,
}

/** Of executions and cancels, which have no side. */
export enum TextChangeAt {
  Shares = 21,
  Execution = 27,
}

/** Of messages that begin with a symbol. */
export enum TextSymbolAt {
  Symbol = 9,
  /** Status, auction type or interest. */
  Code = 17,
  Numbers = 18,
}

/** Of a trading status. */
export enum TextStatusAt {
  RegSho = 18,
}

/** Bytes of fields. */
export const TextWidth = {
  Time: 8,
  Id: 12,
  Shares: 6,
  ShortSymbol: 6,
  LongSymbol: 8,
  Price: 10,
  LongPrice: 14,
  AuctionShares: 10,
  /** Reserved or display, before the participant of an add. */
  Display: 1,
  Participant: 4,
} as const

/** What the transport puts in front of a sequenced message. */
export const SEQUENCED = 0x53
/** The longest message. */
export const TEXT_BYTES_MAX = 80

/** Least length of a message by its type; 0 where the specification has no such type. */
export const TEXT_LENGTH_MIN = new Uint8Array(256)
for (const [type, bytes] of [
  [TextType.AddShort, 45],
  [TextType.AddLong, 52],
  [TextType.AddExtended, 56],
  [TextType.Executed, 39],
  [TextType.Cancel, 27],
  [TextType.TradeShort, 56],
  [TextType.TradeLong, 58],
  [TextType.TradeExtended, 62],
  [TextType.TradeBreak, 21],
  [TextType.TradingStatus, 21],
  [TextType.AuctionUpdate, 68],
  [TextType.AuctionUpdateExtended, 80],
  [TextType.AuctionSummary, 38],
  [TextType.AuctionSummaryExtended, 42],
  [TextType.RetailInterest, 18],
  [TextType.SymbolClear, 17],
] as const) {
  if (bytes > TEXT_BYTES_MAX) throw new Error(`PITCH text layout: message type ${type} is too long`)
  TEXT_LENGTH_MIN[type] = bytes
}
