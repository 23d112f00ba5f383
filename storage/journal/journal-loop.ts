import { CommitSchedule, type Durability, type MonotonicClockUs } from './commit-schedule.ts'
import { errnoNameOf, JournalIoError, JournalOperation } from './errors.ts'
import { StagedBatch, type Staging, StagingConsumer, StagingWord, ThreadState } from './staging.ts'
import type { JournalWriter } from './writer.ts'

/** Batches written before the schedule is asked whether a sync is due … */
const BURST_BATCHES_MAX = 64
/** … or bytes, where syncs go on beside the writing: about what a disk takes in a millisecond. */
const GROUP_BURST_BYTES_MAX = 1024 * 1024

/** What the journal thread does: writes staged batches, syncs by schedule, publishes what became of them. */
export class JournalLoop {
  readonly #staging: Staging
  readonly #writer: JournalWriter
  readonly #consumer: StagingConsumer
  readonly #schedule: CommitSchedule
  readonly #burstBytesMax: number

  constructor(staging: Staging, writer: JournalWriter, durability: Durability, clock: MonotonicClockUs) {
    this.#staging = staging
    this.#writer = writer
    this.#consumer = new StagingConsumer(staging)
    this.#schedule = new CommitSchedule(writer, durability, clock)
    this.#burstBytesMax = durability.mode === 'group' ? GROUP_BURST_BYTES_MAX : Number.POSITIVE_INFINITY
  }

  /** Runs until a stop is asked for and everything staged is written, or until the system refuses. Never throws. */
  run(): void {
    const { control } = this.#staging
    try {
      for (;;) {
        const wake = this.#consumer.wakes()
        const isStopping = Atomics.load(control, StagingWord.Stop) === 1
        const wrote = this.drain()
        this.#schedule.settle()
        if (wrote > 0) continue
        if (isStopping) break
        this.#consumer.wait(wake, this.#schedule.waitMs())
      }
      this.#writer.close()
      publishState(this.#staging, ThreadState.Closed)
    } catch (error) {
      publishFailure(this.#staging, error)
    }
  }

  /** Writes what is staged, a burst at most. @returns batches written @throws JournalIoError */
  drain(): number {
    const { control, data } = this.#staging
    let written = 0
    let bytes = 0
    while (written < BURST_BATCHES_MAX && bytes < this.#burstBytesMax) {
      const at = this.#consumer.next()
      if (at < 0) break
      const payloadBytes = data.i32[(at + StagedBatch.PayloadBytes) >> 2]!
      const recordCount = data.i32[(at + StagedBatch.RecordCount) >> 2]!
      const stream = data.i32[(at + StagedBatch.Stream) >> 2]!
      const lastAt = at + data.i32[(at + StagedBatch.LastAt) >> 2]!
      this.#writer.append(data, at, stream, payloadBytes, recordCount, lastAt)
      Atomics.add(control, StagingWord.Written, 1)
      this.#consumer.release(payloadBytes)
      bytes += payloadBytes
      written++
    }
    return written
  }
}

function publishState(staging: Staging, state: ThreadState): void {
  Atomics.store(staging.control, StagingWord.State, state)
  Atomics.notify(staging.control, StagingWord.State)
}

/** Publishes why the thread ends: for the kernel, which cannot receive messages. */
export function publishFailure(staging: Staging, error: unknown): void {
  const isTyped = error instanceof JournalIoError
  const operation = isTyped ? error.operation : JournalOperation.None
  const where = isTyped ? (error.where ?? '') : String(error)
  staging.writeRefusal(operation, isTyped ? error.errnoName : errnoNameOf(error), where)
  publishState(staging, ThreadState.Failed)
}
