import type { OrderBook } from '../book/order-book.ts'

/**
 * What simulated orders have taken from displayed orders: the market goes on displaying it, and it must not be taken
 * twice. A mark is bound to the order's arrival serial, so it ends by itself when the order leaves the book.
 *
 *     available(order) = max(0, displayed quantity − quantity taken from it so far)
 */
export class DisplayedOverlay {
  private readonly book: OrderBook
  private readonly taken: Float64Array
  private readonly takenSerial: Float64Array

  constructor(book: OrderBook) {
    this.book = book
    this.taken = new Float64Array(book.orderSlotMax + 1)
    this.takenSerial = new Float64Array(book.orderSlotMax + 1)
  }

  /** Quantity of a displayed order that nobody here has taken yet. */
  available(order: number): number {
    const displayed = this.book.orderQuantity(order)
    if (this.takenSerial[order] !== this.book.arrivalSerial[order]) return displayed
    return Math.max(0, displayed - this.taken[order]!)
  }

  /** Marks `quantity` of a displayed order as taken. */
  take(order: number, quantity: number): void {
    if (this.takenSerial[order] !== this.book.arrivalSerial[order]) {
      this.takenSerial[order] = this.book.arrivalSerial[order]!
      this.taken[order] = 0
    }
    this.taken[order]! += quantity
  }
}
