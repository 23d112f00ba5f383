import { RecordType } from '../../kernels/records/catalogue.ts'
import { RECORD_SCHEMAS, type RecordSchema } from '../../kernels/records/schema.ts'

/** Types below the market data's own range that come from feeds, too. */
const FEED_STATE = [
  RecordType.Instrument,
  RecordType.TradingStatus,
  RecordType.Gap,
  RecordType.Stale,
  RecordType.SessionEvent,
]
/** The catalogue keeps 16 to 47 for market data. */
const MARKET_FIRST = 16
const MARKET_END = 48

/** Whether records of a type come from feeds; the others are the appliance's own. */
export function isMarketRecord(type: number): boolean {
  return (type >= MARKET_FIRST && type < MARKET_END) || FEED_STATE.includes(type)
}

/** What can be exported: market data first, whose columns are looked at most, then the state of feeds. */
export const MARKET_SCHEMAS: readonly RecordSchema[] = [
  ...RECORD_SCHEMAS.filter(({ type }) => isMarketRecord(type) && type >= MARKET_FIRST),
  ...RECORD_SCHEMAS.filter(({ type }) => isMarketRecord(type) && type < MARKET_FIRST),
]
