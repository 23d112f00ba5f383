import { Header } from '../../kernels/records/catalogue.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import type { BackgroundSync } from './background-sync.ts'
import { sealBatch } from './batch-header.ts'
import { JournalCorruptError, JournalExistsError, type JournalIoError, JournalUsageError } from './errors.ts'
import { describeState, type JournalHandOver } from './hand-over.ts'
import {
  BATCH_PAYLOAD_BYTES_MAX,
  BatchHeader,
  FLAG_CLOSED,
  FLAG_SEALED,
  JournalStream,
  SEAL_MARK_BYTES,
  SEGMENT_BYTES_DEFAULT,
  SEGMENT_BYTES_MAX,
  SEGMENT_BYTES_MIN,
  SEGMENT_HEADER_BYTES,
  Seal,
  segmentName,
} from './layout.ts'
import { JournalProgress, publishDurable } from './progress.ts'
import { JournalScan, tailFile } from './recovery.ts'
import { encodeSeal } from './seal.ts'
import type { SealSigner } from './seal-key.ts'
import { SegmentAppender } from './segment-appender.ts'
import { encodeSegmentHeader, type JournalIdentity } from './segment-header.ts'
import { OwnSealer, type SegmentSealer } from './segment-sealer.ts'
import type { SegmentStorage } from './segment-storage.ts'
import { JournalTail, NO_SEAL } from './tail.ts'

export interface JournalWriterOptions {
  /** A journal that exists must have the same id and configuration: a restarted kernel's own, no other session's. */
  readonly identity: JournalIdentity
  /** Size of new segments, a multiple of 4096; an existing journal keeps its own. */
  readonly segmentBytes?: number
  /** Where progress is published; `JournalProgress.Slots` doubles. */
  readonly progress?: Float64Array
  /** Whether recovery computes the digests of the records that are there. */
  readonly digests?: boolean
  /** Signs the seals; without one they are not signed. */
  readonly signer?: SealSigner
  /** Computes the seals; without one the writer does. */
  readonly sealer?: SegmentSealer
  /** Syncs beside the writing; without one `beginSync` is `sync`. */
  readonly background?: BackgroundSync
}

/** What a writer that goes on is given anew: it does not cross between threads. */
export type ResumeOptions = Pick<JournalWriterOptions, 'progress' | 'signer' | 'sealer' | 'background'>

/** A writer, and what was found when its journal was opened. */
export interface OpenedJournal {
  readonly writer: JournalWriter
  readonly recovered: JournalScan
}

/**
 * The one writer of a journal, on blocking calls. `append` makes a batch *written*, `sync` makes all before it *durable*.
 * Any refusal of the system is final: the writer keeps the error, throws it again from every later call, and never retries.
 */
export class JournalWriter {
  readonly progress: Float64Array
  readonly identity: JournalIdentity
  readonly segmentBytes: number
  #isClosed: boolean
  readonly #appender: SegmentAppender
  readonly #writerEpoch: number
  readonly #tail = new JournalTail()
  readonly #signer: SealSigner | undefined
  readonly #sealer: SegmentSealer
  readonly #background: BackgroundSync | undefined
  /** Progress when the sync under way was begun. */
  readonly #begun = new Float64Array(JournalProgress.Slots)
  #isSyncing = false

  private constructor(storage: SegmentStorage, state: JournalHandOver, options: ResumeOptions) {
    this.#signer = options.signer
    this.#sealer = options.sealer ?? new OwnSealer()
    this.#background = options.background
    this.#appender = new SegmentAppender(storage)
    this.progress = options.progress ?? new Float64Array(JournalProgress.Slots)
    this.identity = state.identity
    this.segmentBytes = state.segmentBytes
    assertSegmentBytes(this.segmentBytes)
    this.#writerEpoch = state.writerEpoch
    this.#isClosed = state.isClosed
    this.#tail.segmentNumber = state.segmentNumber
    this.#tail.offsetBytes = state.offsetBytes
    this.#tail.batches = state.batches
    this.#tail.chain = state.chain
    this.#tail.seal = state.seal
    this.#tail.lastSequence.set(state.lastSequence)
    this.#tail.records.set(state.records)
  }

  /**
   * Opens a journal: recovers its tail by the decision table of recovery.ts, cuts what is torn, makes the rest durable; or
   * creates the first segment.
   * @throws JournalCorruptError when it is damaged beyond a crash
   * @throws JournalExistsError when it belongs to another run
   * @throws JournalIoError when the system refuses
   */
  static open(storage: SegmentStorage, options: JournalWriterOptions): OpenedJournal {
    const recovered = new JournalScan(storage, { digests: options.digests ?? false })
    assertUsable(recovered, storage, options)
    const state = describeState(recovered.tail, {
      identity: recovered.identity ?? options.identity,
      segmentBytes: recovered.segmentBytes || (options.segmentBytes ?? SEGMENT_BYTES_DEFAULT),
      writerEpoch: recovered.writerEpoch + 1,
      isClosed: recovered.isClosed,
    })
    const writer = new JournalWriter(storage, state, options)
    if (recovered.unbornSegment !== undefined) writer.#appender.remove(recovered.unbornSegment)
    if (state.segmentNumber === 0) writer.#createSegment()
    else writer.#reopen(recovered.tornTail?.file === tailFile(recovered.tail))
    writer.#publishWritten()
    publishDurable(writer.progress, writer.progress)
    return { writer, recovered }
  }

  /** Goes on with a writer that `handOver` ended. @throws JournalIoError */
  static resume(storage: SegmentStorage, state: JournalHandOver, options: ResumeOptions = {}): JournalWriter {
    const writer = new JournalWriter(storage, state, options)
    writer.#reopen(false)
    writer.#publishWritten()
    publishDurable(writer.progress, writer.progress)
    return writer
  }

  /** Makes everything durable and lets go of the file, for `resume` in another thread. @throws JournalIoError */
  handOver(): JournalHandOver {
    this.sync()
    this.abandon()
    return describeState(this.#tail, {
      identity: this.identity,
      segmentBytes: this.segmentBytes,
      writerEpoch: this.#writerEpoch,
      isClosed: this.#isClosed,
    })
  }

  /** The refusal that ended this writer. */
  get failure(): JournalIoError | undefined {
    return this.#appender.failure
  }

  /** The largest payload that `append` takes. */
  get payloadBytesMax(): number {
    return Math.min(
      BATCH_PAYLOAD_BYTES_MAX,
      this.segmentBytes - SEGMENT_HEADER_BYTES - BatchHeader.Bytes - SEAL_MARK_BYTES,
    )
  }

  /** Sequence of the last record of a stream, 0 for none. */
  lastSequence(stream: JournalStream): number {
    return this.#tail.lastSequence[stream]!
  }

  /**
   * Writes one batch: whole records of one stream, ascending in sequence, that lie at `at + BatchHeader.Bytes`; the header's
   * place before them is filled in here, so that header and payload go out in one call.
   * @param lastAt offset of the last record
   * @throws JournalIoError when the system refuses, now or earlier
   */
  append(
    views: RecordViews,
    at: number,
    stream: JournalStream,
    payloadBytes: number,
    recordCount: number,
    lastAt: number,
  ): void {
    this.#assertOpen()
    if (payloadBytes <= 0 || payloadBytes > this.payloadBytesMax || recordCount <= 0) {
      throw new JournalUsageError(`a batch of ${payloadBytes} bytes and ${recordCount} records`)
    }
    const first = views.f64[(at + BatchHeader.Bytes + Header.Sequence) >> 3]!
    if (!(first > this.#tail.lastSequence[stream]!)) {
      throw new JournalUsageError(`stream ${stream} goes back from ${this.#tail.lastSequence[stream]} to ${first}`)
    }
    const bytes = BatchHeader.Bytes + payloadBytes
    if (this.#tail.offsetBytes + bytes + SEAL_MARK_BYTES > this.segmentBytes) this.#roll()
    const durable = this.progress[JournalProgress.DurableBatches]!
    sealBatch(views, at, stream, 0, payloadBytes, recordCount, lastAt, this.identity, durable, this.#tail)
    this.#write(views, at, stream, recordCount, bytes)
    this.#tail.seal = NO_SEAL
    this.#isClosed = false
  }

  /** Makes every batch written so far durable. @throws JournalIoError */
  sync(): void {
    this.#assertOpen()
    this.#endSync()
    this.#appender.sync()
    this.#publishSynced(this.progress)
  }

  /**
   * Begins to make every batch written so far durable, beside further appends; all at once where nobody can do that. None may be
   * under way. @throws JournalIoError
   */
  beginSync(): void {
    this.#assertOpen()
    if (this.#isSyncing) throw new JournalUsageError('a sync is under way')
    if (this.#background === undefined || !this.#appender.beginSync(this.#background)) {
      this.sync()
      return
    }
    this.#begun.set(this.progress)
    this.#isSyncing = true
  }

  /** Publishes what a sync under way made durable, once it is over. @returns whether it is @throws JournalIoError */
  settleSync(): boolean {
    if (!this.#isSyncing || !this.#background!.isOver()) return false
    this.#endSync()
    return true
  }

  /** Whether a sync is under way. */
  get isSyncing(): boolean {
    return this.#isSyncing
  }

  /** Whether batches are written that are not durable yet, and that no sync under way will make durable. */
  get hasUnsynced(): boolean {
    const durable = this.#isSyncing
      ? this.#begun[JournalProgress.WrittenBatches]!
      : this.progress[JournalProgress.DurableBatches]!
    return durable < this.progress[JournalProgress.WrittenBatches]!
  }

  /** Makes everything durable, then says so in a mark, so that any later loss is known for damage. @throws JournalIoError */
  close(): void {
    if (!this.#appender.isOpen && this.failure === undefined) return
    this.sync()
    if (!this.#isClosed) {
      if (this.#tail.offsetBytes + SEAL_MARK_BYTES > this.segmentBytes) this.#roll()
      this.#seal(FLAG_CLOSED)
      this.#isClosed = true
      this.sync()
    }
    this.#appender.close()
  }

  /** Lets go of the file without a word in it, as a crash would. */
  abandon(): void {
    this.#endSync()
    this.#appender.close()
  }

  #endSync(): void {
    if (!this.#isSyncing) return
    this.#isSyncing = false
    this.#appender.endSync(this.#background!)
    this.#publishSynced(this.#begun)
  }

  #publishSynced(then: Float64Array): void {
    this.progress[JournalProgress.Syncs]!++
    publishDurable(this.progress, then)
  }

  /** Ends what is there with a mark that vouches for it: the SHA-256 of the segment, its header with the seal before included. */
  #seal(flags: number): void {
    const tail = this.#tail
    const views = new RecordViews(new ArrayBuffer(SEAL_MARK_BYTES))
    const digest = this.#sealer.digest(tail.segmentNumber, tail.offsetBytes, () =>
      this.#appender.hash(tail.offsetBytes),
    )
    encodeSeal(views, BatchHeader.Bytes, tail.offsetBytes, digest, this.#signer)
    const durable = this.progress[JournalProgress.DurableBatches]!
    sealBatch(views, 0, JournalStream.Mark, flags | FLAG_SEALED, Seal.Bytes, 0, 0, this.identity, durable, tail)
    this.#write(views, 0, JournalStream.Mark, 0, SEAL_MARK_BYTES)
    tail.seal = digest.toString('hex')
  }

  #write(views: RecordViews, at: number, stream: JournalStream, recordCount: number, bytes: number): void {
    const { segmentNumber, offsetBytes } = this.#tail
    this.#appender.write(views.u8, at, bytes, offsetBytes)
    this.#sealer.wrote(segmentNumber, views.u8.subarray(at, at + bytes), offsetBytes + bytes)
    this.#advance(views, at, stream, recordCount, bytes)
  }

  #advance(views: RecordViews, at: number, stream: JournalStream, recordCount: number, bytes: number): void {
    const tail = this.#tail
    tail.offsetBytes += bytes
    tail.batches++
    tail.chain = views.u32[(at + BatchHeader.Chain) >> 2]!
    if (recordCount > 0) {
      tail.lastSequence[stream] = views.f64[(at + BatchHeader.LastSequence) >> 3]!
      tail.records[stream]! += recordCount
    }
    this.progress[JournalProgress.WrittenBytes]! += bytes
    this.#publishWritten()
  }

  #publishWritten(): void {
    const { progress } = this
    const tail = this.#tail
    progress[JournalProgress.WrittenInbound] = tail.lastSequence[JournalStream.Inbound]!
    progress[JournalProgress.WrittenOutbound] = tail.lastSequence[JournalStream.Outbound]!
    progress[JournalProgress.InboundRecords] = tail.records[JournalStream.Inbound]!
    progress[JournalProgress.OutboundRecords] = tail.records[JournalStream.Outbound]!
    progress[JournalProgress.SegmentNumber] = tail.segmentNumber
    progress[JournalProgress.WrittenBatches] = tail.batches
  }

  /** A segment is begun only after all of the one before is durable: recovery relies on it. */
  #roll(): void {
    if (this.#tail.seal === NO_SEAL) this.#seal(0)
    this.sync()
    this.#appender.close()
    this.#createSegment()
  }

  #createSegment(): void {
    const tail = this.#tail
    tail.segmentNumber++
    tail.offsetBytes = SEGMENT_HEADER_BYTES
    const header = encodeSegmentHeader(this.identity, this.segmentBytes, this.#writerEpoch, tail)
    this.#appender.create(segmentName(tail.segmentNumber), this.segmentBytes, header)
    this.#sealer.begin(tail.segmentNumber, header)
    tail.seal = NO_SEAL
  }

  #reopen(isTorn: boolean): void {
    const tail = this.#tail
    this.#appender.reopen(segmentName(tail.segmentNumber), tail.offsetBytes, this.segmentBytes, isTorn)
  }

  #assertOpen(): void {
    if (this.failure !== undefined) throw this.failure
    if (!this.#appender.isOpen) throw new JournalUsageError('the journal writer is closed')
  }
}

function assertSegmentBytes(segmentBytes: number): void {
  const isInRange = segmentBytes >= SEGMENT_BYTES_MIN && segmentBytes <= SEGMENT_BYTES_MAX
  if (isInRange && segmentBytes % SEGMENT_HEADER_BYTES === 0) return
  throw new JournalUsageError(
    `a segment is a multiple of ${SEGMENT_HEADER_BYTES} from ${SEGMENT_BYTES_MIN} to ${SEGMENT_BYTES_MAX} bytes, not ${segmentBytes}`,
  )
}

function assertUsable(scan: JournalScan, storage: SegmentStorage, options: JournalWriterOptions): void {
  const damage = scan.damage[0]
  if (damage !== undefined) {
    const where = `${storage.label}/${damage.file} offset ${damage.offsetBytes}`
    throw new JournalCorruptError(damage.code, `the journal is damaged: ${damage.what}`, where)
  }
  const found = scan.identity
  if (found === undefined) return
  const { idLow, idHigh, configLow, configHigh } = options.identity
  const isSameId = found.idLow === idLow && found.idHigh === idHigh
  if (!isSameId || found.configLow !== configLow || found.configHigh !== configHigh) {
    const what = `the folder holds the journal of another ${isSameId ? 'configuration' : 'session'}`
    throw new JournalExistsError('other-session', what, storage.label)
  }
}
