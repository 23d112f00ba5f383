import { Header, RECORD_BYTES_MAX, RecordType } from '../records/catalogue.ts'
import { RecordViews } from '../records/views.ts'
import type { RingPlace } from './consumer.ts'
import { RingCorruptError } from './errors.ts'
import { RingHeader, RingMark, readRingCapacity } from './layout.ts'
import { readPublishedMark } from './marks.ts'

/** Slots of an observer's own doubles. */
enum Slot {
  /** Its position in bytes since the ring was made: tells a lap from 2^32 words. */
  PositionBytes = 0,
  /** Sequence of the last record seen or counted as lost; −1 while it is not known where the count begins. */
  Seen = 1,
  Count = 2,
}

const UNKNOWN = -1

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
  readonly #own = new Float64Array(Slot.Count)
  readonly #capacityWords: number
  readonly #ring: Int32Array
  readonly #facts: Float64Array
  readonly #data: Int32Array

  /**
   * Begins with the next record to be published.
   * @throws RingLayoutError when the section is no ring of this build
   */
  constructor(ring: RingPlace) {
    this.#capacityWords = readRingCapacity(ring.buffer, ring.byteOffset) >> 3
    this.#ring = new Int32Array(ring.buffer, ring.byteOffset, RingHeader.Data >> 2)
    this.#facts = new Float64Array(ring.buffer, ring.byteOffset, RingHeader.Data >> 3)
    this.#data = new Int32Array(ring.buffer, ring.byteOffset + RingHeader.Data, this.#capacityWords * 2)
    const { tail, publishedBytes, sequence } = readPublishedMark(this.#ring, this.#facts)
    this.#position = tail
    this.#own[Slot.PositionBytes] = publishedBytes
    this.#own[Slot.Seen] = sequence
  }

  /** Begins with sequence 1, the ring's first record: what was overwritten already counts as lost. Before the first `next`. */
  rewind(): void {
    this.#position = 0
    this.#own[Slot.PositionBytes] = 0
    this.#own[Slot.Seen] = 0
  }

  /**
   * Goes on at a position within the ring's last lap, such as the cursor of a gating consumer. What lies before is not counted.
   * @param position in words modulo 2^32
   */
  startAt(position: number): void {
    const { tail, publishedBytes } = readPublishedMark(this.#ring, this.#facts)
    this.#position = position
    this.#own[Slot.PositionBytes] = publishedBytes - ((tail - position) | 0) * 8
    this.#own[Slot.Seen] = UNKNOWN
  }

  /**
   * @returns the length of the record now in `views`, or -1 while there is none (or it was just overtaken)
   * @throws RingCorruptError when what lies there is no record
   */
  next(): number {
    const tail = Atomics.load(this.#ring, RingHeader.Tail >> 2)
    // A whole turn of the counter (2^32 words) leaves it where it was.
    if (this.#position === tail && !this.#isLapped()) return -1
    const index = this.#position & (this.#capacityWords - 1)
    const isPadding = (this.#data[(index << 1) + 1]! & 0xffff) === RecordType.Padding
    const padding = isPadding ? this.#capacityWords - index : 0
    const from = isPadding ? 0 : index << 1
    const bytes = this.#data[from]!
    const words = bytes >> 2
    const isRecord =
      (bytes & 7) === 0 && bytes >= Header.Bytes && bytes <= RECORD_BYTES_MAX && this.#hasWords(from, words)
    if (isRecord) this.#copy(from, words)
    if (this.#isOvertaken()) return this.#startAgain()
    if (!isRecord) throw new RingCorruptError(from * 4, bytes)
    this.#position = (this.#position + padding + (words >> 1)) | 0
    this.#own[Slot.PositionBytes]! += (padding + (words >> 1)) * 8
    this.#countLoss()
    return bytes
  }

  /** Bytes published and not yet read here; more than the capacity when it was overtaken. */
  lagBytes(): number {
    return readPublishedMark(this.#ring, this.#facts).publishedBytes - this.#own[Slot.PositionBytes]!
  }

  #hasWords(from: number, words: number): boolean {
    return from + words <= this.#data.length
  }

  #copy(from: number, words: number): void {
    const source = this.#data
    const target = this.views.i32
    for (let i = 0; i < words; i++) target[i] = source[from + i]!
  }

  /** Whether what was read at the position may have been overwritten meanwhile. */
  #isOvertaken(): boolean {
    const claim = Atomics.load(this.#ring, RingHeader.Claim >> 2)
    return (claim - this.#position) >>> 0 > this.#capacityWords || this.#isLapped()
  }

  /** The coarse test, in bytes that never wrap: an observer can be stopped for longer than 32-bit positions tell apart. */
  #isLapped(): boolean {
    const published = RingMark.PublishedBytes >> 3
    const limit = this.#own[Slot.PositionBytes]! + this.#capacityWords * 8
    return (
      this.#facts[(RingHeader.Mark0 >> 3) + published]! > limit ||
      this.#facts[(RingHeader.Mark1 >> 3) + published]! > limit
    )
  }

  #startAgain(): number {
    const { tail, publishedBytes, sequence } = readPublishedMark(this.#ring, this.#facts)
    this.#position = tail
    this.#own[Slot.PositionBytes] = publishedBytes
    // Without it the next record's sequence tells.
    if (sequence >= 0) this.#countUpTo(sequence)
    return -1
  }

  #countLoss(): void {
    const sequence = this.views.f64[Header.Sequence >> 3]!
    this.#countUpTo(sequence - 1)
    this.#own[Slot.Seen] = sequence
  }

  #countUpTo(sequence: number): void {
    const missed = sequence - this.#own[Slot.Seen]!
    if (missed > 0 && this.#own[Slot.Seen] !== UNKNOWN) this.lost[0]! += missed
    this.#own[Slot.Seen] = sequence
  }
}
