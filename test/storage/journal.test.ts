import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { RECORD_BYTES_MAX } from '../../kernels/records/catalogue.ts'
import { encodeRecord } from '../../kernels/records/codec.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import { JournalDump } from '../../storage/journal/dump.ts'
import { JournalExistsError, JournalIoError, JournalUsageError } from '../../storage/journal/errors.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalProgress } from '../../storage/journal/progress.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import { formatFacts, judge, verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { MemoryStorage, refusal } from './support/memory-storage.ts'
import {
  appendBatch,
  IDENTITY,
  range,
  readAll,
  SMALL_SEGMENT_BYTES,
  sampleRecord,
  sequencesOf,
} from './support/scripts.ts'

const { Inbound, Outbound } = JournalStream
const folders: string[] = []

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xk-journal-'))
  folders.push(folder)
  return folder
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function openSmall(storage: MemoryStorage | FileStorage): JournalWriter {
  return JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: SMALL_SEGMENT_BYTES }).writer
}

describe('writing and reading', () => {
  test('what was appended is read back in order, over many segments, on a real file system', () => {
    const storage = FileStorage.create(join(makeFolder(), 'a', 'journal'))
    const writer = openSmall(storage)
    for (let i = 0; i < 100; i++) {
      appendBatch(writer, Inbound, i * 5 + 1, i * 5 + 5)
      if (i % 2 === 0) appendBatch(writer, Outbound, i + 1, i + 2)
    }
    writer.close()
    const records = readAll(storage)
    expect(sequencesOf(records, Inbound)).toEqual(range(1, 500))
    expect(sequencesOf(records, Outbound)).toEqual(range(1, 100))
    const facts = verifyStorage(storage)
    expect(judge(facts)).toBe('closed')
    expect(facts.segments.length).toBeGreaterThan(5)
    expect(facts.inbound).toMatchObject({ records: 500, batches: 100, firstSequence: 1, lastSequence: 500 })
    for (const segment of facts.segments)
      expect(statSync(join(storage.label, segment.file)).size).toBe(SMALL_SEGMENT_BYTES)
  })

  test('a digest is the SHA-256 of the records, however they were batched', () => {
    const hash = createHash('sha256')
    const views = new RecordViews(new ArrayBuffer(RECORD_BYTES_MAX))
    for (const sequence of range(1, 60)) {
      hash.update(views.u8.subarray(0, encodeRecord(sampleRecord(Inbound, sequence), views, 0)))
    }
    const expected = hash.digest('hex')
    for (const size of [1, 7, 20]) {
      const storage = new MemoryStorage()
      const writer = openSmall(storage)
      for (let first = 1; first <= 60; first += size)
        appendBatch(writer, Inbound, first, Math.min(first + size - 1, 60))
      writer.close()
      expect(verifyStorage(storage).inbound.digest).toBe(expected)
    }
  })

  test('one stream is read from a sequence, and only the segments that hold it', () => {
    const storage = new MemoryStorage()
    const writer = openSmall(storage)
    for (let i = 0; i < 60; i++) {
      appendBatch(writer, Inbound, i * 5 + 1, i * 5 + 5)
      appendBatch(writer, Outbound, i * 2 + 1, i * 2 + 2)
    }
    for (const from of [0, 1, 2, 133, 295, 300]) {
      const records = readAll(storage, { stream: Inbound, fromSequence: from })
      expect(sequencesOf(records, Inbound)).toEqual(range(Math.max(from, 1), 300))
      expect(sequencesOf(records, Outbound)).toEqual([])
    }
    expect(readAll(storage, { stream: Inbound, fromSequence: 301 })).toEqual([])
    expect(sequencesOf(readAll(storage, { stream: Outbound, fromSequence: 77 }), Outbound)).toEqual(range(77, 120))
  })

  test('a reader follows a journal that is being written, over the end of a segment', () => {
    const storage = new MemoryStorage()
    const writer = openSmall(storage)
    const reader = new JournalReader(storage)
    let seen = 0
    for (let i = 0; i < 200; i++) {
      appendBatch(writer, Inbound, i * 3 + 1, i * 3 + 3)
      if (i % 7 !== 0) continue
      reader.refresh()
      while (reader.next() >= 0) seen++
      expect(seen).toBe(i * 3 + 3)
      expect(reader.next()).toBe(-1)
    }
  })

  test('a reader that fell a segment behind catches up', () => {
    const storage = new MemoryStorage()
    const writer = openSmall(storage)
    appendBatch(writer, Inbound, 1, 3)
    const reader = new JournalReader(storage)
    while (reader.next() >= 0);
    for (let i = 1; i < 120; i++) appendBatch(writer, Inbound, i * 3 + 1, i * 3 + 3)
    let seen = 3
    reader.refresh()
    while (reader.next() >= 0) seen++
    expect(seen).toBe(360)
  })

  test('an empty journal reads as empty, and a folder that is none is an error', () => {
    const storage = new MemoryStorage()
    expect(judge(verifyStorage(storage))).toBe('empty')
    expect(readAll(storage)).toEqual([])
    openSmall(storage)
    expect(judge(verifyStorage(storage))).toBe('open-ended')
    expect(() => verifyStorage(new FileStorage('/nonexistent/journal'))).toThrow(JournalIoError)
  })
})

describe('positions', () => {
  test('a batch is written at once and durable after a sync', () => {
    const writer = openSmall(new MemoryStorage())
    appendBatch(writer, Inbound, 1, 4)
    expect(writer.progress[JournalProgress.WrittenInbound]).toBe(4)
    expect(writer.progress[JournalProgress.DurableInbound]).toBe(0)
    expect(writer.hasUnsynced).toBe(true)
    writer.sync()
    expect(writer.progress[JournalProgress.DurableInbound]).toBe(4)
    expect(writer.progress[JournalProgress.DurableBytes]).toBe(writer.progress[JournalProgress.WrittenBytes])
    expect(writer.hasUnsynced).toBe(false)
  })

  test('a new segment begins only after the one before is durable', () => {
    const writer = openSmall(new MemoryStorage())
    let last = 0
    while (writer.progress[JournalProgress.SegmentNumber] === 1) appendBatch(writer, Inbound, last + 1, ++last)
    expect(writer.progress[JournalProgress.DurableInbound]).toBe(last - 1)
  })

  test('a writer that comes back goes on where the journal ends', () => {
    const storage = new MemoryStorage()
    const first = openSmall(storage)
    appendBatch(first, Inbound, 1, 9)
    first.abandon()
    const { writer: second, recovered } = JournalWriter.open(storage, { identity: IDENTITY, digests: true })
    expect(second.lastSequence(Inbound)).toBe(9)
    expect(recovered.inboundDigest.records).toBe(9)
    appendBatch(second, Inbound, 10, 12)
    second.close()
    const third = openSmall(storage)
    appendBatch(third, Inbound, 13, 13)
    third.close()
    expect(sequencesOf(readAll(storage), Inbound)).toEqual(range(1, 13))
    expect(verifyStorage(storage)).toMatchObject({ isClosed: true, tornTail: null, damage: [] })
  })

  test('sequences that go back, batches that are too large and calls after the end are refused', () => {
    const writer = openSmall(new MemoryStorage())
    appendBatch(writer, Inbound, 5, 6)
    expect(() => appendBatch(writer, Inbound, 6, 7)).toThrow(JournalUsageError)
    expect(() => appendBatch(writer, Inbound, 7, 200)).toThrow(JournalUsageError)
    writer.close()
    expect(() => appendBatch(writer, Inbound, 7, 8)).toThrow(JournalUsageError)
  })

  test('the journal of another session or configuration is not continued', () => {
    const storage = new MemoryStorage()
    appendBatch(openSmall(storage), Inbound, 1, 2)
    for (const change of [{ idLow: 9 }, { idHigh: 9 }, { configLow: 9 }, { configHigh: 9 }]) {
      const identity = { ...IDENTITY, ...change }
      expect(() => JournalWriter.open(storage, { identity })).toThrow(JournalExistsError)
    }
    expect(JournalWriter.open(storage, { identity: { ...IDENTITY, label: 'renamed' } }).writer.identity).toEqual(
      IDENTITY,
    )
  })
})

describe('refusals of the system', () => {
  test.each([
    ['create', 'ENOSPC'],
    ['write', 'ENOSPC'],
    ['write', 'EIO'],
    ['sync', 'EIO'],
    ['syncFolder', 'EROFS'],
  ] as const)('a failed %s (%s) is typed, final and never retried', (failing, code) => {
    const storage = new MemoryStorage()
    const writer = openSmall(storage)
    appendBatch(writer, Inbound, 1, 2)
    writer.sync()
    storage.onCall = (call, _index, bytes) => {
      if (call === failing) throw refusal(code)
      return bytes
    }
    const run = () => {
      for (let i = 3; i < 500; i++) appendBatch(writer, Inbound, i, i)
      writer.sync()
    }
    expect(run).toThrow(JournalIoError)
    const { failure } = writer
    expect(failure).toMatchObject({ errnoName: code, code: `journal-${code.toLowerCase()}` })
    storage.onCall = (_call, _index, bytes) => bytes
    const calls = storage.calls
    expect(() => writer.sync()).toThrow(failure)
    expect(() => appendBatch(writer, Inbound, 900, 900)).toThrow(failure)
    expect(storage.calls).toBe(calls)
    expect(verifyStorage(storage).damage).toEqual([])
    expect(sequencesOf(readAll(storage), Inbound).slice(0, 2)).toEqual([1, 2])
  })

  test('short writes are continued', () => {
    const storage = new MemoryStorage()
    storage.onCall = (_call, _index, bytes) => Math.ceil(bytes / 3)
    const writer = openSmall(storage)
    appendBatch(writer, Inbound, 1, 20)
    writer.close()
    expect(sequencesOf(readAll(storage), Inbound)).toEqual(range(1, 20))
  })
})

function readLines(dump: JournalDump): string[] {
  const lines: string[] = []
  for (let line = dump.next(); line !== undefined; line = dump.next()) lines.push(line)
  dump.close()
  return lines
}

test('the dump prints one line a record, of both streams, within 100 columns', () => {
  const storage = new MemoryStorage()
  const writer = openSmall(storage)
  appendBatch(writer, Inbound, 1, 3)
  appendBatch(writer, Outbound, 1, 2)
  const lines = readLines(new JournalDump(storage, {}))
  expect(lines).toHaveLength(5)
  expect(lines[0]).toMatch(/^< +1 00:00:00\.000001000 orderAdd +#2 +ref=1 px=10001 qty=100 lag=1000 buy mpid=ABCD$/)
  expect(lines[3]).toMatch(/^> +1 .* newOrder .*cause=1 order=1 buy px=100 qty=5 limit day$/)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100)
  const json = readLines(new JournalDump(storage, { json: true, limit: 4 }))
  expect(json.map((line) => JSON.parse(line).stream)).toEqual(['inbound', 'inbound', 'inbound', 'outbound'])
  expect(formatFacts(verifyStorage(storage)).join('\n')).toContain('inbound   3 records in 1 batches, sequences 1 to 3')
})
