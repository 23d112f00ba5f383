import {
  FLAG_MORE,
  Header,
  Imbalance,
  NO_SIDE,
  PriceBand,
  PriceBandKind,
  RecordType,
  StatisticKind,
  Trade,
  TradeBreak,
} from '../../kernels/records/catalogue.ts'
import type { RecordBatch } from '../record-batch.ts'
import { AuctionAt, Common, OfficialPriceAt, TradeAt } from './layout.ts'
import { type IexMessage, openRecord, rejectCode, storePrice } from './message.ts'
import { closeStatistic, openStatistic } from './statistic.ts'

/*
 * Trades and what auctions make: official prices, imbalances, collars. Each function appends the message's records and
 * returns how many were appended; 0 when the message cannot be, and `fault` says why.
 */

const OPENING = 0x51
const CLOSING = 0x4d

/** A trade; the feed names neither order nor side. */
export function writeTrade(message: IexMessage, batch: RecordBatch): number {
  const { view, at } = message
  const { i32, f64 } = batch.views
  const to = openRecord(message, Trade.Bytes, RecordType.Trade, batch)
  if (!storePrice(message, TradeAt.Price, f64, (to + Trade.Price) >> 3)) return 0
  i32[(to + Trade.ReferenceLow) >> 2] = 0
  i32[(to + Trade.ReferenceHigh) >> 2] = 0
  f64[(to + Trade.Quantity) >> 3] = view.getUint32((at + TradeAt.Size) | 0, true)
  f64[(to + Trade.SourceTime) >> 3] = message.timeNs[0]!
  i32[(to + Trade.MatchLow) >> 2] = view.getInt32((at + TradeAt.TradeLow) | 0, true)
  i32[(to + Trade.MatchHigh) >> 2] = view.getInt32((at + TradeAt.TradeHigh) | 0, true)
  i32[(to + Trade.Side) >> 2] = NO_SIDE
  i32[(to + Trade.Reserved) >> 2] = 0
  batch.usedBytes = to + Trade.Bytes
  return 1
}

/** A trade or an execution of the day that does not stand. */
export function writeTradeBreak(message: IexMessage, batch: RecordBatch): number {
  const { view, at } = message
  const { i32, f64 } = batch.views
  const to = openRecord(message, TradeBreak.Bytes, RecordType.TradeBreak, batch)
  i32[(to + TradeBreak.MatchLow) >> 2] = view.getInt32((at + TradeAt.TradeLow) | 0, true)
  i32[(to + TradeBreak.MatchHigh) >> 2] = view.getInt32((at + TradeAt.TradeHigh) | 0, true)
  f64[(to + TradeBreak.SourceTime) >> 3] = message.timeNs[0]!
  batch.usedBytes = to + TradeBreak.Bytes
  return 1
}

/** The exchange's official opening or closing price of a security that it lists. */
export function writeOfficialPrice(message: IexMessage, batch: RecordBatch): number {
  const priceType = message.view.getUint8(message.at + Common.Subtype)
  if (priceType !== OPENING && priceType !== CLOSING) return rejectCode(message)
  const kind = priceType === OPENING ? StatisticKind.OpeningPrice : StatisticKind.ClosingPrice
  const slot = openStatistic(message, kind, priceType, batch)
  if (!storePrice(message, OfficialPriceAt.Price, batch.views.f64, slot)) return 0
  return closeStatistic(batch)
}

/** The state of the auction to come, then its collar. */
export function writeAuction(message: IexMessage, batch: RecordBatch): number {
  const { view, at } = message
  const { u16, i32, f64 } = batch.views
  const to = openRecord(message, Imbalance.Bytes, RecordType.Imbalance, batch)
  if (!storePrice(message, AuctionAt.BookClearing, f64, (to + Imbalance.FarPrice) >> 3)) return 0
  if (!storePrice(message, AuctionAt.Indicative, f64, (to + Imbalance.NearPrice) >> 3)) return 0
  if (!storePrice(message, AuctionAt.Reference, f64, (to + Imbalance.ReferencePrice) >> 3)) return 0
  u16[(to + Header.Flags) >> 1] = FLAG_MORE
  f64[(to + Imbalance.PairedQuantity) >> 3] = view.getUint32(at + AuctionAt.Paired, true)
  f64[(to + Imbalance.ImbalanceQuantity) >> 3] = view.getUint32(at + AuctionAt.Imbalance, true)
  f64[(to + Imbalance.SourceTime) >> 3] = message.timeNs[0]!
  i32[(to + Imbalance.Direction) >> 2] = view.getUint8(at + AuctionAt.Side)
  i32[(to + Imbalance.CrossType) >> 2] = view.getUint8(at + Common.Subtype)
  i32[(to + Imbalance.Variation) >> 2] = 0
  i32[(to + Imbalance.Reserved) >> 2] = 0
  batch.usedBytes = to + Imbalance.Bytes
  if (writeCollar(message, batch)) return 2
  batch.usedBytes = to
  return 0
}

function writeCollar(message: IexMessage, batch: RecordBatch): boolean {
  const { i32, f64 } = batch.views
  const to = openRecord(message, PriceBand.Bytes, RecordType.PriceBand, batch)
  if (!storePrice(message, AuctionAt.CollarReference, f64, (to + PriceBand.ReferencePrice) >> 3)) return false
  if (!storePrice(message, AuctionAt.Lower, f64, (to + PriceBand.LowerPrice) >> 3)) return false
  if (!storePrice(message, AuctionAt.Upper, f64, (to + PriceBand.UpperPrice) >> 3)) return false
  i32[(to + PriceBand.Kind) >> 2] = PriceBandKind.AuctionCollar
  i32[(to + PriceBand.Extension) >> 2] = message.view.getUint8(message.at + AuctionAt.Extension)
  f64[(to + PriceBand.SourceTime) >> 3] = message.timeNs[0]!
  batch.usedBytes = to + PriceBand.Bytes
  return true
}
