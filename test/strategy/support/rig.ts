import { Header } from '../../../kernels/records/catalogue.ts'
import { decodeRecord, encodeRecord, type PlainRecord } from '../../../kernels/records/codec.ts'
import { copyRecord } from '../../../kernels/records/copy.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { RingConsumer } from '../../../kernels/ring/consumer.ts'
import { GatingSet, viewCursor } from '../../../kernels/ring/gating.ts'
import { CursorLayout, ringSectionBytes } from '../../../kernels/ring/layout.ts'
import { RingProducer } from '../../../kernels/ring/producer.ts'
import { OutboundWriter, type PublishedOutbound } from '../../../kernels/strategy/outbound.ts'
import { StepEnd, StrategyStepper } from '../../../kernels/strategy/stepper.ts'
import { StrategyKernel, type StrategyKernelOptions } from '../../../kernels/strategy/strategy-kernel.ts'

/** A ring on the heap with one gating consumer. */
export class HeapRing {
  readonly producer: RingProducer
  readonly consumer: RingConsumer

  constructor(capacityBytes: number) {
    const buffer = new ArrayBuffer(ringSectionBytes(capacityBytes))
    const cursor = new ArrayBuffer(CursorLayout.Bytes)
    RingProducer.format(buffer, 0, capacityBytes)
    const members = [{ cursor: viewCursor(cursor, 0), membership: new Int32Array([1]), index: 0 }]
    this.producer = new RingProducer(buffer, 0, new GatingSet(members))
    this.consumer = new RingConsumer({ buffer, byteOffset: 0 }, { buffer: cursor, byteOffset: 0 })
    this.consumer.resume(1)
  }
}

/** Inbound records, sequenced from 1, one after the other in memory. */
export class InboundScript {
  readonly views: RecordViews
  readonly offsets: number[] = []
  #at = 0

  constructor(capacityBytes = 1 << 22) {
    this.views = new RecordViews(new ArrayBuffer(capacityBytes))
  }

  add(plain: PlainRecord): this {
    const record = { ...plain, sequence: this.offsets.length + 1 }
    this.offsets.push(this.#at)
    this.#at += encodeRecord(record, this.views, this.#at)
    return this
  }

  start(seed = 7): this {
    return this.add({ record: 'sessionStart', time: 0, seed: String(seed), catalogueVersion: 1, strategyCount: 1 })
  }

  instrument(id: number, symbol: string, time = 0): this {
    const facts = { priceExponent: -4, roundLot: 100, tickSize: 100, currency: 'USD' }
    return this.add({ record: 'instrument', instrument: id, time, symbol, ...facts })
  }

  order(id: number, side: number, price: number, quantity: number, reference: number, time: number): this {
    const fields = { side, price, quantity, reference: String(reference), sourceTime: time }
    return this.add({ record: 'orderAdd', instrument: id, time, ...fields })
  }

  get bytes(): number {
    return this.#at
  }
}

export interface RigOptions extends Partial<Omit<StrategyKernelOptions, 'strategies' | 'outbound'>> {
  readonly outboundBytes?: number
  readonly published?: PublishedOutbound
}

export const BOOK_LIMITS = { instrumentsMax: 64, ordersMax: 4096, levelsMax: 4096 }

/** A strategy kernel over two rings on the heap. */
export class Rig {
  readonly inbound = new HeapRing(1 << 20)
  readonly outbound: HeapRing
  readonly kernel: StrategyKernel
  readonly stepper: StrategyStepper
  /** Outbound records so far, as bytes and as objects. */
  readonly bytes: Uint8Array[] = []
  readonly records: PlainRecord[] = []

  constructor(plans: StrategyKernelOptions['strategies'], options: RigOptions = {}) {
    const { outboundBytes = 1 << 20, published, ...rest } = options
    this.outbound = new HeapRing(outboundBytes)
    const outbound = new OutboundWriter(this.outbound.producer, published)
    this.kernel = new StrategyKernel({ bookLimits: BOOK_LIMITS, ...rest, strategies: plans, outbound })
    this.stepper = new StrategyStepper(this.kernel, this.inbound.consumer)
  }

  /** Publishes one record of a script. @returns false without room */
  publish(script: InboundScript, index: number): boolean {
    const at = script.offsets[index]!
    const length = script.views.u32[at >> 2]!
    const to = this.inbound.producer.tryClaim(length, 0)
    if (to < 0) return false
    copyRecord(script.views, at, this.inbound.producer.views, to, length)
    this.inbound.producer.publish()
    return true
  }

  /** Runs a whole script, draining outbound records as they come. */
  run(script: InboundScript, budget = 64): this {
    for (let index = 0; index < script.offsets.length; ) {
      while (index < script.offsets.length && this.publish(script, index)) index++
      this.settle(budget)
    }
    return this
  }

  settle(budget = 64): void {
    for (;;) {
      const done = this.stepper.step(budget)
      this.drain()
      if (done === 0 && this.stepper.end !== StepEnd.Blocked) return
    }
  }

  drain(): void {
    const { consumer } = this.outbound
    for (let at = consumer.next(); at >= 0; at = consumer.next()) {
      const length = consumer.views.u32[(at + Header.Length) >> 2]!
      this.bytes.push(consumer.views.u8.slice(at, at + length))
      this.records.push(decodeRecord(consumer.views, at))
    }
    consumer.release()
  }

  /** All outbound bytes as one hexadecimal text. */
  get hex(): string {
    return Buffer.concat(this.bytes).toString('hex')
  }

  of(record: string): PlainRecord[] {
    return this.records.filter((candidate) => candidate.record === record)
  }

  /** Texts of the log records. */
  get logs(): string[] {
    return this.of('log').map((record) => String(record.text))
  }
}
