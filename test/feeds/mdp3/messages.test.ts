import { describe, expect, it } from 'vitest'
import { Template } from '../../../feeds/mdp3/templates.ts'
import {
  BookClearReason,
  FLAG_IMPLIED,
  FLAG_IMPLIED_LIQUIDITY,
  FLAG_MORE,
  FLAG_SNAPSHOT,
  StaleReason,
  StatisticKind,
  TradingState,
} from '../../../kernels/records/catalogue.ts'
import { type DecodedRecord, TestDecoder } from './support/decode.ts'
import {
  book,
  channelReset,
  definition,
  eventBlock,
  group,
  message,
  packet,
  snapshot,
  status,
  trades,
} from './support/packets.ts'

const names = (records: readonly DecodedRecord[]) => records.map(({ name }) => name)
const level = (rptSeq: number, price = 100) => ({ price, size: 5, level: 1, orders: 2, rptSeq })

describe('books', () => {
  it('an instrument of which no definition was seen is implied, with its prices at exponent -9', () => {
    const [instrument, update] = new TestDecoder().feed(packet(1, [book([level(1)])]))
    expect(instrument).toMatchObject({ name: 'instrument', flags: FLAG_IMPLIED | FLAG_MORE, instrument: 1 })
    expect(instrument!.fields).toMatchObject({ venueLocate: 1, priceExponent: -9, quantityExponent: 0, symbol: '' })
    expect(update).toMatchObject({ name: 'levelUpdate', flags: 0, instrument: 1 })
    expect(update!.fields).toMatchObject({ side: 0, action: 0, price: 100, quantity: 5, orderCount: 2, levelIndex: 0 })
  })

  it('a book seen from the middle on is not to be trusted', () => {
    const records = new TestDecoder().feed(packet(1, [book([level(9)])]))
    expect(names(records)).toEqual(['instrument', 'stale', 'levelUpdate'])
    expect(records[1]!.fields.reason).toBe(StaleReason.NoSnapshot)
  })

  it('a gap in the numbers of one instrument makes its book unknown, and no other', () => {
    const decoder = new TestDecoder()
    decoder.feed(packet(1, [book([level(1), { ...level(1), security: 2 }])]))
    const records = decoder.feed(packet(2, [book([level(3, 101), { ...level(2), security: 2, level: 2, price: 99 }])]))
    expect(records.map(({ name, instrument }) => [name, instrument])).toEqual([
      ['stale', 1],
      ['bookClear', 1],
      ['levelUpdate', 1],
      ['levelUpdate', 2],
    ])
    expect(records[0]!.fields.reason).toBe(StaleReason.SequenceGap)
    expect(records[1]!.fields.reason).toBe(BookClearReason.Lost)
    const again = decoder.feed(packet(3, [book([level(7, 102)])]))
    expect(names(again)).toEqual(['bookClear', 'levelUpdate'])
  })

  it('implied levels have a book of their own', () => {
    const decoder = new TestDecoder()
    const entries = [1, 2, 3].map((rptSeq) => ({ ...level(rptSeq, 100 + rptSeq), type: 'F' }))
    const records = decoder.feed(packet(1, [book(entries)])).slice(1)
    expect(
      records.map(({ flags, fields }) => [flags & FLAG_IMPLIED_LIQUIDITY, fields.side, fields.price, fields.quantity]),
    ).toEqual([
      [64, 1, 101, 5],
      [64, 1, 102, 5],
      [64, 1, 101, 0],
      [64, 1, 103, 5],
    ])
  })

  it('an overlay at another price replaces the level', () => {
    const decoder = new TestDecoder()
    decoder.feed(packet(1, [book([level(1)])]))
    const records = decoder.feed(packet(2, [book([{ ...level(2, 101), action: 5 }])]))
    expect(records.map(({ fields }) => [fields.action, fields.price, fields.quantity])).toEqual([
      [2, 100, 0],
      [1, 101, 5],
    ])
  })

  it('only the last record of an exchange event is without FLAG_MORE', () => {
    const decoder = new TestDecoder()
    decoder.feed(packet(1, [book([level(1)])]))
    const records = decoder.feed(packet(2, [book([level(2, 101)], [], 0x04), book([level(3, 102), level(4, 103)])]))
    expect(records.map(({ flags }) => flags & FLAG_MORE)).toEqual([FLAG_MORE, FLAG_MORE, 0])
  })

  it('levels outside the depth, negative sizes and unknown actions are counted', () => {
    const decoder = new TestDecoder()
    const bad = [{ level: 0 }, { level: 11 }, { size: -1 }, { action: 9 }, { type: 'z' }]
    const records = decoder.feed(packet(1, [book(bad.map((fields, i) => ({ ...level(i + 1), ...fields })))]))
    expect(names(records)).toEqual(['instrument'])
    const counts = { levelOutOfRange: 2, quantityOutOfRange: 1, unknownAction: 1, unknownEntryType: 1 }
    expect(decoder.report()).toMatchObject({ messages: { 46: 1 }, undecoded: counts, rejected: { 46: 5 } })
  })

  it('a price that a double cannot hold is counted', () => {
    const decoder = new TestDecoder()
    decoder.feed(packet(1, [book([level(1, 2 ** 53)])]))
    expect(decoder.report().undecoded).toEqual({ priceOutOfRange: 1 })
  })
})

describe('orders', () => {
  const orders = (action: number, rptSeq: number) =>
    book([level(rptSeq)], [{ id: 0x1_0000_0002n, size: 3, reference: 1, action }])

  it('behind a level are added, changed and deleted at its price', () => {
    const decoder = new TestDecoder()
    const records = [0, 1, 2].flatMap((action) => decoder.feed(packet(action + 1, [orders(action, action + 1)])))
    expect(names(records).filter((name) => name.startsWith('order'))).toEqual([
      'orderAdd',
      'orderReplace',
      'orderDelete',
    ])
    const [add, change] = records.filter(({ name }) => name.startsWith('order'))
    expect(add!.fields).toMatchObject({ reference: '4294967298', price: 100, quantity: 3, side: 0 })
    expect(change!.fields).toMatchObject({ reference: '4294967298', newReference: '4294967298', quantity: 3 })
  })

  it('are handed out in the place of the levels where all of them are known', () => {
    const decoder = new TestDecoder()
    expect(names(decoder.feed(packet(1, [orders(0, 1)])))).toEqual(['instrument', 'orderAdd'])
    expect(names(decoder.feed(packet(2, [orders(2, 2)])))).toEqual(['orderDelete'])
  })

  it('are not where some may rest that were never seen, nor where the channel carries none', () => {
    const decoder = new TestDecoder()
    expect(names(decoder.feed(packet(1, [orders(0, 7)])))).toEqual(['instrument', 'stale', 'levelUpdate'])
    const other = new TestDecoder()
    other.feed(packet(1, [book([level(1)])]))
    expect(names(other.feed(packet(2, [orders(0, 2)])))).toEqual(['levelUpdate'])
  })
})

describe('snapshots', () => {
  const levels = [
    { price: 100, size: 4, level: 1, type: '0' },
    { price: 110, size: 6, level: 1, type: '1' },
    { price: 105, size: 1, type: '4' },
  ]

  it('make a lost book whole again', () => {
    const decoder = new TestDecoder()
    decoder.feed(packet(1, [book([level(1)])]))
    decoder.feed(packet(2, [book([level(7)])]))
    const records = decoder.feed(packet(3, [snapshot(7, levels)]))
    expect(names(records)).toEqual([
      'bookClear',
      'levelUpdate',
      'levelUpdate',
      'statistic',
      'priceBand',
      'tradingStatus',
      'stale',
    ])
    expect(records.every(({ flags }) => (flags & FLAG_SNAPSHOT) !== 0)).toBe(true)
    expect(records[3]!.fields).toMatchObject({ kind: StatisticKind.OpeningPrice, value: 105 })
    expect(records[4]!.fields).toMatchObject({ lowerPrice: 0, upperPrice: 9e12 })
    expect(records[6]!.fields.reason).toBe(StaleReason.Recovered)
    expect(names(decoder.feed(packet(4, [book([{ ...level(8), action: 2 }])])))).toEqual(['levelUpdate'])
    expect(decoder.feed(packet(5, [snapshot(8, levels)]))).toEqual([])
  })

  it('older than what was applied are not used', () => {
    const decoder = new TestDecoder()
    decoder.feed(packet(1, [book([level(9)])]))
    expect(decoder.feed(packet(2, [snapshot(8, levels)]))).toEqual([])
    expect(decoder.report().undecoded).toEqual({ outdatedSnapshot: 1 })
  })
})

describe('trades', () => {
  it('name the side that was resting, and the first order of their own', () => {
    const decoder = new TestDecoder()
    const entries = [
      { price: 100, size: 3, rptSeq: 1, orders: 2, aggressor: 1, match: 77 },
      { price: 101, size: 4, rptSeq: 2, orders: 2, aggressor: 2 },
      { price: 102, size: 5, rptSeq: 3 },
    ]
    const records = decoder.feed(packet(1, [trades(entries, [11n, 12n, 21n, 22n])])).slice(1)
    expect(records.map(({ fields }) => [fields.price, fields.side, fields.reference, fields.match])).toEqual([
      [100, 1, '11', '77'],
      [101, 0, '21', '0'],
      [102, 2, '0', '0'],
    ])
  })

  it('that are taken back are broken by their number', () => {
    const decoder = new TestDecoder()
    const records = decoder.feed(packet(1, [trades([{ price: 1, size: 1, rptSeq: 1, action: 2, match: 5 }], [])]))
    expect(names(records)).toEqual(['instrument', 'tradeBreak'])
    expect(records[1]!.fields.match).toBe('5')
  })

  it('of a packet that comes late are handed out, changes of books are not', () => {
    const decoder = new TestDecoder()
    decoder.feed(packet(1, [book([level(1)])]))
    decoder.feed(packet(3, [book([level(4)])]))
    const late = packet(2, [book([level(2)]), trades([{ price: 100, size: 3, rptSeq: 3 }], [])])
    expect(names(decoder.feed(late))).toEqual(['trade'])
    expect(decoder.report().undecoded).toEqual({ outdatedEntry: 1 })
  })
})

describe('instruments', () => {
  it('have their symbol, tick and depth from the definition, once', () => {
    const decoder = new TestDecoder()
    const records = decoder.feed(packet(1, [definition(1, 'ESM4', 2)]))
    expect(names(records)).toEqual(['instrument', 'tradingStatus'])
    expect(records[0]!.fields).toMatchObject({ symbol: 'ESM4', currency: 'USD', tickSize: 250_000_000, venueLocate: 1 })
    expect(records[1]!.fields.state).toBe(TradingState.PreOpen)
    expect(decoder.feed(packet(2, [definition(1, 'ESM4', 2)]))).toEqual([])
    expect(names(decoder.feed(packet(3, [definition(1, 'ESM4', 2, 9n)])))).toEqual(['instrument', 'tradingStatus'])
    decoder.feed(packet(4, [book([{ ...level(1), level: 3 }])]))
    expect(decoder.report().undecoded).toEqual({ levelOutOfRange: 1 })
  })

  it('beyond the bound are counted', () => {
    const decoder = new TestDecoder({ instrumentsMax: 1 })
    expect(names(decoder.feed(packet(1, [book([level(1), { ...level(1), security: 2 }])])))).toEqual([
      'instrument',
      'levelUpdate',
    ])
    expect(decoder.report().undecoded).toEqual({ tooManyInstruments: 1 })
  })

  it('of a group change their state together', () => {
    const decoder = new TestDecoder()
    decoder.feed(
      packet(1, [definition(1, 'ESM4', 10), definition(2, 'ESU4', 10), book([{ ...level(1), security: 3 }])]),
    )
    const records = decoder.feed(packet(2, [status(17), status(2, 3), status(103)]))
    expect(records.map(({ instrument, fields }) => [instrument, fields.state, fields.reason])).toEqual([
      [1, TradingState.Trading, 'SURV'],
      [2, TradingState.Trading, 'SURV'],
      [3, TradingState.Halted, 'SURV'],
    ])
    expect(records.map(({ flags }) => flags & FLAG_MORE)).toEqual([FLAG_MORE, 0, 0])
  })

  it('of a channel are reset together', () => {
    const decoder = new TestDecoder()
    decoder.feed(packet(1, [book([level(1), { ...level(5), security: 2 }])]))
    const records = decoder.feed(packet(2, [channelReset()]))
    expect(names(records)).toEqual(['bookClear', 'bookClear', 'stale'])
    expect(records[0]!.fields.reason).toBe(BookClearReason.Reset)
    expect(names(decoder.feed(packet(3, [book([level(1)])])))).toEqual(['levelUpdate'])
  })
})

describe('messages', () => {
  it('of newer schemas, of others, and that do not fit are counted', () => {
    const decoder = new TestDecoder()
    const foreign = message(Template.Book, eventBlock(), [group([], 32)])
    foreign.writeUInt16LE(2, 6)
    const short = message(Template.Book, eventBlock(), [group([], 32).subarray(0, 2)])
    decoder.feed(
      packet(1, [message(200, Buffer.alloc(4)), foreign, short, message(Template.AdminHeartbeat, Buffer.alloc(0))]),
    )
    const undecoded = { unknownTemplate: 1, wrongSchema: 1, badMessage: 1 }
    expect(decoder.report()).toMatchObject({ messages: { 12: 1 }, undecoded, rejected: { 46: 2, 200: 1 } })
  })

  it('of a channel that starts over are not taken for old ones', () => {
    const decoder = new TestDecoder()
    const at = (sequence: number, seconds: bigint) =>
      packet(sequence, [message(Template.AdminHeartbeat, Buffer.alloc(0))], 1_718_116_200_000_000_000n + seconds)
    for (const [sequence, second] of [
      [5, 1n],
      [6, 2n],
      [1, 3n],
      [2, 4n],
      [6, 2n],
      [1, 3n],
      [1, 9n],
    ] as const) {
      decoder.feed(at(sequence, second))
    }
    const [session] = decoder.report().sessions
    expect(session).toMatchObject({ firstSequence: '5', lastSequence: '9', messages: 5, duplicates: 2, missing: 0 })
  })
})
