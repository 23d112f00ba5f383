import { Side } from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'

export const NO_ORDER = -1

/**
 * One open order, a cache line of 64 bytes: whole words first, then doubles.
 *
 *      0         4         8          12     16      20         24            32          40       48       56
 *     ┌─────────┬─────────┬──────────┬──────┬──────┬──────────┬────────────┬───────────┬────────┬────────┬────────┐
 *     │strategy │ orderId │instrument│ side │ next │ previous │isCancelling│ remaining │ value  │ price  │ filled │
 *     └─────────┴─────────┴──────────┴──────┴──────┴──────────┴────────────┴───────────┴────────┴────────┴────────┘
 */
export enum OrderWord {
  Strategy = 0,
  OrderId = 1,
  Instrument = 2,
  Side = 3,
  /** The one before it in its instrument and side. */
  Next = 4,
  Previous = 5,
  /** 1 once the gate has asked the venue to cancel it. */
  IsCancelling = 6,
  Count = 16,
}

/** Doubles of an open order, counted from its first byte. */
export enum OrderDouble {
  /** Quantity that may still fill; 0 where there is no order. */
  Remaining = 4,
  /** Its worst value, in value units. */
  Value = 5,
  /** Limit in price units; of a market order the price that nothing is worse than. */
  Price = 6,
  /** Quantity that has filled. */
  Filled = 7,
  Count = 8,
}

/**
 * The orders that the gate has let out and that no response has ended yet, by (strategy, order id).
 *
 * Open addressing over a power-of-two table with linear probing and backward-shift deletion, so that a table under
 * load never fills with tombstones. The orders of one instrument and side are linked, the latest first, and their best price
 * is kept. Bound: `capacity` orders; policy: `add` answers -1 and the gate rejects.
 */
export class OpenOrders {
  readonly capacity: number
  count = 0
  readonly words: Int32Array
  readonly doubles: Float64Array
  /** Latest order by instrument × 2 + side. */
  readonly first: Int32Array
  /** Highest price of the buys, lowest of the sells, likewise; one that meets nothing where there is no order. */
  readonly best: Float64Array
  readonly #slots: Int32Array
  readonly #free: Int32Array
  readonly #mask: number

  constructor(capacity: number, instrumentsMax: number) {
    this.capacity = capacity
    const buffer = new ArrayBuffer(capacity * OrderDouble.Count * 8)
    this.words = new Int32Array(buffer)
    this.doubles = new Float64Array(buffer)
    const sides = (instrumentsMax + 1) * 2
    this.first = new Int32Array(sides).fill(NO_ORDER)
    this.best = new Float64Array(sides)
    for (let side = 1; side < sides; side += 2) this.best[side] = Number.POSITIVE_INFINITY
    for (let side = 0; side < sides; side += 2) this.best[side] = Number.NEGATIVE_INFINITY
    let tableSize = 16
    while (tableSize < capacity * 2) tableSize *= 2
    this.#slots = new Int32Array(tableSize).fill(-1)
    this.#mask = tableSize - 1
    this.#free = new Int32Array(capacity)
    for (let i = 0; i < capacity; i++) this.#free[i] = capacity - 1 - i
  }

  /** Saves or restores them, with the sides of the instruments up to one. */
  archive(archive: StateArchive, highestInstrument: number): void {
    const sides = (highestInstrument + 1) * 2
    this.count = archive.number(this.count)
    archive.array(this.words)
    archive.array(this.first, 0, sides)
    archive.array(this.best, 0, sides)
    archive.array(this.#slots)
    archive.array(this.#free)
  }

  #home(strategy: number, orderId: number): number {
    return (Math.imul(orderId | 0, 0x9e3779b1) ^ Math.imul(strategy, 0x85ebca6b)) & this.#mask
  }

  /** One word of an order. */
  word(slot: number, word: OrderWord): number {
    return this.words[slot * OrderWord.Count + word]!
  }

  /** @returns the order's slot, or -1 */
  find(strategy: number, orderId: number): number {
    const id = orderId | 0
    for (let at = this.#home(strategy, id); ; at = (at + 1) & this.#mask) {
      const slot = this.#slots[at]!
      if (slot < 0) return -1
      const words = slot * OrderWord.Count
      if (this.words[words + OrderWord.OrderId] === id && this.words[words + OrderWord.Strategy] === strategy)
        return slot
    }
  }

  /**
   * @param price an array whose first double is the price
   * @returns the new order's slot, its quantity and value still zero, or -1 when the table is full
   */
  add(strategy: number, orderId: number, instrument: number, side: number, price: Float64Array): number {
    if (this.count === this.capacity) return -1
    const slot = this.#free[this.capacity - 1 - this.count]!
    this.count++
    const words = slot * OrderWord.Count
    this.words[words + OrderWord.Strategy] = strategy
    this.words[words + OrderWord.OrderId] = orderId | 0
    this.words[words + OrderWord.Instrument] = instrument
    this.words[words + OrderWord.Side] = side
    this.words[words + OrderWord.IsCancelling] = 0
    const doubles = slot * OrderDouble.Count
    this.doubles[doubles + OrderDouble.Remaining] = 0
    this.doubles[doubles + OrderDouble.Value] = 0
    this.doubles[doubles + OrderDouble.Price] = price[0]!
    this.doubles[doubles + OrderDouble.Filled] = 0
    this.#link(slot, sideOf(instrument, side))
    let at = this.#home(strategy, orderId)
    while (this.#slots[at]! >= 0) at = (at + 1) & this.#mask
    this.#slots[at] = slot
    return slot
  }

  #link(slot: number, side: number): void {
    const first = this.first[side]!
    this.words[slot * OrderWord.Count + OrderWord.Next] = first
    this.words[slot * OrderWord.Count + OrderWord.Previous] = NO_ORDER
    if (first >= 0) this.words[first * OrderWord.Count + OrderWord.Previous] = slot
    this.first[side] = slot
    this.#improve(slot, side)
  }

  #improve(slot: number, side: number): void {
    const price = this.doubles[slot * OrderDouble.Count + OrderDouble.Price]!
    const best = this.best[side]!
    if ((side & 1) === Side.Buy ? price > best : price < best) this.best[side] = price
  }

  #unlink(slot: number): void {
    const words = slot * OrderWord.Count
    const next = this.words[words + OrderWord.Next]!
    const previous = this.words[words + OrderWord.Previous]!
    const side = sideOf(this.words[words + OrderWord.Instrument]!, this.words[words + OrderWord.Side]!)
    if (next >= 0) this.words[next * OrderWord.Count + OrderWord.Previous] = previous
    if (previous >= 0) this.words[previous * OrderWord.Count + OrderWord.Next] = next
    else this.first[side] = next
    if (this.doubles[slot * OrderDouble.Count + OrderDouble.Price] !== this.best[side]) return
    this.best[side] = (side & 1) === Side.Buy ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
    for (let other = this.first[side]!; other !== NO_ORDER; ) {
      this.#improve(other, side)
      other = this.words[other * OrderWord.Count + OrderWord.Next]!
    }
  }

  remove(slot: number): void {
    this.#unlink(slot)
    const words = slot * OrderWord.Count
    let at = this.#home(this.words[words + OrderWord.Strategy]!, this.words[words + OrderWord.OrderId]!)
    while (this.#slots[at] !== slot) at = (at + 1) & this.#mask
    let hole = at
    for (let next = (hole + 1) & this.#mask; this.#slots[next]! >= 0; next = (next + 1) & this.#mask) {
      const moved = this.#slots[next]!
      const movedWords = moved * OrderWord.Count
      const home = this.#home(this.words[movedWords + OrderWord.Strategy]!, this.words[movedWords + OrderWord.OrderId]!)
      if (((next - home) & this.#mask) >= ((next - hole) & this.#mask)) {
        this.#slots[hole] = moved
        hole = next
      }
    }
    this.#slots[hole] = -1
    this.words[words + OrderWord.Strategy] = -1
    this.doubles[slot * OrderDouble.Count + OrderDouble.Remaining] = 0
    this.count--
    this.#free[this.capacity - 1 - this.count] = slot
  }
}

/** Index into `OpenOrders.first`. */
export function sideOf(instrument: number, side: number): number {
  return (instrument << 1) | (side === Side.Sell ? 1 : 0)
}
