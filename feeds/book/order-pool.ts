import { LineAlignedBuffer } from './cache-lines.ts'

/**
 * One order of the pool: 32 bytes, half a cache line.
 *
 *      0            8        12       16       20       24       28
 *     ┌────────────┬────────┬────────┬────────┬────────┬────────┬────────┐
 *     │ quantity   │ reference       │ chain  │ level  │ later  │ earlier│
 *     │ f64        │ low u32│high u32│ i32    │ i32    │ i32    │ i32    │
 *     └────────────┴────────┴────────┴────────┴────────┴────────┴────────┘
 *
 * The members are indices of 32-bit words from slot × `Words`. `chain` links the orders of
 * one hash bucket (or the free slots); `later` and `earlier` link a level's queue. Slot 0 is "none".
 */
export enum OrderWord {
  ReferenceLow = 2,
  ReferenceHigh = 3,
  Chain = 4,
  Level = 5,
  Later = 6,
  Earlier = 7,
  Words = 8,
}

/** The same memory in doubles: the quantity is the first of a slot's four. */
export enum OrderDouble {
  Quantity = 0,
  Doubles = 4,
}

export const NO_ORDER = 0
const ORDERS_MAX = 1 << 26

/**
 * The orders of a book, found by their u64 reference.
 *
 * A chained hash table without tombstones: the bucket array holds slots, the entry is the order itself, so a look-up
 * touches one line of each. The hash keeps neighbouring references in neighbouring buckets, because venues number orders
 * upwards: adds then stream through the bucket array. Every lap around the array is shifted by a pseudo-random amount
 * that depends on the lap, so that strided references spread too. Freed slots are used again last-in first-out, while
 * their line is still in the cache.
 *
 * Bound: `capacity` orders, all allocated at construction; policy: `claim` answers 0 and the book counts the refusal.
 */
export class OrderPool {
  readonly capacity: number
  readonly words: Int32Array
  /** The same memory as doubles; an order's quantity is at slot × `OrderDouble.Doubles`. */
  readonly doubles: Float64Array
  /** Live orders. */
  live = 0
  private readonly buckets: Int32Array
  private readonly bucketBits: number
  private readonly bucketMask: number
  private freeSlot = NO_ORDER
  private usedSlots = 0

  /** @param capacity most live orders, 1 to 2^26 */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > ORDERS_MAX) {
      throw new RangeError(`a book holds 1 to ${ORDERS_MAX} orders, not ${capacity}`)
    }
    this.capacity = capacity
    const memory = new LineAlignedBuffer((capacity + 1) * OrderWord.Words * 4)
    this.words = memory.int32()
    this.doubles = memory.float64()
    // Two buckets an order: at most 50 % load.
    this.bucketBits = Math.max(4, 32 - Math.clz32(capacity * 2 - 1))
    this.bucketMask = (1 << this.bucketBits) - 1
    this.buckets = new Int32Array(1 << this.bucketBits)
  }

  /** @returns the slot of the order with this reference, or 0 */
  find(referenceLow: number, referenceHigh: number): number {
    const words = this.words
    let slot = this.buckets[this.bucketOf(referenceLow, referenceHigh)]!
    while (slot !== NO_ORDER) {
      const at = slot * OrderWord.Words
      if (
        words[at + OrderWord.ReferenceLow] === referenceLow &&
        words[at + OrderWord.ReferenceHigh] === referenceHigh
      ) {
        return slot
      }
      slot = words[at + OrderWord.Chain]!
    }
    return NO_ORDER
  }

  /**
   * Takes a slot for a reference that `find` does not know. Level, links and quantity are for the caller to set.
   * @returns the slot, or 0 when the pool is full
   */
  claim(referenceLow: number, referenceHigh: number): number {
    const words = this.words
    let slot = this.freeSlot
    if (slot !== NO_ORDER) {
      this.freeSlot = words[slot * OrderWord.Words + OrderWord.Chain]!
    } else {
      if (this.usedSlots === this.capacity) return NO_ORDER
      slot = ++this.usedSlots
    }
    const at = slot * OrderWord.Words
    const bucket = this.bucketOf(referenceLow, referenceHigh)
    words[at + OrderWord.ReferenceLow] = referenceLow
    words[at + OrderWord.ReferenceHigh] = referenceHigh
    words[at + OrderWord.Chain] = this.buckets[bucket]!
    this.buckets[bucket] = slot
    this.live++
    return slot
  }

  /** Gives a live order's slot back. */
  release(slot: number): void {
    const words = this.words
    const at = slot * OrderWord.Words
    const next = words[at + OrderWord.Chain]!
    const bucket = this.bucketOf(words[at + OrderWord.ReferenceLow]!, words[at + OrderWord.ReferenceHigh]!)
    let other = this.buckets[bucket]!
    if (other === slot) {
      this.buckets[bucket] = next
    } else {
      while (words[other * OrderWord.Words + OrderWord.Chain] !== slot) {
        other = words[other * OrderWord.Words + OrderWord.Chain]!
      }
      words[other * OrderWord.Words + OrderWord.Chain] = next
    }
    words[at + OrderWord.Level] = 0
    words[at + OrderWord.Chain] = this.freeSlot
    this.freeSlot = slot
    this.live--
  }

  /** Highest slot ever used; slots up to it with level 0 are free. */
  get slotsUsed(): number {
    return this.usedSlots
  }

  /** Writes every page, so that later use takes no page faults; the process holds the memory from then on. */
  prefault(): void {
    if (this.usedSlots > 0) return
    this.words.fill(0)
    this.buckets.fill(0)
  }

  private bucketOf(referenceLow: number, referenceHigh: number): number {
    const key = referenceLow ^ Math.imul(referenceHigh, 0x85ebca6b)
    return (key + Math.imul((key >>> this.bucketBits) ^ (referenceHigh >>> 16), 0x9e3779b1)) & this.bucketMask
  }
}
