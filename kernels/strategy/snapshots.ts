import type { SegmentStorage } from '../../storage/journal/segment-storage.ts'
import { SnapshotStore } from '../../storage/snapshot/snapshot-store.ts'
import { crc32c } from '../host/crc32c.ts'
import type { NanoClock } from '../loop/host-clock.ts'
import { StrategyCounterSlot } from '../loop/regions.ts'
import { CATALOGUE_VERSION } from '../records/catalogue.ts'
import { StateArchiveError, StateLoader, StateSaver } from '../records/state-archive.ts'
import type { StrategyAssembly } from './assemble.ts'
import { PluginLoadError } from './errors.ts'
import { describeThrown } from './load.ts'
import type { StrategyKernelConfig } from './strategy-config.ts'
import type { StrategyKernel } from './strategy-kernel.ts'

/** Most bytes of a state: a full day's books of all stocks fit several times. */
const STATE_BYTES_MAX = 1 << 30

export interface SnapshotParts {
  readonly store: SnapshotStore
  readonly everyRecords: number
  /** A snapshot that took longer doubles the distance to the next. */
  readonly pauseMsMax: number
  readonly clock: NanoClock
  /** The strategy kernel's counters. */
  readonly counters: Float64Array
  /** Told once when a snapshot could not be made: there will be no more. */
  readonly onFailure: (reason: string) => void
}

/**
 * Takes snapshots of a strategy kernel at barriers: the first record of a sequence at or beyond each multiple of `everyRecords`.
 * No record marks them, so they are the same in every run, and nothing else has to stop.
 *
 * Bound: the time that one takes, during which the kernel handles nothing; policy: after one that took longer the next come at twice
 * the distance.
 */
export class SnapshotBarrier {
  readonly #parts: SnapshotParts
  readonly #saver = new StateSaver(STATE_BYTES_MAX)
  /** [0] sequence of the next barrier, [1] distance, [2] and [3] begin and end of the pause, in ns. */
  readonly #slots = new Float64Array(4)

  /** @param fromSequence the last record that the kernel has handled already */
  constructor(parts: SnapshotParts, fromSequence = 0) {
    this.#parts = parts
    this.#slots[1] = parts.everyRecords
    this.#schedule(fromSequence)
  }

  /** A record is handled and what it caused is published. */
  note(kernel: StrategyKernel): void {
    if (kernel.facts[0]! >= this.#slots[0]!) this.#take(kernel)
  }

  #schedule(sequence: number): void {
    const distance = this.#slots[1]!
    this.#slots[0] = (Math.floor(sequence / distance) + 1) * distance
  }

  #take(kernel: StrategyKernel): void {
    const { store, clock, counters, pauseMsMax, onFailure } = this.#parts
    const slots = this.#slots
    clock.readInto(slots, 2)
    try {
      this.#saver.reset()
      kernel.archive(this.#saver)
      const place = { inboundSequence: kernel.lastSequence, outboundSequence: kernel.outbound.sequence[0]! }
      store.write(place, this.#saver.bytes)
    } catch (error) {
      slots[0] = Number.POSITIVE_INFINITY
      onFailure(error instanceof Error ? error.message : String(error))
      return
    }
    clock.readInto(slots, 3)
    const pauseNs = slots[3]! - slots[2]!
    counters[StrategyCounterSlot.snapshots]!++
    counters[StrategyCounterSlot.snapshotBytes] = this.#saver.usedBytes
    if (pauseNs > counters[StrategyCounterSlot.snapshotPauseNs]!)
      counters[StrategyCounterSlot.snapshotPauseNs] = pauseNs
    if (pauseNs > pauseMsMax * 1e6) slots[1]! *= 2
    this.#schedule(kernel.lastSequence)
  }
}

/** How a kernel's snapshots are taken; plain data that crosses to its process as JSON. */
export interface SnapshotConfig {
  /** Inbound records between two snapshots; 0 for none. */
  readonly everyRecords: number
  readonly pauseMsMax: number
}

/** The snapshots of the kernels of a configuration: another code, parameter or limit has none of them. */
export function openSnapshotStore(journal: SegmentStorage, config: StrategyKernelConfig): SnapshotStore {
  const { bundles, params, seed, instrumentsMax, bookOrdersMax, openOrdersMax } = config
  const code = bundles.map(({ digest }) => digest)
  const facts = { CATALOGUE_VERSION, code, params, seed, instrumentsMax, bookOrdersMax, openOrdersMax }
  const text = new TextEncoder().encode(JSON.stringify(facts))
  return new SnapshotStore(journal, crc32c(text, 0, text.length))
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
  stepper.barrier = new SnapshotBarrier(
    { store, everyRecords, pauseMsMax, clock, counters, onFailure },
    kernel.lastSequence,
  )
}

/**
 * Gives a fresh kernel the state of a snapshot.
 * @throws StateArchiveError when the state is not one of this kernel; the kernel is then of no use
 */
export function restoreKernel(kernel: StrategyKernel, payload: Uint8Array): void {
  const loader = new StateLoader(payload)
  try {
    kernel.archive(loader)
  } catch (cause) {
    throw new StateArchiveError(cause instanceof Error ? cause.message : String(cause))
  }
  if (!loader.isAtEnd) throw new StateArchiveError('the saved state goes on where this kernel expects its end')
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
