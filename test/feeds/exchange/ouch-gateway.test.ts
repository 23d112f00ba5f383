import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Exchange, ExchangeOptions } from '../../../feeds/exchange/exchange.ts'
import { GatewayCount } from '../../../feeds/exchange/ouch-gateway.ts'
import { SelfMatch } from '../../../feeds/matching/engine-codes.ts'
import { OrderFlag } from '../../../feeds/matching/order-cell.ts'
import { OuchVersion } from '../../../feeds/ouch/versions.ts'
import { displayedOrders } from './support/feed-follower.ts'
import { requestOf, responsesOf, type TestOrder } from './support/orders.ts'
import { createSmallExchange } from './support/small-exchange.ts'

/** An exchange with one symbol open, and short names for what its users do. */
class Desk {
  readonly exchange: Exchange

  constructor(options: Partial<ExchangeOptions> = {}) {
    this.exchange = createSmallExchange(options)
    this.exchange.advanceTo(34_200e9)
    this.exchange.listSymbol('AAA', 1)
  }

  send(username: string, type: string, order: TestOrder): void {
    const user = this.exchange.users.get(username)!
    const bytes = requestOf(user.options.version, type, order)
    this.exchange.takeRequest(user, bytes, 0, bytes.length)
  }

  said(username: string): string[] {
    return responsesOf(this.exchange.users.get(username)!)
  }

  get bids(): string[] {
    return displayedOrders(this.exchange, 1, 0).map((line) => line.split(' ').slice(1).join(' '))
  }
}

describe('OUCH 4.2', () => {
  test('enters what each display letter means', () => {
    const desk = new Desk()
    desk.send('other', 'O', { name: 1, isBuy: false, price: 1_001_000 })
    desk.send('old', 'O', { name: 1, price: 1_000_000 })
    desk.send('old', 'O', { name: 2, price: 1_000_100, display: 'N' })
    desk.send('old', 'O', { name: 3, price: 1_001_000, display: 'P' })
    desk.send('old', 'O', { name: 4, price: 1_001_000, display: 'M' })
    desk.send('old', 'O', { name: 5, price: 1_000_000, display: 'A' })
    expect(desk.said('old')).toEqual([
      'A T1 100 1000000',
      'A T2 100 1000100',
      'A T3 100 1000900',
      'A T4 100 1001000',
      'A T5 100 1000000',
    ])
    // The post-only order stands a tick below the offer; the hidden one and the peg are not seen.
    expect(desk.bids).toEqual(['1000900 100', '1000000 100', '1000000 100'])
    desk.send('other', 'O', { name: 2, isBuy: false, price: 1_000_000, shares: 450 })
    expect(desk.said('old').slice(5)).toEqual([
      'E T4 100 1000950 k',
      'E T3 100 1000900 A',
      'E T2 100 1000100 J',
      'E T1 100 1000000 A',
      'E T5 50 1000000 A',
    ])
  })

  test('ignores names used before, and orders that are gone', () => {
    const desk = new Desk()
    desk.send('old', 'O', { name: 1, price: 1_000_000 })
    desk.send('old', 'O', { name: 1, price: 1_000_000 })
    desk.send('old', 'X', { name: 7, shares: 0 })
    desk.send('old', 'U', { name: 2, previous: 7, price: 1_000_000 })
    desk.send('old', 'U', { name: 1, previous: 1, price: 1_000_000 })
    expect(desk.said('old')).toEqual(['A T1 100 1000000'])
    expect(desk.exchange.gateway.counts[GatewayCount.Ignored]).toBe(4)
  })

  test('a replace loses its place, a smaller size keeps it', () => {
    const desk = new Desk()
    for (const name of [1, 2, 3]) desk.send('old', 'O', { name, price: 1_000_000, shares: 100 * name })
    desk.send('old', 'X', { name: 1, shares: 50 })
    desk.send('old', 'U', { name: 4, previous: 2, price: 1_000_000, shares: 150 })
    expect(desk.bids).toEqual(['1000000 50', '1000000 300', '1000000 150'])
    expect(desk.said('old').slice(3)).toEqual(['C T1 50 U', 'U T4 150 1000000'])
  })

  test('a replace with senseless details cancels the order, and its name may be used again', () => {
    const desk = new Desk()
    desk.send('old', 'O', { name: 1, price: 1_000_000 })
    desk.send('old', 'U', { name: 2, previous: 1, price: 1_000_000, shares: 1_000_000 })
    desk.send('old', 'O', { name: 2, price: 1_000_000 })
    expect(desk.said('old')).toEqual(['A T1 100 1000000', 'C T1 100 U', 'A T2 100 1000000'])
  })

  test('a halt rejects orders and replaces, and leaves what rests', () => {
    const desk = new Desk()
    desk.send('old', 'O', { name: 1, price: 1_000_000 })
    desk.exchange.halt(1)
    desk.send('old', 'O', { name: 2, price: 1_000_000 })
    desk.send('old', 'U', { name: 3, previous: 1, price: 1_000_100 })
    desk.send('old', 'X', { name: 1, shares: 40 })
    expect(desk.said('old')).toEqual(['A T1 100 1000000', 'J T2 H', 'J T3 H', 'C T1 60 U'])
  })

  test('an order with a time to live ends by it, and one of a cross with the cross', () => {
    const desk = new Desk()
    desk.send('old', 'O', { name: 1, price: 1_000_000, timeInForce: 5 })
    desk.send('old', 'O', { name: 2, price: 1_000_000, cross: 'O' })
    desk.send('old', 'O', { name: 3, price: 1_000_000, cross: 'S' })
    desk.exchange.advanceTo(34_204e9)
    expect(desk.said('old')).toEqual(['A T1 100 1000000', 'A T2 100 1000000', 'J T3 R'])
    desk.exchange.advanceTo(34_206e9)
    desk.exchange.runCrossOf(1, OrderFlag.OpeningCross)
    expect(desk.said('old').slice(3)).toEqual(['C T1 100 T', 'C T2 100 C'])
    desk.send('old', 'O', { name: 4, price: 1_000_000, cross: 'O' })
    expect(desk.said('old').at(-1)).toBe('J T4 R')
  })

  test('an immediate order trades its minimum or nothing', () => {
    const desk = new Desk()
    desk.send('other', 'O', { name: 1, isBuy: false, price: 1_000_000, shares: 60 })
    desk.send('other', 'O', { name: 2, isBuy: false, price: 1_000_000, shares: 30 })
    desk.send('old', 'O', { name: 1, price: 1_000_000, shares: 200, minimum: 100, timeInForce: 0 })
    desk.send('old', 'O', { name: 2, price: 1_000_000, shares: 200, minimum: 90, timeInForce: 0 })
    desk.send('old', 'O', { name: 3, price: 1_000_000, shares: 200, minimum: 90 })
    expect(desk.said('old')).toEqual([
      'A T1 200 1000000',
      'C T1 200 I',
      'A T2 200 1000000',
      'E T2 60 1000000 R',
      'E T2 30 1000000 R',
      'C T2 110 I',
      'J T3 N',
    ])
  })

  test('modifies the kind of a sale and the size, never the side', () => {
    const desk = new Desk()
    desk.send('old', 'O', { name: 1, price: 1_000_000, shares: 100 })
    desk.send('old', 'M', { name: 1, isBuy: true, shares: 70 })
    desk.send('old', 'M', { name: 1, isBuy: false, shares: 50 })
    expect(desk.said('old')).toEqual(['A T1 100 1000000', 'M T1 70'])
    expect(desk.bids).toEqual(['1000000 70'])
  })
})

test.each([
  [SelfMatch.Allowed, ['E T1 100 1000000 A', 'E T2 100 1000000 R']],
  [SelfMatch.CancelOldest, ['C T1 100 Q']],
  [SelfMatch.CancelNewest, ['C T2 100 Q']],
])('self-match prevention %i', (selfMatch, outcome) => {
  const user = { username: 'old', password: 'one', version: OuchVersion.V42, account: 40, firm: 'AAAA', selfMatch }
  const desk = new Desk({ users: [user] })
  desk.send('old', 'O', { name: 1, price: 1_000_000 })
  desk.send('old', 'O', { name: 2, price: 1_000_000, isBuy: false })
  expect(desk.said('old').slice(2)).toEqual(outcome)
})

describe('OUCH 5.0', () => {
  test('wants numbers that rise, and says what the next one is', () => {
    const desk = new Desk()
    desk.send('new', 'O', { name: 5, price: 1_000_000 })
    desk.send('new', 'O', { name: 4, price: 1_000_000 })
    desk.send('new', 'O', { name: 6, price: 1_000_000 })
    desk.send('new', 'Q', { name: 0 })
    expect(desk.said('new')).toEqual(['A T5 100 1000000', 'A T6 100 1000000', 'Q'])
  })

  test('cancels all of a symbol, and switches order entry off and on', () => {
    const desk = new Desk()
    desk.exchange.listSymbol('BBB', 2)
    desk.send('new', 'O', { name: 1, price: 1_000_000 })
    desk.send('new', 'O', { name: 2, price: 1_000_000, symbol: 'BBB' })
    desk.send('new', 'C', { name: 3, symbol: 'AAA' })
    desk.send('new', 'D', { name: 4 })
    desk.send('new', 'O', { name: 5, price: 1_000_000 })
    desk.send('new', 'E', { name: 6 })
    desk.send('new', 'O', { name: 7, price: 1_000_000 })
    expect(desk.said('new')).toEqual([
      'A T1 100 1000000',
      'A T2 100 1000000',
      'C T1 100 U',
      'X',
      'G',
      'J T5 15',
      'K',
      'A T7 100 1000000',
    ])
  })

  test('rejects with its own numbers', () => {
    const desk = new Desk()
    desk.send('new', 'O', { name: 1, symbol: 'NONE' })
    desk.send('new', 'O', { name: 2, price: 3_000_000_000 })
    desk.send('new', 'O', { name: 3, shares: 1_000_000 })
    expect(desk.said('new')).toEqual(['J T1 23', 'J T2 29', 'J T3 19'])
  })
})

test('whatever bytes come, nothing throws and nothing is lost', () => {
  let traded = 0
  let faults = 0
  const versions = [OuchVersion.V42, OuchVersion.V50]
  const request = fc.record({
    user: fc.nat(2),
    type: fc.constantFrom('O', 'O', 'O', 'O', 'O', 'O', 'U', 'U', 'X', 'M', 'C', 'D', 'E', 'E', 'Q', 'N'),
    back: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(5)),
    previous: fc.nat(40),
    isBuy: fc.boolean(),
    shares: fc.oneof({ weight: 9, arbitrary: fc.nat(300) }, fc.integer({ min: 0, max: 0xffffffff })),
    price: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 9_997, max: 10_003 }).map((cents) => cents * 100) },
      fc.integer({ min: 0, max: 0xffffffff }),
    ),
    display: fc.constantFrom('Y', 'Y', 'Y', 'N', 'P', 'M', 'A', 'L', 'W', '?'),
    timeInForce: fc.constantFrom(0, 1, 0x30, 0x33, 99_998, 99_999),
    minimum: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat(200)),
    cross: fc.constantFrom('N', 'N', 'N', 'N', 'N', 'N', 'O', 'C', 'H', '?'),
    flips: fc.oneof(
      { weight: 5, arbitrary: fc.constant([]) },
      fc.array(fc.tuple(fc.nat(60), fc.nat(7)), { maxLength: 2 }),
    ),
    cut: fc.nat(300),
  })
  fc.assert(
    fc.property(fc.array(request, { minLength: 30, maxLength: 60 }), (requests) => {
      const desk = new Desk()
      const users = [...desk.exchange.users.values()]
      for (const [at, { user: index, type, flips, cut, back, ...order }] of requests.entries()) {
        const user = users[index]!
        const is42 = user.options.version === OuchVersion.V42
        if (is42 && 'CDEQ'.includes(type)) continue
        if (!is42 && type === 'N') continue
        const bytes = requestOf(versions[is42 ? 0 : 1]!, type, { ...order, name: Math.max(0, at - back) })
        for (const [byte, bit] of flips) if (byte < bytes.length) bytes[byte]! ^= 1 << bit
        desk.exchange.takeRequest(user, bytes, 0, cut < 20 ? Math.min(cut, bytes.length) : bytes.length)
      }
      expect(desk.exchange.accounts.findBreaks()).toEqual([])
      traded += desk.exchange.accounts.traded[0]!
      faults += desk.exchange.gateway.counts[GatewayCount.Faults]!
    }),
    { numRuns: 60 },
  )
  expect(faults).toBeGreaterThan(0)
  expect(traded).toBeGreaterThan(0)
})
