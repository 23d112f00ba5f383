import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BookCount } from '../../../feeds/book/book-counts.ts'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { verifyBook } from '../../../feeds/book/verify-book.ts'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { Header, RecordType } from '../../../kernels/records/catalogue.ts'
import { findPitchCaptures } from './support/reference.ts'

const folder = findPitchCaptures()
const LIMITS = { ordersMax: 20_000, levelsMax: 20_000, instrumentsMax: 8_192 }

/** A capture's order records in a book of the product. */
function bookOf(name: string): OrderBook {
  const book = new OrderBook(LIMITS)
  const source = openFeed(join(folder!, name))
  const batch = new RecordBatch(4096)
  for (;;) {
    batch.reset()
    if (source.fill(batch) === 0) return book
    const { views, usedBytes } = batch
    for (let at = 0; at < usedBytes; at += views.u32[(at + Header.Length) >> 2]!) {
      const type = views.u16[(at + Header.Type) >> 1]!
      if (type >= RecordType.OrderAdd && type <= RecordType.OrderReplace) book.apply(views, at)
    }
  }
}

describe.runIf(folder !== undefined)('books of PITCH captures', () => {
  it.each([
    ['bats_mcastpitch_realtime_useq.pcap', 7, 0],
    ['cfe_futures_20190501_first6000.pcap', 7305, 7305 - 168],
    ['tcp_pitch_example_data.txt', 10_361, 784],
  ])('%s: every change finds its order', (name, adds, liveOrders) => {
    const book = bookOf(name)
    expect(verifyBook(book)).toEqual([])
    expect(book.counts[BookCount.Adds]).toBe(adds)
    expect(book.unknownReferences).toBe(0)
    for (const count of [BookCount.Duplicates, BookCount.OrdersRefused, BookCount.Invalid, BookCount.Excess]) {
      expect(book.counts[count]).toBe(0)
    }
    expect(book.liveOrders).toBe(liveOrders)
  })
})
