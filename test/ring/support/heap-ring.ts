import { Header, RecordType } from '../../../kernels/records/catalogue.ts'
import { beginRecord, type RecordViews } from '../../../kernels/records/views.ts'
import { RingConsumer } from '../../../kernels/ring/consumer.ts'
import { type GatingMember, GatingSet, viewCursor } from '../../../kernels/ring/gating.ts'
import { CursorLayout, RingHeader, ringSectionBytes } from '../../../kernels/ring/layout.ts'
import { RingObserver } from '../../../kernels/ring/observer.ts'
import { RingProducer } from '../../../kernels/ring/producer.ts'

/** A place for one consumer: its cursor section outlives it, as a region does. */
export class ConsumerSeat {
  readonly cursor = new ArrayBuffer(CursorLayout.Bytes)
  readonly words = viewCursor(this.cursor, 0)
  readonly facts = new Float64Array(this.cursor)
  readonly #ring: HeapRing
  readonly #index: number
  epoch = 0

  constructor(ring: HeapRing, index: number) {
    this.#ring = ring
    this.#index = index
  }

  set membership(least: number) {
    this.#ring.membership[this.#index] = least
  }

  /** A new consumer process takes the seat at the cursor it finds. */
  resume(): RingConsumer {
    const consumer = this.attach()
    consumer.resume(++this.epoch)
    return consumer
  }

  /** A new consumer process takes the seat at the ring's tail. */
  join(): RingConsumer {
    const consumer = this.attach()
    consumer.join(++this.epoch)
    return consumer
  }

  attach(): RingConsumer {
    return new RingConsumer(this.#ring.place, { buffer: this.cursor, byteOffset: 0 })
  }
}

/** A ring on the heap with seats for gating consumers. */
export class HeapRing {
  readonly buffer: ArrayBuffer
  readonly place: { readonly buffer: ArrayBuffer; readonly byteOffset: number }
  readonly words: Int32Array
  readonly membership: Int32Array
  readonly seats: readonly ConsumerSeat[]
  producer: RingProducer
  /** Sequence of the last record written. */
  sequence = 0

  constructor(capacityBytes: number, seats: number) {
    this.buffer = new ArrayBuffer(ringSectionBytes(capacityBytes))
    this.place = { buffer: this.buffer, byteOffset: 0 }
    this.words = new Int32Array(this.buffer)
    this.membership = new Int32Array(seats)
    this.seats = Array.from({ length: seats }, (_, index) => new ConsumerSeat(this, index))
    RingProducer.format(this.buffer, 0, capacityBytes)
    this.producer = this.attachProducer()
  }

  /** A new producer process takes the ring over. */
  attachProducer(): RingProducer {
    const members: GatingMember[] = this.seats.map((seat, index) => ({
      cursor: seat.words,
      membership: this.membership,
      index,
    }))
    this.producer = new RingProducer(this.buffer, 0, new GatingSet(members))
    return this.producer
  }

  observe(): RingObserver {
    return new RingObserver(this.place)
  }

  /** Claims and fills one record. @returns its offset, or -1 */
  write(bytes: number, reserveBytes = 0): number {
    const at = this.producer.tryClaim(bytes, reserveBytes)
    if (at >= 0) fillRecord(this.producer.views, at, bytes, ++this.sequence)
    return at
  }

  /** Claims, fills and publishes one record. @returns its offset, or -1 */
  send(bytes: number, reserveBytes = 0): number {
    const at = this.write(bytes, reserveBytes)
    this.producer.publish()
    return at
  }

  get tail(): number {
    return this.words[RingHeader.Tail >> 2]!
  }

  get claim(): number {
    return this.words[RingHeader.Claim >> 2]!
  }
}

/** Writes a record whose every payload word follows from its sequence. */
export function fillRecord(views: RecordViews, at: number, bytes: number, sequence: number): void {
  beginRecord(views, at, bytes, RecordType.Log, bytes)
  views.f64[(at + Header.Sequence) >> 3] = sequence
  for (let i = at + Header.Bytes; i < at + bytes; i += 4) views.i32[i >> 2] = payloadWord(sequence, i - at)
}

function payloadWord(sequence: number, offset: number): number {
  return Math.imul(sequence, 0x9e3779b1) ^ offset
}

/** Sequence of a record that `fillRecord` wrote. @throws when any of its words is not what was written */
export function checkRecord(views: RecordViews, at: number): number {
  const bytes = views.u32[(at + Header.Length) >> 2]!
  const sequence = views.f64[(at + Header.Sequence) >> 3]!
  if (views.u32[(at + Header.Instrument) >> 2] !== bytes) throw new Error(`record ${sequence} has a torn header`)
  for (let i = at + Header.Bytes; i < at + bytes; i += 4) {
    if (views.i32[i >> 2] !== payloadWord(sequence, i - at)) throw new Error(`record ${sequence} is torn at ${i - at}`)
  }
  return sequence
}

/** Sequences of everything that a consumer can read now, given back at the end. */
export function drain(consumer: RingConsumer): number[] {
  const sequences: number[] = []
  for (let at = consumer.next(); at >= 0; at = consumer.next()) sequences.push(checkRecord(consumer.views, at))
  consumer.release()
  return sequences
}

/** Sequences of everything that an observer can read now. */
export function look(observer: RingObserver): number[] {
  const sequences: number[] = []
  for (let bytes = observer.next(); bytes >= 0; bytes = observer.next()) sequences.push(checkRecord(observer.views, 0))
  return sequences
}

/** Whole numbers from `first` to `last`. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
}
