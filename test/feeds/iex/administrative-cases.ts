import { ALL, common, type MessageCase, SYMBOL, statistic, testCase } from './encode.ts'

const status = { ...common, record: 'tradingStatus', reason: '' }
const event = { ...common, record: 'sessionEvent' }
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
/** Messages about the state of a session or an instrument. */
export const ADMINISTRATIVE: readonly MessageCase[] = [
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
