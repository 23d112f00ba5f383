import { XkError } from '../../kernels/host/xk-error.ts'

const NONE = -1

/**
 * The displayed orders of all symbols in price-time order: what makes a generated session coherent.
 * Orders and price levels live in pools of typed arrays and are named by slot; a book side's levels form a list from
 * best to worst, a level's orders one from earliest to latest. Bound: the pools; policy: `isFull()` tells the agents
 * to stop adding, and an add beyond it is a defect that throws.
 */
export class DisplayedBook {
  readonly referenceHigh: Uint32Array
  readonly referenceLow: Uint32Array
  readonly quantity: Uint32Array
  readonly price: Uint32Array
  /** Book side an order lies in: symbol × 2 + side, buy 0 and sell 1. */
  readonly bookSide: Int32Array
  /** Maker quote slot that an order belongs to, or -1. */
  readonly owner: Int32Array
  private readonly level: Int32Array
  private readonly later: Int32Array
  private readonly earlier: Int32Array

  private readonly levelPrice: Uint32Array
  private readonly levelFirst: Int32Array
  private readonly levelLast: Int32Array
  private readonly levelWorse: Int32Array
  private readonly levelBetter: Int32Array

  private readonly bestLevel: Int32Array
  /** Live orders of each book side. */
  readonly liveBySide: Int32Array
  private freeOrder = 0
  private freeLevel = 0
  live = 0
  peakLive = 0
  private readonly capacity: number

  constructor(symbols: number, capacity: number) {
    this.capacity = capacity
    this.referenceHigh = new Uint32Array(capacity)
    this.referenceLow = new Uint32Array(capacity)
    this.quantity = new Uint32Array(capacity)
    this.price = new Uint32Array(capacity)
    this.bookSide = new Int32Array(capacity)
    this.owner = new Int32Array(capacity)
    this.level = new Int32Array(capacity)
    this.later = new Int32Array(capacity)
    this.earlier = new Int32Array(capacity)
    this.levelPrice = new Uint32Array(capacity)
    this.levelFirst = new Int32Array(capacity)
    this.levelLast = new Int32Array(capacity)
    this.levelWorse = new Int32Array(capacity)
    this.levelBetter = new Int32Array(capacity)
    this.bestLevel = new Int32Array(symbols * 2).fill(NONE)
    this.liveBySide = new Int32Array(symbols * 2)
    for (let i = 0; i < capacity; i++) {
      this.later[i] = i + 1 < capacity ? i + 1 : NONE
      this.levelWorse[i] = i + 1 < capacity ? i + 1 : NONE
    }
  }

  isFull(): boolean {
    return this.live >= this.capacity - 64
  }

  /** Best price of a book side, or 0 when it is empty. */
  bestPrice(bookSide: number): number {
    const level = this.bestLevel[bookSide]!
    return level === NONE ? 0 : this.levelPrice[level]!
  }

  /** The order first in line at the best price, or -1. */
  firstOrder(bookSide: number): number {
    const level = this.bestLevel[bookSide]!
    return level === NONE ? NONE : this.levelFirst[level]!
  }

  /**
   * An order at the given depth of a book side, or -1 when the side is empty. Beyond the end it is the last one there is.
   * @param levels levels to go down from the best
   * @param orders orders to go forward from the latest of that level
   */
  orderAt(bookSide: number, levels: number, orders: number): number {
    let level = this.bestLevel[bookSide]!
    if (level === NONE) return NONE
    for (let i = 0; i < levels; i++) {
      const worse = this.levelWorse[level]!
      if (worse === NONE) break
      level = worse
    }
    let order = this.levelLast[level]!
    for (let i = 0; i < orders; i++) {
      const earlier = this.earlier[order]!
      if (earlier === NONE) break
      order = earlier
    }
    return order
  }

  /** Puts an order last in line at its price; returns its slot. */
  add(bookSide: number, price: number, quantity: number, high: number, low: number, owner: number): number {
    const order = this.freeOrder
    if (order === NONE) {
      throw new XkError({ code: 'generate-book-full', what: `the generator's book holds ${this.capacity} orders` })
    }
    this.freeOrder = this.later[order]!
    this.referenceHigh[order] = high
    this.referenceLow[order] = low
    this.quantity[order] = quantity
    this.price[order] = price
    this.bookSide[order] = bookSide
    this.owner[order] = owner
    const level = this.findLevel(bookSide, price)
    const last = this.levelLast[level]!
    this.level[order] = level
    this.earlier[order] = last
    this.later[order] = NONE
    if (last === NONE) this.levelFirst[level] = order
    else this.later[last] = order
    this.levelLast[level] = order
    this.liveBySide[bookSide]!++
    this.live++
    if (this.live > this.peakLive) this.peakLive = this.live
    return order
  }

  remove(order: number): void {
    const level = this.level[order]!
    const earlier = this.earlier[order]!
    const later = this.later[order]!
    if (earlier === NONE) this.levelFirst[level] = later
    else this.later[earlier] = later
    if (later === NONE) this.levelLast[level] = earlier
    else this.earlier[later] = earlier
    const bookSide = this.bookSide[order]!
    if (this.levelFirst[level] === NONE) this.unlinkLevel(bookSide, level)
    this.later[order] = this.freeOrder
    this.freeOrder = order
    this.liveBySide[bookSide]!--
    this.live--
  }

  /** The level of a price, made where there is none; the walk starts at the best, where nearly all adds go. */
  private findLevel(bookSide: number, price: number): number {
    const isSell = (bookSide & 1) === 1
    let better = NONE
    let level = this.bestLevel[bookSide]!
    while (level !== NONE) {
      const levelPrice = this.levelPrice[level]!
      if (levelPrice === price) return level
      if (isSell ? levelPrice > price : levelPrice < price) break
      better = level
      level = this.levelWorse[level]!
    }
    const made = this.freeLevel
    this.freeLevel = this.levelWorse[made]!
    this.levelPrice[made] = price
    this.levelFirst[made] = NONE
    this.levelLast[made] = NONE
    this.levelBetter[made] = better
    this.levelWorse[made] = level
    if (better === NONE) this.bestLevel[bookSide] = made
    else this.levelWorse[better] = made
    if (level !== NONE) this.levelBetter[level] = made
    return made
  }

  private unlinkLevel(bookSide: number, level: number): void {
    const better = this.levelBetter[level]!
    const worse = this.levelWorse[level]!
    if (better === NONE) this.bestLevel[bookSide] = worse
    else this.levelWorse[better] = worse
    if (worse !== NONE) this.levelBetter[worse] = better
    this.levelWorse[level] = this.freeLevel
    this.freeLevel = level
  }
}
