import type { SnapshotStore, SnapshotWriting } from '../../storage/snapshot/snapshot-store.ts'
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
 * record marks them, so they are the same in every run and every kernel, and nothing else has to stop. The state is copied at
 * the barrier, and its file written piece by piece while the kernel goes on.
 *
 * Bound: the time of the copy and of each piece, during which the kernel handles nothing; policy: after one that took longer
 * than `pauseMsMax` the next snapshots come at twice the distance. A snapshot that is still being written at the next barrier
 * is finished there.
 */
export class SnapshotBarrier {
  readonly #parts: SnapshotParts
  readonly #saver = new StateSaver(STATE_BYTES_MAX)
  /** [0] sequence of the next barrier, [1] distance, [2] and [3] begin and end of the pause, in ns. */
  readonly #slots = new Float64Array(4)
  #writing: SnapshotWriting | undefined
  /** Whether the distance has been doubled for the latest snapshot. */
  #isWidened = false

  /** @param fromSequence the last record that the kernel has handled already */
  constructor(parts: SnapshotParts, fromSequence = 0) {
    this.#parts = parts
    this.#slots[1] = parts.everyRecords
    this.#schedule(fromSequence)
  }

  /**
   * Goes on with the snapshot that is being written, if there is one.
   * @returns whether a kernel that has handled the record of sequence `facts[0]` stands at a barrier
   */
  advance(facts: Float64Array): boolean {
    if (this.#writing !== undefined) this.#measured(() => this.#proceed())
    return facts[0]! >= this.#slots[0]!
  }

  /** Takes a snapshot of a kernel at a barrier: copies its state, and begins to write it. */
  take(kernel: Archived): void {
    this.finish()
    if (this.#slots[0] === Number.POSITIVE_INFINITY) return
    this.#isWidened = false
    this.#measured(() => {
      this.#saver.reset()
      kernel.archive(this.#saver)
      const place = { inboundSequence: kernel.facts[0]!, outboundSequence: kernel.lastOutbound }
      this.#writing = this.#parts.store.begin(place, this.#saver.bytes)
      this.#proceed()
      this.#schedule(kernel.facts[0]!)
    })
  }

  /** Writes what is left of the snapshot that is being written. */
  finish(): void {
    while (this.#writing !== undefined) this.#measured(() => this.#proceed())
  }

  #schedule(sequence: number): void {
    const distance = this.#slots[1]!
    this.#slots[0] = (Math.floor(sequence / distance) + 1) * distance
  }

  #proceed(): void {
    if (!this.#writing!.proceed()) return
    const { counters, slots: counterOf } = this.#parts
    this.#writing = undefined
    counters[counterOf.taken]!++
    counters[counterOf.bytes] = this.#saver.usedBytes
  }

  /** Does one thing that the kernel waits for. A failure ends the snapshots. */
  #measured(work: () => void): void {
    const { clock, counters, slots: counterOf, pauseMsMax, onFailure } = this.#parts
    const slots = this.#slots
    clock.readInto(slots, 2)
    try {
      work()
    } catch (error) {
      slots[0] = Number.POSITIVE_INFINITY
      this.#writing = undefined
      onFailure(error instanceof Error ? error.message : String(error))
      return
    }
    clock.readInto(slots, 3)
    const pauseNs = slots[3]! - slots[2]!
    if (pauseNs > counters[counterOf.pauseNs]!) counters[counterOf.pauseNs] = pauseNs
    if (pauseNs <= pauseMsMax * 1e6 || this.#isWidened) return
    this.#isWidened = true
    slots[1]! *= 2
    slots[0] = Math.ceil(slots[0]! / slots[1]!) * slots[1]!
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
