import { expect, test } from 'vitest'
import type { Exchange } from '../../../feeds/exchange/exchange.ts'
import { PRICE_BANDS } from '../../../feeds/exchange/price-bands.ts'
import { OrderFlag } from '../../../feeds/matching/order-cell.ts'
import { requestOf, type TestOrder } from './support/orders.ts'
import { createSmallExchange } from './support/small-exchange.ts'

const SECOND_NS = 1e9

/** Every imbalance of the feed. Offsets: Nasdaq TotalView-ITCH 5.0, Net Order Imbalance Indicator Message. */
function imbalancesOf(exchange: Exchange): string[] {
  const { log } = exchange.publisher
  const found: string[] = []
  for (let sequence = 1; sequence <= log.count; sequence++) {
    const start = log.startOf(sequence)
    if (log.bytes[start] !== 0x49) continue
    const view = new DataView(log.bytes.buffer, log.bytes.byteOffset + start, log.lengthOf(sequence))
    const letter = (at: number) => String.fromCharCode(view.getUint8(at))
    const prices = [36, 40, 44].map((at) => view.getUint32(at))
    found.push(
      `${letter(48)} paired ${view.getBigUint64(11)} left ${view.getBigUint64(19)} ${letter(27)} at ${prices.join(' ')}`,
    )
  }
  return found
}

function openMarket(options: Parameters<typeof createSmallExchange>[0] = {}) {
  const exchange = createSmallExchange(options)
  const [, young, other] = [...exchange.users.values()]
  let name = 0
  let timeNs = 34_200 * SECOND_NS
  exchange.advanceTo(timeNs)
  exchange.listSymbol('AAA', 1)
  const send = (who: 'young' | 'other', order: Omit<TestOrder, 'name'>) => {
    const user = who === 'young' ? young! : other!
    const bytes = requestOf(user.options.version, 'O', { name: ++name, ...order })
    exchange.takeRequest(user, bytes, 0, bytes.length)
  }
  const wait = (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      timeNs += SECOND_NS
      exchange.advanceTo(timeNs)
    }
  }
  return { exchange, send, wait }
}

test('orders that wait for a cross make an imbalance once a second, until it has run', () => {
  const { exchange, send, wait } = openMarket()
  wait(3)
  expect(imbalancesOf(exchange)).toEqual([])
  send('young', { isBuy: true, price: 100_000, shares: 100 })
  send('other', { isBuy: false, price: 101_000, shares: 100 })
  send('young', { isBuy: true, price: 100_800, shares: 300, cross: 'O' })
  send('other', { isBuy: false, price: 100_200, shares: 200, cross: 'O' })
  wait(2)
  // Most trade, and fewest are over, at any price from 100,200 to 100,800; the midpoint of the market is among them.
  const opening = 'O paired 200 left 100 B at 100500 100500 100500'
  expect(imbalancesOf(exchange)).toEqual([opening, opening])
  send('other', { isBuy: false, price: 100_000, shares: 50, cross: 'C' })
  wait(1)
  expect(imbalancesOf(exchange).slice(2)).toEqual([opening, 'C paired 50 left 50 B at 0 100000 100000'])
  exchange.runCrossOf(1, OrderFlag.OpeningCross)
  exchange.runCrossOf(1, OrderFlag.ClosingCross)
  const count = imbalancesOf(exchange).length
  wait(5)
  expect(imbalancesOf(exchange)).toHaveLength(count)
})

test('a halted instrument that quotes takes orders, tells what its cross would do, and trades by it', () => {
  const { exchange, send, wait } = openMarket()
  expect(exchange.quote(1)).toBe(false)
  exchange.halt(1)
  expect(exchange.quote(1)).toBe(true)
  send('young', { isBuy: true, price: 100_800, shares: 300 })
  send('other', { isBuy: false, price: 100_200, shares: 200 })
  wait(1)
  expect(imbalancesOf(exchange)).toHaveLength(1)
  expect(imbalancesOf(exchange)[0]).toMatch(/^H paired 200 left 100 B at 0 /)
  expect(exchange.engine.match[0]).toBe(0)
  exchange.resume(1)
  wait(3)
  expect(exchange.engine.match[0]).toBe(1)
  expect(imbalancesOf(exchange)).toHaveLength(1)
  expect(exchange.accounts.findBreaks()).toEqual([])
})

test('a pause by the bands tells its imbalance until it is over', () => {
  const { exchange, send, wait } = openMarket({ bands: { ...PRICE_BANDS, percent: 5, pauseSeconds: 60 } })
  send('young', { isBuy: true, price: 1_000_000 })
  send('other', { isBuy: false, price: 1_000_000 })
  wait(2)
  send('young', { isBuy: true, price: 1_070_000, shares: 200 })
  wait(90)
  expect(exchange.bands.pauses).toBe(1)
  const told = imbalancesOf(exchange)
  expect(told.length).toBeGreaterThan(55)
  expect(told.length).toBeLessThan(62)
  expect(new Set(told)).toEqual(new Set(['H paired 0 left 200 B at 0 0 1050000']))
})
