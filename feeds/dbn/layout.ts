/**
 * Databento Binary Encoding (DBN), versions 1 to 3: the records, but for definitions (definition-layout.ts) and the
 * metadata before them (metadata-layout.ts). All fields are little-endian; a record's length is counted in words of four
 * bytes, its own header included.
 * Source: Databento, "Databento Binary Encoding" and "Schemas and data formats"; field order and sizes as in the `record`
 * and `compat` modules of databento/dbn.
 *
 *      0        1       2            4            8                16
 *     ┌────────┬───────┬────────────┬────────────┬────────────────┬───────────
 *     │ length │ rtype │ publisher  │ instrument │ ts_event       │ fields …
 *     │ u8     │ u8    │ u16        │ u32        │ u64, ns, UTC   │
 *     └────────┴───────┴────────────┴────────────┴────────────────┴───────────
 *
 * Where an offset differs by version, the length of the record tells which it is: no two versions of a type agree in it.
 */
export enum RecordAt {
  Length = 0,
  Type = 1,
  Publisher = 2,
  Instrument = 4,
  TsEvent = 8,
  Bytes = 16,
}

/** Bytes of a unit of `RecordAt.Length`. */
export const LENGTH_UNIT_BYTES = 4

/** Bytes that a live gateway appends to every record when it is asked for its send time (`ts_out`). */
export const TS_OUT_BYTES = 8

/** Prices are whole numbers of 10^-9. */
export const DBN_PRICE_EXPONENT = -9

/** Record types. */
export enum RType {
  Trade = 0x00,
  Mbp1 = 0x01,
  Mbp10 = 0x0a,
  BarUnspecified = 0x11,
  Status = 0x12,
  Definition = 0x13,
  Imbalance = 0x14,
  Error = 0x15,
  SymbolMapping = 0x16,
  System = 0x17,
  Statistics = 0x18,
  Bar1s = 0x20,
  Bar1m = 0x21,
  Bar1h = 0x22,
  Bar1d = 0x23,
  BarEndOfDay = 0x24,
  Mbo = 0xa0,
  Cmbp1 = 0xb1,
  Cbbo1s = 0xc0,
  Cbbo1m = 0xc1,
  Tcbbo = 0xc2,
  Bbo1s = 0xc3,
  Bbo1m = 0xc4,
}

/** Names in reports, by record type. */
export const RTYPE_NAMES: Readonly<Record<number, string>> = {
  [RType.Trade]: 'mbp-0/trade',
  [RType.Mbp1]: 'mbp-1',
  [RType.Mbp10]: 'mbp-10',
  [RType.BarUnspecified]: 'ohlcv',
  [RType.Status]: 'status',
  [RType.Definition]: 'definition',
  [RType.Imbalance]: 'imbalance',
  [RType.Error]: 'error',
  [RType.SymbolMapping]: 'symbol-mapping',
  [RType.System]: 'system',
  [RType.Statistics]: 'statistics',
  [RType.Bar1s]: 'ohlcv-1s',
  [RType.Bar1m]: 'ohlcv-1m',
  [RType.Bar1h]: 'ohlcv-1h',
  [RType.Bar1d]: 'ohlcv-1d',
  [RType.BarEndOfDay]: 'ohlcv-eod',
  [RType.Mbo]: 'mbo',
  [RType.Cmbp1]: 'cmbp-1',
  [RType.Cbbo1s]: 'cbbo-1s',
  [RType.Cbbo1m]: 'cbbo-1m',
  [RType.Tcbbo]: 'tcbbo',
  [RType.Bbo1s]: 'bbo-1s',
  [RType.Bbo1m]: 'bbo-1m',
}

/** Bits of the `flags` of order and level records. */
export enum Flag {
  /** The last record of one event of an instrument. */
  Last = 0x80,
  /** A top-of-book message: the price is the side's only level. */
  TopOfBook = 0x40,
  /** From a snapshot or a replay, not of the moment. */
  Snapshot = 0x20,
  /** The feed lost messages: the book may be wrong. */
  MaybeBadBook = 0x04,
}

/** `action` of order and level records. */
export enum Action {
  Add = 0x41,
  Cancel = 0x43,
  Fill = 0x46,
  Modify = 0x4d,
  None = 0x4e,
  Clear = 0x52,
  Trade = 0x54,
}

/** `side`. Of a trade it is the aggressor's. */
export enum SideCode {
  Ask = 0x41,
  Bid = 0x42,
  None = 0x4e,
}

export enum MboAt {
  OrderId = 16,
  Price = 24,
  Size = 32,
  Flags = 36,
  Channel = 37,
  Action = 38,
  Side = 39,
  TsRecv = 40,
  TsInDelta = 48,
  Sequence = 52,
  Bytes = 56,
}

/** Trades, and the head of all records with levels. Consolidated and interval records leave some fields reserved. */
export enum MbpAt {
  Price = 16,
  Size = 24,
  Action = 28,
  Side = 29,
  Flags = 30,
  Depth = 31,
  TsRecv = 32,
  TsInDelta = 40,
  Sequence = 44,
  Levels = 48,
}

/** One level of both sides; consolidated records have publishers where the others have order counts. */
export enum LevelAt {
  BidPrice = 0,
  AskPrice = 8,
  BidSize = 16,
  AskSize = 20,
  BidCount = 24,
  AskCount = 28,
  Bytes = 32,
}

export const MBP10_LEVELS = 10

export enum BarAt {
  Open = 16,
  High = 24,
  Low = 32,
  Close = 40,
  Volume = 48,
  Bytes = 56,
}

export enum StatusAt {
  TsRecv = 16,
  Action = 24,
  Reason = 26,
  TradingEvent = 28,
  IsTrading = 30,
  IsQuoting = 31,
  IsShortSellRestricted = 32,
  Bytes = 40,
}

export enum ImbalanceAt {
  TsRecv = 16,
  ReferencePrice = 24,
  AuctionTime = 32,
  ContinuousClearingPrice = 40,
  AuctionClearingPrice = 48,
  ShortSaleFillingPrice = 56,
  IndicativePrice = 64,
  UpperCollar = 72,
  LowerCollar = 80,
  PairedQuantity = 88,
  TotalImbalance = 92,
  MarketImbalance = 96,
  UnpairedQuantity = 100,
  AuctionType = 104,
  Side = 105,
  Bytes = 112,
}

/** Statistics of versions 1 and 2: the quantity has four bytes. */
export enum StatisticsAt {
  TsRecv = 16,
  TsRef = 24,
  Price = 32,
  Quantity = 40,
  Type = 52,
  UpdateAction = 56,
  Bytes = 64,
}

/** Statistics of version 3: the quantity has eight bytes, which moves what comes after. */
export enum StatisticsV3At {
  Quantity = 40,
  Type = 56,
  UpdateAction = 60,
  Bytes = 80,
}

/** Symbol mappings of version 1, with symbols of 22 bytes. */
export enum MappingV1At {
  OutSymbol = 38,
  Bytes = 80,
}

/** Symbol mappings from version 2 on: the types of both symbols, and symbols of 71 bytes. */
export enum MappingAt {
  OutSymbol = 89,
  Bytes = 176,
}

/** Texts of the gateway: errors and system messages. */
export enum GatewayAt {
  ErrorCode = 318,
  BytesV1 = 80,
  Bytes = 320,
}

/** Bytes of a symbol's field by version: of version 1, and later. */
export const SYMBOL_FIELD_BYTES_V1 = 22
export const SYMBOL_FIELD_BYTES = 71
