import { FLAG_HAS_PRICE, FLAG_KEEPS_PRIORITY, FLAG_MORE } from '../../../kernels/records/catalogue.ts'
import type { PlainRecord } from '../../../kernels/records/codec.ts'

/*
 * One message of every type and variant, laid out field by field as the exchange's specifications have them, and the records
 * that they must become.
 */

type FieldValue = number | bigint | string
/** Bytes and value of a field behind the symbol. Text is padded with spaces. */
export type Fields = readonly (readonly [number, FieldValue])[]

export const EPOCH_SECONDS = 1_696_204_800
const TIME_NS = 41_675_036_572_612n
export const SYMBOL = 'ZIEXT'

function encodeField(bytes: number, value: FieldValue): Buffer {
  if (typeof value === 'string') return Buffer.from(value.padEnd(bytes), 'latin1')
  const field = Buffer.alloc(8)
  field.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)))
  return field.subarray(0, bytes)
}

/** A message; system events have no symbol. */
export function encode(
  type: string,
  subtype: string | number,
  fields: Fields = [],
  symbol = SYMBOL,
  sessionNs = TIME_NS,
): Buffer {
  const all: Fields = [
    [1, type],
    [1, subtype],
    [8, BigInt(EPOCH_SECONDS) * 1_000_000_000n + sessionNs],
    ...(type === 'S' ? [] : ([[8, symbol]] as const)),
    ...fields,
  ]
  return Buffer.concat(all.map(([bytes, value]) => encodeField(bytes, value)))
}

const sourceTime = Number(TIME_NS)
const common = { flags: 0, instrument: 1, source: 3, sourceTime }
const reference = '18158513697557839882'
const orderId = 18_158_513_697_557_839_882n
const statistic = { ...common, record: 'statistic' }
const status = { ...common, record: 'tradingStatus', reason: '' }
const event = { ...common, record: 'sessionEvent' }
const level = { ...common, record: 'levelUpdate', orderCount: 0, levelIndex: 255 }
const instrument = {
  ...common,
  record: 'instrument',
  symbol: SYMBOL,
  venueLocate: 0,
  priceExponent: -4,
  quantityExponent: 0,
  roundLot: 100,
  tickSize: 100,
  currency: 'USD',
}
const auction = [
  [4, 20_000],
  [8, 10_000_000],
  [8, 10_100_000],
  [4, 4_000_000_000],
  [1, 'B'],
  [1, 2],
  [4, 1_696_273_800],
  [8, 10_200_000],
  [8, 9_900_000],
  [8, 9_400_000],
  [8, 10_300_000],
] as const

export type Feed = 'DEEP' | 'TOPS' | 'DEEP+'
const ALL: readonly Feed[] = ['DEEP', 'TOPS', 'DEEP+']
const AUCTIONS: readonly Feed[] = ['DEEP', 'TOPS']

export interface MessageCase {
  readonly name: string
  readonly feeds: readonly Feed[]
  readonly type: string
  readonly subtype: string | number
  readonly fields: Fields
  readonly records: readonly PlainRecord[]
}

function testCase(
  name: string,
  feeds: readonly Feed[],
  message: readonly [type: string, subtype: string | number, fields?: Fields],
  ...records: PlainRecord[]
): MessageCase {
  return { name, feeds, type: message[0], subtype: message[1], fields: message[2] ?? [], records }
}

const ADMINISTRATIVE: readonly MessageCase[] = [
  ...(['O', 'S', 'R', 'M', 'E', 'C'] as const).map((code, i) =>
    testCase(`system event ${code}`, ALL, ['S', code], {
      ...event,
      instrument: 0,
      code: i + 1,
      detail: code.charCodeAt(0),
    }),
  ),
  testCase(
    'security directory',
    ALL,
    [
      'D',
      0x80,
      [
        [4, 100],
        [8, 990_500],
        [1, 1],
      ],
    ],
    instrument,
    { ...statistic, kind: 7, detail: 0x44, value: 990_500 },
  ),
  testCase(
    'security directory without a close',
    ALL,
    [
      'D',
      0,
      [
        [4, 10],
        [8, 0],
        [1, 0],
      ],
    ],
    { ...instrument, roundLot: 10 },
  ),
  testCase('trading status, trading', ALL, ['H', 'T', [[4, '']]], { ...status, state: 1 }),
  testCase('trading status, halted', ALL, ['H', 'H', [[4, 'T1']]], { ...status, state: 2, reason: 'T1' }),
  testCase('trading status, paused', ALL, ['H', 'P', [[4, '']]], { ...status, state: 3 }),
  testCase('trading status, order acceptance', ALL, ['H', 'O', [[4, 'IPO2']]], { ...status, state: 5, reason: 'IPO2' }),
  ...([' ', 'A', 'B', 'C'] as const).map((code, value) =>
    testCase(`retail liquidity ${code}`, ALL, ['I', code], {
      ...statistic,
      kind: 52,
      detail: code.charCodeAt(0),
      value,
    }),
  ),
  testCase('operational halt, none', ALL, ['O', 'N'], { ...statistic, kind: 51, detail: 0x56, value: 0 }),
  testCase(
    'operational halt',
    ALL,
    ['O', 'O'],
    { ...statistic, kind: 51, detail: 0x56, value: 1 },
    { ...status, state: 2, reason: 'OPS' },
  ),
  testCase('short sale test, none', ALL, ['P', 0, [[1, ' ']]], { ...statistic, kind: 50, detail: 0x20, value: 0 }),
  testCase('short sale test, activated', ALL, ['P', 1, [[1, 'A']]], { ...statistic, kind: 50, detail: 0x41, value: 1 }),
  testCase('short sale test, continued', ALL, ['P', 1, [[1, 'C']]], { ...statistic, kind: 50, detail: 0x43, value: 2 }),
  testCase('short sale test, deactivated', ALL, ['P', 0, [[1, 'D']]], {
    ...statistic,
    kind: 50,
    detail: 0x44,
    value: 0,
  }),
  testCase('security event, opened', ALL, ['E', 'O'], { ...event, code: 15, detail: 0x454f }),
  testCase('security event, closed', ALL, ['E', 'C'], { ...event, code: 15, detail: 0x4543 }),
]

const TRADING: readonly MessageCase[] = [
  testCase(
    'price level, buy',
    ['DEEP'],
    [
      '8',
      1,
      [
        [4, 9700],
        [8, 990_500],
      ],
    ],
    {
      ...level,
      side: 0,
      action: 1,
      price: 990_500,
      quantity: 9700,
    },
  ),
  testCase(
    'price level, sell, in an event',
    ['DEEP'],
    [
      '5',
      0,
      [
        [4, 4_294_967_295],
        [8, 5_000_000_000_000],
      ],
    ],
    {
      ...level,
      flags: FLAG_MORE,
      side: 1,
      action: 1,
      price: 5_000_000_000_000,
      quantity: 4_294_967_295,
    },
  ),
  testCase(
    'price level, removed',
    ['DEEP'],
    [
      '5',
      1,
      [
        [4, 0],
        [8, -100],
      ],
    ],
    {
      ...level,
      side: 1,
      action: 2,
      price: -100,
      quantity: 0,
    },
  ),
  testCase(
    'quote',
    ['TOPS'],
    [
      'Q',
      0x40,
      [
        [4, 9700],
        [8, 990_500],
        [8, 990_700],
        [4, 1000],
      ],
    ],
    {
      ...common,
      record: 'topOfBook',
      bidPrice: 990_500,
      bidQuantity: 9700,
      askPrice: 990_700,
      askQuantity: 1000,
    },
  ),
  testCase(
    'trade',
    ALL,
    [
      'T',
      0x20,
      [
        [4, 99],
        [8, 990_500],
        [8, orderId],
      ],
    ],
    {
      ...common,
      record: 'trade',
      reference: '0',
      price: 990_500,
      quantity: 99,
      match: reference,
      side: 0,
      reserved: 0,
    },
  ),
  testCase(
    'trade break',
    ALL,
    [
      'B',
      0,
      [
        [4, 100],
        [8, 990_500],
        [8, orderId],
      ],
    ],
    {
      ...common,
      record: 'tradeBreak',
      match: reference,
    },
  ),
  testCase('official opening price', AUCTIONS, ['X', 'Q', [[8, 990_500]]], {
    ...statistic,
    kind: 1,
    detail: 0x51,
    value: 990_500,
  }),
  testCase('official closing price', AUCTIONS, ['X', 'M', [[8, 990_600]]], {
    ...statistic,
    kind: 4,
    detail: 0x4d,
    value: 990_600,
  }),
  testCase(
    'auction information',
    AUCTIONS,
    ['A', 'O', auction],
    {
      ...common,
      record: 'imbalance',
      flags: FLAG_MORE,
      pairedQuantity: 20_000,
      imbalanceQuantity: 4_000_000_000,
      farPrice: 10_200_000,
      nearPrice: 10_100_000,
      referencePrice: 10_000_000,
      direction: 0x42,
      crossType: 0x4f,
      variation: 0,
      reserved: 0,
    },
    {
      ...common,
      record: 'priceBand',
      kind: 2,
      extension: 2,
      referencePrice: 9_900_000,
      lowerPrice: 9_400_000,
      upperPrice: 10_300_000,
    },
  ),
]

const ORDERS: readonly MessageCase[] = [
  testCase(
    'order add, buy',
    ['DEEP+'],
    [
      'a',
      '8',
      [
        [8, orderId],
        [4, 100],
        [8, 990_500],
      ],
    ],
    {
      ...common,
      record: 'orderAdd',
      reference,
      price: 990_500,
      quantity: 100,
      side: 0,
      attribution: '',
    },
  ),
  testCase(
    'order add, sell',
    ['DEEP+'],
    [
      'a',
      '5',
      [
        [8, 1],
        [4, 4_000_000_000],
        [8, 3_000_000_000],
      ],
    ],
    {
      ...common,
      record: 'orderAdd',
      reference: '1',
      price: 3_000_000_000,
      quantity: 4_000_000_000,
      side: 1,
      attribution: '',
    },
  ),
  ...([0, FLAG_KEEPS_PRIORITY] as const).map((flags, bit) =>
    testCase(
      `order modify, priority bit ${bit}`,
      ['DEEP+'],
      [
        'M',
        bit,
        [
          [8, orderId],
          [4, 50],
          [8, 990_400],
        ],
      ],
      {
        ...common,
        record: 'orderReplace',
        flags,
        reference,
        price: 990_400,
        quantity: 50,
        newReference: reference,
      },
    ),
  ),
  testCase('order delete', ['DEEP+'], ['R', 0, [[8, orderId]]], { ...common, record: 'orderDelete', reference }),
  testCase(
    'order executed',
    ['DEEP+'],
    [
      'L',
      0,
      [
        [8, orderId],
        [4, 50],
        [8, 990_450],
        [8, 167_830],
      ],
    ],
    {
      ...common,
      record: 'orderExecute',
      flags: FLAG_HAS_PRICE,
      reference,
      price: 990_450,
      quantity: 50,
      match: '167830',
    },
  ),
  testCase('clear book', ['DEEP+'], ['C', 0], { ...common, record: 'bookClear', reason: 1, sides: 2 }),
]

export const CASES: readonly MessageCase[] = [...ADMINISTRATIVE, ...TRADING, ...ORDERS]
