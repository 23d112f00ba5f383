import { describe, expect, test } from 'vitest'
import { PositionSlot } from '../../strategies/plugin/memory.ts'
import { rigOf } from './support/load-source.ts'
import { InboundScript, type Rig } from './support/rig.ts'

const TELL = `
  onOrder(context, order, event) {
    const { position } = order.instrument
    context.log(LogLevel.Info, [OrderEventKind[event.kind], order.id, OrderState[order.state], order.filledQuantity + '/' + order.quantity,
      'leaves ' + order.leavesQuantity, 'position ' + position.quantity, 'open ' + position.openBuyQuantity + '/' + position.openSellQuantity,
      'reason ' + event.reason, 'previous ' + event.previousId, event.quantity + '@' + event.price].join(', '))
  },`

const START = () =>
  new InboundScript().start().instrument(1, 'AAPL').order(1, 0, 1000, 300, 1, 1).order(1, 1, 1010, 200, 2, 2)
const BUY = `onBook(context, book) { if (context.orders.count === 0 && book.isTwoSided && book.askQuantity === 200) context.orders.buyLimit(book.instrument, 1000, 100) },`
const RESPONSE = { source: 1, instrument: 1, time: 10 }

async function tell(body: string, script: InboundScript): Promise<Rig> {
  const rig = await rigOf(`${body}${TELL}`)
  return rig.run(script)
}

describe('responses of gate and venue reach orders, positions and onOrder', () => {
  test('accepted, filled in part, filled', async () => {
    const script = START()
      .add({ record: 'accepted', ...RESPONSE, orderId: 1, side: 0, price: 1000, quantity: 100 })
      .add({
        record: 'filled',
        ...RESPONSE,
        orderId: 1,
        side: 0,
        price: 1000,
        quantity: 40,
        leavesQuantity: 60,
        liquidity: 1,
      })
      .add({
        record: 'filled',
        ...RESPONSE,
        orderId: 1,
        side: 0,
        price: 999,
        quantity: 60,
        leavesQuantity: 0,
        liquidity: 2,
      })
    const rig = await tell(BUY, script)
    expect(rig.logs).toEqual([
      'Accepted, 1, Live, 0/100, leaves 100, position 0, open 100/0, reason 0, previous 0, 0@0',
      'Filled, 1, PartiallyFilled, 40/100, leaves 60, position 40, open 60/0, reason 0, previous 0, 40@1000',
      'Filled, 1, Filled, 100/100, leaves 0, position 100, open 0/0, reason 0, previous 0, 60@999',
    ])
    expect(rig.kernel.summarise()).toMatchObject([{ fills: 2, illegalTransitions: 0, liveOrders: 0, ordersSent: 1 }])
  })

  test('rejected', async () => {
    const reject = { record: 'rejected', ...RESPONSE, orderId: 1, origin: 1, reason: 3, requestType: 64 }
    const rig = await tell(BUY, START().add(reject))
    expect(rig.logs).toEqual([
      'Rejected, 1, Rejected, 0/100, leaves 100, position 0, open 100/0, reason 3, previous 0, 0@0',
    ])
    expect(rig.kernel.summarise()).toMatchObject([{ rejects: 1, liveOrders: 0 }])
  })

  const REPLACE = `${BUY}
    onTrade(context, trade) { context.log(LogLevel.Info, 'replace gives ' + context.orders.replace(1, 990, 70) + ' ' + context.orders.replace(1, 990, 70)) },`
  const TRADE = { record: 'trade', instrument: 1, time: 10, price: 1005, quantity: 5 }
  const ACCEPT = { record: 'accepted', ...RESPONSE, orderId: 1, side: 0, price: 1000, quantity: 100 }

  test('replaced: the new order stands, with the open quantity that the venue says', async () => {
    const replaced = { record: 'replaced', ...RESPONSE, orderId: 1, newOrderId: 2, price: 990, quantity: 65 }
    const rig = await tell(REPLACE, START().add(ACCEPT).add(TRADE).add(replaced))
    expect(rig.logs.slice(1)).toEqual([
      'replace gives 2 0',
      'Replaced, 2, Live, 0/65, leaves 65, position 0, open 65/0, reason 0, previous 1, 0@0',
    ])
    expect(rig.of('replaceOrder')).toMatchObject([{ orderId: 1, newOrderId: 2, price: 990, quantity: 70 }])
  })

  test.each([
    ['by the gate', { record: 'rejected', ...RESPONSE, orderId: 2, origin: 1, reason: 4, requestType: 66 }],
    ['by the venue', { record: 'cancelRejected', ...RESPONSE, orderId: 1, reason: 4 }],
  ])('a replace refused %s: the old order stands as before', async (_by, refusal) => {
    const rig = await tell(REPLACE, START().add(ACCEPT).add(TRADE).add(refusal).add(TRADE))
    expect(rig.logs.slice(1)).toEqual([
      'replace gives 2 0',
      'Rejected, 2, Rejected, 0/70, leaves 70, position 0, open 170/0, reason 4, previous 1, 0@0',
      'replace gives 3 0',
    ])
  })

  const CANCEL = `${BUY}
    onTrade({ orders, log }, trade) { orders.cancel(1) },`

  test('a cancel refused because a fill came first', async () => {
    const fill = { record: 'filled', ...RESPONSE, orderId: 1, side: 0, price: 1000, quantity: 100, leavesQuantity: 0 }
    const late = { record: 'cancelRejected', ...RESPONSE, orderId: 1, reason: 103 }
    const rig = await tell(CANCEL, START().add(ACCEPT).add(TRADE).add(fill).add(late))
    expect(rig.logs.at(-1)).toBe(
      'Filled, 1, Filled, 100/100, leaves 0, position 100, open 0/0, reason 0, previous 0, 100@1000',
    )
    expect(rig.kernel.summarise()).toMatchObject([{ lateResponses: 1, illegalTransitions: 0, cancelsSent: 1 }])
  })

  test('cancelled, and cancelled by the venue without a request', async () => {
    const cancelled = { record: 'cancelled', ...RESPONSE, orderId: 1, reason: 5, quantity: 100 }
    const rig = await tell(BUY, START().add(ACCEPT).add(cancelled))
    expect(rig.logs.at(-1)).toBe(
      'Cancelled, 1, Cancelled, 0/100, leaves 100, position 0, open 100/0, reason 5, previous 0, 0@0',
    )
  })

  test('responses to no strategy of ours, and fills of unknown orders, are counted', async () => {
    const fill = { record: 'filled', ...RESPONSE, orderId: 77, side: 1, price: 1000, quantity: 100, leavesQuantity: 0 }
    const rig = await tell(
      BUY,
      START()
        .add({ ...fill, source: 9 })
        .add(fill),
    )
    expect(rig.logs).toEqual([])
    expect([rig.kernel.unknownSources, rig.kernel.unknownFills]).toEqual([1, 1])
    expect(rig.kernel.strategies[0]!.positions[PositionSlot.Slots + PositionSlot.Quantity]).toBe(-100)
  })
})

test('an order that is refused names itself: prices and quantities are whole numbers above 0', async () => {
  const rig = await rigOf(`
    onBook({ orders, log }, book) {
      for (const [price, quantity] of [[1.5, 1], [0, 1], [NaN, 1], [1, 0], [1, -5], [1, 0.1], [1, Infinity], [-0, 1], [2 ** 60, 1]]) {
        try { orders.buyLimit(book.instrument, price, quantity); throw new Error('taken') } catch (error) {
          if (error.name !== 'StrategyError') throw error
        }
      }
      try { orders.replace(1, 1, NaN) } catch (error) { if (error.code !== 'order-quantity') throw error }
      orders.buyLimit(book.instrument, NaN, 1)
    },`)
  rig.run(START())
  expect(rig.of('newOrder')).toEqual([])
  expect(rig.kernel.stops).toMatchObject([
    { hook: 'onBook', message: "StrategyError: an order's price is a whole number above 0, not NaN" },
  ])
})

test('beyond ordersMax a request gives 0 and is counted, and the strategy goes on', async () => {
  const rig = await rigOf(
    'onBook({ orders, log }, book) { const ids = []; for (let i = 0; i < 20; i++) ids.push(orders.buyLimit(book.instrument, 1, 1)); log(LogLevel.Info, ids.slice(14).join()) },',
    {},
    { ordersMax: 16 },
  )
  rig.run(START())
  expect(rig.kernel.stops).toEqual([])
  expect(rig.logs).toEqual(['15,16,0,0,0,0'])
})

test('mass cancels cover one instrument or all, and leave every order pending', async () => {
  const rig = await rigOf(`
    onBook(context, book) {
      const { orders } = context
      orders.buyLimit(book.instrument, 1, 1)
      orders.sellLimit(book.instrument, 9999, 1)
      orders.cancelAll(book.instrument)
      orders.cancelAll()
      const states = []
      for (let order = orders.first(book.instrument); order; order = orders.next(order)) states.push(order.id + OrderState[order.state])
      context.log(LogLevel.Info, states.join())
    },`)
  rig.run(START())
  expect(rig.logs).toEqual(['2PendingCancel,1PendingCancel'])
  expect(rig.of('massCancel')).toMatchObject([
    { instrument: 1, reason: 3 },
    { instrument: 0, reason: 3 },
  ])
})

test('the quantity ahead falls with what trades or leaves before the order, not with what came after it', async () => {
  const rig = await rigOf(`
    interest: 'depth',
    onBook(context, book) {
      if (context.orders.count === 0 && book.askQuantity > 0) context.orders.buyLimit(book.instrument, 1000, 100)
      const order = context.orders.first(book.instrument)
      if (order?.acceptedTime) context.log(LogLevel.Info, String(order.aheadQuantity))
    },`)
  const script = START()
    .order(1, 0, 1000, 50, 3, 3)
    .add({ record: 'accepted', ...RESPONSE, orderId: 1, side: 0, price: 1000, quantity: 100 })
    .order(1, 0, 1000, 500, 4, 11)
    .add({ record: 'orderExecute', instrument: 1, time: 12, reference: '1', quantity: 120 })
    .add({ record: 'orderReduce', instrument: 1, time: 13, reference: '4', quantity: 100 })
    .add({ record: 'orderDelete', instrument: 1, time: 14, reference: '3' })
    .order(1, 0, 990, 10, 5, 15)
    .add({
      record: 'orderReplace',
      instrument: 1,
      time: 16,
      reference: '1',
      newReference: '6',
      price: 1000,
      quantity: 900,
    })
  rig.run(script)
  expect(rig.logs).toEqual(['350', '230', '230', '180', '180', '0'])
})

test('a position of the day before is there from the start, its cash is what it cost, and the own tick and lot stay', async () => {
  const rig = await rigOf(`
    onBook(context, book) {
      const { position, tickSize, roundLot } = book.instrument
      context.log(LogLevel.Info, [position.quantity, position.averagePrice, position.cash, position.realisedProfit,
        position.fills, tickSize, roundLot].join(', '))
    },`)
  const script = new InboundScript()
    .start()
    .instrument(1, 'AAPL')
    .add({ record: 'tradingTerms', instrument: 1, tickSize: 500, lot: 10 })
    .add({ record: 'openingPosition', instrument: 1, source: 1, quantity: -40, averagePrice: 1000.5 })
    .add({ record: 'openingPosition', instrument: 1, source: 9, quantity: 5, averagePrice: 1 })
    .order(1, 0, 1000, 300, 1, 1)
    .order(1, 1, 1010, 200, 2, 2)
    .instrument(1, 'AAPL', 3)
    .add({ record: 'filled', ...RESPONSE, orderId: 1, side: 0, price: 1000, quantity: 50, leavesQuantity: 0 })
    .order(1, 1, 1009, 200, 3, 20)
  rig.run(script)
  expect(rig.logs).toEqual(['-40, 1000.5, 40020, 0, 0, 500, 10', '10, 1000, -9980, 20, 1, 500, 10'])
})
