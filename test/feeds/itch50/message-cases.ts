import { FLAG_HAS_PRICE, FLAG_NON_PRINTABLE } from '../../../kernels/records/catalogue.ts'

/*
 * One message of every type, laid out field by field as the Open Markets Initiative's machine-readable definition of
 * TotalView-ITCH 5.0 has them (the second source), and the records that they must become.
 */

type FieldValue = number | bigint | string
/** Name, bytes, value. Text is padded with spaces. */
export type Fields = readonly (readonly [string, number, FieldValue])[]

export const LOCATE = 7
const TIME = 34_200_000_000_123n

export function encode(type: string, fields: Fields, locate = LOCATE): Buffer {
  const all: Fields = [
    ['message type', 1, type],
    ['stock locate', 2, locate],
    ['tracking number', 2, 513],
    ['timestamp', 6, TIME],
    ...fields,
  ]
  const parts = all.map(([name, bytes, value]) => {
    if (typeof value === 'string') return Buffer.from(value.padEnd(bytes), 'latin1')
    const hex = BigInt(value)
      .toString(16)
      .padStart(bytes * 2, '0')
    if (hex.length !== bytes * 2) throw new Error(`${name} does not fit`)
    return Buffer.from(hex, 'hex')
  })
  return Buffer.concat(parts)
}

export const DIRECTORY: Fields = [
  ['stock', 8, 'XKTST'],
  ['market category', 1, 'Q'],
  ['financial status indicator', 1, 'N'],
  ['round lot size', 4, 100],
  ['round lots only', 1, 'N'],
  ['issue classification', 1, 'C'],
  ['issue sub type', 2, 'Z'],
  ['authenticity', 1, 'P'],
  ['short sale threshold indicator', 1, 'N'],
  ['ipo flag', 1, 'N'],
  ['luld reference price tier', 1, '1'],
  ['etp flag', 1, 'N'],
  ['etp leverage factor', 4, 0],
  ['inverse indicator', 1, 'N'],
]

const REFERENCE = 0xfedcba98_76543210n
const MATCH = 0x00000001_00000002n
const base = { flags: 0, instrument: 1, source: 0, sourceTime: Number(TIME) }
const reference = String(REFERENCE)
const match = String(MATCH)

/** A record as it must come out. */
type Expected = Record<string, unknown>

export const CASES: readonly (readonly [string, string, Fields, Expected | readonly Expected[] | undefined])[] = [
  [
    'S',
    'system event',
    [['event code', 1, 'Q']],
    { record: 'sessionEvent', ...base, instrument: 0, code: 3, detail: 0x51 },
  ],
  [
    'R',
    'stock directory',
    DIRECTORY,
    {
      record: 'instrument',
      ...base,
      symbol: 'XKTST',
      venueLocate: LOCATE,
      priceExponent: -4,
      quantityExponent: 0,
      roundLot: 100,
      tickSize: 100,
      currency: 'USD',
    },
  ],
  [
    'H',
    'stock trading action',
    [
      ['stock', 8, 'XKTST'],
      ['trading state', 1, 'P'],
      ['reserved', 1, ' '],
      ['reason', 4, 'LUDP'],
    ],
    { record: 'tradingStatus', ...base, state: 3, reason: 'LUDP' },
  ],
  [
    'Y',
    'Reg SHO restriction',
    [
      ['stock', 8, 'XKTST'],
      ['reg sho action', 1, '1'],
    ],
    { record: 'statistic', ...base, kind: 50, detail: 0x31, value: 1 },
  ],
  [
    'L',
    'market participant position',
    [
      ['mpid', 4, 'MMKR'],
      ['stock', 8, 'XKTST'],
      ['primary market maker', 1, 'Y'],
      ['market maker mode', 1, 'N'],
      ['market participant state', 1, 'A'],
    ],
    undefined,
  ],
  [
    'V',
    'circuit breaker decline levels',
    [
      ['level 1', 8, 1n],
      ['level 2', 8, 2n],
      ['level 3', 8, 3n],
    ],
    [1, 2, 3].map((n) => ({ record: 'statistic', ...base, instrument: 0, kind: 29 + n, detail: 0xfffffff8, value: n })),
  ],
  [
    'W',
    'circuit breaker status',
    [['breached level', 1, '2']],
    { record: 'sessionEvent', ...base, instrument: 0, code: 15, detail: 0x5732 },
  ],
  [
    'K',
    'IPO quoting period update',
    [
      ['stock', 8, 'XKTST'],
      ['ipo quotation release time', 4, 36_000],
      ['ipo quotation release qualifier', 1, 'A'],
      ['ipo price', 4, 250_000],
    ],
    [
      { record: 'statistic', ...base, kind: 40, detail: 0x41, value: 250_000 },
      { record: 'statistic', ...base, kind: 41, detail: 0x41, value: 36_000e9 },
    ],
  ],
  [
    'J',
    'LULD auction collar',
    [
      ['stock', 8, 'XKTST'],
      ['auction collar reference price', 4, 1],
      ['upper auction collar price', 4, 2],
      ['lower auction collar price', 4, 3],
      ['auction collar extension', 4, 0],
    ],
    { record: 'priceBand', ...base, kind: 2, extension: 0, referencePrice: 1, lowerPrice: 3, upperPrice: 2 },
  ],
  [
    'h',
    'operational halt',
    [
      ['stock', 8, 'XKTST'],
      ['market code', 1, 'Q'],
      ['operational halt action', 1, 'H'],
    ],
    { record: 'tradingStatus', ...base, state: 2, reason: 'OPS' },
  ],
  [
    'A',
    'add order',
    [
      ['order reference number', 8, REFERENCE],
      ['buy sell indicator', 1, 'S'],
      ['shares', 4, 300],
      ['stock', 8, 'XKTST'],
      ['price', 4, 0xfffffff0],
    ],
    { record: 'orderAdd', ...base, reference, price: 0xfffffff0, quantity: 300, side: 1, attribution: '' },
  ],
  [
    'F',
    'add order with attribution',
    [
      ['order reference number', 8, REFERENCE],
      ['buy sell indicator', 1, 'B'],
      ['shares', 4, 300],
      ['stock', 8, 'XKTST'],
      ['price', 4, 1_234_500],
      ['attribution', 4, 'UBS'],
    ],
    { record: 'orderAdd', ...base, reference, price: 1_234_500, quantity: 300, side: 0, attribution: 'UBS' },
  ],
  [
    'E',
    'order executed',
    [
      ['order reference number', 8, REFERENCE],
      ['executed shares', 4, 4_000_000_000],
      ['match number', 8, MATCH],
    ],
    { record: 'orderExecute', ...base, reference, price: 0, quantity: 4_000_000_000, match },
  ],
  [
    'C',
    'order executed with price',
    [
      ['order reference number', 8, REFERENCE],
      ['executed shares', 4, 12],
      ['match number', 8, MATCH],
      ['printable', 1, 'N'],
      ['execution price', 4, 999_900],
    ],
    {
      record: 'orderExecute',
      ...base,
      flags: FLAG_HAS_PRICE | FLAG_NON_PRINTABLE,
      reference,
      price: 999_900,
      quantity: 12,
      match,
    },
  ],
  [
    'X',
    'order cancel',
    [
      ['order reference number', 8, REFERENCE],
      ['canceled shares', 4, 12],
    ],
    { record: 'orderReduce', ...base, reference, quantity: 12 },
  ],
  ['D', 'order delete', [['order reference number', 8, REFERENCE]], { record: 'orderDelete', ...base, reference }],
  [
    'U',
    'order replace',
    [
      ['original order reference number', 8, REFERENCE],
      ['new order reference number', 8, REFERENCE + 1n],
      ['shares', 4, 77],
      ['price', 4, 1_000_100],
    ],
    {
      record: 'orderReplace',
      ...base,
      reference,
      price: 1_000_100,
      quantity: 77,
      newReference: String(REFERENCE + 1n),
    },
  ],
  [
    'P',
    'trade',
    [
      ['order reference number', 8, 0n],
      ['buy sell indicator', 1, 'B'],
      ['shares', 4, 50],
      ['stock', 8, 'XKTST'],
      ['price', 4, 1_000_000],
      ['match number', 8, MATCH],
    ],
    { record: 'trade', ...base, reference: '0', price: 1_000_000, quantity: 50, match, side: 0, reserved: 0 },
  ],
  [
    'Q',
    'cross trade',
    [
      ['cross shares', 8, 5_000_000_000n],
      ['stock', 8, 'XKTST'],
      ['cross price', 4, 1_000_000],
      ['match number', 8, MATCH],
      ['cross type', 1, 'O'],
    ],
    { record: 'cross', ...base, match, price: 1_000_000, quantity: 5_000_000_000, crossType: 0x4f, reserved: 0 },
  ],
  ['B', 'broken trade', [['match number', 8, MATCH]], { record: 'tradeBreak', ...base, match }],
  [
    'I',
    'net order imbalance indicator',
    [
      ['paired shares', 8, 6_000_000_000n],
      ['imbalance shares', 8, 17n],
      ['imbalance direction', 1, 'B'],
      ['stock', 8, 'XKTST'],
      ['far price', 4, 11],
      ['near price', 4, 12],
      ['current reference price', 4, 13],
      ['cross type', 1, 'C'],
      ['price variation indicator', 1, 'L'],
    ],
    {
      record: 'imbalance',
      ...base,
      pairedQuantity: 6_000_000_000,
      imbalanceQuantity: 17,
      farPrice: 11,
      nearPrice: 12,
      referencePrice: 13,
      direction: 0x42,
      crossType: 0x43,
      variation: 0x4c,
      reserved: 0,
    },
  ],
  [
    'N',
    'retail price improvement indicator',
    [
      ['stock', 8, 'XKTST'],
      ['interest flag', 1, 'A'],
    ],
    { record: 'statistic', ...base, kind: 52, detail: 0x41, value: 3 },
  ],
  [
    'O',
    'direct listing with capital raise',
    [
      ['stock', 8, 'XKTST'],
      ['open eligibility status', 1, 'Y'],
      ['minimum allowable price', 4, 1],
      ['maximum allowable price', 4, 2],
      ['near execution price', 4, 3],
      ['near execution time', 8, 4n],
      ['lower price range collar', 4, 5],
      ['upper price range collar', 4, 6],
    ],
    undefined,
  ],
]
