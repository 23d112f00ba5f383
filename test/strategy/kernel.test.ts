import { expect, test } from 'vitest'
import { rigOf } from './support/load-source.ts'
import { InboundScript } from './support/rig.ts'

function twoSidedBook(): InboundScript {
  return new InboundScript()
    .start()
    .instrument(1, 'AAPL')
    .order(1, 0, 1_000_000, 300, 1, 1000)
    .order(1, 1, 1_000_200, 100, 2, 2000)
}

test('a plugin sees the book and its order leaves with source, sequence, time and cause', async () => {
  const rig = await rigOf(`
    onBook(context, book) {
      if (!book.isTwoSided) return
      context.log(LogLevel.Info, [book.instrument.symbol, book.bidPrice, book.bidQuantity, book.askPrice, book.imbalance, book.microprice, context.now()].join(' '))
      context.orders.buyLimit(book.instrument, book.bidPrice, 50, OrderFlag.PostOnly)
    },`)
  rig.run(twoSidedBook())
  expect(rig.kernel.stops).toEqual([])
  expect(rig.logs).toEqual(['AAPL 1000000 300 1000200 0.5 1000150 2000'])
  expect(rig.of('newOrder')).toEqual([
    {
      record: 'newOrder',
      sequence: 2,
      time: 2000,
      flags: 1,
      instrument: 1,
      source: 1,
      shard: 0,
      causeSequence: 4,
      orderId: 1,
      side: 0,
      price: 1_000_000,
      quantity: 50,
      orderType: 0,
      timeInForce: 0,
    },
  ])
})
