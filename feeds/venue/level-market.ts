import { FLAG_IMPLIED_LIQUIDITY, Header, LevelUpdate } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { BookChange } from '../book/book-counts.ts'
import { BookInput } from '../book/level-ladders.ts'
import { NO_LEVEL, TopSlot } from '../book/level-store.ts'
import type { OrderBook } from '../book/order-book.ts'
import { EventSlot } from './fill-event.ts'
import type { FillModel } from './fill-model.ts'
import type { TradingStates } from './trading-states.ts'

/**
 * Market records by price, in instruments where own orders rest or have taken from a level: what was displayed before and
 * after each is compared, and the fill model told of it.
 */
export class LevelMarket {
  private readonly book: OrderBook
  private readonly fills: FillModel
  private readonly states: TradingStates
  private readonly event = new Float64Array(EventSlot.Slots)
  /** Best price and quantity of both sides before a record, as in the book's `top`. */
  private readonly topBefore = new Float64Array(TopSlot.BidOrders)

  constructor(book: OrderBook, fills: FillModel, states: TradingStates) {
    this.book = book
    this.fills = fills
    this.states = states
  }

  /** Applies a LevelUpdate. */
  applyUpdate(views: RecordViews, at: number, instrument: number): void {
    const { book, event } = this
    const bookSide = (instrument << 1) | (views.u32[(at + LevelUpdate.Side) >> 2]! & 1)
    event[EventSlot.Price] = views.f64[(at + LevelUpdate.Price) >> 3]!
    const isImplied = (views.u16[(at + Header.Flags) >> 1]! & FLAG_IMPLIED_LIQUIDITY) !== 0
    const levelBefore = isImplied ? NO_LEVEL : this.findLevel(bookSide)
    event[EventSlot.Quantity] = levelBefore === NO_LEVEL ? 0 : book.levelQuantity(levelBefore)
    const quantityBefore = event[EventSlot.Quantity]!
    if (book.apply(views, at) === BookChange.None) return
    const level = this.findLevel(bookSide)
    event[EventSlot.Quantity] = level === NO_LEVEL ? 0 : book.levelQuantity(level)
    this.fills.queues.onQuantity(bookSide, event)
    if (level === NO_LEVEL) return
    this.fills.overlay.capAtLevel(level)
    if (event[EventSlot.Quantity]! > quantityBefore && this.states.isMatching(instrument)) {
      this.fills.onLevelArrival(level)
    }
  }

  /** Applies a TopOfBook. */
  applyTop(views: RecordViews, at: number, instrument: number): void {
    const { book, topBefore } = this
    const first = instrument * TopSlot.Slots
    for (let i = 0; i < topBefore.length; i++) topBefore[i] = book.top[first + i]!
    if (book.apply(views, at) === BookChange.None) return
    this.followTop(instrument, 0)
    this.followTop(instrument, 1)
  }

  private followTop(instrument: number, side: number): void {
    const { book, topBefore } = this
    const bookSide = (instrument << 1) | side
    this.fills.queues.onTop(bookSide)
    const level = book.bestLevel(bookSide)
    if (level === NO_LEVEL || !book.isPriceHeld(level)) return
    this.fills.overlay.capAtLevel(level)
    const at = instrument * TopSlot.Slots + side * 2
    const isSamePrice = book.top[at] === topBefore[side * 2]
    const hasGrown = !isSamePrice || book.top[at + 1]! > topBefore[side * 2 + 1]!
    if (hasGrown && this.states.isMatching(instrument)) this.fills.onLevelArrival(level)
  }

  private findLevel(bookSide: number): number {
    this.book.input[BookInput.Price] = this.event[EventSlot.Price]!
    return this.book.findLevelAt(bookSide)
  }
}
