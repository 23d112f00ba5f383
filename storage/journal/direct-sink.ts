import type { BatchBuffer } from './batch-buffer.ts'
import { CommitSchedule, type Durability, type MonotonicClockUs } from './commit-schedule.ts'
import { JournalIoError } from './errors.ts'
import type { JournalSink } from './sink.ts'
import type { JournalWriter } from './writer.ts'

/** Writes in the caller's thread: for the one-thread layout and for tests. A batch is written when `trySubmit` returns. */
export class DirectJournalSink implements JournalSink {
  readonly payloadBytesMax: number
  readonly progress: Float64Array
  readonly #writer: JournalWriter
  readonly #schedule: CommitSchedule
  #written = 0

  /** @param clock only `group` durability reads it */
  constructor(writer: JournalWriter, durability: Durability, clock: MonotonicClockUs) {
    this.#writer = writer
    this.#schedule = new CommitSchedule(writer, durability, clock)
    this.payloadBytesMax = writer.payloadBytesMax
    this.progress = writer.progress
  }

  get failure(): JournalIoError | undefined {
    return this.#writer.failure
  }

  trySubmit(batch: BatchBuffer): boolean {
    if (this.#writer.failure !== undefined) return false
    try {
      const { views, stream, payloadBytes, recordCount, lastAt } = batch
      this.#writer.append(views, 0, stream, payloadBytes, recordCount, lastAt)
      this.#written = (this.#written + 1) | 0
      this.#schedule.settle()
    } catch (error) {
      if (!(error instanceof JournalIoError)) throw error
      return false
    }
    return true
  }

  writtenCount(): number {
    return this.#written
  }

  poll(): boolean {
    if (this.#writer.failure !== undefined) return false
    try {
      return this.#schedule.settle()
    } catch (error) {
      if (!(error instanceof JournalIoError)) throw error
      return false
    }
  }

  close(): void {
    this.#writer.close()
  }
}
