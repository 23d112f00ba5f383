/**
 * Wire layout of the messages of IEX DEEP, TOPS and DEEP+, the only place that names their offsets.
 * Source: Investors Exchange DEEP specification 1.08, TOPS specifications 1.56 and 1.66, DEEP+ specification 1.02, sections
 * "Administrative Message Formats", "Trading Message Formats", "Auction Message Formats". Numbers are little-endian; prices
 * are signed with 4 implied decimals; text is ASCII, left-justified, padded with spaces; the timestamp counts nanoseconds
 * since 1970. Messages may grow at their end: what is longer than specified is read like the rest.
 *
 *      0      1         2             10          18
 *     ┌──────┬─────────┬─────────────┬───────────┬──────────
 *     │ type │ subtype │ timestamp   │ symbol    │ payload
 *     │ u8   │ u8      │ i64         │ 8 × ASCII │ …
 *     └──────┴─────────┴─────────────┴───────────┴──────────
 *
 *     type  message                  subtype         payload from offset 18: name:bytes                         bytes
 *     S     system event             event           no symbol either                                              10
 *     D     security directory       flags           roundLot:4 adjustedClose:8 luldTier:1                         31
 *     H     trading status           status          reason:4                                                      22
 *     I     retail liquidity         indicator                                                                     18
 *     O     operational halt         status                                                                        18
 *     P     short sale price test    status          detail:1                                                      19
 *     E     security event           event                                                                         18
 *     8, 5  price level, buy, sell   event flags     size:4 price:8                                                30
 *     Q     quote                    flags           bidSize:4 bidPrice:8 askPrice:8 askSize:4                     42
 *     T     trade                    conditions      size:4 price:8 tradeId:8                                      38
 *     B     trade break              conditions      size:4 price:8 tradeId:8                                      38
 *     X     official price           price type      price:8                                                       26
 *     A     auction information      auction type    paired:4 reference:8 indicative:8 imbalance:4 side:1
 *                                                    extension:1 scheduled:4 bookClearing:8
 *                                                    collarReference:8 lower:8 upper:8                             80
 *     a     order add                side            orderId:8 size:4 price:8                                      38
 *     M     order modify             modify flags    orderId:8 size:4 price:8                                      38
 *     R     order delete             reserved        orderId:8                                                     26
 *     L     order executed           conditions      orderId:8 size:4 price:8 tradeId:8                            46
 *     C     clear book               reserved                                                                      18
 */

/** Type codes: the ASCII letter of each message. */
export enum IexType {
  SystemEvent = 0x53,
  SecurityDirectory = 0x44,
  TradingStatus = 0x48,
  RetailLiquidity = 0x49,
  OperationalHalt = 0x4f,
  ShortSale = 0x50,
  SecurityEvent = 0x45,
  PriceLevelBuy = 0x38,
  PriceLevelSell = 0x35,
  Quote = 0x51,
  Trade = 0x54,
  TradeBreak = 0x42,
  OfficialPrice = 0x58,
  Auction = 0x41,
  OrderAdd = 0x61,
  OrderModify = 0x4d,
  OrderDelete = 0x52,
  OrderExecuted = 0x4c,
  ClearBook = 0x43,
}

export enum Common {
  Type = 0,
  Subtype = 1,
  TimeLow = 2,
  TimeHigh = 6,
  SymbolLow = 10,
  SymbolHigh = 14,
  Bytes = 18,
}

export enum SystemEventAt {
  Bytes = 10,
}

export enum DirectoryAt {
  RoundLot = 18,
  AdjustedClose = 22,
  LuldTier = 30,
  Bytes = 31,
}

export enum TradingStatusAt {
  Reason = 18,
  Bytes = 22,
}

export enum ShortSaleAt {
  Detail = 18,
  Bytes = 19,
}

export enum PriceLevelAt {
  Size = 18,
  Price = 22,
  Bytes = 30,
}

export enum QuoteAt {
  BidSize = 18,
  BidPrice = 22,
  AskPrice = 30,
  AskSize = 38,
  Bytes = 42,
}

/** Of trades and of trade breaks. */
export enum TradeAt {
  Size = 18,
  Price = 22,
  TradeLow = 30,
  TradeHigh = 34,
  Bytes = 38,
}

export enum OfficialPriceAt {
  Price = 18,
  Bytes = 26,
}

export enum AuctionAt {
  Paired = 18,
  Reference = 22,
  Indicative = 30,
  Imbalance = 38,
  Side = 42,
  Extension = 43,
  Scheduled = 44,
  BookClearing = 48,
  CollarReference = 56,
  Lower = 64,
  Upper = 72,
  Bytes = 80,
}

/** Of order add and order modify. */
export enum OrderAt {
  OrderLow = 18,
  OrderHigh = 22,
  Size = 26,
  Price = 30,
  Bytes = 38,
}

/** A delete ends before the fields that follow an order's id. */
export enum OrderDeleteAt {
  Bytes = 26,
}

/** What an execution has beyond the fields of an order. */
export enum ExecutedAt {
  TradeLow = 38,
  TradeHigh = 42,
  Bytes = 46,
}

/** Bytes of a symbol. */
export const IEX_SYMBOL_BYTES = 8
/** Implied decimals of a price, as the exponent of an instrument record. */
export const IEX_PRICE_EXPONENT = -4

type Lengths = readonly (readonly [IexType, number])[]

/** Messages of all feeds. */
const ADMINISTRATIVE: Lengths = [
  [IexType.SystemEvent, SystemEventAt.Bytes],
  [IexType.SecurityDirectory, DirectoryAt.Bytes],
  [IexType.TradingStatus, TradingStatusAt.Bytes],
  [IexType.RetailLiquidity, Common.Bytes],
  [IexType.OperationalHalt, Common.Bytes],
  [IexType.ShortSale, ShortSaleAt.Bytes],
  [IexType.SecurityEvent, Common.Bytes],
  [IexType.Trade, TradeAt.Bytes],
  [IexType.TradeBreak, TradeAt.Bytes],
]
/** Messages of DEEP and TOPS. */
const AUCTIONS: Lengths = [
  [IexType.OfficialPrice, OfficialPriceAt.Bytes],
  [IexType.Auction, AuctionAt.Bytes],
]

/** Least length of each message by its type code, −1 where the feed has no such type. */
function lengthsOf(...lists: readonly Lengths[]): Int32Array {
  const lengths = new Int32Array(256).fill(-1)
  for (const [type, bytes] of lists.flat()) {
    if (lengths[type] !== -1) throw new Error(`IEX layout: message type ${type} is listed twice`)
    lengths[type] = bytes
  }
  return lengths
}

export const DEEP_LENGTHS = lengthsOf(ADMINISTRATIVE, AUCTIONS, [
  [IexType.PriceLevelBuy, PriceLevelAt.Bytes],
  [IexType.PriceLevelSell, PriceLevelAt.Bytes],
])

/** Of both versions: the older one lacks the retail liquidity indicator, the newer one the security event. */
export const TOPS_LENGTHS = lengthsOf(ADMINISTRATIVE, AUCTIONS, [[IexType.Quote, QuoteAt.Bytes]])

export const DEEP_PLUS_LENGTHS = lengthsOf(ADMINISTRATIVE, [
  [IexType.OrderAdd, OrderAt.Bytes],
  [IexType.OrderModify, OrderAt.Bytes],
  [IexType.OrderDelete, OrderDeleteAt.Bytes],
  [IexType.OrderExecuted, ExecutedAt.Bytes],
  [IexType.ClearBook, Common.Bytes],
])

if (Common.SymbolLow !== Common.TimeLow + 8 || Common.Bytes !== Common.SymbolLow + IEX_SYMBOL_BYTES) {
  throw new Error('IEX layout: the common part is not 18 bytes')
}
