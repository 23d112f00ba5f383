import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { textColumns } from '../../appliance/cli/table.ts'
import { makePaint } from '../../appliance/cli/terminal.ts'
import { renderCapture } from '../../appliance/report/inspect-report.ts'
import { mergeCaptures } from '../../appliance/report/merge-captures.ts'
import type { CaptureFacts } from '../../feeds/inspect/inspect-capture.ts'
import { samplePcap } from '../feeds/support/sample.ts'
import { findCaptures } from '../support/captures.ts'
import { PROJECT_ROOT, runXk } from './run-xk.ts'

const SAMPLE = join(PROJECT_ROOT, 'replay-data', 'sample-session.pcapng.gz')
const SAMPLE_FACTS = JSON.parse(readFileSync(join(PROJECT_ROOT, 'replay-data', 'sample-session.json'), 'utf8'))

const NO_SERIES = { startNs: '0', bucketNs: 1000, counts: [], bursts: [] }
const SUMMARY = { flows: false, symbols: false }

function makeFacts(changes: Partial<CaptureFacts>): CaptureFacts {
  return {
    file: '/captures/day.pcap',
    paths: ['/captures/day.pcap'],
    symbols: [],
    traffic: { packets: NO_SERIES, records: NO_SERIES },
    kind: 'pcap',
    sureness: 'certain',
    packets: 3,
    bytes: 300,
    frameBytes: 200,
    firstTimeNs: '1577716200000000000',
    lastTimeNs: '1577716201000000000',
    messages: { itch50: { A: 2, D: 1 } },
    sessions: [],
    lines: [],
    flows: [],
    instruments: 1,
    undecoded: {},
    undecodedTypes: {},
    cutPackets: 0,
    timesBackwards: 0,
    fragments: {},
    tcp: {},
    damage: {},
    errors: [],
    isComplete: true,
    ...changes,
  }
}

describe('inspect', () => {
  test('tells of the sample session what its generator noted', async () => {
    const run = await runXk(['inspect', SAMPLE, '--json'])
    expect(run.exitCode).toBe(0)
    expect(run.stderr).toBe('')
    const { capture, messages, messagesByType } = SAMPLE_FACTS
    expect(JSON.parse(run.stdout)).toMatchObject({
      packets: capture.packets,
      firstTimeNs: capture.firstTimeNs,
      lastTimeNs: capture.lastTimeNs,
      messages: { itch50: messagesByType },
      sessions: [{ session: capture.session, messages, missing: 0, duplicates: 0, heartbeats: capture.heartbeats }],
      undecoded: {},
    })
  })

  test('counts the reference captures as their independent decoders did', async () => {
    const captures = findCaptures()
    if (captures === undefined) return
    const folder = join(captures, 'nasdaq-itch50')
    const files = readdirSync(folder).filter((name) => name.endsWith('.itch'))
    expect(files.length).toBeGreaterThan(0)
    const run = await runXk(['inspect', ...files.map((name) => join(folder, name)), '--json'])
    const inspected = JSON.parse(run.stdout).files as CaptureFacts[]
    for (const [index, name] of files.entries()) {
      const { decoded } = JSON.parse(readFileSync(join(folder, `${name}.expected.json`), 'utf8'))
      expect(inspected[index]!.messages.itch50, name).toEqual(decoded.messages_by_type)
    }
  })

  test('tells how far a truncated file could be read, and says so by its exit code', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'xk-inspect-'))
    const path = join(folder, 'cut.pcapng.gz')
    copyFileSync(SAMPLE, path)
    truncateSync(path, 1_000_000)
    const run = await runXk(['inspect', path, '--json'])
    rmSync(folder, { recursive: true })
    const facts = JSON.parse(run.stdout) as CaptureFacts
    expect(facts.packets).toBeGreaterThan(1_000)
    expect(facts.errors).toHaveLength(1)
    expect(run.exitCode).toBe(3)
  })

  test('tells where framing is lost, and says so by its exit code', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'xk-inspect-'))
    const path = join(folder, 'lost.pcap')
    const bytes = samplePcap(9)
    // The length of the first record: no frame is so long.
    bytes.writeUInt32LE(0xfffffff0, 24 + 8)
    writeFileSync(path, bytes)
    const run = await runXk(['inspect', path])
    rmSync(folder, { recursive: true })
    expect(run.stdout).toContain('damage: corruptLength, 1 time, first at byte 24, nothing behind it was read')
    expect(run.exitCode).toBe(3)
  })

  test.each([
    ['a text', join(PROJECT_ROOT, 'package.json'), /this is no capture file/],
    ['a missing file', 'nowhere.pcap', /nowhere\.pcap/],
  ])('refuses %s', async (_name, path, stderr) => {
    const run = await runXk(['inspect', path])
    expect(run.stderr).toMatch(stderr)
    expect(run.stderr).not.toMatch(/^\s+at /m)
    expect(run.exitCode).toBe(3)
  })
})

describe('several files of which some cannot be read', () => {
  test('are told but for those, which are named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'xk-inspect-'))
    const empty = join(folder, 'empty.pcap')
    writeFileSync(empty, '')
    const fifo = join(folder, 'fifo')
    execFileSync('mkfifo', [fifo])
    const paths = ['nowhere.pcap', SAMPLE, empty, fifo, folder]
    const [run, people, none] = await Promise.all([
      runXk(['inspect', ...paths, '--json']),
      runXk(['inspect', ...paths]),
      runXk(['inspect', empty, 'nowhere.pcap']),
    ])
    rmSync(folder, { recursive: true })
    const { files, unread, packets } = JSON.parse(run.stdout)
    expect([run.exitCode, people.exitCode, none.exitCode]).toEqual([3, 3, 3])
    expect(files).toHaveLength(1)
    expect(packets).toBe(SAMPLE_FACTS.capture.packets)
    expect(unread.map(({ file, code }: Record<string, string>) => [file, code])).toEqual([
      ['nowhere.pcap', 'capture-missing'],
      [empty, 'capture-empty'],
      [fifo, 'capture-unreadable'],
      [folder, 'capture-unreadable'],
    ])
    expect(people.stdout).toContain('250,000 on 24 instruments')
    for (const text of ['there is no such file', 'the file is empty', 'not a regular file', 'a folder, not a file']) {
      expect(people.stderr).toContain(text)
    }
    expect(none.stdout).toBe('')
  })
})

describe('several captures together', () => {
  test('are added up; empty ones have no say in the times', () => {
    const totals = mergeCaptures([
      makeFacts({}),
      makeFacts({ firstTimeNs: '5', lastTimeNs: '10000000000000000000', messages: { itch50: { A: 1, X: 4 } } }),
      makeFacts({ packets: 0, messages: {}, firstTimeNs: '0', lastTimeNs: '0', undecoded: { ipv6: 2 } }),
    ])
    expect(totals).toMatchObject({
      packets: 6,
      bytes: 900,
      firstTimeNs: '5',
      lastTimeNs: '10000000000000000000',
      messages: { itch50: { A: 3, D: 1, X: 4 } },
      undecoded: { ipv6: 2 },
    })
    expect(totals.files).toHaveLength(3)
  })
})

describe('the report of a capture', () => {
  test('names gaps, damage and what was not decoded, within 100 columns', () => {
    const session = { session: 'S'.repeat(10), firstSequence: '1', lastSequence: '9007199254740991', missingRanges: [] }
    const counts = { messages: 1e9, missing: 1e8, duplicates: 1e8, heartbeats: 1e8 }
    const facts = makeFacts({
      file: `/${'long/'.repeat(40)}day.pcap`,
      sessions: Array.from(
        { length: 20 },
        () => ({ ...session, ...counts }) as unknown as CaptureFacts['sessions'][number],
      ),
      undecoded: { fragmented: 12, unknownProtocol: 2, recognisedOnly: 123_456_789 },
      damage: { truncatedTail: { count: 1, firstAtByte: 1_000 } },
      cutPackets: 3,
      timesBackwards: 4,
      errors: [{ code: 'capture-gzip-damaged', message: 'the compressed data is damaged '.repeat(6) }],
    })
    const lines = renderCapture(facts, makePaint(true), '/', SUMMARY)
    const text = lines.join('\n')
    for (const line of lines) expect(textColumns(line)).toBeLessThanOrEqual(100)
    expect(text).toContain('and 8 sessions more')
    expect(text).toContain('12 not decoded: fragmented')
    expect(text).toContain('2 not decoded: unknownProtocol, datagrams of no feed that is read')
    expect(text).toContain('truncatedTail, 1 time, first at byte 1,000')
    expect(text).toContain('ended early')
  })

  test('speaks of one thing in the singular, and of a last message that is older as such', () => {
    const facts = makeFacts({
      firstTimeNs: '1577716201000000000',
      lastTimeNs: '1577716200000000000',
      damage: { truncatedTail: { count: 2, firstAtByte: 1 } },
      timesBackwards: 1,
      cutPackets: 1,
    })
    const text = renderCapture(facts, makePaint(false), '/', SUMMARY).join('\n')
    for (const part of ['on 1 instrument\n', '1.00 s earlier', '2 times, ', '1 packet stamped', '1 packet cut']) {
      expect(text).toContain(part)
    }
  })

  test('of an empty raw file does not invent times', () => {
    const facts = makeFacts({ kind: 'itch50', packets: 0, messages: {}, firstTimeNs: '0', lastTimeNs: '0' })
    const text = renderCapture(facts, makePaint(false), '/', SUMMARY).join('\n')
    expect(text).not.toMatch(/first|1970/)
    expect(text).toContain(': itch50 (certain), ')
  })
})
