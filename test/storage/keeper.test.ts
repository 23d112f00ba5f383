import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadCompressor, SegmentCompressor } from '../../storage/journal/compress-segments.ts'
import { COMPRESSED_SUFFIX } from '../../storage/journal/compressed-layout.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { createKeeperControl, KeeperWord, viewSealDigest } from '../../storage/journal/keeper-control.ts'
import { KeeperSealer, SealFollower } from '../../storage/journal/keeper-sealer.ts'
import { JournalStream, segmentName } from '../../storage/journal/layout.ts'
import { choosePrunable, listJournals, type Retention } from '../../storage/journal/retention.ts'
import { SegmentHash } from '../../storage/journal/seal.ts'
import { SPARE_NAME, SpareMaker } from '../../storage/journal/spare-segment.ts'
import { judge, verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { appendBatch, IDENTITY, range, readAll, sequencesOf } from './support/scripts.ts'

const { Inbound } = JournalStream
const SEGMENT_BYTES = 1_310_720
const folder = fs.mkdtempSync(join(tmpdir(), 'xk-keeper-'))

beforeAll(() => loadCompressor())
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

function open(path: string): JournalWriter {
  return JournalWriter.open(FileStorage.create(path), { identity: IDENTITY, segmentBytes: SEGMENT_BYTES }).writer
}

/** Two segments and a little. @returns records written */
function writeJournal(path: string): number {
  const writer = open(path)
  let last = 0
  for (let i = 0; i < 90; i++) {
    appendBatch(writer, Inbound, last + 1, last + 500)
    last += 500
  }
  writer.close()
  return last
}

function compressAll(path: string, keepLast: number): SegmentCompressor {
  const compressor = new SegmentCompressor(path, keepLast)
  while (compressor.step());
  return compressor
}

function bytesOf(path: string, name: string): Buffer {
  return fs.readFileSync(join(path, name))
}

test('a segment made ahead becomes the next one, all zeros behind its header', () => {
  const path = join(folder, 'spare')
  const writer = open(path)
  const maker = new SpareMaker(path, SEGMENT_BYTES)
  while (maker.step());
  expect(fs.statSync(join(path, SPARE_NAME)).size).toBe(SEGMENT_BYTES)
  const inode = fs.statSync(join(path, SPARE_NAME)).ino
  let last = 0
  while (!fs.existsSync(join(path, segmentName(2)))) {
    appendBatch(writer, Inbound, last + 1, last + 500)
    last += 500
  }
  expect(fs.statSync(join(path, segmentName(2))).ino).toBe(inode)
  expect(fs.existsSync(join(path, SPARE_NAME))).toBe(false)
  writer.close()
  expect(judge(verifyStorage(new FileStorage(path)))).toBe('closed')
})

test('a spare of another size, and one cut short in the making, are not used', () => {
  const path = join(folder, 'other-spare')
  fs.mkdirSync(path)
  fs.writeFileSync(join(path, SPARE_NAME), Buffer.alloc(4096))
  const maker = new SpareMaker(path, SEGMENT_BYTES)
  maker.step()
  maker.close()
  const last = writeJournal(path)
  expect(sequencesOf(readAll(new FileStorage(path)), Inbound)).toEqual(range(1, last))
  expect(fs.statSync(join(path, SPARE_NAME)).size).toBe(4096)
})

test('compressed segments read as before, verify as before, and zstd gives the originals back', () => {
  const path = join(folder, 'compressed')
  const last = writeJournal(path)
  const storage = new FileStorage(path)
  const before = verifyStorage(storage)
  const original = bytesOf(path, segmentName(1))
  const compressor = compressAll(path, 1)
  const names = fs.readdirSync(path).sort()
  expect(names.filter((name) => name.endsWith(COMPRESSED_SUFFIX))).toHaveLength(before.segments.length - 1)
  expect(names).not.toContain(segmentName(1))
  expect(compressor.compressedBytes).toBeLessThan(compressor.contentBytes / 3)
  expect(verifyStorage(storage)).toEqual(before)
  expect(sequencesOf(readAll(storage), Inbound)).toEqual(range(1, last))
  expect(readAll(storage, { stream: Inbound, fromSequence: last - 3 })).toHaveLength(4)
  const file = join(path, segmentName(1) + COMPRESSED_SUFFIX)
  try {
    expect(Buffer.compare(execFileSync('zstd', ['-dcq', file], { maxBuffer: 1 << 24 }), original)).toBe(0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    process.stdout.write('zstd is not installed: its reading of compressed segments was not tried\n')
  }
  const writer = open(path)
  appendBatch(writer, Inbound, last + 1, last + 2)
  writer.close()
  expect(judge(verifyStorage(storage))).toBe('closed')
})

test('damage in a compressed segment is damage of the journal, named with its place; no byte of it makes the reader throw', () => {
  const path = join(folder, 'damaged')
  writeJournal(path)
  compressAll(path, 1)
  const storage = new FileStorage(path)
  const file = join(path, segmentName(1) + COMPRESSED_SUFFIX)
  const whole = fs.readFileSync(file)
  for (let at = 3; at < whole.length - 64; at += Math.ceil(whole.length / 5)) {
    const bent = Buffer.from(whole)
    bent[at]! ^= 0x55
    fs.writeFileSync(file, bent)
    const facts = verifyStorage(storage)
    if (facts.damage.length === 0) continue // a byte that carries nothing
    expect(facts.damage[0]).toMatchObject({ file: segmentName(1) })
  }
})

test('a compressed segment that was cut short is damage with its place; what is whole of it is read', () => {
  const path = join(folder, 'cut')
  const records = writeJournal(path)
  compressAll(path, 1)
  const storage = new FileStorage(path)
  const whole = verifyStorage(storage)
  const file = join(path, segmentName(1) + COMPRESSED_SUFFIX)
  const bytes = fs.readFileSync(file)
  const step = Math.ceil(bytes.length / 6)
  for (let cut = 0; cut < bytes.length; cut += step) {
    fs.writeFileSync(file, bytes.subarray(0, cut))
    const facts = verifyStorage(storage)
    if (facts.inbound.records === records) continue // only the index was cut
    expect(judge(facts), `cut at ${cut} of ${bytes.length}`).toBe('damaged')
    expect(facts.damage[0]).toMatchObject({ file: segmentName(1) })
    expect(facts.damage[0]!.offsetBytes % 8).toBe(0)
    expect(facts.damage[0]!.lost[0]).toMatchObject({ stream: 'inbound', after: facts.inbound.lastSequence })
  }
  fs.writeFileSync(file, bytes.subarray(0, bytes.length - 1))
  expect(verifyStorage(storage)).toEqual(whole)
  fs.writeFileSync(file, bytes.subarray(0, bytes.length - 100))
  const { damage } = verifyStorage(storage)
  expect(damage[0]!.offsetBytes).toBeGreaterThan(1_000_000)
})

test('the keeper hashes what is written as it comes, over the end of a segment, and answers with the hash up to there', () => {
  const path = join(folder, 'follower')
  fs.mkdirSync(path)
  const control = createKeeperControl()
  const words = new Int32Array(control, 0, KeeperWord.Words)
  const sealer = new KeeperSealer(control)
  const follower = new SealFollower(path, control)
  expect(follower.step()).toBe(false)
  for (const segment of [1, 2]) {
    const bytes = Buffer.alloc(700_000, segment)
    fs.writeFileSync(join(path, segmentName(segment)), '')
    for (const end of [4096, 300_000, 300_008, 700_000]) {
      fs.writeFileSync(join(path, segmentName(segment)), bytes.subarray(0, end))
      if (end === 4096) sealer.begin(segment, bytes.subarray(0, end))
      else sealer.wrote(segment, bytes, end)
      while (end !== 300_000 && follower.step());
    }
    Atomics.add(words, KeeperWord.Asked, 1)
    while (follower.step());
    expect(Atomics.load(words, KeeperWord.Answered)).toBe(segment)
    expect(Buffer.from(viewSealDigest(control))).toEqual(createHash('sha256').update(bytes).digest())
  }
  follower.close()
})

test('without a keeper, and with one that was given up, the writer hashes what it reads back', () => {
  const words = createKeeperControl()
  const hash = new SegmentHash()
  hash.update(Buffer.from('abc'))
  const sealer = new KeeperSealer(words)
  expect(sealer.digest(1, 3, () => hash)).toEqual(createHash('sha256').update('abc').digest())
  const control = new Int32Array(words, 0, KeeperWord.Words)
  Atomics.store(control, KeeperWord.Ready, 1)
  Atomics.store(control, KeeperWord.Ended, 1)
  expect(sealer.digest(1, 3, () => hash)).toEqual(createHash('sha256').update('abc').digest())
})

test('retention names whole journals that are old, never young ones or folders that hold anything else', () => {
  const path = join(folder, 'kept')
  const nowMs = Date.now()
  const dayMs = 86_400_000
  for (const [name, days, companion] of [
    ['old', 40, 'session.json'],
    ['older', 50, 'clock.csv'],
    ['mixed', 60, 'thesis.doc'],
    ['young', 3, 'session.json'],
  ] as const) {
    fs.mkdirSync(join(path, name), { recursive: true })
    const when = new Date(nowMs - days * dayMs)
    for (const file of [segmentName(1), companion]) fs.writeFileSync(join(path, name, file), 'x')
    fs.utimesSync(join(path, name, segmentName(1)), when, when)
  }
  fs.mkdirSync(join(path, 'no-journal'))
  const journals = listJournals(path, nowMs)
  expect(journals).toHaveLength(4)
  const all = { keepDays: 0, keepCount: 0, keepBytes: 0 }
  expect(choosePrunable(journals, { ...all, keepDays: 30 }, nowMs).map((journal) => journal.path)).toEqual([
    join(path, 'older'),
    join(path, 'old'),
  ])
  expect(choosePrunable(journals, { ...all, keepDays: 45 }, nowMs)).toHaveLength(1)
  expect(journals.find((journal) => journal.path.endsWith('mixed'))!.keptBecause).toContain('thesis.doc')
})

test('retention by number and by bytes takes the oldest first, and passes over what is needed', () => {
  const path = join(folder, 'counted')
  const nowMs = Date.now()
  for (const [name, days] of [...'abcde'].map((name, i) => [name, 10.5 - i] as const)) {
    fs.mkdirSync(join(path, name), { recursive: true })
    const when = new Date(nowMs - days * 86_400_000)
    fs.writeFileSync(join(path, name, segmentName(1)), 'x'.repeat(100))
    fs.utimesSync(join(path, name, segmentName(1)), when, when)
  }
  const journals = listJournals(path, nowMs, [{ path: join(path, 'b'), why: 'a test needs it' }])
  const going = (retention: Partial<Retention>) =>
    choosePrunable(journals, { keepDays: 0, keepCount: 0, keepBytes: 0, ...retention }, nowMs).map((journal) =>
      journal.path.slice(-1),
    )
  expect(going({})).toEqual([])
  expect(going({ keepCount: 5 })).toEqual([])
  expect(going({ keepCount: 3 })).toEqual(['a', 'c'])
  expect(going({ keepCount: 1 })).toEqual(['a', 'c', 'd', 'e'])
  expect(going({ keepBytes: 499 })).toEqual(['a'])
  expect(going({ keepBytes: 300 })).toEqual(['a', 'c'])
  expect(going({ keepBytes: 300, keepDays: 7 })).toEqual(['a', 'c', 'd'])
  expect(going({ keepBytes: 450, keepDays: 8 })).toEqual(['a', 'c'])
  expect(journals.find((journal) => journal.path.endsWith('b'))!.keptBecause).toBe('a test needs it')
})

test('a compression cut short anywhere leaves a journal that reads the same', () => {
  const path = join(folder, 'cut-short')
  writeJournal(path)
  const before = verifyStorage(new FileStorage(path))
  for (let steps = 1; steps < 12; steps++) {
    const compressor = new SegmentCompressor(path, 1)
    for (let i = 0; i < steps; i++) compressor.step()
    if (steps % 2 === 0) compressor.close()
    expect(verifyStorage(new FileStorage(path)), `${steps} steps`).toEqual(before)
  }
})
