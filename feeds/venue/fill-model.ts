import { Liquidity } from '../../kernels/records/catalogue.ts'
import type { StateArchive } from '../../kernels/records/state-archive.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { BookInput } from '../book/level-ladders.ts'
import { NO_LEVEL } from '../book/level-store.ts'
import type { OrderBook } from '../book/order-book.ts'
import { NO_ORDER } from '../book/order-layout.ts'
import { DisplayedOverlay } from './displayed-overlay.ts'
import { EventSlot } from './fill-event.ts'
import { LevelQueues } from './level-queues.ts'
import { NO_OWN_ORDER, type OwnOrders } from './own-orders.ts'
import { reaches } from './price-order.ts'
import type { VenueResponses } from './venue-responses.ts'

/** At which price an order that takes displayed liquidity is filled, and what the fill is called. */
export enum TakeAs {
  /** An arriving order: at the displayed prices, liquidity removed. */
  Aggressor = 0,
  /** A resting order that the market came to: at its own price, liquidity added. */
  Resting = 1,
}

/**
 * When and at what price own orders are filled; docs/simulated-venue.md has the formulas and where they are wrong.
 * The model changes nothing of the displayed market: fills are imagined beside it, and the overlay keeps any displayed
 * quantity from being taken twice.
 */
export class FillModel {
  /** [0] number of fills, [1] filled quantity. */
  readonly totals = new Float64Array(2)
  private readonly book: OrderBook
  private readonly own: OwnOrders
  readonly overlay: DisplayedOverlay
  readonly queues: LevelQueues
  private readonly responses: VenueResponses

  constructor(book: OrderBook, own: OwnOrders, responses: VenueResponses) {
    this.book = book
    this.own = own
    this.responses = responses
    this.overlay = new DisplayedOverlay(book, own)
    this.queues = new LevelQueues(book, own, responses.nowNs)
  }

  /** Saves or restores what was filled and taken; the orders and the book are archived by themselves. */
  archive(archive: StateArchive): void {
    archive.array(this.totals)
    this.overlay.archive(archive)
    archive.array(this.queues.isTopOnly)
  }

  /**
   * Whether a displayed order on the other side is still to be had at price `views.f64[priceAt >> 3]` or better, at any price
   * if the order is not limited.
   */
  hasLiquidity(bookSide: number, views: RecordViews, priceAt: number, isLimited: boolean): boolean {
    const { book } = this
    for (let level = book.bestLevel(bookSide ^ 1); level !== NO_LEVEL; level = book.nextLevel(level)) {
      if (isLimited && !reaches(bookSide, views.f64, priceAt >> 3, book.doubles, book.priceIndex(level))) return false
      if (book.isPriceHeld(level) && this.overlay.availableAtLevel(level) > 0) return true
      for (let order = book.firstOrder(level); order !== NO_ORDER; order = book.nextOrder(order)) {
        if (this.overlay.available(order) > 0) return true
      }
    }
    return false
  }

  /** Fills an order against displayed levels, best first, one fill for each level, up to its price if it is limited. */
  takeLevels(slot: number, isLimited: boolean, as: TakeAs): void {
    const { book, own } = this
    const bookSide = own.bookSide[slot]!
    for (let level = book.bestLevel(bookSide ^ 1); level !== NO_LEVEL; level = book.nextLevel(level)) {
      const priceAt = book.priceIndex(level)
      if (isLimited && !reaches(bookSide, own.price, slot, book.doubles, priceAt)) return
      const wanted = own.leaves[slot]!
      let taken = book.isPriceHeld(level) ? this.takeAtLevel(level, wanted) : 0
      for (let order = book.firstOrder(level); order !== NO_ORDER && taken < wanted; order = book.nextOrder(order)) {
        const quantity = Math.min(this.overlay.available(order), wanted - taken)
        if (quantity === 0) continue
        this.overlay.take(order, quantity)
        taken += quantity
      }
      if (taken === 0) continue
      const isResting = as === TakeAs.Resting
      this.responses.fillPrice[0] = isResting ? own.price[slot]! : book.doubles[priceAt]!
      this.fill(slot, taken, isResting ? Liquidity.Added : Liquidity.Removed)
      if (taken === wanted) return
    }
  }

  /** @returns what could be taken of a price-held level, at most `wanted` */
  private takeAtLevel(level: number, wanted: number): number {
    const quantity = Math.min(this.overlay.availableAtLevel(level), wanted)
    if (quantity > 0) this.overlay.takeAtLevel(level, quantity)
    return quantity
  }

  /** Puts an order with open quantity into the queue of its price, behind all that is displayed there now. */
  rest(slot: number): void {
    this.standLast(slot)
    this.own.rest(slot)
  }

  private standLast(slot: number): void {
    const { book, own } = this
    book.input[BookInput.Price] = own.price[slot]!
    const level = book.findLevelAt(own.bookSide[slot]!)
    own.ahead[slot] = level === NO_LEVEL ? this.queues.aheadUnseen(slot) : book.levelQuantity(level)
    own.entrySerial[slot] = book.latestArrival[0]!
    own.moved[slot] = 0
  }

  /**
   * A displayed order was executed: who was ahead has moved up by that much; who stands before it, by price or by time,
   * would have been executed in its place.
   */
  onExecution(bookSide: number, event: Float64Array, isFilling: boolean): void {
    const { own } = this
    const price = event[EventSlot.Price]!
    const quantity = event[EventSlot.Quantity]!
    const serial = event[EventSlot.Serial]!
    let budget = isFilling ? quantity : 0
    let next = NO_OWN_ORDER
    for (let slot = own.first[bookSide]!; slot !== NO_OWN_ORDER; slot = next) {
      next = own.next[slot]!
      const ahead = own.ahead[slot]!
      if (own.price[slot] === price) {
        if (serial <= own.entrySerial[slot]!) own.ahead[slot] = Math.max(0, ahead - quantity)
        else if (budget > ahead) budget -= this.fillResting(slot, budget - ahead)
      } else if (reaches(bookSide, own.price, slot, event, EventSlot.Price)) {
        if (budget > 0) budget -= this.fillResting(slot, budget)
      } else return
    }
  }

  /** A displayed order lost quantity without trading: who was behind it moves up; or, below zero, gained some in its place. */
  onDeparture(bookSide: number, event: Float64Array): void {
    const { own } = this
    const price = event[EventSlot.Price]!
    const quantity = event[EventSlot.Quantity]!
    const serial = event[EventSlot.Serial]!
    for (let slot = own.first[bookSide]!; slot !== NO_OWN_ORDER; slot = own.next[slot]!) {
      if (own.price[slot] === price) {
        if (serial <= own.entrySerial[slot]!) own.ahead[slot] = Math.max(0, own.ahead[slot]! - quantity)
      } else if (!reaches(bookSide, own.price, slot, event, EventSlot.Price)) return
    }
  }

  /** A displayed order arrived: own orders of the other side that it reaches trade with it, at their prices. */
  onArrival(order: number): void {
    const { book, own } = this
    const level = book.orderLevel(order)
    const priceAt = book.priceIndex(level)
    const bookSide = ((book.orderInstrument(order) << 1) | book.orderSide(order)) ^ 1
    let next = NO_OWN_ORDER
    for (let slot = own.first[bookSide]!; slot !== NO_OWN_ORDER; slot = next) {
      next = own.next[slot]!
      if (!reaches(bookSide, own.price, slot, book.doubles, priceAt)) return
      const available = this.overlay.available(order)
      if (available === 0) return
      this.overlay.take(order, this.fillResting(slot, available))
    }
  }

  /** A price-held level came up or grew: own orders of the other side that it reaches trade with it, at their prices. */
  onLevelArrival(level: number): void {
    const { book, own } = this
    const priceAt = book.priceIndex(level)
    const bookSide = ((book.levelInstrument(level) << 1) | book.levelSide(level)) ^ 1
    let next = NO_OWN_ORDER
    for (let slot = own.first[bookSide]!; slot !== NO_OWN_ORDER; slot = next) {
      next = own.next[slot]!
      if (!reaches(bookSide, own.price, slot, book.doubles, priceAt)) return
      const available = this.overlay.availableAtLevel(level)
      if (available === 0) return
      this.overlay.takeAtLevel(level, this.fillResting(slot, available))
    }
  }

  /**
   * A trade of which the feed names no displayed order: through an own price it fills. At an own price it fills what goes
   * beyond the quantity ahead where levels are given by price; else the order was hidden, and it fills only if nothing
   * displayed is ahead.
   */
  onUnnamedTrade(instrument: number, event: Float64Array): void {
    const { own } = this
    const price = event[EventSlot.Price]!
    let budget = event[EventSlot.Quantity]!
    for (let bookSide = instrument * 2; bookSide < instrument * 2 + 2; bookSide++) {
      let next = NO_OWN_ORDER
      for (let slot = own.first[bookSide]!; slot !== NO_OWN_ORDER; slot = next) {
        next = own.next[slot]!
        if (!reaches(bookSide, own.price, slot, event, EventSlot.Price)) break
        const offered = own.price[slot] === price ? this.queues.passTrade(slot, event, budget) : budget
        if (offered > 0) budget -= this.fillResting(slot, offered)
      }
    }
  }

  /** Trading goes on after an interruption: resting orders that the displayed market has crossed meanwhile are filled. */
  onResume(instrument: number): void {
    const { own } = this
    for (let bookSide = instrument * 2; bookSide < instrument * 2 + 2; bookSide++) {
      let next = NO_OWN_ORDER
      for (let slot = own.first[bookSide]!; slot !== NO_OWN_ORDER; slot = next) {
        next = own.next[slot]!
        this.takeLevels(slot, true, TakeAs.Resting)
        if (own.leaves[slot] === 0) own.remove(slot)
      }
    }
  }

  /** A book is whole again: who rests in it stands behind all that it displays, for nobody knows what has left. */
  onRebuilt(instrument: number): void {
    const { own } = this
    for (let bookSide = instrument * 2; bookSide < instrument * 2 + 2; bookSide++) {
      for (let slot = own.first[bookSide]!; slot !== NO_OWN_ORDER; slot = own.next[slot]!) this.standLast(slot)
    }
  }

  /** @returns the quantity filled: the smaller of what is offered and what is open */
  private fillResting(slot: number, offered: number): number {
    const quantity = Math.min(offered, this.own.leaves[slot]!)
    this.responses.fillPrice[0] = this.own.price[slot]!
    this.fill(slot, quantity, Liquidity.Added)
    if (this.own.leaves[slot] === 0) this.own.remove(slot)
    return quantity
  }

  /** The price is in the responses' `fillPrice`: a double argument may be allocated. */
  private fill(slot: number, quantity: number, liquidity: Liquidity): void {
    this.own.leaves[slot]! -= quantity
    this.own.filled[slot]! += quantity
    this.totals[0]!++
    this.totals[1]! += quantity
    this.responses.fill(slot, quantity, liquidity)
  }
}
