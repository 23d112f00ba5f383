import { describe, expect, test } from 'vitest'
import { bundleStrategy } from '../../kernels/strategy/bundle.ts'
import { LoadedStrategy } from '../../kernels/strategy/load.ts'
import { InboundScript, Rig } from './support/rig.ts'

async function rigOfBundled(name: string, params: Record<string, unknown> = {}): Promise<Rig> {
  const path = new URL(`../../strategies/${name}.ts`, import.meta.url).pathname
  return new Rig([{ loaded: LoadedStrategy.load(await bundleStrategy(path)), params }])
}

const MS = 1_000_000

/** A book of 100.00 to 100.10 with these quantities, at 1 ms. */
function book(bidQuantity: number, askQuantity: number): InboundScript {
  return new InboundScript()
    .start()
    .instrument(1, 'AAPL')
    .order(1, 0, 1_000_000, bidQuantity, 1, MS)
    .order(1, 1, 1_001_000, askQuantity, 2, MS)
}

const accepted = (orderId: number, side: number, price: number, time: number) => ({
  ...{ record: 'accepted', instrument: 1, source: 1, time, orderId, side, price, quantity: 100 },
})
const filled = (
  orderId: number,
  side: number,
  price: number,
  quantity: number,
  leavesQuantity: number,
  time: number,
) => ({
  ...{ record: 'filled', instrument: 1, source: 1, time, orderId, side, price, quantity, leavesQuantity, liquidity: 1 },
})

describe('inventory-skew-maker', () => {
  test('joins the touch on both sides of a balanced book, post-only', async () => {
    const rig = await rigOfBundled('inventory-skew-maker')
    rig.run(book(300, 300))
    expect(rig.of('newOrder')).toMatchObject([
      { side: 0, price: 1_000_000, quantity: 100, flags: 1, timeInForce: 0 },
      { side: 1, price: 1_001_000, quantity: 100, flags: 1, timeInForce: 0 },
    ])
  })

  test('pulls the side that the queues lean against, at once', async () => {
    const rig = await rigOfBundled('inventory-skew-maker')
    const script = book(300, 300)
      .add(accepted(1, 0, 1_000_000, MS + 1))
      .add(accepted(2, 1, 1_001_000, MS + 1))
    rig.run(script.order(1, 1, 1_001_000, 900, 3, MS + 2))
    expect(rig.of('cancelOrder')).toMatchObject([{ orderId: 1 }])
  })

  test('leans against its inventory: long, it asks for less and bids lower; full, it bids no more', async () => {
    const rig = await rigOfBundled('inventory-skew-maker', { maxInventory: 100, skew: 8, minSpread: 2, size: 50 })
    const script = book(300, 300)
      .add({ ...accepted(1, 0, 1_000_000, MS + 1), quantity: 50 })
      .add({ ...accepted(2, 1, 1_001_000, MS + 1), quantity: 50 })
      .add(filled(1, 0, 1_000_000, 50, 0, 3 * MS))
    rig.run(script)
    // r = 1,000,500 − 8 × 100 × 50/100 = 1,000,100: bid floor((r − 100)/100) × 100 = 1,000,000, ask at least the best.
    expect(rig.of('newOrder').slice(2)).toMatchObject([{ side: 0, price: 1_000_000, quantity: 50 }])
    script.add({ ...accepted(3, 0, 1_000_000, 3 * MS + 1), quantity: 50 }).add(filled(3, 0, 1_000_000, 50, 0, 5 * MS))
    const full = await rigOfBundled('inventory-skew-maker', { maxInventory: 100, skew: 8, minSpread: 2, size: 50 })
    full.run(script)
    expect(full.of('newOrder').filter((order) => order.side === 0)).toHaveLength(2)
  })

  test('moves a quote only when the wanted price is far enough, at most once per interval, and then by its timer', async () => {
    const rig = await rigOfBundled('inventory-skew-maker', { quoteInterval: '2ms' })
    const script = book(300, 300)
      .add(accepted(1, 0, 1_000_000, MS + 1))
      .add(accepted(2, 1, 1_001_000, MS + 1))
    script.order(1, 0, 1_000_100, 300, 4, MS + 2).order(1, 0, 1_000_200, 300, 5, MS + 3)
    script.add({ record: 'clock', time: 10 * MS, tick: 1 })
    rig.run(script)
    expect(rig.of('replaceOrder')).toMatchObject([{ orderId: 1, price: 1_000_200, quantity: 100, time: 10 * MS }])
  })

  test('quotes nothing in a halt and cancels what it has', async () => {
    const rig = await rigOfBundled('inventory-skew-maker')
    const script = book(300, 300)
      .add(accepted(1, 0, 1_000_000, MS + 1))
      .add(accepted(2, 1, 1_001_000, MS + 1))
    rig.run(script.add({ record: 'tradingStatus', instrument: 1, time: 9 * MS, state: 2 }))
    expect(rig.of('cancelOrder')).toHaveLength(2)
  })
})

describe('queue-imbalance-taker', () => {
  const wide = { maxSpread: 10 }

  test('buys at the ask when the queues lean up, sells at the bid when they lean down, for at most what is displayed', async () => {
    const up = await rigOfBundled('queue-imbalance-taker', wide)
    up.run(book(900, 60))
    expect(up.of('newOrder')).toMatchObject([{ side: 0, price: 1_001_000, quantity: 60, timeInForce: 1 }])
    const down = await rigOfBundled('queue-imbalance-taker', wide)
    down.run(book(100, 900))
    expect(down.of('newOrder')).toMatchObject([{ side: 1, price: 1_000_000, quantity: 100, timeInForce: 1 }])
  })

  test('leaves balanced books and wide spreads alone', async () => {
    const balanced = await rigOfBundled('queue-imbalance-taker', wide)
    balanced.run(book(400, 300))
    const spread = await rigOfBundled('queue-imbalance-taker', { maxSpread: 9 })
    spread.run(book(900, 50))
    expect([...balanced.records, ...spread.records]).toEqual([])
  })

  const entered = () =>
    book(900, 100)
      .add(accepted(1, 0, 1_001_000, MS + 1))
      .add(filled(1, 0, 1_001_000, 100, 0, MS + 2))

  test('closes when the imbalance turns', async () => {
    const rig = await rigOfBundled('queue-imbalance-taker', wide)
    rig.run(entered().order(1, 1, 1_001_000, 5000, 7, 500 * MS))
    expect(rig.of('newOrder').slice(1)).toMatchObject([{ side: 1, price: 1_000_000, quantity: 100, time: 500 * MS }])
  })

  test('closes after the holding time, though nothing happens', async () => {
    const rig = await rigOfBundled('queue-imbalance-taker', { ...wide, maxPosition: 100 })
    rig.run(entered().add({ record: 'clock', time: 5000 * MS, tick: 1 }))
    expect(rig.of('newOrder').slice(1)).toMatchObject([{ side: 1, price: 1_000_000, quantity: 100, time: 5000 * MS }])
  })

  test('keeps one order in flight and cools down', async () => {
    const rig = await rigOfBundled('queue-imbalance-taker', { ...wide, coolDown: '50ms' })
    const script = book(900, 100).order(1, 0, 1_000_000, 100, 7, 2 * MS)
    script.add({ record: 'cancelled', instrument: 1, source: 1, time: 3 * MS, orderId: 1, reason: 2, quantity: 100 })
    script.order(1, 0, 1_000_000, 100, 8, 4 * MS).order(1, 0, 1_000_000, 100, 9, 52 * MS)
    rig.run(script)
    expect(rig.of('newOrder').map((order) => order.time)).toEqual([MS, 52 * MS])
  })
})
