import { Side } from '../../records/catalogue.ts'

export const NO_ORDER = -1

/**
 * The orders that the gate has let out and that no response has ended yet, by (strategy, order id).
 *
 * Open addressing over a power-of-two table with linear probing and backward-shift deletion, so that a table under
 * load never fills with tombstones. The orders of one instrument and side are linked, the latest first.
 * Bound: `capacity` orders; policy: `add` answers -1 and the gate rejects.
 */
export class OpenOrders {
  readonly capacity: number
  count = 0
  readonly strategy: Int32Array
  readonly orderId: Int32Array
  readonly instrument: Int32Array
  readonly side: Int32Array
  /** Quantity that may still fill. */
  readonly remaining: Float64Array
  /** Its worst value, in value units. */
  readonly value: Float64Array
  /** Limit in price units; of a market order the price that nothing is worse than. */
  readonly price: Float64Array
  /** 1 once the gate has asked the venue to cancel it. */
  readonly isCancelling: Uint8Array
  /** Latest order by instrument × 2 + side. */
  readonly first: Int32Array
  /** The one before it. */
  readonly next: Int32Array
  readonly #previous: Int32Array
  readonly #slots: Int32Array
  readonly #free: Int32Array
  readonly #mask: number

  constructor(capacity: number, instrumentsMax: number) {
    this.capacity = capacity
    this.strategy = new Int32Array(capacity)
    this.orderId = new Int32Array(capacity)
    this.instrument = new Int32Array(capacity)
    this.side = new Int32Array(capacity)
    this.remaining = new Float64Array(capacity)
    this.value = new Float64Array(capacity)
    this.price = new Float64Array(capacity)
    this.isCancelling = new Uint8Array(capacity)
    this.first = new Int32Array((instrumentsMax + 1) * 2).fill(NO_ORDER)
    this.next = new Int32Array(capacity).fill(NO_ORDER)
    this.#previous = new Int32Array(capacity).fill(NO_ORDER)
    let tableSize = 16
    while (tableSize < capacity * 2) tableSize *= 2
    this.#slots = new Int32Array(tableSize).fill(-1)
    this.#mask = tableSize - 1
    this.#free = new Int32Array(capacity)
    for (let i = 0; i < capacity; i++) this.#free[i] = capacity - 1 - i
  }

  #home(strategy: number, orderId: number): number {
    return (Math.imul(orderId | 0, 0x9e3779b1) ^ Math.imul(strategy, 0x85ebca6b)) & this.#mask
  }

  /** @returns the order's slot, or -1 */
  find(strategy: number, orderId: number): number {
    const id = orderId | 0
    for (let at = this.#home(strategy, id); ; at = (at + 1) & this.#mask) {
      const slot = this.#slots[at]!
      if (slot < 0) return -1
      if (this.orderId[slot] === id && this.strategy[slot] === strategy) return slot
    }
  }

  /** @returns the new order's slot, its quantity, value and price still zero, or -1 when the table is full */
  add(strategy: number, orderId: number, instrument: number, side: number): number {
    if (this.count === this.capacity) return -1
    const slot = this.#free[this.capacity - 1 - this.count]!
    this.count++
    this.strategy[slot] = strategy
    this.orderId[slot] = orderId | 0
    this.instrument[slot] = instrument
    this.side[slot] = side
    this.remaining[slot] = 0
    this.value[slot] = 0
    this.price[slot] = 0
    this.isCancelling[slot] = 0
    this.#link(slot, sideOf(instrument, side))
    let at = this.#home(strategy, orderId)
    while (this.#slots[at]! >= 0) at = (at + 1) & this.#mask
    this.#slots[at] = slot
    return slot
  }

  #link(slot: number, side: number): void {
    const first = this.first[side]!
    this.next[slot] = first
    this.#previous[slot] = NO_ORDER
    if (first >= 0) this.#previous[first] = slot
    this.first[side] = slot
  }

  #unlink(slot: number): void {
    const next = this.next[slot]!
    const previous = this.#previous[slot]!
    if (next >= 0) this.#previous[next] = previous
    if (previous >= 0) this.next[previous] = next
    else this.first[sideOf(this.instrument[slot]!, this.side[slot]!)] = next
  }

  remove(slot: number): void {
    this.#unlink(slot)
    let at = this.#home(this.strategy[slot]!, this.orderId[slot]!)
    while (this.#slots[at] !== slot) at = (at + 1) & this.#mask
    let hole = at
    for (let next = (hole + 1) & this.#mask; this.#slots[next]! >= 0; next = (next + 1) & this.#mask) {
      const moved = this.#slots[next]!
      const home = this.#home(this.strategy[moved]!, this.orderId[moved]!)
      if (((next - home) & this.#mask) >= ((next - hole) & this.#mask)) {
        this.#slots[hole] = moved
        hole = next
      }
    }
    this.#slots[hole] = -1
    this.count--
    this.#free[this.capacity - 1 - this.count] = slot
  }
}

/** Index into `OpenOrders.first`. */
export function sideOf(instrument: number, side: number): number {
  return (instrument << 1) | (side === Side.Sell ? 1 : 0)
}
