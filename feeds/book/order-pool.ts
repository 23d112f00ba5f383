import { type BookMemory, CELL_SHIFT } from './book-memory.ts'

/**
 * One order: a cell of 32 bytes, half a cache line.
 *
 *      0            8        12       16       20       24       28
 *     ┌────────────┬────────┬────────┬────────┬────────┬────────┬────────┐
 *     │ quantity   │ reference       │ chain  │ level  │ later  │ earlier│
 *     │ f64        │ low u32│high u32│ i32    │ i32    │ i32    │ i32    │
 *     └────────────┴────────┴────────┴────────┴────────┴────────┴────────┘
 *
 * The members are indices of 32-bit words; the quantity is the first double. `chain` leads from a home to the orders
 * that found it taken; `later` and `earlier` link a level's queue. A cell without a level holds no order.
 */
export enum OrderWord {
  Quantity = 0,
  ReferenceLow = 2,
  ReferenceHigh = 3,
  Chain = 4,
  Level = 5,
  Later = 6,
  Earlier = 7,
}

export const NO_ORDER = 0

/**
 * The orders of a book, found by their u64 reference.
 *
 * Every reference has a home cell. The order lies in it, or, when it came while the home was taken, in a cell of its own
 * that hangs in the home's chain; it stays where it is, and a home left empty keeps its chain. So most look-ups, and
 * the check of an add against duplicates, touch one cache line, and there are no tombstones. The hash keeps
 * neighbouring references in neighbouring homes, because venues number orders upwards: adds then stream through memory.
 * Every lap around the homes is shifted by a pseudo-random amount that depends on the lap, so that strided references
 * spread too.
 *
 * Bound: `capacity` orders; policy: `claim` answers 0 and the book counts the refusal.
 */
export class OrderPool {
  readonly capacity: number
  /** Highest order slot there can be. */
  readonly slotMax: number
  /** Live orders, and the most there were. */
  live = 0
  livePeak = 0
  private readonly words: Int32Array
  private readonly homeBits: number
  private readonly homeMask: number
  private readonly homes: number
  private freeSlot = NO_ORDER
  private nextSlot: number

  constructor(memory: BookMemory, capacity: number) {
    this.capacity = capacity
    this.words = memory.words
    this.homes = memory.homes
    this.homeMask = memory.homes - 1
    this.homeBits = 31 - Math.clz32(memory.homes)
    this.nextSlot = memory.firstMoreOrder
    this.slotMax = memory.firstMoreOrder + capacity - 1
  }

  /** The home cell of a reference. */
  homeOf(referenceLow: number, referenceHigh: number): number {
    const key = referenceLow ^ Math.imul(referenceHigh, 0x85ebca6b)
    const lap = (key >>> this.homeBits) ^ (referenceHigh >>> 16)
    return (((key + Math.imul(lap, 0x9e3779b1)) | 0) & this.homeMask) + 1
  }

  /** @returns the slot of the order with this reference, or 0 */
  find(referenceLow: number, referenceHigh: number): number {
    const { words } = this
    const home = this.homeOf(referenceLow, referenceHigh)
    const at = home << CELL_SHIFT
    if (
      words[at | OrderWord.ReferenceLow] === referenceLow &&
      words[at | OrderWord.ReferenceHigh] === referenceHigh &&
      words[at | OrderWord.Level] !== 0
    ) {
      return home
    }
    const chain = words[at | OrderWord.Chain]!
    return chain === NO_ORDER ? NO_ORDER : this.findChained(chain, referenceLow, referenceHigh)
  }

  private findChained(chain: number, referenceLow: number, referenceHigh: number): number {
    const { words } = this
    for (let slot = chain; slot !== NO_ORDER; slot = words[(slot << CELL_SHIFT) | OrderWord.Chain]!) {
      const at = slot << CELL_SHIFT
      if (
        words[at | OrderWord.ReferenceLow] === referenceLow &&
        words[at | OrderWord.ReferenceHigh] === referenceHigh
      ) {
        return slot
      }
    }
    return NO_ORDER
  }

  /**
   * Takes a cell for a reference that `find` does not know. Level, links and quantity are for the caller to set, the level
   * at once.
   * @returns the slot, or 0 when the pool is full
   */
  claim(referenceLow: number, referenceHigh: number): number {
    const { words } = this
    if (this.live === this.capacity) return NO_ORDER
    const home = this.homeOf(referenceLow, referenceHigh)
    let at = home << CELL_SHIFT
    let slot = home
    if (words[at | OrderWord.Level] !== 0) {
      slot = this.chainTo(at)
      at = slot << CELL_SHIFT
    }
    words[at | OrderWord.ReferenceLow] = referenceLow
    words[at | OrderWord.ReferenceHigh] = referenceHigh
    this.live++
    if (this.live > this.livePeak) this.livePeak = this.live
    return slot
  }

  /** Hangs a free cell into the chain of a taken home. */
  private chainTo(homeAt: number): number {
    const { words } = this
    let slot = this.freeSlot
    if (slot !== NO_ORDER) this.freeSlot = words[(slot << CELL_SHIFT) | OrderWord.Chain]!
    else {
      slot = this.nextSlot
      this.nextSlot = slot + 1
    }
    words[(slot << CELL_SHIFT) | OrderWord.Chain] = words[homeAt | OrderWord.Chain]!
    words[homeAt | OrderWord.Chain] = slot
    return slot
  }

  /** Gives a live order's cell back. */
  release(slot: number): void {
    this.words[(slot << CELL_SHIFT) | OrderWord.Level] = 0
    if (slot > this.homes) this.unchain(slot)
    this.live--
  }

  private unchain(slot: number): void {
    const { words } = this
    const at = slot << CELL_SHIFT
    const home = this.homeOf(words[at | OrderWord.ReferenceLow]!, words[at | OrderWord.ReferenceHigh]!)
    let before = (home << CELL_SHIFT) | OrderWord.Chain
    for (let other = words[before]!; other !== slot; other = words[before]!) {
      before = (other << CELL_SHIFT) | OrderWord.Chain
    }
    words[before] = words[at | OrderWord.Chain]!
    words[at | OrderWord.Chain] = this.freeSlot
    this.freeSlot = slot
  }
}
