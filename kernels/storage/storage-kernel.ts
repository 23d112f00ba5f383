import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalProgress } from '../../storage/journal/progress.ts'
import type { JournalSink } from '../../storage/journal/sink.ts'
import { StoragePosition, StorageState } from '../loop/storage-positions.ts'
import type { RecordDigest } from '../records/canonical.ts'
import { type StorageRing, StreamCapture } from './stream-capture.ts'

/** What recovery found in the journal; a `JournalScan` with digests has it. */
export interface RecoveredJournal {
  readonly inboundDigest: RecordDigest
  readonly outboundDigest: RecordDigest
  readonly tail: { readonly lastSequence: Float64Array }
}

export interface StorageKernelOptions {
  readonly sink: JournalSink
  /** Consumer of the I/O kernel's ring, standing at the first record that was not released. */
  readonly inbound: StorageRing
  /** Consumer of the strategy kernel's ring. */
  readonly outbound: StorageRing
  readonly recovered: RecoveredJournal
  /** `StoragePosition.Slots` doubles, usually in the storage kernel's region. */
  readonly positions: Float64Array
  /** A batch is submitted from this size on … */
  readonly batchBytesMin?: number
  /** … or after so many steps, so that a quiet ring or a small one is never held up. 0 submits at the end of every step. */
  readonly lingerSteps?: number
}

/**
 * The storage kernel's step: drains both rings into journal batches and publishes the three positions. The same in every layout;
 * only the sink differs. Bound: the sink's room and the batches in flight; policy: the rings keep what does not fit, and their
 * producers feel it.
 */
export class StorageKernel {
  readonly positions: Float64Array
  readonly #sink: JournalSink
  readonly #inbound: StreamCapture
  readonly #outbound: StreamCapture
  readonly #batchBytesMin: number
  readonly #lingerSteps: number
  #submitted: number
  #lingered = 0

  constructor(options: StorageKernelOptions) {
    const { sink, recovered } = options
    this.positions = options.positions
    this.#sink = sink
    this.#batchBytesMin = Math.min(options.batchBytesMin ?? 0, sink.payloadBytesMax >> 1)
    this.#lingerSteps = options.lingerSteps ?? 0
    this.#submitted = sink.writtenCount()
    const { Inbound, Outbound } = JournalStream
    const last = recovered.tail.lastSequence
    this.#inbound = new StreamCapture(Inbound, options.inbound, sink, last[Inbound]!, recovered.inboundDigest)
    this.#outbound = new StreamCapture(Outbound, options.outbound, sink, last[Outbound]!, recovered.outboundDigest)
    this.#publish()
  }

  /** Digest of all inbound records captured, those recovered from the journal included. */
  get inboundDigest(): RecordDigest {
    return this.#inbound.digest
  }

  get outboundDigest(): RecordDigest {
    return this.#outbound.digest
  }

  get state(): StorageState {
    return this.positions[StoragePosition.State]!
  }

  /** Whether something captured was not seen written yet: a host that waits should look again soon. */
  get hasPending(): boolean {
    return this.#gatheredBytes() > 0 || this.#inbound.hasInFlight || this.#outbound.hasInFlight
  }

  /**
   * Drains at most `budget` records of each ring, hands batches over, gives written bytes back to the rings. Never waits.
   * @returns work done: records taken and batches seen written; 0 once the journal has failed
   */
  step(budget: number): number {
    if (this.state !== StorageState.Running) return 0
    let work = this.#inbound.gather(budget) + this.#outbound.gather(budget)
    const gathered = this.#gatheredBytes()
    if (gathered > 0) {
      if (gathered >= this.#batchBytesMin || this.#lingered >= this.#lingerSteps) this.#submit()
      else {
        this.#lingered++
        work++
      }
    }
    if (this.#sink.poll()) work++
    work += this.#settle()
    return work
  }

  /** Hands over whatever was gathered. @returns whether everything captured is written; call again until it is, or failed */
  flush(): boolean {
    if (this.state !== StorageState.Running) return !this.hasPending
    this.#submit()
    this.#settle()
    return !this.hasPending
  }

  /** After `flush` is done: closes the journal in order. Waits for the disk. @throws JournalIoError */
  close(): void {
    try {
      this.#sink.close()
      this.positions[StoragePosition.State] = StorageState.Closed
    } finally {
      if (this.#sink.failure !== undefined) this.positions[StoragePosition.State] = StorageState.Failed
      this.#publish()
    }
  }

  #gatheredBytes(): number {
    return this.#inbound.gatheredBytes + this.#outbound.gatheredBytes
  }

  #submit(): void {
    if (this.#inbound.submit((this.#submitted + 1) | 0)) this.#submitted = (this.#submitted + 1) | 0
    if (this.#outbound.submit((this.#submitted + 1) | 0)) this.#submitted = (this.#submitted + 1) | 0
    if (this.#gatheredBytes() === 0) this.#lingered = 0
  }

  #settle(): number {
    const written = this.#sink.writtenCount()
    const seen = this.#inbound.release(written) + this.#outbound.release(written)
    if (this.#sink.failure !== undefined) this.positions[StoragePosition.State] = StorageState.Failed
    this.#publish()
    return seen
  }

  #publish(): void {
    const { positions } = this
    const { progress } = this.#sink
    positions[StoragePosition.CapturedInbound] = this.#inbound.captured[0]!
    positions[StoragePosition.CapturedOutbound] = this.#outbound.captured[0]!
    positions[StoragePosition.WrittenInbound] = progress[JournalProgress.WrittenInbound]!
    positions[StoragePosition.WrittenOutbound] = progress[JournalProgress.WrittenOutbound]!
    positions[StoragePosition.DurableInbound] = progress[JournalProgress.DurableInbound]!
    positions[StoragePosition.DurableOutbound] = progress[JournalProgress.DurableOutbound]!
    positions[StoragePosition.WrittenBytes] = progress[JournalProgress.WrittenBytes]!
    positions[StoragePosition.DurableBytes] = progress[JournalProgress.DurableBytes]!
    positions[StoragePosition.WrittenBatches] = progress[JournalProgress.WrittenBatches]!
    positions[StoragePosition.DurableBatches] = progress[JournalProgress.DurableBatches]!
    positions[StoragePosition.SegmentNumber] = progress[JournalProgress.SegmentNumber]!
    positions[StoragePosition.Syncs] = progress[JournalProgress.Syncs]!
    positions[StoragePosition.SkippedRecords] = this.#inbound.skippedRecords + this.#outbound.skippedRecords
  }
}
