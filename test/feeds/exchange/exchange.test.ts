import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../../feeds/exchange/exchange.ts'
import { GeneratedFlow } from '../../../feeds/exchange/generated-flow.ts'
import { PRICE_BANDS } from '../../../feeds/exchange/price-bands.ts'
import { FlowCount, timeOfRecord } from '../../../feeds/exchange/recorded-flow.ts'
import { OuchVersion } from '../../../feeds/ouch/versions.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { TestRandom } from '../../support/test-random.ts'
import { FeedFollower, findDifferences } from './support/feed-follower.ts'
import { requestOf, responsesOf } from './support/orders.ts'
import { createSmallExchange } from './support/small-exchange.ts'

const MINUTE_NS = 60e9
const DAY = {
  seed: 5,
  symbols: 6,
  messages: 12_000,
  startTimeNs: 560 * MINUTE_NS,
  openTimeNs: 562 * MINUTE_NS,
  closeTimeNs: 572 * MINUTE_NS,
  endTimeNs: 573 * MINUTE_NS,
}

/** Plays a generated day, with something in between the records. */
function playDay(exchange: Exchange, between: (index: number) => void): void {
  const flow = new GeneratedFlow(DAY)
  const batch = new RecordBatch()
  let index = 0
  while (flow.fill(batch) !== 0) {
    const { views } = batch
    for (let at = 0; at < batch.usedBytes; at += views.u32[at >> 2]!) {
      const timeNs = timeOfRecord(views, at)
      if (timeNs >= 0) exchange.advanceTo(timeNs)
      exchange.takeRecord(views, at)
      between(index++)
    }
    batch.reset()
  }
}

function followLog(exchange: Exchange, follower: FeedFollower, from: number): number {
  const { log } = exchange.publisher
  let sequence = from
  for (; sequence <= log.count; sequence++) {
    follower.take(log.bytes, log.startOf(sequence), log.lengthOf(sequence))
  }
  return sequence
}

describe('a day of the exchange', () => {
  test('is published as it is: the feed rebuilds the book, shares and cash sum up to zero', () => {
    const exchange = createSmallExchange()
    const follower = new FeedFollower()
    const random = new TestRandom(77)
    const users = [...exchange.users.values()]
    let next = 1
    let name = 0
    let checks = 0
    playDay(exchange, (index) => {
      if (index % 7 === 0 && exchange.instruments > 0) {
        const user = users[random.below(users.length)]!
        const type = name > 3 && random.below(3) === 0 ? (random.below(2) === 0 ? 'U' : 'X') : 'O'
        const old = 1 + random.below(Math.max(1, name))
        const instrument = 1 + random.below(exchange.instruments)
        const symbol = Buffer.from(exchange.tickers.subarray((instrument - 1) * 8, instrument * 8))
          .toString()
          .trim()
        const bid = exchange.engine.priceOf(exchange.engine.bestDisplayed(instrument * 2)) || 500_000
        const order = {
          name: type === 'X' ? old : ++name,
          previous: old,
          isBuy: random.below(2) === 0,
          shares: type === 'X' ? 0 : 100 * (1 + random.below(5)),
          symbol,
          price: bid + (random.below(5) - 2) * 100,
          display: user.options.version === OuchVersion.V42 && random.below(5) === 0 ? 'M' : 'Y',
        }
        const bytes = requestOf(user.options.version, type, order)
        exchange.takeRequest(user, bytes, 0, bytes.length)
      }
      if (index % 500 !== 0) return
      checks++
      next = followLog(exchange, follower, next)
      expect(findDifferences(exchange, follower)).toEqual([])
      expect(exchange.accounts.findBreaks()).toEqual([])
    })
    next = followLog(exchange, follower, next)
    expect(checks).toBeGreaterThan(20)
    expect(exchange.isOver).toBe(true)
    expect(exchange.engine.liveCount).toBe(0)
    expect(findDifferences(exchange, follower)).toEqual([])
    expect(follower.book.unknownReferences).toBe(0)
    expect(follower.decoder.counts.byType['P'.charCodeAt(0)]).toBeGreaterThan(0)
    expect(follower.decoder.counts.byType['Q'.charCodeAt(0)]).toBeGreaterThan(0)
    expect(exchange.accounts.traded[0]).toBeGreaterThan(0)
    // The users traded with the background, so that some of its orders were gone when the recording came to them.
    expect(exchange.flow.counts[FlowCount.Gone]).toBeGreaterThan(0)
    expect(responsesOf(users[0]!).some((line) => line.startsWith('E '))).toBe(true)
  })

  test('gives the same bytes again', () => {
    const run = () => {
      const exchange = createSmallExchange()
      playDay(exchange, () => {})
      const { log } = exchange.publisher
      return Buffer.from(log.bytes.subarray(0, log.startOf(log.count) + log.lengthOf(log.count)))
    }
    expect(run().equals(run())).toBe(true)
  })

  test('without users does what the recording says', () => {
    const exchange = createSmallExchange()
    playDay(exchange, () => {})
    expect(exchange.flow.counts[FlowCount.Unusable]).toBe(0)
    expect(exchange.flow.counts[FlowCount.Gone]! / exchange.flow.counts[FlowCount.Orders]!).toBeLessThan(0.02)
  })
})

describe('a snapshot', () => {
  test('joined with the feed from its number on gives the book', () => {
    const exchange = createSmallExchange()
    let late: FeedFollower | undefined
    let next = 0
    playDay(exchange, (index) => {
      if (index === 4000) {
        late = new FeedFollower()
        const log = exchange.snapshot()
        for (let sequence = 1; sequence < log.count; sequence++) {
          late.take(log.bytes, log.startOf(sequence), log.lengthOf(sequence))
        }
        const end = Buffer.from(log.bytes.subarray(log.startOf(log.count), log.startOf(log.count) + 21)).toString(
          'latin1',
        )
        expect(end[0]).toBe('G')
        next = Number(end.slice(1))
        expect(findDifferences(exchange, late)).toEqual([])
      }
      if (index === 9000) {
        followLog(exchange, late!, next)
        expect(findDifferences(exchange, late!)).toEqual([])
        expect(late!.book.unknownReferences).toBe(0)
      }
    })
    expect(next).toBeGreaterThan(1)
  })
})

test('a feed that begins anew holds the book', () => {
  const exchange = createSmallExchange()
  playDay(exchange, (index) => {
    if (index === 5000) exchange.resetFeed()
  })
  expect(exchange.publisher.session).toBe('TEST2     ')
  const follower = new FeedFollower()
  followLog(exchange, follower, 1)
  expect(follower.book.unknownReferences).toBe(0)
  expect(findDifferences(exchange, follower)).toEqual([])
})

test('halts, resumptions, resets and broken users in any order leave feed and book the same', () => {
  const exchange = createSmallExchange({ bands: { ...PRICE_BANDS, percent: 2, limitStateSeconds: 1, pauseSeconds: 5 } })
  const random = new TestRandom(4242)
  const users = [...exchange.users.values()]
  let follower = new FeedFollower()
  let next = 1
  let resets = 0
  let halts = 0
  let name = 0
  playDay(exchange, (index) => {
    if (exchange.instruments === 0) return
    const instrument = 1 + random.below(exchange.instruments)
    const user = users[random.below(users.length)]!
    if (random.below(4) === 0) {
      const bid = exchange.engine.priceOf(exchange.engine.bestDisplayed(instrument * 2)) || 500_000
      const order = {
        name: ++name,
        isBuy: random.below(2) === 0,
        symbol: exchange.symbolOf(instrument),
        price: bid + (random.below(7) - 3) * 100,
        display: 'YYNPM'[random.below(5)]!,
      }
      const bytes = requestOf(user.options.version, 'O', order)
      exchange.takeRequest(user, bytes, 0, bytes.length)
    }
    if (random.below(100) === 0 && exchange.halt(instrument)) halts++
    if (random.below(40) === 0) exchange.resume(instrument)
    if (random.below(300) === 0) exchange.cancelAll(user)
    if (random.below(1500) === 0) {
      resets++
      exchange.resetFeed()
      follower = new FeedFollower()
      next = 1
    }
    if (index % 300 !== 0) return
    next = followLog(exchange, follower, next)
    expect(findDifferences(exchange, follower)).toEqual([])
    expect(exchange.accounts.findBreaks()).toEqual([])
    expect(follower.book.unknownReferences).toBe(0)
  })
  expect(resets).toBeGreaterThan(2)
  expect(halts).toBeGreaterThan(20)
  expect(exchange.engine.liveCount).toBe(0)
})
