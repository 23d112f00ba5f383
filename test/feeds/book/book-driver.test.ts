import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BookCount } from '../../../feeds/book/book-counts.ts'
import { LevelBook } from '../../../feeds/book/level-book.ts'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { verifyBook } from '../../../feeds/book/verify-book.ts'
import { benchBook } from '../../../feeds/book-bench/bench-book.ts'
import { BookDriver } from '../../../feeds/book-bench/drive-book.ts'
import { AddOrderAt, Common, Itch50Type, ReplaceAt } from '../../../feeds/itch50/layout.ts'
import { Side } from '../../../kernels/records/catalogue.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { findCaptures } from '../../support/captures.ts'
import { readBookMessages } from './itch-book-messages.ts'

const captures = findCaptures()
const LIMITS = { ordersMax: 20_000, levelsMax: 20_000, instrumentsMax: 8_192 }

describe.skipIf(captures === undefined)('books driven straight from raw messages', () => {
  const read = (name: string) => new Uint8Array(readFileSync(join(captures!, 'nasdaq-itch50', name)))

  test.each([
    'AAPL_12302019_first30000_transcoded.itch',
    '12302019_A-E-C-X-D-U_first500.itch',
    '12302019_10_per_type.itch',
    'head1000_1.itch',
  ])('%s: reading ahead and decoding in place give the same books as single records', (name) => {
    const data = read(name)
    const views = new RecordViews(new ArrayBuffer(512))
    for (const create of [() => new LevelBook(LIMITS), () => new OrderBook(LIMITS)]) {
      const direct = create()
      const byRecords = create()
      new BookDriver(data, direct).run()
      for (const { locate } of readBookMessages(data, views)) {
        // The driver's instruments are the locates, the test's records have them one higher.
        views.u32[2] = locate
        byRecords.apply(views, 0)
      }
      expect([...direct.counts]).toEqual([...byRecords.counts])
      expect(Buffer.compare(Buffer.from(direct.top.buffer), Buffer.from(byRecords.top.buffer))).toBe(0)
      expect(Buffer.compare(Buffer.from(direct.words.buffer), Buffer.from(byRecords.words.buffer))).toBe(0)
      expect(verifyBook(direct)).toEqual([])
    }
  })

  test('the bench reports what it measured', () => {
    let nowNs = 0
    const result = benchBook(read('AAPL_12302019_first30000_transcoded.itch'), {
      rounds: 2,
      limits: LIMITS,
      nowNs: () => {
        nowNs += 30_000
        return nowNs
      },
    })
    expect(result).toMatchObject({ messages: 30_000, rounds: 2, walkNsPerMessage: 1, levelBookNsPerMessage: 1 })
    expect(result).toMatchObject({ fullBookNsPerMessage: 1, levelBookRatio: 1, fullBookRatio: 1 })
    expect(result.unknownReferences).toBe(9 + 2113 + 421 + 53)
    expect(result.peakLiveOrders).toBeGreaterThan(290)
  })
})

/** An add, then replaces that each replace the one before: more than the driver looks at ahead, at prices that go to and fro. */
function makeChainOfReplaces(replaces: number): Uint8Array {
  const data = new Uint8Array(2 + AddOrderAt.Bytes + replaces * (2 + ReplaceAt.Bytes))
  const view = new DataView(data.buffer)
  view.setUint16(0, AddOrderAt.Bytes)
  data[2] = Itch50Type.AddOrder
  view.setUint16(2 + Common.Locate, 7)
  view.setUint32(2 + AddOrderAt.Reference + 4, 1)
  data[2 + AddOrderAt.Side] = 0x53
  view.setUint32(2 + AddOrderAt.Shares, 100)
  view.setUint32(2 + AddOrderAt.Price, 10_000)
  for (let i = 0; i < replaces; i++) {
    const at = 2 + AddOrderAt.Bytes + i * (2 + ReplaceAt.Bytes) + 2
    view.setUint16(at - 2, ReplaceAt.Bytes)
    data[at] = Itch50Type.OrderReplace
    view.setUint16(at + Common.Locate, 7)
    view.setUint32(at + ReplaceAt.Reference + 4, i + 1)
    view.setUint32(at + ReplaceAt.NewReference + 4, i + 2)
    view.setUint32(at + ReplaceAt.Shares, 100 + i)
    view.setUint32(at + ReplaceAt.Price, 10_000 + ((i * 37) % 100))
  }
  return data
}

describe('replaces of orders that are themselves still ahead', () => {
  test.each([1, 63, 64, 300])('%i of them leave one order, at the last price, on the side of the first', (replaces) => {
    for (const book of [new LevelBook(LIMITS), new OrderBook(LIMITS)]) {
      expect(new BookDriver(makeChainOfReplaces(replaces), book).run()).toBe(replaces + 1)
      expect(book.counts[BookCount.Replaces]).toBe(replaces)
      expect([book.liveOrders, book.liveLevels, book.unknownReferences]).toEqual([1, 1, 0])
      const price = 10_000 + (((replaces - 1) * 37) % 100)
      expect(book.quantityAt(7, Side.Sell, price)).toBe(99 + replaces)
      expect(verifyBook(book)).toEqual([])
    }
  })
})
