import { BookInput } from '../../feeds/book/level-ladders.ts'
import type { OrderBook } from '../../feeds/book/order-book.ts'
import { Header, RecordType, Side, Trade } from '../records/catalogue.ts'
import type { RecordViews } from '../records/views.ts'
import type { StrategySlot } from './strategy-slot.ts'

/**
 * Where a strategy's orders stand in queues of levels that the feed gives by price: never behind more than the level
 * displays, and less by what trades at its price. An estimate: see `OwnOrder.aheadQuantity`.
 */
export class LevelQueuePosition {
  readonly #book: OrderBook

  constructor(book: OrderBook) {
    this.#book = book
  }

  /** After a level record of an instrument. A price that a feed of best prices does not show keeps what was known. */
  limit(strategy: StrategySlot, instrument: number, type: RecordType): void {
    const { orders } = strategy
    const book = this.#book
    for (let slot = orders.firstSlot[instrument]!; slot !== 0; slot = orders.nextSlot[slot]!) {
      if (orders.ahead[slot] === 0) continue
      const side = orders.side[slot]!
      book.input[BookInput.Price] = orders.price[slot]!
      const level = book.findLevelAt((instrument << 1) | side)
      if (level === 0) {
        if (type === RecordType.LevelUpdate || this.#isBest(instrument, side, orders.price, slot))
          orders.ahead[slot] = 0
      } else if (book.isPriceHeld(level) && book.levelQuantity(level) < orders.ahead[slot]!) {
        orders.ahead[slot] = book.levelQuantity(level)
      }
    }
  }

  /** A trade of which the feed names no order. */
  pass(strategy: StrategySlot, views: RecordViews, at: number): void {
    const { orders } = strategy
    const book = this.#book
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const priceAt = (at + Trade.Price) >> 3
    for (let slot = orders.firstSlot[instrument]!; slot !== 0; slot = orders.nextSlot[slot]!) {
      if (orders.ahead[slot] === 0 || orders.price[slot] !== views.f64[priceAt]) continue
      book.input[BookInput.Price] = orders.price[slot]!
      const level = book.findLevelAt((instrument << 1) | orders.side[slot]!)
      if (level === 0 || !book.isPriceHeld(level)) continue
      orders.ahead[slot] = Math.max(0, orders.ahead[slot]! - views.f64[(at + Trade.Quantity) >> 3]!)
    }
  }

  #isBest(instrument: number, side: Side, prices: Float64Array, slot: number): boolean {
    const best = this.#book.firstLevel(instrument, side)
    if (best === 0) return true
    const bestPrice = this.#book.levelPrice(best)
    return side === Side.Buy ? prices[slot]! > bestPrice : prices[slot]! < bestPrice
  }
}
