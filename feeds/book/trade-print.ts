import {
  Cross,
  FLAG_HAS_PRICE,
  FLAG_NON_PRINTABLE,
  Header,
  OrderExecute,
  RecordType,
  Trade,
} from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import type { OrderBook } from './order-book.ts'
import { NO_ORDER } from './order-layout.ts'

/** Slots of what `readPrint` fills. */
export enum PrintSlot {
  Price = 0,
  Quantity = 1,
  Count = 2,
}

/**
 * Reads the trade that a record reports: a trade, a cross, or an execution of a displayed order, whose price may have to be
 * looked up in the book: ask before the book takes the record.
 * @param out price and quantity in the instrument's units, by `PrintSlot`; the price is NaN where the order is not known
 * @returns whether it is one that counts in volume
 */
export function readPrint(views: RecordViews, at: number, book: OrderBook | undefined, out: Float64Array): boolean {
  const type = views.u16[(at + Header.Type) >> 1]!
  const flags = views.u16[(at + Header.Flags) >> 1]!
  if ((flags & FLAG_NON_PRINTABLE) !== 0) return false
  if (type === RecordType.Trade) {
    out[PrintSlot.Price] = views.f64[(at + Trade.Price) >> 3]!
    out[PrintSlot.Quantity] = views.f64[(at + Trade.Quantity) >> 3]!
    return true
  }
  if (type === RecordType.Cross) {
    out[PrintSlot.Price] = views.f64[(at + Cross.Price) >> 3]!
    out[PrintSlot.Quantity] = views.f64[(at + Cross.Quantity) >> 3]!
    // Crosses that matched nothing are reported, too.
    return out[PrintSlot.Quantity]! > 0
  }
  if (type !== RecordType.OrderExecute) return false
  out[PrintSlot.Quantity] = views.f64[(at + OrderExecute.Quantity) >> 3]!
  if ((flags & FLAG_HAS_PRICE) !== 0) {
    out[PrintSlot.Price] = views.f64[(at + OrderExecute.Price) >> 3]!
    return true
  }
  const low = views.i32[(at + OrderExecute.ReferenceLow) >> 2]!
  const order = book?.findOrder(low, views.i32[(at + OrderExecute.ReferenceHigh) >> 2]!) ?? NO_ORDER
  out[PrintSlot.Price] = order === NO_ORDER ? Number.NaN : book!.orderPrice(order)
  return true
}
