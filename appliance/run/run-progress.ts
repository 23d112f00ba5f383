import { IO_COUNTERS, IoCounterSlot } from '../../kernels/loop/regions.ts'
import { readCounters } from '../../kernels/region/counters.ts'
import { RegionState } from '../../kernels/region/layout.ts'
import type { KernelRegions } from './kernels-run.ts'
import type { RunProgress } from './types.ts'

const IS_PREPARING: ReadonlySet<RegionState> = new Set([
  RegionState.Creating,
  RegionState.Preparing,
  RegionState.Attached,
])

/** How far the kernel that publishes the inbound ring is. */
export function readProgress(regions: Partial<KernelRegions>): RunProgress {
  const { io } = regions
  const none = { fraction: undefined, inboundRecords: 0, orders: 0, fills: 0 }
  if (io === undefined || IS_PREPARING.has(io.state)) return { phase: 'preparing', ...none }
  const counters = readCounters(io.buffer, io.offsetOf('counters'))
  const fraction = counters[IO_COUNTERS[IoCounterSlot.progress]!]
  return {
    phase: fraction === 1 ? 'draining' : 'running',
    fraction,
    inboundRecords: counters.inboundRecords ?? 0,
    orders: counters.requestsRouted ?? 0,
    fills: counters.fills ?? 0,
  }
}
