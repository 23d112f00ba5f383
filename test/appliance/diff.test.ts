import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { textColumns } from '../../appliance/cli/table.ts'
import { makePaint } from '../../appliance/cli/terminal.ts'
import { type DiffResult, diffJournals } from '../../appliance/diff/diff-journals.ts'
import { renderDiff } from '../../appliance/report/difference-report.ts'
import type { PlainRecord } from '../../kernels/records/codec.ts'
import { STORY } from '../storage/support/order-story.ts'
import { type JournalScript, writeJournal } from '../storage/support/write-journal.ts'
import { runXk } from './run-xk.ts'

const root = mkdtempSync(join(tmpdir(), 'xk-diff-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let journals = 0

function write(script: JournalScript): string {
  return writeJournal(join(root, `j${journals++}`), script)
}

function diff(left: string, right: string): DiffResult {
  return diffJournals({ left, right, reach: 2, onProgress: () => {} })
}

/** The story with one record of a stream changed, counted from 1. */
function change(stream: 'inbound' | 'outbound', number: number, fields: Partial<PlainRecord>): JournalScript {
  const records = STORY[stream].map((record, index) => (index + 1 === number ? { ...record, ...fields } : record))
  return { ...STORY, [stream]: records as PlainRecord[] }
}

const story = write(STORY)

describe('two journals', () => {
  test('with the same records are the same, however they were batched', () => {
    const result = diff(story, write({ ...STORY, recordsPerBatch: 2, isClosed: false }))
    expect(result).toMatchObject({ isSame: true, first: null, sessions: [], damage: [] })
    expect([result.sameInbound, result.sameOutbound]).toEqual([15, 6])
  })

  test('in which a decision differs: named with its fields, and the inbound records around its cause', () => {
    const { first, isSame, sameOutbound } = diff(story, write(change('outbound', 3, { price: 1_030_000 })))
    expect(isSame).toBe(false)
    expect(sameOutbound).toBe(2)
    expect(first).toMatchObject({ stream: 'outbound', sequence: 3, causeSequence: 7 })
    expect(first!.fields).toEqual([{ field: 'price', left: '1020000', right: '1030000' }])
    expect(first!.left!.fields).toMatchObject({ record: 'replaceOrder', newOrderId: 3 })
    expect(first!.cause).toMatch(/^strategy 1 decided otherwise on the same inbound records/)
    expect(first!.inbound.map(({ sequence }) => sequence)).toEqual([5, 6, 7, 8, 9])
  })

  test('in which an inbound record differs before the decision does: that record is the first', () => {
    const script = change('inbound', 5, { price: 999_000 })
    const outbound = STORY.outbound.map((record, index) => (index === 1 ? { ...record, price: 1 } : record))
    const { first } = diff(story, write({ ...script, outbound }))
    expect(first).toMatchObject({ stream: 'inbound', sequence: 5, fields: [{ field: 'price' }] })
    expect(first!.cause).toMatch(/gate or the venue answered otherwise/)
  })

  test('in which the decision differs before the inbound record does: the decision is the first', () => {
    const script = change('outbound', 1, { quantity: 50 })
    const inbound = change('inbound', 3, { orderId: 9 }).inbound
    expect(diff(story, write({ ...script, inbound })).first).toMatchObject({ stream: 'outbound', sequence: 1 })
  })

  test('of which one goes on', () => {
    const short = write({ ...STORY, inbound: STORY.inbound.slice(0, 12) })
    expect(diff(story, short).first).toMatchObject({ stream: 'inbound', sequence: 13, right: null })
    expect(diff(short, story).first!.cause).toMatch(/^A ends here, B goes on/)
    const silent = write({ ...STORY, outbound: STORY.outbound.slice(0, 5) })
    expect(diff(silent, story).first).toMatchObject({ stream: 'outbound', sequence: 6, left: null, causeSequence: 10 })
  })

  test('that only begin differently are compared behind their beginning', () => {
    const other = change('inbound', 1, { seed: 8 })
    const result = diff(story, write(other))
    expect(result).toMatchObject({ isSame: false, first: null, sessions: [{ field: 'seed', left: '7', right: '8' }] })
    const both = { ...other, outbound: change('outbound', 6, { quantity: 11 }).outbound }
    expect(diff(story, write(both)).first).toMatchObject({ stream: 'outbound', sequence: 6 })
  })

  test('of which one is damaged: the damage is told', () => {
    const path = write({ ...STORY, recordsPerBatch: 1 })
    const segment = join(path, '0000000001.xkj')
    const bytes = readFileSync(segment)
    bytes[4096 + 90]! ^= 1
    writeFileSync(segment, bytes)
    const result = diff(story, path)
    expect(result.first).toMatchObject({ right: null })
    expect(result.damage).toEqual([{ path, what: expect.stringContaining('0000000001.xkj offset') }])
  })
})

test('the report fits 100 columns and names both sides', () => {
  const other = write(change('outbound', 3, { price: 1_030_000 }))
  const lines = renderDiff(diff(story, other), makePaint(false))
  expect(lines.every((line) => textColumns(line) <= 100)).toBe(true)
  const text = lines.join('\n')
  expect(text).toMatch(/DIFFERENT/)
  expect(text).toMatch(/first difference: outbound sequence 3/)
  expect(text).toMatch(/price +1020000 +1030000/)
  expect(text).toMatch(/→ 7 /)
})

describe('the command', () => {
  test('answers by its exit code, and with --json by one object', async () => {
    const other = write(change('outbound', 3, { price: 1_030_000 }))
    const [same, different] = [
      await runXk(['diff', story, write(STORY)]),
      await runXk(['diff', story, other, '--json']),
    ]
    expect([same.exitCode, different.exitCode]).toEqual([0, 8])
    expect(same.stderr + different.stderr).toBe('')
    expect(JSON.parse(different.stdout).first.sequence).toBe(3)
  })

  test('refuses what is no journal, and one and the same', async () => {
    expect((await runXk(['diff', story, root])).stderr).toMatch(/holds no journal/)
    expect((await runXk(['diff', story, story])).exitCode).toBe(2)
    expect((await runXk(['diff', story, join(root, 'none')])).exitCode).toBe(3)
    expect((await runXk(['diff', story, root, '--around', 'x'])).stderr).toMatch(/no number of records/)
  })
})
