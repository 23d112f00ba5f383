import {
  Header,
  OrderAdd,
  OrderExecute,
  OrderReduce,
  OrderReplace,
  RecordType,
} from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { BookChange, BookCount } from './book-counts.ts'
import { LevelDouble, LevelStore, type LevelStoreLimits, LevelWord, NO_LEVEL, TopSlot } from './level-store.ts'
import { NO_ORDER, OrderDouble, OrderPool, OrderWord } from './order-pool.ts'

/** Limits of a book; all memory is allocated at construction and touched as it is used. */
export interface BookLimits extends LevelStoreLimits {
  /** Most live orders at once, over all instruments. */
  readonly ordersMax: number
}

/** Slots of `LevelBook.input`. */
export enum BookInput {
  Price = 0,
  Quantity = 1,
}

/**
 * Price-level aggregates (L2) of many instruments, built from single orders.
 *
 * References never added are counted and otherwise ignored, and a replace of one creates nothing; an order reduced or
 * executed to nothing is deleted; a crossed or locked book is counted. Bounds: see `BookLimits`; policy: what does not
 * fit is counted as refused, and later messages about it as unknown. Prices are any whole numbers below 2^53 in
 * magnitude.
 *
 * Besides `apply`, which takes catalogue records, a decoder can drive the book directly: price and quantity go through
 * `input`, because a double handed to a function that is not inlined would be allocated.
 */
export class LevelBook {
  /** [0] price, [1] quantity of the direct entry points' next call. */
  readonly input = new Float64Array(2)
  /** By `BookCount`. */
  readonly counts = new Float64Array(BookCount.Count)
  readonly orders: OrderPool
  readonly levels: LevelStore
  /** Best bid and offer by instrument id, always current; see `TopSlot`. */
  readonly top: Float64Array
  readonly limits: BookLimits
  private readonly instrumentsMax: number

  constructor(limits: BookLimits) {
    this.limits = limits
    this.instrumentsMax = limits.instrumentsMax
    this.orders = new OrderPool(limits.ordersMax)
    this.levels = new LevelStore(limits)
    this.top = this.levels.top
  }

  /** Takes one record; any but the five of displayed orders change nothing. @returns bits of `BookChange` */
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
        return this.replace(
          low,
          high,
          views.i32[(at + OrderReplace.NewReferenceLow) >> 2]!,
          views.i32[(at + OrderReplace.NewReferenceHigh) >> 2]!,
        )
      default:
        return BookChange.None
    }
  }

  /** Adds an order at `input` price and quantity. References are two 32-bit words. @returns bits of `BookChange` */
  add(instrument: number, side: number, referenceLow: number, referenceHigh: number): number {
    if (this.orders.find(referenceLow, referenceHigh) !== NO_ORDER) {
      this.counts[BookCount.Duplicates]!++
      return BookChange.None
    }
    if (instrument < 1 || instrument > this.instrumentsMax) {
      this.counts[BookCount.OrdersRefused]!++
      return BookChange.None
    }
    this.counts[BookCount.Adds]!++
    return this.insert(instrument * 2 + (side & 1), referenceLow, referenceHigh)
  }

  /** Takes `input` quantity off an order because it traded. @returns bits of `BookChange` */
  execute(referenceLow: number, referenceHigh: number): number {
    const order = this.orders.find(referenceLow, referenceHigh)
    if (order === NO_ORDER) {
      this.counts[BookCount.UnknownExecutes]!++
      return BookChange.None
    }
    this.counts[BookCount.Executes]!++
    return this.take(order)
  }

  /** Takes `input` quantity off an order because part of it was cancelled. @returns bits of `BookChange` */
  reduce(referenceLow: number, referenceHigh: number): number {
    const order = this.orders.find(referenceLow, referenceHigh)
    if (order === NO_ORDER) {
      this.counts[BookCount.UnknownReduces]!++
      return BookChange.None
    }
    this.counts[BookCount.Reduces]!++
    return this.take(order)
  }

  /** Removes an order. @returns bits of `BookChange` */
  delete(referenceLow: number, referenceHigh: number): number {
    const order = this.orders.find(referenceLow, referenceHigh)
    if (order === NO_ORDER) {
      this.counts[BookCount.UnknownDeletes]!++
      return BookChange.None
    }
    this.counts[BookCount.Deletes]!++
    return this.remove(order)
  }

  /** Replaces an order by one at `input` price and quantity, same side, last in its queue. @returns bits of `BookChange` */
  replace(referenceLow: number, referenceHigh: number, newLow: number, newHigh: number): number {
    const order = this.orders.find(referenceLow, referenceHigh)
    if (order === NO_ORDER) {
      this.counts[BookCount.UnknownReplaces]!++
      return BookChange.None
    }
    this.counts[BookCount.Replaces]!++
    const level = this.orders.words[order * OrderWord.Words + OrderWord.Level]!
    const bookSide = this.levels.words[level * LevelWord.Words + LevelWord.BookSide]!
    const change = this.remove(order)
    if (this.orders.find(newLow, newHigh) !== NO_ORDER) {
      this.counts[BookCount.Duplicates]!++
      return change
    }
    return change | this.insert(bookSide, newLow, newHigh)
  }

  /** Slot of a live order by its reference, or 0. */
  findOrder(referenceLow: number, referenceHigh: number): number {
    return this.orders.find(referenceLow, referenceHigh)
  }

  /** Messages about references that the book does not hold. */
  get unknownReferences(): number {
    const { counts } = this
    return (
      counts[BookCount.UnknownExecutes]! +
      counts[BookCount.UnknownReduces]! +
      counts[BookCount.UnknownDeletes]! +
      counts[BookCount.UnknownReplaces]!
    )
  }

  /** Writes every page of the book's memory once, before the first record: later use takes no page faults. */
  prefault(): void {
    this.orders.prefault()
    this.levels.prefault()
  }

  /** Puts an order into its level's queue; nothing where no queues are kept. */
  protected joinQueue(_order: number, _level: number): void {}

  /** Takes an order out of its level's queue. */
  protected leaveQueue(_order: number, _level: number): void {}

  private insert(bookSide: number, referenceLow: number, referenceHigh: number): number {
    const { input, orders, levels } = this
    const quantity = input[BookInput.Quantity]!
    const price = input[BookInput.Price]!
    // NaN fails both comparisons.
    if (!(quantity > 0) || !(price - price === 0)) {
      this.counts[BookCount.Invalid]!++
      return BookChange.None
    }
    const order = orders.claim(referenceLow, referenceHigh)
    if (order === NO_ORDER) return this.refuse()
    levels.wanted[0] = price
    const level = levels.obtain(bookSide)
    if (level === NO_LEVEL) {
      orders.release(order)
      return this.refuse()
    }
    orders.words[order * OrderWord.Words + OrderWord.Level] = level
    orders.doubles[order * OrderDouble.Doubles + OrderDouble.Quantity] = quantity
    levels.doubles[level * LevelDouble.Doubles + LevelDouble.Quantity]! += quantity
    levels.words[level * LevelWord.Words + LevelWord.Orders]!++
    this.joinQueue(order, level)
    return levels.best(bookSide) === level ? this.changeTop(bookSide) : BookChange.Book
  }

  private refuse(): number {
    this.counts[BookCount.OrdersRefused]!++
    return BookChange.None
  }

  private take(order: number): number {
    const quantity = this.input[BookInput.Quantity]!
    if (!(quantity >= 0)) {
      this.counts[BookCount.Invalid]!++
      return BookChange.None
    }
    const { orders, levels } = this
    const left = orders.doubles[order * OrderDouble.Doubles + OrderDouble.Quantity]! - quantity
    if (!(left > 0)) {
      if (left < 0) this.counts[BookCount.Excess]!++
      return this.remove(order)
    }
    orders.doubles[order * OrderDouble.Doubles + OrderDouble.Quantity] = left
    const level = orders.words[order * OrderWord.Words + OrderWord.Level]!
    levels.doubles[level * LevelDouble.Doubles + LevelDouble.Quantity]! -= quantity
    const bookSide = levels.words[level * LevelWord.Words + LevelWord.BookSide]!
    return levels.best(bookSide) === level ? this.changeTop(bookSide) : BookChange.Book
  }

  private remove(order: number): number {
    const { orders, levels } = this
    const level = orders.words[order * OrderWord.Words + OrderWord.Level]!
    const bookSide = levels.words[level * LevelWord.Words + LevelWord.BookSide]!
    const isBest = levels.best(bookSide) === level
    this.leaveQueue(order, level)
    const ordersLeft = levels.words[level * LevelWord.Words + LevelWord.Orders]! - 1
    levels.words[level * LevelWord.Words + LevelWord.Orders] = ordersLeft
    if (ordersLeft === 0) levels.drop(level)
    else {
      levels.doubles[level * LevelDouble.Doubles + LevelDouble.Quantity]! -=
        orders.doubles[order * OrderDouble.Doubles + OrderDouble.Quantity]!
    }
    orders.release(order)
    return isBest ? this.changeTop(bookSide) : BookChange.Book
  }

  private changeTop(bookSide: number): number {
    this.levels.refreshTop(bookSide)
    const top = this.top
    const at = (bookSide >> 1) * TopSlot.Slots
    const bid = top[at + TopSlot.BidPrice]!
    const ask = top[at + TopSlot.AskPrice]!
    if (bid >= ask && top[at + TopSlot.BidOrders]! > 0 && top[at + TopSlot.AskOrders]! > 0) {
      this.counts[bid > ask ? BookCount.Crossed : BookCount.Locked]!++
    }
    return BookChange.Book | BookChange.Top
  }
}
