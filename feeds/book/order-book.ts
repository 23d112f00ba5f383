import type { Side } from '../../kernels/records/catalogue.ts'
import { type BookLimits, Cell } from './book-memory.ts'
import { LevelBook } from './level-book.ts'
import { LevelWord } from './level-store.ts'
import { NO_ORDER, OrderWord } from './order-layout.ts'

/**
 * The full order book (L3) of many instruments: price levels as in `LevelBook`, and at each level the queue of its
 * orders in time priority. Orders are named by slots, which stay valid until the order goes; the walk in time priority
 * is `for (let order = book.firstOrder(level); order !== 0; order = book.nextOrder(order))`.
 */
export class OrderBook extends LevelBook {
  constructor(limits: BookLimits) {
    super(limits, true)
  }

  /** The order first in line at a level. */
  firstOrder(level: number): number {
    return this.words[(level << Cell.Shift) | LevelWord.FirstOrder]!
  }

  /** The order last in line at a level. */
  lastOrder(level: number): number {
    return this.words[(level << Cell.Shift) | LevelWord.LastOrder]!
  }

  /** The next order in line, or 0. */
  nextOrder(order: number): number {
    return this.words[(order << Cell.Shift) | OrderWord.Later]!
  }

  /** The order just ahead in line, or 0. */
  previousOrder(order: number): number {
    return this.words[(order << Cell.Shift) | OrderWord.Earlier]!
  }

  orderQuantity(order: number): number {
    return this.doubles[((order << Cell.Shift) | OrderWord.Quantity) >> 1]!
  }

  /** The level that a live order lies at. */
  orderLevel(order: number): number {
    return this.words[(order << Cell.Shift) | OrderWord.Level]!
  }

  orderPrice(order: number): number {
    return this.levelPrice(this.orderLevel(order))
  }

  orderSide(order: number): Side {
    return this.levelSide(this.orderLevel(order))
  }

  orderInstrument(order: number): number {
    return this.levelInstrument(this.orderLevel(order))
  }

  /** Displayed quantity in front of an order in its level's queue; walks the queue. */
  quantityAhead(order: number): number {
    let quantity = 0
    for (let ahead = this.previousOrder(order); ahead !== NO_ORDER; ahead = this.previousOrder(ahead)) {
      quantity += this.orderQuantity(ahead)
    }
    return quantity
  }
}
