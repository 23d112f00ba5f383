import { RecordType } from '../records/catalogue.ts'

/** 1 for the record types that come from a feed, by type. */
export const IS_MARKET_RECORD = new Uint8Array(256)
for (const type of [
  RecordType.Instrument,
  RecordType.TradingStatus,
  RecordType.Gap,
  RecordType.Stale,
  RecordType.SessionEvent,
  RecordType.OrderAdd,
  RecordType.OrderExecute,
  RecordType.OrderReduce,
  RecordType.OrderDelete,
  RecordType.OrderReplace,
  RecordType.Trade,
  RecordType.TradeBreak,
  RecordType.Cross,
  RecordType.Imbalance,
  RecordType.LevelUpdate,
  RecordType.TopOfBook,
  RecordType.PriceBand,
  RecordType.Statistic,
  RecordType.Bar,
  RecordType.BookClear,
]) {
  IS_MARKET_RECORD[type] = 1
}
