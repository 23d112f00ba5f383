import type { OrderBook } from '../../feeds/book/order-book.ts'
import {
  FLAG_KEEPS_PRIORITY,
  Header,
  OrderExecute,
  OrderReduce,
  OrderReplace,
  RecordType,
} from '../records/catalogue.ts'
import type { RecordViews } from '../records/views.ts'
import type { StrategySlot } from './strategy-slot.ts'

/** Slots of `HitOrder.facts`. */
export enum HitFact {
  Price = 0,
  /** What the record takes off the order; below zero, what it adds in its place. */
  Quantity = 1,
  ArrivalSerial = 2,
  Slots = 4,
}

/**
 * The displayed order that a record is about to change, noted before the book forgets it: where an execution traded,
 * and whether the order stood before one of ours.
 */
export class HitOrder {
  readonly facts = new Float64Array(HitFact.Slots)
  side = 0
  readonly #book: OrderBook

  constructor(book: OrderBook) {
    this.#book = book
  }

  /** @returns false when the reference is unknown */
  note(views: RecordViews, at: number, type: RecordType): boolean {
    const book = this.#book
    const order = book.findOrder(
      views.i32[(at + OrderExecute.ReferenceLow) >> 2]!,
      views.i32[(at + OrderExecute.ReferenceHigh) >> 2]!,
    )
    if (order === 0) return false
    this.side = book.orderSide(order)
    this.facts[HitFact.Price] = book.orderPrice(order)
    this.facts[HitFact.ArrivalSerial] = book.arrivalSerial[order]!
    let quantity = book.orderQuantity(order)
    if (type === RecordType.OrderExecute) quantity = Math.min(quantity, views.f64[(at + OrderExecute.Quantity) >> 3]!)
    if (type === RecordType.OrderReduce) quantity = Math.min(quantity, views.f64[(at + OrderReduce.Quantity) >> 3]!)
    const keepsPriority = (views.u16[(at + Header.Flags) >> 1]! & FLAG_KEEPS_PRIORITY) !== 0
    if (type === RecordType.OrderReplace && keepsPriority && this.#staysInPlace(views, at)) {
      quantity -= views.f64[(at + OrderReplace.Quantity) >> 3]!
    }
    this.facts[HitFact.Quantity] = quantity
    return true
  }

  /** Whether an amended order is the same one at the same price. */
  #staysInPlace(views: RecordViews, at: number): boolean {
    const { i32 } = views
    return (
      i32[(at + OrderReplace.ReferenceLow) >> 2] === i32[(at + OrderReplace.NewReferenceLow) >> 2] &&
      i32[(at + OrderReplace.ReferenceHigh) >> 2] === i32[(at + OrderReplace.NewReferenceHigh) >> 2] &&
      views.f64[(at + OrderReplace.Price) >> 3] === this.facts[HitFact.Price] &&
      views.f64[(at + OrderReplace.Quantity) >> 3]! > 0
    )
  }

  /** Moves a strategy's orders forward that stood behind the noted order in its queue. */
  advanceQueue(strategy: StrategySlot, instrument: number): void {
    const { orders, arrivals } = strategy
    for (let slot = orders.firstSlot[instrument]!; slot !== 0; slot = orders.nextSlot[slot]!) {
      const ahead = orders.ahead[slot]!
      if (ahead === 0 || orders.side[slot] !== this.side || orders.price[slot] !== this.facts[HitFact.Price]) continue
      if (this.facts[HitFact.ArrivalSerial]! > arrivals[slot]!) continue
      const left = ahead - this.facts[HitFact.Quantity]!
      orders.ahead[slot] = Math.max(left, 0)
    }
  }
}
