import { expect, test } from 'vitest'
import { BatchHeader, JournalStream, SEGMENT_HEADER_BYTES, segmentName } from '../../storage/journal/layout.ts'
import { verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { fixChecksums } from './support/forge.ts'
import { MemoryStorage } from './support/memory-storage.ts'
import { appendBatch, IDENTITY } from './support/scripts.ts'

const { Inbound, Outbound } = JournalStream

/** More than the ring between scan and threads holds, in batches of all sizes. */
function writeLarge(): MemoryStorage {
  const storage = new MemoryStorage()
  const { writer } = JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: 2 << 20 })
  let inbound = 0
  let outbound = 0
  for (let i = 0; i < 60; i++) {
    const records = 1 + ((i * 977) % 4000)
    appendBatch(writer, Inbound, inbound + 1, inbound + records)
    inbound += records
    appendBatch(writer, Outbound, outbound + 1, ++outbound)
  }
  writer.close()
  return storage
}

test('hashing on threads finds what hashing in place finds: whole, with a seal that does not agree, damaged in the middle', () => {
  const both = (storage: MemoryStorage, what: string) => {
    const inPlace = verifyStorage(storage, { threadedFromBytes: Number.POSITIVE_INFINITY })
    expect(verifyStorage(storage, { threadedFromBytes: 0 }), what).toEqual(inPlace)
    const { inbound, outbound, ...rest } = verifyStorage(storage, { threadedFromBytes: 0, digests: false })
    expect([inbound.digest, outbound.digest]).toEqual([null, null])
    expect(rest, what).toMatchObject({ segments: inPlace.segments, damage: inPlace.damage, batches: inPlace.batches })
    return inPlace
  }
  const storage = writeLarge()
  const whole = both(storage, 'whole')
  expect(whole.damage).toEqual([])
  expect(whole.segments.length).toBeGreaterThan(3)
  const image = storage.files.get(segmentName(2))!.seen
  image[SEGMENT_HEADER_BYTES + BatchHeader.Bytes + 40]! ^= 1
  expect(both(storage, 'a bit flipped').damage.map(({ code }) => code)).toEqual(['batch'])
  fixChecksums(storage)
  const forged = both(storage, 'forged')
  expect(forged.damage[0]).toMatchObject({ code: 'seal', file: segmentName(2) })
})

test('a scan that is given up ends its threads', () => {
  const stop = () => {
    throw new Error('stopped')
  }
  const storage = new MemoryStorage()
  const { writer } = JournalWriter.open(storage, { identity: IDENTITY, segmentBytes: 1 << 20 })
  for (let i = 0; i < 3000; i++) appendBatch(writer, Inbound, i + 1, i + 1)
  writer.close()
  expect(() => verifyStorage(storage, { threadedFromBytes: 0, onProgress: stop })).toThrow('stopped')
})
