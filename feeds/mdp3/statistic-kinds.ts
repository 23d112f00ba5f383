import { StatisticKind } from '../../kernels/records/catalogue.ts'
import { MDEntryType, OpenCloseSettlFlag } from './generated/v13/types.ts'

const KINDS = new Uint8Array(256)
KINDS[MDEntryType.OpenPrice] = StatisticKind.OpeningPrice
KINDS[MDEntryType.SettlementPrice] = StatisticKind.SettlementPrice
KINDS[MDEntryType.TradingSessionHighPrice] = StatisticKind.HighPrice
KINDS[MDEntryType.TradingSessionLowPrice] = StatisticKind.LowPrice
KINDS[MDEntryType.VWAP] = StatisticKind.VolumeWeightedPrice
KINDS[MDEntryType.ClearedVolume] = StatisticKind.ClearedVolume
KINDS[MDEntryType.OpenInterest] = StatisticKind.OpenInterest
KINDS[MDEntryType.SessionHighBid] = StatisticKind.HighestBid
KINDS[MDEntryType.SessionLowOffer] = StatisticKind.LowestOffer
KINDS[MDEntryType.FixingPrice] = StatisticKind.ReferencePrice
KINDS[MDEntryType.ElectronicVolume] = StatisticKind.TotalVolume

/**
 * What statistic (StatisticKind) an entry type (a byte) is; 0 where it is none.
 * @param openCloseFlag OpenCloseSettlFlag: tells an opening price from an indicative one
 */
export function statisticKindOf(entryType: number, openCloseFlag: number): number {
  const isIndicative = openCloseFlag === OpenCloseSettlFlag.IndicativeOpeningPrice
  return isIndicative && entryType === MDEntryType.OpenPrice ? StatisticKind.IndicativePrice : KINDS[entryType]!
}

/** Whether the statistic's value is a quantity, not a price. */
export function isQuantityKind(kind: number): boolean {
  return (
    kind === StatisticKind.ClearedVolume || kind === StatisticKind.OpenInterest || kind === StatisticKind.TotalVolume
  )
}
