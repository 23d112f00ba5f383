import type { StateArchive } from '../../kernels/records/state-archive.ts'
import type { OrderBook } from '../book/order-book.ts'
import type { OwnOrders } from './own-orders.ts'

/** Slots are archived in blocks of so many: those in which something was taken. */
const BLOCK_SHIFT = 8
const BLOCK_SLOTS = 1 << BLOCK_SHIFT

/**
 * What simulated orders have taken from displayed orders and levels: the market goes on displaying it, and it must not be
 * taken twice. A mark is bound to the serial of the order or level, so it ends by itself when that leaves the book.
 *
 *     available(order) = max(0, displayed quantity − quantity taken from it so far)
 *
 * The same holds for levels whose orders are not known; of such a level never more is taken than it displays.
 */
export class DisplayedOverlay {
  private readonly book: OrderBook
  private readonly taken: Float64Array
  private readonly takenSerial: Float64Array
  private readonly levelTaken: Float64Array
  private readonly levelTakenSerial: Float64Array
  /** By instrument: 1 once a level of it was taken from; its levels are followed from then on. */
  private readonly isFollowed: Uint8Array
  private readonly own: OwnOrders
  /** By block: 1 once something was taken of a slot in it. */
  private readonly touched: Uint8Array
  private readonly levelTouched: Uint8Array

  constructor(book: OrderBook, own: OwnOrders) {
    this.book = book
    this.own = own
    this.levelTaken = new Float64Array(book.levelsMax)
    this.levelTakenSerial = new Float64Array(book.levelsMax)
    this.isFollowed = new Uint8Array(book.instrumentsMax + 1)
    this.taken = new Float64Array(book.orderSlotMax + 1)
    this.takenSerial = new Float64Array(book.orderSlotMax + 1)
    this.touched = new Uint8Array((this.taken.length >> BLOCK_SHIFT) + 1)
    this.levelTouched = new Uint8Array((this.levelTaken.length >> BLOCK_SHIFT) + 1)
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
      this.touched[order >> BLOCK_SHIFT] = 1
      this.taken[order] = 0
    }
    this.taken[order]! += quantity
  }

  /** Quantity of a price-held level that nobody here has taken yet. */
  availableAtLevel(level: number): number {
    const displayed = this.book.levelQuantity(level)
    const index = level - this.book.levelsSlot
    if (this.levelTakenSerial[index] !== this.book.levelSerial[index]) return displayed
    return Math.max(0, displayed - this.levelTaken[index]!)
  }

  /** Marks `quantity` of a price-held level as taken. */
  takeAtLevel(level: number, quantity: number): void {
    const index = level - this.book.levelsSlot
    if (this.levelTakenSerial[index] !== this.book.levelSerial[index]) {
      this.levelTakenSerial[index] = this.book.levelSerial[index]!
      this.levelTouched[index >> BLOCK_SHIFT] = 1
      this.levelTaken[index] = 0
    }
    this.levelTaken[index]! += quantity
    const instrument = this.book.levelInstrument(level)
    if (this.isFollowed[instrument] === 1) return
    this.isFollowed[instrument] = 1
    this.own.watch(instrument)
  }

  /** A price-held level has changed: what it does not display any more is not taken from it either. */
  capAtLevel(level: number): void {
    const index = level - this.book.levelsSlot
    const displayed = this.book.levelQuantity(level)
    if (this.levelTaken[index]! > displayed) this.levelTaken[index] = displayed
  }

  /** Saves or restores what was taken. */
  archive(archive: StateArchive): void {
    archiveTouched(archive, this.touched, this.taken, this.takenSerial)
    archiveTouched(archive, this.levelTouched, this.levelTaken, this.levelTakenSerial)
    archive.array(this.isFollowed)
  }
}

function archiveTouched(archive: StateArchive, touched: Uint8Array, taken: Float64Array, serials: Float64Array): void {
  archive.array(touched)
  for (let block = touched.indexOf(1); block >= 0; block = touched.indexOf(1, block + 1)) {
    const from = block << BLOCK_SHIFT
    const count = Math.min(BLOCK_SLOTS, taken.length - from)
    archive.array(taken, from, count)
    archive.array(serials, from, count)
  }
}
