import {
  BOTH_SIDES,
  BookClear,
  FLAG_SNAPSHOT,
  Header,
  OrderAdd,
  OrderReplace,
  RecordType,
  Side,
} from '../../kernels/records/catalogue.ts'
import { beginRecord, type RecordViews } from '../../kernels/records/views.ts'
import { BookCount } from '../book/book-counts.ts'
import { Cell } from '../book/book-memory.ts'
import { OrderBook } from '../book/order-book.ts'
import { NO_ORDER, OrderWord } from '../book/order-layout.ts'
import { INSTRUMENTS_MAX_DEFAULT } from '../protocol/instrument-table.ts'
import type { RecordBatch } from '../record-batch.ts'

/** A full day of all Nasdaq stocks has up to some 3 million displayed orders at once. */
const ORDERS_MAX = 4_000_000

/**
 * The orders that are live at a moment, to be told as adds: what a reader that starts there must know. Attributions are kept; a
 * replaced order keeps that of the order before it, as ITCH 5.0 says of its replace message.
 * Bound: ORDERS_MAX; policy: further orders are not kept, and counted as refused.
 */
export class LiveOrders {
  readonly #book: OrderBook
  /** Four bytes of attribution by order slot. */
  readonly #attributions: Int32Array
  #instrumentMost = 0
  #slots = new Int32Array(0)
  #next = 0

  constructor(ordersMax = ORDERS_MAX) {
    this.#book = new OrderBook({ ordersMax, levelsMax: ordersMax, instrumentsMax: INSTRUMENTS_MAX_DEFAULT })
    this.#attributions = new Int32Array(this.#book.orderSlotMax + 1)
  }

  /** Orders that found no room. */
  get refused(): number {
    return this.#book.counts[BookCount.OrdersRefused]!
  }

  /** Takes a record; those that concern no order change nothing. */
  apply(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (type === RecordType.OrderReplace) this.#replace(views, at)
    else if (type === RecordType.BookClear) this.#clear(instrument, views.u32[(at + BookClear.Sides) >> 2]!)
    else if (type === RecordType.OrderAdd) this.#add(views, at, instrument)
    else this.#book.apply(views, at)
  }

  /** Begins to tell the live orders, in the order of their arrival. @returns how many there are */
  begin(): number {
    const book = this.#book
    const slots: number[] = []
    for (let instrument = 1; instrument <= this.#instrumentMost; instrument++) {
      for (const side of [Side.Buy, Side.Sell]) {
        for (let level = book.firstLevel(instrument, side); level !== 0; level = book.nextLevel(level)) {
          for (let order = book.firstOrder(level); order !== 0; order = book.nextOrder(order)) slots.push(order)
        }
      }
    }
    const serial = book.arrivalSerial
    this.#slots = Int32Array.from(slots).sort((left, right) => serial[left]! - serial[right]!)
    this.#next = 0
    return slots.length
  }

  /** Appends adds of time `timeNs[0]` with FLAG_SNAPSHOT while the batch has room. @returns whether all are told */
  fill(batch: RecordBatch, timeNs: Float64Array): boolean {
    while (this.#next < this.#slots.length && batch.hasRoom()) this.#append(batch, this.#slots[this.#next++]!, timeNs)
    return this.#next === this.#slots.length
  }

  #append(batch: RecordBatch, slot: number, timeNs: Float64Array): void {
    const book = this.#book
    const { views, usedBytes: to } = batch
    beginRecord(views, to, OrderAdd.Bytes, RecordType.OrderAdd, book.orderInstrument(slot))
    views.u16[(to + Header.Flags) >> 1] = FLAG_SNAPSHOT
    views.i32[(to + OrderAdd.ReferenceLow) >> 2] = this.#word(slot, OrderWord.ReferenceLow)
    views.i32[(to + OrderAdd.ReferenceHigh) >> 2] = this.#word(slot, OrderWord.ReferenceHigh)
    views.f64[(to + OrderAdd.Price) >> 3] = book.orderPrice(slot)
    views.f64[(to + OrderAdd.Quantity) >> 3] = book.orderQuantity(slot)
    views.f64[(to + OrderAdd.SourceTime) >> 3] = timeNs[0]!
    views.u32[(to + OrderAdd.Side) >> 2] = book.orderSide(slot)
    views.i32[(to + OrderAdd.Attribution) >> 2] = this.#attributions[slot]!
    batch.usedBytes = to + OrderAdd.Bytes
  }

  #add(views: RecordViews, at: number, instrument: number): void {
    const isDuplicate = this.#find(views, at, OrderAdd.ReferenceLow) !== NO_ORDER
    this.#book.apply(views, at)
    const slot = this.#find(views, at, OrderAdd.ReferenceLow)
    if (isDuplicate || slot === NO_ORDER) return
    this.#attributions[slot] = views.i32[(at + OrderAdd.Attribution) >> 2]!
    if (instrument > this.#instrumentMost) this.#instrumentMost = instrument
  }

  #replace(views: RecordViews, at: number): void {
    const before = this.#find(views, at, OrderReplace.ReferenceLow)
    const attribution = this.#attributions[before]!
    this.#book.apply(views, at)
    const after = this.#find(views, at, OrderReplace.NewReferenceLow)
    if (before !== NO_ORDER && after !== NO_ORDER) this.#attributions[after] = attribution
  }

  #clear(instrument: number, sides: number): void {
    const book = this.#book
    const first = instrument === 0 ? 1 : instrument
    const last = instrument === 0 ? this.#instrumentMost : Math.min(instrument, this.#instrumentMost)
    for (let id = first; id <= last; id++) {
      for (const side of [Side.Buy, Side.Sell]) {
        if (sides !== BOTH_SIDES && sides !== side) continue
        for (let level = book.firstLevel(id, side); level !== 0; level = book.firstLevel(id, side)) {
          const order = book.firstOrder(level)
          book.delete(this.#word(order, OrderWord.ReferenceLow), this.#word(order, OrderWord.ReferenceHigh))
        }
      }
    }
  }

  /** Slot of the order that a record's pair of words names, or NO_ORDER, whose attribution is none. */
  #find(views: RecordViews, at: number, field: number): number {
    return this.#book.findOrder(views.i32[(at + field) >> 2]!, views.i32[(at + field + 4) >> 2]!)
  }

  #word(slot: number, word: OrderWord): number {
    return this.#book.words[(slot << Cell.Shift) | word]!
  }
}
