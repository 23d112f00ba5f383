import { FileStorage } from '../../storage/journal/file-storage.ts'
import { attach } from '../../strategies/plugin/facade/attach.ts'
import { monotonicNs } from '../host/clock.ts'
import { assembleIo } from '../io/assemble.ts'
import type { IoConfig } from '../io/io-config.ts'
import { IoHost } from '../io/io-host.ts'
import { holdsPackets, openMarket } from '../io/open-market.ts'
import { recoverIo } from '../io/recovery/recover-io.ts'
import { openIoSnapshotStore, startIoSnapshots } from '../io/snapshots.ts'
import { compileEarly } from '../loop/compiler-flags.ts'
import { FlightCode } from '../loop/flight-code.ts'
import { GarbageWatch } from '../loop/garbage-watch.ts'
import { printKernelError } from '../loop/kernel-error.ts'
import { LoopEnd, runKernelLoop } from '../loop/kernel-loop.ts'
import { readLaunch } from '../loop/launch.ts'
import { awaitRun, prepareKernel, takeCore } from '../loop/prepare.ts'
import { createRecoveryPause } from '../loop/recovery-pause.ts'
import { IoCounterSlot } from '../loop/regions.ts'
import { writeReport } from '../loop/report-text.ts'
import { RegionState } from '../region/layout.ts'
import { REHEARSAL_STRATEGY } from '../rehearsal/rehearsal-strategy.ts'
import { rehearse } from '../rehearsal/rehearse.ts'
import { RingWaiter } from '../ring/wait.ts'
import { LoadedStrategy } from '../strategy/load.ts'

/** The I/O kernel's process in replay: prepare, catch up after a restart, then the bare loop until the session has ended and all is drained. */
async function main(): Promise<number> {
  compileEarly()
  const launch = readLaunch<IoConfig>(process.argv[2])
  const prepared = await prepareKernel(launch)
  const { own, regions, control, membership, flight, clock } = prepared
  const source = openMarket(launch.config, true)
  const isCapture = holdsPackets(launch.config)
  const rehearsal = LoadedStrategy.fromDefinition(REHEARSAL_STRATEGY, attach)
  takeCore(prepared, launch.seat)
  // A successor is warm when it has caught up.
  if (launch.seat.rehearses && !launch.isRestart) rehearse([[{ loaded: rehearsal, params: {} }]], clock, isCapture)
  const places = { io: own, strategy: regions.strategy, storage: regions.storage, membership }
  const assembly = assembleIo(launch.config, source, places, clock)
  const journal = new FileStorage(launch.config.journalPath)
  const store = openIoSnapshotStore(journal, launch.config)
  if (launch.isRestart) {
    const startNs = monotonicNs()
    const pause = createRecoveryPause(control)
    const snapshot = (launch.config.snapshots?.everyRecords ?? 0) > 0 ? store.findLatest() : undefined
    const last = await recoverIo(assembly, { regions: places, journal, clock, pause, snapshot })
    const recoveryNs = monotonicNs() - startNs
    assembly.counters[IoCounterSlot.recoveryNs] = recoveryNs
    const from = snapshot === undefined ? 'the start' : `the snapshot at ${snapshot.inboundSequence}`
    flight.note(
      FlightCode.Running,
      `caught up from ${from} at inbound record ${last} in ${Math.round(recoveryNs / 1e6)} ms`,
    )
  }
  startIoSnapshots(assembly, launch.config.snapshots, store, clock, (reason) =>
    flight.note(FlightCode.Lacking, `no more snapshots: ${reason}`),
  )
  const host = new IoHost(assembly, source, regions.strategy, control)
  const waiter = new RingWaiter(launch.seat.wait, own, [regions.strategy, regions.storage])
  await awaitRun(prepared, launch.seat)
  const garbage = new GarbageWatch()
  const end = runKernelLoop(host, own, control, waiter, launch.config.stepBudget)
  if (end === LoopEnd.Stopped) {
    flight.note(FlightCode.Stopping, 'asked to stop')
    host.endEarly()
    while (!host.isFinished) if (host.step(launch.config.stepBudget) === 0) waiter.idle()
  }
  const { collections, heapGrowthBytes } = garbage.stop()
  assembly.counters[IoCounterSlot.garbageCollections] = collections
  assembly.counters[IoCounterSlot.heapGrowthBytes] = heapGrowthBytes
  writeReport(own.buffer, own.offsetOf('report'), host.report())
  source.close()
  own.state = RegionState.Stopped
  flight.note(FlightCode.Finished, `after inbound record ${assembly.kernel.facts[0]}`)
  waiter.ring()
  return 0
}

main().then(
  (code) => process.exit(code),
  (error) => process.exit(printKernelError(error)),
)
