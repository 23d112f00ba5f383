const NONE = -1

/**
 * Finds slots by a pair of 32-bit integers. Open addressing with linear probing and deletion by shifting back, over a table
 * twice as large as there are slots: it never fills, and no deletion leaves a mark.
 */
export class SlotIndex {
  readonly #first: Int32Array
  readonly #second: Int32Array
  readonly #table: Int32Array
  readonly #mask: number

  constructor(capacity: number) {
    let size = 16
    while (size < capacity * 2) size *= 2
    this.#table = new Int32Array(size).fill(NONE)
    this.#mask = size - 1
    this.#first = new Int32Array(capacity)
    this.#second = new Int32Array(capacity)
  }

  /** @returns the slot entered under the pair, or −1 */
  find(first: number, second: number): number {
    for (let at = this.#home(first | 0, second | 0); ; at = (at + 1) & this.#mask) {
      const slot = this.#table[at]!
      if (slot === NONE || (this.#first[slot] === (first | 0) && this.#second[slot] === (second | 0))) return slot
    }
  }

  /** Enters a slot that is not entered, under a pair that `find` does not know. */
  enter(slot: number, first: number, second: number): void {
    this.#first[slot] = first
    this.#second[slot] = second
    let at = this.#home(first | 0, second | 0)
    while (this.#table[at] !== NONE) at = (at + 1) & this.#mask
    this.#table[at] = slot
  }

  /** Forgets an entered slot. */
  leave(slot: number): void {
    let hole = this.#home(this.#first[slot]!, this.#second[slot]!)
    while (this.#table[hole] !== slot) hole = (hole + 1) & this.#mask
    for (let at = (hole + 1) & this.#mask; this.#table[at] !== NONE; at = (at + 1) & this.#mask) {
      const moved = this.#table[at]!
      const home = this.#home(this.#first[moved]!, this.#second[moved]!)
      if (((at - home) & this.#mask) >= ((at - hole) & this.#mask)) {
        this.#table[hole] = moved
        hole = at
      }
    }
    this.#table[hole] = NONE
  }

  #home(first: number, second: number): number {
    const mixed = Math.imul(second, 0x9e3779b1) ^ Math.imul(first, 0x85ebca6b)
    return (mixed ^ (mixed >>> 15)) & this.#mask
  }
}
