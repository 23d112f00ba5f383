import type { OrderBook } from '../../feeds/book/order-book.ts'
import { ControlWord, Scratch } from '../../strategies/plugin/memory.ts'
import { OrderTransition } from '../../strategies/plugin/order-transitions.ts'
import { OrderEventKind, OrderState } from '../../strategies/plugin/vocabulary.ts'
import {
  Accepted,
  Cancelled,
  CancelRejected,
  Filled,
  Header,
  RecordType,
  Rejected,
  Replaced,
} from '../records/catalogue.ts'
import type { RecordViews } from '../records/views.ts'
import { bookFill } from './positions.ts'
import { SlotCount, type StrategySlot } from './strategy-slot.ts'

/**
 * Takes venue and gate responses into a strategy's orders and positions, and lays out the event for `onOrder`. Each
 * method returns the slot of the order to tell of, 0 for none; the caller frees it afterwards when it is done.
 */
export class OrderResponses {
  /** Fills of orders that no strategy knows: booked all the same where the strategy is known. */
  unknownFills = 0
  readonly #book: OrderBook
  readonly #scratch: Float64Array

  constructor(book: OrderBook, scratch: Float64Array) {
    this.#book = book
    this.#scratch = scratch
  }

  apply(strategy: StrategySlot, views: RecordViews, at: number): number {
    switch (views.u16[(at + Header.Type) >> 1]!) {
      case RecordType.Accepted:
        return this.#accept(strategy, views, at)
      case RecordType.Rejected:
        return this.#reject(strategy, views, at)
      case RecordType.Cancelled:
        return this.#cancel(strategy, views, at)
      case RecordType.Replaced:
        return this.#replace(strategy, views, at)
      case RecordType.Filled:
        return this.#fill(strategy, views, at)
      case RecordType.CancelRejected:
        return this.#refuse(strategy, views, at, CancelRejected.OrderId, CancelRejected.Reason)
      default:
        return 0
    }
  }

  #find(strategy: StrategySlot, views: RecordViews, at: number, idOffset: number): number {
    const slot = strategy.orders.find(views.u32[(at + idOffset) >> 2]!)
    if (slot === 0) strategy.counts[SlotCount.LateResponses]!++
    return slot
  }

  #tell(strategy: StrategySlot, kind: OrderEventKind, reason: number, previousId: number): void {
    strategy.control[ControlWord.EventKind] = kind
    strategy.control[ControlWord.EventReason] = reason
    strategy.control[ControlWord.EventPreviousId] = previousId
    strategy.control[ControlWord.EventLiquidity] = 0
    this.#scratch[Scratch.EventPrice] = 0
    this.#scratch[Scratch.EventQuantity] = 0
  }

  #accept(strategy: StrategySlot, views: RecordViews, at: number): number {
    const slot = this.#find(strategy, views, at, Accepted.OrderId)
    if (slot === 0 || !strategy.orders.apply(slot, OrderTransition.Accept)) return 0
    this.#enterQueue(strategy, slot, views, at)
    this.#tell(strategy, OrderEventKind.Accepted, 0, 0)
    return slot
  }

  /** An accepted order stands behind everything that is displayed at its price now. */
  #enterQueue(strategy: StrategySlot, slot: number, views: RecordViews, at: number): void {
    const { orders } = strategy
    orders.acceptedTime[slot] = views.f64[(at + Header.Time) >> 3]!
    const level = this.#book.findLevel(orders.instrument[slot]!, orders.side[slot]!, orders.price[slot]!)
    orders.ahead[slot] = level === 0 ? 0 : this.#book.levelQuantity(level)
    strategy.arrivals[slot] = this.#book.latestArrival[0]!
  }

  #reject(strategy: StrategySlot, views: RecordViews, at: number): number {
    strategy.counts[SlotCount.Rejects]!++
    const request = views.u32[(at + Rejected.RequestType) >> 2]!
    if (request === RecordType.MassCancel) return 0
    if (request === RecordType.CancelOrder) return this.#refuse(strategy, views, at, Rejected.OrderId, Rejected.Reason)
    const slot = this.#find(strategy, views, at, Rejected.OrderId)
    if (slot === 0) return 0
    return this.#rejectNew(strategy, slot, views.u32[(at + Rejected.Reason) >> 2]!)
  }

  /** A new order or a replacement never came to be; what it was to replace stands as before. */
  #rejectNew(strategy: StrategySlot, slot: number, reason: number): number {
    const { orders } = strategy
    if (!orders.apply(slot, OrderTransition.Reject)) return 0
    const standing = orders.replaces[slot]!
    if (standing !== 0) this.#standAgain(strategy, standing)
    this.#tell(strategy, OrderEventKind.Rejected, reason, standing === 0 ? 0 : orders.id[standing]!)
    return slot
  }

  #standAgain(strategy: StrategySlot, slot: number): boolean {
    const isFilled = strategy.orders.filled[slot]! > 0
    if (strategy.orders.state[slot] === OrderState.PendingCancel && strategy.orders.replacedBy[slot] !== 0) return true
    return strategy.orders.apply(slot, isFilled ? OrderTransition.RefuseFilled : OrderTransition.RefuseLive)
  }

  /** A cancel or a replace was refused. */
  #refuse(strategy: StrategySlot, views: RecordViews, at: number, idOffset: number, reasonOffset: number): number {
    const slot = this.#find(strategy, views, at, idOffset)
    if (slot === 0) return 0
    const reason = views.u32[(at + reasonOffset) >> 2]!
    const replacement = strategy.orders.replacedBy[slot]!
    if (strategy.orders.state[slot] === OrderState.PendingReplace && replacement !== 0) {
      return this.#rejectNew(strategy, replacement, reason)
    }
    if (!this.#standAgain(strategy, slot)) return 0
    this.#tell(strategy, OrderEventKind.RequestRejected, reason, 0)
    return slot
  }

  #cancel(strategy: StrategySlot, views: RecordViews, at: number): number {
    const slot = this.#find(strategy, views, at, Cancelled.OrderId)
    if (slot === 0 || !strategy.orders.apply(slot, OrderTransition.Cancel)) return 0
    this.#tell(strategy, OrderEventKind.Cancelled, views.u32[(at + Cancelled.Reason) >> 2]!, 0)
    return slot
  }

  #replace(strategy: StrategySlot, views: RecordViews, at: number): number {
    const { orders } = strategy
    const oldId = views.u32[(at + Replaced.OrderId) >> 2]!
    const old = orders.find(oldId)
    if (old !== 0 && orders.apply(old, OrderTransition.Replace)) orders.remove(old)
    const slot = this.#find(strategy, views, at, Replaced.NewOrderId)
    if (slot === 0 || !orders.apply(slot, OrderTransition.Accept)) return 0
    orders.price[slot] = views.f64[(at + Replaced.Price) >> 3]!
    orders.resize(slot, views.f64, (at + Replaced.Quantity) >> 3)
    this.#enterQueue(strategy, slot, views, at)
    this.#tell(strategy, OrderEventKind.Replaced, 0, oldId)
    return slot
  }

  #fill(strategy: StrategySlot, views: RecordViews, at: number): number {
    strategy.counts[SlotCount.Fills]!++
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const side = views.u32[(at + Filled.Side) >> 2]!
    const priceAt = (at + Filled.Price) >> 3
    const quantityAt = (at + Filled.Quantity) >> 3
    if (instrument > strategy.highestFilled) strategy.highestFilled = instrument
    bookFill(strategy.positions, instrument, side, views.f64, priceAt, quantityAt)
    const slot = strategy.orders.find(views.u32[(at + Filled.OrderId) >> 2]!)
    if (slot === 0) {
      this.unknownFills++
      return 0
    }
    const isDone = views.f64[(at + Filled.LeavesQuantity) >> 3]! === 0
    if (!strategy.orders.apply(slot, isDone ? OrderTransition.FillAll : OrderTransition.FillPart)) return 0
    strategy.orders.take(slot, views.f64, quantityAt)
    this.#tell(strategy, OrderEventKind.Filled, 0, 0)
    strategy.control[ControlWord.EventLiquidity] = views.u32[(at + Filled.Liquidity) >> 2]!
    this.#scratch[Scratch.EventPrice] = views.f64[priceAt]!
    this.#scratch[Scratch.EventQuantity] = views.f64[quantityAt]!
    return slot
  }
}
