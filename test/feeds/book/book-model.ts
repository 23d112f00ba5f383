import { TopSlot } from '../../../feeds/book/level-store.ts'

export interface ModelOrder {
  readonly reference: bigint
  readonly instrument: number
  readonly side: number
  readonly price: number
  quantity: number
}

/** The rules of a book written as plainly as possible: one list of orders in order of arrival. */
export class BookModel {
  orders: ModelOrder[] = []

  find(reference: bigint): ModelOrder | undefined {
    return this.orders.find((order) => order.reference === reference)
  }

  add(order: ModelOrder): void {
    if (this.find(order.reference) === undefined) this.orders.push(order)
  }

  take(reference: bigint, quantity: number): void {
    const order = this.find(reference)
    if (order === undefined) return
    order.quantity -= quantity
    if (order.quantity <= 0) this.remove(reference)
  }

  remove(reference: bigint): void {
    this.orders = this.orders.filter((order) => order.reference !== reference)
  }

  replace(reference: bigint, newReference: bigint, price: number, quantity: number): void {
    const old = this.find(reference)
    if (old === undefined) return
    this.remove(reference)
    this.add({ reference: newReference, instrument: old.instrument, side: old.side, price, quantity })
  }

  /** Levels of a side from the best, each with its orders in time priority. */
  levels(instrument: number, side: number): { price: number; orders: ModelOrder[] }[] {
    const byPrice = new Map<number, ModelOrder[]>()
    for (const order of this.orders) {
      if (order.instrument !== instrument || order.side !== side) continue
      byPrice.set(order.price, [...(byPrice.get(order.price) ?? []), order])
    }
    return [...byPrice]
      .map(([price, orders]) => ({ price, orders }))
      .sort((a, b) => (side === 0 ? b.price - a.price : a.price - b.price))
  }

  top(instrument: number): number[] {
    const top = new Array<number>(TopSlot.Slots).fill(0)
    for (let side = 0; side < 2; side++) {
      const best = this.levels(instrument, side)[0]
      if (best === undefined) continue
      top[side * 2] = best.price
      top[side * 2 + 1] = sumQuantity(best.orders)
      top[TopSlot.BidOrders + side] = best.orders.length
    }
    return top
  }
}

export function sumQuantity(orders: readonly ModelOrder[]): number {
  return orders.reduce((sum, order) => sum + order.quantity, 0)
}
