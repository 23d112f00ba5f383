import { describe, expect, test } from 'vitest'
import { IoWait } from '../../kernels/io/replay-parts.ts'
import { StoragePosition, StorageState } from '../../kernels/loop/storage-positions.ts'
import { RecordType } from '../../kernels/records/catalogue.ts'
import type { Schedule } from './support/virtual-world.ts'
import { VirtualWorld } from './support/virtual-world.ts'

const LATENCIES = { feedLatencyNs: 5_000, entryLatencyNs: 20_000, responseLatencyNs: 20_000, gateLatencyNs: 10_000 }

function world(durableBeforeSend: boolean): VirtualWorld {
  return new VirtualWorld({
    latencies: LATENCIES,
    marketSeed: 5,
    marketRecords: 3000,
    stepNsMax: 20_000,
    reactOneIn: 6,
    inboundBytes: 1 << 16,
    outboundBytes: 1 << 14,
    durableBeforeSend,
  })
}

const KERNELS = ['io', 'strategy', 'storage'] as const
const evenly: Schedule = (random) => ({ who: KERNELS[random.below(3)]!, budget: 1 + random.below(40) })
/** Storage comes seldom: requests pile up undurable. */
const storageLags: Schedule = (random) => ({
  who: random.below(40) === 0 ? 'storage' : KERNELS[random.below(2)]!,
  budget: 1 + random.below(40),
})

describe('under sync durability', () => {
  test.each([
    ['evenly', evenly],
    ['with a storage that lags', storageLags],
  ] as const)('no order is decided before it is durable, and the decisions are the same: %s', (_name, schedule) => {
    const free = world(false)
    const expected = free.run(schedule, 1)
    expect(free.earlyRequests).toBeGreaterThan(0)
    for (let seed = 1; seed <= 4; seed++) {
      const bound = world(true)
      expect(bound.run(schedule, seed)).toBe(expected)
      expect(bound.earlyRequests).toBe(0)
      expect(bound.count(RecordType.Routed)).toBeGreaterThan(50)
    }
  })
})

test('once the journal has failed no order leaves, whatever the durability', () => {
  const failed = world(false)
  failed.positions[StoragePosition.State] = StorageState.Failed
  expect(() => failed.run(evenly, 1)).toThrow(`I/O waits: ${IoWait.Strategy}`)
  expect(failed.io.path.counts[0]).toBe(0)
  expect(failed.count(RecordType.Routed)).toBe(0)
})
