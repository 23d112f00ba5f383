import { describe, expect, test } from 'vitest'
import { AuctionFact } from '../../../feeds/matching/engine-codes.ts'
import { OrderFlag } from '../../../feeds/matching/order-cell.ts'
import {
  HaltCross,
  Hidden,
  ImmediateOrCancel,
  Market,
  MatchingDesk,
  MidpointPeg,
  OpeningCross,
  PostOnly,
  SelfMatch,
  TradingState,
} from './matching-desk.ts'

describe('priority', () => {
  test('is price, then display, then time', () => {
    const desk = new MatchingDesk()
    desk.sell({ tag: 1, price: 1002 }).sell({ tag: 2, price: 1001, flags: Hidden })
    desk.sell({ tag: 3, price: 1001 }).sell({ tag: 4, price: 1001 }).said()
    desk.buy({ tag: 5, price: 1002, shares: 350 })
    expect(desk.trades()).toEqual([
      '3 1001 100',
      '5 1001 100',
      '4 1001 100',
      '5 1001 100',
      '2 1001 100',
      '5 1001 100',
      '1 1002 50',
      '5 1002 50',
    ])
  })

  test('is kept by a smaller size and lost by a replace', () => {
    const desk = new MatchingDesk()
    desk.sell({ tag: 1, price: 1000, shares: 300 }).sell({ tag: 2, price: 1000 })
    desk.cancel(1, 50).buy({ tag: 3, price: 1000, shares: 10 })
    expect(desk.trades()).toEqual(['1 1000 10', '3 1000 10'])
    desk.replace(1, { tag: 4, price: 1000, shares: 30 }).buy({ tag: 5, price: 1000, shares: 110 })
    // Ten of the thirty had traded already.
    expect(desk.trades()).toEqual(['2 1000 100', '5 1000 100', '4 1000 10', '5 1000 10'])
  })
})

describe('order kinds', () => {
  test('post-only takes what is better, steps away from what it would lock, and may lock what is hidden', () => {
    const desk = new MatchingDesk()
    desk.sell({ tag: 1, price: 1001 }).sell({ tag: 2, price: 1003, flags: Hidden }).said()
    desk.buy({ tag: 3, price: 1001, flags: PostOnly })
    expect(desk.trades()).toEqual([])
    expect(desk.priceOf(3)).toBe(1000)
    desk.buy({ tag: 4, price: 1002, shares: 150, flags: PostOnly })
    expect(desk.trades()).toEqual(['1 1001 100', '4 1001 100'])
    desk.buy({ tag: 5, price: 1003, flags: PostOnly })
    expect(desk.trades()).toEqual([])
    expect(desk.priceOf(5)).toBe(1003)
  })

  test('a peg trades at the midpoint, follows it, and waits while it has none', () => {
    const desk = new MatchingDesk()
    desk.buy({ tag: 1, price: 1000 }).buy({ tag: 2, price: 1100, flags: MidpointPeg }).said()
    desk.sell({ tag: 3, price: 1000.5, flags: Hidden })
    expect(desk.trades()).toEqual([])
    desk.sell({ tag: 4, price: 1002 })
    // The midpoint is 1001: the peg takes the hidden order that is better.
    expect(desk.trades()).toEqual(['3 1000.5 100', '2 1000.5 100'])
    desk.buy({ tag: 5, price: 1000.9, flags: MidpointPeg }).buy({ tag: 6, price: 1001, flags: MidpointPeg }).said()
    desk.sell({ tag: 7, price: 1000, shares: 150, flags: ImmediateOrCancel })
    expect(desk.trades()).toEqual(['6 1001 100', '7 1001 100', '1 1000 50', '7 1000 50'])
  })

  test('a market order takes to the band, and nothing of it rests', () => {
    const desk = new MatchingDesk()
    desk.engine.setBands(1, 99_000, 100_100)
    desk.sell({ tag: 1, price: 1000 }).sell({ tag: 2, price: 1002 }).said()
    desk.buy({ tag: 3, shares: 300, flags: Market })
    expect(desk.said()).toEqual(['accept 3 100100 300', 'exec 1 100000 100 A', 'exec 3 100000 100 R', 'cancel 3 200 I'])
  })

  test('bands that move cancel what rests beyond them', () => {
    const desk = new MatchingDesk()
    desk.buy({ tag: 1, price: 1000 }).buy({ tag: 2, price: 998 }).said()
    desk.engine.setBands(1, 90_000, 99_900)
    expect(desk.said()).toEqual(['cancel 1 100 K'])
    desk.sell({ tag: 3, price: 890 })
    expect(desk.trades()).toEqual(['2 998 100', '3 998 100'])
  })
})

describe('self-match prevention', () => {
  test.each([
    [SelfMatch.Allowed, ['1 1000 100', '11 1000 100']],
    [SelfMatch.CancelOldest, ['2 1000 100', '11 1000 100']],
    [SelfMatch.CancelNewest, []],
  ])('%i', (policy, trades) => {
    const desk = new MatchingDesk()
    desk.engine.selfMatch[1] = policy
    desk.sell({ tag: 1, price: 1000 }).sell({ tag: 2, price: 1000 }).buy({ tag: 11, price: 1000 })
    expect(desk.trades()).toEqual(trades)
  })
})

describe('crosses', () => {
  test('trade the most shares at one price, and say before what they would do', () => {
    const desk = new MatchingDesk()
    desk.buy({ tag: 1, price: 999 }).sell({ tag: 2, price: 1003 })
    desk.buy({ tag: 3, shares: 300, flags: OpeningCross | Market })
    desk.buy({ tag: 4, price: 1002, shares: 100, flags: OpeningCross })
    desk.sell({ tag: 5, price: 1001, shares: 250, flags: OpeningCross }).said()
    desk.engine.publishImbalance(1, OpeningCross)
    const { auction } = desk.engine
    // At 1003 the displayed offer joins in, so that all market shares find a seller. Without the book 1001 and 1002 leave
    // as much over: the midpoint of 1001 decides.
    expect(auction[AuctionFact.Price]).toBe(100_300)
    expect(auction[AuctionFact.FarPrice]).toBe(100_100)
    expect([auction[AuctionFact.Paired], auction[AuctionFact.Imbalance]]).toEqual([300, 50])
    desk.said()
    desk.engine.cross(1, OpeningCross)
    expect(desk.said()).toEqual([
      'exec 3 100300 300 O',
      'exec 5 100300 250 O',
      'exec 2 100300 50 O',
      'print O 100300 300',
      'cancel 4 100 C',
    ])
    desk.buy({ tag: 6, price: 1000, flags: OpeningCross })
    expect(desk.said()).toEqual(['reject 6 R'])
    expect(desk.accounts.findBreaks()).toEqual([])
  })

  test('uncross what was entered while only quoting was allowed', () => {
    const desk = new MatchingDesk()
    desk.engine.setState(1, TradingState.Quoting)
    desk.buy({ tag: 1, price: 1002 }).sell({ tag: 2, price: 1000 }).buy({ tag: 3, price: 1001, flags: HaltCross })
    expect(desk.trades()).toEqual([])
    desk.engine.setState(1, TradingState.Trading)
    // At 1002 nobody is left over.
    expect(desk.trades()).toEqual(['1 1002 100', '2 1002 100'])
  })
})

describe('bounds', () => {
  test('that cannot be are refused', () => {
    for (const ordersMax of [0, 1.5, 2 ** 24 + 1]) expect(() => new MatchingDesk({ ordersMax })).toThrow(/cannot hold/)
    expect(() => new MatchingDesk({ levelsMax: 0 })).toThrow()
  })

  test('an order beyond the most there may be is rejected, and there is room again when one goes', () => {
    const desk = new MatchingDesk({ ordersMax: 2 })
    desk.buy({ tag: 1, price: 999 }).buy({ tag: 2, price: 999 }).said()
    expect(desk.buy({ tag: 3, price: 999 }).said()).toEqual(['reject 3 O'])
    expect(desk.cancel(1).buy({ tag: 4, price: 999 }).said()).toEqual(['cancel 1 100 U', 'accept 4 99900 100'])
  })

  test('an order that would need one level too many is cancelled by the system', () => {
    const desk = new MatchingDesk({ levelsMax: 2 })
    desk.buy({ tag: 1, price: 999 }).buy({ tag: 2, price: 998 }).said()
    expect(desk.buy({ tag: 3, price: 997 }).said()).toEqual(['accept 3 99700 100', 'cancel 3 100 Z'])
    expect(desk.replace(2, { tag: 4, price: 996, shares: 100 }).said()).toEqual(['replaced 4 99600 100'])
    desk.buy({ tag: 5, price: 996 }).said()
    expect(desk.replace(5, { tag: 6, price: 995, shares: 100 }).said()).toEqual([
      'replaced 6 99500 100',
      'cancel 6 100 Z',
    ])
  })

  test('expiry takes the orders of market hours alone', () => {
    const desk = new MatchingDesk()
    desk.buy({ tag: 1, price: 999, flags: OrderFlag.MarketHours }).buy({ tag: 2, price: 999 }).said()
    desk.engine.expire(OrderFlag.MarketHours, 0, 0x54)
    expect(desk.said()).toEqual(['cancel 1 100 T'])
  })
})
