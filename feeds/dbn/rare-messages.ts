import {
  Bar,
  Imbalance,
  PriceBand,
  PriceBandKind,
  RecordType,
  ShortSaleState,
  Stale,
  StaleReason,
  Statistic,
  StatisticKind,
  TradingState,
  TradingStatus,
} from '../../kernels/records/catalogue.ts'
import { type DbnCounts, DbnReject } from './counts.ts'
import { type DbnCursor, PriceSlot, PriceState } from './cursor.ts'
import { BarAt, GatewayAt, ImbalanceAt, RType, SideCode, StatisticsAt, StatisticsV3At, StatusAt } from './layout.ts'

const WORD = 4294967296
/** High word of a quantity that no statistic has: an undefined i64. */
const UNDEFINED_QUANTITY_HIGH = 0x7fffffff
const UNDEFINED_QUANTITY = 0x7fffffff
/** `update_action` of a statistic that is taken back. */
const STATISTIC_DELETED = 2
const YES = 0x59
const NO = 0x4e
const SELL = 0x53
/** Action of a status that changes nothing but the short sale restriction. */
const SHORT_SALE_CHANGE = 14
/** Code of an error that tells of records left out. */
const SKIPPED_RECORDS = 7
const NO_STATE = 255

/** Length of each bar's period, ns; 0 where the type does not tell. */
const PERIOD_NS = new Float64Array(256)
PERIOD_NS[RType.Bar1s] = 1e9
PERIOD_NS[RType.Bar1m] = 60e9
PERIOD_NS[RType.Bar1h] = 3600e9
PERIOD_NS[RType.Bar1d] = 86_400e9
PERIOD_NS[RType.BarEndOfDay] = 86_400e9

/** Trading states by a status record's action; those that say nothing of it are left out. */
const STATES = new Uint8Array(16).fill(NO_STATE)
for (const [action, state] of [
  [1, TradingState.PreOpen],
  [2, TradingState.Auction],
  [3, TradingState.QuotationOnly],
  [4, TradingState.Auction],
  [5, TradingState.Auction],
  [7, TradingState.Trading],
  [8, TradingState.Halted],
  [9, TradingState.Paused],
  [10, TradingState.Halted],
  [11, TradingState.PreOpen],
  [12, TradingState.Closed],
  [13, TradingState.Closed],
  [15, TradingState.Closed],
] as const) {
  STATES[action] = state
}

/** Kinds by statistic type; the others are Other, with their type in `Detail`. */
const KINDS = new Uint8Array(32).fill(StatisticKind.Other)
for (const [type, kind] of [
  [1, StatisticKind.OpeningPrice],
  [2, StatisticKind.IndicativePrice],
  [3, StatisticKind.SettlementPrice],
  [4, StatisticKind.LowPrice],
  [5, StatisticKind.HighPrice],
  [6, StatisticKind.ClearedVolume],
  [7, StatisticKind.LowestOffer],
  [8, StatisticKind.HighestBid],
  [9, StatisticKind.OpenInterest],
  [10, StatisticKind.ReferencePrice],
  [11, StatisticKind.ClosingPrice],
  [13, StatisticKind.VolumeWeightedPrice],
] as const) {
  KINDS[type] = kind
}

/** Whether a statistic's value is a quantity: cleared volume, open interest, block volume and the venues' own. */
function isQuantity(type: number): boolean {
  return type === 6 || type === 9 || type === 19 || type > 10_000
}

/**
 * The records that are a small part of a day: status, statistics, imbalances, bars, what the gateway says.
 * Source: Databento, schemas status, statistics, imbalance and ohlcv, and the enumerations of databento/dbn.
 */
export class DbnRareMessages {
  readonly #cursor: DbnCursor
  readonly #counts: DbnCounts

  constructor(cursor: DbnCursor, counts: DbnCounts) {
    this.#cursor = cursor
    this.#counts = counts
  }

  /** Decodes the record at the cursor. @returns how many records were appended */
  decode(type: number, version: number): number {
    this.#cursor.flags = 0
    switch (type) {
      case RType.Status:
        return this.#status()
      case RType.Statistics:
        return this.#statistics(version)
      case RType.Imbalance:
        return this.#imbalance()
      case RType.Error:
        return this.#error(version)
      case RType.System:
        return 0
      default:
        return this.#bar(type)
    }
  }

  #bar(type: number): number {
    const cursor = this.#cursor
    for (let slot = PriceSlot.First; slot < PriceSlot.Count; slot++) {
      // Open, high, low and close lie one after the other.
      if (cursor.readPrice(BarAt.Open + slot * 8, slot) !== PriceState.Given) {
        this.#counts.reject(type, DbnReject.BadPrice)
        return 0
      }
    }
    const to = cursor.begin(RecordType.Bar, Bar.Bytes)
    const { f64, price } = cursor
    f64[(to + Bar.OpenPrice) >> 3] = price[PriceSlot.First]!
    f64[(to + Bar.HighPrice) >> 3] = price[PriceSlot.Second]!
    f64[(to + Bar.LowPrice) >> 3] = price[PriceSlot.Third]!
    f64[(to + Bar.ClosePrice) >> 3] = price[PriceSlot.Fourth]!
    f64[(to + Bar.Volume) >> 3] = (cursor.readI32(BarAt.Volume + 4) >>> 0) * WORD + (cursor.readI32(BarAt.Volume) >>> 0)
    f64[(to + Bar.PeriodNs) >> 3] = PERIOD_NS[type]!
    f64[(to + Bar.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    return 1
  }

  #status(): number {
    const cursor = this.#cursor
    const action = cursor.readU16(StatusAt.Action)
    const state = STATES[action] ?? NO_STATE
    let records = 0
    if (state !== NO_STATE) {
      const to = cursor.begin(RecordType.TradingStatus, TradingStatus.Bytes)
      cursor.i32[(to + TradingStatus.State) >> 2] = state
      cursor.i32[(to + TradingStatus.Reason) >> 2] = 0
      writeDecimal(cursor.batch.views.u8, to + TradingStatus.Reason, cursor.readU16(StatusAt.Reason))
      cursor.f64[(to + TradingStatus.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
      records = 1
    }
    const restricted = cursor.readU8(StatusAt.IsShortSellRestricted)
    if (restricted !== YES && !(restricted === NO && action === SHORT_SALE_CHANGE)) return records
    cursor.price[PriceSlot.First] = restricted === YES ? ShortSaleState.Restricted : ShortSaleState.Unrestricted
    return records + this.#writeStatistic(StatisticKind.ShortSale, action)
  }

  #statistics(version: number): number {
    const cursor = this.#cursor
    const isWide = version >= 3
    const type = cursor.readU16(isWide ? StatisticsV3At.Type : StatisticsAt.Type)
    const update = cursor.readU8(isWide ? StatisticsV3At.UpdateAction : StatisticsAt.UpdateAction)
    if (update === STATISTIC_DELETED) return 0
    const kind = KINDS[type] ?? StatisticKind.Other
    const state = cursor.readPrice(StatisticsAt.Price, PriceSlot.First)
    if (state === PriceState.OutOfRange) {
      this.#counts.reject(RType.Statistics, DbnReject.BadPrice)
      return 0
    }
    // What has no kind of its own may be either.
    const isNumber = isQuantity(type) || (kind === StatisticKind.Other && state === PriceState.Undefined)
    const isThere = isNumber ? this.#readQuantity(isWide) : state === PriceState.Given
    return isThere ? this.#writeStatistic(kind, type) : 0
  }

  /** Reads a statistic's quantity into the first price slot. @returns false when it is undefined, or beyond a double */
  #readQuantity(isWide: boolean): boolean {
    const cursor = this.#cursor
    const low = cursor.readI32(StatisticsAt.Quantity)
    if (!isWide) {
      cursor.price[PriceSlot.First] = low
      return low !== UNDEFINED_QUANTITY
    }
    const high = cursor.readI32(StatisticsV3At.Quantity + 4)
    cursor.price[PriceSlot.First] = high * WORD + (low >>> 0)
    return high !== UNDEFINED_QUANTITY_HIGH
  }

  #imbalance(): number {
    const cursor = this.#cursor
    let state = cursor.readPrice(ImbalanceAt.ReferencePrice, PriceSlot.First)
    state |= cursor.readPrice(ImbalanceAt.ContinuousClearingPrice, PriceSlot.Second)
    state |= cursor.readPrice(ImbalanceAt.AuctionClearingPrice, PriceSlot.Third)
    if ((state & PriceState.OutOfRange) !== 0) this.#counts.reject(RType.Imbalance, DbnReject.BadPrice)
    const to = cursor.begin(RecordType.Imbalance, Imbalance.Bytes)
    const { i32, f64, price } = cursor
    const side = cursor.readU8(ImbalanceAt.Side)
    f64[(to + Imbalance.PairedQuantity) >> 3] = cursor.readI32(ImbalanceAt.PairedQuantity) >>> 0
    f64[(to + Imbalance.ImbalanceQuantity) >> 3] = cursor.readI32(ImbalanceAt.TotalImbalance) >>> 0
    f64[(to + Imbalance.FarPrice) >> 3] = price[PriceSlot.Third]!
    f64[(to + Imbalance.NearPrice) >> 3] = price[PriceSlot.Second]!
    f64[(to + Imbalance.ReferencePrice) >> 3] = price[PriceSlot.First]!
    f64[(to + Imbalance.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    i32[(to + Imbalance.Direction) >> 2] = side === SideCode.Ask ? SELL : side
    i32[(to + Imbalance.CrossType) >> 2] = cursor.readU8(ImbalanceAt.AuctionType)
    i32[(to + Imbalance.Variation) >> 2] = 0
    i32[(to + Imbalance.Reserved) >> 2] = 0
    return 1 + this.#indicativePrice() + this.#collar()
  }

  #indicativePrice(): number {
    const { price } = this.#cursor
    const state = this.#cursor.readPrice(ImbalanceAt.IndicativePrice, PriceSlot.First)
    if (state !== PriceState.Given || price[PriceSlot.First] === 0) return 0
    return this.#writeStatistic(StatisticKind.IndicativePrice, 0)
  }

  #collar(): number {
    const cursor = this.#cursor
    cursor.readPrice(ImbalanceAt.LowerCollar, PriceSlot.First)
    cursor.readPrice(ImbalanceAt.UpperCollar, PriceSlot.Second)
    return writeBand(cursor, PriceBandKind.AuctionCollar)
  }

  /** A gateway that left records out says so: no book can be trusted from here on. */
  #error(version: number): number {
    const cursor = this.#cursor
    if (version < 2 || cursor.readU8(GatewayAt.ErrorCode) !== SKIPPED_RECORDS) return 0
    cursor.instrument = 0
    const to = cursor.begin(RecordType.Stale, Stale.Bytes)
    cursor.i32[(to + Stale.Reason) >> 2] = StaleReason.SequenceGap
    cursor.i32[(to + Stale.Line) >> 2] = 0
    return 1
  }

  /** The value is in the first price slot. */
  #writeStatistic(kind: StatisticKind, detail: number): number {
    const cursor = this.#cursor
    const to = cursor.begin(RecordType.Statistic, Statistic.Bytes)
    cursor.i32[(to + Statistic.Kind) >> 2] = kind
    cursor.i32[(to + Statistic.Detail) >> 2] = detail
    cursor.f64[(to + Statistic.Value) >> 3] = cursor.price[PriceSlot.First]!
    cursor.f64[(to + Statistic.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    return 1
  }
}

/** Appends the bounds in the first (lower) and second (upper) price slot, unless there is neither. */
export function writeBand(cursor: DbnCursor, kind: PriceBandKind): number {
  const { price } = cursor
  if (price[PriceSlot.First] === 0 && price[PriceSlot.Second] === 0) return 0
  const to = cursor.begin(RecordType.PriceBand, PriceBand.Bytes)
  cursor.i32[(to + PriceBand.Kind) >> 2] = kind
  cursor.i32[(to + PriceBand.Extension) >> 2] = 0
  cursor.f64[(to + PriceBand.ReferencePrice) >> 3] = 0
  cursor.f64[(to + PriceBand.LowerPrice) >> 3] = price[PriceSlot.First]!
  cursor.f64[(to + PriceBand.UpperPrice) >> 3] = price[PriceSlot.Second]!
  cursor.f64[(to + PriceBand.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
  return 1
}

/** A number below 10,000 as decimal text; nothing for 0. */
function writeDecimal(bytes: Uint8Array, at: number, value: number): void {
  const text = value === 0 ? '' : `${value % 10_000}`
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
}
