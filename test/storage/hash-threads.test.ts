import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import type { JournalFacts } from '../../storage/journal/facts.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { HashThreads } from '../../storage/journal/hash-threads.ts'
import { HashWord } from '../../storage/journal/hash-words.ts'
import { BatchHeader, JournalStream, SEGMENT_HEADER_BYTES, segmentName } from '../../storage/journal/layout.ts'
import { JournalScan } from '../../storage/journal/recovery.ts'
import { type VerifyOptions, verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { fixChecksums } from './support/forge.ts'
import { MemoryStorage } from './support/memory-storage.ts'
import { appendBatch, IDENTITY } from './support/scripts.ts'

const { Inbound, Outbound } = JournalStream
/** Verifications of a small journal, each with threads of its own; more for a stress: XK_HASH_ROUNDS=500. */
const ROUNDS = Number(process.env.XK_HASH_ROUNDS ?? 40)

const folder = fs.mkdtempSync(join(tmpdir(), 'xk-hash-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** Batches of all sizes, in several segments; closed and opened again now and then, so that a segment has several seals. */
function writeJournal(batches: number, segmentBytes: number): MemoryStorage {
  const storage = new MemoryStorage()
  const options = { identity: IDENTITY, segmentBytes }
  let writer = JournalWriter.open(storage, options).writer
  let inbound = 0
  let outbound = 0
  for (let i = 0; i < batches; i++) {
    const records = 1 + ((i * 977) % 4000)
    appendBatch(writer, Inbound, inbound + 1, inbound + records)
    inbound += records
    appendBatch(writer, Outbound, outbound + 1, ++outbound)
    if (i % 7 !== 6) continue
    writer.close()
    writer = JournalWriter.open(storage, options).writer
  }
  writer.close()
  return storage
}

/** The same in a folder, which threads can open. */
function toFolder(storage: MemoryStorage, name: string): FileStorage {
  const path = join(folder, name)
  fs.mkdirSync(path)
  for (const [file, { seen }] of storage.files) fs.writeFileSync(join(path, file), seen)
  return new FileStorage(path)
}

const verifyInPlace = (storage: FileStorage) => verifyStorage(storage, { threadedFromBytes: Number.POSITIVE_INFINITY })
const verifyOnThreads = (storage: FileStorage, options: VerifyOptions = {}) =>
  verifyStorage(storage, { ...options, threadedFromBytes: 0 })

function verifyBoth(storage: FileStorage): JournalFacts {
  const inPlace = verifyInPlace(storage)
  expect(verifyOnThreads(storage), storage.label).toEqual(inPlace)
  const { inbound, outbound, ...rest } = verifyOnThreads(storage, { digests: false })
  expect([inbound.digest, outbound.digest]).toEqual([null, null])
  expect(rest, storage.label).toMatchObject({ segments: inPlace.segments, damage: inPlace.damage })
  return inPlace
}

test('hashing on threads finds what hashing in place finds: whole, damaged in the middle, with a seal that does not agree', () => {
  const memory = writeJournal(60, 2 << 20)
  const whole = verifyBoth(toFolder(memory, 'whole'))
  expect(whole.damage).toEqual([])
  expect(whole.segments.length).toBeGreaterThan(3)
  const image = memory.files.get(segmentName(2))!.seen
  image[SEGMENT_HEADER_BYTES + BatchHeader.Bytes + 40]! ^= 1
  expect(verifyBoth(toFolder(memory, 'flipped')).damage.map(({ code }) => code)).toEqual(['batch'])
  fixChecksums(memory)
  expect(verifyBoth(toFolder(memory, 'forged')).damage[0]).toMatchObject({ code: 'seal', file: segmentName(2) })
})

test('threads that never start, or take work and end without a word, are done without', () => {
  const storage = toFolder(writeJournal(40, 2 << 20), 'no-threads')
  const inPlace = verifyInPlace(storage)
  const threadUrl = pathToFileURL(join(folder, 'thread.mjs'))
  expect(verifyOnThreads(storage, { threads: { threadUrl } })).toEqual(inPlace)
  const take = (word: HashWord) => `Atomics.add(words, ${word}, 1)`
  const lines = [
    "import { workerData } from 'node:worker_threads'",
    'const words = new Int32Array(workerData.words)',
    `if (workerData.does === 'seals') ${take(HashWord.SealsTaken)}; else ${take(HashWord.StreamsTaken)}`,
    take(HashWord.Answered),
    `Atomics.notify(words, ${HashWord.Answered})`,
  ]
  fs.writeFileSync(threadUrl, lines.join('\n'))
  expect(verifyOnThreads(storage, { threads: { threadUrl, stuckMs: 200 } })).toEqual(inPlace)
})

test('a scan that is given up ends its threads', () => {
  const stop = () => {
    throw new Error('stopped')
  }
  const memory = new MemoryStorage()
  const { writer } = JournalWriter.open(memory, { identity: IDENTITY, segmentBytes: 1 << 20 })
  for (let i = 0; i < 1100; i++) appendBatch(writer, Inbound, i + 1, i + 1)
  writer.close()
  const storage = toFolder(memory, 'given-up')
  expect(() => verifyOnThreads(storage, { onProgress: stop })).toThrow('stopped')
})

test(`threads started ${2 * ROUNDS} times, by a scan that never lets the event loop turn meanwhile`, {
  timeout: 30_000 + ROUNDS * 2_000,
}, async () => {
  const storage = toFolder(writeJournal(12, 1 << 20), 'rounds')
  const { inbound, outbound } = verifyInPlace(storage)
  for (let round = 0; round < ROUNDS; round++) {
    const threads = new HashThreads(storage, { digests: true })
    // Every other time the scan begins with a thread at work, else with none.
    while (round % 2 === 1 && threads.words.read(HashWord.StreamsTaken) === 0) await setImmediate()
    const { damage, isClosed } = new JournalScan(storage, { digests: true, seals: true, hasher: threads })
    expect({ damage, isClosed }, `round ${round}`).toEqual({ damage: [], isClosed: true })
    expect([threads.digest(Inbound), threads.digest(Outbound)]).toEqual([inbound.digest, outbound.digest])
    threads.close()
    await setImmediate()
  }
})
