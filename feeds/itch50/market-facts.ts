import {
  Header,
  Imbalance,
  PriceBand,
  PriceBandKind,
  RecordType,
  ShortSaleState,
  Statistic,
  StatisticKind,
} from '../../kernels/records/catalogue.ts'
import { beginRecord } from '../../kernels/records/views.ts'
import type { RecordBatch } from '../record-batch.ts'
import type { Itch50Counts } from './counts.ts'
import {
  BreakerLevelsAt,
  ImbalanceAt,
  IpoQuotingAt,
  ITCH50_BREAKER_EXPONENT,
  LuldCollarAt,
  OperationalHaltAt,
  RegShoAt,
  RetailInterestAt,
} from './layout.ts'
import { readI32, storeU64 } from './wire.ts'

const HALTED = 0x48
const NS_PER_SECOND = 1e9

/** What short sales may do, by the code on the wire. */
const SHORT_SALE_STATES = new Uint8Array(256)
SHORT_SALE_STATES[0x31] = ShortSaleState.Restricted
SHORT_SALE_STATES[0x32] = ShortSaleState.Remains

/** Retail interest by the code on the wire: 1 buy (B), 2 sell (S), 3 both (A), 0 none (N and anything else). */
const RETAIL_INTEREST = new Uint8Array(256)
RETAIL_INTEREST[0x42] = 1
RETAIL_INTEREST[0x53] = 2
RETAIL_INTEREST[0x41] = 3

/** The ITCH 5.0 messages that become statistics, price bands and imbalances: facts beside books, trades and states. */
export class Itch50MarketFacts {
  /** Goes into the header's `Source` of the records. */
  line = 0
  readonly #counts: Itch50Counts
  /** [0]: value of the statistic to append; a double argument may be allocated. */
  readonly #value = new Float64Array(1)

  constructor(counts: Itch50Counts) {
    this.#counts = counts
  }

  /** Y: Reg SHO short sale price test restriction. */
  shortSale(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const code = bytes[at + RegShoAt.Action]!
    this.#value[0] = SHORT_SALE_STATES[code]!
    return this.#statistic(StatisticKind.ShortSale, code, instrument, batch)
  }

  /** N: interest of retail orders in price improvement. */
  retailInterest(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const code = bytes[at + RetailInterestAt.Interest]!
    this.#value[0] = RETAIL_INTEREST[code]!
    return this.#statistic(StatisticKind.RetailInterest, code, instrument, batch)
  }

  /** h of a sister market: it does not concern this book. */
  operationalHalt(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    this.#value[0] = bytes[at + OperationalHaltAt.Action] === HALTED ? 1 : 0
    return this.#statistic(StatisticKind.OperationalHalt, bytes[at + OperationalHaltAt.Market]!, instrument, batch)
  }

  /** K: price and beginning of the quoting of an initial offering. */
  initialOffering(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const qualifier = bytes[at + IpoQuotingAt.Qualifier]!
    this.#value[0] = readI32(bytes, at + IpoQuotingAt.Price) >>> 0
    this.#statistic(StatisticKind.OfferingPrice, qualifier, instrument, batch)
    this.#value[0] = (readI32(bytes, at + IpoQuotingAt.ReleaseTime) >>> 0) * NS_PER_SECOND
    return 1 + this.#statistic(StatisticKind.OfferingRelease, qualifier, instrument, batch)
  }

  /** V: price levels of the market-wide circuit breaker. */
  breakerLevels(bytes: Uint8Array, at: number, batch: RecordBatch): number {
    storeU64(bytes, at + BreakerLevelsAt.Level1, this.#value, 0)
    this.#statistic(StatisticKind.BreakerLevel1, ITCH50_BREAKER_EXPONENT, 0, batch)
    storeU64(bytes, at + BreakerLevelsAt.Level2, this.#value, 0)
    this.#statistic(StatisticKind.BreakerLevel2, ITCH50_BREAKER_EXPONENT, 0, batch)
    storeU64(bytes, at + BreakerLevelsAt.Level3, this.#value, 0)
    return 2 + this.#statistic(StatisticKind.BreakerLevel3, ITCH50_BREAKER_EXPONENT, 0, batch)
  }

  /** J: bounds of the auction that ends a limit up, limit down pause. */
  auctionCollar(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    const { i32, f64 } = views
    beginRecord(views, to, PriceBand.Bytes, RecordType.PriceBand, instrument)
    views.u32[(to + Header.Source) >> 2] = this.line
    i32[(to + PriceBand.Kind) >> 2] = PriceBandKind.AuctionCollar
    i32[(to + PriceBand.Extension) >> 2] = readI32(bytes, at + LuldCollarAt.Extension)
    f64[(to + PriceBand.ReferencePrice) >> 3] = readI32(bytes, at + LuldCollarAt.Reference) >>> 0
    f64[(to + PriceBand.LowerPrice) >> 3] = readI32(bytes, at + LuldCollarAt.Lower) >>> 0
    f64[(to + PriceBand.UpperPrice) >> 3] = readI32(bytes, at + LuldCollarAt.Upper) >>> 0
    f64[(to + PriceBand.SourceTime) >> 3] = this.#counts.timeNs[1]!
    batch.usedBytes = to + PriceBand.Bytes
    return 1
  }

  /** I: what the auction to come would trade, and what it would leave. */
  imbalance(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    const { i32, f64 } = views
    beginRecord(views, to, Imbalance.Bytes, RecordType.Imbalance, instrument)
    views.u32[(to + Header.Source) >> 2] = this.line
    storeU64(bytes, at + ImbalanceAt.Paired, f64, (to + Imbalance.PairedQuantity) >> 3)
    storeU64(bytes, at + ImbalanceAt.Imbalance, f64, (to + Imbalance.ImbalanceQuantity) >> 3)
    f64[(to + Imbalance.FarPrice) >> 3] = readI32(bytes, at + ImbalanceAt.Far) >>> 0
    f64[(to + Imbalance.NearPrice) >> 3] = readI32(bytes, at + ImbalanceAt.Near) >>> 0
    f64[(to + Imbalance.ReferencePrice) >> 3] = readI32(bytes, at + ImbalanceAt.Reference) >>> 0
    f64[(to + Imbalance.SourceTime) >> 3] = this.#counts.timeNs[1]!
    i32[(to + Imbalance.Direction) >> 2] = bytes[at + ImbalanceAt.Direction]!
    i32[(to + Imbalance.CrossType) >> 2] = bytes[at + ImbalanceAt.CrossType]!
    i32[(to + Imbalance.Variation) >> 2] = bytes[at + ImbalanceAt.Variation]!
    i32[(to + Imbalance.Reserved) >> 2] = 0
    batch.usedBytes = to + Imbalance.Bytes
    return 1
  }

  /** Appends a statistic with the value in `#value`. */
  #statistic(kind: StatisticKind, detail: number, instrument: number, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    beginRecord(views, to, Statistic.Bytes, RecordType.Statistic, instrument)
    views.u32[(to + Header.Source) >> 2] = this.line
    views.i32[(to + Statistic.Kind) >> 2] = kind
    views.i32[(to + Statistic.Detail) >> 2] = detail
    views.f64[(to + Statistic.Value) >> 3] = this.#value[0]!
    views.f64[(to + Statistic.SourceTime) >> 3] = this.#counts.timeNs[1]!
    batch.usedBytes = to + Statistic.Bytes
    return 1
  }
}
