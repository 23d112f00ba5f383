import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RECORD_BYTES_MAX } from '../../kernels/records/catalogue.ts'
import { encodeRecord } from '../../kernels/records/codec.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import { BatchBuffer } from '../../storage/journal/batch-buffer.ts'
import type { Durability } from '../../storage/journal/commit-schedule.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalLoop } from '../../storage/journal/journal-loop.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalProgress } from '../../storage/journal/progress.ts'
import { Staging, StagingProducer, StagingWord, ThreadState } from '../../storage/journal/staging.ts'
import { ThreadedJournalSink } from '../../storage/journal/threaded-sink.ts'
import { verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { buildEntry } from './support/build-entry.ts'
import { MemoryStorage, refusal } from './support/memory-storage.ts'
import { IDENTITY, range, readAll, sampleRecord, sequencesOf } from './support/scripts.ts'

const { Inbound } = JournalStream
const STAGING_BYTES = 4 * 1024 * 1024
const scratch = new RecordViews(new ArrayBuffer(RECORD_BYTES_MAX))
const folder = mkdtempSync(join(tmpdir(), 'xk-journal-thread-'))

let threadUrl: URL

beforeAll(async () => {
  await buildEntry('storage/journal/journal-keeper.thread.ts', 'journal-keeper.thread')
  await buildEntry('storage/journal/journal-sync.thread.ts', 'journal-sync.thread')
  threadUrl = await buildEntry('storage/journal/journal.thread.ts', 'journal.thread')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fillBatch(batch: BatchBuffer, first: number, last: number): void {
  batch.reset()
  for (const sequence of range(first, last)) {
    encodeRecord(sampleRecord(Inbound, sequence), scratch, 0)
    batch.appendRecord(scratch, 0)
  }
}

/** Waits as a kernel's loop does: without the event loop. */
function spinUntil(isDone: () => boolean): void {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let i = 0; i < 20_000; i++) {
    if (isDone()) return
    Atomics.wait(pause, 0, 0, 1)
  }
  throw new Error('the journal thread did not get there within 20 s')
}

test.each<[string, Durability]>([
  ['async', { mode: 'async' }],
  ['group', { mode: 'group', maxDelayUs: 2000 }],
  ['sync', { mode: 'sync' }],
])('batches go through the thread to the disk from a loop without events: %s', async (name, durability) => {
  const path = join(folder, name)
  const { writer } = JournalWriter.open(FileStorage.create(path), { identity: IDENTITY, segmentBytes: 256 * 1024 })
  const sink = await ThreadedJournalSink.start(writer, { path, durability, stagingBytes: STAGING_BYTES, threadUrl })
  const batch = new BatchBuffer(Inbound, sink.payloadBytesMax)
  for (let i = 0; i < 400; i++) {
    fillBatch(batch, i * 50 + 1, i * 50 + 50)
    while (!sink.trySubmit(batch)) {
      expect(sink.failure).toBeUndefined()
    }
  }
  spinUntil(() => sink.writtenCount() === 400)
  expect(sink.progress[JournalProgress.WrittenInbound]).toBe(20_000)
  if (durability.mode !== 'async') spinUntil(() => sink.progress[JournalProgress.DurableInbound] === 20_000)
  sink.close()
  expect(sink.progress[JournalProgress.DurableInbound]).toBe(20_000)
  const facts = verifyStorage(new FileStorage(path))
  expect(facts).toMatchObject({
    isClosed: true,
    damage: [],
    tornTail: null,
    inbound: { records: 20_000, batches: 400 },
  })
})

test('a thread that ends without a word leaves a journal that the next one continues', async () => {
  const path = join(folder, 'killed')
  const storage = FileStorage.create(path)
  let last = 0
  for (let life = 0; life < 3; life++) {
    const { writer } = JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: 256 * 1024 })
    last = writer.lastSequence(Inbound)
    const durability = { mode: 'group', maxDelayUs: 500 } as const
    const sink = await ThreadedJournalSink.start(writer, { path, durability, stagingBytes: STAGING_BYTES, threadUrl })
    const batch = new BatchBuffer(Inbound, sink.payloadBytesMax)
    for (let i = 0; i < 50; i++) {
      fillBatch(batch, last + i * 10 + 1, last + i * 10 + 10)
      spinUntil(() => sink.trySubmit(batch))
    }
    spinUntil(() => sink.writtenCount() >= 20 || sink.failure !== undefined)
    expect(sink.failure).toBeUndefined()
    await sink.terminate()
    const facts = verifyStorage(storage)
    expect(facts.damage).toEqual([])
    expect(facts.inbound.records).toBeGreaterThanOrEqual(last + 200)
    expect(sequencesOf(readAll(storage), Inbound)).toEqual(range(1, facts.inbound.lastSequence))
  }
})

test('a refusal reaches the kernel with its errno and place', async () => {
  const path = join(folder, 'gone')
  const { writer } = JournalWriter.open(FileStorage.create(path), { identity: IDENTITY, segmentBytes: 8192 })
  const sink = await ThreadedJournalSink.start(writer, {
    path,
    durability: { mode: 'async' },
    stagingBytes: STAGING_BYTES,
    threadUrl,
  })
  rmSync(path, { recursive: true })
  const batch = new BatchBuffer(Inbound, sink.payloadBytesMax)
  fillBatch(batch, 1, 50)
  expect(sink.trySubmit(batch)).toBe(true)
  fillBatch(batch, 51, 100)
  sink.trySubmit(batch)
  spinUntil(() => sink.failure !== undefined)
  expect(sink.failure).toMatchObject({ errnoName: 'ENOENT', code: 'journal-enoent' })
  expect(sink.trySubmit(batch)).toBe(false)
  expect(() => sink.close()).toThrow(/ENOENT/)
})

test('a thread that cannot open the journal fails the start', async () => {
  const path = join(folder, 'unopened')
  const { writer } = JournalWriter.open(FileStorage.create(path), { identity: IDENTITY, segmentBytes: 8192 })
  const start = ThreadedJournalSink.start(writer, {
    path: join(folder, 'elsewhere'),
    durability: { mode: 'sync' },
    threadUrl,
  })
  await expect(start).rejects.toThrow(/ENOENT/)
})

test('staged batches wrap, fill the ring to its bound and come out as they went in', () => {
  const staging = Staging.create(STAGING_BYTES)
  const producer = new StagingProducer(staging)
  const storage = new MemoryStorage()
  const { writer } = JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: 16 * 1024 * 1024 })
  const loop = new JournalLoop(staging, writer, { mode: 'async' }, () => 0)
  const batch = new BatchBuffer(Inbound, writer.payloadBytesMax)
  let last = 0
  let refusals = 0
  for (let i = 0; i < 60; i++) {
    const count = 1000 + ((i * 7919) % 5000)
    fillBatch(batch, last + 1, last + count)
    while (!producer.tryStage(batch)) {
      refusals++
      expect(loop.drain()).toBeGreaterThan(0)
    }
    last += count
  }
  while (loop.drain() > 0);
  expect(refusals).toBeGreaterThan(1)
  expect(staging.control[StagingWord.Written]).toBe(60)
  expect(writer.lastSequence(Inbound)).toBe(last)
  expect(verifyStorage(storage).inbound).toMatchObject({ records: last, batches: 60 })
})

test('a failed sync ends the loop with its reason published', () => {
  const staging = Staging.create(STAGING_BYTES)
  const storage = new MemoryStorage()
  const { writer } = JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: 8192 })
  storage.onCall = (call, _index, bytes) => {
    if (call === 'sync') throw refusal('EIO')
    return bytes
  }
  const batch = new BatchBuffer(Inbound, writer.payloadBytesMax)
  fillBatch(batch, 1, 5)
  new StagingProducer(staging).tryStage(batch)
  new JournalLoop(staging, writer, { mode: 'sync' }, () => 0).run()
  expect(staging.control[StagingWord.State]).toBe(ThreadState.Failed)
  expect(staging.readRefusal()).toEqual(['EIO', 'memory, 0000000001.xkj'])
  expect(staging.control[StagingWord.Written]).toBe(1)
})
