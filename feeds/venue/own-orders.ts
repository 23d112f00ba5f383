import { Side } from '../../kernels/records/catalogue.ts'
import type { StateArchive } from '../../kernels/records/state-archive.ts'

export const NO_OWN_ORDER = 0
const CAPACITY_MAX = 1 << 20

/**
 * The live orders of all strategies at the simulated venue, in typed arrays by slot; slot 0 is "none".
 *
 * Found by (strategy, order id) through an open-addressed table (linear probing, deletion by shifting back). Resting
 * orders are linked per book side (instrument × 2 + side) in price-time priority; all live orders are linked in the order
 * of their entry. Bound: `capacity`; policy: `claim` answers 0 and the venue rejects.
 */
export class OwnOrders {
  readonly capacity: number
  count = 0
  readonly strategy: Int32Array
  readonly orderId: Int32Array
  readonly bookSide: Int32Array
  /** 1 for orders that must not take liquidity. */
  readonly isPostOnly: Uint8Array
  readonly price: Float64Array
  /** Open quantity. */
  readonly leaves: Float64Array
  /** Quantity filled under its present id. */
  readonly filled: Float64Array
  /** Displayed quantity in front of the order at its price. */
  readonly ahead: Float64Array
  /** Serial of the latest displayed order when this one came to rest: later ones are behind it. */
  readonly entrySerial: Float64Array
  /** What level updates at `movedTime` took off `ahead`: a trade of the same moment has been counted by it. */
  readonly moved: Float64Array
  readonly movedTime: Float64Array
  /** The venue's number of the order. */
  readonly venueOrder: Float64Array
  /** Next order in priority at the same book side. */
  readonly next: Int32Array
  /** Next live order in the order of entry. */
  readonly nextEntered: Int32Array
  /** First order in priority by book side. */
  readonly first: Int32Array
  /**
   * Reasons to look closely at an instrument's market records: each resting order is one, others come by `watch`. The one
   * thing that a market record of an untraded instrument looks at.
   */
  readonly watched: Int32Array
  firstEntered = NO_OWN_ORDER
  private lastEntered = NO_OWN_ORDER
  private readonly previous: Int32Array
  private readonly previousEntered: Int32Array
  private readonly isResting: Uint8Array
  private readonly table: Int32Array
  private readonly tableMask: number
  private freeSlot = 1

  constructor(capacity: number, instrumentsMax: number) {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > CAPACITY_MAX) {
      throw new RangeError(`the venue holds 1 to ${CAPACITY_MAX} own orders, not ${capacity}`)
    }
    this.capacity = capacity
    const slots = capacity + 1
    this.strategy = new Int32Array(slots)
    this.orderId = new Int32Array(slots)
    this.bookSide = new Int32Array(slots)
    this.isPostOnly = new Uint8Array(slots)
    this.price = new Float64Array(slots)
    this.leaves = new Float64Array(slots)
    this.filled = new Float64Array(slots)
    this.ahead = new Float64Array(slots)
    this.entrySerial = new Float64Array(slots)
    this.moved = new Float64Array(slots)
    this.movedTime = new Float64Array(slots)
    this.venueOrder = new Float64Array(slots)
    this.next = new Int32Array(slots)
    this.previous = new Int32Array(slots)
    this.nextEntered = new Int32Array(slots)
    this.previousEntered = new Int32Array(slots)
    this.isResting = new Uint8Array(slots)
    this.first = new Int32Array((instrumentsMax + 1) * 2)
    this.watched = new Int32Array(instrumentsMax + 1)
    let tableSize = 16
    while (tableSize < capacity * 2) tableSize *= 2
    this.table = new Int32Array(tableSize)
    this.tableMask = tableSize - 1
    for (let slot = 1; slot < slots; slot++) this.next[slot] = slot < capacity ? slot + 1 : NO_OWN_ORDER
  }

  /** @returns the slot of a live order, or 0 */
  find(strategy: number, orderId: number): number {
    const id = orderId | 0
    for (let at = this.home(strategy, id); ; at = (at + 1) & this.tableMask) {
      const slot = this.table[at]!
      if (slot === NO_OWN_ORDER) return NO_OWN_ORDER
      if (this.orderId[slot] === id && this.strategy[slot] === strategy) return slot
    }
  }

  /** Enters an order that `find` does not know; price and quantities are for the caller to set. @returns its slot, or 0 */
  claim(strategy: number, orderId: number, bookSide: number): number {
    const slot = this.freeSlot
    if (slot === NO_OWN_ORDER) return NO_OWN_ORDER
    this.freeSlot = this.next[slot]!
    this.count++
    this.strategy[slot] = strategy
    this.bookSide[slot] = bookSide
    this.isResting[slot] = 0
    this.filled[slot] = 0
    this.enterTable(slot, orderId | 0)
    this.nextEntered[slot] = NO_OWN_ORDER
    this.previousEntered[slot] = this.lastEntered
    if (this.lastEntered === NO_OWN_ORDER) this.firstEntered = slot
    else this.nextEntered[this.lastEntered] = slot
    this.lastEntered = slot
    return slot
  }

  /** Gives an order a new id that `find` does not know, or its own; nothing is filled under it yet. */
  rename(slot: number, orderId: number): void {
    this.filled[slot] = 0
    this.leaveTable(slot)
    this.enterTable(slot, orderId | 0)
  }

  /** Links an order into its book side behind all orders of a better or the same price. */
  rest(slot: number): void {
    const bookSide = this.bookSide[slot]!
    const price = this.price[slot]!
    const isBuy = (bookSide & 1) === Side.Buy
    let before = NO_OWN_ORDER
    let after = this.first[bookSide]!
    while (after !== NO_OWN_ORDER && (isBuy ? this.price[after]! >= price : this.price[after]! <= price)) {
      before = after
      after = this.next[after]!
    }
    this.previous[slot] = before
    this.next[slot] = after
    if (before === NO_OWN_ORDER) this.first[bookSide] = slot
    else this.next[before] = slot
    if (after !== NO_OWN_ORDER) this.previous[after] = slot
    this.isResting[slot] = 1
    this.watch(bookSide >> 1)
  }

  /** Has an instrument's market records looked at, until `unwatch` is called as often. */
  watch(instrument: number): void {
    this.watched[instrument]!++
  }

  unwatch(instrument: number): void {
    this.watched[instrument]!--
  }

  /** Takes an order out of its book side, if it rests. */
  unrest(slot: number): void {
    if (this.isResting[slot] === 0) return
    const bookSide = this.bookSide[slot]!
    const before = this.previous[slot]!
    const after = this.next[slot]!
    if (before === NO_OWN_ORDER) this.first[bookSide] = after
    else this.next[before] = after
    if (after !== NO_OWN_ORDER) this.previous[after] = before
    this.isResting[slot] = 0
    this.unwatch(bookSide >> 1)
  }

  /** Forgets an order whose life has ended. */
  remove(slot: number): void {
    this.unrest(slot)
    this.leaveTable(slot)
    const before = this.previousEntered[slot]!
    const after = this.nextEntered[slot]!
    if (before === NO_OWN_ORDER) this.firstEntered = after
    else this.nextEntered[before] = after
    if (after === NO_OWN_ORDER) this.lastEntered = before
    else this.previousEntered[after] = before
    this.next[slot] = this.freeSlot
    this.freeSlot = slot
    this.count--
  }

  /** Saves or restores all of it. */
  archive(archive: StateArchive): void {
    this.count = archive.number(this.count)
    for (const words of [this.strategy, this.orderId, this.bookSide, this.next, this.nextEntered]) archive.array(words)
    for (const words of [this.previous, this.previousEntered, this.first, this.watched, this.table])
      archive.array(words)
    for (const flags of [this.isPostOnly, this.isResting]) archive.array(flags)
    for (const doubles of [this.price, this.leaves, this.filled, this.ahead]) archive.array(doubles)
    for (const doubles of [this.entrySerial, this.moved, this.movedTime, this.venueOrder]) archive.array(doubles)
    this.firstEntered = archive.number(this.firstEntered)
    this.lastEntered = archive.number(this.lastEntered)
    this.freeSlot = archive.number(this.freeSlot)
  }

  private home(strategy: number, orderId: number): number {
    const mixed = Math.imul(orderId, 0x9e3779b1) ^ Math.imul(strategy, 0x85ebca6b)
    return (mixed ^ (mixed >>> 15)) & this.tableMask
  }

  private enterTable(slot: number, orderId: number): void {
    this.orderId[slot] = orderId
    let at = this.home(this.strategy[slot]!, orderId)
    while (this.table[at] !== NO_OWN_ORDER) at = (at + 1) & this.tableMask
    this.table[at] = slot
  }

  private leaveTable(slot: number): void {
    const mask = this.tableMask
    let hole = this.home(this.strategy[slot]!, this.orderId[slot]!)
    while (this.table[hole] !== slot) hole = (hole + 1) & mask
    for (let at = (hole + 1) & mask; this.table[at] !== NO_OWN_ORDER; at = (at + 1) & mask) {
      const moved = this.table[at]!
      const home = this.home(this.strategy[moved]!, this.orderId[moved]!)
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        this.table[hole] = moved
        hole = at
      }
    }
    this.table[hole] = NO_OWN_ORDER
  }
}
