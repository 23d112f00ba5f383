import type { JournalWriter } from './writer.ts'

/**
 * When written batches are made durable.
 * - `async`: when a segment is full and when the journal is closed.
 * - `group`: at most `maxDelayUs` after the oldest batch that is not durable was written; many batches share one sync.
 * - `sync`: after every burst of batches, before anything else is done.
 */
export type Durability =
  | { readonly mode: 'async' }
  | { readonly mode: 'group'; readonly maxDelayUs: number }
  | { readonly mode: 'sync' }

/** Monotonic microseconds; injected so that tests and virtual time own it. */
export type MonotonicClockUs = () => number

/** Decides when a writer syncs; the caller runs it between bursts of batches. */
export class CommitSchedule {
  readonly #writer: JournalWriter
  readonly #durability: Durability
  readonly #clock: MonotonicClockUs
  /** Clock at the first batch that no sync was begun for. */
  #oldestUs = -1

  constructor(writer: JournalWriter, durability: Durability, clock: MonotonicClockUs) {
    this.#writer = writer
    this.#durability = durability
    this.#clock = clock
  }

  /**
   * Call after a burst of batches, when `waitMs` is over, and when a sync beside the writer is.
   * @returns whether it synced, or began to @throws JournalIoError
   */
  settle(): boolean {
    const { mode } = this.#durability
    if (mode === 'async') return false
    const isSettled = this.#writer.settleSync()
    if (!this.#writer.hasUnsynced) {
      this.#oldestUs = -1
      return isSettled
    }
    if (mode === 'sync') this.#writer.sync()
    else if (!this.#tryBegin(this.#durability.maxDelayUs)) return isSettled
    this.#oldestUs = -1
    return true
  }

  #tryBegin(maxDelayUs: number): boolean {
    const nowUs = this.#clock()
    if (this.#oldestUs < 0) this.#oldestUs = nowUs
    if (this.#writer.isSyncing || nowUs - this.#oldestUs < maxDelayUs) return false
    this.#writer.beginSync()
    return true
  }

  /** Milliseconds until `settle` is due, `Infinity` while nothing is unsynced or the end of a sync comes first. */
  waitMs(): number {
    if (this.#durability.mode !== 'group' || this.#oldestUs < 0 || this.#writer.isSyncing) {
      return Number.POSITIVE_INFINITY
    }
    return Math.max(0, (this.#oldestUs + this.#durability.maxDelayUs - this.#clock()) / 1000)
  }
}
