import { describe, expect, test } from 'vitest'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { verifyBook } from '../../../feeds/book/verify-book.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { StateLoader, StateSaver } from '../../../kernels/records/state-archive.ts'
import { LevelSyntheticMarket } from '../../io/support/level-market.ts'
import { SyntheticMarket } from '../../io/support/synthetic-market.ts'

const LIMITS = { instrumentsMax: 8, ordersMax: 512, levelsMax: 512 }
const SEED = Number(process.env.XK_SEED ?? 20_263)
const RECORDS = 2_000

function readMarket(byPrice: boolean): RecordBatch {
  const flow = { seed: SEED, records: RECORDS, stepNsMax: 2_000 }
  const market = byPrice ? new LevelSyntheticMarket(flow) : new SyntheticMarket(flow)
  const batch = new RecordBatch(1 << 20)
  while (market.fill(batch) > 0);
  return batch
}

function save(book: OrderBook): Uint8Array {
  const saver = new StateSaver(1 << 24)
  book.archive(saver)
  return saver.bytes.slice()
}

describe.each([
  ['by orders', false],
  ['by price', true],
])('a market %s', (_name, byPrice) => {
  test('a book that is restored anywhere goes on as if nothing had been', () => {
    const { views, usedBytes } = readMarket(byPrice)
    const whole = new OrderBook(LIMITS)
    let restored: OrderBook | undefined
    let records = 0
    for (let at = 0; at < usedBytes; at += views.u32[at >> 2]!) {
      const change = whole.apply(views, at)
      if (restored !== undefined) expect(restored.apply(views, at), `record ${records}, XK_SEED=${SEED}`).toBe(change)
      if (records++ % 97 !== 0) continue
      const saved = save(whole)
      if (restored !== undefined) expect(Buffer.compare(save(restored), saved)).toBe(0)
      restored = new OrderBook(LIMITS)
      restored.archive(new StateLoader(saved))
      expect(Buffer.compare(save(restored), saved)).toBe(0)
      expect(verifyBook(restored)).toEqual([])
    }
    expect(records).toBeGreaterThan(1_000)
    expect(whole.liveLevels).toBeGreaterThan(3)
  })
})
