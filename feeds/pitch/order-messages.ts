import {
  FLAG_HAS_PRICE,
  Header,
  OrderAdd,
  OrderDelete,
  OrderExecute,
  OrderReduce,
  OrderReplace,
  RecordType,
  Side,
} from '../../kernels/records/catalogue.ts'
import { copyText } from '../itch50/wire.ts'
import type { PitchContext } from './context.ts'
import { PitchReject } from './counts.ts'
import {
  AddExpandedAt,
  AddLongAt,
  AddShortAt,
  DeleteAt,
  ExecutedAt,
  ExecutedAtPriceAt,
  MODIFY_KEEPS_PRIORITY,
  ModifyLongAt,
  ModifyShortAt,
  PitchType,
  ReduceLongAt,
  ReduceShortAt,
  Wire,
} from './layout.ts'
import { type LiveOrders, OrderValue } from './live-orders.ts'
import { NO_ORDER } from './order-index.ts'

/**
 * The PITCH messages of displayed orders, the bulk of a day. All of them have the order's id at the same offset. Changes
 * name the order only: its instrument, price and quantity are those of the order index.
 */
export class OrderMessages {
  readonly #context: PitchContext
  readonly #orders: LiveOrders
  /** Price and quantity at hand. */
  readonly #value: Float64Array
  /** Price and quantity of the order before the message. */
  readonly #before = new Float64Array(2)

  constructor(context: PitchContext) {
    this.#context = context
    this.#orders = context.state.orders
    this.#value = this.#orders.value
  }

  /** An add in any of its three forms. */
  add(type: number, at: number, length: number): void {
    const context = this.#context
    const { view } = context
    const value = this.#value
    const side = view.getUint8((at + AddShortAt.Side) | 0)
    if (side !== Wire.Buy && side !== Wire.Sell) {
      context.reject(at, PitchReject.UnknownSide)
      return
    }
    if (type === PitchType.AddShort) {
      value[OrderValue.Quantity] = view.getUint16((at + AddShortAt.Quantity) | 0, true)
      // Futures have no flags behind the price, and signed prices.
      const instrument = context.shortSymbol(at + AddShortAt.Symbol, length < AddShortAt.BytesWithFlags)
      this.#readShortPrice(at + AddShortAt.Price, instrument)
      this.#appendAdd(at, instrument, side)
      return
    }
    value[OrderValue.Quantity] = view.getUint32((at + AddLongAt.Quantity) | 0, true)
    if (type === PitchType.AddLong) {
      this.#readLongPrice(at + AddLongAt.Price)
      this.#appendAdd(at, context.shortSymbol(at + AddLongAt.Symbol, length < AddLongAt.BytesWithFlags), side)
      return
    }
    this.#readLongPrice(at + AddExpandedAt.Price)
    const to = this.#appendAdd(at, context.longSymbol(at + AddExpandedAt.Symbol), side)
    if (to < 0) return
    copyText(context.bytes, at + AddExpandedAt.Participant, 4, context.u8, to + OrderAdd.Attribution, 4)
  }

  /** @returns the record's offset, −1 when there is none */
  #appendAdd(at: number, instrument: number, side: number): number {
    const context = this.#context
    const value = this.#value
    if (instrument === 0) {
      context.reject(at, PitchReject.TooManyInstruments)
      return -1
    }
    const idLow = context.view.getInt32((at + DeleteAt.Order) | 0, true)
    const idHigh = context.view.getInt32((at + (DeleteAt.Order + 4)) | 0, true)
    if (!this.#orders.add(idLow, idHigh, instrument)) {
      context.reject(at, PitchReject.TooManyOrders)
      return -1
    }
    const to = context.begin(OrderAdd.Bytes, RecordType.OrderAdd, instrument)
    const { i32, f64 } = context
    i32[(to + OrderAdd.ReferenceLow) >> 2] = idLow
    i32[(to + OrderAdd.ReferenceHigh) >> 2] = idHigh
    f64[(to + OrderAdd.Price) >> 3] = value[OrderValue.Price]!
    f64[(to + OrderAdd.Quantity) >> 3] = value[OrderValue.Quantity]!
    f64[(to + OrderAdd.SourceTime) >> 3] = context.time[0]!
    i32[(to + OrderAdd.Side) >> 2] = side === Wire.Buy ? Side.Buy : Side.Sell
    i32[(to + OrderAdd.Attribution) >> 2] = 0
    return to
  }

  /** Order executed, at its price. */
  executed(at: number): void {
    const cell = this.#find(at)
    if (cell === NO_ORDER) return
    const quantity = this.#value
    quantity[OrderValue.Quantity] = this.#context.view.getUint32((at + ExecutedAt.Quantity) | 0, true)
    this.#appendExecute(at, cell, at + ExecutedAt.Execution)
    this.#orders.take(cell)
  }

  /**
   * Order executed at another price or size: afterwards the order has the quantity that the message says. Where executed and
   * remaining do not add up to what the order had, it is replaced by one for which they do, first.
   */
  executedAtPrice(at: number): void {
    const cell = this.#find(at)
    if (cell === NO_ORDER) return
    const context = this.#context
    const { view } = context
    const value = this.#value
    const executed = view.getUint32((at + ExecutedAtPriceAt.Quantity) | 0, true)
    const remaining = view.getUint32((at + ExecutedAtPriceAt.Remaining) | 0, true)
    this.#orders.read(cell, value)
    if (executed + remaining !== value[OrderValue.Quantity]) {
      value[OrderValue.Quantity] = executed + remaining
      this.#orders.change(cell)
      this.#appendReplace(at, cell, true)
    }
    value[OrderValue.Quantity] = executed
    const to = this.#appendExecute(at, cell, at + ExecutedAtPriceAt.Execution)
    context.i32[(to + Header.Type) >> 2]! |= FLAG_HAS_PRICE << 16
    context.readLongPrice(at + ExecutedAtPriceAt.Price, context.f64, (to + OrderExecute.Price) >> 3)
    this.#orders.take(cell)
  }

  #appendExecute(at: number, cell: number, executionAt: number): number {
    const context = this.#context
    const to = context.begin(OrderExecute.Bytes, RecordType.OrderExecute, this.#orders.instrumentOf(cell))
    const { i32, f64, view } = context
    this.#storeReference(at, to)
    f64[(to + OrderExecute.Price) >> 3] = 0
    f64[(to + OrderExecute.Quantity) >> 3] = this.#value[OrderValue.Quantity]!
    f64[(to + OrderExecute.SourceTime) >> 3] = context.time[0]!
    i32[(to + OrderExecute.MatchLow) >> 2] = view.getInt32(executionAt, true)
    i32[(to + OrderExecute.MatchHigh) >> 2] = view.getInt32((executionAt + 4) | 0, true)
    return to
  }

  /** Reduce size in its two forms. */
  reduce(type: number, at: number): void {
    const cell = this.#find(at)
    if (cell === NO_ORDER) return
    const { view } = this.#context
    this.#value[OrderValue.Quantity] =
      type === PitchType.ReduceShort
        ? view.getUint16((at + ReduceShortAt.Quantity) | 0, true)
        : view.getUint32((at + ReduceLongAt.Quantity) | 0, true)
    this.#appendReduce(at, cell)
    this.#orders.take(cell)
  }

  #appendReduce(at: number, cell: number): void {
    const context = this.#context
    const to = context.begin(OrderReduce.Bytes, RecordType.OrderReduce, this.#orders.instrumentOf(cell))
    this.#storeReference(at, to)
    context.f64[(to + OrderReduce.Quantity) >> 3] = this.#value[OrderValue.Quantity]!
    context.f64[(to + OrderReduce.SourceTime) >> 3] = context.time[0]!
  }

  /**
   * Modify order in its two forms: a replacement under the same id; a reduction where the order keeps its place in the queue,
   * and nothing where it also keeps its quantity.
   */
  modify(type: number, at: number, length: number): void {
    const cell = this.#find(at)
    if (cell === NO_ORDER) return
    const { view } = this.#context
    const value = this.#value
    const before = this.#before
    this.#orders.read(cell, before)
    let keeps = false
    if (type === PitchType.ModifyShort) {
      value[OrderValue.Quantity] = view.getUint16((at + ModifyShortAt.Quantity) | 0, true)
      this.#readShortPrice(at + ModifyShortAt.Price, this.#orders.instrumentOf(cell))
      if (length >= ModifyShortAt.BytesWithFlags) keeps = this.#keepsPriority(at + ModifyShortAt.Flags)
    } else {
      value[OrderValue.Quantity] = view.getUint32((at + ModifyLongAt.Quantity) | 0, true)
      this.#readLongPrice(at + ModifyLongAt.Price)
      if (length >= ModifyLongAt.BytesWithFlags) keeps = this.#keepsPriority(at + ModifyLongAt.Flags)
    }
    const isSamePrice = value[OrderValue.Price] === before[OrderValue.Price]
    if (keeps && isSamePrice && value[OrderValue.Quantity]! <= before[OrderValue.Quantity]!) {
      value[OrderValue.Quantity] = before[OrderValue.Quantity]! - value[OrderValue.Quantity]!
      if (value[OrderValue.Quantity] === 0) return
      this.#appendReduce(at, cell)
      this.#orders.take(cell)
      return
    }
    this.#appendReplace(at, cell, false)
    this.#orders.change(cell)
    if (value[OrderValue.Quantity] === 0) this.#orders.remove(cell)
  }

  #keepsPriority(flagsAt: number): boolean {
    return (this.#context.view.getUint8(flagsAt) & MODIFY_KEEPS_PRIORITY) !== 0
  }

  #appendReplace(at: number, cell: number, isFirst: boolean): void {
    const context = this.#context
    const instrument = this.#orders.instrumentOf(cell)
    const to = isFirst
      ? context.beginFirst(OrderReplace.Bytes, RecordType.OrderReplace, instrument)
      : context.begin(OrderReplace.Bytes, RecordType.OrderReplace, instrument)
    const { i32, f64 } = context
    this.#storeReference(at, to)
    f64[(to + OrderReplace.Price) >> 3] = this.#value[OrderValue.Price]!
    f64[(to + OrderReplace.Quantity) >> 3] = this.#value[OrderValue.Quantity]!
    f64[(to + OrderReplace.SourceTime) >> 3] = context.time[0]!
    i32[(to + OrderReplace.NewReferenceLow) >> 2] = i32[(to + OrderReplace.ReferenceLow) >> 2]!
    i32[(to + OrderReplace.NewReferenceHigh) >> 2] = i32[(to + OrderReplace.ReferenceHigh) >> 2]!
  }

  /** Delete order. */
  delete(at: number): void {
    const cell = this.#find(at)
    if (cell === NO_ORDER) return
    const context = this.#context
    const to = context.begin(OrderDelete.Bytes, RecordType.OrderDelete, this.#orders.instrumentOf(cell))
    this.#storeReference(at, to)
    context.f64[(to + OrderDelete.SourceTime) >> 3] = context.time[0]!
    this.#orders.remove(cell)
  }

  /** The cell of the message's order; a message of an order that is not there is counted. */
  #find(at: number): number {
    const context = this.#context
    const { view } = context
    const idLow = view.getInt32((at + DeleteAt.Order) | 0, true)
    const idHigh = view.getInt32((at + (DeleteAt.Order + 4)) | 0, true)
    const cell = this.#orders.find(idLow, idHigh)
    if (cell === NO_ORDER) context.reject(at, PitchReject.UnknownOrder)
    else context.state.symbols.messages[this.#orders.instrumentOf(cell)]!++
    return cell
  }

  #readLongPrice(at: number): void {
    this.#context.readLongPrice(at, this.#value, OrderValue.Price)
  }

  #readShortPrice(at: number, instrument: number): void {
    const isSigned = this.#context.state.symbols.hasSignedPrices[instrument] === 1
    this.#context.readShortPrice(at, isSigned, this.#value, OrderValue.Price)
  }

  #storeReference(at: number, to: number): void {
    const { i32, view } = this.#context
    i32[(to + OrderDelete.ReferenceLow) >> 2] = view.getInt32((at + DeleteAt.Order) | 0, true)
    i32[(to + OrderDelete.ReferenceHigh) >> 2] = view.getInt32((at + (DeleteAt.Order + 4)) | 0, true)
  }
}
