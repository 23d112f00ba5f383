import {
  BOTH_SIDES,
  BookClear,
  BookClearReason,
  FLAG_MORE,
  FLAG_SNAPSHOT,
  LevelAction,
  LevelUpdate,
  NO_SIDE,
  OrderAdd,
  OrderDelete,
  OrderReduce,
  OrderReplace,
  RecordType,
  Side,
  Stale,
  StaleReason,
  Trade,
} from '../../kernels/records/catalogue.ts'
import { type DbnCounts, DbnReject } from './counts.ts'
import { type DbnCursor, isBookSide, PriceSlot, PriceState } from './cursor.ts'
import type { EventEnd } from './event-end.ts'
import { Action, Flag, MboAt, RType, SideCode } from './layout.ts'
import type { OrderTable } from './order-table.ts'

/** The feed's level index of a level that has none. */
const LEVEL_UNKNOWN = 255

/**
 * Market by order. Databento's rules: an add creates, a cancel takes its size off and removes at nothing, a modification
 * gives price and size anew and creates what is unknown, a clear empties the instrument's book; trades and fills leave
 * the book as it is, because cancels and modifications follow.
 * Source: Databento, "Constructing and managing limit order books" and the `Action` enumeration.
 */
export class DbnOrderMessages {
  readonly #cursor: DbnCursor
  readonly #orders: OrderTable
  readonly #events: EventEnd
  readonly #counts: DbnCounts
  /** 1 by instrument while its book may be wrong. */
  readonly #isStale: Uint8Array

  constructor(cursor: DbnCursor, orders: OrderTable, events: EventEnd, isStale: Uint8Array, counts: DbnCounts) {
    this.#cursor = cursor
    this.#orders = orders
    this.#events = events
    this.#isStale = isStale
    this.#counts = counts
  }

  /** Decodes the record at the cursor. @returns how many records were appended, three at most */
  decode(): number {
    const cursor = this.#cursor
    const wireFlags = cursor.readU8(MboAt.Flags)
    const action = cursor.readU8(MboAt.Action)
    cursor.flags = headerFlags(wireFlags)
    let records = 0
    if ((wireFlags & Flag.MaybeBadBook) !== 0 && this.#isStale[cursor.instrument] === 0) {
      this.#isStale[cursor.instrument] = 1
      this.#stale(StaleReason.SequenceGap)
      records = 1
    }
    records += this.#act(action, cursor.readU8(MboAt.Side), wireFlags)
    return this.#events.close(cursor, records, action)
  }

  #act(action: number, side: number, wireFlags: number): number {
    switch (action) {
      case Action.Add:
        return (wireFlags & Flag.TopOfBook) === 0 ? this.#add(side) : this.#top(side)
      case Action.Cancel:
        return this.#cancel()
      case Action.Modify:
        return this.#modify(side)
      case Action.Trade:
        return this.#trade(side)
      case Action.Clear:
        return this.#clear(wireFlags)
      case Action.Fill:
      case Action.None:
        // A fill tells which resting order a trade met. The trade is a record of its own, and a cancel or a change after it
        // takes the quantity off.
        return 0
      default:
        return this.#reject(DbnReject.UnknownAction)
    }
  }

  #add(side: number): number {
    const cursor = this.#cursor
    if (!isBookSide(side)) return this.#reject(DbnReject.UnknownSide)
    if (cursor.readPrice(MboAt.Price, PriceSlot.First) !== PriceState.Given) return this.#reject(DbnReject.BadPrice)
    const low = cursor.readI32(MboAt.OrderId)
    const high = cursor.readI32(MboAt.OrderId + 4)
    const slot = this.#orders.find(low, high)
    this.#note(slot === 0 ? this.#orders.add(low, high) : slot, side)
    return this.#writeAdd(side)
  }

  /** Sets what is known of an order from the record at hand. */
  #note(slot: number, side: number): void {
    const orders = this.#orders
    if (slot === 0) {
      this.#counts.rejected[DbnReject.UntrackedOrder]!++
      return
    }
    orders.instrument[slot] = this.#cursor.instrument
    orders.side[slot] = toSide(side)
    orders.price[slot] = this.#cursor.price[PriceSlot.First]!
    orders.quantity[slot] = this.#cursor.readI32(MboAt.Size) >>> 0
  }

  #cancel(): number {
    const cursor = this.#cursor
    const orders = this.#orders
    const slot = orders.find(cursor.readI32(MboAt.OrderId), cursor.readI32(MboAt.OrderId + 4))
    if (slot !== 0) {
      const left = orders.quantity[slot]! - (cursor.readI32(MboAt.Size) >>> 0)
      orders.quantity[slot] = left
      if (left <= 0) orders.remove(slot)
    }
    return this.#writeReduce(0)
  }

  /** A change that keeps its place in the queue is a reduction; one of side, or of an unknown order, an add. */
  #modify(side: number): number {
    const cursor = this.#cursor
    const orders = this.#orders
    if (!isBookSide(side)) return this.#reject(DbnReject.UnknownSide)
    if (cursor.readPrice(MboAt.Price, PriceSlot.First) !== PriceState.Given) return this.#reject(DbnReject.BadPrice)
    const slot = orders.find(cursor.readI32(MboAt.OrderId), cursor.readI32(MboAt.OrderId + 4))
    if (slot === 0) return this.#modifyUnknown(side)
    const size = cursor.readI32(MboAt.Size) >>> 0
    const isMoved = orders.price[slot] !== cursor.price[PriceSlot.First]
    const isOtherSide = orders.side[slot] !== toSide(side)
    const before = orders.quantity[slot]!
    this.#note(slot, side)
    if (isOtherSide) return this.#writeDelete() + this.#writeAdd(side)
    if (!isMoved && size <= before) {
      if (size === 0) orders.remove(slot)
      return this.#writeReduce(before)
    }
    return this.#writeReplace()
  }

  #modifyUnknown(side: number): number {
    const cursor = this.#cursor
    const orders = this.#orders
    const isFull = orders.count >= orders.ordersMax
    this.#note(orders.add(cursor.readI32(MboAt.OrderId), cursor.readI32(MboAt.OrderId + 4)), side)
    // With a full table the order may be in the book all the same.
    return (isFull ? this.#writeDelete() : 0) + this.#writeAdd(side)
  }

  /** A venue that shows its best price only: it is the side's one level. */
  #top(side: number): number {
    const cursor = this.#cursor
    if (!isBookSide(side)) return this.#reject(DbnReject.UnknownSide)
    const state = cursor.readPrice(MboAt.Price, PriceSlot.First)
    if (state === PriceState.OutOfRange) return this.#reject(DbnReject.BadPrice)
    const { flags } = cursor
    const hasLevel = state === PriceState.Given
    if (hasLevel) cursor.flags |= FLAG_MORE
    this.#writeClear(toSide(side))
    cursor.flags = flags
    if (!hasLevel) return 1
    const to = cursor.begin(RecordType.LevelUpdate, LevelUpdate.Bytes)
    const { i32, f64 } = cursor
    i32[(to + LevelUpdate.Side) >> 2] = toSide(side)
    i32[(to + LevelUpdate.Action) >> 2] = LevelAction.New
    f64[(to + LevelUpdate.Price) >> 3] = cursor.price[PriceSlot.First]!
    f64[(to + LevelUpdate.Quantity) >> 3] = cursor.readI32(MboAt.Size) >>> 0
    f64[(to + LevelUpdate.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    i32[(to + LevelUpdate.OrderCount) >> 2] = 0
    i32[(to + LevelUpdate.LevelIndex) >> 2] = LEVEL_UNKNOWN
    return 2
  }

  #clear(wireFlags: number): number {
    const cursor = this.#cursor
    this.#orders.clear(cursor.instrument, BOTH_SIDES)
    this.#writeClear(BOTH_SIDES)
    if (this.#isStale[cursor.instrument] === 0 || (wireFlags & Flag.MaybeBadBook) !== 0) return 1
    this.#isStale[cursor.instrument] = 0
    this.#stale(StaleReason.Recovered)
    return 2
  }

  #trade(side: number): number {
    const cursor = this.#cursor
    if (cursor.readPrice(MboAt.Price, PriceSlot.First) !== PriceState.Given) return this.#reject(DbnReject.BadPrice)
    const to = cursor.begin(RecordType.Trade, Trade.Bytes)
    const { i32, f64 } = cursor
    i32[(to + Trade.ReferenceLow) >> 2] = cursor.readI32(MboAt.OrderId)
    i32[(to + Trade.ReferenceHigh) >> 2] = cursor.readI32(MboAt.OrderId + 4)
    f64[(to + Trade.Price) >> 3] = cursor.price[PriceSlot.First]!
    f64[(to + Trade.Quantity) >> 3] = cursor.readI32(MboAt.Size) >>> 0
    f64[(to + Trade.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    i32[(to + Trade.MatchLow) >> 2] = cursor.readI32(MboAt.Sequence)
    i32[(to + Trade.MatchHigh) >> 2] = 0
    i32[(to + Trade.Side) >> 2] = toRestingSide(side)
    i32[(to + Trade.Reserved) >> 2] = 0
    return 1
  }

  #writeAdd(side: number): number {
    const cursor = this.#cursor
    const to = cursor.begin(RecordType.OrderAdd, OrderAdd.Bytes)
    const { i32, f64 } = cursor
    i32[(to + OrderAdd.ReferenceLow) >> 2] = cursor.readI32(MboAt.OrderId)
    i32[(to + OrderAdd.ReferenceHigh) >> 2] = cursor.readI32(MboAt.OrderId + 4)
    f64[(to + OrderAdd.Price) >> 3] = cursor.price[PriceSlot.First]!
    f64[(to + OrderAdd.Quantity) >> 3] = cursor.readI32(MboAt.Size) >>> 0
    f64[(to + OrderAdd.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    i32[(to + OrderAdd.Side) >> 2] = toSide(side)
    i32[(to + OrderAdd.Attribution) >> 2] = 0
    return 1
  }

  /** Takes off the record's size; where a quantity before is given, what the size leaves of it. */
  #writeReduce(before: number): number {
    const cursor = this.#cursor
    const to = cursor.begin(RecordType.OrderReduce, OrderReduce.Bytes)
    const size = cursor.readI32(MboAt.Size) >>> 0
    cursor.i32[(to + OrderReduce.ReferenceLow) >> 2] = cursor.readI32(MboAt.OrderId)
    cursor.i32[(to + OrderReduce.ReferenceHigh) >> 2] = cursor.readI32(MboAt.OrderId + 4)
    cursor.f64[(to + OrderReduce.Quantity) >> 3] = before > 0 ? before - size : size
    cursor.f64[(to + OrderReduce.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    return 1
  }

  /** The first half of a change that an add completes. */
  #writeDelete(): number {
    const cursor = this.#cursor
    const { flags } = cursor
    cursor.flags |= FLAG_MORE
    const to = cursor.begin(RecordType.OrderDelete, OrderDelete.Bytes)
    cursor.flags = flags
    cursor.i32[(to + OrderDelete.ReferenceLow) >> 2] = cursor.readI32(MboAt.OrderId)
    cursor.i32[(to + OrderDelete.ReferenceHigh) >> 2] = cursor.readI32(MboAt.OrderId + 4)
    cursor.f64[(to + OrderDelete.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    return 1
  }

  #writeReplace(): number {
    const cursor = this.#cursor
    const to = cursor.begin(RecordType.OrderReplace, OrderReplace.Bytes)
    const { i32, f64 } = cursor
    const low = cursor.readI32(MboAt.OrderId)
    const high = cursor.readI32(MboAt.OrderId + 4)
    i32[(to + OrderReplace.ReferenceLow) >> 2] = low
    i32[(to + OrderReplace.ReferenceHigh) >> 2] = high
    f64[(to + OrderReplace.Price) >> 3] = cursor.price[PriceSlot.First]!
    f64[(to + OrderReplace.Quantity) >> 3] = cursor.readI32(MboAt.Size) >>> 0
    f64[(to + OrderReplace.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    i32[(to + OrderReplace.NewReferenceLow) >> 2] = low
    i32[(to + OrderReplace.NewReferenceHigh) >> 2] = high
    return 1
  }

  #writeClear(sides: number): void {
    const cursor = this.#cursor
    const isSnapshot = (cursor.flags & FLAG_SNAPSHOT) !== 0
    const to = cursor.begin(RecordType.BookClear, BookClear.Bytes)
    cursor.i32[(to + BookClear.Reason) >> 2] = isSnapshot ? BookClearReason.Snapshot : BookClearReason.Reset
    cursor.i32[(to + BookClear.Sides) >> 2] = sides
    cursor.f64[(to + BookClear.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
  }

  #stale(reason: StaleReason): void {
    const cursor = this.#cursor
    const to = cursor.begin(RecordType.Stale, Stale.Bytes)
    cursor.i32[(to + Stale.Reason) >> 2] = reason
    cursor.i32[(to + Stale.Line) >> 2] = 0
  }

  #reject(reason: DbnReject): number {
    this.#counts.reject(RType.Mbo, reason)
    return 0
  }
}

/** Header flags by the wire's. */
export function headerFlags(wireFlags: number): number {
  return ((wireFlags & Flag.Last) === 0 ? FLAG_MORE : 0) | ((wireFlags & Flag.Snapshot) !== 0 ? FLAG_SNAPSHOT : 0)
}

/** The side that a trade's aggressor met; without an aggressor there is none. */
export function toRestingSide(aggressor: number): number {
  if (aggressor === SideCode.Ask) return Side.Buy
  return aggressor === SideCode.Bid ? Side.Sell : NO_SIDE
}

/** The record's side. */
function toSide(code: number): Side {
  return code === SideCode.Ask ? Side.Sell : Side.Buy
}
