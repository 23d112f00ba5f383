import { setImmediate } from 'node:timers/promises'
import { monotonicNs } from '../../kernels/host/clock.ts'
import type { XkError } from '../../kernels/host/xk-error.ts'
import { assembleIo } from '../../kernels/io/assemble.ts'
import { IoHost } from '../../kernels/io/io-host.ts'
import { openMarket } from '../../kernels/io/open-market.ts'
import { GarbageWatch } from '../../kernels/loop/garbage-watch.ts'
import { HostClock } from '../../kernels/loop/host-clock.ts'
import { ControlWord, createHeapRegion, Membership, type RingSizes } from '../../kernels/loop/regions.ts'
import { Histogram } from '../../kernels/region/histogram.ts'
import { RegionState } from '../../kernels/region/layout.ts'
import type { Region } from '../../kernels/region/region.ts'
import { assembleStorage } from '../../kernels/storage/assemble.ts'
import { WrittenProbe } from '../../kernels/storage/latency-probe.ts'
import { durabilityOf, openJournal } from '../../kernels/storage/open-journal.ts'
import { StorageHost } from '../../kernels/storage/storage-host.ts'
import { assembleStrategy } from '../../kernels/strategy/assemble.ts'
import { openSnapshotStore, startSnapshots } from '../../kernels/strategy/snapshots.ts'
import { StrategyHost } from '../../kernels/strategy/strategy-host.ts'
import { DirectJournalSink } from '../../storage/journal/direct-sink.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import type { JournalAlarm, JournalWatch } from '../supervisor/journal-watch.ts'
import type { KernelRegions, KernelsRun } from './kernels-run.ts'
import type { SessionPlan } from './session-plan.ts'

/** Rounds between two looks at the disk's free space, of which the watch takes one a second. */
const ROUNDS_PER_LOOK = 64
/** Rounds between two looks at the event loop: progress, and the user's wish to stop. */
const ROUNDS_PER_BREATH = 2048

/** How a one-thread run takes turns; any order gives the same decisions. */
export interface InlineOptions {
  readonly rings: RingSizes
  readonly signal: AbortSignal
  readonly onWarning: (line: string) => void
  readonly onTick: (regions: KernelRegions) => void
  /** The watch over its journal, as in the other layout. */
  readonly journal: JournalWatch
}

/** Ends the session in order when the watch over the journal says so, as a supervisor would. */
class InlineHalt {
  reason: XkError | undefined
  readonly #options: InlineOptions
  readonly #io: IoHost
  /** [0] begin and [1] end of a step of the storage kernel, in ns. */
  readonly #times = new Float64Array(2)
  readonly #clock: HostClock

  constructor(options: InlineOptions, io: IoHost, clock: HostClock) {
    this.#options = options
    this.#io = io
    this.#clock = clock
  }

  look(): void {
    this.#heed(this.#options.journal.look(undefined, performance.now()))
  }

  /** Lets the storage kernel step; a write that stands still holds up all three. */
  stepStorage(storage: StorageHost, budget: number): number {
    this.#clock.readInto(this.#times, 0)
    const done = storage.step(budget)
    this.#clock.readInto(this.#times, 1)
    this.#heed(this.#options.journal.noteBlocked((this.#times[1]! - this.#times[0]!) / 1e6))
    return done
  }

  #heed(alarm: JournalAlarm | undefined): void {
    if (alarm === undefined || this.reason !== undefined) return
    this.#options.onWarning(alarm.warning)
    if (alarm.halt === undefined) return
    this.reason = alarm.halt
    this.#io.endEarly()
  }
}

/**
 * The three kernels on one thread, stepped in turn over rings on the heap: the layout of backtests, and the one in
 * which a debugger sees everything. The journal is written by the same thread.
 */
export async function runInline(plan: SessionPlan, options: InlineOptions): Promise<KernelsRun> {
  const regions = {
    io: createHeapRegion('io', options.rings),
    strategy: createHeapRegion('strategy', options.rings),
    storage: createHeapRegion('storage', options.rings),
  }
  const membership = new Int32Array(Membership.Count).fill(1)
  const control = new Int32Array(ControlWord.Count)
  const clock = new HostClock()
  const source = openMarket(plan.io, false)
  const { writer, recovered } = openJournal(plan.storage)
  const durability = durabilityOf(plan.storage)
  const sink = new DirectJournalSink(writer, durability, () => monotonicNs() / 1000)
  const io = assembleIo(plan.io, source, { ...regions, membership }, clock)
  const strategy = assembleStrategy(plan.strategy, { ...regions, membership }, clock)
  const store = openSnapshotStore(new FileStorage(plan.strategy.journalPath), plan.strategy)
  startSnapshots(strategy, plan.strategy, store, clock, (reason) => options.onWarning(`no more snapshots: ${reason}`))
  const storage = assembleStorage(regions, sink, recovered, durability)
  const ioHost = new IoHost(io, source, regions.strategy, control)
  const strategyHost = new StrategyHost(strategy, regions.io, control)
  const written = new Histogram(regions.storage.buffer, regions.storage.offsetOf('hop.written'))
  const probe = new WrittenProbe(regions.io.viewDoubles('stamps'), clock, written)
  const storageHost = new StorageHost(storage, regions.io, regions.strategy, control, probe)
  const halt = new InlineHalt(options, ioHost, clock)
  const garbage = new GarbageWatch()
  for (let round = 1; !isOver(regions.storage); round++) {
    if (!isOver(regions.io) && ioHost.step(plan.io.stepBudget) === 0 && ioHost.isFinished) end(regions.io)
    if (!isOver(regions.strategy) && strategyHost.step(plan.strategy.stepBudget) === 0 && strategyHost.isFinished) {
      end(regions.strategy)
    }
    if (halt.stepStorage(storageHost, plan.storage.stepBudget) === 0 && storageHost.isFinished) end(regions.storage)
    if (round % ROUNDS_PER_LOOK === 1) halt.look()
    if (round % ROUNDS_PER_BREATH === 0) {
      options.onTick(regions)
      await setImmediate()
      if (options.signal.aborted) ioHost.endEarly()
    }
  }
  const { collections: garbageCollections, heapGrowthBytes } = garbage.stop()
  storage.kernel.close()
  source.close()
  const seat = {
    pid: process.pid,
    core: null,
    policy: 'other',
    garbageCollections,
    heapGrowthBytes,
    restarts: 0,
    ending: 'finished',
  }
  return {
    regions,
    seats: { io: seat, strategy: seat, storage: seat },
    io: ioHost.report(),
    strategy: strategyHost.report(),
    storage: storageHost.report(),
    wasInterrupted: options.signal.aborted,
    standby: undefined,
    stalls: { count: options.journal.storage.stalls, longestMs: Math.round(options.journal.storage.longestMs) },
    failure: halt.reason,
  }
}

function isOver(region: Region): boolean {
  return region.state === RegionState.Stopped
}

function end(region: Region): void {
  region.state = RegionState.Stopped
}
