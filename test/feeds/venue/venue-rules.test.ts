import { describe, expect, test } from 'vitest'
import {
  CancelReason,
  FLAG_NON_PRINTABLE,
  FLAG_POST_ONLY,
  Liquidity,
  RejectReason,
  Side,
  TradingState,
} from '../../../kernels/records/catalogue.ts'
import type { PlainRecord } from '../../../kernels/records/codec.ts'
import { summarise, VenueHarness } from './venue-harness.ts'

const INSTRUMENT = 1
const FAR = 2 ** 31 + 500

function setUp() {
  const harness = new VenueHarness({ instrumentsMax: 3, bookOrdersMax: 100, ordersMax: 6 })
  let nextReference = 1
  return {
    harness,
    add(side: Side, price: number, quantity: number): number {
      const reference = nextReference++
      harness.market({ record: 'orderAdd', instrument: INSTRUMENT, reference, side, price, quantity })
      return reference
    },
    addAndSee(side: Side, price: number, quantity: number) {
      const reference = nextReference++
      return harness
        .market({ record: 'orderAdd', instrument: INSTRUMENT, reference, side, price, quantity })
        .map(summarise)
    },
    execute: (reference: number, quantity: number, flags = 0) =>
      harness.market({ record: 'orderExecute', instrument: INSTRUMENT, reference, quantity, flags }).map(summarise),
    remove: (reference: number) =>
      harness.market({ record: 'orderDelete', instrument: INSTRUMENT, reference }).map(summarise),
    trade: (price: number, quantity: number) =>
      harness.market({ record: 'trade', instrument: INSTRUMENT, price, quantity }).map(summarise),
    status: (state: TradingState) =>
      harness.market({ record: 'tradingStatus', instrument: INSTRUMENT, state }).map(summarise),
    send: (side: Side, orderId: number, price: number, quantity: number, more: Partial<PlainRecord> = {}) =>
      harness
        .request({ record: 'newOrder', source: 1, instrument: INSTRUMENT, orderId, side, price, quantity, ...more })
        .map(summarise),
    amend: (orderId: number, newOrderId: number, price: number, quantity: number, filledQuantity = 0) =>
      harness
        .request({ record: 'replaceOrder', source: 1, orderId, newOrderId, price, quantity, filledQuantity })
        .map(summarise),
    cancel: (orderId: number) => harness.request({ record: 'cancelOrder', source: 1, orderId }).map(summarise),
  }
}

const fill = (orderId: number, price: number, quantity: number, leaves: number, liquidity: Liquidity, source = 1) => [
  'filled',
  source,
  INSTRUMENT,
  orderId,
  price,
  quantity,
  leaves,
  liquidity,
]

describe('orders that take liquidity', () => {
  test('fill level by level at the displayed prices, and what they took is not there a second time', () => {
    const { add, send } = setUp()
    add(Side.Sell, 101, 50)
    add(Side.Sell, 101, 50)
    add(Side.Sell, 102, 100)
    expect(send(Side.Buy, 1, 102, 120, { timeInForce: 1 }).slice(1)).toEqual([
      fill(1, 101, 100, 20, Liquidity.Removed),
      fill(1, 102, 20, 0, Liquidity.Removed),
    ])
    expect(send(Side.Buy, 2, 102, 120, { timeInForce: 1 }).slice(1)).toEqual([
      fill(2, 102, 80, 40, Liquidity.Removed),
      ['cancelled', 1, INSTRUMENT, 2, 40, CancelReason.ImmediateOrCancel],
    ])
  })

  test('what was taken comes back only with a new displayed order', () => {
    const { add, remove, send } = setUp()
    const reference = add(Side.Sell, 101, 50)
    send(Side.Buy, 1, 101, 50, { timeInForce: 1 })
    remove(reference)
    add(Side.Sell, 101, 30)
    expect(send(Side.Buy, 2, 101, 50, { timeInForce: 1 })[1]).toEqual(fill(2, 101, 30, 20, Liquidity.Removed))
  })

  test('a market order takes at any price, and is rejected when there is nothing', () => {
    const { add, send } = setUp()
    expect(send(Side.Sell, 1, 0, 10, { orderType: 1 })).toEqual([
      ['rejected', 1, INSTRUMENT, 1, RejectReason.VenueNoLiquidity],
    ])
    add(Side.Buy, FAR, 4)
    expect(send(Side.Sell, 2, 0, 10, { orderType: 1 }).slice(1)).toEqual([
      fill(2, FAR, 4, 6, Liquidity.Removed),
      ['cancelled', 1, INSTRUMENT, 2, 6, CancelReason.ImmediateOrCancel],
    ])
  })

  test('what a day order could not take rests at its price', () => {
    const { add, addAndSee, send } = setUp()
    add(Side.Sell, 101, 50)
    expect(send(Side.Buy, 1, 101, 80)[1]).toEqual(fill(1, 101, 50, 30, Liquidity.Removed))
    expect(addAndSee(Side.Sell, 100, 10)).toEqual([fill(1, 101, 10, 20, Liquidity.Added)])
  })

  test('a post-only order is rejected rather than take', () => {
    const { add, send } = setUp()
    add(Side.Sell, 101, 50)
    expect(send(Side.Buy, 1, 101, 10, { flags: FLAG_POST_ONLY })[0]!.at(-1)).toBe(RejectReason.VenueWouldTakeLiquidity)
    expect(send(Side.Buy, 2, 100, 10, { flags: FLAG_POST_ONLY })[0]![0]).toBe('accepted')
  })
})

describe('resting orders', () => {
  test('fill when all that was ahead is gone and the next execution reaches them', () => {
    const { add, execute, remove, send } = setUp()
    const first = add(Side.Buy, 100, 30)
    const second = add(Side.Buy, 100, 20)
    send(Side.Buy, 1, 100, 25)
    const behind = add(Side.Buy, 100, 40)
    expect(execute(first, 30)).toEqual([])
    expect(remove(second)).toEqual([])
    expect(execute(behind, 10)).toEqual([fill(1, 100, 10, 15, Liquidity.Added)])
    expect(execute(behind, 30)).toEqual([fill(1, 100, 15, 0, Liquidity.Added)])
  })

  test('an execution behind them while something is ahead fills only what goes beyond it', () => {
    const { add, execute, send } = setUp()
    add(Side.Buy, 100, 30)
    send(Side.Buy, 1, 100, 25)
    const behind = add(Side.Buy, 100, 60)
    expect(execute(behind, 20)).toEqual([])
    expect(execute(behind, 40)).toEqual([fill(1, 100, 10, 15, Liquidity.Added)])
  })

  test('own orders share an execution in their own order, across strategies', () => {
    const { add, execute, send } = setUp()
    send(Side.Buy, 1, 100, 25)
    send(Side.Buy, 1, 100, 25, { source: 2 })
    const behind = add(Side.Buy, 100, 60)
    expect(execute(behind, 30)).toEqual([fill(1, 100, 25, 0, Liquidity.Added), fill(1, 100, 5, 20, Liquidity.Added, 2)])
  })

  test('an execution at a worse price than theirs fills them at their price', () => {
    const { add, execute, send } = setUp()
    const reference = add(Side.Sell, 105, 30)
    send(Side.Sell, 1, 103, 10)
    expect(execute(reference, 30)).toEqual([fill(1, 103, 10, 0, Liquidity.Added)])
  })

  test('a displayed order that comes through their price fills them once', () => {
    const { addAndSee, send } = setUp()
    send(Side.Buy, 1, 100, 10)
    send(Side.Buy, 2, 101, 10)
    expect(addAndSee(Side.Sell, 100, 15)).toEqual([
      fill(2, 101, 10, 0, Liquidity.Added),
      fill(1, 100, 5, 5, Liquidity.Added),
    ])
    expect(addAndSee(Side.Sell, 101, 50)).toEqual([])
  })

  test('hidden trades fill through the price, and at the price only with nothing ahead', () => {
    const { add, remove, send, trade } = setUp()
    const ahead = add(Side.Buy, 100, 30)
    send(Side.Buy, 1, 100, 25)
    expect(trade(100, 10)).toEqual([])
    expect(trade(99, 10)).toEqual([fill(1, 100, 10, 15, Liquidity.Added)])
    remove(ahead)
    expect(trade(100, 5)).toEqual([fill(1, 100, 5, 10, Liquidity.Added)])
    expect(trade(101, 5)).toEqual([])
  })

  test('crosses and executions within them do not fill', () => {
    const { add, execute, harness, send } = setUp()
    const reference = add(Side.Buy, 99, 30)
    send(Side.Buy, 1, 100, 25)
    expect(execute(reference, 10, FLAG_NON_PRINTABLE)).toEqual([])
    expect(harness.market({ record: 'cross', instrument: INSTRUMENT, price: 90, quantity: 1_000 })).toEqual([])
  })

  test('a replace that only lowers the quantity keeps its place; any other goes to the end', () => {
    const { add, amend, execute, send } = setUp()
    send(Side.Buy, 1, 100, 25)
    const second = add(Side.Buy, 100, 60)
    expect(amend(1, 2, 100, 20)).toEqual([['replaced', 1, INSTRUMENT, 1, 2, 100, 20]])
    expect(execute(second, 5)).toEqual([fill(2, 100, 5, 15, Liquidity.Added)])
    expect(amend(2, 3, 100, 16, 5)).toEqual([['replaced', 1, INSTRUMENT, 2, 3, 100, 16]])
    expect(execute(second, 5)).toEqual([])
  })

  test('a fill that was not known of when a replace was decided opens no more, and ends the order when all of it is filled', () => {
    const { add, amend, execute, send } = setUp()
    send(Side.Buy, 1, 100, 25)
    const behind = add(Side.Buy, 100, 60)
    execute(behind, 10)
    expect(amend(1, 2, 101, 25)).toEqual([['replaced', 1, INSTRUMENT, 1, 2, 101, 15]])
    execute(add(Side.Buy, 101, 60), 5)
    expect(amend(2, 3, 101, 5)).toEqual([
      ['cancelled', 1, INSTRUMENT, 2, 10, CancelReason.Requested],
      ['rejected', 1, 0, 3, RejectReason.VenueTooLateToCancel],
    ])
  })

  test('a replace may take liquidity, and its quantity is what is open from then on', () => {
    const { add, amend, send } = setUp()
    add(Side.Sell, 102, 10)
    send(Side.Buy, 1, 100, 25)
    expect(amend(1, 2, 102, 30)).toEqual([
      ['replaced', 1, INSTRUMENT, 1, 2, 102, 30],
      fill(2, 102, 10, 20, Liquidity.Removed),
    ])
  })
})

describe('requests that the venue refuses', () => {
  test('orders while trading is halted or paused; cancels work, and nothing fills until it goes on', () => {
    const { addAndSee, cancel, send, status } = setUp()
    send(Side.Buy, 1, 100, 10)
    send(Side.Buy, 2, 101, 10)
    status(TradingState.Halted)
    expect(send(Side.Buy, 3, 100, 10)[0]!.at(-1)).toBe(RejectReason.VenueNotTrading)
    expect(addAndSee(Side.Sell, 100, 15)).toEqual([])
    expect(cancel(1)).toEqual([['cancelled', 1, INSTRUMENT, 1, 10, CancelReason.Requested]])
    status(TradingState.Paused)
    expect(send(Side.Buy, 3, 100, 10)[0]!.at(-1)).toBe(RejectReason.VenueNotTrading)
    expect(status(TradingState.Trading)).toEqual([fill(2, 101, 10, 0, Liquidity.Added)])
  })

  test('quotation only takes orders that rest, and no others', () => {
    const { add, send, status } = setUp()
    add(Side.Sell, 101, 10)
    status(TradingState.QuotationOnly)
    expect(send(Side.Buy, 1, 101, 10, { timeInForce: 1 })[0]!.at(-1)).toBe(RejectReason.VenueNotTrading)
    expect(send(Side.Buy, 2, 101, 10).length).toBe(1)
    expect(status(TradingState.Trading)).toEqual([fill(2, 101, 10, 0, Liquidity.Added)])
  })

  test.each([
    ['an unknown instrument', { instrument: 4 }, RejectReason.VenueUnknownInstrument],
    ['no instrument', { instrument: 0 }, RejectReason.VenueUnknownInstrument],
    ['no quantity', { quantity: 0 }, RejectReason.VenueInvalidQuantity],
    ['a fractional quantity', { quantity: 1.5 }, RejectReason.VenueInvalidQuantity],
    ['a price of zero', { price: 0 }, RejectReason.VenueInvalidPrice],
    ['an infinite price', { price: Number.POSITIVE_INFINITY }, RejectReason.VenueInvalidPrice],
  ])('an order with %s', (_what, wrong, reason) => {
    const { send } = setUp()
    expect(send(Side.Buy, 1, 100, 10, wrong as unknown as Partial<PlainRecord>)[0]!.at(-1)).toBe(reason)
  })

  test('an order beyond the bound of live orders', () => {
    const { send } = setUp()
    for (let orderId = 1; orderId <= 6; orderId++) send(Side.Buy, orderId, 100, 10)
    expect(send(Side.Buy, 7, 100, 10)[0]!.at(-1)).toBe(RejectReason.OpenOrderLimit)
  })

  test('cancels and replaces of orders that are done, and of orders that never were', () => {
    const { add, amend, cancel, send } = setUp()
    add(Side.Sell, 101, 10)
    send(Side.Buy, 5, 101, 10)
    expect(cancel(5)[0]!.at(-1)).toBe(RejectReason.VenueTooLateToCancel)
    expect(cancel(6)[0]!.at(-1)).toBe(RejectReason.VenueUnknownOrder)
    expect(amend(5, 7, 101, 10)).toEqual([['rejected', 1, 0, 7, RejectReason.VenueTooLateToCancel]])
  })

  test('a rejection names the request', () => {
    const { harness } = setUp()
    const [rejected] = harness.request({ record: 'replaceOrder', source: 3, sequence: 77, orderId: 1, newOrderId: 2 })
    expect(rejected).toMatchObject({ outboundSequence: 77, orderId: 2, requestType: 66, origin: 2, source: 3 })
  })
})

test('orders far above 2^31 in price fill at their exact prices', () => {
  const { add, addAndSee, execute, send } = setUp()
  const ahead = add(Side.Buy, FAR, 10)
  send(Side.Buy, 1, FAR, 5)
  execute(ahead, 10)
  expect(addAndSee(Side.Sell, FAR - 1, 5)).toEqual([fill(1, FAR, 5, 0, Liquidity.Added)])
})

test('the end of the session cancels what is live, of all strategies, in the order of entry', () => {
  const { harness, send } = setUp()
  send(Side.Buy, 9, 100, 10)
  send(Side.Sell, 1, 110, 20, { source: 2 })
  expect(harness.endOfSession().map(summarise)).toEqual([
    ['cancelled', 1, INSTRUMENT, 9, 10, CancelReason.EndOfSession],
    ['cancelled', 2, INSTRUMENT, 1, 20, CancelReason.EndOfSession],
  ])
})
