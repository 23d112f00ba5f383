/** Orders that are known at a time: more than any venue holds at once. */
export const ORDERS_MAX = 1 << 22
const ORDERS_MIN = 1 << 12
const NO_ORDER = 0

/**
 * The orders that are open: what a modification needs to know of the order that it changes. Slots from 1; chained hashing
 * by order id. It grows by doubling; bound: `ordersMax`; policy: `add` refuses, and the caller counts it.
 */
export class OrderTable {
  readonly ordersMax: number
  count = 0
  /** By slot: whose order, which side (`Side`), and what of it is open. */
  instrument = new Int32Array(ORDERS_MIN + 1)
  side = new Uint8Array(ORDERS_MIN + 1)
  price = new Float64Array(ORDERS_MIN + 1)
  quantity = new Float64Array(ORDERS_MIN + 1)
  #low = new Int32Array(ORDERS_MIN + 1)
  #high = new Int32Array(ORDERS_MIN + 1)
  #next = new Int32Array(ORDERS_MIN + 1)
  #homes = new Int32Array(ORDERS_MIN)
  #free = NO_ORDER
  #used = 0

  constructor(ordersMax = ORDERS_MAX) {
    this.ordersMax = Math.max(ORDERS_MIN, ordersMax)
  }

  /** The slot of an order, 0 when it is unknown. An order id is unique among the instruments of a venue. */
  find(low: number, high: number): number {
    let slot = this.#homes[this.#homeOf(low, high)]!
    while (slot !== NO_ORDER && !(this.#low[slot] === low && this.#high[slot] === high)) slot = this.#next[slot]!
    return slot
  }

  /** Gives an unknown order a slot, whose fields the caller sets. @returns it, 0 when the table is full */
  add(low: number, high: number): number {
    if (this.#free === NO_ORDER && this.#used === this.#low.length - 1 && !this.#grow()) return NO_ORDER
    let slot = this.#free
    if (slot === NO_ORDER) slot = ++this.#used
    else this.#free = this.#next[slot]!
    const home = this.#homeOf(low, high)
    this.#low[slot] = low
    this.#high[slot] = high
    this.#next[slot] = this.#homes[home]!
    this.#homes[home] = slot
    this.count++
    return slot
  }

  remove(slot: number): void {
    const home = this.#homeOf(this.#low[slot]!, this.#high[slot]!)
    if (this.#homes[home] === slot) this.#homes[home] = this.#next[slot]!
    else {
      let before = this.#homes[home]!
      while (this.#next[before] !== slot) before = this.#next[before]!
      this.#next[before] = this.#next[slot]!
    }
    this.instrument[slot] = 0
    this.#next[slot] = this.#free
    this.#free = slot
    this.count--
  }

  /** Removes all orders of an instrument; of one side unless `side` is 2. Walks the table: a cleared book is rare. */
  clear(instrument: number, side: number): void {
    for (let slot = 1; slot <= this.#used; slot++) {
      if (this.instrument[slot] === instrument && (side === 2 || this.side[slot] === side)) this.remove(slot)
    }
  }

  #homeOf(low: number, high: number): number {
    const mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
    return (mixed ^ (mixed >>> 15)) & (this.#homes.length - 1)
  }

  #grow(): boolean {
    const size = this.#low.length - 1
    if (size >= this.ordersMax) return false
    const length = size * 2 + 1
    this.instrument = copyInto(new Int32Array(length), this.instrument)
    this.side = copyInto(new Uint8Array(length), this.side)
    this.price = copyInto(new Float64Array(length), this.price)
    this.quantity = copyInto(new Float64Array(length), this.quantity)
    this.#low = copyInto(new Int32Array(length), this.#low)
    this.#high = copyInto(new Int32Array(length), this.#high)
    this.#next = new Int32Array(length)
    this.#homes = new Int32Array(size * 2)
    // It grows only when every slot is in use.
    for (let slot = 1; slot <= this.#used; slot++) {
      const home = this.#homeOf(this.#low[slot]!, this.#high[slot]!)
      this.#next[slot] = this.#homes[home]!
      this.#homes[home] = slot
    }
    return true
  }
}

function copyInto<T extends Int32Array | Uint8Array | Float64Array>(to: T, from: T): T {
  to.set(from)
  return to
}
