import { OrderBook } from '../../../feeds/book/order-book.ts'
import { ItchWriter } from '../../../feeds/generate/itch-writer.ts'
import { Itch50Decoder } from '../../../feeds/itch50/decoder.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import type { Side } from '../../../kernels/records/catalogue.ts'

/** Reads what a writer has written so far with the product's decoder, into the product's book. */
export class FeedReader {
  readonly book: OrderBook
  readonly decoder = new Itch50Decoder()
  readonly batch = new RecordBatch()
  readonly writer: ItchWriter

  constructor(instruments: number, ordersMax = 4096) {
    const tickers = Buffer.alloc(instruments * 8, ' ')
    for (let i = 0; i < instruments; i++) tickers.write(`SYM${i}`, i * 8)
    this.writer = new ItchWriter(tickers)
    this.book = new OrderBook({ ordersMax, levelsMax: ordersMax, instrumentsMax: instruments })
    for (let i = 0; i < instruments; i++) this.writer.stockDirectory(i, 'Q', 100, '1')
  }

  read(): void {
    const { writer, batch, decoder, book } = this
    for (let at = 0; at < writer.usedBytes; ) {
      const length = (writer.bytes[at]! << 8) | writer.bytes[at + 1]!
      batch.reset()
      decoder.decode(writer.bytes, at + 2, length, batch)
      for (let record = 0; record < batch.usedBytes; record += batch.views.u32[record >> 2]!) {
        book.apply(batch.views, record)
      }
      at += 2 + length
    }
    writer.reset()
  }

  /** The orders of a side in priority: reference, price, shares. */
  orders(instrument: number, side: Side): string[] {
    const { book } = this
    const lines: string[] = []
    for (let level = book.firstLevel(instrument, side); level !== 0; level = book.nextLevel(level)) {
      for (let order = book.firstOrder(level); order !== 0; order = book.nextOrder(order)) {
        const { low, high } = referenceOf(book, order)
        lines.push(`${high}:${low} ${book.levelPrice(level)} ${book.orderQuantity(order)}`)
      }
    }
    return lines
  }
}

/** Words 2 and 3 of an order's cell of eight words: see the layout of the book's orders. */
function referenceOf(book: OrderBook, order: number): { low: number; high: number } {
  return { low: book.words[order * 8 + 2]! >>> 0, high: book.words[order * 8 + 3]! >>> 0 }
}
