import { ThreadedJournalSink } from '../../storage/journal/threaded-sink.ts'
import { monotonicNs } from '../host/clock.ts'
import { FlightCode } from '../loop/flight-code.ts'
import { GarbageWatch } from '../loop/garbage-watch.ts'
import { printKernelError } from '../loop/kernel-error.ts'
import { runKernelLoop } from '../loop/kernel-loop.ts'
import { readLaunch } from '../loop/launch.ts'
import { awaitRun, prepareKernel } from '../loop/prepare.ts'
import { StorageCounterSlot } from '../loop/regions.ts'
import { writeReport } from '../loop/report-text.ts'
import { Histogram } from '../region/histogram.ts'
import { RegionState } from '../region/layout.ts'
import { RingWaiter } from '../ring/wait.ts'
import { assembleStorage } from './assemble.ts'
import { WrittenProbe } from './latency-probe.ts'
import { durabilityOf, openJournal } from './open-journal.ts'
import type { StorageConfig } from './storage-config.ts'
import { StorageHost } from './storage-host.ts'

/** The storage kernel's process: opens or recovers the journal, then drains both rings until their writers are gone. */
async function main(): Promise<number> {
  const launch = readLaunch<StorageConfig>(process.argv[2])
  const prepared = await prepareKernel(launch)
  const { own, regions, control, flight } = prepared
  const startNs = monotonicNs()
  const { writer, recovered } = openJournal(launch.config)
  const openedNs = monotonicNs() - startNs
  const durability = durabilityOf(launch.config)
  const sink = await ThreadedJournalSink.start(writer, {
    path: launch.config.journalPath,
    durability,
    sealKey: launch.config.sealKey,
    compresses: launch.config.compresses,
  })
  const assembly = assembleStorage(
    { io: regions.io, strategy: regions.strategy, storage: own },
    sink,
    recovered,
    durability,
  )
  if (launch.isRestart) assembly.counters[StorageCounterSlot.recoveryNs] = openedNs
  const written = new Histogram(own.buffer, own.offsetOf('hop.written'))
  const probe = new WrittenProbe(regions.io.viewDoubles('stamps'), prepared.clock, written)
  const host = new StorageHost(assembly, regions.io, regions.strategy, control, probe)
  const waiter = new RingWaiter(launch.seat.wait, own, [regions.io, regions.strategy])
  await awaitRun(prepared, launch.seat)
  const garbage = new GarbageWatch()
  runKernelLoop(host, own, control, waiter, launch.config.stepBudget)
  const { collections, heapGrowthBytes } = garbage.stop()
  assembly.counters[StorageCounterSlot.garbageCollections] = collections
  assembly.counters[StorageCounterSlot.heapGrowthBytes] = heapGrowthBytes
  assembly.kernel.close()
  writeReport(own.buffer, own.offsetOf('report'), host.report())
  own.state = RegionState.Stopped
  flight.note(FlightCode.Finished, 'journal closed')
  waiter.ring()
  return 0
}

main().then(
  (code) => process.exit(code),
  (error) => process.exit(printKernelError(error)),
)
