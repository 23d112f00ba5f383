import {
  BOTH_SIDES,
  BookClear,
  type BookClearReason,
  FLAG_IMPLIED,
  Header,
  Instrument,
  LevelUpdate,
  OrderAdd,
  OrderDelete,
  OrderReplace,
  PriceBand,
  PriceBandKind,
  RecordType,
  Stale,
  type StaleReason,
  Statistic,
  Trade,
  TradeBreak,
  TradingStatus,
} from '../../kernels/records/catalogue.ts'
import { beginRecord } from '../../kernels/records/views.ts'
import type { RecordBatch } from '../record-batch.ts'

/** Doubles that the parts of the decoder hand to each other: a double that is passed or returned may be allocated. */
export enum Slot {
  Price = 0,
  Quantity = 1,
  LowerPrice = 2,
  UpperPrice = 3,
  TickSize = 4,
  /** `SourceTime` of the records. */
  SourceTime = 5,
  /** Of the packet at hand, ns since the session's epoch. */
  SendingTime = 6,
  Count = 8,
}

/** Exponent of all prices: that of the templates from 46 on; older ones are scaled to it. */
export const MDP3_PRICE_EXPONENT = -9

/** Where none is known, or it varies with the price; strategies bring their own. */
export const UNKNOWN_TICK_SIZE = 0

/** Appends records to a batch, with the flags and the line of the message at hand. */
export class RecordWriter {
  readonly values = new Float64Array(Slot.Count)
  /** The header's `Source`. */
  line = 0
  /** Header flags of every record. */
  flags = 0

  level(batch: RecordBatch, instrument: number, side: number, action: number, index: number, orders: number): void {
    const to = this.#begin(batch, RecordType.LevelUpdate, LevelUpdate.Bytes, instrument)
    const { i32, f64 } = batch.views
    i32[(to + LevelUpdate.Side) >> 2] = side
    i32[(to + LevelUpdate.Action) >> 2] = action
    f64[(to + LevelUpdate.Price) >> 3] = this.values[Slot.Price]!
    f64[(to + LevelUpdate.Quantity) >> 3] = this.values[Slot.Quantity]!
    f64[(to + LevelUpdate.SourceTime) >> 3] = this.values[Slot.SourceTime]!
    i32[(to + LevelUpdate.OrderCount) >> 2] = orders
    i32[(to + LevelUpdate.LevelIndex) >> 2] = index
  }

  orderAdd(batch: RecordBatch, instrument: number, side: number, low: number, high: number): void {
    const to = this.#begin(batch, RecordType.OrderAdd, OrderAdd.Bytes, instrument)
    const { i32, f64 } = batch.views
    i32[(to + OrderAdd.ReferenceLow) >> 2] = low
    i32[(to + OrderAdd.ReferenceHigh) >> 2] = high
    f64[(to + OrderAdd.Price) >> 3] = this.values[Slot.Price]!
    f64[(to + OrderAdd.Quantity) >> 3] = this.values[Slot.Quantity]!
    f64[(to + OrderAdd.SourceTime) >> 3] = this.values[Slot.SourceTime]!
    i32[(to + OrderAdd.Side) >> 2] = side
    i32[(to + OrderAdd.Attribution) >> 2] = 0
  }

  /** An order keeps its reference when it changes. */
  orderChange(batch: RecordBatch, instrument: number, low: number, high: number): void {
    const to = this.#begin(batch, RecordType.OrderReplace, OrderReplace.Bytes, instrument)
    const { i32, f64 } = batch.views
    i32[(to + OrderReplace.ReferenceLow) >> 2] = low
    i32[(to + OrderReplace.ReferenceHigh) >> 2] = high
    f64[(to + OrderReplace.Price) >> 3] = this.values[Slot.Price]!
    f64[(to + OrderReplace.Quantity) >> 3] = this.values[Slot.Quantity]!
    f64[(to + OrderReplace.SourceTime) >> 3] = this.values[Slot.SourceTime]!
    i32[(to + OrderReplace.NewReferenceLow) >> 2] = low
    i32[(to + OrderReplace.NewReferenceHigh) >> 2] = high
  }

  orderDelete(batch: RecordBatch, instrument: number, low: number, high: number): void {
    const to = this.#begin(batch, RecordType.OrderDelete, OrderDelete.Bytes, instrument)
    const { i32, f64 } = batch.views
    i32[(to + OrderDelete.ReferenceLow) >> 2] = low
    i32[(to + OrderDelete.ReferenceHigh) >> 2] = high
    f64[(to + OrderDelete.SourceTime) >> 3] = this.values[Slot.SourceTime]!
  }

  trade(batch: RecordBatch, instrument: number, side: number, low: number, high: number, match: number): void {
    const to = this.#begin(batch, RecordType.Trade, Trade.Bytes, instrument)
    const { i32, f64 } = batch.views
    i32[(to + Trade.ReferenceLow) >> 2] = low
    i32[(to + Trade.ReferenceHigh) >> 2] = high
    f64[(to + Trade.Price) >> 3] = this.values[Slot.Price]!
    f64[(to + Trade.Quantity) >> 3] = this.values[Slot.Quantity]!
    f64[(to + Trade.SourceTime) >> 3] = this.values[Slot.SourceTime]!
    i32[(to + Trade.MatchLow) >> 2] = match
    i32[(to + Trade.MatchHigh) >> 2] = 0
    i32[(to + Trade.Side) >> 2] = side
    i32[(to + Trade.Reserved) >> 2] = 0
  }

  tradeBreak(batch: RecordBatch, instrument: number, match: number): void {
    const to = this.#begin(batch, RecordType.TradeBreak, TradeBreak.Bytes, instrument)
    batch.views.i32[(to + TradeBreak.MatchLow) >> 2] = match
    batch.views.i32[(to + TradeBreak.MatchHigh) >> 2] = 0
    batch.views.f64[(to + TradeBreak.SourceTime) >> 3] = this.values[Slot.SourceTime]!
  }

  /**
   * @param kind StatisticKind
   * @param slot where the value is
   */
  statistic(batch: RecordBatch, instrument: number, kind: number, detail: number, slot: Slot): void {
    const to = this.#begin(batch, RecordType.Statistic, Statistic.Bytes, instrument)
    batch.views.i32[(to + Statistic.Kind) >> 2] = kind
    batch.views.i32[(to + Statistic.Detail) >> 2] = detail
    batch.views.f64[(to + Statistic.Value) >> 3] = this.values[slot]!
    batch.views.f64[(to + Statistic.SourceTime) >> 3] = this.values[Slot.SourceTime]!
  }

  /** Bounds in `LowerPrice` and `UpperPrice`. */
  priceLimits(batch: RecordBatch, instrument: number): void {
    const to = this.#begin(batch, RecordType.PriceBand, PriceBand.Bytes, instrument)
    const { i32, f64 } = batch.views
    i32[(to + PriceBand.Kind) >> 2] = PriceBandKind.PriceLimits
    i32[(to + PriceBand.Extension) >> 2] = 0
    f64[(to + PriceBand.ReferencePrice) >> 3] = 0
    f64[(to + PriceBand.LowerPrice) >> 3] = this.values[Slot.LowerPrice]!
    f64[(to + PriceBand.UpperPrice) >> 3] = this.values[Slot.UpperPrice]!
    f64[(to + PriceBand.SourceTime) >> 3] = this.values[Slot.SourceTime]!
  }

  /**
   * @param state TradingState
   * @param reason four characters of text, as a little-endian word
   */
  tradingStatus(batch: RecordBatch, instrument: number, state: number, reason: number): void {
    const to = this.#begin(batch, RecordType.TradingStatus, TradingStatus.Bytes, instrument)
    batch.views.i32[(to + TradingStatus.State) >> 2] = state
    batch.views.i32[(to + TradingStatus.Reason) >> 2] = reason
    batch.views.f64[(to + TradingStatus.SourceTime) >> 3] = this.values[Slot.SourceTime]!
  }

  bookClear(batch: RecordBatch, instrument: number, reason: BookClearReason): void {
    const to = this.#begin(batch, RecordType.BookClear, BookClear.Bytes, instrument)
    batch.views.i32[(to + BookClear.Reason) >> 2] = reason
    batch.views.i32[(to + BookClear.Sides) >> 2] = BOTH_SIDES
    batch.views.f64[(to + BookClear.SourceTime) >> 3] = this.values[Slot.SourceTime]!
  }

  stale(batch: RecordBatch, instrument: number, reason: StaleReason): void {
    const to = this.#begin(batch, RecordType.Stale, Stale.Bytes, instrument)
    batch.views.i32[(to + Stale.Reason) >> 2] = reason
    batch.views.i32[(to + Stale.Line) >> 2] = this.line
  }

  /**
   * An instrument without its texts; the tick size is in `TickSize`.
   * @param isImplied no definition of it was seen
   * @returns the record's offset, for the texts
   */
  instrument(batch: RecordBatch, instrument: number, securityId: number, isImplied: boolean): number {
    const to = this.#begin(batch, RecordType.Instrument, Instrument.Bytes, instrument)
    const { u8, u16, i32, f64 } = batch.views
    if (isImplied) u16[(to + Header.Flags) >> 1]! |= FLAG_IMPLIED
    u8.fill(0, to + Instrument.Symbol, to + Instrument.VenueLocate)
    i32[(to + Instrument.VenueLocate) >> 2] = securityId
    i32[(to + Instrument.PriceExponent) >> 2] = MDP3_PRICE_EXPONENT
    i32[(to + Instrument.QuantityExponent) >> 2] = 0
    i32[(to + Instrument.RoundLot) >> 2] = 1
    f64[(to + Instrument.TickSize) >> 3] = isImplied ? UNKNOWN_TICK_SIZE : this.values[Slot.TickSize]!
    f64[(to + Instrument.SourceTime) >> 3] = this.values[Slot.SourceTime]!
    u8.fill(0, to + Instrument.Currency, to + Instrument.Bytes)
    return to
  }

  #begin(batch: RecordBatch, type: RecordType, bytes: number, instrument: number): number {
    const { views, usedBytes: to } = batch
    beginRecord(views, to, bytes, type, instrument)
    views.u16[(to + Header.Flags) >> 1] = this.flags
    views.i32[(to + Header.Source) >> 2] = this.line
    batch.usedBytes = to + bytes
    return to
  }
}
