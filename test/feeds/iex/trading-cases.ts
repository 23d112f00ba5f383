import { FLAG_HAS_PRICE, FLAG_KEEPS_PRIORITY, FLAG_MORE } from '../../../kernels/records/catalogue.ts'
import { ALL, AUCTIONS, common, type MessageCase, statistic, testCase } from './encode.ts'

const reference = '18158513697557839882'
const orderId = 18_158_513_697_557_839_882n
const level = { ...common, record: 'levelUpdate', orderCount: 0, levelIndex: 255 }
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

/** Price levels, quotes, trades, auctions. */
export const TRADING: readonly MessageCase[] = [
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
      side: 2,
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

/** Messages of the order-by-order feed. */
export const ORDERS: readonly MessageCase[] = [
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
