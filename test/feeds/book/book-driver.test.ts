import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LevelBook } from '../../../feeds/book/level-book.ts'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { verifyBook } from '../../../feeds/book/verify-book.ts'
import { benchBook } from '../../../feeds/book-bench/bench-book.ts'
import { BookDriver } from '../../../feeds/book-bench/drive-book.ts'
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
