import { FileStorage } from '../../storage/journal/file-storage.ts'
import { compileEarly, inlineDeeply } from '../loop/compiler-flags.ts'
import { FlightCode } from '../loop/flight-code.ts'
import { GarbageWatch } from '../loop/garbage-watch.ts'
import { printKernelError } from '../loop/kernel-error.ts'
import { runKernelLoop } from '../loop/kernel-loop.ts'
import { readLaunch } from '../loop/launch.ts'
import { awaitRun, prepareKernel, takeCore } from '../loop/prepare.ts'
import { createRecoveryPause } from '../loop/recovery-pause.ts'
import { StrategyCounterSlot } from '../loop/regions.ts'
import { writeReport } from '../loop/report-text.ts'
import { RegionState } from '../region/layout.ts'
import { rehearsePlugins } from '../rehearsal/rehearse-plugins.ts'
import { RingWaiter } from '../ring/wait.ts'
import { assembleStrategy, loadStrategies } from '../strategy/assemble.ts'
import { catchUp } from '../strategy/catch-up.ts'
import { PublishedRecords } from '../strategy/published-records.ts'
import type { StrategyKernelConfig } from '../strategy/strategy-config.ts'
import { StrategyHost } from '../strategy/strategy-host.ts'
import type { StrategyPlan } from '../strategy/strategy-kernel.ts'

/** The strategy kernel's process: prepare, catch up after a restart, then the bare loop until the session has ended. */
async function main(): Promise<number> {
  compileEarly()
  inlineDeeply()
  const launch = readLaunch<StrategyKernelConfig>(process.argv[2])
  const prepared = await prepareKernel(launch)
  const { own, regions, control, membership, flight, clock } = prepared
  const journal = new FileStorage(launch.config.journalPath)
  const published = launch.isRestart ? PublishedRecords.collect(own, regions.storage, journal) : undefined
  const places = { io: regions.io, strategy: own, storage: regions.storage, membership }
  let plans: readonly StrategyPlan[] = loadStrategies(launch.config)
  // A successor is warm when it has caught up.
  if (published === undefined && launch.seat.rehearses) {
    takeCore(prepared, launch.seat)
    plans = rehearsePlugins(launch.config, plans, clock, (reason) =>
      flight.note(FlightCode.Lacking, `rehearsal: ${reason}`),
    )
  }
  const assembly = assembleStrategy(launch.config, places, clock, published, plans)
  if (published !== undefined) {
    await catchUp(assembly, own, regions.io, journal, createRecoveryPause(control))
    assembly.counters[StrategyCounterSlot.suppressedRecords] = published.lastSequence
    flight.note(FlightCode.Running, `caught up at inbound record ${assembly.kernel.lastSequence}`)
  }
  const host = new StrategyHost(assembly, regions.io, control)
  const waiter = new RingWaiter(launch.seat.wait, own, [regions.io, regions.storage])
  await awaitRun(prepared, launch.seat)
  const garbage = new GarbageWatch()
  runKernelLoop(host, own, control, waiter, launch.config.stepBudget)
  const { collections, heapGrowthBytes } = garbage.stop()
  assembly.counters[StrategyCounterSlot.garbageCollections] = collections
  assembly.counters[StrategyCounterSlot.heapGrowthBytes] = heapGrowthBytes
  assembly.counters[StrategyCounterSlot.strategiesStopped] = assembly.kernel.stops.length
  writeReport(own.buffer, own.offsetOf('report'), host.report())
  own.state = RegionState.Stopped
  flight.note(FlightCode.Finished, `after inbound record ${assembly.kernel.lastSequence}`)
  waiter.ring()
  return 0
}

main().then(
  (code) => process.exit(code),
  (error) => process.exit(printKernelError(error)),
)
