import fc from 'fast-check'
import { expect, it } from 'vitest'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { IexDecoder } from '../../../feeds/iex/decoder.ts'
import { DEEP_PLUS_LENGTHS } from '../../../feeds/iex/layout.ts'
import { FeedShared } from '../../../feeds/protocol/feed-shared.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { Side } from '../../../kernels/records/catalogue.ts'
import { EPOCH_SECONDS, encode } from './encode.ts'

const SEED = 59_330

interface Order {
  readonly side: string
  price: number
  size: number
}

/** Size by side and price, of a map of orders. */
function levelsOf(orders: ReadonlyMap<number, Order>): Record<string, number> {
  const levels: Record<string, number> = {}
  for (const { side, price, size } of orders.values()) {
    const key = `${side} ${price}`
    levels[key] = (levels[key] ?? 0) + size
  }
  return levels
}

const step = fc.record({
  kind: fc.constantFrom('a', 'a', 'M', 'R', 'L', 'L'),
  id: fc.integer({ min: 1, max: 12 }),
  side: fc.constantFrom('8', '5'),
  price: fc.integer({ min: 1, max: 6 }),
  size: fc.integer({ min: 1, max: 300 }),
})

/** Applies a step to the orders. @returns the message that says so, or undefined where the venue would not send one */
function applyStep(orders: Map<number, Order>, { kind, id, side, price, size }: Order & { kind: string; id: number }) {
  const order = orders.get(id)
  if (kind === 'a') {
    if (order !== undefined) return undefined
    orders.set(id, { side, price, size })
    return encode('a', side, [
      [8, id],
      [4, size],
      [8, price],
    ])
  }
  if (order === undefined) return undefined
  if (kind === 'R') {
    orders.delete(id)
    return encode('R', 0, [[8, id]])
  }
  if (kind === 'M') {
    Object.assign(order, { price, size })
    return encode('M', size & 1, [
      [8, id],
      [4, size],
      [8, price],
    ])
  }
  const executed = Math.min(size, order.size)
  order.size -= executed
  if (order.size === 0) orders.delete(id)
  return encode('L', 0, [
    [8, id],
    [4, executed],
    [8, price],
    [8, 1],
  ])
}

it('an order book driven by the records of DEEP+ messages holds the levels that the orders add up to', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const decoder = new IexDecoder(new FeedShared({ epochSeconds: EPOCH_SECONDS }), DEEP_PLUS_LENGTHS)
      const book = new OrderBook({ instrumentsMax: 4, ordersMax: 64, levelsMax: 64 })
      const orders = new Map<number, Order>()
      const batch = new RecordBatch()
      for (const one of steps) {
        const message = applyStep(orders, one)
        if (message !== undefined) decoder.decode(message, 0, message.length, batch)
      }
      for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) book.apply(batch.views, at)
      expect(book.unknownReferences).toBe(0)
      const levels: Record<string, number> = {}
      for (const side of [Side.Buy, Side.Sell]) {
        for (let level = book.firstLevel(1, side); level !== 0; level = book.nextLevel(level)) {
          levels[`${side === Side.Buy ? '8' : '5'} ${book.levelPrice(level)}`] = book.levelQuantity(level)
        }
      }
      expect(levels).toEqual(levelsOf(orders))
    }),
    { seed: SEED, numRuns: 300 },
  )
})
