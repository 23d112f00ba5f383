import { describe, expect, it } from 'vitest'
import {
  FLAG_HAS_PRICE,
  FLAG_IMPLIED,
  FLAG_MORE,
  StatisticKind,
  TradingState,
} from '../../../kernels/records/catalogue.ts'
import { PitchHarness, withoutInstruments } from './support/harness.ts'
import { block, i64, message, text, u8, u16, u32 } from './support/messages.ts'

const ORDER = 0x8000_0001_0000_0007n
const SIGNED_ORDER = BigInt.asIntN(64, ORDER)
const second = message(0x20, u32(34_200))
const addShort = message(0x22, u32(500), i64(SIGNED_ORDER), u8('B'), u16(300), text('SPY', 6), u16(12_345), u8(1))
const reference = ORDER.toString()

/** Records of an add and what follows it, without the add's own. */
function afterAdd(...messages: readonly Uint8Array[]) {
  const harness = new PitchHarness()
  return withoutInstruments(harness.feed(block(1, [second, addShort, ...messages]))).slice(1)
}

describe('PITCH orders', () => {
  it('are added in all three forms, the symbol being announced once', () => {
    const harness = new PitchHarness()
    const addLong = message(0x21, u32(1), i64(2), u8('S'), u32(70_000), text('SPY', 6), i64(12_345_678), u8(1))
    const expanded = message(
      0x2f,
      u32(2),
      i64(3),
      u8('B'),
      u32(9),
      text('SPY', 8),
      i64(1_000_000),
      u8(1),
      text('MPID', 4),
      u8('C'),
      u32(7),
      text('', 5),
    )
    const records = harness.feed(block(1, [second, addShort, addLong, expanded]))
    expect(records.map(({ record }) => record)).toEqual(['instrument', 'orderAdd', 'orderAdd', 'orderAdd'])
    expect(records[0]).toMatchObject({ symbol: 'SPY', flags: FLAG_IMPLIED, priceExponent: -4, instrument: 1 })
    const sourceTime = 34_200e9
    expect(records[1]).toMatchObject({
      reference,
      side: 0,
      quantity: 300,
      price: 1_234_500,
      sourceTime: sourceTime + 500,
    })
    expect(records[2]).toMatchObject({ side: 1, quantity: 70_000, price: 12_345_678, sourceTime: sourceTime + 1 })
    expect(records[3]).toMatchObject({ quantity: 9, price: 1_000_000, attribution: 'MPID', instrument: 1 })
  })

  it('change by execution, reduction, modification and deletion, with the instrument of their add', () => {
    const order = i64(SIGNED_ORDER)
    const records = afterAdd(
      message(0x23, u32(0), order, u32(50), i64(99)),
      message(0x26, u32(0), order, u16(20)),
      message(0x25, u32(0), order, u32(30)),
      message(0x28, u32(0), order, u16(500), u16(100), u8(1)),
      message(0x27, u32(0), order, u32(600), i64(20_001), u8(1)),
      message(0x29, u32(0), order),
    )
    expect(records).toMatchObject([
      { record: 'orderExecute', instrument: 1, reference, quantity: 50, price: 0, match: '99', flags: 0 },
      { record: 'orderReduce', instrument: 1, reference, quantity: 20 },
      { record: 'orderReduce', instrument: 1, reference, quantity: 30 },
      { record: 'orderReplace', instrument: 1, reference, newReference: reference, quantity: 500, price: 10_000 },
      { record: 'orderReplace', instrument: 1, reference, newReference: reference, quantity: 600, price: 20_001 },
      { record: 'orderDelete', instrument: 1, reference },
    ])
  })

  it('keep their place when a modification says so and only takes quantity away', () => {
    const order = i64(SIGNED_ORDER)
    const modify = (quantity: number, cents: number) => message(0x28, u32(0), order, u16(quantity), u16(cents), u8(3))
    expect(afterAdd(modify(100, 12_345))).toMatchObject([{ record: 'orderReduce', quantity: 200 }])
    expect(afterAdd(modify(300, 12_345))).toEqual([])
    expect(afterAdd(modify(301, 12_345))).toMatchObject([{ record: 'orderReplace', quantity: 301 }])
    expect(afterAdd(modify(100, 12_344))).toMatchObject([{ record: 'orderReplace', price: 1_234_400 }])
  })

  it('executed at a price end with the quantity that the message says', () => {
    const executed = (quantity: number, remaining: number) =>
      message(0x24, u32(0), i64(SIGNED_ORDER), u32(quantity), u32(remaining), i64(5), i64(1_230_000))
    const execution = { record: 'orderExecute', price: 1_230_000, flags: FLAG_HAS_PRICE }
    expect(afterAdd(executed(100, 200))).toMatchObject([{ ...execution, quantity: 100 }])
    expect(afterAdd(executed(100, 900), message(0x29, u32(0), i64(SIGNED_ORDER)))).toMatchObject([
      { record: 'orderReplace', quantity: 1000, price: 1_234_500, flags: FLAG_MORE },
      { ...execution, quantity: 100 },
      { record: 'orderDelete' },
    ])
  })

  it('are forgotten when they are executed whole, and counted when they are unknown', () => {
    const harness = new PitchHarness()
    harness.feed(block(1, [second, addShort, message(0x23, u32(0), i64(SIGNED_ORDER), u32(300), i64(1))]))
    expect(harness.feed(block(4, [message(0x29, u32(0), i64(SIGNED_ORDER))]))).toEqual([])
    expect(harness.report.undecoded).toEqual({ unknownOrder: 1 })
    expect(harness.report.rejected).toEqual({ '0x29': 1 })
    expect(harness.report.messages).toEqual({ '0x20': 1, '0x22': 1, '0x23': 1, '0x29': 1 })
  })

  it('of a cleared unit are gone, book by book', () => {
    const harness = new PitchHarness()
    const other = message(0x22, u32(1), i64(5), u8('S'), u16(1), text('QQQ', 6), u16(1), u8(1))
    harness.feed(block(1, [second, addShort, other]))
    const status = message(0x31, u32(0), text('IBM', 8), u8('T'), u8('0'), text('', 2))
    const records = withoutInstruments(harness.feed(block(4, [status, message(0x97, u32(9))])))
    expect(records.slice(1)).toMatchObject([
      { record: 'bookClear', instrument: 1, reason: 1, sides: 2 },
      { record: 'bookClear', instrument: 2 },
    ])
    expect(harness.feed(block(6, [message(0x29, u32(0), i64(5))]))).toEqual([])
    expect(harness.report.undecoded).toEqual({ unknownOrder: 1 })
  })

  it('have signed prices in complex instruments', () => {
    const harness = new PitchHarness()
    const definition = message(0x9a, u32(0), text('T01ABC', 6), text('SPX', 8), text('O', 4), u8(0))
    const add = message(0x22, u32(1), i64(1), u8('B'), u16(1), text('T01ABC', 6), u16(-125), u8(1))
    harness.feed(block(0, [definition, definition]))
    expect(harness.feed(block(1, [second, add]))).toMatchObject([{ record: 'orderAdd', price: -12_500 }])
  })
})

describe('PITCH transactions', () => {
  const begin = message(0xbc, u32(1))
  const end = message(0xbd, u32(1))
  const add = (id: number) => message(0x22, u32(1), i64(id), u8('B'), u16(1), text('SPY', 6), u16(1), u8(1))

  it('mark all records but the last', () => {
    const harness = new PitchHarness()
    const records = withoutInstruments(harness.feed(block(1, [begin, add(1), add(2), add(3), end, add(4)])))
    expect(records.map(({ flags }) => flags)).toEqual([FLAG_MORE, FLAG_MORE, 0, 0])
  })

  it('that end in a later packet are ended by an event', () => {
    const harness = new PitchHarness()
    harness.feed(block(1, [begin, add(1)]))
    expect(harness.feed(block(3, [end]))).toMatchObject([
      { record: 'sessionEvent', code: 15, detail: 0xbd00, flags: 0 },
    ])
    expect(harness.feed(block(4, [add(2)]))).toMatchObject([{ flags: 0 }])
  })

  it('whose end is lost end with the gap', () => {
    const harness = new PitchHarness()
    harness.feed(block(1, [begin, add(1)]))
    expect(harness.feed(block(5, [add(2)]))).toMatchObject([{ record: 'gap', missingCount: 2 }, { flags: 0 }])
  })
})

describe('PITCH trades, status and auctions', () => {
  const harness = new PitchHarness()
  const price = i64(1_500_000)
  const cases: readonly (readonly [name: string, bytes: Uint8Array, records: readonly object[]])[] = [
    [
      'trade, long',
      message(0x2a, u32(0), i64(7), u8('B'), u32(11), text('SPY', 6), price, i64(8)),
      [{ record: 'trade', reference: '7', side: 0, quantity: 11, price: 1_500_000, match: '8' }],
    ],
    [
      'trade, short, of options',
      message(0x2b, u32(0), i64(7), u8('S'), u16(12), text('SPY', 6), u16(9), i64(8), u8(' ')),
      [{ record: 'trade', side: 1, quantity: 12, price: 900, match: '8' }],
    ],
    [
      'trade, expanded',
      message(0x30, u32(0), i64(7), u8('S'), u32(13), text('SPY', 8), price, i64(8)),
      [{ record: 'trade', quantity: 13, price: 1_500_000, match: '8' }],
    ],
    ['trade break', message(0x2c, u32(0), i64(8)), [{ record: 'tradeBreak', match: '8', instrument: 0 }]],
    [
      'trading status with a short sale restriction',
      message(0x31, u32(0), text('SPY', 8), u8('T'), u8('1'), text('', 2)),
      [
        { record: 'tradingStatus', state: TradingState.Trading, reason: 'T', flags: FLAG_MORE },
        { record: 'statistic', kind: StatisticKind.ShortSale, value: 1, flags: 0 },
      ],
    ],
    [
      'trading status of extended hours',
      message(0x31, u32(0), text('021FXz', 6), u16(0), u8('H'), u8('0'), u8('T'), u8(' ')),
      [{ record: 'tradingStatus', state: TradingState.Halted, reason: 'HT' }],
    ],
    [
      'auction update',
      message(0x95, u32(0), text('SPY', 8), u8('C'), i64(1), u32(100), u32(300), i64(2), i64(3)),
      [
        {
          record: 'imbalance',
          pairedQuantity: 100,
          imbalanceQuantity: 200,
          referencePrice: 1,
          nearPrice: 2,
          farPrice: 3,
          direction: 0x53,
          crossType: 0x43,
          variation: 0,
        },
      ],
    ],
    [
      'options auction update',
      message(0xd1, u32(0), text('SPY', 8), u8('O'), i64(1), u32(5), u32(5), i64(2), i64(3), u8('Q'), i64(4), i64(5)),
      [{ record: 'imbalance', pairedQuantity: 5, imbalanceQuantity: 0, direction: 0x4e, variation: 0x51 }],
    ],
    [
      'auction summary',
      message(0x96, u32(0), text('SPY', 8), u8('O'), price, u32(77)),
      [{ record: 'cross', price: 1_500_000, quantity: 77, crossType: 0x4f }],
    ],
    [
      'retail price improvement',
      message(0x98, u32(0), text('SPY', 8), u8('S')),
      [{ record: 'statistic', kind: StatisticKind.RetailInterest, value: 2 }],
    ],
    [
      'auction notification',
      message(0xad, u32(0), text('SPY', 6), i64(44), u8('B'), u8('S'), price, u32(3), u8('N'), text('', 4), u32(9)),
      [{ record: 'imbalance', imbalanceQuantity: 3, referencePrice: 1_500_000, direction: 0x53, crossType: 0x42 }],
    ],
    [
      'auction trade',
      message(0xaf, u32(0), i64(44), i64(45), price, u32(2)),
      [{ record: 'trade', instrument: 1, side: 2, quantity: 2, match: '45', reference: '0' }],
    ],
    ['auction cancel', message(0xae, u32(0), i64(44)), []],
    ['auction trade of a cancelled one', message(0xaf, u32(0), i64(44), i64(45), price, u32(2)), []],
    ['end of session', message(0x2d, u32(0)), [{ record: 'sessionEvent', code: 6, detail: 0x2d00 }]],
    ['width update', message(0xd2, u32(0), text('SPX', 8), u8('R'), u32(10)), []],
  ]
  let sequence = 1

  it.each(cases)('%s', (_, bytes, records) => {
    expect(withoutInstruments(harness.feed(block(sequence++, [bytes])))).toMatchObject(records)
  })

  it('are all decoded but the trade of an auction that is gone', () => {
    expect(harness.report.undecoded).toEqual({ unknownAuction: 1 })
  })
})
