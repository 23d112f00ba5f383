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
  /** Clock at the first unsynced batch. */
  #oldestUs = -1

  constructor(writer: JournalWriter, durability: Durability, clock: MonotonicClockUs) {
    this.#writer = writer
    this.#durability = durability
    this.#clock = clock
  }

  /** Call after a burst of batches, and when `waitMs` is over. @returns whether it synced @throws JournalIoError */
  settle(): boolean {
    if (this.#durability.mode === 'async') return false
    if (!this.#writer.hasUnsynced) {
      this.#oldestUs = -1
      return false
    }
    if (this.#durability.mode === 'group') {
      const nowUs = this.#clock()
      if (this.#oldestUs < 0) this.#oldestUs = nowUs
      if (nowUs - this.#oldestUs < this.#durability.maxDelayUs) return false
    }
    this.#writer.sync()
    this.#oldestUs = -1
    return true
  }

  /** Milliseconds until `settle` is due, `Infinity` while nothing is unsynced. */
  waitMs(): number {
    if (this.#durability.mode !== 'group' || this.#oldestUs < 0) return Number.POSITIVE_INFINITY
    return Math.max(0, (this.#oldestUs + this.#durability.maxDelayUs - this.#clock()) / 1000)
  }
}
