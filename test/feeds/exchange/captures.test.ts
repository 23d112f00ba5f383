import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { FlowCount, timeOfRecord } from '../../../feeds/exchange/recorded-flow.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { findCaptures } from '../../support/captures.ts'
import { FeedFollower, findDifferences } from './support/feed-follower.ts'
import { createSmallExchange } from './support/small-exchange.ts'

const captures = findCaptures()

/** Real messages. The first file begins in mid-day: orders of before are unknown to any book. */
const FILES = ['AAPL_12302019_first30000_transcoded.itch', '12302019_A-E-C-X-D-U_first500.itch', 'head1000_1.itch']

describe.runIf(captures !== undefined)('a recorded day as background', () => {
  test.each(FILES)('of %s is entered, and published again', (name) => {
    const exchange = createSmallExchange({ instrumentsMax: 8192, accountsMax: 40 })
    const source = openFeed(join(captures!, 'nasdaq-itch50', name))
    const batch = new RecordBatch()
    const recorded = new OrderBook({ ordersMax: 1 << 16, levelsMax: 1 << 16, instrumentsMax: 8192 })
    let adds = 0
    while (source.fill(batch) !== 0) {
      const { views } = batch
      for (let at = 0; at < batch.usedBytes; at += views.u32[at >> 2]!) {
        const timeNs = timeOfRecord(views, at)
        if (timeNs >= 0) exchange.advanceTo(timeNs)
        exchange.takeRecord(views, at)
        recorded.apply(views, at)
        adds++
      }
      batch.reset()
    }
    expect(adds).toBeGreaterThan(100)
    expect(exchange.accounts.findBreaks()).toEqual([])
    const { counts } = exchange.flow
    // Without users nothing is missing here that was not missing in the recording.
    expect(counts[FlowCount.Gone]! - recorded.unknownReferences).toBeLessThanOrEqual(counts[FlowCount.Orders]! / 100)
    const follower = new FeedFollower()
    const { log } = exchange.publisher
    for (let sequence = 1; sequence <= log.count; sequence++) {
      follower.take(log.bytes, log.startOf(sequence), log.lengthOf(sequence))
    }
    expect(follower.book.unknownReferences).toBe(0)
    if (exchange.instruments <= 1000) expect(findDifferences(exchange, follower)).toEqual([])
  })
})
