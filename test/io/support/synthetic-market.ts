import type { RecordBatch } from '../../../feeds/record-batch.ts'
import {
  Instrument,
  OrderAdd,
  OrderDelete,
  OrderExecute,
  RecordType,
  Side,
} from '../../../kernels/records/catalogue.ts'
import { beginRecord } from '../../../kernels/records/views.ts'
import { TestRandom } from '../../support/test-random.ts'

const INSTRUMENTS = 3

/**
 * Market records around a price of 100.00 on three instruments, many with equal times, written straight into batches:
 * what the virtual-time tests feed the I/O kernel with, at most `perFill` records at a time.
 */
export class SyntheticMarket {
  readonly progress = new Float64Array(1)
  readonly #random: TestRandom
  readonly #records: number
  readonly #perFill: number
  readonly #stepNsMax: number
  #time = 1_000_000
  #written = 0
  #reference = 0
  readonly #live: { reference: number; instrument: number; quantity: number }[] = []

  constructor(options: { seed: number; records: number; perFill?: number; stepNsMax: number }) {
    this.#random = new TestRandom(options.seed)
    this.#records = options.records
    this.#perFill = options.perFill ?? 64
    this.#stepNsMax = options.stepNsMax
  }

  fill(batch: RecordBatch): number {
    let filled = 0
    while (filled < this.#perFill && batch.hasRoom() && this.#written < this.#records) {
      this.#writeNext(batch)
      this.#written++
      filled++
    }
    return filled
  }

  facts(): never {
    throw new Error('a synthetic market has no facts')
  }

  close(): void {}

  #writeNext(batch: RecordBatch): void {
    const random = this.#random
    // Two records in three share their predecessor's nanosecond.
    if (random.below(3) === 0) this.#time += random.below(this.#stepNsMax) + 1
    if (this.#written < INSTRUMENTS) this.#writeInstrument(batch, this.#written + 1)
    else if (this.#live.length < 20 || random.below(2) === 0) this.#writeAdd(batch)
    else if (random.below(3) === 0) this.#writeExecute(batch)
    else this.#writeDelete(batch)
  }

  #begin(batch: RecordBatch, bytes: number, type: RecordType, instrument: number): number {
    const at = batch.usedBytes
    beginRecord(batch.views, at, bytes, type, instrument)
    batch.views.u8.fill(0, at + 32, at + bytes)
    batch.usedBytes += bytes
    return at
  }

  #writeInstrument(batch: RecordBatch, instrument: number): void {
    const at = this.#begin(batch, Instrument.Bytes, RecordType.Instrument, instrument)
    batch.views.u8[at + Instrument.Symbol] = 64 + instrument
    batch.views.i32[(at + Instrument.PriceExponent) >> 2] = -4
    batch.views.f64[(at + Instrument.SourceTime) >> 3] = this.#time
  }

  #writeAdd(batch: RecordBatch): void {
    const random = this.#random
    const instrument = 1 + random.below(INSTRUMENTS)
    const side = random.below(2)
    const at = this.#begin(batch, OrderAdd.Bytes, RecordType.OrderAdd, instrument)
    const distance = (1 + random.below(5)) * 100
    const quantity = (1 + random.below(5)) * 100
    const reference = ++this.#reference
    batch.views.u32[(at + OrderAdd.ReferenceLow) >> 2] = reference
    batch.views.f64[(at + OrderAdd.Price) >> 3] = 1_000_000 + (side === Side.Buy ? -distance : distance)
    batch.views.f64[(at + OrderAdd.Quantity) >> 3] = quantity
    batch.views.f64[(at + OrderAdd.SourceTime) >> 3] = this.#time
    batch.views.u32[(at + OrderAdd.Side) >> 2] = side
    this.#live.push({ reference, instrument, quantity })
  }

  #writeExecute(batch: RecordBatch): void {
    const index = this.#random.below(this.#live.length)
    const order = this.#live[index]!
    const at = this.#begin(batch, OrderExecute.Bytes, RecordType.OrderExecute, order.instrument)
    batch.views.u32[(at + OrderExecute.ReferenceLow) >> 2] = order.reference
    batch.views.f64[(at + OrderExecute.Quantity) >> 3] = order.quantity
    batch.views.f64[(at + OrderExecute.SourceTime) >> 3] = this.#time
    this.#live.splice(index, 1)
  }

  #writeDelete(batch: RecordBatch): void {
    const index = this.#random.below(this.#live.length)
    const order = this.#live[index]!
    const at = this.#begin(batch, OrderDelete.Bytes, RecordType.OrderDelete, order.instrument)
    batch.views.u32[(at + OrderDelete.ReferenceLow) >> 2] = order.reference
    batch.views.f64[(at + OrderDelete.SourceTime) >> 3] = this.#time
    this.#live.splice(index, 1)
  }
}
