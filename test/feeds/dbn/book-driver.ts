import { BookCount } from '../../../feeds/book/book-counts.ts'
import { Cell } from '../../../feeds/book/book-memory.ts'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { OrderWord } from '../../../feeds/book/order-layout.ts'
import { verifyBook } from '../../../feeds/book/verify-book.ts'
import { DbnDecoder } from '../../../feeds/dbn/decoder.ts'
import { stateOf } from '../../../feeds/dbn/state.ts'
import { FeedShared } from '../../../feeds/protocol/feed-shared.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { Header, RecordType, type Side } from '../../../kernels/records/catalogue.ts'
import { findCanonicalFault } from '../../../kernels/records/codec.ts'

/** Decodes DBN records one by one and keeps the product's order book of what they become. */
export class DbnBookDriver {
  readonly book = new OrderBook({ ordersMax: 1 << 16, levelsMax: 1 << 14, instrumentsMax: 8 })
  readonly decoder: DbnDecoder
  /** Records by type, of all that were decoded. */
  readonly records = new Float64Array(256)
  readonly #batch = new RecordBatch(4096)

  constructor() {
    const shared = new FeedShared({ instrumentsMax: 8 })
    this.decoder = new DbnDecoder(stateOf(shared), shared.instruments, shared.epoch)
  }

  take(bytes: Uint8Array, at: number, length: number): void {
    const batch = this.#batch
    batch.reset()
    this.decoder.decode(bytes, at, length, batch)
    for (let from = 0; from < batch.usedBytes; from += batch.views.u32[from >> 2]!) {
      const fault = findCanonicalFault(batch.views, from)
      if (fault !== undefined) throw new Error(fault)
      const type = batch.views.u16[(from + Header.Type) >> 1]!
      this.records[type]!++
      if (type === RecordType.BookClear) this.#clear(batch.views.u32[(from + Header.Instrument) >> 2]!)
      else this.book.apply(batch.views, from)
    }
  }

  /** Best first, as [price, quantity, orders]. */
  levels(instrument: number, side: Side, most = 1 << 14): [number, number, number][] {
    const levels: [number, number, number][] = []
    let level = this.book.firstLevel(instrument, side)
    for (; level !== 0 && levels.length < most; level = this.book.nextLevel(level)) {
      levels.push([this.book.levelPrice(level), this.book.levelQuantity(level), this.book.levelOrders(level)])
    }
    return levels
  }

  /** What is wrong with the book, and messages that it could not use. */
  faults(): string[] {
    const { counts } = this.book
    const unused = [BookCount.Duplicates, BookCount.OrdersRefused, BookCount.Invalid, BookCount.Excess].filter(
      (count) => counts[count] !== 0,
    )
    return [...verifyBook(this.book), ...unused.map((count) => `${BookCount[count]} ${counts[count]}`)]
  }

  #clear(instrument: number): void {
    for (const side of [0, 1]) {
      for (
        let level = this.book.firstLevel(instrument, side);
        level !== 0;
        level = this.book.firstLevel(instrument, side)
      ) {
        const at = this.book.firstOrder(level) << Cell.Shift
        this.book.delete(this.book.words[at | OrderWord.ReferenceLow]!, this.book.words[at | OrderWord.ReferenceHigh]!)
      }
    }
  }
}
