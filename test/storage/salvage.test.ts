import { expect, test } from 'vitest'
import { BatchHeader, JournalStream, SEGMENT_HEADER_BYTES, segmentName } from '../../storage/journal/layout.ts'
import { type SalvageFacts, salvage } from '../../storage/journal/salvage.ts'
import { judge, verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { fixChecksums } from './support/forge.ts'
import { MemoryStorage } from './support/memory-storage.ts'
import { Random, testSeed } from './support/random.ts'
import { appendBatch, IDENTITY, range, readAll, SMALL_SEGMENT_BYTES, sequencesOf } from './support/scripts.ts'

const { Inbound, Outbound } = JournalStream
const BATCHES = 20
const RECORDS = 9

function writeJournal(): MemoryStorage {
  const storage = new MemoryStorage()
  const { writer } = JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: SMALL_SEGMENT_BYTES })
  for (let i = 0; i < BATCHES; i++) {
    appendBatch(writer, Inbound, i * RECORDS + 1, i * RECORDS + RECORDS)
    appendBatch(writer, Outbound, i + 1, i + 1)
  }
  writer.close()
  return storage
}

function repair(storage: MemoryStorage): { to: MemoryStorage; salvaged: SalvageFacts } {
  const to = new MemoryStorage()
  const salvaged = salvage(storage, verifyStorage(storage), to, [7, 8])
  expect(judge(verifyStorage(to))).toBe('closed')
  return { to, salvaged }
}

test('everything but a damaged batch comes over, in order, with a gap where it was', () => {
  const storage = writeJournal()
  storage.files.get(segmentName(2))!.seen[SEGMENT_HEADER_BYTES + BatchHeader.Bytes + 50]! ^= 4
  const facts = verifyStorage(storage)
  const [lost] = facts.damage[0]!.lost
  const { to, salvaged } = repair(storage)
  expect(lost).toEqual({ stream: 'outbound', after: 4, before: 6 })
  expect(sequencesOf(readAll(to), Inbound)).toEqual(range(1, BATCHES * RECORDS))
  expect(sequencesOf(readAll(to), Outbound)).toEqual([...range(1, 4), ...range(6, BATCHES)])
  expect(salvaged).toMatchObject({
    inboundRecords: BATCHES * RECORDS,
    outboundRecords: BATCHES - 1,
    batchesLeftOut: 0,
  })
  expect(verifyStorage(to)).toMatchObject({ journalId: '0000000800000007', label: 'salvaged test' })
  expect(judge(verifyStorage(storage))).toBe('damaged')
})

test('a missing segment costs its own records alone', () => {
  const storage = writeJournal()
  const before = verifyStorage(storage)
  storage.files.delete(segmentName(2))
  const { salvaged } = repair(storage)
  const gone = before.segments[1]!.batches - 1
  expect(salvaged.batches).toBe(BATCHES * 2 - gone)
})

test('a segment that was changed together with its checksums is left out', () => {
  const storage = writeJournal()
  storage.files.get(segmentName(2))!.seen[SEGMENT_HEADER_BYTES + BatchHeader.Bytes + 40]! ^= 1
  fixChecksums(storage)
  const facts = verifyStorage(storage)
  const { salvaged } = repair(storage)
  // The chain runs on into the headers behind: to make those agree, their segments had to be changed as well.
  expect(facts.damage.map(({ code, file }) => `${code} ${file}`)).toEqual(
    facts.segments.slice(1).map(({ file }) => `seal ${file}`),
  )
  expect(salvaged.batches).toBe(facts.segments[0]!.batches - 1)
  expect(salvaged.batches + salvaged.batchesLeftOut).toBe(BATCHES * 2)
})

test('whatever the damage, what is salvaged verifies and holds true records alone', () => {
  const seed = testSeed()
  const random = new Random(seed)
  for (let turn = 0; turn < 60; turn++) {
    const storage = writeJournal()
    for (let i = random.below(4); i >= 0; i--) {
      const image = storage.files.get(segmentName(1 + random.below(3)))!.seen
      const at = random.below(image.length)
      image.fill(random.below(256), at, at + random.below(300))
    }
    const facts = verifyStorage(storage)
    if (facts.journalId === null) continue
    const { to } = repair(storage)
    const found = sequencesOf(readAll(to), Inbound)
    expect(found.length, `turn ${turn}, XK_SEED=${seed}`).toBeGreaterThanOrEqual(facts.damage.length > 0 ? 0 : 1)
    expect(found).toEqual([...found].sort((a, b) => a - b))
  }
})
