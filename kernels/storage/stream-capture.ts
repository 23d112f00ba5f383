import { BatchBuffer } from '../../storage/journal/batch-buffer.ts'
import { JournalUsageError } from '../../storage/journal/errors.ts'
import type { JournalStream } from '../../storage/journal/layout.ts'
import type { JournalSink } from '../../storage/journal/sink.ts'
import type { RecordDigest } from '../records/canonical.ts'
import { Header, RECORD_BYTES_MAX } from '../records/catalogue.ts'
import type { RecordViews } from '../records/views.ts'

/** What the storage kernel needs of a ring's consumer; `RingConsumer` has it. */
export interface StorageRing {
  readonly views: RecordViews
  /** Offset of the next record in `views`, or -1. */
  next(): number
  /** Where the next record will be read, in words modulo 2^32. */
  position(): number
  /** Gives back what lies before a position. */
  releaseTo(position: number): void
}

/** Batches that may be on their way at once; beyond it nothing more is submitted, and the ring holds what comes. */
const IN_FLIGHT_MAX = 1024

/**
 * One ring on its way into the journal: copies runs of records into a batch, submits it, and gives the ring's bytes back only when
 * the batch is written, so that a killed storage process finds again whatever its journal lacks.
 */
export class StreamCapture {
  readonly digest: RecordDigest
  /** [0]: sequence of the last record taken off the ring or found in the journal. */
  readonly captured = new Float64Array(1)
  /** Records skipped because the journal had them. */
  skippedRecords = 0
  readonly #ring: StorageRing
  readonly #sink: JournalSink
  readonly #batch: BatchBuffer
  /** In flight, oldest first, as a ring: sink's count at which the batch is written, ring position to release then. */
  readonly #flightCounts = new Int32Array(IN_FLIGHT_MAX)
  readonly #flightPositions = new Int32Array(IN_FLIGHT_MAX)
  #flightHead = 0
  #flightTail = 0
  #isResuming = true
  /** The run being gathered: records that lie one after the other on the ring. */
  #runAt = 0
  #runEnd = 0
  #runRecords = 0
  #runLastAt = 0

  /**
   * @param lastSequence sequence of the stream's last record in the journal, 0 for none
   * @param digest over the records in the journal so far
   */
  constructor(stream: JournalStream, ring: StorageRing, sink: JournalSink, lastSequence: number, digest: RecordDigest) {
    this.digest = digest
    this.captured[0] = lastSequence
    this.#ring = ring
    this.#sink = sink
    this.#batch = new BatchBuffer(stream, sink.payloadBytesMax)
  }

  /** Bytes gathered and not submitted. */
  get gatheredBytes(): number {
    return this.#batch.payloadBytes
  }

  /** Whether batches are submitted that were not seen written yet. */
  get hasInFlight(): boolean {
    return this.#flightHead !== this.#flightTail
  }

  /** Copies at most `budget` records off the ring. @returns how many were taken */
  gather(budget: number): number {
    const views = this.#ring.views
    let taken = 0
    while (taken < budget) {
      if (!this.#batch.hasRoom(this.#runEnd - this.#runAt + RECORD_BYTES_MAX)) break
      const at = this.#ring.next()
      if (at < 0) break
      taken++
      if (!(views.f64[(at + Header.Sequence) >> 3]! > this.captured[0]!)) {
        this.#skip()
        continue
      }
      this.#isResuming = false
      if (at !== this.#runEnd) {
        this.#endRun()
        this.#runAt = at
      }
      this.#runEnd = at + views.i32[(at + Header.Length) >> 2]!
      this.#runLastAt = at
      this.#runRecords++
      this.captured[0] = views.f64[(at + Header.Sequence) >> 3]!
    }
    this.#endRun()
    return taken
  }

  /** Hands the gathered batch over. @param submitted the sink's count of batches, this one included @returns whether it went */
  submit(submitted: number): boolean {
    const next = (this.#flightTail + 1) & (IN_FLIGHT_MAX - 1)
    if (this.#batch.payloadBytes === 0 || next === this.#flightHead) return false
    if (!this.#sink.trySubmit(this.#batch)) return false
    this.#batch.reset()
    this.#flightCounts[this.#flightTail] = submitted
    this.#flightPositions[this.#flightTail] = this.#ring.position()
    this.#flightTail = next
    return true
  }

  /** Gives the ring back what is written. @returns batches seen written */
  release(writtenCount: number): number {
    let seen = 0
    let position = 0
    while (this.#flightHead !== this.#flightTail) {
      if (((writtenCount - this.#flightCounts[this.#flightHead]!) | 0) < 0) break
      position = this.#flightPositions[this.#flightHead]!
      this.#flightHead = (this.#flightHead + 1) & (IN_FLIGHT_MAX - 1)
      seen++
    }
    if (seen > 0) this.#ring.releaseTo(position)
    return seen
  }

  /** Records that the journal has already: only right after a restart, before the first new one. */
  #skip(): void {
    if (!this.#isResuming) throw new JournalUsageError(`a ring goes back from sequence ${this.captured[0]}`)
    this.skippedRecords++
    this.#ring.releaseTo(this.#ring.position())
  }

  #endRun(): void {
    const bytes = this.#runEnd - this.#runAt
    if (this.#runRecords > 0) {
      this.#batch.append(this.#ring.views, this.#runAt, bytes, this.#runRecords, this.#runLastAt)
      this.digest.updateRun(this.#ring.views, this.#runAt, bytes, this.#runRecords)
    }
    this.#runRecords = 0
    this.#runAt = 0
    this.#runEnd = 0
  }
}
