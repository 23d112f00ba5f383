import { BOOK_DEPTH_MAX, IMPLIED_DEPTH_MAX } from './security-table.ts'

/** The four books that CME numbers the levels of, for each instrument. */
export enum Ladder {
  Bid = 0,
  Offer = 1,
  ImpliedBid = 2,
  ImpliedOffer = 3,
}

/** Where each ladder's levels begin, in an instrument's share. */
const STARTS = new Int32Array([0, BOOK_DEPTH_MAX, 2 * BOOK_DEPTH_MAX, 2 * BOOK_DEPTH_MAX + IMPLIED_DEPTH_MAX])
const STRIDE = 2 * BOOK_DEPTH_MAX + 2 * IMPLIED_DEPTH_MAX

/** At this level nothing stands: the venue said so. */
const EMPTY = Number.POSITIVE_INFINITY

/**
 * The price at each numbered level of each instrument's books: what turns CME's "level 3" into a price. A level of which
 * nothing was heard since the book was last unknown is not a number, one at which nothing stands is `EMPTY`; the levels that
 * are known are exactly what a reader of the records has.
 *
 * The venue leaves no level out: what stands at level 3 stands behind a level 2. And what moves into a level from below
 * comes as an entry of its own: where a level goes, the last one is empty until an entry fills it. That is how a book whose
 * beginning was not seen comes to be known in full (`isKnown`).
 *
 * Bound: the deepest book that CME publishes, for each instrument that the source can have.
 */
export class PriceLadders {
  /** [0] the price that an operation took out of the ladder; not a number when there was none. */
  readonly removed = new Float64Array(1)
  readonly #prices: Float64Array

  constructor(instrumentsMax: number) {
    this.#prices = new Float64Array((instrumentsMax + 1) * STRIDE).fill(Number.NaN)
  }

  /** All levels of an instrument are unknown from here on. */
  forgetAll(instrument: number): void {
    this.#prices.fill(Number.NaN, instrument * STRIDE, (instrument + 1) * STRIDE)
  }

  /** All levels of an instrument are empty, and known to be. */
  empty(instrument: number): void {
    this.#prices.fill(EMPTY, instrument * STRIDE, (instrument + 1) * STRIDE)
  }

  /** Whether of each level of a ladder it is known what stands there. */
  isKnown(instrument: number, ladder: Ladder, depth: number): boolean {
    const start = instrument * STRIDE + STARTS[ladder]!
    for (let at = start; at < start + depth; at++) if (Number.isNaN(this.#prices[at]!)) return false
    return true
  }

  /** Puts the price in `price[slot]` at a level (from 0); the levels from there on move down, the last one falls off. */
  insert(instrument: number, ladder: Ladder, level: number, depth: number, price: Float64Array, slot: number): void {
    const start = instrument * STRIDE + STARTS[ladder]!
    const prices = this.#prices
    this.forget(instrument, ladder, depth, price, slot)
    this.#doubtEmpty(start, level)
    this.#remove(start + depth - 1)
    for (let at = start + depth - 1; at > start + level; at--) prices[at] = prices[at - 1]!
    prices[start + level] = price[slot]!
  }

  /** Puts the price in `price[slot]` at a level; `removed` is the price that was there, if it was another one. */
  replace(instrument: number, ladder: Ladder, level: number, depth: number, price: Float64Array, slot: number): void {
    const start = instrument * STRIDE + STARTS[ladder]!
    const at = start + level
    if (this.#prices[at] === price[slot]!) {
      this.removed[0] = Number.NaN
      return
    }
    this.forget(instrument, ladder, depth, price, slot)
    this.#doubtEmpty(start, level)
    this.#remove(at)
    this.#prices[at] = price[slot]!
  }

  /** Takes a level out; the levels below move up. `removed` is its price. */
  remove(instrument: number, ladder: Ladder, level: number, depth: number): void {
    const start = instrument * STRIDE + STARTS[ladder]!
    const prices = this.#prices
    this.#remove(start + level)
    for (let at = start + level; at < start + depth - 1; at++) prices[at] = prices[at + 1]!
    prices[start + depth - 1] = EMPTY
  }

  /** A price stands at one level only: where it is seen again, the level that had it was wrong. */
  forget(instrument: number, ladder: Ladder, depth: number, price: Float64Array, slot: number): void {
    const start = instrument * STRIDE + STARTS[ladder]!
    const sought = price[slot]!
    for (let at = start; at < start + depth; at++) if (this.#prices[at] === sought) this.#prices[at] = Number.NaN
  }

  /** Something stands at the level: what was held to be empty before it was not. */
  #doubtEmpty(start: number, level: number): void {
    for (let at = start; at < start + level; at++) if (this.#prices[at] === EMPTY) this.#prices[at] = Number.NaN
  }

  #remove(at: number): void {
    const before = this.#prices[at]!
    this.removed[0] = before === EMPTY ? Number.NaN : before
  }
}
