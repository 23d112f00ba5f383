import { beforeEach, expect, test } from 'vitest'
import { restoreKernel, SnapshotBarrier } from '../../kernels/loop/snapshot-barrier.ts'
import type { StateArchive } from '../../kernels/records/state-archive.ts'
import { SnapshotStore } from '../../storage/snapshot/snapshot-store.ts'
import { MemoryStorage } from './support/memory-storage.ts'

/* When a kernel's snapshots are taken and written; the kernel is an array, and the clock is turned by the storage. */

const PAUSE_MS_MAX = 50
const TAKEN = 0
const PAUSE_NS = 2

let storage: MemoryStorage
let state: Float64Array
let facts: Float64Array
let counters: Float64Array
let failures: string[]
let nowNs: number

beforeEach(() => {
  storage = new MemoryStorage()
  state = new Float64Array(30_000)
  facts = new Float64Array(1)
  counters = new Float64Array(3)
  failures = []
  nowNs = 0
})

const store = () => new SnapshotStore(storage, 'strategy', 1)

function barrierEvery(everyRecords: number): SnapshotBarrier {
  const clock = {
    readInto: (target: Float64Array, index: number) => {
      target[index] = nowNs
    },
  }
  const slots = { taken: TAKEN, bytes: 1, pauseNs: PAUSE_NS }
  const onFailure = (reason: string) => failures.push(reason)
  return new SnapshotBarrier({
    store: store(),
    everyRecords,
    pauseMsMax: PAUSE_MS_MAX,
    clock,
    counters,
    slots,
    onFailure,
  })
}

/** Handles records, and changes the state with each. @returns at which a snapshot was taken */
function handle(barrier: SnapshotBarrier, records: number): number[] {
  const taken: number[] = []
  for (let i = 0; i < records; i++) {
    state.fill(++facts[0]!)
    if (!barrier.advance(facts)) continue
    taken.push(facts[0]!)
    barrier.take({ facts, lastOutbound: 0, archive: (archive: StateArchive) => archive.array(state) })
  }
  return taken
}

test('a state is that of its barrier, whatever the kernel does while the file is written', () => {
  const barrier = barrierEvery(10)
  expect(handle(barrier, 12)).toEqual([10])
  expect(counters[TAKEN]).toBe(0)
  handle(barrier, 2)
  expect(counters[TAKEN]).toBe(1)
  const { payload, inboundSequence } = store().findLatest()!
  expect(inboundSequence).toBe(10)
  const restored = new Float64Array(state.length)
  restoreKernel({ archive: (archive: StateArchive) => archive.array(restored) }, payload)
  expect(restored.every((value) => value === 10)).toBe(true)
})

test('one that is still being written at the next barrier, or the end, is finished there', () => {
  const barrier = barrierEvery(2)
  expect(handle(barrier, 4)).toEqual([2, 4])
  expect(counters[TAKEN]).toBe(1)
  expect(store().findLatest()?.inboundSequence).toBe(2)
  barrier.finish()
  expect(counters[TAKEN]).toBe(2)
  expect(store().findLatest()?.inboundSequence).toBe(4)
})

test('pieces are what a kernel waits for; one that takes too long doubles the distance, once a snapshot', () => {
  storage.onCall = (call, _index, bytes) => {
    if (call === 'write') nowNs += 60e6
    return bytes
  }
  expect(handle(barrierEvery(10), 100)).toEqual([10, 20, 40, 80])
  // The last piece and the header are written together.
  expect(counters[PAUSE_NS]).toBe(120e6)
})

test('a piece that cannot be written ends the snapshots, and nothing else', () => {
  let writes = 0
  storage.onCall = (call, _index, bytes) => {
    if (call === 'write' && ++writes === 7) throw new Error('no room')
    return bytes
  }
  expect(handle(barrierEvery(10), 100)).toEqual([10, 20])
  expect(failures).toEqual(['no room'])
  expect(store().findLatest()?.inboundSequence).toBe(10)
})
