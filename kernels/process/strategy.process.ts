import { FileStorage } from '../../storage/journal/file-storage.ts'
import { compileEarly, inlineDeeply } from '../loop/compiler-flags.ts'
import { FlightCode } from '../loop/flight-code.ts'
import { GarbageWatch } from '../loop/garbage-watch.ts'
import { printKernelError } from '../loop/kernel-error.ts'
import { runKernelLoop } from '../loop/kernel-loop.ts'
import { type KernelLaunch, readLaunch } from '../loop/launch.ts'
import { awaitRun, type PreparedKernel, prepareKernel, takeCore } from '../loop/prepare.ts'
import { createRecoveryPause } from '../loop/recovery-pause.ts'
import { StrategyCounterSlot } from '../loop/regions.ts'
import { writeReport } from '../loop/report-text.ts'
import { RegionState } from '../region/layout.ts'
import { rehearsePlugins } from '../rehearsal/rehearse-plugins.ts'
import { RingWaiter } from '../ring/wait.ts'
import { assembleStrategy, loadStrategies, type StrategyAssembly, type StrategyRegions } from '../strategy/assemble.ts'
import { resumeStrategy } from '../strategy/resume.ts'
import { openSnapshotStore, startSnapshots } from '../strategy/snapshots.ts'
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
  const places = { io: regions.io, strategy: own, storage: regions.storage, membership }
  const pause = createRecoveryPause(control)
  const onNote = (text: string) => flight.note(FlightCode.Running, text)
  const assembly = launch.isRestart
    ? await resumeStrategy({ config: launch.config, regions: places, clock, journal, pause, onNote })
    : begin(launch, prepared, places)
  startSnapshots(assembly, launch.config, openSnapshotStore(journal, launch.config), clock, (reason) =>
    flight.note(FlightCode.Lacking, `no more snapshots: ${reason}`),
  )
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

/** A kernel at the session's beginning, its code warm if its seat says so. A successor is warm when it has caught up. */
function begin(
  { config, seat }: KernelLaunch<StrategyKernelConfig>,
  prepared: PreparedKernel,
  places: StrategyRegions,
): StrategyAssembly {
  const { clock, flight } = prepared
  let plans: readonly StrategyPlan[] = loadStrategies(config)
  if (seat.rehearses) {
    takeCore(prepared, seat)
    plans = rehearsePlugins(config, plans, clock, (reason) => flight.note(FlightCode.Lacking, `rehearsal: ${reason}`))
  }
  return assembleStrategy(config, places, clock, undefined, plans)
}

main().then(
  (code) => process.exit(code),
  (error) => process.exit(printKernelError(error)),
)
