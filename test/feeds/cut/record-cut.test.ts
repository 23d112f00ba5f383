import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { LiveOrders } from '../../../feeds/cut/live-orders.ts'
import { Cut, type CutOptions, RecordCut } from '../../../feeds/cut/record-cut.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { FLAG_SNAPSHOT } from '../../../kernels/records/catalogue.ts'
import { decodeRecord, encodeRecord, type PlainRecord } from '../../../kernels/records/codec.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { findCaptures } from '../../support/captures.ts'

const views = new RecordViews(new ArrayBuffer(512))

function decideAll(options: CutOptions, records: readonly PlainRecord[]): { cut: RecordCut; decisions: string[] } {
  const cut = new RecordCut(options)
  const decisions = records.map((record) => {
    encodeRecord(record, views, 0)
    return Cut[cut.decide(views, 0)]!
  })
  return { cut, decisions }
}

function readSnapshot(cut: RecordCut): PlainRecord[] {
  const batch = new RecordBatch(2048)
  const records: PlainRecord[] = []
  cut.beginSnapshot()
  for (let isWhole = false; !isWhole; ) {
    batch.reset()
    isWhole = cut.fillSnapshot(batch)
    for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) records.push(decodeRecord(batch.views, at))
  }
  return records
}

const listed = (instrument: number, symbol: string) => ({ record: 'instrument', instrument, symbol, sourceTime: 1 })
const add = (reference: number, sourceTime: number, more: Record<string, number | string> = {}) => ({
  record: 'orderAdd',
  instrument: 1,
  reference: String(reference),
  price: 100 + reference,
  quantity: 10,
  sourceTime,
  ...more,
})

describe('a cut by time', () => {
  const records: readonly PlainRecord[] = [
    listed(1, 'A'),
    { record: 'sessionEvent', code: 1, sourceTime: 2 },
    { record: 'tradingStatus', instrument: 1, state: 1, sourceTime: 3 },
    add(1, 4),
    add(2, 10),
    add(3, 9),
    { record: 'gap', firstMissing: 1, missingCount: 1 },
    add(4, 20),
  ]

  it('keeps the directory and the states before it, begins once, and takes earlier stamps from then on', () => {
    const { decisions } = decideAll({ fromNs: 10, toNs: 20 }, records)
    expect(decisions).toEqual(['Keep', 'Keep', 'Keep', 'Before', 'Begin', 'Keep', 'Keep', 'Behind'])
  })

  it('is over a minute past its end', () => {
    expect(decideAll({ toNs: 20 }, records).cut.isOver).toBe(false)
    expect(decideAll({ toNs: 20 }, [...records, add(5, 20 + 60e9)]).cut.isOver).toBe(true)
  })

  it('keeps all without a range', () => {
    expect(new Set(decideAll({}, records).decisions)).toEqual(new Set(['Keep']))
  })
})

it('a cut by symbol keeps its records and those of no instrument, and tells the symbols that never came', () => {
  const records = [listed(1, 'A'), listed(2, 'B'), add(1, 4), add(2, 5, { instrument: 2 }), { record: 'sessionEvent' }]
  const { cut, decisions } = decideAll({ symbols: ['B', 'C'] }, records)
  expect(decisions).toEqual(['Symbol', 'Keep', 'Symbol', 'Keep', 'Keep'])
  expect(cut.symbolsMissing).toEqual(['C'])
})

it("a cut by symbol takes the venue's number of an instrument that has no symbol", () => {
  const records = [{ ...listed(1, ''), venueLocate: 121_269 }, { ...listed(2, ''), venueLocate: 7 }, add(1, 4)]
  const { cut, decisions } = decideAll({ symbols: ['121269'] }, records)
  expect(decisions).toEqual(['Keep', 'Symbol', 'Keep'])
  expect(cut.symbolsMissing).toEqual([])
})

describe('the snapshot', () => {
  it('tells the live orders in the order of arrival, with what is left of them and their attribution', () => {
    const { cut } = decideAll({ fromNs: 50, hasSnapshot: true }, [
      listed(1, 'A'),
      add(1, 4, { attribution: 'MPID', side: 1 }),
      add(2, 5),
      add(3, 6),
      { record: 'orderExecute', instrument: 1, reference: '2', quantity: 4, sourceTime: 7 },
      { record: 'orderDelete', instrument: 1, reference: '3', sourceTime: 8 },
      {
        record: 'orderReplace',
        instrument: 1,
        reference: '1',
        newReference: '9',
        price: 7,
        quantity: 8,
        sourceTime: 9,
      },
    ])
    const base = { record: 'orderAdd', sequence: 0, time: 0, flags: FLAG_SNAPSHOT, instrument: 1, source: 0, shard: 0 }
    expect(readSnapshot(cut)).toEqual([
      { ...base, reference: '2', price: 102, quantity: 6, sourceTime: 50, side: 0, attribution: '' },
      { ...base, reference: '9', price: 7, quantity: 8, sourceTime: 50, side: 1, attribution: 'MPID' },
    ])
  })

  it('forgets cleared books, of one side or of all instruments', () => {
    const { cut } = decideAll({ fromNs: 50, hasSnapshot: true }, [
      add(1, 4),
      add(2, 5, { side: 1 }),
      { record: 'bookClear', instrument: 1, sides: 0 },
    ])
    expect(readSnapshot(cut).map(({ reference }) => reference)).toEqual(['2'])
    encodeRecord({ record: 'bookClear', sides: 2 }, views, 0)
    cut.decide(views, 0)
    expect(readSnapshot(cut)).toEqual([])
  })

  it('counts the orders that find no room', () => {
    const orders = new LiveOrders(2)
    for (let i = 1; i <= 3; i++) {
      encodeRecord(add(i, i), views, 0)
      orders.apply(views, 0)
    }
    expect([orders.begin(), orders.refused]).toEqual([2, 1])
  })
})

const captures = findCaptures()

describe.runIf(captures !== undefined)('the reference book', () => {
  it('is what the snapshot behind the last message tells', () => {
    const path = join(captures!, 'nasdaq-itch50', 'AAPL_12302019_first30000_transcoded.itch')
    const { book } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8')).decoded
    const cut = new RecordCut({ fromNs: 86_000e9, hasSnapshot: true })
    const source = openFeed(path)
    const batch = new RecordBatch()
    for (; source.fill(batch) !== 0; batch.reset()) {
      for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) cut.decide(batch.views, at)
    }
    const orders = readSnapshot(cut)
    const levels = new Map<string, number>()
    for (const { side, price, quantity } of orders) {
      const key = `13 ${side === 0 ? 'B' : 'S'} ${price}`
      levels.set(key, (levels.get(key) ?? 0) + Number(quantity))
    }
    const lines = [...levels].map(([key, quantity]) => `${key} ${quantity}\n`).sort()
    expect(orders.length).toBe(book.open_orders_at_end)
    expect(levels.size).toBe(book.levels_at_end)
    expect(createHash('sha256').update(lines.join('')).digest('hex')).toBe(book.final_levels_sha256)
  })
})
