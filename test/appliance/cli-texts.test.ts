import { describe, expect, test } from 'vitest'
import { describeError, errorFacts } from '../../appliance/cli/errors.ts'
import { formatBytes, formatCount, formatMoney, formatNs, formatRate, formatUtcNs } from '../../appliance/cli/format.ts'
import { findNearestName } from '../../appliance/cli/nearest-name.ts'
import { ProgressLine } from '../../appliance/cli/progress-line.ts'
import {
  cutColoured,
  cutPath,
  renderTable,
  shortenPath,
  textColumns,
  wrapLines,
  wrapText,
} from '../../appliance/cli/table.ts'
import { makePaint, type Terminal } from '../../appliance/cli/terminal.ts'
import { XkError } from '../../kernels/host/xk-error.ts'

describe('numbers', () => {
  test('are grouped by thousands', () => {
    expect([0, 999, 1_000, -1_234_567, 1e15].map((value) => formatCount(value))).toEqual([
      '0',
      '999',
      '1,000',
      '-1,234,567',
      '1,000,000,000,000,000',
    ])
    expect(formatCount(12_345_678_901_234_567_890n)).toBe('12,345,678,901,234,567,890')
    expect(formatCount(1234.5678, 2)).toBe('1,234.57')
    expect(formatCount(-0.001, 2)).toBe('0.00')
    expect(formatCount(Number.NaN)).toBe('n/a')
  })

  test('of money carry their sign', () => {
    expect([0, 1234.5, -3, 0.001].map(formatMoney)).toEqual(['0.00', '+1,234.50', '-3.00', '0.00'])
  })

  test('of nanoseconds take the unit that suits them', () => {
    const cases: [number, string][] = [
      [0, '0 ns'],
      [151, '151 ns'],
      [999.6, '1.00 µs'],
      [1_750, '1.75 µs'],
      [25_200, '25.2 µs'],
      [999_499, '999 µs'],
      [999_500, '1.00 ms'],
      [4_560_000, '4.56 ms'],
      [7_312_000_000, '7.31 s'],
      [61.5e9, '61.5 s'],
      [125e9, '2 min 5 s'],
      [23_400e9, '6 h 30 min'],
      [90_000_000e9, '1,041 d 16 h'],
      [Number.POSITIVE_INFINITY, 'n/a'],
    ]
    for (const [ns, text] of cases) expect(formatNs(ns)).toBe(text)
  })

  test('of bytes, rates and instants read as usual', () => {
    expect([512, 1536, 64 * 1024 ** 2].map(formatBytes)).toEqual(['512 B', '1.5 KiB', '64 MiB'])
    expect([12, 43_500, 64.2e6, 1.5e9].map(formatRate)).toEqual(['12 /s', '44 k/s', '64.2 M/s', '1.50 G/s'])
    expect(formatUtcNs(1_577_716_200_123_456_789n)).toBe('2019-12-30 14:30:00.123456789 UTC')
  })
})

describe('tables', () => {
  test('align numbers right and names left', () => {
    const columns = [{ title: 'name' }, { title: 'n', align: 'right' as const }]
    expect(
      renderTable(
        columns,
        [
          ['a', '1'],
          ['long', '1,000'],
        ],
        0,
      ),
    ).toEqual(['name      n', 'a         1', 'long  1,000'])
  })

  test('cut names, never digits, to stay within 100 columns', () => {
    const columns = [{ title: 'name' }, { title: 'n', align: 'right' as const }]
    const [, row] = renderTable(columns, [['x'.repeat(200), '123,456,789']])
    expect(textColumns(row!)).toBe(100)
    expect(row).toMatch(/x… {2}123,456,789$/)
  })

  test('count colours as nothing', () => {
    const paint = makePaint(true)
    expect(textColumns(paint.red('abc'))).toBe(3)
    expect(makePaint(false).red('abc')).toBe('abc')
  })

  test('cut coloured text where it is too wide, and end its colours', () => {
    const paint = makePaint(true)
    const text = `${paint.red('abc')}${paint.bold('defg')}`
    expect(cutColoured(text, 7)).toBe(text)
    expect(cutColoured(text, 5)).toBe(`${paint.red('abc')}${paint.bold('d')}…`)
    expect(textColumns(cutColoured(text, 5))).toBe(5)
  })

  test('wrapped text keeps its words', () => {
    expect(wrapText('one two three', 8, '- ', '  ')).toEqual(['- one', '  two', '  three'])
    expect(wrapText('unbreakable', 4)).toEqual(['unbreakable'])
  })

  test('wrapped lines keep their own indentation', () => {
    expect(wrapLines('one two three\n  also four five', 12)).toEqual([
      'one two',
      '    three',
      '  also four',
      '      five',
    ])
  })

  test('paths are told from the working folder, and cut in the middle', () => {
    expect(shortenPath('/a/b/c', '/a')).toBe('b/c')
    expect(shortenPath('/x', '/a/b/c')).toBe('/x')
    expect(cutPath('/a/very/long/path/to/a/file.pcap', 16)).toBe('/a/v…a/file.pcap')
  })
})

describe('errors', () => {
  const where =
    '/a/very/long/path/that/nobody/wants/to/see/broken/in/two/when/it/is/to/be/copied/into/another/command/day.pcap'
  const error = new XkError({
    code: 'capture-cut',
    what: 'this is no capture file: it is a recording of messages of a kind that is not read, however long one looks at it',
    where,
    next: 'give a pcap, a pcapng, or a file of a protocol that is read without packets, plain, gzip or zstd\n  also: look at it',
  })

  test('are wrapped at blanks, so that only a path may be longer than a line', () => {
    const lines = describeError(error, 80).split('\n')
    expect(lines).toEqual([
      'xk: this is no capture file: it is a recording of messages of a kind that is not',
      '    read, however long one looks at it',
      `    (${where})`,
      'next: give a pcap, a pcapng, or a file of a protocol that is read without',
      '    packets, plain, gzip or zstd',
      '  also: look at it',
      '',
    ])
    expect(errorFacts(error)).toMatchObject({ what: error.what, where, next: error.next })
  })
})

describe('suggestions', () => {
  const names = ['feedLatencyNs', 'entryLatencyNs', 'maxQuantity', 'replay', 'rerun']
  test.each([
    ['feed-latency-ns', 'feedLatencyNs'],
    ['feedLatnecyNs', 'feedLatencyNs'],
    ['maxQuantiy', 'maxQuantity'],
    ['reply', 'replay'],
    ['zzz', undefined],
    ['', undefined],
  ])('for "%s" is %s', (name, expected) => {
    expect(findNearestName(name, names)).toBe(expected)
  })
})

describe('the progress line', () => {
  function watch(isInteractive: boolean) {
    const written: string[] = []
    const terminal: Terminal = {
      write: () => {},
      writeError: (text) => void written.push(text),
      isInteractive,
      hasColours: false,
      columns: 60,
      isWatched: false,
      rows: 24,
      waitForReader: async () => {},
    }
    let nowNs = 0n
    const line = new ProgressLine(terminal, 'work', () => nowNs)
    const wait = (ms: number) => {
      nowNs += BigInt(ms) * 1_000_000n
    }
    return { written, line, wait }
  }

  test('is silent in a pipe', () => {
    const { written, line, wait } = watch(false)
    wait(1_000)
    line.update(0.5)
    line.finish()
    expect(written).toEqual([])
  })

  test('appears only when work lasts, tells what is left, and is erased at the end', () => {
    const { written, line, wait } = watch(true)
    line.update(0)
    wait(100)
    line.update(0.1)
    expect(written).toEqual([])
    wait(900)
    line.update(0.5, 'a note that is far too long for a line of so few columns')
    wait(10)
    line.update(0.6)
    expect(written).toHaveLength(1)
    expect(written[0]).toContain(' 50 %  1 s left')
    expect([...written[0]!.replace('\r\u001b[2K', '')].length).toBeLessThan(60)
    line.finish()
    expect(written[1]).toBe('\r\u001b[2K')
  })
})
