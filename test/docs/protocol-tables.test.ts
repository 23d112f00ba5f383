import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { RType } from '../../feeds/dbn/layout.ts'
import { IexType } from '../../feeds/iex/layout.ts'
import { Itch50Type } from '../../feeds/itch50/layout.ts'
import { Template } from '../../feeds/mdp3/templates.ts'
import { PitchType } from '../../feeds/pitch/layout.ts'
import { TextType } from '../../feeds/pitch/text-layout.ts'
import { SoupType } from '../../feeds/soupbintcp/layout.ts'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { RecordType } from '../../kernels/records/catalogue.ts'

interface Row {
  readonly keys: readonly number[]
  readonly text: string
  /** What becomes of the message. */
  readonly record: string
}

/** The values of a layout's enum of messages. */
function valuesOf(types: Readonly<Record<string, string | number>>): number[] {
  return Object.values(types)
    .filter((value): value is number => typeof value === 'number')
    .sort((a, b) => a - b)
}

/**
 * The rows of the page's table whose header begins with these titles; `a to b` are all numbers between.
 * @param readKey the value of a key: of a letter on the wire its code
 */
function readTable(
  page: string,
  [first, second, recordColumn]: readonly [string, string, number],
  readKey: (text: string) => number,
): Row[] {
  const lines = readFileSync(join(findPackageRoot(), 'docs', page), 'utf8').split('\n')
  const header = lines.findIndex((line) => line.startsWith(`| ${first} | ${second} |`))
  expect(header, `${page} has a table that begins with ${first}, ${second}`).toBeGreaterThanOrEqual(0)
  const rows: Row[] = []
  for (const line of lines.slice(header + 2)) {
    if (!line.startsWith('|')) break
    const cells = line.split('|').map((cell) => cell.trim())
    const keys = cells[1]!.split(/,? and |, | (?!to)(?<!to )/).flatMap((part) => {
      const [from, to] = part.split(' to ').map(readKey)
      return to === undefined ? [from!] : Array.from({ length: to - from! + 1 }, (_, i) => from! + i)
    })
    rows.push({ keys, text: line, record: cells[recordColumn]! })
  }
  return rows
}

const NAMES = new Set(Object.keys(RecordType).filter((name) => Number.isNaN(Number(name))))

const codeOf = (letter: string) => letter.charCodeAt(0)

const TABLES = [
  ['TotalView-ITCH 5.0', 'protocol-records.md', ['type', 'message', 3], codeOf, Itch50Type],
  ['SoupBinTCP', 'protocol-records.md', ['packet', 'message', 3], codeOf, SoupType],
  ['IEX', 'protocol-records-iex.md', ['type', 'message', 4], codeOf, IexType],
  ['CME MDP 3.0', 'protocol-records-mdp3.md', ['template', 'message', 3], Number, Template],
  ['PITCH', 'protocol-records-pitch.md', ['type', 'message', 3], Number, PitchType],
  ['PITCH as text', 'protocol-records-pitch.md', ['letter', 'message', 3], codeOf, TextType],
  ['DBN', 'protocol-records-dbn.md', ['rtype', 'schema', 3], Number, RType],
] as const

describe.each(TABLES)('the table of %s', (_, page, columns, readKey, types) => {
  const rows = readTable(page, columns, readKey)

  test('has a row for every message that the decoder knows, and for no other', () => {
    const keys = rows.flatMap((row) => row.keys)
    expect(keys.sort((a, b) => a - b)).toEqual(valuesOf(types))
  })

  test('says of every message which records it becomes, by their names, or that it becomes none', () => {
    for (const { record, text } of rows) {
      const words = record.match(/[A-Z][A-Za-z]+/g) ?? []
      const isNamed = words.some((word) => NAMES.has(word) || NAMES.has(word.replace(/s$/, '')))
      expect(isNamed || /none|see below|as |those of/.test(record), text).toBe(true)
    }
  })
})
