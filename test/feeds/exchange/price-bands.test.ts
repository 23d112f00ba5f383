import { expect, test } from 'vitest'
import { PRICE_BANDS } from '../../../feeds/exchange/price-bands.ts'
import { TradingState } from '../../../feeds/matching/engine-codes.ts'
import { FeedFollower } from './support/feed-follower.ts'
import { requestOf, responsesOf, type TestOrder } from './support/orders.ts'
import { createSmallExchange } from './support/small-exchange.ts'

const SECOND_NS = 1e9

test('nothing trades beyond the bands; a market that stands at one is paused, and opens again with a cross', () => {
  const exchange = createSmallExchange({ bands: { ...PRICE_BANDS, percent: 5, pauseSeconds: 60 } })
  const [, young, other] = [...exchange.users.values()]
  let name = 0
  const send = (user: typeof young, order: Omit<TestOrder, 'name'>) => {
    const bytes = requestOf(user!.options.version, 'O', { name: ++name, ...order })
    exchange.takeRequest(user!, bytes, 0, bytes.length)
  }
  let timeNs = 34_200 * SECOND_NS
  const wait = (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      timeNs += SECOND_NS
      exchange.advanceTo(timeNs)
    }
  }
  exchange.advanceTo(timeNs)
  exchange.listSymbol('AAA', 1)
  send(young, { isBuy: true, price: 1_000_000 })
  send(other, { isBuy: false, price: 1_000_000 })
  wait(2)
  expect([exchange.engine.bandLow[1], exchange.engine.bandHigh[1]]).toEqual([950_000, 1_050_000])
  // An offer above the band rests and cannot be reached; the bid is moved to the band.
  send(other, { isBuy: false, price: 1_060_000 })
  send(young, { isBuy: true, price: 1_070_000, shares: 200 })
  expect(responsesOf(young!).at(-1)).toBe('A T4 200 1050000')
  wait(17)
  expect(exchange.engine.states[1]).toBe(TradingState.Quoting)
  expect(exchange.bands.pauses).toBe(1)
  // In the pause orders rest without matching, even if they cross.
  send(young, { isBuy: true, price: 1_080_000, shares: 50 })
  send(other, { isBuy: false, price: 1_040_000, shares: 100 })
  expect(responsesOf(young!).at(-1)).toBe('A T5 50 1080000')
  wait(62)
  expect(exchange.engine.states[1]).toBe(TradingState.Trading)
  expect(responsesOf(young!).slice(-2)).toEqual(['E T5 50 1040000 H', 'E T4 50 1040000 H'])
  expect(exchange.accounts.findBreaks()).toEqual([])
  const follower = new FeedFollower()
  const { log } = exchange.publisher
  const types = new Set<string>()
  for (let sequence = 1; sequence <= log.count; sequence++) {
    types.add(String.fromCharCode(log.bytes[log.startOf(sequence)]!))
    follower.take(log.bytes, log.startOf(sequence), log.lengthOf(sequence))
  }
  for (const type of ['H', 'J', 'Q', 'C']) expect(types).toContain(type)
})
