import { Header } from '../records/catalogue.ts'
import { RecordViews } from '../records/views.ts'
import type { GatingSet } from './gating.ts'
import { assertRingCapacity, RING_LAYOUT_VERSION, RingHeader, RingMark, readRingCapacity } from './layout.ts'
import { readPublishedMark } from './marks.ts'

/** How often the claim moves: once per this fraction of the ring, so that its atomic store is not paid per record. */
const CLAIM_STEPS_PER_LAP = 16

/** Turns the index of one mark into that of the other. */
const OTHER_MARK = (RingHeader.Mark0 ^ RingHeader.Mark1) >> 3

/** Bits that no record length less its header has: the sign, and what is not a multiple of 8. */
const WRONG_LENGTH_BITS = 0x80000007 | 0

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
  /** Positions in words modulo 2^32: published, claimed by us, first word not ours, claim shown to observers. */
  #tail: number
  #head: number
  #limit: number
  #claim: number
  #lastAt = -1
  /** Index, as a double of the section, of the mark that agrees with the tail. */
  #mark: number
  readonly #capacityWords: number
  readonly #words: Int32Array
  readonly #facts: Float64Array
  readonly #gating: GatingSet
  /** [0]: claims that found no room. */
  readonly #refused = new Float64Array(1)

  /**
   * Attaches to a formatted ring section; a new owner of the region goes on where the last one's tail stands, and what
   * that owner had claimed but not published is overwritten.
   * @param buffer the producer's own region
   * @param byteOffset of the ring section
   * @throws RingLayoutError when the section is no ring of this build
   */
  constructor(buffer: ArrayBufferLike, byteOffset: number, gating: GatingSet) {
    this.capacityBytes = readRingCapacity(buffer, byteOffset)
    this.#capacityWords = this.capacityBytes >> 3
    this.#words = new Int32Array(buffer, byteOffset, RingHeader.Data >> 2)
    this.#facts = new Float64Array(buffer, byteOffset, RingHeader.Data >> 3)
    this.views = new RecordViews(buffer, byteOffset + RingHeader.Data, this.capacityBytes)
    this.#gating = gating
    const { tail, publishedBytes, markAt } = readPublishedMark(this.#words, this.#facts)
    this.#tail = tail
    // An earlier owner may have written ahead, up to its claim: observers must go on distrusting those words.
    this.#claim = Atomics.load(this.#words, RingHeader.Claim >> 2)
    this.#head = this.#tail
    this.#limit = this.#tail
    this.#mark = markAt
    if (markAt < 0) throw new RangeError(`ring: no mark agrees with the tail at ${publishedBytes}: two producers`)
  }

  /** Writes the header of a fresh ring section. Its bytes must be zero. */
  static format(buffer: ArrayBufferLike, byteOffset: number, capacityBytes: number): void {
    assertRingCapacity(capacityBytes)
    const words = new Int32Array(buffer, byteOffset, RingHeader.Data >> 2)
    words[RingHeader.CapacityBytes >> 2] = capacityBytes
    words[RingHeader.LayoutVersion >> 2] = RING_LAYOUT_VERSION
  }

  /**
   * Room for one record. What is claimed must be filled in before the next `publish`, with this length in its header.
   * @param bytes the record's length, a multiple of 8, at least a header
   * @param reserveBytes room that must stay free behind it: the slice kept for records that may not be held back. Those
   *   records' own padding at the ring's end counts: n of at most b bytes need (n + 1) × b.
   * @returns the record's byte offset in `views`, or -1 while there is no room
   * @throws RangeError for a length that no record has, and when the ring is too small for it ever to fit
   */
  tryClaim(bytes: number, reserveBytes: number): number {
    if (((bytes - Header.Bytes) & WRONG_LENGTH_BITS) !== 0) this.#failLength(bytes)
    const words = bytes >> 3
    const index = this.#head & (this.#capacityWords - 1)
    const toEnd = this.#capacityWords - index
    const padding = words > toEnd ? toEnd : 0
    const needed = words + padding + (reserveBytes >> 3)
    if (((this.#limit - this.#head) | 0) < needed && !this.#findRoom(needed)) return -1
    const end = (this.#head + padding + words) | 0
    if (((end - this.#claim) | 0) > 0) this.#moveClaim(end)
    this.#head = end
    if (padding !== 0) return this.#pad(index, padding)
    this.#lastAt = index << 3
    return index << 3
  }

  /** Makes everything claimed so far visible, by one atomic store. */
  publish(): void {
    const head = this.#head
    const words = (head - this.#tail) | 0
    if (words === 0) return
    const facts = this.#facts
    const mark = this.#mark ^ OTHER_MARK
    facts[mark] = this.views.f64[(this.#lastAt + Header.Sequence) >> 3]!
    facts[mark + (RingMark.PublishedBytes >> 3)] = facts[this.#mark + (RingMark.PublishedBytes >> 3)]! + words * 8
    this.#mark = mark
    this.#tail = head
    Atomics.store(this.#words, RingHeader.Tail >> 2, head)
  }

  /** Bytes that can be claimed now, reading the consumers' cursors afresh. Padding at the ring's end is the caller's to reckon with. */
  freeBytes(): number {
    this.#refresh()
    return Math.max(0, (this.#limit - this.#head) | 0) * 8
  }

  /** Whether `bytes` are free, padding at the ring's end included in the caller's reckoning. */
  hasFree(bytes: number): boolean {
    const needed = bytes >> 3
    if (((this.#limit - this.#head) | 0) >= needed) return true
    this.#refresh()
    return ((this.#limit - this.#head) | 0) >= needed
  }

  /** Bytes claimed and not yet released by the slowest gating consumer. */
  heldBytes(): number {
    return this.capacityBytes - this.freeBytes()
  }

  /** Claims that found no room. */
  get claimsRefused(): number {
    return this.#refused[0]!
  }

  /** Sequence of the last published record, of an earlier owner too; 0 for none. */
  get publishedSequence(): number {
    return this.#facts[this.#mark]!
  }

  /** Bytes published since the ring was made, padding included. */
  get publishedBytes(): number {
    return this.#facts[this.#mark + (RingMark.PublishedBytes >> 3)]!
  }

  /** Position behind the last claimed record, in words modulo 2^32. */
  headPosition(): number {
    return this.#head
  }

  /** Position of the published tail, in words modulo 2^32. */
  tailPosition(): number {
    return this.#tail
  }

  #refresh(): void {
    this.#limit = (this.#gating.slowest(this.#tail) + this.#capacityWords) | 0
  }

  #findRoom(neededWords: number): boolean {
    this.#refresh()
    if (((this.#limit - this.#head) | 0) >= neededWords) return true
    if (neededWords > this.#capacityWords) this.#failCapacity(neededWords * 8)
    this.#refused[0]!++
    return false
  }

  #moveClaim(end: number): void {
    const step = (this.#capacityWords / CLAIM_STEPS_PER_LAP) | 0
    this.#claim = (end + step) | 0
    Atomics.store(this.#words, RingHeader.Claim >> 2, this.#claim)
  }

  #pad(index: number, words: number): number {
    this.views.u32[index << 1] = words * 8
    this.views.u32[(index << 1) + 1] = 0
    this.#lastAt = 0
    return 0
  }

  #failLength(bytes: number): never {
    throw new RangeError(`a record is a multiple of 8 bytes from ${Header.Bytes} on, not ${bytes}`)
  }

  #failCapacity(neededBytes: number): never {
    throw new RangeError(
      `record, reserve and padding of ${neededBytes} bytes never fit a ring of ${this.capacityBytes}: make it larger`,
    )
  }
}
