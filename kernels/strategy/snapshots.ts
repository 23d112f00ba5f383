import type { SegmentStorage } from '../../storage/journal/segment-storage.ts'
import { SnapshotStore } from '../../storage/snapshot/snapshot-store.ts'
import { crc32c } from '../host/crc32c.ts'
import type { NanoClock } from '../loop/host-clock.ts'
import { StrategyCounterSlot } from '../loop/regions.ts'
import { SnapshotBarrier, STATE_BYTES_MAX } from '../loop/snapshot-barrier.ts'
import { CATALOGUE_VERSION } from '../records/catalogue.ts'
import { StateSaver } from '../records/state-archive.ts'
import type { StrategyAssembly } from './assemble.ts'
import { PluginLoadError } from './errors.ts'
import { describeThrown } from './load.ts'
import type { StrategyKernelConfig } from './strategy-config.ts'
import type { StrategyKernel } from './strategy-kernel.ts'

/** The snapshots of the kernels of a configuration: another code, parameter or limit has none of them. */
export function openSnapshotStore(journal: SegmentStorage, config: StrategyKernelConfig): SnapshotStore {
  const { bundles, params, seed, instrumentsMax, bookOrdersMax, openOrdersMax } = config
  const code = bundles.map(({ digest }) => digest)
  const facts = { CATALOGUE_VERSION, code, params, seed, instrumentsMax, bookOrdersMax, openOrdersMax }
  const text = new TextEncoder().encode(JSON.stringify(facts))
  return new SnapshotStore(journal, 'strategy', crc32c(text, 0, text.length))
}

/**
 * Lets a kernel take snapshots, if its configuration wants any.
 * @param onFailure told once when one could not be made: there will be no more
 * @throws PluginLoadError when a strategy's state could not be kept
 */
export function startSnapshots(
  { kernel, stepper, counters }: Pick<StrategyAssembly, 'kernel' | 'stepper' | 'counters'>,
  config: StrategyKernelConfig,
  store: SnapshotStore,
  clock: NanoClock,
  onFailure: (reason: string) => void,
): void {
  const { everyRecords, pauseMsMax } = config.snapshots
  if (everyRecords === 0) return
  assertArchivable(kernel)
  const { snapshots: taken, snapshotBytes: bytes, snapshotPauseNs: pauseNs } = StrategyCounterSlot
  const slots = { taken, bytes, pauseNs }
  stepper.barrier = new SnapshotBarrier(
    { store, everyRecords, pauseMsMax, clock, counters, slots, onFailure },
    kernel.lastSequence,
  )
}

/** Refuses strategies whose state could not be kept, before the session begins. @throws PluginLoadError */
function assertArchivable(kernel: StrategyKernel): void {
  for (const strategy of kernel.strategies) {
    try {
      strategy.archive(new StateSaver(STATE_BYTES_MAX))
    } catch (error) {
      const what = `the state of strategy ${strategy.name} cannot be kept in snapshots: ${describeThrown(error)}`
      const next = 'keep plain data in it (see docs/recovery.md), or run without: --set snapshots.everyRecords=0'
      throw new PluginLoadError(what, strategy.loaded.bundle.path, next, error)
    }
  }
}
