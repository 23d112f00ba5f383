import { describe, expect, test } from 'vitest'
import {
  BOTH_SIDES,
  FLAG_KEEPS_PRIORITY,
  FLAG_MORE,
  PriceBandKind,
  StaleReason,
  StatisticKind,
  TradingState,
} from '../../kernels/records/catalogue.ts'
import type { PlainRecord } from '../../kernels/records/codec.ts'
import { rigOf } from './support/load-source.ts'
import { BOOK_LIMITS, InboundScript } from './support/rig.ts'

const TELL_BOOK = `interest: 'depth', onBook(context, book) {
  context.log(LogLevel.Info, [book.instrument.symbol, book.bidPrice, book.bidQuantity, book.askPrice, book.askQuantity].join(' '))
},`
const TELL_STATUS = `${TELL_BOOK.replace('context.log', 'if (false) context.log')}
onStatus(context, status) {
  const { instrument, ...none } = status
  const names = ['kind', 'tradingState', 'sessionEvent', ...(FIELDS[status.kind] ?? [])]
  context.log(LogLevel.Info, [instrument?.symbol ?? '-', instrument?.isStale ?? '-', ...names.map((name) => name + '=' + status[name])].join(' '))
},`

let time = 10
function level(instrument: number, side: number, price: number, quantity: number, more: Partial<PlainRecord> = {}) {
  return { record: 'levelUpdate', instrument, side, price, quantity, time: time++, ...more }
}

const start = () => {
  const script = new InboundScript().start()
  for (const [index, symbol] of ['AA', 'BB', 'CC'].entries()) script.instrument(index + 1, symbol)
  return script
}

describe('books by price reach strategies', () => {
  test('levels and best prices call onBook, and depth can be read', async () => {
    const script = start()
      .add(level(1, 0, 100, 5))
      .add(level(1, 1, 101, 6))
      .add(level(1, 0, 99, 7))
      .add({ record: 'topOfBook', instrument: 1, time: 500, bidPrice: 98, bidQuantity: 1, askPrice: 0, askQuantity: 0 })
    const rig = await rigOf(TELL_BOOK)
    expect(rig.run(script).logs).toEqual(['AA 100 5 101 6', 'AA 100 5 101 6', 'AA 98 1 0 0'])
  })

  test('an event of several records is told of once for each book, when it is over', async () => {
    const more = { flags: FLAG_MORE }
    const script = start()
    for (const id of [1, 2, 3]) script.add(level(id, 0, 100, 5)).add(level(id, 1, 102, 5))
    script
      .add(level(2, 1, 102, 0, more))
      .add(level(1, 1, 102, 4, more))
      .add(level(2, 1, 103, 9, more))
      .add(level(3, 0, 100, 6))
      .add(level(3, 0, 100, 7))
    const rig = await rigOf(TELL_BOOK)
    expect(rig.run(script).logs.slice(3)).toEqual([
      'BB 100 5 103 9',
      'AA 100 5 102 4',
      'CC 100 6 102 5',
      'CC 100 7 102 5',
    ])
  })

  test('a record that changes no book may end an event; another line does not, unless its record is of the same book', async () => {
    const more = (source: number) => ({ flags: FLAG_MORE, source })
    const script = start()
    for (const id of [1, 2, 3]) script.add(level(id, 0, 100, 5)).add(level(id, 1, 102, 5))
    script
      .add(level(1, 0, 100, 6, more(1)))
      .add(level(3, 0, 100, 6, { source: 2 }))
      .add({ record: 'trade', instrument: 2, price: 1, quantity: 1, source: 1, time: time++ })
      .add(level(1, 0, 100, 7, more(1)))
      .add(level(2, 0, 100, 7, more(1)))
      .add(level(1, 0, 100, 7, { source: 2 }))
    const rig = await rigOf(TELL_BOOK)
    expect(rig.run(script).logs.slice(3)).toEqual([
      'CC 100 6 102 5',
      'AA 100 6 102 5',
      'AA 100 7 102 5',
      'BB 100 7 102 5',
    ])
  })

  test('clearing all books tells of each that was not empty, however little room there is for what it causes', async () => {
    const script = start()
    for (const id of [1, 3]) script.add(level(id, 0, 100, 5)).add(level(id, 1, 102, 5))
    script.add({ record: 'bookClear', sides: BOTH_SIDES, time: time++ })
    script.add({ record: 'bookClear', instrument: 1, sides: BOTH_SIDES, time: time++ })
    const rig = await rigOf(TELL_BOOK, {}, { outboundBytes: 8192, emissionMax: 1 })
    expect(rig.run(script).logs.slice(2)).toEqual(['AA 0 0 0 0', 'CC 0 0 0 0'])
    expect(rig.kernel.stops).toEqual([])
  })

  test('books of more instruments than one record may cause orders for end in units of their own', async () => {
    const script = new InboundScript().start()
    const count = BOOK_LIMITS.instrumentsMax
    for (let id = 1; id <= count; id++) script.instrument(id, `S${id}`)
    for (let id = 1; id <= count; id++) script.add(level(id, 0, 100, 5)).add(level(id, 1, 102, 5))
    for (let id = 1; id <= count; id++) script.add(level(id, 0, 100, 6, { flags: id < count ? FLAG_MORE : 0 }))
    const rig = await rigOf(
      'onBook(context, book) { for (let i = 0; i < 3; i++) context.signal("s", book.bidQuantity) },',
      { symbolsMax: count },
      { emissionMax: 3, outboundBytes: 1 << 14 },
    )
    rig.run(script)
    expect(rig.kernel.stops).toEqual([])
    expect(rig.of('signal').filter((record) => record.value === 6).length).toBe(3 * count)
  })

  test('an own order stands behind what its level displays, less what trades there', async () => {
    const script = start()
      .add(level(1, 0, 100, 50))
      .add(level(1, 1, 102, 50))
      .add({ record: 'accepted', source: 1, instrument: 1, orderId: 1, side: 0, price: 100, quantity: 10, time: 900 })
      .add(level(1, 0, 100, 80, { time: 901 }))
      .add({ record: 'trade', instrument: 1, price: 100, quantity: 20, time: 902 })
      .add(level(1, 0, 100, 60, { time: 903 }))
      .add(level(1, 0, 100, 10, { time: 904 }))
      .add(level(1, 0, 100, 0, { time: 905 }))
    const rig = await rigOf(`interest: 'depth', onBook(context, book) {
      if (context.orders.count === 0 && book.isTwoSided) context.orders.buyLimit(book.instrument, 100, 10)
      const own = context.orders.first(book.instrument)
      if (own && own.state === OrderState.Live) context.log(LogLevel.Info, String(own.aheadQuantity))
    },`)
    expect(rig.run(script).logs).toEqual(['50', '30', '10', '0'])
  })
})

test('an own order moves up and back by what an order in front of it is amended by in its place', async () => {
  const amend = (price: number, quantity: number) => ({
    record: 'orderReplace',
    flags: FLAG_KEEPS_PRIORITY,
    instrument: 1,
    reference: '1',
    newReference: '1',
    price,
    quantity,
    time: 900,
  })
  const script = start()
    .order(1, 0, 100, 50, 1, 1)
    .order(1, 1, 102, 50, 2, 2)
    .add({ record: 'accepted', source: 1, instrument: 1, orderId: 1, side: 0, price: 100, quantity: 10, time: 900 })
  for (const [price, quantity] of [
    [100, 30],
    [100, 60],
    [99, 60],
  ] as const)
    script.add(amend(price, quantity))
  const rig = await rigOf(`interest: 'depth', onBook(context, book) {
    if (context.orders.count === 0 && book.isTwoSided) context.orders.buyLimit(book.instrument, 100, 10)
    const own = context.orders.first(book.instrument)
    if (own && own.state === OrderState.Live) context.log(LogLevel.Info, String(own.aheadQuantity))
  },`)
  expect(rig.run(script).logs).toEqual(['30', '60', '0'])
})

describe('status records reach onStatus with their values', () => {
  const FIELDS = `const FIELDS = { 4: ['staleReason'], 10: ['staleReason'], 6: ['band', 'referencePrice', 'lowerPrice', 'upperPrice', 'detail'],
    7: ['statistic', 'value', 'detail'], 9: ['openPrice', 'highPrice', 'lowPrice', 'closePrice', 'volume', 'periodNs'],
    8: ['referencePrice', 'nearPrice', 'farPrice', 'pairedQuantity', 'imbalanceQuantity', 'direction', 'crossType', 'detail'],
    11: ['capturedSequence', 'writtenSequence', 'durableSequence'] }`

  async function tell(...records: PlainRecord[]): Promise<string[]> {
    const script = start()
      .add(level(1, 0, 100, 5))
      .add(level(1, 1, 101, 6))
    for (const record of records) script.add({ time: 1_000, ...record })
    const body = TELL_STATUS.replace('const { instrument', `${FIELDS}\nconst { instrument`)
    const rig = await rigOf(body)
    rig.run(script)
    expect(rig.kernel.stops).toEqual([])
    return rig.logs
  }

  test('each kind', async () => {
    const logs = await tell(
      { record: 'tradingStatus', instrument: 1, state: TradingState.Auction },
      { record: 'sessionEvent', code: 3 },
      { record: 'sessionEvent', instrument: 1, code: 15 },
      {
        record: 'priceBand',
        instrument: 1,
        kind: PriceBandKind.AuctionCollar,
        referencePrice: 3,
        lowerPrice: 2,
        upperPrice: 4,
      },
      { record: 'statistic', instrument: 1, kind: StatisticKind.ShortSale, value: 1, detail: 0xfffffff8 },
      { record: 'statistic', kind: StatisticKind.BreakerLevel1, value: 2 ** 40 + 1, detail: 0xfffffff8 },
      {
        record: 'imbalance',
        instrument: 1,
        pairedQuantity: 1,
        imbalanceQuantity: 2,
        farPrice: 3,
        nearPrice: 4,
        referencePrice: 5,
        direction: 66,
        crossType: 67,
        variation: 76,
      },
      { record: 'bar', instrument: 1, openPrice: 1, highPrice: 2, lowPrice: 3, closePrice: 4, volume: 5, periodNs: 6 },
      { record: 'journalPositions', captured: 9, written: 7, durable: 5 },
    )
    expect(logs).toEqual([
      'AA false kind=1 tradingState=7 sessionEvent=0',
      '- - kind=2 tradingState=0 sessionEvent=3',
      'AA false kind=2 tradingState=7 sessionEvent=15',
      'AA false kind=6 tradingState=7 sessionEvent=0 band=2 referencePrice=3 lowerPrice=2 upperPrice=4 detail=0',
      'AA false kind=7 tradingState=7 sessionEvent=0 statistic=50 value=1 detail=-8',
      `- - kind=7 tradingState=0 sessionEvent=0 statistic=30 value=${2 ** 40 + 1} detail=-8`,
      'AA false kind=8 tradingState=7 sessionEvent=0 referencePrice=5 nearPrice=4 farPrice=3 pairedQuantity=1 imbalanceQuantity=2 direction=66 crossType=67 detail=76',
      'AA false kind=9 tradingState=7 sessionEvent=0 openPrice=1 highPrice=2 lowPrice=3 closePrice=4 volume=5 periodNs=6',
      '- - kind=11 tradingState=0 sessionEvent=0 capturedSequence=9 writtenSequence=7 durableSequence=5',
    ])
  })

  test('stale and recovered, of one instrument and of all; those of instruments not chosen or unknown are not told', async () => {
    const logs = await tell(
      { record: 'stale', instrument: 1, reason: StaleReason.NoSnapshot },
      { record: 'stale', instrument: 2, reason: StaleReason.NoSnapshot },
      { record: 'stale', instrument: 60, reason: StaleReason.NoSnapshot },
      { record: 'stale', instrument: 1, reason: StaleReason.Recovered },
      { record: 'stale', reason: StaleReason.SequenceGap },
      { record: 'tradingStatus', instrument: 1, state: TradingState.Trading },
      { record: 'stale', reason: StaleReason.Recovered },
      { record: 'statistic', instrument: 60, kind: StatisticKind.ShortSale, value: 1 },
      { record: 'tradingStatus', instrument: 1, state: TradingState.Closed },
    )
    expect(logs).toEqual([
      'AA true kind=4 tradingState=0 sessionEvent=0 staleReason=2',
      'AA false kind=10 tradingState=0 sessionEvent=0 staleReason=0',
      '- - kind=4 tradingState=0 sessionEvent=0 staleReason=1',
      'AA true kind=1 tradingState=1 sessionEvent=0',
      '- - kind=10 tradingState=0 sessionEvent=0 staleReason=0',
      'AA false kind=1 tradingState=6 sessionEvent=0',
    ])
  })
})
