import { FileStorage } from '../../storage/journal/file-storage.ts'
import { attach } from '../../strategies/plugin/facade/attach.ts'
import { monotonicNs, realtimeNow } from '../host/clock.ts'
import { assembleLive, type LiveAssembly } from '../io/live/assemble-live.ts'
import { LiveClock } from '../io/live/live-clock.ts'
import type { LiveConfig } from '../io/live/live-config.ts'
import { LiveHost } from '../io/live/live-host.ts'
import { openLiveSnapshotStore } from '../io/live/live-snapshots.ts'
import { openFeedSockets } from '../io/live/open-sockets.ts'
import { type LiveResumeOptions, resumeLive } from '../io/live/resume-live.ts'
import { startIoSnapshots } from '../io/snapshots.ts'
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
import type { FlightRecorder } from '../region/flight-recorder.ts'
import { RegionState } from '../region/layout.ts'
import { REHEARSAL_STRATEGY } from '../rehearsal/rehearsal-strategy.ts'
import { rehearse } from '../rehearsal/rehearse.ts'
import { RingWaiter } from '../ring/wait.ts'
import { LoadedStrategy } from '../strategy/load.ts'

/** The I/O kernel's process in a live session: sockets, catch up after a restart, then the bare loop until it is told to stop. */
async function main(): Promise<number> {
  compileEarly()
  const launch = readLaunch<LiveConfig>(process.argv[2])
  const prepared = await prepareKernel(launch)
  const { own, regions, control, membership, flight } = prepared
  const { config } = launch
  const source = openFeedSockets(config, launch.isRestart)
  takeCore(prepared, launch.seat)
  // A successor is warm when it has caught up.
  if (launch.seat.rehearses && !launch.isRestart) {
    const rehearsal = LoadedStrategy.fromDefinition(REHEARSAL_STRATEGY, attach)
    rehearse([[{ loaded: rehearsal, params: {} }]], prepared.clock, true)
  }
  const clock = new LiveClock(prepared.clock, realtimeNow(), config.session.epochSeconds)
  const { supervisor, strategy, storage } = regions
  const places = { supervisor, io: own, strategy, storage, membership }
  const assemble = () => assembleLive(config, source, places, clock)
  const journal = new FileStorage(config.journalPath)
  const store = openLiveSnapshotStore(journal, config)
  const { durableBeforeSend } = config
  const pause = createRecoveryPause(control)
  const recovery = { regions: places, journal, clock, durableBeforeSend, pause }
  const takesSnapshots = config.stateSnapshots.everyRecords > 0
  const assembly = launch.isRestart
    ? await resume(assemble, { ...recovery, store: takesSnapshots ? store : undefined }, flight)
    : assemble()
  startIoSnapshots(assembly, config.stateSnapshots, store, clock, (reason) =>
    flight.note(FlightCode.Lacking, `no more snapshots: ${reason}`),
  )
  const host = new LiveHost(assembly, regions.strategy, control)
  const waiter = new RingWaiter(launch.seat.wait, own, [regions.strategy, regions.storage])
  await awaitRun(prepared, launch.seat)
  const garbage = new GarbageWatch()
  const end = runKernelLoop(host, own, control, waiter, config.stepBudget)
  if (end === LoopEnd.Stopped) {
    flight.note(FlightCode.Stopping, 'asked to stop')
    host.endEarly()
    while (!host.isFinished) {
      own.beat()
      if (host.step(config.stepBudget) === 0) waiter.idle()
    }
  }
  const { collections, heapGrowthBytes } = garbage.stop()
  assembly.counters[IoCounterSlot.garbageCollections] = collections
  assembly.counters[IoCounterSlot.heapGrowthBytes] = heapGrowthBytes
  writeReport(own.buffer, own.offsetOf('report'), host.report())
  source.close()
  own.state = RegionState.Stopped
  flight.note(FlightCode.Finished, `after inbound record ${assembly.kernel.counts[0]}`)
  waiter.ring()
  return 0
}

async function resume(
  assemble: () => LiveAssembly,
  options: Omit<LiveResumeOptions, 'onNote'>,
  flight: FlightRecorder,
): Promise<LiveAssembly> {
  const startNs = monotonicNs()
  const onNote = (text: string) => flight.note(FlightCode.Lacking, text)
  const { assembly, from, last } = await resumeLive(assemble, { ...options, onNote })
  const recoveryNs = monotonicNs() - startNs
  assembly.counters[IoCounterSlot.recoveryNs] = recoveryNs
  const begin = from === 0 ? 'the start' : `the snapshot at ${from}`
  flight.note(
    FlightCode.Running,
    `caught up from ${begin} at inbound record ${last} in ${Math.round(recoveryNs / 1e6)} ms`,
  )
  return assembly
}

main().then(
  (code) => process.exit(code),
  (error) => process.exit(printKernelError(error)),
)
