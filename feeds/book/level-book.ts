import {
  FLAG_KEEPS_PRIORITY,
  Header,
  OrderAdd,
  OrderExecute,
  OrderReduce,
  OrderReplace,
  RecordType,
  type Side,
} from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { BookInput } from './book-core.ts'
import { type BookLimits, Cell } from './book-memory.ts'
import { LevelWord, NO_LEVEL } from './level-store.ts'
import { LevelUpdates } from './level-updates.ts'

export type { BookLimits } from './book-memory.ts'

/** Doubles that `copyDepth` writes for each level. */
export const DEPTH_SLOTS = 3

/**
 * Price-level aggregates (L2) of many instruments, built from single orders or given by price. Levels are named by slots, which stay valid
 * until the level goes; the walk from the best outwards is
 * `for (let level = book.firstLevel(i, side); level !== 0; level = book.nextLevel(level))`.
 */
export class LevelBook extends LevelUpdates {
  constructor(limits: BookLimits, keepsQueues = false) {
    super(limits, keepsQueues)
  }

  /**
   * Takes one record: the five of displayed orders, LevelUpdate, TopOfBook, BookClear; any other changes nothing.
   * @returns bits of `BookChange`; of a BookClear without an instrument, of any instrument
   */
  apply(views: RecordViews, at: number): number {
    const low = views.i32[(at + OrderAdd.ReferenceLow) >> 2]!
    const high = views.i32[(at + OrderAdd.ReferenceHigh) >> 2]!
    const input = this.input
    switch (views.u16[(at + Header.Type) >> 1]) {
      case RecordType.OrderAdd:
        input[BookInput.Price] = views.f64[(at + OrderAdd.Price) >> 3]!
        input[BookInput.Quantity] = views.f64[(at + OrderAdd.Quantity) >> 3]!
        return this.add(views.i32[(at + Header.Instrument) >> 2]!, views.i32[(at + OrderAdd.Side) >> 2]!, low, high)
      case RecordType.OrderExecute:
        input[BookInput.Quantity] = views.f64[(at + OrderExecute.Quantity) >> 3]!
        return this.execute(low, high)
      case RecordType.OrderReduce:
        input[BookInput.Quantity] = views.f64[(at + OrderReduce.Quantity) >> 3]!
        return this.reduce(low, high)
      case RecordType.OrderDelete:
        return this.delete(low, high)
      case RecordType.OrderReplace:
        input[BookInput.Price] = views.f64[(at + OrderReplace.Price) >> 3]!
        input[BookInput.Quantity] = views.f64[(at + OrderReplace.Quantity) >> 3]!
        return this.applyReplace(views, at, low, high)
      default:
        return this.applyLevels(views, at)
    }
  }

  private applyReplace(views: RecordViews, at: number, low: number, high: number): number {
    const newLow = views.i32[(at + OrderReplace.NewReferenceLow) >> 2]!
    const newHigh = views.i32[(at + OrderReplace.NewReferenceHigh) >> 2]!
    const keepsPriority = (views.u16[(at + Header.Flags) >> 1]! & FLAG_KEEPS_PRIORITY) !== 0
    return keepsPriority ? this.amend(low, high, newLow, newHigh) : this.replace(low, high, newLow, newHigh)
  }

  /** Number of price levels of a side. */
  levelCount(instrument: number, side: Side): number {
    return this.holds(instrument) ? this.countLevels(instrument * 2 + side) : 0
  }

  /** The level at a depth, 0 being the best, or 0 when the side has no more levels. */
  levelAt(instrument: number, side: Side, depth: number): number {
    return depth >= 0 && depth < this.levelCount(instrument, side)
      ? this.levelAtDepth(instrument * 2 + side, depth)
      : NO_LEVEL
  }

  /** The best level of a side, or 0. */
  firstLevel(instrument: number, side: Side): number {
    return this.holds(instrument) ? this.bestLevel(instrument * 2 + side) : NO_LEVEL
  }

  /** The next worse level, or 0. */
  nextLevel(level: number): number {
    return this.worseLevel(level)
  }

  /** The level at a price, or 0. */
  findLevel(instrument: number, side: Side, price: number): number {
    this.input[BookInput.Price] = price
    return this.holds(instrument) ? this.findLevelAt(instrument * 2 + side) : NO_LEVEL
  }

  levelPrice(level: number): number {
    return this.doubles[((level << Cell.Shift) | LevelWord.Price) >> 1]!
  }

  /** Index of a level's price in `doubles`. */
  priceIndex(level: number): number {
    return ((level << Cell.Shift) | LevelWord.Price) >> 1
  }

  levelQuantity(level: number): number {
    return this.doubles[((level << Cell.Shift) | LevelWord.Quantity) >> 1]!
  }

  /** Number of orders at a level; 0 where the feed gives levels by price and does not say. */
  levelOrders(level: number): number {
    const orders = this.words[(level << Cell.Shift) | LevelWord.Orders]!
    return orders ^ (orders >> 31)
  }

  levelInstrument(level: number): number {
    return this.words[(level << Cell.Shift) | LevelWord.BookSide]! >> 1
  }

  levelSide(level: number): Side {
    return this.words[(level << Cell.Shift) | LevelWord.BookSide]! & 1
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

  private holds(instrument: number): boolean {
    return instrument >= 1 && instrument <= this.instrumentsMax
  }
}
