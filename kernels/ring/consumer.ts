import { Header, RecordType } from '../records/catalogue.ts'
import { RecordViews } from '../records/views.ts'
import { RingCorruptError } from './errors.ts'
import { CursorLayout, RingHeader } from './layout.ts'

/**
 * A gating consumer: reads records in place, and gives their bytes back to the producer with `release`.
 * One atomic read per drained batch, one atomic store per release.
 */
export class RingConsumer {
  /** Views over the ring's data; offsets of `next` are relative to them. */
  readonly views: RecordViews
  readonly capacityBytes: number
  #position: number
  #released: number
  #tail: number
  #lastAt = -1
  readonly #capacityWords: number
  readonly #ring: Int32Array
  readonly #cursor: Int32Array
  readonly #cursorFacts: Float64Array

  /**
   * @param ring the producer's region (mapped read-only) and the offset of the ring section
   * @param own this consumer's region and the offset of its cursor section
   */
  constructor(ring: RingPlace, own: RingPlace) {
    this.#ring = new Int32Array(ring.buffer, ring.byteOffset, RingHeader.Data >> 2)
    this.capacityBytes = this.#ring[RingHeader.CapacityBytes >> 2]!
    this.#capacityWords = this.capacityBytes >> 3
    this.views = new RecordViews(ring.buffer, ring.byteOffset + RingHeader.Data, this.capacityBytes)
    this.#cursor = new Int32Array(own.buffer, own.byteOffset, CursorLayout.Bytes >> 2)
    this.#cursorFacts = new Float64Array(own.buffer, own.byteOffset, CursorLayout.Bytes >> 3)
    this.#position = Atomics.load(this.#cursor, CursorLayout.Cursor >> 2)
    this.#released = this.#position
    this.#tail = this.#position
  }

  /**
   * Starts at the newest record: for a consumer that nobody held the ring for. The second read of the tail closes the
   * race with a producer that reckoned its room just before it could see this cursor.
   * @param epoch this consumer's epoch, at least 1
   */
  join(epoch: number): void {
    this.#setCursor(Atomics.load(this.#ring, RingHeader.Tail >> 2))
    Atomics.store(this.#cursor, CursorLayout.Epoch >> 2, epoch)
    this.#setCursor(Atomics.load(this.#ring, RingHeader.Tail >> 2))
  }

  /**
   * Goes on at the cursor that the section holds: on a fresh region the ring's first record, after a death the first
   * record that the dead consumer had not released. Only valid while that cursor was gating all along.
   */
  resume(epoch: number): void {
    Atomics.store(this.#cursor, CursorLayout.Epoch >> 2, epoch)
  }

  #setCursor(position: number): void {
    this.#position = position
    this.#released = position
    this.#tail = position
    Atomics.store(this.#cursor, CursorLayout.Cursor >> 2, position)
  }

  /** @returns the byte offset in `views` of the next record, or -1 while there is none */
  next(): number {
    if (this.#position === this.#tail) {
      this.#tail = Atomics.load(this.#ring, RingHeader.Tail >> 2)
      if (this.#position === this.#tail) return -1
    }
    let index = this.#position & (this.#capacityWords - 1)
    let words = this.views.u32[index << 1]! >> 3
    if ((this.views.u32[(index << 1) + 1]! & 0xffff) === RecordType.Padding) {
      this.#position = (this.#position + words) | 0
      if (index + words !== this.#capacityWords) this.#failCorrupt(index)
      index = 0
      words = this.views.u32[0]! >> 3
    }
    if (words < Header.Bytes >> 3 || index + words > this.#capacityWords) this.#failCorrupt(index)
    this.#position = (this.#position + words) | 0
    this.#lastAt = index << 3
    return this.#lastAt
  }

  /** Gives back everything read so far. */
  release(): void {
    if (this.#position === this.#released) return
    this.#cursorFacts[CursorLayout.Sequence >> 3] = this.views.f64[(this.#lastAt + Header.Sequence) >> 3]!
    this.#released = this.#position
    Atomics.store(this.#cursor, CursorLayout.Cursor >> 2, this.#position)
  }

  /** Where the next record will be read, in words modulo 2^32. */
  position(): number {
    return this.#position
  }

  /** Gives back only what lies before `position`: for a consumer that finishes records later than it reads them. */
  releaseTo(position: number): void {
    if (position === this.#released) return
    this.#released = position
    Atomics.store(this.#cursor, CursorLayout.Cursor >> 2, position)
  }

  /** Bytes published and not yet read here, as of the last look. */
  lagBytes(): number {
    return ((Atomics.load(this.#ring, RingHeader.Tail >> 2) - this.#position) | 0) * 8
  }

  /** Tells the producer to wake this consumer (true) or not to bother (false). */
  setWaiting(waiting: boolean): void {
    Atomics.store(this.#cursor, CursorLayout.Waiting >> 2, waiting ? 1 : 0)
  }

  #failCorrupt(index: number): never {
    throw new RingCorruptError(index << 3, this.views.u32[index << 1]!)
  }
}

/** Where a section lies. */
export interface RingPlace {
  readonly buffer: ArrayBufferLike
  readonly byteOffset: number
}
