import { expect, test } from 'vitest'
import { JournalStream } from '../../storage/journal/layout.ts'
import { verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { SNAPSHOT_VERSION, SnapshotHeader, snapshotName } from '../../storage/snapshot/layout.ts'
import { SnapshotStore } from '../../storage/snapshot/snapshot-store.ts'
import { MemoryStorage } from './support/memory-storage.ts'
import { appendBatch, IDENTITY, range, readAll, SMALL_SEGMENT_BYTES, sequencesOf } from './support/scripts.ts'

const OURS = 0x1234_5678
const payloadOf = (seed: number) => Uint8Array.from({ length: 500 }, (_, i) => (i * seed) & 255)

function storeWith(...sequences: number[]): { storage: MemoryStorage; store: SnapshotStore } {
  const storage = new MemoryStorage()
  const store = new SnapshotStore(storage, 'strategy', OURS)
  for (const sequence of sequences) {
    store.write({ inboundSequence: sequence, outboundSequence: sequence - 1 }, payloadOf(sequence))
  }
  return { storage, store }
}

test('the newest is found, and one before it is kept', () => {
  const { storage, store } = storeWith(10, 20, 30)
  const latest = store.findLatest()
  expect(latest).toMatchObject({ inboundSequence: 30, outboundSequence: 29 })
  expect(latest?.payload).toEqual(payloadOf(30))
  expect(storage.list().sort()).toEqual([snapshotName('strategy', 20), snapshotName('strategy', 30)])
  expect(new SnapshotStore(storage, 'strategy', OURS + 1).findLatest()).toBeUndefined()
})

test('written again, a snapshot takes the place of the one of its name', () => {
  const { store } = storeWith(10, 10)
  expect(store.findLatest()?.inboundSequence).toBe(10)
})

test('with any bit flipped, or cut anywhere, it is passed over for the one before', () => {
  const whole = storeWith(10, 20).storage.files.get(snapshotName('strategy', 20))!.seen
  const latestWith = (bytes: Uint8Array) => {
    const { storage, store } = storeWith(10)
    storage.put(snapshotName('strategy', 20), bytes)
    return store.findLatest()?.inboundSequence
  }
  expect(latestWith(whole)).toBe(20)
  const isSpare = (at: number) => at >= SnapshotHeader.HeaderCrc + 4 && at < SnapshotHeader.Bytes
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const flipped = whole.slice()
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    expect(latestWith(flipped), `bit ${bit}`).toBe(isSpare(bit >> 3) ? 20 : 10)
  }
  for (let length = 0; length < whole.length; length += 7) expect(latestWith(whole.subarray(0, length))).toBe(10)
  expect(latestWith(new Uint8Array(0))).toBe(10)
})

test('of a death at any write the one before is left', () => {
  for (let dieAt = 0; dieAt < 4; dieAt++) {
    const { storage } = storeWith(10, 20)
    const calls = storage.calls
    storage.onCall = (_call, index, bytes) => {
      if (index === calls + dieAt) throw new Error('dead')
      return bytes
    }
    const attempt = () =>
      new SnapshotStore(storage, 'strategy', OURS).write({ inboundSequence: 30, outboundSequence: 3 }, payloadOf(3))
    expect(attempt).toThrow('dead')
    const survived = new SnapshotStore(storage.afterKill(), 'strategy', OURS).findLatest()?.inboundSequence
    expect(survived, `death at call ${dieAt}`).toBe(dieAt < 3 ? 20 : 30)
  }
})

test('a large one is written in pieces, and is none before the last; one that a death left unfinished is not told of', () => {
  const { storage, store } = storeWith(10)
  const payload = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) & 255)
  const writing = store.begin({ inboundSequence: 20, outboundSequence: 3 }, payload)
  const passedOver: string[] = []
  const latest = () => store.findLatest((name) => passedOver.push(name))
  for (let piece = 0; piece < 3; piece++) {
    expect(writing.proceed()).toBe(false)
    expect(latest()?.inboundSequence).toBe(10)
  }
  expect(passedOver).toEqual([])
  expect(writing.proceed()).toBe(true)
  expect(latest()).toEqual({ inboundSequence: 20, outboundSequence: 3, payload })
  storage.files.get(snapshotName('strategy', 20))!.seen[SnapshotHeader.Bytes + 100_000]! ^= 1
  expect(latest()?.inboundSequence).toBe(10)
  expect(passedOver).toEqual([snapshotName('strategy', 20)])
})

test('another version is not read', () => {
  const { storage, store } = storeWith(10)
  const { seen } = storage.files.get(snapshotName('strategy', 10))!
  new DataView(seen.buffer).setUint32(SnapshotHeader.Version, SNAPSHOT_VERSION + 1, true)
  expect(store.findLatest()).toBeUndefined()
})

test('a journal minds no snapshots in its folder', () => {
  const { storage } = storeWith(10, 20)
  const { writer } = JournalWriter.open(storage, {
    identity: IDENTITY,
    segmentBytes: SMALL_SEGMENT_BYTES,
    digests: true,
  })
  appendBatch(writer, JournalStream.Inbound, 1, 5)
  writer.close()
  expect(verifyStorage(storage).damage).toEqual([])
  expect(sequencesOf(readAll(storage), JournalStream.Inbound)).toEqual(range(1, 5))
})
