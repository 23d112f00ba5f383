import { Side } from '../../kernels/records/catalogue.ts'
import { type BookLimits, LevelBook } from './level-book.ts'
import { LadderWord } from './level-ladders.ts'
import { LevelDouble, LevelWord, NO_LEVEL } from './level-store.ts'
import { NO_ORDER, OrderDouble, OrderWord } from './order-pool.ts'

/** Doubles that `copyDepth` writes for each level. */
export const DEPTH_SLOTS = 3

/**
 * The full order book (L3) of many instruments: price levels as in `LevelBook`, and at each level the queue of its
 * orders in time priority. Orders and levels are named by slots, which stay valid until the order or level goes.
 *
 * Walks: `for (let level = book.firstLevel(i, side); level !== 0; level = book.nextLevel(level))` from the best level
 * outwards, `for (let order = book.firstOrder(level); order !== 0; order = book.nextOrder(order))` in time priority.
 */
export class OrderBook extends LevelBook {
  /** By order slot: the order's place in the sequence of all orders that ever entered the book, from 1. */
  readonly arrivalSerial: Float64Array
  /** [0] serial of the latest arrival: an order whose serial is not above it had arrived by now. */
  readonly latestArrival = new Float64Array(1)

  constructor(limits: BookLimits) {
    super(limits)
    this.arrivalSerial = new Float64Array(limits.ordersMax + 1)
  }

  protected override joinQueue(order: number, level: number): void {
    const levelWords = this.levels.words
    const orderWords = this.orders.words
    const levelAt = level * LevelWord.Words
    const last = levelWords[levelAt + LevelWord.LastOrder]!
    orderWords[order * OrderWord.Words + OrderWord.Earlier] = last
    orderWords[order * OrderWord.Words + OrderWord.Later] = NO_ORDER
    if (last === NO_ORDER) levelWords[levelAt + LevelWord.FirstOrder] = order
    else orderWords[last * OrderWord.Words + OrderWord.Later] = order
    levelWords[levelAt + LevelWord.LastOrder] = order
    this.latestArrival[0]!++
    this.arrivalSerial[order] = this.latestArrival[0]!
  }

  protected override leaveQueue(order: number, level: number): void {
    const levelWords = this.levels.words
    const orderWords = this.orders.words
    const levelAt = level * LevelWord.Words
    const earlier = orderWords[order * OrderWord.Words + OrderWord.Earlier]!
    const later = orderWords[order * OrderWord.Words + OrderWord.Later]!
    if (earlier === NO_ORDER) levelWords[levelAt + LevelWord.FirstOrder] = later
    else orderWords[earlier * OrderWord.Words + OrderWord.Later] = later
    if (later === NO_ORDER) levelWords[levelAt + LevelWord.LastOrder] = earlier
    else orderWords[later * OrderWord.Words + OrderWord.Earlier] = earlier
  }

  /** Number of price levels of a side. */
  levelCount(instrument: number, side: Side): number {
    if (!this.#holds(instrument)) return 0
    return this.levels.ladders.sides[(instrument * 2 + side) * LadderWord.Words + LadderWord.Count]!
  }

  /** The level at a depth, 0 being the best, or 0 when the side has no more levels. */
  levelAt(instrument: number, side: Side, depth: number): number {
    if (!this.#holds(instrument)) return NO_LEVEL
    const { sides, levels } = this.levels.ladders
    const at = (instrument * 2 + side) * LadderWord.Words
    const count = sides[at + LadderWord.Count]!
    if (depth < 0 || depth >= count) return NO_LEVEL
    return levels[sides[at + LadderWord.First]! + count - 1 - depth]!
  }

  /** The best level of a side, or 0. */
  firstLevel(instrument: number, side: Side): number {
    return this.#holds(instrument) ? this.levels.best(instrument * 2 + side) : NO_LEVEL
  }

  /** The next worse level, or 0. */
  nextLevel(level: number): number {
    const bookSide = this.levels.words[level * LevelWord.Words + LevelWord.BookSide]!
    const ladders = this.levels.ladders
    const price = this.levels.doubles[level * LevelDouble.Doubles + LevelDouble.Price]!
    this.levels.wanted[1] = (bookSide & 1) === Side.Buy ? price : -price
    const index = ladders.search(bookSide, this.levels.wanted)
    return index > ladders.sides[bookSide * LadderWord.Words + LadderWord.First]!
      ? ladders.levels[index - 1]!
      : NO_LEVEL
  }

  /** The level at a price, or 0. */
  findLevel(instrument: number, side: Side, price: number): number {
    if (!this.#holds(instrument)) return NO_LEVEL
    this.levels.wanted[1] = side === Side.Buy ? price : -price
    const index = this.levels.ladders.search(instrument * 2 + side, this.levels.wanted)
    return index >= 0 ? this.levels.ladders.levels[index]! : NO_LEVEL
  }

  levelPrice(level: number): number {
    return this.levels.doubles[level * LevelDouble.Doubles + LevelDouble.Price]!
  }

  levelQuantity(level: number): number {
    return this.levels.doubles[level * LevelDouble.Doubles + LevelDouble.Quantity]!
  }

  /** Number of orders at a level. */
  levelOrders(level: number): number {
    return this.levels.words[level * LevelWord.Words + LevelWord.Orders]!
  }

  /** Displayed quantity at a price, 0 where there is no level. */
  quantityAt(instrument: number, side: Side, price: number): number {
    const level = this.findLevel(instrument, side, price)
    return level === NO_LEVEL ? 0 : this.levelQuantity(level)
  }

  /**
   * Copies the best levels of a side as (price, quantity, number of orders) triples.
   * @returns how many levels were copied
   */
  copyDepth(instrument: number, side: Side, target: Float64Array, levelsMax: number): number {
    const most = Math.min(levelsMax, this.levelCount(instrument, side), Math.floor(target.length / DEPTH_SLOTS))
    for (let depth = 0; depth < most; depth++) {
      const level = this.levelAt(instrument, side, depth)
      target[depth * DEPTH_SLOTS] = this.levelPrice(level)
      target[depth * DEPTH_SLOTS + 1] = this.levelQuantity(level)
      target[depth * DEPTH_SLOTS + 2] = this.levelOrders(level)
    }
    return most
  }

  /** The order first in line at a level. */
  firstOrder(level: number): number {
    return this.levels.words[level * LevelWord.Words + LevelWord.FirstOrder]!
  }

  /** The next order in line, or 0. */
  nextOrder(order: number): number {
    return this.orders.words[order * OrderWord.Words + OrderWord.Later]!
  }

  /** The order just ahead in line, or 0. */
  previousOrder(order: number): number {
    return this.orders.words[order * OrderWord.Words + OrderWord.Earlier]!
  }

  orderQuantity(order: number): number {
    return this.orders.doubles[order * OrderDouble.Doubles + OrderDouble.Quantity]!
  }

  /** The level that a live order lies at. */
  orderLevel(order: number): number {
    return this.orders.words[order * OrderWord.Words + OrderWord.Level]!
  }

  orderPrice(order: number): number {
    return this.levelPrice(this.orderLevel(order))
  }

  orderSide(order: number): Side {
    return this.levels.words[this.orderLevel(order) * LevelWord.Words + LevelWord.BookSide]! & 1
  }

  orderInstrument(order: number): number {
    return this.levels.words[this.orderLevel(order) * LevelWord.Words + LevelWord.BookSide]! >> 1
  }

  /** Displayed quantity in front of an order in its level's queue; walks the queue. */
  quantityAhead(order: number): number {
    let quantity = 0
    for (let ahead = this.previousOrder(order); ahead !== NO_ORDER; ahead = this.previousOrder(ahead)) {
      quantity += this.orderQuantity(ahead)
    }
    return quantity
  }

  #holds(instrument: number): boolean {
    return instrument >= 1 && instrument <= this.limits.instrumentsMax
  }
}
