import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { ConfigError } from '../../../appliance/config/config-error.ts'
import { writeEndOfDay } from '../../../appliance/day/end-of-day.ts'
import { reconcile } from '../../../appliance/day/reconcile.ts'
import { bindDayFile, readDayFile } from '../../../appliance/day/start-of-day.ts'

const folder = mkdtempSync(join(tmpdir(), 'xk-day-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

function write(text: string): string {
  const path = join(folder, `day-${files++}.yaml`)
  writeFileSync(path, text)
  return path
}

const GOOD = `date: 2025-01-15
positions:
  - {strategy: maker, symbol: AAPL, quantity: -100, averagePrice: 228.5}
  - strategy: taker
    symbol: "123"
    quantity: 7
    averagePrice: 0
instruments:
  - {symbol: AAPL, tickSize: 0.05, lot: 100}
restricted: [MSFT, AAPL]
`

/** What a file is refused for: \`line: what\`. */
function problemsOf(text: string): string[] {
  try {
    readDayFile(write(text))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ where, what }) => `${where.split(':').at(-2)}: ${what}`)
  }
  return []
}

describe('a start-of-day file', () => {
  test('gives positions, terms and the restricted list', () => {
    const file = readDayFile(write(GOOD))
    expect(file.date!.value).toBe('2025-01-15')
    const { facts, problems } = bindDayFile(file, ['maker', 'taker'], '2025-01-15')
    expect(problems).toEqual([])
    expect(facts).toEqual({
      positions: [
        { strategy: 1, symbol: 'AAPL', quantity: -100, averagePrice: 228.5 },
        { strategy: 2, symbol: '123', quantity: 7, averagePrice: 0 },
      ],
      terms: [
        { symbol: 'AAPL', tickSize: 0.05, lot: 100, isRestricted: true },
        { symbol: 'MSFT', tickSize: 0, lot: 0, isRestricted: true },
      ],
    })
  })

  test.each([
    ['positions:\n  - {strategy: a, symbol: B, quantity: x, averagePrice: 1}', ['2: quantity: found "x"']],
    ['positions:\n  - {strategy: a, symbol: B, quantity: 0, averagePrice: 1}', ['2: quantity: found 0']],
    ['positions:\n  - {strategy: a, symbol: B, quantity: 1, averagePrice: -1}', ['2: averagePrice: found -1']],
    ['positions:\n  - {strategy: a, symbol: 123, quantity: 1, averagePrice: 1}', ['2: symbol is no text']],
    ['positions:\n  - {strategy: a, symbol: B, quantity: 1}', ['2: averagePrice is missing']],
    ['positions:\n  - {strategy: a, symbl: B}', ['2: unknown key "symbl"', '2: symbol is missing']],
    ['positions:\n  - AAPL', ['2: an entry of positions is no map']],
    ['positions: 5', ['1: positions is no list']],
    ['instruments:\n  - {symbol: A, tickSize: 0}', ['2: tickSize: found 0']],
    ['instruments:\n  - {symbol: A}\n  - {symbol: A}', ['3: A is told twice']],
    ['restricted: [A, 5]', ['1: an entry of restricted is no text']],
    ['restricted: [A, A]', ['1: A is restricted twice']],
    ['\n\nposition: []', ['3: unknown key "position"']],
    ['date: 2025-02-30', ['1: date: found "2025-02-30"']],
    ['kind: middle-of-day', ['1: kind: found "middle-of-day"']],
    ['- a\n- b', ['1: the file holds no keys']],
    ['a: [', ['1: not valid YAML']],
    ['', ['1: the file holds no keys']],
  ])('is refused by line: %j', (text, expected) => {
    const found = problemsOf(text)
    for (const line of expected) expect(found.join('\n')).toContain(line)
  })

  test('names a strategy that does not run, and a day that is another', () => {
    const { problems } = bindDayFile(readDayFile(write(GOOD)), ['maker', 'breakout'], '2025-01-16')
    expect(problems.map(({ what, next }) => `${what}; ${next}`)).toEqual([
      "the file is for 2025-01-15, the session's day is 2025-01-16; take the file of that day",
      'no strategy is called taker; did you mean maker?',
    ])
    expect(bindDayFile(readDayFile(write(GOOD)), ['maker', 'taker'], null).problems).toEqual([])
  })

  test('of any bytes is read or refused', () => {
    const text = Buffer.from(GOOD)
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.nat({ max: 255 }), fc.boolean(), (at, byte, isCut) => {
        const bytes = Buffer.from(isCut ? text.subarray(0, at) : text)
        if (!isCut) bytes[at] = byte
        problemsOf(bytes.toString('latin1'))
      }),
      { numRuns: 300 },
    )
  })
})

describe('the end of a day', () => {
  const HEADER = {
    kind: 'replay' as const,
    version: '1',
    codeHash: 'c',
    configHash: 'd',
    seed: 1,
    plugins: ['maker', 'taker'].map((name) => ({ name, path: name, codeHash: 'e', params: {} })),
    limits: {},
    files: [],
    date: '2025-01-15',
  }
  const position = { markPrice: 1, pnlRealised: 2, pnlUnrealised: 3, fills: 4, tradedQuantity: 5 }

  function close(...positions: [strategy: string, symbol: string, quantity: number, averagePrice: number][]): string {
    return writeEndOfDay({
      journalPath: mkdtempSync(join(folder, 'journal-')),
      journalId: '0123',
      header: HEADER,
      fills: 8,
      positions: positions.map(([strategy, symbol, quantity, averagePrice]) => ({
        strategy,
        symbol,
        quantity,
        averagePrice,
        ...position,
      })),
      day: { positions: [{ strategy: 2, symbol: 'UNSEEN', quantity: 9, averagePrice: 1.5 }], terms: [] },
    })
  }

  test('opens the next one: closing positions, those of instruments never seen among them', () => {
    const file = readDayFile(close(['maker', 'ON', -7, 1 / 3], ['maker', 'FLAT', 0, 0], ['taker', '007', 5, 2]))
    expect(file.kind).toBe('end-of-day')
    expect(
      file.positions.map(({ strategy, symbol, quantity, averagePrice }) => [strategy, symbol, quantity, averagePrice]),
    ).toEqual([
      ['maker', 'ON', -7, 1 / 3],
      ['taker', '007', 5, 2],
      ['taker', 'UNSEEN', 9, 1.5],
    ])
    // Its day is the one that is over: the next session's may be any.
    expect(bindDayFile(file, ['maker', 'taker'], '2025-01-16').problems).toEqual([])
  })

  test('is compared with the opening positions', () => {
    const closing = readDayFile(close(['maker', 'A', 100, 10], ['maker', 'B', 5, 10], ['maker', 'C', 5, 10]))
    const entry = (symbol: string, quantity: number, averagePrice: number) =>
      `  - {strategy: maker, symbol: ${symbol}, quantity: ${quantity}, averagePrice: ${averagePrice}}\n`
    const unseen = '  - {strategy: taker, symbol: UNSEEN, quantity: 9, averagePrice: 1.5}\n'
    const same = `positions:\n${entry('A', 100, 10)}${entry('B', 5, 10)}${entry('C', 5, 10)}${unseen}`
    expect(reconcile(readDayFile(write(same)), closing)).toEqual([])
    const other = `positions:\n${entry('A', 90, 10)}${entry('C', 5, 10.5)}${entry('D', 1, 1)}${unseen}`
    expect(reconcile(readDayFile(write(other)), closing).map(({ what }) => what)).toEqual([
      'A of maker opens with 90, and was closed with 100',
      'C of maker opens at an average of 10.5, and was closed at 10',
      'D of maker opens with 1, and was closed flat',
      'B of maker was closed with 5, and opens flat',
    ])
  })
})
