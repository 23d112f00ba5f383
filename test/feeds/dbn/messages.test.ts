import { describe, expect, it } from 'vitest'
import { BufferSource } from '../../../feeds/capture/byte-source.ts'
import type { FeedFacts } from '../../../feeds/capture/feed-facts.ts'
import { MarketSource } from '../../../feeds/capture/market-source.ts'
import { recogniseCapture } from '../../../feeds/capture/recognise.ts'
import { FLAG_MORE, FLAG_SNAPSHOT } from '../../../kernels/records/catalogue.ts'
import type { PlainRecord } from '../../../kernels/records/codec.ts'
import { u8, u16, u32 } from '../support/bytes.ts'
import { drainRecords } from '../support/drain.ts'
import { LAST, type MboFields, mbo, mbp, metadata, record, START_NS, text, UNDEFINED_PRICE } from './dbn-bytes.ts'

function le64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(value)
  return bytes
}

function read(...parts: readonly Buffer[]): { records: PlainRecord[]; facts: FeedFacts } {
  return readFiles([Buffer.concat([metadata([]), ...parts])])
}

function readFiles(files: readonly Buffer[]): { records: PlainRecord[]; facts: FeedFacts } {
  const source = new MarketSource(
    files.map((bytes) => ({
      path: 'memory',
      recognised: recogniseCapture(bytes.subarray(0, 4096)),
      storedBytes: bytes.length,
      open: () => new BufferSource(bytes),
    })),
  )
  const records = drainRecords(source)
  return { records, facts: source.facts() }
}

/** The records without the instrument's, as `name flags` and the named fields. */
function shapes(records: readonly PlainRecord[], ...fields: readonly string[]): string[] {
  return records
    .filter(({ record: name }) => name !== 'instrument')
    .map((plain) =>
      [plain.record, plain.flags, ...fields.map((field) => plain[field])].filter((v) => v !== undefined).join(' '),
    )
}

function orders(...all: readonly MboFields[]): string[] {
  return shapes(read(...all.map((fields) => mbo(fields))).records, 'reference', 'side', 'price', 'quantity')
}

describe('orders of a DBN file', () => {
  const add = { action: 'A', orderId: 5n, price: 2_000_000_000n, size: 10 } as const

  it('are added, reduced and removed', () => {
    expect(orders(add, { ...add, action: 'C', size: 4 }, { ...add, action: 'C', size: 6 })).toEqual([
      'orderAdd 0 5 0 2000000000 10',
      'orderReduce 0 5 4',
      'orderReduce 0 5 6',
    ])
  })

  it('keep their place when only their size shrinks, and lose it when price or size grow', () => {
    const modify = { ...add, action: 'M' }
    expect(
      orders(add, { ...modify, size: 7 }, { ...modify, size: 9 }, { ...modify, size: 9, price: 3_000_000_000n }),
    ).toEqual([
      'orderAdd 0 5 0 2000000000 10',
      'orderReduce 0 5 3',
      'orderReplace 0 5 2000000000 9',
      'orderReplace 0 5 3000000000 9',
    ])
  })

  it('are created by a modification of what is unknown, and moved to the other side by one that says so', () => {
    const modify = { ...add, action: 'M' }
    expect(orders(modify, { ...modify, side: 'A' })).toEqual([
      'orderAdd 0 5 0 2000000000 10',
      `orderDelete ${FLAG_MORE} 5`,
      'orderAdd 0 5 1 2000000000 10',
    ])
    // A cancelled order is unknown, too.
    expect(orders(add, { ...add, action: 'C' }, modify).at(-1)).toBe('orderAdd 0 5 0 2000000000 10')
    expect(orders(add, { action: 'R', side: 'N' }, modify).at(-1)).toBe('orderAdd 0 5 0 2000000000 10')
  })

  it('are not changed by trades and fills; an event that ends with a fill is closed', () => {
    const trade = { ...add, action: 'T', side: 'A', orderId: 0n, flags: 0 }
    expect(orders(trade, { ...add, action: 'F', flags: LAST })).toEqual([
      `trade ${FLAG_MORE} 0 0 2000000000 10`,
      'statistic 0',
    ])
    expect(
      orders({ ...trade, side: 'N', flags: LAST }, { ...add, action: 'F' }, { ...add, action: 'N', side: 'N' }),
    ).toEqual(['trade 0 0 2 2000000000 10'])
  })

  it('of a snapshot carry its flag and the time at which it was sent', () => {
    const old = { ...add, flags: 0x20, tsEvent: START_NS - 5_000_000_000n, tsRecv: START_NS }
    const { records, facts } = read(
      mbo({ ...old, action: 'R', side: 'N' }),
      mbo(old),
      mbo({ ...old, orderId: 6n, flags: 0xa0 }),
    )
    expect(shapes(records, 'reference', 'reason', 'sides')).toEqual([
      `bookClear ${FLAG_MORE | FLAG_SNAPSHOT} 2 2`,
      `orderAdd ${FLAG_MORE | FLAG_SNAPSHOT} 5`,
      `orderAdd ${FLAG_SNAPSHOT} 6`,
    ])
    const epochNs = (START_NS / 86_400_000_000_000n) * 86_400_000_000_000n
    expect(records.map(({ sourceTime }) => sourceTime)).toEqual(records.map(() => Number(START_NS - epochNs)))
    expect(facts.firstTimeNs).toBe(String(START_NS - 5_000_000_000n))
  })

  it('of a book that may be wrong make it stale until it is cleared', () => {
    const bad = LAST | 0x04
    expect(
      shapes(
        read(mbo({ ...add, flags: bad }), mbo({ ...add, orderId: 6n, flags: bad }), mbo({ action: 'R', side: 'N' }))
          .records,
        'reason',
      ),
    ).toEqual(['stale 0 1', 'orderAdd 0', 'orderAdd 0', 'bookClear 0 1', 'stale 0 0'])
  })

  it('of a venue that shows its best price only replace the side by one level', () => {
    const top = { ...add, flags: LAST | 0x40 }
    expect(
      shapes(
        read(mbo(top), mbo({ ...top, side: 'A', price: UNDEFINED_PRICE })).records,
        'sides',
        'side',
        'price',
        'quantity',
      ),
    ).toEqual([`bookClear ${FLAG_MORE} 0`, 'levelUpdate 0 0 2000000000 10', 'bookClear 0 1'])
  })

  it('that cannot be are counted by reason', () => {
    const { records, facts } = read(
      mbo({ ...add, side: 'N' }),
      mbo({ ...add, action: 'Z' }),
      mbo({ ...add, price: UNDEFINED_PRICE }),
      mbo({ ...add, price: 1n << 60n }),
      mbo({ ...add, tsEvent: 1n << 62n }),
      record(0xa0, Buffer.alloc(44)),
      record(0x99, Buffer.alloc(40)),
    )
    expect(shapes(records)).toEqual([])
    expect(facts.undecoded).toEqual({
      unknownSide: 1,
      unknownAction: 1,
      badPrice: 2,
      messageTimeOutOfRange: 1,
      wrongMessageLength: 1,
      unknownMessageType: 1,
    })
    expect(facts.rejectedByType).toEqual({ '0xa0 mbo': 6, '0x99': 1 })
  })

  it('of two venues with the same number are of two instruments', () => {
    const { records, facts } = read(mbo({ ...add, publisher: 1 }), mbo({ ...add, orderId: 6n, publisher: 2 }))
    expect(records.map(({ record: name, instrument }) => `${name} ${instrument}`)).toEqual([
      'instrument 1',
      'orderAdd 1',
      'instrument 2',
      'orderAdd 2',
    ])
    expect(facts.instruments).toBe(2)
  })
})

describe('levels and best prices of a DBN file', () => {
  it('are told by what changed, the removed first', () => {
    const { records } = read(
      mbp({
        levels: [
          [10n, 12n, 1, 2],
          [9n, 13n, 3, 4],
        ],
      }),
      mbp({
        levels: [
          [11n, 12n, 5, 2],
          [10n, 14n, 1, 4],
        ],
      }),
      mbp({
        levels: [
          [11n, 12n, 5, 2],
          [10n, 14n, 1, 4],
        ],
      }),
    )
    expect(shapes(records, 'side', 'action', 'price', 'quantity', 'levelIndex', 'orderCount')).toEqual([
      `levelUpdate ${FLAG_MORE} 0 0 10 1 0 3`,
      `levelUpdate ${FLAG_MORE} 0 0 9 3 1 3`,
      `levelUpdate ${FLAG_MORE} 1 0 12 2 0 3`,
      'levelUpdate 0 1 0 13 4 1 3',
      `levelUpdate ${FLAG_MORE} 0 2 9 0 1 0`,
      `levelUpdate ${FLAG_MORE} 1 2 13 0 1 0`,
      `levelUpdate ${FLAG_MORE} 0 0 11 5 0 3`,
      'levelUpdate 0 1 0 14 4 1 3',
    ])
  })

  it('of the first level come before the trade of the same record', () => {
    const { records } = read(mbp({ rtype: 1, count: 1, levels: [[10n, 12n, 1, 2]], action: 'T', price: 12n }))
    expect(shapes(records, 'bidPrice', 'askQuantity', 'price', 'quantity', 'match')).toEqual([
      `topOfBook ${FLAG_MORE} 10 2`,
      'trade 0 12 2 9',
    ])
  })

  it('of an interval stand alone, at the interval’s end, without the last trade', () => {
    const { records } = read(
      mbp({ rtype: 0xc3, count: 1, levels: [[10n, UNDEFINED_PRICE, 1, 2]], flags: 0, action: 'T' }),
    )
    expect(shapes(records, 'bidPrice', 'bidQuantity', 'askPrice', 'askQuantity')).toEqual(['topOfBook 0 10 1 0 0'])
    expect(records[1]!.sourceTime).toBe(Number(START_NS % 86_400_000_000_000n) + 100)
  })
})

describe('the rare records of a DBN file', () => {
  it('become statistics, in all versions', () => {
    const old = (type: number, price: bigint, quantity: number, action = 1) =>
      record(
        0x18,
        Buffer.concat([
          le64(START_NS),
          le64(-1n),
          le64(price),
          u32(quantity, true),
          Buffer.alloc(8),
          u16(type, true),
          u16(0),
          u8(action),
          u8(0),
          Buffer.alloc(6),
        ]),
      )
    const wide = record(
      0x18,
      Buffer.concat([
        le64(START_NS),
        le64(-1n),
        le64(UNDEFINED_PRICE),
        le64(1n << 40n),
        Buffer.alloc(8),
        u16(9, true),
        u16(0),
        u8(1),
        Buffer.alloc(19),
      ]),
    )
    const { records, facts } = read(
      old(3, 5n, 0x7fffffff),
      old(6, UNDEFINED_PRICE, 77),
      old(3, 5n, 0, 2),
      old(14, UNDEFINED_PRICE, 8),
      old(4, UNDEFINED_PRICE, 8),
      wide,
    )
    expect(facts.undecoded).toEqual({})
    expect(shapes(records, 'kind', 'detail', 'value')).toEqual([
      'statistic 0 5 3 5',
      'statistic 0 20 6 77',
      'statistic 0 99 14 8',
      `statistic 0 21 9 ${2 ** 40}`,
    ])
  })

  it('become trading states and short sale restrictions', () => {
    const status = (action: number, reason: number, restricted: string) =>
      record(
        0x12,
        Buffer.concat([
          le64(START_NS),
          u16(action, true),
          u16(reason, true),
          u16(0),
          Buffer.from(`YY${restricted}`),
          Buffer.alloc(7),
        ]),
      )
    const { records } = read(status(7, 1, '~'), status(8, 50, 'Y'), status(14, 0, 'N'), status(6, 0, '~'))
    expect(shapes(records, 'state', 'reason', 'kind', 'value')).toEqual([
      'tradingStatus 0 1 1',
      'tradingStatus 0 2 50',
      'statistic 0 50 1',
      'statistic 0 50 0',
    ])
  })

  it('become bars', () => {
    const { records } = read(record(0x21, Buffer.concat([le64(1n), le64(4n), le64(-1n), le64(2n), le64(1n << 33n)])))
    expect(shapes(records, 'openPrice', 'highPrice', 'lowPrice', 'closePrice', 'volume', 'periodNs')).toEqual([
      `bar 0 1 4 -1 2 ${2 ** 33} 60000000000`,
    ])
  })

  it('become imbalances, with an indicative price and a collar where they are given', () => {
    const prices = [5n, 0n, 6n, 7n, 0n, 8n, 9n, 4n].map(le64)
    const body = Buffer.concat([
      le64(START_NS),
      ...prices,
      u32(10, true),
      u32(20, true),
      Buffer.alloc(8),
      Buffer.from('CA'),
      Buffer.alloc(6),
    ])
    const { records } = read(record(0x14, body))
    expect(
      shapes(
        records,
        'pairedQuantity',
        'imbalanceQuantity',
        'farPrice',
        'nearPrice',
        'referencePrice',
        'direction',
        'crossType',
        'value',
        'lowerPrice',
        'upperPrice',
      ),
    ).toEqual(['imbalance 0 10 20 7 6 5 83 67', 'statistic 0 8', 'priceBand 0 0 4 9'])
  })

  it('name instruments: mappings of both layouts, once each, and a symbol that is too long is cut and counted', () => {
    const first = record(0x16, Buffer.concat([text('ES.c.0', 22), text('ESU5', 22), Buffer.alloc(20)]), 9)
    const later = (symbol: string) =>
      record(0x16, Buffer.concat([u8(1), text('ES.c.0', 71), u8(1), text(symbol, 71), Buffer.alloc(16)]), 9)
    const long = 'X'.repeat(60)
    const { records, facts } = read(first, later('ESU5'), later('ESZ5'), later(long))
    expect(records.map(({ instrument, symbol }) => `${instrument} ${symbol}`)).toEqual([
      '1 ESU5',
      '2 ESZ5',
      `3 ${long.slice(0, 48)}`,
    ])
    expect(facts.undecoded).toEqual({ longSymbol: 1 })
  })

  it('tell of records that the gateway left out: no book is to be trusted', () => {
    const error = (code: number) => record(0x15, Buffer.concat([text('slow', 302), u8(code), u8(1)]))
    const system = record(0x17, Buffer.alloc(304))
    expect(shapes(read(system, error(5), error(7)).records, 'instrument', 'reason')).toEqual(['stale 0 0 1'])
  })
})

describe('the metadata of a DBN file', () => {
  const day = 86_400_000_000_000n

  it.each([1, 2, 3])('of version %i names an instrument by the day of its records', (version) => {
    const head = metadata(
      [
        { symbol: 'OLD', intervals: [[20250717, 20250718, '7']] },
        {
          symbol: 'NEW',
          intervals: [
            [20250718, 20250719, '7'],
            [20250717, 20250718, '8'],
          ],
        },
      ],
      version,
    )
    const at = (tsEvent: bigint, instrument = 7) => mbo({ action: 'N', side: 'N', tsEvent, instrument })
    const { records, facts } = readFiles([
      Buffer.concat([head, at(START_NS), at(START_NS), at(START_NS + day), at(START_NS, 8)]),
    ])
    expect(records.map(({ instrument, symbol, venueLocate }) => `${instrument} ${symbol} ${venueLocate}`)).toEqual([
      '1 OLD 7',
      '2 NEW 7',
      '3 NEW 8',
    ])
    expect(facts.messages).toBe(4)
  })

  it('that contradicts its own lengths is skipped, and counted', () => {
    const head = metadata([{ symbol: 'OLD', intervals: [[20250717, 20250718, '7']] }])
    head.writeUInt32LE(1_000_000, 112)
    const { records, facts } = readFiles([Buffer.concat([head, mbo({ action: 'A' })])])
    expect(records.map(({ record: name, symbol }) => `${name} ${symbol ?? ''}`)).toEqual(['instrument ', 'orderAdd '])
    expect(facts.undecoded).toEqual({ badMetadata: 1 })
  })

  it('goes on from file to file: instruments and open orders are known in the next one', () => {
    const files = [mbo({ action: 'A', orderId: 5n, size: 10 }), mbo({ action: 'M', orderId: 5n, size: 4 })]
    const { records } = readFiles(files.map((bytes) => Buffer.concat([metadata([]), bytes])))
    expect(shapes(records, 'quantity')).toEqual(['orderAdd 0 10', 'orderReduce 0 6'])
  })
})
