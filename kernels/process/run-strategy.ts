import type { SegmentStorage } from '../../storage/journal/segment-storage.ts'
import { FlightCode } from '../loop/flight-code.ts'
import { GarbageWatch } from '../loop/garbage-watch.ts'
import { runKernelLoop } from '../loop/kernel-loop.ts'
import type { PreparedKernel } from '../loop/prepare.ts'
import { StrategyCounterSlot } from '../loop/regions.ts'
import { writeReport } from '../loop/report-text.ts'
import { RegionState } from '../region/layout.ts'
import { RingWaiter, type RingWaitPlan } from '../ring/wait.ts'
import type { StrategyAssembly } from '../strategy/assemble.ts'
import { openSnapshotStore, startSnapshots } from '../strategy/snapshots.ts'
import type { StrategyKernelConfig } from '../strategy/strategy-config.ts'
import { StrategyHost } from '../strategy/strategy-host.ts'

/** Lets an assembled strategy kernel take its snapshots, if its configuration wants any. @throws PluginLoadError */
export function keepSnapshots(
  assembly: StrategyAssembly,
  config: StrategyKernelConfig,
  journal: SegmentStorage,
  { clock, flight }: Pick<PreparedKernel, 'clock' | 'flight'>,
): void {
  startSnapshots(assembly, config, openSnapshotStore(journal, config), clock, (reason) =>
    flight.note(FlightCode.Lacking, `no more snapshots: ${reason}`),
  )
}

/**
 * The bare loop of a strategy kernel until the session has ended, and what it leaves behind.
 * @param prepared with the strategy kernel's region as `own`
 * @param begin called right before the loop turns
 */
export async function runStrategy(
  assembly: StrategyAssembly,
  { own, regions, control, flight }: PreparedKernel,
  wait: RingWaitPlan,
  stepBudget: number,
  begin: () => Promise<void> | void,
): Promise<void> {
  const host = new StrategyHost(assembly, regions.io, control)
  const waiter = new RingWaiter(wait, own, [regions.io, regions.storage])
  await begin()
  const garbage = new GarbageWatch()
  runKernelLoop(host, own, control, waiter, stepBudget)
  const { collections, heapGrowthBytes } = garbage.stop()
  assembly.counters[StrategyCounterSlot.garbageCollections] = collections
  assembly.counters[StrategyCounterSlot.heapGrowthBytes] = heapGrowthBytes
  assembly.counters[StrategyCounterSlot.strategiesStopped] = assembly.kernel.stops.length
  writeReport(own.buffer, own.offsetOf('report'), host.report())
  own.state = RegionState.Stopped
  flight.note(FlightCode.Finished, `after inbound record ${assembly.kernel.lastSequence}`)
  waiter.ring()
}
