import {
  BookClear,
  FLAG_IMPLIED_LIQUIDITY,
  Header,
  LevelUpdate,
  RecordType,
  Side,
  TopOfBook,
} from '../../kernels/records/catalogue.ts'
import type { StateArchive } from '../../kernels/records/state-archive.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { BookChange, BookCount } from './book-counts.ts'
import { type BookLimits, Cell } from './book-memory.ts'
import { BookInput } from './level-ladders.ts'
import { LevelWord, NO_LEVEL } from './level-store.ts'
import { OrderAmendments } from './order-amendments.ts'
import { NO_ORDER, OrderWord } from './order-layout.ts'

/** The feed's number of orders is a u32; what is kept of it has 31 bits. */
const ORDERS_MAX = 0x7fffffff

/**
 * The part of a book that comes by price: whole levels, best bids and offers, and books being emptied.
 *
 * A price is held by single orders or by a level, whichever came first, until it is empty: level records at a price of
 * orders are ignored and counted (LevelsAtOrders), and so are orders at a price of a level (OrdersAtLevels). A feed that
 * is sound never mixes them; docs/protocol-records.md says which gives which. A TopOfBook leaves one level on each side,
 * orders apart. Levels that the venue implies from other instruments (FLAG_IMPLIED_LIQUIDITY) stay out of the book: they
 * come and go with orders elsewhere, and a book that adds them up would show the same quantity several times.
 *
 * Bounds: `BookLimits`; policy: a level that does not fit is counted (LevelsRefused), and comes in with its next update
 * once there is room.
 */
export class LevelUpdates extends OrderAmendments {
  /** By level slot − `levelsSlot`: which of all price-held levels that ever were lies there, from 1. */
  readonly levelSerial: Float64Array
  private readonly latestLevel = new Float64Array(1)

  constructor(limits: BookLimits, keepsQueues: boolean) {
    super(limits, keepsQueues)
    this.levelSerial = new Float64Array(limits.levelsMax)
  }

  protected override archiveLevels(archive: StateArchive, levels: number): void {
    archive.array(this.levelSerial, 0, levels)
    archive.array(this.latestLevel)
  }

  /** Whether the feed gives the level by price, without its orders. */
  isPriceHeld(level: number): boolean {
    return this.words[(level << Cell.Shift) | LevelWord.Orders]! < 0
  }

  /**
   * Makes `input` quantity the total at `input` price; 0 removes the level.
   * @param orders how many orders make it up, 0 where that is unknown
   * @returns bits of `BookChange`
   */
  setLevel(bookSide: number, orders: number): number {
    if (!this.isInputValid()) return this.refuseInvalid()
    const level = this.findLevelAt(bookSide)
    if (level === NO_LEVEL)
      return this.input[BookInput.Quantity] === 0 ? this.missLevel() : this.addLevel(bookSide, orders)
    if (!this.isPriceHeld(level)) {
      this.counts[BookCount.LevelsAtOrders]!++
      return BookChange.None
    }
    return this.input[BookInput.Quantity] === 0 ? this.dropPriceHeld(level) : this.changeLevel(level, orders)
  }

  /**
   * Empties a book, orders and levels.
   * @param instrument 0 for all
   * @param sides a `Side`, or any other number for both
   * @returns bits of `BookChange`, of all instruments together
   */
  clear(instrument: number, sides: number): number {
    this.counts[BookCount.Clears]!++
    if (instrument !== 0) return this.clearSides(instrument, sides)
    let change = BookChange.None as number
    for (let each = 1; each <= this.instrumentsMax; each++) change |= this.clearSides(each, sides)
    return change
  }

  override prefault(): void {
    if (this.liveLevels === 0) this.levelSerial.fill(0)
    super.prefault()
  }

  /** Takes one record that is not about a single order. @returns bits of `BookChange` */
  protected applyLevels(views: RecordViews, at: number): number {
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type === RecordType.LevelUpdate) return this.applyUpdate(views, at)
    if (type === RecordType.TopOfBook) return this.applyTop(views, at)
    if (type !== RecordType.BookClear) return BookChange.None
    const instrument = views.i32[(at + Header.Instrument) >> 2]!
    if (instrument !== 0 && !this.isWithin(instrument)) return this.refuseLevel()
    return this.clear(instrument, views.i32[(at + BookClear.Sides) >> 2]!)
  }

  private applyUpdate(views: RecordViews, at: number): number {
    const { input, counts } = this
    const instrument = views.i32[(at + Header.Instrument) >> 2]!
    counts[BookCount.LevelUpdates]!++
    if ((views.u16[(at + Header.Flags) >> 1]! & FLAG_IMPLIED_LIQUIDITY) !== 0) {
      counts[BookCount.ImpliedLevels]!++
      return BookChange.None
    }
    if (!this.isWithin(instrument)) return this.refuseLevel()
    input[BookInput.Price] = views.f64[(at + LevelUpdate.Price) >> 3]!
    input[BookInput.Quantity] = views.f64[(at + LevelUpdate.Quantity) >> 3]!
    const bookSide = (instrument << 1) | (views.i32[(at + LevelUpdate.Side) >> 2]! & 1)
    return this.setLevel(bookSide, views.i32[(at + LevelUpdate.OrderCount) >> 2]! & ORDERS_MAX)
  }

  /** Both sides are emptied of what goes before either is filled, so that moving prices never seem to cross. */
  private applyTop(views: RecordViews, at: number): number {
    const instrument = views.i32[(at + Header.Instrument) >> 2]!
    this.counts[BookCount.TopsOfBook]!++
    if (!this.isWithin(instrument)) return this.refuseLevel()
    const bids = instrument << 1
    const asks = bids | 1
    this.readTop(views, at + TopOfBook.BidPrice)
    let change = this.keepOnly(bids)
    this.readTop(views, at + TopOfBook.AskPrice)
    change |= this.keepOnly(asks)
    this.readTop(views, at + TopOfBook.BidPrice)
    change |= this.setTop(bids)
    this.readTop(views, at + TopOfBook.AskPrice)
    return change | this.setTop(asks)
  }

  /** In both halves of the record the quantity follows the price. */
  private readTop(views: RecordViews, at: number): void {
    this.input[BookInput.Price] = views.f64[at >> 3]!
    this.input[BookInput.Quantity] = views.f64[(at + 8) >> 3]!
  }

  /** Drops the price-held levels of a side but the one at `input` price; that too if `input` quantity is 0. */
  private keepOnly(bookSide: number): number {
    if (!this.isInputValid()) return BookChange.None
    const { input, doubles } = this
    let change = BookChange.None as number
    let next = NO_LEVEL
    for (let level = this.bestLevel(bookSide); level !== NO_LEVEL; level = next) {
      next = this.worseLevel(level)
      const isKept =
        input[BookInput.Quantity]! > 0 && doubles[((level << Cell.Shift) | LevelWord.Price) >> 1] === input[0]
      if (!isKept && this.isPriceHeld(level)) change |= this.dropPriceHeld(level)
    }
    return change
  }

  private setTop(bookSide: number): number {
    return this.input[BookInput.Quantity] === 0 ? BookChange.None : this.setLevel(bookSide, 0)
  }

  private isWithin(instrument: number): boolean {
    return instrument >= 1 && instrument <= this.instrumentsMax
  }

  /** NaN and infinities fail. */
  private isInputValid(): boolean {
    const price = this.input[BookInput.Price]!
    const quantity = this.input[BookInput.Quantity]!
    return quantity >= 0 && quantity - quantity === 0 && price - price === 0
  }

  private refuseInvalid(): number {
    this.counts[BookCount.Invalid]!++
    return BookChange.None
  }

  private refuseLevel(): number {
    this.counts[BookCount.LevelsRefused]!++
    return BookChange.None
  }

  private missLevel(): number {
    this.counts[BookCount.UnknownLevels]!++
    return BookChange.None
  }

  private addLevel(bookSide: number, orders: number): number {
    const level = this.makeLevel(bookSide)
    if (level === NO_LEVEL) return this.refuseLevel()
    const at = level << Cell.Shift
    this.words[at | LevelWord.Orders] = ~orders
    this.doubles[(at | LevelWord.Quantity) >> 1] = this.input[BookInput.Quantity]!
    this.latestLevel[0]!++
    this.levelSerial[level - this.levelsSlot] = this.latestLevel[0]!
    return this.bestLevel(bookSide) === level ? this.changeBest(bookSide) : BookChange.Book
  }

  private changeLevel(level: number, orders: number): number {
    const { words, doubles } = this
    const at = level << Cell.Shift
    const quantity = this.input[BookInput.Quantity]!
    if (doubles[(at | LevelWord.Quantity) >> 1] === quantity && words[at | LevelWord.Orders] === ~orders) {
      return BookChange.None
    }
    doubles[(at | LevelWord.Quantity) >> 1] = quantity
    words[at | LevelWord.Orders] = ~orders
    const bookSide = words[at | LevelWord.BookSide]!
    return this.bestLevel(bookSide) === level ? this.changeBestQuantity(bookSide, at) : BookChange.Book
  }

  private dropPriceHeld(level: number): number {
    const bookSide = this.words[(level << Cell.Shift) | LevelWord.BookSide]!
    const isBest = this.bestLevel(bookSide) === level
    this.dropLevel(level)
    return isBest ? this.changeBest(bookSide) : BookChange.Book
  }

  private clearSides(instrument: number, sides: number): number {
    let change = BookChange.None as number
    if (sides !== Side.Sell) change |= this.clearSide(instrument << 1)
    if (sides !== Side.Buy) change |= this.clearSide((instrument << 1) | 1)
    return change
  }

  private clearSide(bookSide: number): number {
    let change = BookChange.None as number
    for (let level = this.bestLevel(bookSide); level !== NO_LEVEL; level = this.bestLevel(bookSide)) {
      if (this.isPriceHeld(level)) change |= this.dropPriceHeld(level)
      else if (this.keepsQueues) change |= this.removeQueue(level)
      else change |= this.removeOrders(bookSide)
    }
    return change
  }

  private removeQueue(level: number): number {
    const { words } = this
    let change = BookChange.None as number
    let later = NO_ORDER
    for (let order = words[(level << Cell.Shift) | LevelWord.FirstOrder]!; order !== NO_ORDER; order = later) {
      later = words[(order << Cell.Shift) | OrderWord.Later]!
      change |= this.remove(order)
    }
    return change
  }

  /** Without queues, only a walk over all orders finds those of one side. */
  private removeOrders(bookSide: number): number {
    const { words } = this
    let change = BookChange.None as number
    for (let order = 1; order <= this.orderSlotMax; order++) {
      const level = words[(order << Cell.Shift) | OrderWord.Level]!
      if (level === NO_LEVEL || words[(level << Cell.Shift) | LevelWord.BookSide] !== bookSide) continue
      change |= this.remove(order)
    }
    return change
  }
}
