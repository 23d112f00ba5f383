import type { RecordBatch } from '../../../feeds/record-batch.ts'
import {
  BOTH_SIDES,
  BookClear,
  BookClearReason,
  FLAG_MORE,
  FLAG_SNAPSHOT,
  Header,
  Instrument,
  LevelUpdate,
  RecordType,
  Stale,
  StaleReason,
  Statistic,
  StatisticKind,
  TopOfBook,
  Trade,
} from '../../../kernels/records/catalogue.ts'
import { beginRecord } from '../../../kernels/records/views.ts'
import { TestRandom } from '../../support/test-random.ts'

const INSTRUMENTS = 3
const PRICE = 1_000_000

/**
 * Market records by price around 100.00: levels of two instruments in events of up to three records, the best prices of a
 * third, trades, statistics, and now and then a book that is lost, cleared and brought back by a snapshot.
 */
export class LevelSyntheticMarket {
  readonly progress = new Float64Array(1)
  readonly #random: TestRandom
  readonly #records: number
  readonly #stepNsMax: number
  #time = 1_000_000
  #written = 0

  constructor(options: { seed: number; records: number; stepNsMax: number }) {
    this.#random = new TestRandom(options.seed)
    this.#records = options.records
    this.#stepNsMax = options.stepNsMax
  }

  fill(batch: RecordBatch): number {
    const before = this.#written
    while (this.#written - before < 64 && batch.hasRoom() && this.#written < this.#records) {
      if (this.#random.below(3) === 0) this.#time += this.#random.below(this.#stepNsMax) + 1
      if (this.#written < INSTRUMENTS) this.#writeInstrument(batch)
      else this.#writeEvent(batch)
    }
    return this.#written - before
  }

  facts(): never {
    throw new Error('a synthetic market has no facts')
  }

  close(): void {}

  #writeEvent(batch: RecordBatch): void {
    const kind = this.#random.below(40)
    if (kind === 0) this.#writeOutage(batch)
    else if (kind < 4) this.#writeStatistic(batch)
    else if (kind < 10) this.#writeTrade(batch)
    else if (kind < 18) this.#writeTop(batch)
    else {
      const records = 1 + this.#random.below(3)
      for (let i = 1; i <= records; i++) {
        this.#writeLevel(batch, 1 + this.#random.below(2), i < records ? FLAG_MORE : 0)
      }
    }
  }

  #begin(batch: RecordBatch, bytes: number, type: RecordType, instrument: number, flags = 0): number {
    const at = batch.usedBytes
    beginRecord(batch.views, at, bytes, type, instrument)
    batch.views.u8.fill(0, at + Header.Bytes, at + bytes)
    batch.views.u16[(at + Header.Flags) >> 1] = flags
    batch.usedBytes += bytes
    this.#written++
    return at
  }

  #writeInstrument(batch: RecordBatch): void {
    const id = this.#written + 1
    const at = this.#begin(batch, Instrument.Bytes, RecordType.Instrument, id)
    batch.views.u8[at + Instrument.Symbol] = 64 + id
    batch.views.i32[(at + Instrument.PriceExponent) >> 2] = -4
    batch.views.f64[(at + Instrument.SourceTime) >> 3] = this.#time
  }

  #writeLevel(batch: RecordBatch, instrument: number, flags: number): void {
    const random = this.#random
    const side = random.below(2)
    const distance = (random.below(6) - 1) * 100
    const at = this.#begin(batch, LevelUpdate.Bytes, RecordType.LevelUpdate, instrument, flags)
    batch.views.u32[(at + LevelUpdate.Side) >> 2] = side
    batch.views.f64[(at + LevelUpdate.Price) >> 3] = PRICE + (side === 0 ? -distance : distance)
    batch.views.f64[(at + LevelUpdate.Quantity) >> 3] = random.below(4) * 100
    batch.views.f64[(at + LevelUpdate.SourceTime) >> 3] = this.#time
  }

  #writeTop(batch: RecordBatch): void {
    const random = this.#random
    const at = this.#begin(batch, TopOfBook.Bytes, RecordType.TopOfBook, 3)
    batch.views.f64[(at + TopOfBook.BidPrice) >> 3] = PRICE - random.below(3) * 100
    batch.views.f64[(at + TopOfBook.BidQuantity) >> 3] = random.below(5) * 100
    batch.views.f64[(at + TopOfBook.AskPrice) >> 3] = PRICE + random.below(3) * 100
    batch.views.f64[(at + TopOfBook.AskQuantity) >> 3] = random.below(5) * 100
    batch.views.f64[(at + TopOfBook.SourceTime) >> 3] = this.#time
  }

  #writeTrade(batch: RecordBatch): void {
    const random = this.#random
    const at = this.#begin(batch, Trade.Bytes, RecordType.Trade, 1 + random.below(INSTRUMENTS))
    batch.views.f64[(at + Trade.Price) >> 3] = PRICE + (random.below(7) - 3) * 100
    batch.views.f64[(at + Trade.Quantity) >> 3] = (1 + random.below(5)) * 100
    batch.views.f64[(at + Trade.SourceTime) >> 3] = this.#time
  }

  #writeStatistic(batch: RecordBatch): void {
    const at = this.#begin(batch, Statistic.Bytes, RecordType.Statistic, this.#random.below(INSTRUMENTS + 1))
    batch.views.u32[(at + Statistic.Kind) >> 2] = StatisticKind.TotalVolume
    batch.views.f64[(at + Statistic.Value) >> 3] = this.#written
    batch.views.f64[(at + Statistic.SourceTime) >> 3] = this.#time
  }

  /** The book of an instrument, or all of them, is lost; a snapshot of a few levels brings it back. */
  #writeOutage(batch: RecordBatch): void {
    const instrument = this.#random.below(3)
    this.#writeStale(batch, instrument, StaleReason.SequenceGap)
    for (let i = this.#random.below(3); i > 0; i--) this.#writeLevel(batch, 1 + this.#random.below(2), 0)
    const at = this.#begin(batch, BookClear.Bytes, RecordType.BookClear, instrument)
    batch.views.u32[(at + BookClear.Reason) >> 2] = BookClearReason.Snapshot
    batch.views.u32[(at + BookClear.Sides) >> 2] = BOTH_SIDES
    batch.views.f64[(at + BookClear.SourceTime) >> 3] = this.#time
    for (let i = 0; i < 4; i++) this.#writeLevel(batch, instrument === 0 ? 1 + (i & 1) : instrument, FLAG_SNAPSHOT)
    this.#writeStale(batch, instrument, StaleReason.Recovered)
  }

  #writeStale(batch: RecordBatch, instrument: number, reason: StaleReason): void {
    const at = this.#begin(batch, Stale.Bytes, RecordType.Stale, instrument)
    batch.views.u32[(at + Stale.Reason) >> 2] = reason
  }
}
