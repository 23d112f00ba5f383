import { describe, expect, test } from 'vitest'
import {
  BOTH_SIDES,
  CancelReason,
  FLAG_SNAPSHOT,
  Liquidity,
  RejectReason,
  Side,
  StaleReason,
  TradingState,
} from '../../../kernels/records/catalogue.ts'
import type { PlainRecord } from '../../../kernels/records/codec.ts'
import { summarise, VenueHarness } from './venue-harness.ts'

const INSTRUMENT = 1

function setUp() {
  const harness = new VenueHarness({ instrumentsMax: 3, bookOrdersMax: 100, ordersMax: 6 })
  const market = (fields: PlainRecord, laterNs = 1) =>
    harness.market({ instrument: INSTRUMENT, ...fields }, laterNs).map(summarise)
  return {
    harness,
    market,
    level: (side: Side, price: number, quantity: number, flags = 0, laterNs = 1) =>
      market({ record: 'levelUpdate', side, price, quantity, flags }, laterNs),
    top: (bidPrice: number, bidQuantity: number, askPrice: number, askQuantity: number) =>
      market({ record: 'topOfBook', bidPrice, bidQuantity, askPrice, askQuantity }),
    trade: (price: number, quantity: number, laterNs = 1) => market({ record: 'trade', price, quantity }, laterNs),
    stale: (reason: StaleReason) => market({ record: 'stale', reason }),
    status: (state: TradingState) => market({ record: 'tradingStatus', state }),
    send: (side: Side, orderId: number, price: number, quantity: number, more: Partial<PlainRecord> = {}) =>
      harness
        .request({ record: 'newOrder', source: 1, instrument: INSTRUMENT, orderId, side, price, quantity, ...more })
        .map(summarise),
  }
}

const fill = (orderId: number, price: number, quantity: number, leaves: number, liquidity: Liquidity) => [
  'filled',
  1,
  INSTRUMENT,
  orderId,
  price,
  quantity,
  leaves,
  liquidity,
]

describe('taking from levels', () => {
  test('what was taken is not there again; what the level gains is, what it loses goes off the taken part first', () => {
    const { level, send } = setUp()
    level(Side.Sell, 101, 100)
    expect(send(Side.Buy, 1, 101, 60)[1]).toEqual(fill(1, 101, 60, 0, Liquidity.Removed))
    level(Side.Sell, 101, 120)
    expect(send(Side.Buy, 2, 101, 80, { timeInForce: 1 }).slice(1)).toEqual([
      fill(2, 101, 60, 20, Liquidity.Removed),
      ['cancelled', 1, INSTRUMENT, 2, 20, CancelReason.ImmediateOrCancel],
    ])
    level(Side.Sell, 101, 30)
    level(Side.Sell, 101, 45)
    expect(send(Side.Buy, 3, 101, 80, { timeInForce: 1 })[1]).toEqual(fill(3, 101, 15, 65, Liquidity.Removed))
  })

  test('a level that went and came back is a new one', () => {
    const { level, send } = setUp()
    level(Side.Sell, 101, 50)
    send(Side.Buy, 1, 101, 50)
    expect(send(Side.Buy, 2, 101, 10, { orderType: 1 })[0]!.at(-1)).toBe(RejectReason.VenueNoLiquidity)
    level(Side.Sell, 101, 0)
    level(Side.Sell, 101, 30)
    expect(send(Side.Buy, 3, 102, 50, { timeInForce: 1 })[1]).toEqual(fill(3, 101, 30, 20, Liquidity.Removed))
  })

  test('a level that reaches resting orders fills them at their prices, once', () => {
    const { level, send } = setUp()
    send(Side.Buy, 1, 100, 10)
    send(Side.Buy, 2, 101, 10)
    expect(level(Side.Sell, 100, 15)).toEqual([
      fill(2, 101, 10, 0, Liquidity.Added),
      fill(1, 100, 5, 5, Liquidity.Added),
    ])
    expect(level(Side.Sell, 100, 12)).toEqual([])
    expect(level(Side.Sell, 100, 14)).toEqual([fill(1, 100, 2, 3, Liquidity.Added)])
  })
})

describe('queues of levels', () => {
  test('trades at the price move an order up and fill it; cancels count as if they were behind it', () => {
    const { level, send, trade } = setUp()
    level(Side.Buy, 100, 50)
    send(Side.Buy, 1, 100, 20)
    level(Side.Buy, 100, 80)
    expect(trade(100, 30)).toEqual([])
    level(Side.Buy, 100, 50)
    level(Side.Buy, 100, 40)
    expect(trade(100, 25)).toEqual([fill(1, 100, 5, 15, Liquidity.Added)])
  })

  test('the level bounds what is ahead', () => {
    const { level, send, trade } = setUp()
    level(Side.Buy, 100, 50)
    send(Side.Buy, 1, 100, 20)
    level(Side.Buy, 100, 10)
    expect(trade(100, 15)).toEqual([fill(1, 100, 5, 15, Liquidity.Added)])
    level(Side.Buy, 100, 0)
    expect(trade(100, 15)).toEqual([fill(1, 100, 15, 0, Liquidity.Added)])
  })

  test('a trade and the decrease that it caused count once, whichever is told first', () => {
    for (const isTradeFirst of [true, false]) {
      const { level, send, trade } = setUp()
      level(Side.Buy, 100, 50)
      send(Side.Buy, 1, 100, 20)
      level(Side.Buy, 100, 60)
      const told = isTradeFirst
        ? [trade(100, 45), level(Side.Buy, 100, 15, 0, 0)]
        : [level(Side.Buy, 100, 15), trade(100, 45, 0)]
      expect(told.flat()).toEqual([])
      expect(trade(100, 8)).toEqual([fill(1, 100, 3, 17, Liquidity.Added)])
    }
  })

  test('a trade through the price fills', () => {
    const { level, send, trade } = setUp()
    level(Side.Sell, 103, 50)
    send(Side.Sell, 1, 103, 20)
    expect(trade(104, 5)).toEqual([fill(1, 103, 5, 15, Liquidity.Added)])
  })

  test('where only the best prices are told, an order behind them waits until its price is seen', () => {
    const { send, top, trade } = setUp()
    top(100, 10, 102, 10)
    send(Side.Buy, 1, 99, 20)
    expect(trade(99, 500)).toEqual([])
    top(99, 40, 102, 10)
    expect(trade(99, 45)).toEqual([fill(1, 99, 5, 15, Liquidity.Added)])
    send(Side.Buy, 2, 100, 20)
    top(100, 30, 102, 10)
    expect(trade(100, 5)).toEqual([fill(2, 100, 5, 15, Liquidity.Added)])
  })
})

describe('books that are not whole', () => {
  test('nothing fills while a book is stale; then orders stand behind all that it displays', () => {
    const { level, send, stale, trade } = setUp()
    level(Side.Buy, 100, 50)
    send(Side.Buy, 1, 100, 20)
    stale(StaleReason.SequenceGap)
    expect(trade(99, 500)).toEqual([])
    level(Side.Buy, 100, 70)
    expect(stale(StaleReason.Recovered)).toEqual([])
    expect(trade(100, 75)).toEqual([fill(1, 100, 5, 15, Liquidity.Added)])
  })

  test('a snapshot after a clear puts what it brings ahead', () => {
    const { level, market, send, trade } = setUp()
    send(Side.Buy, 1, 100, 20)
    market({ record: 'bookClear', sides: BOTH_SIDES })
    level(Side.Buy, 100, 30, FLAG_SNAPSHOT)
    level(Side.Sell, 101, 30, FLAG_SNAPSHOT)
    expect(trade(100, 30)).toEqual([])
    expect(trade(100, 4)).toEqual([fill(1, 100, 4, 16, Liquidity.Added)])
  })

  test('a book that comes back crossed with a resting order fills it', () => {
    const { level, send, stale } = setUp()
    send(Side.Buy, 1, 100, 20)
    stale(StaleReason.SequenceGap)
    expect(level(Side.Sell, 99, 15)).toEqual([])
    expect(stale(StaleReason.Recovered)).toEqual([fill(1, 100, 15, 5, Liquidity.Added)])
  })

  test('a record about all instruments concerns those that were announced', () => {
    const { harness, send, trade } = setUp()
    harness.market({ record: 'instrument', instrument: INSTRUMENT, symbol: 'A' })
    send(Side.Buy, 1, 100, 20)
    harness.market({ record: 'stale', reason: StaleReason.SequenceGap })
    expect(trade(99, 5)).toEqual([])
    harness.market({ record: 'stale', reason: StaleReason.Recovered })
    expect(trade(99, 5)).toEqual([fill(1, 100, 5, 15, Liquidity.Added)])
  })

  test('and those announced while all are stale, of which nothing fills either', () => {
    const { harness, send, trade } = setUp()
    harness.market({ record: 'stale', reason: StaleReason.SequenceGap })
    harness.market({ record: 'instrument', instrument: INSTRUMENT, symbol: 'A' })
    send(Side.Buy, 1, 100, 20)
    expect(trade(99, 5)).toEqual([])
    harness.market({ record: 'stale', reason: StaleReason.Recovered })
    expect(trade(99, 5)).toEqual([fill(1, 100, 5, 15, Liquidity.Added)])
  })

  test('a book that lost changes of its own is not whole with all others; one that is whole by itself is', () => {
    const { harness, send, stale, trade } = setUp()
    harness.market({ record: 'instrument', instrument: INSTRUMENT, symbol: 'A' })
    send(Side.Buy, 1, 100, 20)
    stale(StaleReason.SequenceGap)
    harness.market({ record: 'stale', reason: StaleReason.SequenceGap })
    harness.market({ record: 'stale', reason: StaleReason.Recovered })
    expect(trade(99, 5)).toEqual([])
    harness.market({ record: 'stale', reason: StaleReason.SequenceGap })
    stale(StaleReason.Recovered)
    expect(trade(99, 5)).toEqual([fill(1, 100, 5, 15, Liquidity.Added)])
  })
})

test.each([TradingState.PreOpen, TradingState.Auction, TradingState.QuotationOnly])(
  'in trading state %i orders rest and none trades; immediate ones are refused',
  (state) => {
    const { level, send, status } = setUp()
    level(Side.Sell, 101, 10)
    status(state)
    expect(send(Side.Buy, 1, 101, 10, { timeInForce: 1 })[0]!.at(-1)).toBe(RejectReason.VenueNotTrading)
    expect(send(Side.Buy, 2, 101, 10).length).toBe(1)
    expect(status(TradingState.Trading)).toEqual([fill(2, 101, 10, 0, Liquidity.Added)])
  },
)

test('a closed venue takes no order', () => {
  const { send, status } = setUp()
  status(TradingState.Closed)
  expect(send(Side.Buy, 1, 101, 10)[0]!.at(-1)).toBe(RejectReason.VenueNotTrading)
})
