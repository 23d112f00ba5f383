/** Template ids of schema versions 5 to 13 (CME's SBE schema, `message id`). A number keeps its meaning over versions. */
export enum Template {
  ChannelReset = 4,
  AdminHeartbeat = 12,
  AdminLogin = 15,
  AdminLogout = 16,
  DefinitionFuture7 = 27,
  DefinitionSpread7 = 29,
  SecurityStatus = 30,
  Book7 = 32,
  DailyStatistics7 = 33,
  Limits7 = 34,
  SessionStatistics7 = 35,
  Trade7 = 36,
  Volume = 37,
  Snapshot7 = 38,
  QuoteRequest = 39,
  DefinitionOption7 = 41,
  TradeSummary7 = 42,
  OrderBook7 = 43,
  OrderSnapshot7 = 44,
  Book = 46,
  OrderBook = 47,
  TradeSummary = 48,
  DailyStatistics = 49,
  Limits = 50,
  SessionStatistics = 51,
  Snapshot = 52,
  OrderSnapshot = 53,
  DefinitionFuture = 54,
  DefinitionOption = 55,
  DefinitionSpread = 56,
  DefinitionFixedIncome = 57,
  DefinitionRepo = 58,
  TopOrders = 59,
  SecurityStatusWorkup = 60,
  SnapshotTcp = 61,
  CollateralMarketValue = 62,
  DefinitionFx = 63,
  BookLongQuantity = 64,
  TradeSummaryLongQuantity = 65,
  VolumeLongQuantity = 66,
  SessionStatisticsLongQuantity = 67,
  SnapshotTcpLongQuantity = 68,
  SnapshotLongQuantity = 69,
}

/** Which decoder reads a template. */
export enum MessageKind {
  Unknown = 0,
  /** Known, and counted; it gives no record. */
  Counted = 1,
  Book = 2,
  Orders = 3,
  Trades = 4,
  Statistics = 5,
  Limits = 6,
  Snapshot = 7,
  OrderSnapshot = 8,
  Definition = 9,
  Status = 10,
  ChannelReset = 11,
}

/** Ids of known templates lie below. */
export const TEMPLATES_MAX = 128
const KINDS = new Uint8Array(TEMPLATES_MAX)
for (const [kind, templates] of [
  [
    MessageKind.Counted,
    [
      Template.AdminHeartbeat,
      Template.AdminLogin,
      Template.AdminLogout,
      Template.QuoteRequest,
      Template.TopOrders,
      Template.SnapshotTcp,
      Template.CollateralMarketValue,
      Template.SnapshotTcpLongQuantity,
    ],
  ],
  [MessageKind.Book, [Template.Book7, Template.Book, Template.BookLongQuantity]],
  [MessageKind.Orders, [Template.OrderBook7, Template.OrderBook]],
  [
    MessageKind.Trades,
    [Template.Trade7, Template.TradeSummary7, Template.TradeSummary, Template.TradeSummaryLongQuantity],
  ],
  [
    MessageKind.Statistics,
    [
      Template.DailyStatistics7,
      Template.DailyStatistics,
      Template.SessionStatistics7,
      Template.SessionStatistics,
      Template.SessionStatisticsLongQuantity,
      Template.Volume,
      Template.VolumeLongQuantity,
    ],
  ],
  [MessageKind.Limits, [Template.Limits7, Template.Limits]],
  [MessageKind.Snapshot, [Template.Snapshot7, Template.Snapshot, Template.SnapshotLongQuantity]],
  [MessageKind.OrderSnapshot, [Template.OrderSnapshot7, Template.OrderSnapshot]],
  [
    MessageKind.Definition,
    [
      Template.DefinitionFuture7,
      Template.DefinitionSpread7,
      Template.DefinitionOption7,
      Template.DefinitionFuture,
      Template.DefinitionOption,
      Template.DefinitionSpread,
      Template.DefinitionFixedIncome,
      Template.DefinitionRepo,
      Template.DefinitionFx,
    ],
  ],
  [MessageKind.Status, [Template.SecurityStatus, Template.SecurityStatusWorkup]],
  [MessageKind.ChannelReset, [Template.ChannelReset]],
] as const) {
  for (const template of templates) KINDS[template] = kind
}

/** Which decoder reads a template; Unknown for those of newer schemas. */
export function kindOf(template: number): MessageKind {
  return template < TEMPLATES_MAX ? KINDS[template]! : MessageKind.Unknown
}

/** The factor from a template's prices to the records', which have exponent −9: up to 44 they are of exponent −7. */
export function priceScaleOf(template: number): number {
  return template < Template.Book ? 100 : 1
}
