import { Header, RECORD_BYTES_MAX, RecordType } from '../records/catalogue.ts'
import { RecordViews } from '../records/views.ts'
import type { RingPlace } from './consumer.ts'
import { RingHeader } from './layout.ts'

/**
 * Reads a ring without ever holding its producer back. A record is copied out first and believed only if the
 * producer's claim had not reached it by then; otherwise the observer starts again at the tail. What was overtaken is
 * counted by the sequences on both sides, exactly, on rings whose sequences have no gaps.
 */
export class RingObserver {
  /** The record that `next` copied out, at offset 0. */
  readonly views = new RecordViews(new ArrayBuffer(RECORD_BYTES_MAX))
  /** Records that were overtaken; [0] is the count, kept as a double. */
  readonly lost = new Float64Array(1)
  #position: number
  /** [0]: sequence of the last record seen, 0 before the first. */
  readonly #seen = new Float64Array(1)
  readonly #capacityWords: number
  readonly #ring: Int32Array
  readonly #data: Int32Array

  constructor(ring: RingPlace) {
    this.#ring = new Int32Array(ring.buffer, ring.byteOffset, RingHeader.Data >> 2)
    this.#capacityWords = this.#ring[RingHeader.CapacityBytes >> 2]! >> 3
    this.#data = new Int32Array(ring.buffer, ring.byteOffset + RingHeader.Data, this.#capacityWords * 2)
    this.#position = Atomics.load(this.#ring, RingHeader.Tail >> 2)
  }

  /** Starts from the ring's first word: right for a ring that has not lapped yet, counted as loss otherwise. */
  rewind(): void {
    this.#position = 0
  }

  /** @returns the length of the record now in `views`, or -1 while there is none (or it was just overtaken) */
  next(): number {
    const tail = Atomics.load(this.#ring, RingHeader.Tail >> 2)
    if (this.#position === tail) return -1
    if (this.#overtaken()) return this.#startAgain()
    let index = this.#position & (this.#capacityWords - 1)
    if ((this.#data[(index << 1) + 1]! & 0xffff) === RecordType.Padding) {
      const padding = this.#data[index << 1]! >> 3
      if (this.#overtaken()) return this.#startAgain()
      this.#position = (this.#position + padding) | 0
      if (this.#position === tail) return -1
      index = 0
    }
    const length = this.#data[index << 1]!
    if (length < Header.Bytes || length > RECORD_BYTES_MAX || (length & 7) !== 0) return this.#startAgain()
    const from = index << 1
    const words = length >> 2
    if (from + words > this.#data.length) return this.#startAgain()
    for (let i = 0; i < words; i++) this.views.i32[i] = this.#data[from + i]!
    if (this.#overtaken()) return this.#startAgain()
    this.#position = (this.#position + (length >> 3)) | 0
    this.#countLoss()
    return length
  }

  #overtaken(): boolean {
    const claim = Atomics.load(this.#ring, RingHeader.Claim >> 2)
    return ((claim - this.#position) | 0) > this.#capacityWords
  }

  #startAgain(): number {
    this.#position = Atomics.load(this.#ring, RingHeader.Tail >> 2)
    return -1
  }

  #countLoss(): void {
    const sequence = this.views.f64[Header.Sequence >> 3]!
    const missed = sequence - this.#seen[0]! - 1
    if (missed > 0 && this.#seen[0]! > 0) this.lost[0]! += missed
    this.#seen[0] = sequence
  }
}
