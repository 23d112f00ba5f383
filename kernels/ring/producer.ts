import { Header } from '../records/catalogue.ts'
import { RecordViews } from '../records/views.ts'
import type { GatingSet } from './gating.ts'
import { assertRingCapacity, PADDING_BYTES_MIN, RING_LAYOUT_VERSION, RingHeader } from './layout.ts'

/** How often the claim moves: once per this fraction of the ring, so that its atomic store is not paid per record. */
const CLAIM_STEPS_PER_LAP = 16

/**
 * The one writer of a ring. Claim, fill in, publish: a record becomes visible with the atomic store of the tail, one
 * for each record or batch. Nothing blocks: without room `tryClaim` answers -1.
 *
 * Bound: the capacity. Policy: gating consumers hold the producer back (the caller decides what to do meanwhile and
 * `claimsRefused` counts), observers are overtaken.
 */
export class RingProducer {
  /** Views over the ring's data; offsets of `tryClaim` are relative to them. */
  readonly views: RecordViews
  readonly capacityBytes: number
  /** Claims that found no room. */
  claimsRefused = 0
  /** Positions in words modulo 2^32: published, claimed by us, first word not ours, claim shown to observers. */
  #tail: number
  #head: number
  #limit: number
  #claim: number
  #lastAt = -1
  readonly #capacityWords: number
  readonly #words: Int32Array
  readonly #facts: Float64Array
  readonly #gating: GatingSet

  /**
   * Attaches to a formatted ring section; a new owner of the region goes on where the last one's tail stands, and what
   * that owner had claimed but not published is overwritten.
   * @param buffer the producer's own region
   * @param byteOffset of the ring section
   */
  constructor(buffer: ArrayBufferLike, byteOffset: number, gating: GatingSet) {
    this.#words = new Int32Array(buffer, byteOffset, RingHeader.Data >> 2)
    this.#facts = new Float64Array(buffer, byteOffset, RingHeader.Data >> 3)
    this.capacityBytes = this.#words[RingHeader.CapacityBytes >> 2]!
    assertRingCapacity(this.capacityBytes)
    this.#capacityWords = this.capacityBytes >> 3
    this.views = new RecordViews(buffer, byteOffset + RingHeader.Data, this.capacityBytes)
    this.#gating = gating
    this.#tail = Atomics.load(this.#words, RingHeader.Tail >> 2)
    this.#claim = Atomics.load(this.#words, RingHeader.Claim >> 2)
    this.#head = this.#tail
    this.#limit = this.#tail
  }

  /** Writes the header of a fresh ring section. Its bytes must be zero. */
  static format(buffer: ArrayBufferLike, byteOffset: number, capacityBytes: number): void {
    assertRingCapacity(capacityBytes)
    const words = new Int32Array(buffer, byteOffset, RingHeader.Data >> 2)
    words[RingHeader.CapacityBytes >> 2] = capacityBytes
    words[RingHeader.LayoutVersion >> 2] = RING_LAYOUT_VERSION
  }

  /**
   * Room for one record.
   * @param bytes the record's length, a multiple of 8
   * @param reserveBytes room that must stay free behind it: the slice kept for records that may not be held back
   * @returns the record's byte offset in `views`, or -1 while there is no room
   */
  tryClaim(bytes: number, reserveBytes: number): number {
    const words = bytes >> 3
    const index = this.#head & (this.#capacityWords - 1)
    const toEnd = this.#capacityWords - index
    const padding = words > toEnd ? toEnd : 0
    const needed = words + padding + (reserveBytes >> 3)
    if (((this.#limit - this.#head) | 0) < needed && !this.#refresh(needed)) return -1
    const end = (this.#head + padding + words) | 0
    if (((end - this.#claim) | 0) > 0) this.#moveClaim(end)
    if (padding !== 0) {
      this.#pad(index, padding)
      this.#lastAt = 0
      this.#head = end
      return 0
    }
    this.#head = end
    this.#lastAt = index << 3
    return this.#lastAt
  }

  /** Makes everything claimed so far visible, by one atomic store. */
  publish(): void {
    if (this.#head === this.#tail) return
    const published = (this.#head - this.#tail) | 0
    this.#facts[RingHeader.PublishedBytes >> 3]! += published * 8
    this.#facts[RingHeader.LastSequence >> 3] = this.views.f64[(this.#lastAt + Header.Sequence) >> 3]!
    this.#tail = this.#head
    Atomics.store(this.#words, RingHeader.Tail >> 2, this.#tail)
  }

  /** Bytes that can be claimed now, reading the consumers' cursors afresh. */
  freeBytes(): number {
    this.#refresh(0)
    return ((this.#limit - this.#head) | 0) * 8
  }

  /** Whether `bytes` are free, padding at the ring's end included in the caller's reckoning. */
  hasFree(bytes: number): boolean {
    const needed = bytes >> 3
    return ((this.#limit - this.#head) | 0) >= needed || this.#refresh(needed)
  }

  /** Bytes published and not yet released by the slowest gating consumer. */
  heldBytes(): number {
    return this.capacityBytes - this.freeBytes()
  }

  /** Position behind the last claimed record, in words modulo 2^32. */
  headPosition(): number {
    return this.#head
  }

  /** Position of the published tail, in words modulo 2^32. */
  tailPosition(): number {
    return this.#tail
  }

  #refresh(neededWords: number): boolean {
    const slowest = this.#gating.slowest(this.#tail)
    this.#limit = (slowest + this.#capacityWords) | 0
    if (((this.#limit - this.#head) | 0) >= neededWords) return true
    this.claimsRefused++
    return false
  }

  #moveClaim(end: number): void {
    const step = (this.#capacityWords / CLAIM_STEPS_PER_LAP) | 0
    this.#claim = (end + step) | 0
    Atomics.store(this.#words, RingHeader.Claim >> 2, this.#claim)
  }

  #pad(index: number, words: number): void {
    const at = index << 3
    if (words * 8 < PADDING_BYTES_MIN) throw new RangeError('ring: positions are out of step with 8-byte words')
    this.views.u32[at >> 2] = words * 8
    this.views.u32[(at + Header.Type) >> 2] = 0
  }
}
