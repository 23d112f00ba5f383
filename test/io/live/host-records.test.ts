import { beforeEach, expect, test } from 'vitest'
import { HostRecords } from '../../../kernels/io/live/host-records.ts'
import { IO_COUNTERS, IoCounterSlot } from '../../../kernels/loop/regions.ts'
import { StoragePosition } from '../../../kernels/loop/storage-positions.ts'
import {
  Clock,
  Header,
  JournalPositions,
  RecordType,
  Resumed,
  SessionKernel,
} from '../../../kernels/records/catalogue.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { RegionState } from '../../../kernels/region/layout.ts'

/* What a live I/O kernel says of its host, over regions whose owners the test kills and brings back. */

interface Life {
  epoch: number
  state: RegionState
}

let lives: Life[]
let counters: Float64Array
let positions: Float64Array
const views = new RecordViews(new ArrayBuffer(64))

beforeEach(() => {
  // The strategy kernel died once while the session was being prepared.
  lives = [1, 2, 1].map((epoch) => ({ epoch, state: RegionState.Running }))
  counters = new Float64Array(IO_COUNTERS.length)
  positions = new Float64Array(StoragePosition.Slots)
})

function begin(clockIntervalNs = 0): HostRecords {
  const kernels = lives.map((region, index) => ({ region, recoveredFrom: () => 100 + index }))
  return new HostRecords({ clockIntervalNs, kernels, positions, counters })
}

/** Types and facts of all records that are due. */
function tell(host: HostRecords, nowNs = 0): unknown[] {
  const now = new Float64Array([nowNs])
  const told = []
  for (let bytes = host.due(now); bytes > 0; bytes = host.due(now)) {
    host.write(views, 0, now)
    expect(views.u32[Header.Length >> 2]).toBe(bytes)
    const type = views.u16[Header.Type >> 1]
    if (type === RecordType.Clock) told.push({ tick: views.f64[Clock.Tick >> 3] })
    else if (type === RecordType.JournalPositions) {
      const { Captured, Written, Durable } = JournalPositions
      told.push({ journal: [Captured, Written, Durable].map((offset) => views.f64[offset >> 3]) })
    } else {
      expect(type).toBe(RecordType.Resumed)
      const kernel = SessionKernel[views.u32[Resumed.Kernel >> 2]!]
      told.push({ kernel, epoch: views.u32[Resumed.Epoch >> 2], at: views.f64[Resumed.AtSequence >> 3] })
    }
  }
  return told
}

test('the lives with which a session begins are not told', () => {
  expect(tell(begin())).toEqual([])
})

test('each later life is told once, when it runs', () => {
  const host = begin()
  Object.assign(lives[1]!, { epoch: 3, state: RegionState.Preparing })
  expect(tell(host)).toEqual([])
  lives[1]!.state = RegionState.Running
  lives[2]!.epoch = 2
  expect(tell(host)).toEqual([
    { kernel: 'Strategy', epoch: 3, at: 101 },
    { kernel: 'Storage', epoch: 2, at: 102 },
  ])
  expect(tell(host)).toEqual([])
})

test('a successor tells of itself, and not again what its predecessor has told', () => {
  const first = begin()
  lives[1]!.epoch = 3
  expect(tell(first)).toHaveLength(1)
  lives[0]!.epoch = 2
  expect(tell(begin())).toEqual([{ kernel: 'Io', epoch: 2, at: 100 }])
})

test('what was published is told, though the predecessor had no time to note it', () => {
  const first = begin()
  lives[1]!.epoch = 3
  tell(first)
  counters[IoCounterSlot.strategyEpochTold] = 2
  const next = begin()
  next.recall(views, 0)
  expect(tell(next)).toEqual([])
})

test('ticks come at whole multiples of the interval, and none is made up for', () => {
  const host = begin(100)
  expect(tell(host, 1_030)).toEqual([{ tick: 10 }])
  expect(tell(host, 1_099)).toEqual([])
  expect(tell(host, 1_100)).toEqual([{ tick: 11 }])
  expect(tell(host, 1_720)).toEqual([{ tick: 17 }])
})

test('how far the journal is, is told beside each tick, once there is a journal', () => {
  const host = begin(100)
  expect(tell(host, 250)).toEqual([{ tick: 2 }])
  positions[StoragePosition.CapturedInbound] = 9
  positions[StoragePosition.WrittenInbound] = 7
  positions[StoragePosition.DurableInbound] = 5
  // The tick before had nothing to tell of it then.
  expect(tell(host, 260)).toEqual([{ journal: [9, 7, 5] }])
  expect(tell(host, 290)).toEqual([])
  expect(tell(host, 300)).toEqual([{ tick: 3 }, { journal: [9, 7, 5] }])
})
