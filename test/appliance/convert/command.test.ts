import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { chooseTarget } from '../../../appliance/convert/target.ts'
import { rawItch } from '../../feeds/support/sample.ts'
import { PROJECT_ROOT, runXk } from '../run-xk.ts'
import { createFolder } from './support.ts'

const SAMPLE = join(PROJECT_ROOT, 'replay-data', 'sample-session.pcapng.gz')
const folder = createFolder()
mkdirSync(join(folder, 'full'))
writeFileSync(join(folder, 'full', 'a'), '')
writeFileSync(join(folder, 'same.itch'), '')
writeFileSync(join(folder, 'day.itch'), rawItch(3))
writeFileSync(join(folder, 'cut.itch'), rawItch(3).subarray(0, -1))
writeFileSync(join(folder, 'table.csv'), 'timeNs,symbol,sequence,instrument\n')

describe('xk convert', () => {
  const cases: [string, string[], number, RegExp][] = [
    ['an unknown extension', [SAMPLE, 'out.xyz'], 2, /does not tell the format/],
    ['an unknown format', [SAMPLE, 'out', '--to', 'arrow'], 2, /there is no such format/],
    ['ITCH into a folder', [SAMPLE, 'full', '--to', 'itch'], 2, /is written to one file/],
    ['Parquet in gzip', [SAMPLE, 'out.parquet.gz', '--to', 'parquet'], 2, /compressed within/],
    ['a misspelt record', [SAMPLE, 'out.csv', '--records', 'trades'], 2, /did you mean trade\?/],
    ['a time that is none', [SAMPLE, 'out.csv', '--from', 'noon'], 2, /"noon" is no time \(option --from\)/],
    ['a date in a file without one', ['day.itch', 'out.csv', '--from', '2019-12-30T09:30Z'], 2, /tells no date/],
    [
      'a range that is empty',
      ['day.itch', 'out.csv', '--from', '10:00', '--to-time', '09:30'],
      2,
      /not later than --from/,
    ],
    ['no symbol that is there', ['day.itch', 'out.csv', '--symbols', 'ABX,Q'], 3, /no instrument is called ABX or Q/],
    ['an unknown feed', [SAMPLE, 'out.csv', '--feed', 'itch5'], 2, /did you mean itch50\?/],
    ['a date that is none', [SAMPLE, 'out.csv', '--date', '2019-13-30'], 2, /2019-13-30/],
    ['a zone that is none', [SAMPLE, 'out.csv', '--time-zone', 'Mars'], 2, /Mars/],
    ['the same file', ['same.itch', './same.itch'], 2, /both are the same file/],
    ['a folder with something in it', [SAMPLE, 'full', '--to', 'csv'], 4, /the folder is not empty/],
    ['a folder that is nowhere', [SAMPLE, 'nowhere/out.csv'], 4, /cannot write the export/],
    ['a table of its own', ['table.csv', 'out.itch'], 3, /a table that xk convert wrote; tables are not read back/],
    ['no input', ['nowhere.itch', 'out.csv'], 3, /no such file/],
    ['a folder that is no journal', ['full', 'out.csv'], 3, /holds no journal/],
  ]
  test.each(cases)('with %s is explained, and writes nothing', async (_name, args, exitCode, stderr) => {
    const before = readdirSync(folder)
    const run = await runXk(['convert', ...args], { cwd: folder })
    expect(run.stderr).toMatch(stderr)
    expect(run.stderr).toMatch(/^next: /m)
    expect(run.exitCode).toBe(exitCode)
    expect(readdirSync(folder)).toEqual(before)
  })

  test('of a file that ends inside its last record gives what is whole, and tells it', async () => {
    const run = await runXk(['convert', 'cut.itch', 'cut.jsonl'], { cwd: folder })
    expect([run.exitCode, run.stderr]).toEqual([0, ''])
    expect(run.stdout).toContain('truncatedTail, first at byte')
    const back = await runXk(['convert', 'cut.jsonl', 'back.itch'], { cwd: folder })
    expect(back.stderr).toContain('a table that xk convert wrote')
  })

  test('tells as JSON what went in and out, quietly', async () => {
    const args = ['convert', SAMPLE, 'part.itch.gz', '--from', '09:35', '--to-time', '09:36', '--json']
    const run = await runXk(args, { cwd: folder })
    expect([run.exitCode, run.stderr]).toEqual([0, ''])
    const result = JSON.parse(run.stdout)
    expect(result.output).toMatchObject({ format: 'itch', notTold: {}, partlyTold: {} })
    expect(result.cut.snapshotOrders).toBe(result.output.records.orderAdd - 3_500)
    const again = await runXk(['convert', 'part.itch.gz', 'part', '--to', 'csv', '--no-snapshot'], { cwd: folder })
    expect(again.stdout).toContain('part/orderAdd.csv')
    const lines = readFileSync(join(folder, 'part', 'orderAdd.csv'), 'utf8')
      .trim()
      .split('\n')
    expect(lines).toHaveLength(1 + result.output.records.orderAdd)
  })

  test('stopped by SIGINT leaves neither file nor folder behind', async () => {
    const big = join(folder, 'big.itch')
    const part = rawItch(1_000)
    writeFileSync(big, Buffer.concat(Array.from({ length: 1_500 }, () => part)))
    const run = await runXk(['convert', big, join(folder, 'stopped'), '--to', 'csv'], {
      whileRunning: (child) => {
        const poll = setInterval(() => {
          if (!existsSync(join(folder, 'stopped.partial', 'orderAdd.csv.partial'))) return
          child.kill('SIGINT')
          clearInterval(poll)
        }, 10)
        child.on('exit', () => clearInterval(poll))
      },
    })
    expect(run.stderr).toBe('xk: stopped by SIGINT\n')
    expect(run.exitCode).toBe(130)
    expect(readdirSync(folder).filter((name) => name.startsWith('stopped'))).toEqual([])
  })
})

test('targets are files by their extension, and folders of tables without one', () => {
  const kinds = ['a.itch', 'a.itch.gz', 'a.pcapng', 'a.csv.gz', 'a.ndjson', 'a.parquet'].map((path) => {
    const { format, isFolder } = chooseTarget(path, undefined)
    return `${format} ${isFolder}`
  })
  expect(kinds).toEqual(['itch false', 'itch false', 'pcapng false', 'csv false', 'jsonl false', 'parquet false'])
  expect(chooseTarget('a', 'csv')).toEqual({ format: 'csv', path: 'a', isFolder: true })
  expect(chooseTarget('a.d/', 'csv')).toEqual({ format: 'csv', path: 'a.d', isFolder: true })
  expect(chooseTarget('a.txt', 'csv')).toEqual({ format: 'csv', path: 'a.txt', isFolder: false })
  expect(chooseTarget('a', 'itch').isFolder).toBe(false)
})
