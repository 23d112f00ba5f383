import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { readId } from '../../../feeds/pitch/text-fields.ts'
import { Side } from '../../../kernels/records/catalogue.ts'
import type { PlainRecord } from '../../../kernels/records/codec.ts'
import { drainRecords, sourceOf } from '../support/drain.ts'
import { findPitchCaptures, sha256 } from './support/reference.ts'

const folder = findPitchCaptures()
const NAME = 'tcp_pitch_example_data.txt'

interface Order {
  readonly key: string
  shares: number
}

/** Plays the records into a plain book, as `SYMBOL B|S price shares` lines, and sums up what was executed. */
function playBook(records: readonly PlainRecord[]): { orders: number; lines: string[]; executed: number } {
  const symbols = new Map<number, string>()
  const orders = new Map<string, Order>()
  let executed = 0
  for (const record of records) {
    if (record.record === 'instrument') symbols.set(record.instrument as number, record.symbol as string)
    if (record.record === 'orderAdd') {
      const side = record.side === Side.Buy ? 'B' : 'S'
      const key = `${symbols.get(record.instrument as number)} ${side} ${record.price}`
      orders.set(record.reference as string, { key, shares: record.quantity as number })
    }
    if (record.record !== 'orderExecute' && record.record !== 'orderReduce') continue
    const order = orders.get(record.reference as string)!
    order.shares -= record.quantity as number
    if (record.record === 'orderExecute') executed += record.quantity as number
    if (order.shares === 0) orders.delete(record.reference as string)
  }
  const levels = new Map<string, number>()
  for (const { key, shares } of orders.values()) levels.set(key, (levels.get(key) ?? 0) + shares)
  return { orders: orders.size, lines: [...levels].map(([key, shares]) => `${key} ${shares}`).sort(), executed }
}

describe.runIf(folder !== undefined)('the published sample of PITCH as text', () => {
  it('gives the messages and the book that an independent decoder found', () => {
    const path = join(folder!, NAME)
    const { decoded } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
    const source = openFeed(path)
    const records = drainRecords(source)
    const facts = source.facts()
    expect(facts.kinds).toEqual(['pitch'])
    expect(facts.messagesByProtocol).toEqual({ pitch: decoded.messages_by_type })
    expect(facts.messages).toBe(decoded.lines)
    const trades = records.filter(({ record }) => record === 'trade')
    expect(trades.length).toBe(decoded.counters.trades)
    expect(trades.reduce((sum, { quantity }) => sum + (quantity as number), 0)).toBe(decoded.counters.trade_shares)
    const book = playBook(records)
    expect(book.executed).toBe(decoded.executed_shares)
    expect(book.orders).toBe(decoded.open_orders_at_end)
    expect(book.lines.length).toBe(decoded.levels_at_end)
    expect(sha256(book.lines.map((line) => `${line}\n`).join(''))).toBe(decoded.final_levels_sha256)
    expect(facts.damage).toEqual({})
    expect(facts.undecoded).toEqual({})
    expect(records.filter(({ record }) => record !== 'instrument').length).toBe(decoded.lines)
    // 28,800,011 ms: 08:00:00.011.
    expect(facts.firstTimeNs).toBe('28800011000000')
  })
})

const ORDER = 'AK27GA0000DT'
const EXECUTION = 'AK27GA00000X'
const PRICE = '0000619200'
const LONG_PRICE = '00000000619300'

/** One message of each type, and what of its record says that all fields were found. */
const MESSAGES: readonly (readonly [line: string, record: object])[] = [
  [`A${ORDER}S000100SH    ${PRICE}Y`, { record: 'orderAdd', side: 1, quantity: 100, price: 619200 }],
  [`d${ORDER}B000200SH      ${PRICE}YMPIDC`, { record: 'orderAdd', side: 0, price: 619200, attribution: 'MPID' }],
  [`1${ORDER}B000200SH      ${LONG_PRICE}YMPIDC`, { record: 'orderAdd', price: 619300, attribution: 'MPID' }],
  [`E${ORDER}000050${EXECUTION}`, { record: 'orderExecute', quantity: 50, price: 0, match: idOf(EXECUTION) }],
  [`X${ORDER}000060`, { record: 'orderReduce', quantity: 60, reference: idOf(ORDER) }],
  [`P${ORDER}B000070SH    ${PRICE}${EXECUTION}`, { record: 'trade', quantity: 70, price: 619200, side: 0 }],
  [`r${ORDER}S000071SH      ${PRICE}${EXECUTION}`, { record: 'trade', quantity: 71, match: idOf(EXECUTION), side: 1 }],
  [`2${ORDER}S000072SH      ${LONG_PRICE}${EXECUTION}`, { record: 'trade', price: 619300, match: idOf(EXECUTION) }],
  [`B${EXECUTION}`, { record: 'tradeBreak', match: idOf(EXECUTION), instrument: 0 }],
  ['HSH      H0  ', { record: 'tradingStatus', state: 2, reason: 'H' }],
  [
    `ISH      O${PRICE}00000001000000000300${PRICE}${PRICE}`,
    { record: 'imbalance', pairedQuantity: 100, imbalanceQuantity: 200, direction: 0x53, referencePrice: 619200 },
  ],
  [
    `3SH      C${PRICE.padStart(14, '0')}00000005000000000300${LONG_PRICE}${LONG_PRICE}`,
    { record: 'imbalance', imbalanceQuantity: 200, direction: 0x42, nearPrice: 619300, crossType: 0x43 },
  ],
  [`JSH      O${PRICE}0000000400`, { record: 'cross', price: 619200, quantity: 400, crossType: 0x4f }],
  [`4SH      O${LONG_PRICE}0000000400`, { record: 'cross', price: 619300, quantity: 400 }],
  ['RSH      A', { record: 'statistic', kind: 52, value: 3 }],
  ['sSH      ', { record: 'bookClear', reason: 1, sides: 2 }],
]

function idOf(digits: string): string {
  let id = 0n
  for (const digit of digits) id = id * 36n + BigInt(Number.parseInt(digit, 36))
  return id.toString()
}

describe('PITCH as text', () => {
  it('becomes records, message by message, with and without the letter in front and either line end', () => {
    const lines = MESSAGES.map(([line], index) => `${28_800_000 + index}${line}`)
    const text = lines.map((line, index) => (index % 2 === 0 ? `S${line}\r\n` : `${line}\n`)).join('')
    const source = sourceOf(Buffer.from(text))
    const records = drainRecords(source).filter(({ record }) => record !== 'instrument')
    expect(source.facts().undecoded).toEqual({})
    expect(records.length).toBe(MESSAGES.length)
    MESSAGES.forEach(([, expected], index) => {
      expect(records[index]).toMatchObject({ ...expected, sourceTime: (28_800_000 + index) * 1e6 })
    })
  })

  it('tells a change of the short sale restriction', () => {
    const source = sourceOf(Buffer.from('28800000HSH      T1  \n28800001HSH      T1  \n28800002HSH      T0  \n'))
    const records = drainRecords(source).filter(({ record }) => record === 'statistic')
    expect(records.map(({ kind, value }) => [kind, value])).toEqual([
      [50, 1],
      [50, 0],
    ])
  })

  it('counts what it cannot read, and goes on', () => {
    const whole = `28800000A${ORDER}S000100SH    ${PRICE}Y`
    const bad = [
      whole.replace('S000100', 'Q000100'),
      whole.replace('S000100', 'S0001x0'),
      whole.replace('28800000', '99999999'),
      whole.slice(0, -4),
      '28800000z',
      `28800000E${'0'.repeat(18)}${EXECUTION}`,
      'x'.repeat(300),
    ]
    const source = sourceOf(Buffer.from([whole, ...bad, whole, '28800000A'].join('\n')), 7)
    expect(drainRecords(source).filter(({ record }) => record === 'orderAdd').length).toBe(2)
    expect(source.facts().undecoded).toEqual({
      unknownSide: 1,
      badField: 1,
      messageTimeOutOfRange: 1,
      wrongMessageLength: 1,
      unknownMessageType: 1,
      unknownOrder: 1,
      lineTooLong: 1,
    })
    expect(source.facts().damage.truncatedTail?.count).toBe(1)
  })

  it('never throws or hangs, whatever the bytes', () => {
    const text = Buffer.from(MESSAGES.map(([line]) => `S28800000${line}\n`).join(''))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(text.length - 1), fc.nat(255)), { maxLength: 20 }),
        fc.nat(),
        (edits, cut) => {
          const bytes = Buffer.from(text)
          for (const [at, value] of edits) bytes[at] = value
          const head = Buffer.from('S28800000BAK27GA00000X\nS28800000BAK27GA00000X\n')
          const file = Buffer.concat([head, bytes.subarray(0, cut % (bytes.length + 1))])
          drainRecords(sourceOf(file))
        },
      ),
    )
  })
})

describe('ids to the base 36', () => {
  it('are read exactly, as 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 36n ** 12n - 1n), (id) => {
        const words = new Int32Array(2)
        const bytes = Buffer.from(id.toString(36).toUpperCase().padStart(12, '0'))
        expect(readId(bytes, 0, words, 0)).toBe(true)
        expect((BigInt(words[1]! >>> 0) << 32n) | BigInt(words[0]! >>> 0)).toBe(id)
      }),
    )
  })
})
