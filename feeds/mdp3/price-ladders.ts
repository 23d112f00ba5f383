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

/**
 * The price at each numbered level of each instrument's books: what turns CME's "level 3" into a price. A level whose price
 * has not been seen since the book was last unknown is not a number; the levels that are known are exactly what a reader of
 * the records has.
 * Bound: the deepest book that CME publishes, for each instrument that the source can have.
 */
export class PriceLadders {
  /** [0] the price that an operation took out of the ladder; not a number when there was none. */
  readonly removed = new Float64Array(1)
  readonly #prices: Float64Array

  constructor(instrumentsMax: number) {
    this.#prices = new Float64Array((instrumentsMax + 1) * STRIDE).fill(Number.NaN)
  }

  /** Forgets all levels of an instrument. */
  clear(instrument: number): void {
    this.#prices.fill(Number.NaN, instrument * STRIDE, (instrument + 1) * STRIDE)
  }

  /** Puts the price in `price[slot]` at a level (from 0); the levels from there on move down, the last one falls off. */
  insert(instrument: number, ladder: Ladder, level: number, depth: number, price: Float64Array, slot: number): void {
    const start = instrument * STRIDE + STARTS[ladder]!
    const prices = this.#prices
    this.forget(instrument, ladder, depth, price, slot)
    this.removed[0] = prices[start + depth - 1]!
    for (let at = start + depth - 1; at > start + level; at--) prices[at] = prices[at - 1]!
    prices[start + level] = price[slot]!
  }

  /** Puts the price in `price[slot]` at a level; `removed` is the price that was there, if it was another one. */
  replace(instrument: number, ladder: Ladder, level: number, depth: number, price: Float64Array, slot: number): void {
    const at = instrument * STRIDE + STARTS[ladder]! + level
    const before = this.#prices[at]!
    if (before === price[slot]!) {
      this.removed[0] = Number.NaN
      return
    }
    this.forget(instrument, ladder, depth, price, slot)
    this.#prices[at] = price[slot]!
    this.removed[0] = before
  }

  /** Takes a level out; the levels below move up. `removed` is its price. */
  remove(instrument: number, ladder: Ladder, level: number, depth: number): void {
    const start = instrument * STRIDE + STARTS[ladder]!
    const prices = this.#prices
    this.removed[0] = prices[start + level]!
    for (let at = start + level; at < start + depth - 1; at++) prices[at] = prices[at + 1]!
    prices[start + depth - 1] = Number.NaN
  }

  /** A price stands at one level only: where it is seen again, the level that had it was wrong. */
  forget(instrument: number, ladder: Ladder, depth: number, price: Float64Array, slot: number): void {
    const start = instrument * STRIDE + STARTS[ladder]!
    const sought = price[slot]!
    for (let at = start; at < start + depth; at++) if (this.#prices[at] === sought) this.#prices[at] = Number.NaN
  }
}
