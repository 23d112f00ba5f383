import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Screen } from '../../appliance/book/screen.ts'
import { watchPictures, watchTops } from '../../appliance/book/watch-book.ts'
import { textColumns } from '../../appliance/cli/table.ts'
import { makePaint, type Terminal } from '../../appliance/cli/terminal.ts'
import { renderBook, renderTop } from '../../appliance/report/book-report.ts'
import type { BookSnapshot } from '../../feeds/book-view/book-snapshot.ts'
import { BookTape } from '../../feeds/book-view/book-tape.ts'
import { openFeed } from '../../feeds/capture/open-feed.ts'
import { temporaryFolder, writeTemporary } from '../feeds/support/drain.ts'
import { rawItch } from '../feeds/support/sample.ts'
import { PROJECT_ROOT, runXk } from './run-xk.ts'

const SAMPLE = join(PROJECT_ROOT, 'replay-data', 'sample-session.pcapng.gz')
const folder = temporaryFolder()
const plain = makePaint(false)

const BOOK: BookSnapshot = {
  symbol: 'AAPL',
  instrument: 1,
  timeNs: '1577716200123456789',
  isDated: true,
  timeOfDayNs: 34_200_123_456_789,
  state: 'trading',
  bids: [
    { price: '290.1000', quantity: 1_200, orders: 3 },
    { price: '290.0950', quantity: 50, orders: 1 },
    { price: '289.0000', quantity: 10_000, orders: 12 },
  ],
  asks: [
    { price: '290.1200', quantity: 700, orders: 2 },
    { price: '290.2500', quantity: 2_500, orders: 0 },
  ],
  bidLevels: 60,
  askLevels: 2,
  spread: '0.0200',
  mid: '290.11000',
  lastTrade: { price: '290.1100', quantity: 25, timeNs: '1577716199000000001' },
  records: 4_711,
  isStale: true,
  missing: 12,
  unknownOrders: 7,
  refusedOrders: 1,
}

describe('a book on paper', () => {
  test('reads as it should be shown to a colleague', async () => {
    const text = `${renderBook(BOOK, plain).join('\n')}\n\n${renderTop(BOOK)}\n`
    await expect(text).toMatchFileSnapshot('fixtures/book.txt')
  })

  test('never passes 100 columns, whatever its numbers (seeded)', () => {
    const digits = (most: number) => fc.integer({ min: 1, max: most })
    const level = fc.record({
      price: digits(2 ** 40).map((units) => (units / 1e4).toFixed(4)),
      quantity: digits(1e9),
      orders: digits(99_999),
    })
    const levels = fc.array(level, { maxLength: 20 })
    const property = fc.property(levels, levels, fc.boolean(), (bids, asks, hasColours) => {
      const paint = makePaint(hasColours)
      const book = { ...BOOK, bids, asks }
      for (const line of renderBook(book, paint)) expect(textColumns(line)).toBeLessThanOrEqual(100)
      const rows = renderBook(book, paint, 80).filter((line) => line.includes('│'))
      for (const row of rows) expect(textColumns(row)).toBeLessThanOrEqual(80)
    })
    fc.assert(property, { numRuns: 300 })
  })

  test('without levels says so', () => {
    const empty = { bids: [], asks: [], bidLevels: 0, askLevels: 0, spread: null, mid: null, lastTrade: null }
    const text = renderBook({ ...BOOK, ...empty }, plain).join('\n')
    expect(text).toContain('the book is empty')
    expect(text).not.toMatch(/spread|mid|last/)
  })
})

describe('a book on a terminal', () => {
  function makeTerminal(rows: number) {
    const written: string[] = []
    const terminal: Terminal = {
      write: (text) => void written.push(text),
      writeError: () => {},
      isInteractive: true,
      hasColours: false,
      columns: 40,
      isWatched: true,
      rows,
      waitForReader: async () => {},
    }
    return { terminal, written }
  }

  test('is redrawn in place, within the terminal, and gives the cursor back', () => {
    const { terminal, written } = makeTerminal(8)
    const screen = new Screen(terminal)
    screen.draw(['one', 'two'])
    screen.draw(['x'.repeat(60), ...Array.from({ length: 20 }, (_, i) => `line ${i}`)])
    screen.close()
    expect(written[0]).toBe('\u001b[?25l\r\u001b[2Kone\n\r\u001b[2Ktwo\n\u001b[0J')
    expect(written[1]!.startsWith('\u001b[2A')).toBe(true)
    expect(written[1]!.split('\n')).toHaveLength(7)
    expect(written[1]).toContain(`${'x'.repeat(39)}…\n`)
    expect(written[2]).toBe('\u001b[?25h')
  })

  test('moves as the records did, and ends with the last', async () => {
    const path = writeTemporary(folder, 'moving.itch', rawItch(300))
    const all = new BookTape(openFeed(path), 'SYM1')
    const tops: BookSnapshot[] = []
    const signal = new AbortController().signal
    const keep = (books: BookSnapshot[]) => async (book: BookSnapshot) => void books.push(book)
    let nowMs = 0
    // Every look at the clock is 10 µs later: the records are 1 µs apart.
    const nowMsLater = () => {
      nowMs += 0.01
      return nowMs
    }
    const options = { levelsMax: 5, signal, nowMs: nowMsLater }
    await watchTops(all, { ...options, speed: Number.POSITIVE_INFINITY, onBook: keep(tops) })
    expect(tops.length).toBe(100)
    const pictures: BookSnapshot[] = []
    const tape = new BookTape(openFeed(path), 'SYM1')
    await watchPictures(tape, { ...options, speed: 10, onBook: keep(pictures) })
    expect(pictures.at(-1)).toEqual(all.snapshot(5))
    const times = pictures.map(({ timeOfDayNs }) => timeOfDayNs)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })
})

describe('xk book', { timeout: 120_000 }, () => {
  test('shows the same book at a moment however that is written', async () => {
    const moments = ['09:30:05', '2025-01-15T09:30:05-05:00', '2025-01-15T14:30:05Z', '1736951405000000000']
    const runs: string[] = []
    for (const at of moments) {
      const run = await runXk(['book', SAMPLE, '--symbol', 'QPAVO', '--at', at, '--json'])
      expect(run.stderr).toBe('')
      expect(run.exitCode).toBe(0)
      runs.push(run.stdout)
    }
    expect(new Set(runs).size).toBe(1)
    const book = JSON.parse(runs[0]!) as BookSnapshot
    expect(book).toMatchObject({ symbol: 'QPAVO', isDated: true, state: 'trading', missing: 0, unknownOrders: 0 })
    expect(BigInt(book.timeNs)).toBeLessThanOrEqual(1_736_951_405_000_000_000n)
    expect(BigInt(book.timeNs)).toBeGreaterThan(1_736_951_404_000_000_000n)
    expect(book.bids).toHaveLength(book.bidLevels)
    expect(book.bids[0]).toMatchObject({ price: expect.stringMatching(/^\d+\.\d{4}$/), quantity: expect.any(Number) })
  })

  test('in a pipe prints a line at each change of the best bid or offer', async () => {
    const path = writeTemporary(folder, 'pipe.itch', rawItch(30))
    const lines = await runXk(['book', path, '--symbol', 'SYM1', '--watch'])
    expect(lines.exitCode).toBe(0)
    const [first, second, third] = lines.stdout.split('\n')
    expect(first).toBe(`09:30:00.000000000  ${'100 × 100.00'.padStart(22)}  -`)
    expect(second).toBe(`09:30:00.000003000  ${'100 × 100.0003'.padStart(22)}  -`)
    expect(third).toMatch(/^09:30:00\.000006000/)
    const objects = await runXk(['book', path, '--symbol', 'SYM1', '--watch', '--json', '--depth', '1'])
    const books = objects.stdout.trim().split('\n')
    expect(books).toHaveLength(lines.stdout.trim().split('\n').length)
    expect(JSON.parse(books[1]!)).toMatchObject({ bids: [{ price: '100.0003' }], bidLevels: 1 })
  })

  test('stopped while it moves ends in order', async () => {
    const run = await runXk(['book', SAMPLE, '--symbol', 'QPAVO', '--watch', '--speed', '0.001'], {
      whileRunning: (child) => child.stdout!.once('data', () => child.kill('SIGINT')),
    })
    expect(run.signal).toBeNull()
    expect(run.exitCode).toBe(130)
    expect(run.stderr).toBe('xk: stopped by SIGINT\n')
    expect(run.stdout).toMatch(/^\d\d:\d\d:/)
  })

  const path = join(folder, 'wrong.itch')
  writeTemporary(folder, 'wrong.itch', rawItch(30))
  const cases: [name: string, args: string[], exitCode: number, stderr: RegExp][] = [
    ['no symbol', [path], 2, /required option '--symbol <name>' not specified/],
    ['a symbol that is misspelt', [path, '--symbol', 'SMY1'], 3, /no symbol "SMY1".*\nnext: the nearest are SYM1/],
    [
      'a feed that is misspelt',
      [path, '--symbol', 'SYM1', '--feed', 'itch5'],
      2,
      /no feed "itch5"\nnext: did you mean itch50\? The feeds are itch50, /,
    ],
    [
      'a file of another feed',
      [path, '--symbol', 'SYM1', '--feed', 'iexDeep10'],
      3,
      /a file of itch50, not of iexDeep10/,
    ],
    ['a time before all', [path, '--symbol', 'SYM1', '--at', '00:00'], 3, /no record yet .*\nnext: name a later --at/],
    ['a time that is none', [path, '--symbol', 'SYM1', '--at', 'noon'], 2, /"noon" is no time/],
    ['a date for a file without one', [path, '--symbol', 'SYM1', '--at', '2019-12-30T14:30Z'], 2, /tells no date/],
    ['a depth of nothing', [path, '--symbol', 'SYM1', '--depth', '0'], 2, /"0" is no number of levels/],
    ['a speed without --watch', [path, '--symbol', 'SYM1', '--speed', '2'], 2, /--speed is the pace of --watch/],
    ['a speed of nothing', [path, '--symbol', 'SYM1', '--watch', '--speed', '0'], 2, /"0" is no speed/],
    [
      'a zone that is none',
      [path, '--symbol', 'SYM1', '--date', '2019-12-30', '--time-zone', 'Mars/X'],
      2,
      /time zone/,
    ],
    ['a missing file', ['nowhere.pcap', '--symbol', 'SYM1'], 3, /nowhere\.pcap/],
  ]
  test.each(cases)('refuses %s', async (_name, args, exitCode, stderr) => {
    const run = await runXk(['book', ...args])
    expect(run.stderr).toMatch(stderr)
    expect(run.stderr).not.toMatch(/^\s+at /m)
    expect(run.exitCode).toBe(exitCode)
  })

  test('of a raw file with a date tells times since 1970', async () => {
    const run = await runXk(['book', path, '--symbol', 'SYM1', '--date', '2019-12-30', '--json'])
    const raw = readFileSync(path)
    expect(raw.length).toBeGreaterThan(0)
    expect(JSON.parse(run.stdout)).toMatchObject({ isDated: true, timeNs: '1577716200000027000' })
  })
})
