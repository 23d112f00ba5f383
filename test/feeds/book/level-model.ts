import { TopSlot } from '../../../feeds/book/level-store.ts'
import { BookModel, type ModelOrder, sumQuantity } from './book-model.ts'

interface ModelLevel {
  readonly instrument: number
  readonly side: number
  readonly price: number
  quantity: number
  orderCount: number
}

/** The rules of a book of orders and of levels by price, as plainly as possible: two lists, a price in one of them only. */
export class LevelModel extends BookModel {
  priceHeld: ModelLevel[] = []
  /** By the book's names. */
  levelsAtOrders = 0
  ordersAtLevels = 0
  unknownLevels = 0

  private level(instrument: number, side: number, price: number): ModelLevel | undefined {
    return this.priceHeld.find((l) => l.instrument === instrument && l.side === side && l.price === price)
  }

  override add(order: ModelOrder): void {
    if (this.find(order.reference) !== undefined) return
    if (this.level(order.instrument, order.side, order.price) !== undefined) this.ordersAtLevels++
    else super.add(order)
  }

  /** A new quantity in place, or another price at the end of its queue. */
  amend(reference: bigint, price: number, quantity: number): void {
    const order = this.find(reference)
    if (order?.price === price) order.quantity = quantity
    else this.replace(reference, reference, price, quantity)
  }

  /** Quantities of the orders at each level that has any, from the best, by instrument and side. */
  queues(): number[][][] {
    const queues: number[][][] = []
    for (let instrument = 1; instrument <= 3; instrument++) {
      for (const side of [0, 1]) {
        queues.push(this.levels(instrument, side).map(({ orders }) => orders.map((order) => order.quantity)))
      }
    }
    return queues
  }

  setLevel(instrument: number, side: number, price: number, quantity: number, orderCount: number): void {
    const held = this.level(instrument, side, price)
    const hasOrders = this.orders.some((o) => o.instrument === instrument && o.side === side && o.price === price)
    if (hasOrders) this.levelsAtOrders++
    else if (held === undefined && quantity === 0) this.unknownLevels++
    else if (held === undefined) this.priceHeld.push({ instrument, side, price, quantity, orderCount })
    else if (quantity === 0) this.priceHeld = this.priceHeld.filter((l) => l !== held)
    else Object.assign(held, { quantity, orderCount })
  }

  setTop(instrument: number, side: number, price: number, quantity: number): void {
    this.priceHeld = this.priceHeld.filter(
      (l) => l.instrument !== instrument || l.side !== side || (quantity > 0 && l.price === price),
    )
    if (quantity > 0) this.setLevel(instrument, side, price, quantity, 0)
  }

  clear(instrument: number, sides: number): void {
    const stays = (o: { instrument: number; side: number }) =>
      (instrument !== 0 && o.instrument !== instrument) || (sides !== 2 && o.side !== sides)
    this.orders = this.orders.filter(stays)
    this.priceHeld = this.priceHeld.filter(stays)
  }

  /** Price, quantity and number of orders of each level of a side, from the best. */
  depth(instrument: number, side: number): number[][] {
    const ofOrders = this.levels(instrument, side).map(({ price, orders }) => [
      price,
      sumQuantity(orders),
      orders.length,
    ])
    const byPrice = this.priceHeld
      .filter((l) => l.instrument === instrument && l.side === side)
      .map((l) => [l.price, l.quantity, l.orderCount])
    return [...ofOrders, ...byPrice].sort((a, b) => (side === 0 ? b[0]! - a[0]! : a[0]! - b[0]!))
  }

  override top(instrument: number): number[] {
    const top = new Array<number>(TopSlot.Slots).fill(0)
    for (let side = 0; side < 2; side++) {
      const best = this.depth(instrument, side)[0]
      if (best === undefined) continue
      top[side * 2] = best[0]!
      top[side * 2 + 1] = best[1]!
      top[TopSlot.BidOrders + side] = best[2]!
    }
    return top
  }
}
