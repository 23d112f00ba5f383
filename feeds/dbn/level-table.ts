import { LevelAction, Side } from '../../kernels/records/catalogue.ts'
import { MBP10_LEVELS } from './layout.ts'

/** The most changes that one record can make: every level of both sides goes and another comes. */
export const CHANGES_MAX = 4 * MBP10_LEVELS

/** Doubles that are kept of a level. */
enum LevelSlot {
  Price = 0,
  Quantity = 1,
  Orders = 2,
  Slots = 3,
}

const SIDE_SLOTS = MBP10_LEVELS * LevelSlot.Slots

/**
 * The ten levels a side that the feed last gave of each instrument, and how a new ten differ from them. A level that is
 * pushed out of the ten is given as removed: what the feed does not show is not known.
 * Bound: ten levels a side of each instrument, made at its first record.
 */
export class LevelTable {
  /** The changes of the last `compare`: removals first. */
  readonly side = new Int32Array(CHANGES_MAX)
  readonly action = new Int32Array(CHANGES_MAX)
  readonly index = new Int32Array(CHANGES_MAX)
  readonly price = new Float64Array(CHANGES_MAX)
  readonly quantity = new Float64Array(CHANGES_MAX)
  readonly orders = new Int32Array(CHANGES_MAX)
  count = 0
  /** The new levels: the caller writes them with `put` and says how many there are. */
  readonly #next = new Float64Array(2 * SIDE_SLOTS)
  readonly #nextCounts = new Int32Array(2)
  readonly #known: (Float64Array | undefined)[] = []
  readonly #knownCounts: Int32Array

  constructor(instrumentsMax: number) {
    this.#knownCounts = new Int32Array(2 * (instrumentsMax + 1))
  }

  /** Begins a new picture of an instrument. */
  begin(): void {
    this.#nextCounts[Side.Buy] = 0
    this.#nextCounts[Side.Sell] = 0
    this.count = 0
  }

  /** Adds the next worse level of a side: the price is in `prices[slot]`. */
  put(side: number, prices: Float64Array, slot: number, quantity: number, orders: number): void {
    const at = side * SIDE_SLOTS + this.#nextCounts[side]! * LevelSlot.Slots
    this.#next[at + LevelSlot.Price] = prices[slot]!
    this.#next[at + LevelSlot.Quantity] = quantity
    this.#next[at + LevelSlot.Orders] = orders
    this.#nextCounts[side]!++
  }

  /** Notes the changes from the known levels to the new ones, which are the known ones from then on. */
  compare(instrument: number): void {
    let known = this.#known[instrument]
    if (known === undefined) {
      known = new Float64Array(2 * SIDE_SLOTS)
      this.#known[instrument] = known
    }
    const knownCounts = this.#knownCounts
    const base = instrument * 2
    for (let side = 0; side < 2; side++) {
      const count = knownCounts[base + side]!
      for (let index = 0; index < count; index++) {
        const at = side * SIDE_SLOTS + index * LevelSlot.Slots
        if (find(this.#next, this.#nextCounts[side]!, known, at, side) < 0)
          this.#change(known, at, side, LevelAction.Delete, index)
      }
    }
    for (let side = 0; side < 2; side++) {
      for (let index = 0; index < this.#nextCounts[side]!; index++) {
        const at = side * SIDE_SLOTS + index * LevelSlot.Slots
        const before = find(known, knownCounts[base + side]!, this.#next, at, side)
        if (before < 0) this.#change(this.#next, at, side, LevelAction.New, index)
        else if (
          known[before + LevelSlot.Quantity] !== this.#next[at + LevelSlot.Quantity] ||
          known[before + LevelSlot.Orders] !== this.#next[at + LevelSlot.Orders]
        ) {
          this.#change(this.#next, at, side, LevelAction.Change, index)
        }
      }
    }
    known.set(this.#next)
    knownCounts[base] = this.#nextCounts[0]!
    knownCounts[base + 1] = this.#nextCounts[1]!
  }

  #change(levels: Float64Array, at: number, side: number, action: LevelAction, index: number): void {
    const change = this.count++
    const isGone = action === LevelAction.Delete
    this.side[change] = side
    this.action[change] = action
    this.index[change] = index
    this.price[change] = levels[at + LevelSlot.Price]!
    this.quantity[change] = isGone ? 0 : levels[at + LevelSlot.Quantity]!
    this.orders[change] = isGone ? 0 : levels[at + LevelSlot.Orders]!
  }
}

/** Offset of the level whose price is that of another one, −1 if there is none. */
function find(levels: Float64Array, count: number, other: Float64Array, at: number, side: number): number {
  const price = other[at + LevelSlot.Price]!
  for (let index = 0; index < count; index++) {
    const here = side * SIDE_SLOTS + index * LevelSlot.Slots
    if (levels[here + LevelSlot.Price] === price) return here
  }
  return -1
}
