import { describe, expect, test } from 'vitest'
import { XkError } from '../../kernels/host/xk-error.ts'
import { JournalCorruptError } from '../../storage/journal/errors.ts'
import type { JournalFacts } from '../../storage/journal/facts.ts'
import { BatchHeader, JournalStream, SEGMENT_HEADER_BYTES, segmentName } from '../../storage/journal/layout.ts'
import { formatFacts, judge, verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { MemoryStorage } from './support/memory-storage.ts'
import { Random, testSeed } from './support/random.ts'
import { appendBatch, IDENTITY, readAll, SMALL_SEGMENT_BYTES } from './support/scripts.ts'

const { Inbound, Outbound } = JournalStream
const FUZZ_MS = 3000

interface Whole {
  readonly storage: MemoryStorage
  /** Start of each batch, by file. */
  readonly starts: Map<string, number[]>
}

/** A journal of three segments with 14 batches of inbound records, of two with 7; the last holds little. */
function writeJournal(isClosed: boolean, batches = 14): Whole {
  const storage = new MemoryStorage()
  const { writer } = JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: SMALL_SEGMENT_BYTES })
  let outbound = 0
  for (let i = 0; i < batches; i++) {
    appendBatch(writer, Inbound, i * 9 + 1, i * 9 + 9)
    if (i % 3 === 0) {
      appendBatch(writer, Outbound, outbound + 1, outbound + 2)
      outbound += 2
    }
    if (i % 4 === 0) writer.sync()
  }
  if (isClosed) writer.close()
  const starts = new Map<string, number[]>()
  for (const [name, file] of storage.files) {
    const words = new DataView(file.seen.buffer)
    const list: number[] = []
    for (let at = SEGMENT_HEADER_BYTES; at + BatchHeader.Bytes <= SMALL_SEGMENT_BYTES; ) {
      if (words.getUint32(at, true) === 0) break
      list.push(at)
      at += BatchHeader.Bytes + words.getUint32(at + BatchHeader.PayloadBytes, true)
    }
    starts.set(name, list)
  }
  return { storage, starts }
}

function usedBytes(whole: Whole, name: string): number {
  const last = whole.starts.get(name)!.at(-1)!
  const words = new DataView(whole.storage.files.get(name)!.seen.buffer)
  return last + BatchHeader.Bytes + words.getUint32(last + BatchHeader.PayloadBytes, true)
}

function flip(storage: MemoryStorage, name: string, at: number, bit: number): MemoryStorage {
  const copy = storage.afterKill()
  copy.files.get(name)!.seen[at]! ^= 1 << bit
  return copy
}

function expectReported(whole: Whole, facts: JournalFacts, name: string, at: number): void {
  const what = `bit flip in ${name} at ${at}`
  const start = whole.starts.get(name)!.findLast((batch) => batch <= at)
  const isLast = [...whole.starts.keys()].at(-1) === name
  if (at >= usedBytes(whole, name)) {
    const reported = isLast ? facts.tornTail?.file : facts.segments.find((segment) => segment.strayBytes > 0)?.file
    expect(reported, what).toBe(name)
    expect(facts.damage, what).toEqual([])
  } else if (isLast && start === whole.starts.get(name)!.at(-1)) {
    expect(facts.tornTail, what).toMatchObject({ file: name, offsetBytes: start })
  } else {
    expect(facts.damage[0], what).toMatchObject({ file: name, offsetBytes: start ?? 0 })
  }
}

describe('a bit flipped', () => {
  test('anywhere in a closed journal is reported with its file and place, and never read as data', {
    timeout: 90_000,
  }, () => {
    const whole = writeJournal(true, 7)
    const records = readAll(whole.storage)
    for (const name of whole.storage.files.keys()) {
      const used = usedBytes(whole, name)
      for (let at = 0; at < SMALL_SEGMENT_BYTES; at += at < 160 || (at >= SEGMENT_HEADER_BYTES && at < used) ? 1 : 61) {
        const flipped = flip(whole.storage, name, at, at % 8)
        const facts = verifyStorage(flipped)
        expectReported(whole, facts, name, at)
        if (at % 5 !== 0) continue
        try {
          const found = readAll(flipped)
          expect(found).toEqual(records.slice(0, found.length))
        } catch (error) {
          if (!(error instanceof JournalCorruptError)) throw error
        }
      }
    }
  })

  test('in a durable batch names the sequences lost; a writer refuses to go on', () => {
    const whole = writeJournal(true)
    const second = whole.starts.get(segmentName(1))![1]!
    const flipped = flip(whole.storage, segmentName(1), second + 100, 3)
    const facts = verifyStorage(flipped)
    expect(judge(facts)).toBe('damaged')
    expect(facts.damage).toHaveLength(1)
    expect(facts.damage[0]).toMatchObject({
      code: 'batch',
      file: segmentName(1),
      offsetBytes: second,
      resumesAtBytes: whole.starts.get(segmentName(1))![2],
      lost: [{ stream: 'outbound', after: 0, before: 3 }],
    })
    expect(facts.inbound.lastSequence).toBe(9)
    expect(formatFacts(facts).join('\n')).toContain('outbound: lost after sequence 0, before 3')
    expect(() => JournalWriter.open(flipped, { identity: IDENTITY })).toThrow(JournalCorruptError)
    expect(flipped.files.get(segmentName(1))!.seen[second + 100]).not.toBe(0)
  })

  test('in what was never durable is a torn tail, even with whole batches behind it', () => {
    const storage = new MemoryStorage()
    const { writer } = JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: 65_536 })
    appendBatch(writer, Inbound, 1, 3)
    writer.sync()
    appendBatch(writer, Inbound, 4, 6)
    appendBatch(writer, Inbound, 7, 9)
    const image = storage.files.get(segmentName(1))!.seen
    const fourth = image.indexOf(0x58, SEGMENT_HEADER_BYTES + 200)
    const facts = verifyStorage(flip(storage, segmentName(1), fourth + 90, 0))
    expect(judge(facts)).toBe('torn-tail')
    expect(facts.inbound.lastSequence).toBe(3)
    expect(facts.tornTail!.bytes).toBeGreaterThan(300)
  })
})

describe('a folder', () => {
  test('with a segment missing is damaged, and the records behind are not used', () => {
    for (const missing of [1, 2]) {
      const { storage } = writeJournal(true)
      storage.files.delete(segmentName(missing))
      const facts = verifyStorage(storage)
      expect(facts.damage[0]).toMatchObject({ code: 'segment-missing', file: segmentName(missing + 1) })
      expect(facts.damage[0]!.what).toContain(segmentName(missing))
      expect(facts.damage[0]!.lost[0]).toMatchObject({ stream: 'inbound', after: facts.inbound.lastSequence })
      expect(() => JournalWriter.open(storage, { identity: IDENTITY })).toThrow(/missing/)
    }
  })

  test('with a segment of another version, catalogue or journal says so', () => {
    const spoil = (code: string, change: (image: Uint8Array, storage: MemoryStorage) => void) => {
      const { storage } = writeJournal(true)
      change(storage.files.get(segmentName(2))!.seen, storage)
      expect(verifyStorage(storage).damage[0], code).toMatchObject({ code, file: segmentName(2) })
    }
    spoil('format-version', (image) => image.set([1], 8))
    spoil('segment-header', (image) => image.set([0xff], 0))
    spoil('segment-header', (image) => image.set([0xff], 40))
    spoil('segment-foreign', (image, storage) => image.set(storage.files.get(segmentName(3))!.seen))
    spoil('segment-foreign', (image) => {
      const other = new MemoryStorage()
      JournalWriter.open(other, { identity: { ...IDENTITY, idLow: 99 }, segmentBytes: SMALL_SEGMENT_BYTES })
      image.set(other.files.get(segmentName(1))!.seen)
    })
  })

  test('of another version names both versions and what to do', () => {
    const { storage } = writeJournal(true)
    for (const [version, text] of [
      [1, 'format version 1, this build reads 2 to 3: use an older build'],
      [4, 'format version 4, this build reads 2 to 3: use a newer build'],
    ] as const) {
      for (const file of storage.files.values()) file.seen.set([version], 8)
      const facts = verifyStorage(storage)
      expect(facts.damage[0]!.what).toContain(text)
      expect(judge(facts)).toBe('other-build')
      expect(() => JournalWriter.open(storage, { identity: IDENTITY })).toThrow(text)
      expect(() => readAll(storage)).toThrow(text)
    }
  })

  test('cut off in the middle of its last segment recovers what is whole', () => {
    const { storage, starts } = writeJournal(false)
    const last = [...storage.files.keys()].at(-1)!
    const cut = starts.get(last)![1]! + 50
    storage.put(last, storage.files.get(last)!.seen.subarray(0, cut))
    const facts = verifyStorage(storage)
    expect(facts.damage).toEqual([])
    expect(facts.tornTail).toMatchObject({ file: last, offsetBytes: starts.get(last)![1] })
    expect(facts.tornTail!.bytes).toBeLessThanOrEqual(50)
    JournalWriter.open(storage, { identity: IDENTITY }).writer.close()
    expect(judge(verifyStorage(storage))).toBe('closed')
    expect(storage.files.get(last)!.seen.length).toBe(SMALL_SEGMENT_BYTES)
  })
})

/** One random mutation: bytes, blocks moved within or between files, files cut, removed or doubled. */
function mutate(storage: MemoryStorage, random: Random): void {
  const names = [...storage.files.keys()]
  const name = names[random.below(names.length)]!
  const image = storage.files.get(name)!.seen
  const kind = random.below(6)
  if (kind === 0) image[random.below(image.length)] = random.below(256)
  else if (kind === 1) {
    const at = random.below(image.length)
    image.fill(random.below(2) * 255, at, at + random.below(600))
  } else if (kind === 2) {
    const from = random.below(image.length / 8) * 8
    image.copyWithin(random.below(image.length / 8) * 8, from, from + random.below(300) * 8)
  } else if (kind === 3) storage.put(name, image.subarray(0, random.below(image.length)))
  else if (kind === 4) storage.files.delete(name)
  else {
    const other = storage.files.get(names[random.below(names.length)]!)!.seen
    image.set(other.subarray(0, image.length), 0)
  }
}

test('no mutation of a journal makes the reader throw anything untyped, read false records, or verify as closed and whole', {
  timeout: 30_000,
}, () => {
  const seed = testSeed()
  const random = new Random(seed)
  const wholes = [writeJournal(true), writeJournal(false)]
  const expected = wholes.map((whole) => readAll(whole.storage))
  const end = performance.now() + FUZZ_MS
  for (let turn = 0; turn < 4000 && performance.now() < end; turn++) {
    const which = turn % 2
    const storage = wholes[which]!.storage.afterKill()
    for (let i = random.below(3); i >= 0; i--) if (storage.files.size > 0) mutate(storage, random)
    const what = `turn ${turn}, XK_SEED=${seed}`
    const facts = verifyStorage(storage)
    const total = facts.inbound.records + facts.outbound.records
    if (judge(facts) === 'closed' && facts.segments.every((segment) => segment.strayBytes === 0)) {
      expect(total, what).toBe(expected[which]!.length)
    }
    try {
      const found = readAll(storage)
      expect(found, what).toEqual(expected[which]!.slice(0, found.length))
      if (facts.damage.length === 0) expect(found.length, what).toBe(total)
    } catch (error) {
      if (!(error instanceof XkError)) throw error
    }
    try {
      JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: SMALL_SEGMENT_BYTES }).writer.close()
      expect(judge(verifyStorage(storage)), what).toBe('closed')
    } catch (error) {
      if (!(error instanceof JournalCorruptError)) throw error
    }
  }
})
