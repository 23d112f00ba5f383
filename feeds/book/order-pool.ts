import type { BookMemory } from './book-memory.ts'

/**
 * One order: 32 bytes, half a cache line.
 *
 *      0            8        12       16       20       24       28
 *     ┌────────────┬────────┬────────┬────────┬────────┬────────┬────────┐
 *     │ quantity   │ reference       │ chain  │ level  │ later  │ earlier│
 *     │ f64        │ low u32│high u32│ i32    │ i32    │ i32    │ i32    │
 *     └────────────┴────────┴────────┴────────┴────────┴────────┴────────┘
 *
 * The members are indices of 32-bit words; the quantity is the first double. `chain` links the orders of one hash bucket
 * (or the free slots); `later` and `earlier` link a level's queue. A slot without a level is free.
 */
export enum OrderWord {
  Quantity = 0,
  ReferenceLow = 2,
  ReferenceHigh = 3,
  Chain = 4,
  Level = 5,
  Later = 6,
  Earlier = 7,
  Words = 8,
}

export const NO_ORDER = 0

/**
 * The orders of a book, found by their u64 reference.
 *
 * A chained hash table without tombstones: a bucket holds a slot, the entry is the order itself, so a look-up touches
 * one line of each. The hash keeps neighbouring references in neighbouring buckets, because venues number orders
 * upwards: adds then stream through the buckets. Every lap around them is shifted by a pseudo-random amount that
 * depends on the lap, so that strided references spread too. Freed slots are used again last-in first-out, while their
 * line is still in the cache.
 *
 * Bound: `capacity` orders; policy: `claim` answers 0 and the book counts the refusal.
 */
export class OrderPool {
  readonly capacity: number
  /** Live orders, and the most there were. */
  live = 0
  livePeak = 0
  private readonly words: Int32Array
  private readonly ordersAt: number
  private readonly bucketBits: number
  private readonly bucketMask: number
  private freeSlot = NO_ORDER
  private usedSlots = 0

  constructor(memory: BookMemory, capacity: number) {
    this.capacity = capacity
    this.words = memory.words
    this.ordersAt = memory.ordersAt
    this.bucketMask = memory.buckets - 1
    this.bucketBits = 31 - Math.clz32(memory.buckets)
  }

  /** Bucket of a reference: an index of `words`. */
  bucketOf(referenceLow: number, referenceHigh: number): number {
    const key = referenceLow ^ Math.imul(referenceHigh, 0x85ebca6b)
    return (key + Math.imul((key >>> this.bucketBits) ^ (referenceHigh >>> 16), 0x9e3779b1)) & this.bucketMask
  }

  /** @returns the slot of the order with this reference, or 0 */
  find(referenceLow: number, referenceHigh: number): number {
    const { words, ordersAt } = this
    let slot = words[this.bucketOf(referenceLow, referenceHigh)]!
    while (slot !== NO_ORDER) {
      const at = ordersAt + slot * OrderWord.Words
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
    const { words, ordersAt } = this
    let slot = this.freeSlot
    if (slot !== NO_ORDER) this.freeSlot = words[ordersAt + slot * OrderWord.Words + OrderWord.Chain]!
    else {
      if (this.usedSlots === this.capacity) return NO_ORDER
      slot = this.usedSlots + 1
      this.usedSlots = slot
    }
    const at = ordersAt + slot * OrderWord.Words
    const bucket = this.bucketOf(referenceLow, referenceHigh)
    words[at + OrderWord.ReferenceLow] = referenceLow
    words[at + OrderWord.ReferenceHigh] = referenceHigh
    words[at + OrderWord.Chain] = words[bucket]!
    words[bucket] = slot
    this.live++
    if (this.live > this.livePeak) this.livePeak = this.live
    return slot
  }

  /** Gives a live order's slot back. */
  release(slot: number): void {
    const { words, ordersAt } = this
    const at = ordersAt + slot * OrderWord.Words
    const next = words[at + OrderWord.Chain]!
    const bucket = this.bucketOf(words[at + OrderWord.ReferenceLow]!, words[at + OrderWord.ReferenceHigh]!)
    let before = bucket
    for (let other = words[bucket]!; other !== slot; other = words[before]!) {
      before = ordersAt + other * OrderWord.Words + OrderWord.Chain
    }
    words[before] = next
    words[at + OrderWord.Level] = 0
    words[at + OrderWord.Chain] = this.freeSlot
    this.freeSlot = slot
    this.live--
  }

  /** Highest slot ever used. */
  get slotsUsed(): number {
    return this.usedSlots
  }
}
