import { BookInput } from '../book/level-ladders.ts'
import { NO_LEVEL, TopSlot } from '../book/level-store.ts'
import type { OrderBook } from '../book/order-book.ts'
import { EventSlot } from './fill-event.ts'
import { NO_OWN_ORDER, type OwnOrders } from './own-orders.ts'
import { isBetter } from './price-order.ts'

/** Quantity ahead of an order at a price that the feed does not show: no trade uses it up. */
const UNSEEN = Number.MAX_SAFE_INTEGER

/**
 * Where own orders stand in the queues of levels that the feed gives by price. Who left a level is not known, so the
 * queue moves only by what is certain: trades at the price, and the level's own total.
 *
 *     trade of t at the price      ahead = max(0, ahead − t)
 *     level now displays q         ahead = min(ahead, q)
 *
 * A feed tells a trade and the level's decrease in either order: what the second of them repeats, at the same time, does
 * not count again.
 */
export class LevelQueues {
  /** By instrument: 1 while the feed shows nothing behind the best prices. */
  readonly isTopOnly: Uint8Array
  private readonly book: OrderBook
  private readonly own: OwnOrders
  private readonly nowNs: Float64Array

  constructor(book: OrderBook, own: OwnOrders, nowNs: Float64Array) {
    this.book = book
    this.own = own
    this.nowNs = nowNs
    this.isTopOnly = new Uint8Array(book.instrumentsMax + 1)
  }

  /** Quantity ahead of an order at whose price no level is displayed. */
  aheadUnseen(slot: number): number {
    const bookSide = this.own.bookSide[slot]!
    if (this.isTopOnly[bookSide >> 1] === 0) return 0
    const best = this.book.bestLevel(bookSide)
    if (best === NO_LEVEL) return 0
    const { doubles } = this.book
    return isBetter(bookSide, this.own.price, slot, doubles, this.book.priceIndex(best)) ? 0 : UNSEEN
  }

  /** A level displays another quantity, by `event`; 0 where it has gone. */
  onQuantity(bookSide: number, event: Float64Array): void {
    const { own } = this
    const price = event[EventSlot.Price]!
    for (let slot = own.first[bookSide]!; slot !== NO_OWN_ORDER; slot = own.next[slot]!) {
      if (own.price[slot] === price) this.limitAhead(slot, event, EventSlot.Quantity)
      else if (!isBetter(bookSide, own.price, slot, event, EventSlot.Price)) return
    }
  }

  /**
   * The best level of a side that shows no other has changed. Nothing stands at better prices; at worse ones nobody knows
   * what does.
   */
  onTop(bookSide: number): void {
    const { own } = this
    const { top } = this.book
    const at = (bookSide >> 1) * TopSlot.Slots + (bookSide & 1) * 2
    const isEmpty = top[at + 1] === 0
    for (let slot = own.first[bookSide]!; slot !== NO_OWN_ORDER; slot = own.next[slot]!) {
      if (isEmpty || isBetter(bookSide, own.price, slot, top, at)) own.ahead[slot] = 0
      else if (own.price[slot] === top[at]) this.limitAhead(slot, top, at + 1)
      else return
    }
  }

  /**
   * A trade at an own order's price moves its queue up.
   * @param budget what is left of the trade for own orders
   * @returns how much of it reaches this order; zero or less for nothing
   */
  passTrade(slot: number, event: Float64Array, budget: number): number {
    const { own } = this
    const ahead = own.ahead[slot]!
    const told = own.movedTime[slot] === this.nowNs[0] ? own.moved[slot]! : 0
    if (told === 0) {
      if (ahead === 0) return budget
      if (!this.isPriceHeld(slot)) return 0
    }
    const quantity = event[EventSlot.Quantity]!
    const repeated = Math.min(told, quantity)
    const traded = quantity - repeated
    own.moved[slot] = told - repeated
    own.ahead[slot] = Math.max(0, ahead - traded)
    return Math.min(budget, traded) - ahead
  }

  private limitAhead(slot: number, quantities: Float64Array, index: number): void {
    const { own } = this
    const ahead = own.ahead[slot]!
    const displayed = quantities[index]!
    if (ahead <= displayed) return
    own.ahead[slot] = displayed
    if (ahead === UNSEEN) return
    if (own.movedTime[slot] !== this.nowNs[0]) {
      own.movedTime[slot] = this.nowNs[0]!
      own.moved[slot] = 0
    }
    own.moved[slot]! += ahead - displayed
  }

  private isPriceHeld(slot: number): boolean {
    this.book.input[BookInput.Price] = this.own.price[slot]!
    const level = this.book.findLevelAt(this.own.bookSide[slot]!)
    return level !== NO_LEVEL && this.book.isPriceHeld(level)
  }
}
