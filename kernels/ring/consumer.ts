import { Header, RecordType } from '../records/catalogue.ts'
import { RecordViews } from '../records/views.ts'
import { RingCorruptError } from './errors.ts'
import { CursorLayout, RingHeader, readRingCapacity } from './layout.ts'

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
   * @throws RingLayoutError when the section is no ring of this build
   */
  constructor(ring: RingPlace, own: RingPlace) {
    this.capacityBytes = readRingCapacity(ring.buffer, ring.byteOffset)
    this.#ring = new Int32Array(ring.buffer, ring.byteOffset, RingHeader.Data >> 2)
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
   * race with a producer that reckoned its room just before it could see this cursor. The membership that makes this
   * epoch count must be stored before.
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
   * @param epoch this consumer's epoch, at least 1
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

  /**
   * @returns the byte offset in `views` of the next record, or -1 while there is none
   * @throws RingCorruptError when what lies there is no record
   */
  next(): number {
    if (this.#position === this.#tail) {
      this.#tail = Atomics.load(this.#ring, RingHeader.Tail >> 2)
      if (this.#position === this.#tail) return -1
    }
    let index = this.#position & (this.#capacityWords - 1)
    if ((this.views.i32[(index << 1) + 1]! & 0xffff) === RecordType.Padding) {
      this.#skipPadding(index)
      index = 0
    }
    const words = this.views.i32[index << 1]! >> 3
    this.#position = (this.#position + words) | 0
    // A record lies within the data and before the tail, or it is none of ours.
    if (words < Header.Bytes >> 3 || ((this.#tail - this.#position) | 0) < 0 || index + words > this.#capacityWords) {
      this.#failCorrupt(index)
    }
    this.#lastAt = index << 3
    return index << 3
  }

  #skipPadding(index: number): void {
    const words = this.views.i32[index << 1]! >> 3
    if (index + words !== this.#capacityWords) this.#failCorrupt(index)
    this.#position = (this.#position + words) | 0
    // The producer claims padding together with the record behind it.
    if (((this.#tail - this.#position) | 0) <= 0) this.#failCorrupt(index)
  }

  /** Gives back everything read so far. */
  release(): void {
    this.releaseTo(this.#position)
  }

  /** Where the next record will be read, in words modulo 2^32. */
  position(): number {
    return this.#position
  }

  /**
   * Gives back only what lies before `position`: for a consumer that finishes records later than it reads them.
   * @throws RangeError unless it lies between what was given back and what was read
   */
  releaseTo(position: number): void {
    const words = (position - this.#released) | 0
    if (words === 0) return
    if (words < 0 || ((this.#position - position) | 0) < 0) this.#failRelease(position)
    // Before the cursor, so that at a death it is never behind it; of the last record read, which is still ours.
    this.#cursorFacts[CursorLayout.Sequence >> 3] = this.views.f64[(this.#lastAt + Header.Sequence) >> 3]!
    this.#released = position
    Atomics.store(this.#cursor, CursorLayout.Cursor >> 2, position)
  }

  /** Bytes published and not yet read here, as of the last look. */
  lagBytes(): number {
    return ((Atomics.load(this.#ring, RingHeader.Tail >> 2) - this.#position) | 0) * 8
  }

  #failCorrupt(index: number): never {
    throw new RingCorruptError(index << 3, this.views.u32[index << 1]!)
  }

  #failRelease(position: number): never {
    throw new RangeError(`position ${position} is not between the released ${this.#released} and ${this.#position}`)
  }
}

/** Where a section lies. */
export interface RingPlace {
  readonly buffer: ArrayBufferLike
  readonly byteOffset: number
}
