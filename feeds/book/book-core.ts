import { preferHugePages } from '../../kernels/host/memory.ts'
import type { StateArchive } from '../../kernels/records/state-archive.ts'
import { BookChange, BookCount } from './book-counts.ts'
import { type BookLimits, Cell } from './book-memory.ts'
import { BookInput, LevelLadders } from './level-ladders.ts'
import { LevelWord, NO_LEVEL, TopSlot } from './level-store.ts'
import { NO_ORDER, OrderWord } from './order-layout.ts'

export { BookInput } from './level-ladders.ts'

/**
 * What happens to the books of many instruments, order by order: the part that `LevelBook` and `OrderBook` share.
 *
 * Levels that a feed gives by price, without their orders, are the part of `LevelUpdates`; no order joins one of them.
 * References never added are counted and otherwise ignored, and a replace of one creates nothing; an order reduced or
 * executed to nothing is deleted; a crossed or locked book is counted. Bounds: see `BookLimits`; policy: what does not
 * fit is counted as refused, and later messages about it as unknown. Prices are any whole numbers below 2^53 in
 * magnitude.
 *
 * The price and quantity of an entry point go through `input`, because a double handed to a function that is not
 * inlined would be allocated.
 */
export class BookCore extends LevelLadders {
  /** By `BookCount`. */
  readonly counts = new Float64Array(BookCount.Count)
  /** Best bid and offer by instrument id, always current; see `TopSlot`. */
  readonly top: Float64Array
  /** By order slot: the order's place in the sequence of all that ever entered, from 1; only where queues are kept. */
  readonly arrivalSerial: Float64Array
  /** [0] serial of the latest arrival: an order whose serial is not above it had arrived by now. */
  readonly latestArrival = new Float64Array(1)
  readonly keepsQueues: boolean

  constructor(limits: BookLimits, keepsQueues: boolean) {
    super(limits)
    this.top = new Float64Array((limits.instrumentsMax + 1) * TopSlot.Slots)
    this.keepsQueues = keepsQueues
    this.arrivalSerial = new Float64Array(keepsQueues ? this.orderSlotMax + 1 : 1)
    preferHugePages(this.top.buffer as ArrayBuffer)
    preferHugePages(this.arrivalSerial.buffer as ArrayBuffer)
  }

  override archive(archive: StateArchive): void {
    super.archive(archive)
    archive.array(this.counts)
    archive.array(this.latestArrival)
  }

  protected override archiveSides(archive: StateArchive, sides: number): void {
    archive.array(this.top, 0, ((sides + 1) >> 1) * TopSlot.Slots)
  }

  protected override archiveSlots(archive: StateArchive, slots: Int32Array): void {
    if (!this.keepsQueues) return
    const { arrivalSerial } = this
    const serials = new Float64Array(slots.length)
    if (archive.isSaving) for (let i = 0; i < slots.length; i++) serials[i] = arrivalSerial[slots[i]!]!
    archive.array(serials)
    if (!archive.isSaving) for (let i = 0; i < slots.length; i++) arrivalSerial[slots[i]!] = serials[i]!
  }

  protected override archiveCells(archive: StateArchive, first: number, cells: number): void {
    if (this.keepsQueues) archive.array(this.arrivalSerial, first, cells)
  }

  /** Adds an order at `input` price and quantity. References are two 32-bit words. @returns bits of `BookChange` */
  add(instrument: number, side: number, referenceLow: number, referenceHigh: number): number {
    const home = this.homeOf(referenceLow, referenceHigh)
    if (this.findFrom(home, referenceLow, referenceHigh) !== NO_ORDER) {
      this.counts[BookCount.Duplicates]!++
      return BookChange.None
    }
    if (instrument < 1 || instrument > this.instrumentsMax) {
      this.counts[BookCount.OrdersRefused]!++
      return BookChange.None
    }
    this.counts[BookCount.Adds]!++
    return this.insert((instrument << 1) | (side & 1), home, referenceLow, referenceHigh)
  }

  /** Takes `input` quantity off an order because it traded. @returns bits of `BookChange` */
  execute(referenceLow: number, referenceHigh: number): number {
    const order = this.findOrder(referenceLow, referenceHigh)
    if (order === NO_ORDER) {
      this.counts[BookCount.UnknownExecutes]!++
      return BookChange.None
    }
    this.counts[BookCount.Executes]!++
    return this.take(order)
  }

  /** Takes `input` quantity off an order because part of it was cancelled. @returns bits of `BookChange` */
  reduce(referenceLow: number, referenceHigh: number): number {
    const order = this.findOrder(referenceLow, referenceHigh)
    if (order === NO_ORDER) {
      this.counts[BookCount.UnknownReduces]!++
      return BookChange.None
    }
    this.counts[BookCount.Reduces]!++
    return this.take(order)
  }

  /** Removes an order. @returns bits of `BookChange` */
  delete(referenceLow: number, referenceHigh: number): number {
    const order = this.findOrder(referenceLow, referenceHigh)
    if (order === NO_ORDER) {
      this.counts[BookCount.UnknownDeletes]!++
      return BookChange.None
    }
    this.counts[BookCount.Deletes]!++
    return this.remove(order)
  }

  /** Replaces an order by one at `input` price and quantity, same side, last in its queue. @returns bits of `BookChange` */
  replace(referenceLow: number, referenceHigh: number, newLow: number, newHigh: number): number {
    const order = this.findOrder(referenceLow, referenceHigh)
    if (order === NO_ORDER) {
      this.counts[BookCount.UnknownReplaces]!++
      return BookChange.None
    }
    this.counts[BookCount.Replaces]!++
    const level = this.words[(order << Cell.Shift) | OrderWord.Level]!
    const bookSide = this.words[(level << Cell.Shift) | LevelWord.BookSide]!
    const change = this.remove(order)
    const home = this.homeOf(newLow, newHigh)
    if (this.findFrom(home, newLow, newHigh) !== NO_ORDER) {
      this.counts[BookCount.Duplicates]!++
      return change
    }
    return change | this.insert(bookSide, home, newLow, newHigh)
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

  /**
   * Writes every page of the book's memory, before the first record: later use takes no page faults, and the process holds
   * the memory from then on.
   */
  prefault(): void {
    if (this.liveOrdersPeak > 0 || this.liveLevels > 0) return
    this.words.fill(0)
    this.top.fill(0)
    this.arrivalSerial.fill(0)
  }

  private insert(bookSide: number, home: number, referenceLow: number, referenceHigh: number): number {
    const { input, words, doubles } = this
    const quantity = input[BookInput.Quantity]!
    const price = input[BookInput.Price]!
    // NaN and infinities fail.
    if (!(quantity > 0) || price - price !== 0) {
      this.counts[BookCount.Invalid]!++
      return BookChange.None
    }
    let level = this.findLevelAt(bookSide)
    if (level === NO_LEVEL) {
      if (this.liveOrders === this.ordersMax) return this.refuse()
      level = this.makeLevel(bookSide)
      if (level === NO_LEVEL) return this.refuse()
    }
    const levelAt = level << Cell.Shift
    const orders = words[levelAt | LevelWord.Orders]! + 1
    if (orders <= 0) return this.refuseAtLevel()
    const order = this.claimOrder(home, referenceLow, referenceHigh)
    if (order === NO_ORDER) return this.refuse()
    const orderAt = order << Cell.Shift
    words[orderAt | OrderWord.Level] = level
    doubles[(orderAt | OrderWord.Quantity) >> 1] = quantity
    doubles[(levelAt | LevelWord.Quantity) >> 1]! += quantity
    words[levelAt | LevelWord.Orders] = orders
    if (this.keepsQueues) this.joinQueue(order, orderAt, levelAt)
    if (this.bestLevel(bookSide) !== level) return BookChange.Book
    return orders === 1 ? this.changeBest(bookSide) : this.changeBestQuantity(bookSide, levelAt)
  }

  private refuse(): number {
    this.counts[BookCount.OrdersRefused]!++
    return BookChange.None
  }

  /** The price is held by a level that the feed gives as a whole. */
  private refuseAtLevel(): number {
    this.counts[BookCount.OrdersAtLevels]!++
    return BookChange.None
  }

  private take(order: number): number {
    const { words, doubles } = this
    const quantity = this.input[BookInput.Quantity]!
    if (!(quantity >= 0)) {
      this.counts[BookCount.Invalid]!++
      return BookChange.None
    }
    const orderAt = order << Cell.Shift
    const left = doubles[(orderAt | OrderWord.Quantity) >> 1]! - quantity
    if (!(left > 0)) {
      if (left < 0) this.counts[BookCount.Excess]!++
      return this.remove(order)
    }
    doubles[(orderAt | OrderWord.Quantity) >> 1] = left
    const level = words[orderAt | OrderWord.Level]!
    const levelAt = level << Cell.Shift
    doubles[(levelAt | LevelWord.Quantity) >> 1]! -= quantity
    const bookSide = words[levelAt | LevelWord.BookSide]!
    return this.bestLevel(bookSide) === level ? this.changeBestQuantity(bookSide, levelAt) : BookChange.Book
  }

  protected remove(order: number): number {
    const { words, doubles } = this
    const orderAt = order << Cell.Shift
    const level = words[orderAt | OrderWord.Level]!
    const levelAt = level << Cell.Shift
    const bookSide = words[levelAt | LevelWord.BookSide]!
    const isBest = this.bestLevel(bookSide) === level
    const ordersLeft = words[levelAt | LevelWord.Orders]! - 1
    if (ordersLeft === 0) {
      this.dropLevel(level)
      this.releaseOrder(order)
      return isBest ? this.changeBest(bookSide) : BookChange.Book
    }
    words[levelAt | LevelWord.Orders] = ordersLeft
    doubles[(levelAt | LevelWord.Quantity) >> 1]! -= doubles[(orderAt | OrderWord.Quantity) >> 1]!
    if (this.keepsQueues) this.leaveQueue(orderAt, levelAt)
    this.releaseOrder(order)
    return isBest ? this.changeBestQuantity(bookSide, levelAt) : BookChange.Book
  }

  private joinQueue(order: number, orderAt: number, levelAt: number): void {
    const { words } = this
    const last = words[levelAt | LevelWord.LastOrder]!
    words[orderAt | OrderWord.Earlier] = last
    words[orderAt | OrderWord.Later] = NO_ORDER
    if (last === NO_ORDER) words[levelAt | LevelWord.FirstOrder] = order
    else words[(last << Cell.Shift) | OrderWord.Later] = order
    words[levelAt | LevelWord.LastOrder] = order
    this.latestArrival[0]!++
    this.arrivalSerial[order] = this.latestArrival[0]!
  }

  private leaveQueue(orderAt: number, levelAt: number): void {
    const { words } = this
    const earlier = words[orderAt | OrderWord.Earlier]!
    const later = words[orderAt | OrderWord.Later]!
    if (earlier === NO_ORDER) words[levelAt | LevelWord.FirstOrder] = later
    else words[(earlier << Cell.Shift) | OrderWord.Later] = later
    if (later === NO_ORDER) words[levelAt | LevelWord.LastOrder] = earlier
    else words[(later << Cell.Shift) | OrderWord.Earlier] = earlier
    // A free cell links to nothing, so that a look-ahead to its next order reads no line in vain.
    words[orderAt | OrderWord.Earlier] = NO_ORDER
    words[orderAt | OrderWord.Later] = NO_ORDER
  }

  /** The best level is the one it was, with another quantity. */
  protected changeBestQuantity(bookSide: number, levelAt: number): number {
    const at = (bookSide >> 1) * TopSlot.Slots
    const side = bookSide & 1
    this.top[at + side * 2 + 1] = this.doubles[(levelAt | LevelWord.Quantity) >> 1]!
    const orders = this.words[levelAt | LevelWord.Orders]!
    // ~orders where the level is held by price; see LevelWord.
    this.top[at + TopSlot.BidOrders + side] = orders ^ (orders >> 31)
    return BookChange.Book | BookChange.Top
  }

  /** Another level, or none, has become the best. */
  protected changeBest(bookSide: number): number {
    const { top } = this
    const at = (bookSide >> 1) * TopSlot.Slots
    const side = bookSide & 1
    const level = this.bestLevel(bookSide)
    if (level === NO_LEVEL) {
      top[at + side * 2] = 0
      top[at + side * 2 + 1] = 0
      top[at + TopSlot.BidOrders + side] = 0
      return BookChange.Book | BookChange.Top
    }
    const levelAt = level << Cell.Shift
    top[at + side * 2] = this.doubles[(levelAt | LevelWord.Price) >> 1]!
    const bid = top[at + TopSlot.BidPrice]!
    const ask = top[at + TopSlot.AskPrice]!
    if (bid >= ask && top[at + (1 - side) * 2 + 1]! > 0) {
      this.counts[bid > ask ? BookCount.Crossed : BookCount.Locked]!++
    }
    return this.changeBestQuantity(bookSide, levelAt)
  }
}
