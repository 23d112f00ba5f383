import {
  BOTH_SIDES,
  BookClear,
  BookClearReason,
  FLAG_HAS_PRICE,
  FLAG_KEEPS_PRIORITY,
  FLAG_MORE,
  Header,
  LevelAction,
  LevelUpdate,
  OrderAdd,
  OrderDelete,
  OrderExecute,
  OrderReplace,
  RecordType,
  Side,
  TopOfBook,
} from '../../kernels/records/catalogue.ts'
import type { RecordBatch } from '../record-batch.ts'
import { Common, ExecutedAt, OrderAt, PriceLevelAt, QuoteAt } from './layout.ts'
import { type IexMessage, openRecord, rejectCode, storePrice } from './message.ts'

/*
 * Messages that change a book: price levels (DEEP), quotes (TOPS), orders (DEEP+). Each function appends the message's
 * record and returns how many were appended; 0 when the message cannot be, and `fault` says why.
 */

/** Bit of a price level's event flags: the event is complete, the book may be seen. */
const EVENT_COMPLETE = 1
/**
 * Bit 0 of an order's modify flags: it keeps its priority (IEX DEEP+ specification 1.02, "Order Modify Message"; bit 7 is
 * 0x80 there, appendix A). The others are reserved.
 */
const MAINTAIN_PRIORITY = 1
/** Of `LevelUpdate.LevelIndex`: the feed does not count levels. */
const LEVEL_UNKNOWN = 255
/** Sides of added orders; the same characters as the types of price levels. */
const BUY = 0x38
const SELL = 0x35

/** A price level's new size. */
export function writePriceLevel(message: IexMessage, side: Side, batch: RecordBatch): number {
  const { view, at } = message
  const { u16, i32, f64 } = batch.views
  const to = openRecord(message, LevelUpdate.Bytes, RecordType.LevelUpdate, batch)
  if (!storePrice(message, PriceLevelAt.Price, f64, (to + LevelUpdate.Price) >> 3)) return 0
  const size = view.getUint32((at + PriceLevelAt.Size) | 0, true)
  const isComplete = (view.getUint8((at + Common.Subtype) | 0) & EVENT_COMPLETE) !== 0
  u16[(to + Header.Flags) >> 1] = isComplete ? 0 : FLAG_MORE
  i32[(to + LevelUpdate.Side) >> 2] = side
  i32[(to + LevelUpdate.Action) >> 2] = size === 0 ? LevelAction.Delete : LevelAction.Change
  f64[(to + LevelUpdate.Quantity) >> 3] = size
  f64[(to + LevelUpdate.SourceTime) >> 3] = message.timeNs[0]!
  i32[(to + LevelUpdate.OrderCount) >> 2] = 0
  i32[(to + LevelUpdate.LevelIndex) >> 2] = LEVEL_UNKNOWN
  batch.usedBytes = to + LevelUpdate.Bytes
  return 1
}

/** The best bid and offer. */
export function writeQuote(message: IexMessage, batch: RecordBatch): number {
  const { view, at } = message
  const { f64 } = batch.views
  const to = openRecord(message, TopOfBook.Bytes, RecordType.TopOfBook, batch)
  if (!storePrice(message, QuoteAt.BidPrice, f64, (to + TopOfBook.BidPrice) >> 3)) return 0
  if (!storePrice(message, QuoteAt.AskPrice, f64, (to + TopOfBook.AskPrice) >> 3)) return 0
  f64[(to + TopOfBook.BidQuantity) >> 3] = view.getUint32((at + QuoteAt.BidSize) | 0, true)
  f64[(to + TopOfBook.AskQuantity) >> 3] = view.getUint32((at + QuoteAt.AskSize) | 0, true)
  f64[(to + TopOfBook.SourceTime) >> 3] = message.timeNs[0]!
  batch.usedBytes = to + TopOfBook.Bytes
  return 1
}

/** An order that is displayed from now on. */
export function writeOrderAdd(message: IexMessage, batch: RecordBatch): number {
  const { view, at } = message
  const side = view.getUint8((at + Common.Subtype) | 0)
  if (side !== BUY && side !== SELL) return rejectCode(message)
  const { i32, f64 } = batch.views
  const to = openRecord(message, OrderAdd.Bytes, RecordType.OrderAdd, batch)
  if (!storePrice(message, OrderAt.Price, f64, (to + OrderAdd.Price) >> 3)) return 0
  i32[(to + OrderAdd.ReferenceLow) >> 2] = view.getInt32((at + OrderAt.OrderLow) | 0, true)
  i32[(to + OrderAdd.ReferenceHigh) >> 2] = view.getInt32((at + OrderAt.OrderHigh) | 0, true)
  f64[(to + OrderAdd.Quantity) >> 3] = view.getUint32((at + OrderAt.Size) | 0, true)
  f64[(to + OrderAdd.SourceTime) >> 3] = message.timeNs[0]!
  i32[(to + OrderAdd.Side) >> 2] = side === BUY ? Side.Buy : Side.Sell
  i32[(to + OrderAdd.Attribution) >> 2] = 0
  batch.usedBytes = to + OrderAdd.Bytes
  return 1
}

/** A changed order keeps its id: the record replaces it by one of the same reference. */
export function writeOrderModify(message: IexMessage, batch: RecordBatch): number {
  const { view, at } = message
  const { u16, i32, f64 } = batch.views
  const to = openRecord(message, OrderReplace.Bytes, RecordType.OrderReplace, batch)
  if (!storePrice(message, OrderAt.Price, f64, (to + OrderReplace.Price) >> 3)) return 0
  const low = view.getInt32((at + OrderAt.OrderLow) | 0, true)
  const high = view.getInt32((at + OrderAt.OrderHigh) | 0, true)
  const keepsPriority = (view.getUint8((at + Common.Subtype) | 0) & MAINTAIN_PRIORITY) !== 0
  u16[(to + Header.Flags) >> 1] = keepsPriority ? FLAG_KEEPS_PRIORITY : 0
  i32[(to + OrderReplace.ReferenceLow) >> 2] = low
  i32[(to + OrderReplace.ReferenceHigh) >> 2] = high
  f64[(to + OrderReplace.Quantity) >> 3] = view.getUint32((at + OrderAt.Size) | 0, true)
  f64[(to + OrderReplace.SourceTime) >> 3] = message.timeNs[0]!
  i32[(to + OrderReplace.NewReferenceLow) >> 2] = low
  i32[(to + OrderReplace.NewReferenceHigh) >> 2] = high
  batch.usedBytes = to + OrderReplace.Bytes
  return 1
}

/** An order that is gone. */
export function writeOrderDelete(message: IexMessage, batch: RecordBatch): number {
  const { view, at } = message
  const { i32, f64 } = batch.views
  const to = openRecord(message, OrderDelete.Bytes, RecordType.OrderDelete, batch)
  i32[(to + OrderDelete.ReferenceLow) >> 2] = view.getInt32((at + OrderAt.OrderLow) | 0, true)
  i32[(to + OrderDelete.ReferenceHigh) >> 2] = view.getInt32((at + OrderAt.OrderHigh) | 0, true)
  f64[(to + OrderDelete.SourceTime) >> 3] = message.timeNs[0]!
  batch.usedBytes = to + OrderDelete.Bytes
  return 1
}

/** The price is always the trade's: it may differ from the order's. */
export function writeOrderExecuted(message: IexMessage, batch: RecordBatch): number {
  const { view, at } = message
  const { u16, i32, f64 } = batch.views
  const to = openRecord(message, OrderExecute.Bytes, RecordType.OrderExecute, batch)
  if (!storePrice(message, OrderAt.Price, f64, (to + OrderExecute.Price) >> 3)) return 0
  u16[(to + Header.Flags) >> 1] = FLAG_HAS_PRICE
  i32[(to + OrderExecute.ReferenceLow) >> 2] = view.getInt32((at + OrderAt.OrderLow) | 0, true)
  i32[(to + OrderExecute.ReferenceHigh) >> 2] = view.getInt32((at + OrderAt.OrderHigh) | 0, true)
  f64[(to + OrderExecute.Quantity) >> 3] = view.getUint32((at + OrderAt.Size) | 0, true)
  f64[(to + OrderExecute.SourceTime) >> 3] = message.timeNs[0]!
  i32[(to + OrderExecute.MatchLow) >> 2] = view.getInt32((at + ExecutedAt.TradeLow) | 0, true)
  i32[(to + OrderExecute.MatchHigh) >> 2] = view.getInt32((at + ExecutedAt.TradeHigh) | 0, true)
  batch.usedBytes = to + OrderExecute.Bytes
  return 1
}

/** The book of the message's instrument is empty from here on: by a clear-book message, or because its session is over. */
export function writeBookClear(message: IexMessage, batch: RecordBatch): number {
  const { i32, f64 } = batch.views
  const to = openRecord(message, BookClear.Bytes, RecordType.BookClear, batch)
  i32[(to + BookClear.Reason) >> 2] = BookClearReason.Reset
  i32[(to + BookClear.Sides) >> 2] = BOTH_SIDES
  f64[(to + BookClear.SourceTime) >> 3] = message.timeNs[0]!
  batch.usedBytes = to + BookClear.Bytes
  return 1
}
