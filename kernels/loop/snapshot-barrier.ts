import type { SnapshotStore } from '../../storage/snapshot/snapshot-store.ts'
import { type StateArchive, StateArchiveError, StateLoader, StateSaver } from '../records/state-archive.ts'
import type { NanoClock } from './host-clock.ts'

/** Most bytes of a state: a full day's books of all stocks fit several times. */
export const STATE_BYTES_MAX = 1 << 30

/** A kernel whose state can be kept between two inbound records. */
export interface Archived {
  /** [0]: sequence of the last inbound record. */
  readonly facts: Float64Array
  /** Sequence of the last outbound record that the state answers for. */
  readonly lastOutbound: number
  archive(archive: StateArchive): void
}

/** How a kernel's snapshots are taken; plain data that crosses to its process as JSON. */
export interface SnapshotConfig {
  /** Inbound records between two snapshots; 0 for none. */
  readonly everyRecords: number
  readonly pauseMsMax: number
}

export interface SnapshotParts extends SnapshotConfig {
  readonly store: SnapshotStore
  readonly clock: NanoClock
  /** The kernel's counters, and its slots for snapshots taken, size of the last in bytes, longest pause in ns. */
  readonly counters: Float64Array
  readonly slots: { readonly taken: number; readonly bytes: number; readonly pauseNs: number }
  /** Told once when a snapshot could not be made: there will be no more. */
  readonly onFailure: (reason: string) => void
}

/**
 * Takes snapshots of a kernel at barriers: the first record of a sequence at or beyond each multiple of `everyRecords`. No
 * record marks them, so they are the same in every run and every kernel, and nothing else has to stop.
 *
 * Bound: the time that one takes, during which the kernel handles nothing; policy: after one that took longer than
 * `pauseMsMax` the next come at twice the distance.
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

  /** Whether a kernel that has handled the record of sequence `facts[0]` stands at a barrier. */
  isDue(facts: Float64Array): boolean {
    return facts[0]! >= this.#slots[0]!
  }

  #schedule(sequence: number): void {
    const distance = this.#slots[1]!
    this.#slots[0] = (Math.floor(sequence / distance) + 1) * distance
  }

  take(kernel: Archived): void {
    const { store, clock, counters, slots: counterOf, pauseMsMax, onFailure } = this.#parts
    const slots = this.#slots
    clock.readInto(slots, 2)
    try {
      this.#saver.reset()
      kernel.archive(this.#saver)
      store.write({ inboundSequence: kernel.facts[0]!, outboundSequence: kernel.lastOutbound }, this.#saver.bytes)
    } catch (error) {
      slots[0] = Number.POSITIVE_INFINITY
      onFailure(error instanceof Error ? error.message : String(error))
      return
    }
    clock.readInto(slots, 3)
    const pauseNs = slots[3]! - slots[2]!
    counters[counterOf.taken]!++
    counters[counterOf.bytes] = this.#saver.usedBytes
    if (pauseNs > counters[counterOf.pauseNs]!) counters[counterOf.pauseNs] = pauseNs
    if (pauseNs > pauseMsMax * 1e6) slots[1]! *= 2
    this.#schedule(kernel.facts[0]!)
  }
}

/**
 * Gives a fresh kernel the state of a snapshot.
 * @throws StateArchiveError when the state is not one of this kernel; the kernel is then of no use
 */
export function restoreKernel(kernel: Pick<Archived, 'archive'>, payload: Uint8Array): void {
  const loader = new StateLoader(payload)
  try {
    kernel.archive(loader)
  } catch (cause) {
    throw new StateArchiveError(cause instanceof Error ? cause.message : String(cause))
  }
  if (!loader.isAtEnd) throw new StateArchiveError('the saved state goes on where this kernel expects its end')
}
