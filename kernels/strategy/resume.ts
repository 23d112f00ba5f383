import type { SegmentStorage } from '../../storage/journal/segment-storage.ts'
import type { Snapshot } from '../../storage/snapshot/snapshot-store.ts'
import type { NanoClock } from '../loop/host-clock.ts'
import { StrategyCounterSlot } from '../loop/regions.ts'
import { restoreKernel } from '../loop/snapshot-barrier.ts'
import { StateArchiveError } from '../records/state-archive.ts'
import { assembleStrategy, loadStrategies, type StrategyAssembly, type StrategyRegions } from './assemble.ts'
import { catchUp } from './catch-up.ts'
import { OutboundDiffersError } from './errors.ts'
import { PublishedRecords } from './published-records.ts'
import { openSnapshotStore } from './snapshots.ts'
import type { StrategyKernelConfig } from './strategy-config.ts'
import type { StrategyPlan } from './strategy-kernel.ts'

const COMPARED_AT_ONCE = 64

export interface StrategyResume {
  readonly config: StrategyKernelConfig
  readonly regions: StrategyRegions
  readonly clock: NanoClock
  readonly journal: SegmentStorage
  /** Gives the other kernels time; throws when there is nothing left to wait for. */
  readonly pause: () => Promise<void>
  /** Told in a line how it went. */
  readonly onNote: (text: string) => void
  /** What runs in it, if not the configured plugins; called for each attempt. */
  readonly plans?: () => readonly StrategyPlan[]
}

/**
 * A strategy kernel where its predecessor stood: from the newest sound snapshot, or the session's start, by the journaled inbound
 * records. What the predecessor had published is compared and not published again. A snapshot that turns out not to give what
 * was published (a plugin keeps state where no snapshot sees it) is given up for the start.
 * @throws ParamError, PluginLoadError
 * @throws OutboundDiffersError when the records decide otherwise from the start, too
 */
export async function resumeStrategy(resume: StrategyResume): Promise<StrategyAssembly> {
  const { config, journal, onNote } = resume
  const store = openSnapshotStore(journal, config)
  const snapshot = config.snapshots.everyRecords > 0 ? store.findLatest() : undefined
  if (snapshot !== undefined) {
    try {
      return await resumeFrom(resume, snapshot)
    } catch (error) {
      if (!(error instanceof StateArchiveError || error instanceof OutboundDiffersError)) throw error
      onNote(`the snapshot at ${snapshot.inboundSequence} is of no use: ${error.message}`)
    }
  }
  return resumeFrom(resume, undefined)
}

async function resumeFrom(resume: StrategyResume, snapshot: Snapshot | undefined): Promise<StrategyAssembly> {
  const { config, regions, clock, journal, pause, onNote, plans } = resume
  const { io, strategy, storage } = regions
  /** [0] begin, [1] end, in ns of real time. */
  const times = new Float64Array(2)
  clock.readInto(times, 0)
  const published = PublishedRecords.collect(strategy, storage, journal, snapshot?.outboundSequence)
  const assembly = assembleStrategy(config, regions, clock, published, plans?.() ?? loadStrategies(config))
  if (snapshot !== undefined) restoreKernel(assembly.kernel, snapshot.payload)
  await catchUp(assembly, strategy, io, journal, pause)
  const { kernel, stepper } = assembly
  // What the predecessor had published is compared to its end here, while there is still another place to begin from.
  while (kernel.outbound.isSuppressing) if (stepper.step(COMPARED_AT_ONCE) === 0) await pause()
  assembly.counters[StrategyCounterSlot.suppressedRecords] = published.lastSequence
  clock.readInto(times, 1)
  assembly.counters[StrategyCounterSlot.recoveryNs] = times[1]! - times[0]!
  assembly.counters[StrategyCounterSlot.recoveredFrom] = snapshot?.inboundSequence ?? 0
  const ms = Math.round((times[1]! - times[0]!) / 1e6)
  const from = snapshot === undefined ? 'the start' : `the snapshot at ${snapshot.inboundSequence}`
  onNote(`caught up from ${from} at inbound record ${assembly.kernel.lastSequence} in ${ms} ms`)
  return assembly
}
