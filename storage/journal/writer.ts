import { Header } from '../../kernels/records/catalogue.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import { sealBatch } from './batch-header.ts'
import { errnoNameOf, JournalCorruptError, JournalIoError, JournalOperation, JournalUsageError } from './errors.ts'
import {
  BATCH_PAYLOAD_BYTES_MAX,
  BatchHeader,
  FLAG_CLOSED,
  JournalStream,
  SEGMENT_BYTES_DEFAULT,
  SEGMENT_BYTES_MAX,
  SEGMENT_BYTES_MIN,
  SEGMENT_HEADER_BYTES,
  segmentName,
} from './layout.ts'
import { JournalProgress } from './progress.ts'
import { JournalScan } from './recovery.ts'
import { encodeSegmentHeader, type JournalIdentity } from './segment-header.ts'
import type { SegmentFile, SegmentStorage } from './segment-storage.ts'
import { JournalTail } from './tail.ts'

export interface JournalWriterOptions {
  readonly identity: JournalIdentity
  /** Size of new segments, a multiple of 4096; an existing journal keeps its own. */
  readonly segmentBytes?: number
  /** Where progress is published; `JournalProgress.Slots` doubles. */
  readonly progress?: Float64Array
  /** Whether recovery computes the digests of the records that are there. */
  readonly digests?: boolean
}

/** Every batch leaves room for the closing mark. */
const MARK_BYTES = BatchHeader.Bytes

/**
 * The one writer of a journal, on blocking calls. `append` makes a batch *written*, `sync` makes all before it *durable*.
 * Any refusal of the system is final: the writer keeps the error, throws it again from every later call, and never retries.
 */
export class JournalWriter {
  readonly progress: Float64Array
  /** What was found when the journal was opened. */
  readonly recovered: JournalScan
  readonly identity: JournalIdentity
  readonly segmentBytes: number
  /** The refusal that ended this writer. */
  failure: JournalIoError | undefined
  #file: SegmentFile | undefined
  #isClosed: boolean
  readonly #storage: SegmentStorage
  readonly #writerEpoch: number
  readonly #tail = new JournalTail()

  /**
   * Opens a journal: recovers its tail by the decision table of recovery.ts, cuts what is torn, makes the rest durable; or
   * creates the first segment.
   * @throws JournalCorruptError when it is damaged beyond a crash or belongs to another run
   * @throws JournalIoError when the system refuses
   */
  constructor(storage: SegmentStorage, options: JournalWriterOptions) {
    this.#storage = storage
    this.progress = options.progress ?? new Float64Array(JournalProgress.Slots)
    const scan = new JournalScan(storage, { digests: options.digests ?? false })
    assertUsable(scan, storage, options.identity)
    this.recovered = scan
    this.identity = scan.identity ?? options.identity
    this.segmentBytes = scan.segmentBytes || (options.segmentBytes ?? SEGMENT_BYTES_DEFAULT)
    assertSegmentBytes(this.segmentBytes)
    this.#writerEpoch = scan.writerEpoch + 1
    this.#isClosed = scan.isClosed
    this.#tail.copyFrom(scan.tail)
    if (scan.unbornSegment !== undefined) this.#removeUnborn(scan.unbornSegment)
    if (this.#tail.segmentNumber === 0) this.#createSegment()
    else this.#reopen(scan)
    this.#publishWritten()
    this.#publishDurable()
  }

  /** The largest payload that `append` takes. */
  get payloadBytesMax(): number {
    return Math.min(BATCH_PAYLOAD_BYTES_MAX, this.segmentBytes - SEGMENT_HEADER_BYTES - BatchHeader.Bytes - MARK_BYTES)
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
    if (this.#tail.offsetBytes + bytes + MARK_BYTES > this.segmentBytes) this.#roll()
    const durable = this.progress[JournalProgress.DurableBatches]!
    sealBatch(views, at, stream, 0, payloadBytes, recordCount, lastAt, this.identity, durable, this.#tail)
    this.#write(views.u8, at, bytes)
    this.#advance(views, at, stream, recordCount, bytes)
    this.#isClosed = false
  }

  /** Makes every batch written so far durable. @throws JournalIoError */
  sync(): void {
    this.#assertOpen()
    this.#syncFile(this.#file!)
    this.progress[JournalProgress.Syncs]!++
    this.#publishDurable()
  }

  /** Whether batches are written that are not durable yet. */
  get hasUnsynced(): boolean {
    return this.progress[JournalProgress.DurableBatches]! < this.progress[JournalProgress.WrittenBatches]!
  }

  /** Makes everything durable, then says so in a mark, so that any later loss is known for damage. @throws JournalIoError */
  close(): void {
    if (this.#file === undefined) return
    this.sync()
    if (!this.#isClosed) {
      const views = new RecordViews(new ArrayBuffer(BatchHeader.Bytes))
      const durable = this.progress[JournalProgress.DurableBatches]!
      sealBatch(views, 0, JournalStream.Mark, FLAG_CLOSED, 0, 0, 0, this.identity, durable, this.#tail)
      this.#write(views.u8, 0, MARK_BYTES)
      this.#advance(views, 0, JournalStream.Mark, 0, MARK_BYTES)
      this.sync()
    }
    this.#file.close()
    this.#file = undefined
  }

  /** Lets go of the file without a word in it, as a crash would. */
  abandon(): void {
    this.#file?.close()
    this.#file = undefined
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

  #publishDurable(): void {
    const { progress } = this
    progress[JournalProgress.DurableInbound] = progress[JournalProgress.WrittenInbound]!
    progress[JournalProgress.DurableOutbound] = progress[JournalProgress.WrittenOutbound]!
    progress[JournalProgress.DurableBytes] = progress[JournalProgress.WrittenBytes]!
    progress[JournalProgress.DurableBatches] = progress[JournalProgress.WrittenBatches]!
  }

  /** A segment is begun only after all of the one before is durable: recovery relies on it. */
  #roll(): void {
    this.#syncFile(this.#file!)
    this.progress[JournalProgress.Syncs]!++
    this.#publishDurable()
    this.#file!.close()
    this.#createSegment()
  }

  #createSegment(): void {
    const tail = this.#tail
    tail.segmentNumber++
    tail.offsetBytes = SEGMENT_HEADER_BYTES
    const name = segmentName(tail.segmentNumber)
    this.#file = this.#attempt(JournalOperation.Create, name, () => this.#storage.create(name, this.segmentBytes))
    const header = encodeSegmentHeader(this.identity, this.segmentBytes, this.#writerEpoch, tail)
    tail.offsetBytes = 0
    this.#write(header, 0, header.length)
    tail.offsetBytes = SEGMENT_HEADER_BYTES
    this.#syncFile(this.#file)
    this.#attempt(JournalOperation.Sync, 'the folder', () => this.#storage.syncFolder())
  }

  #removeUnborn(name: string): void {
    this.#attempt(JournalOperation.Truncate, name, () => {
      this.#storage.remove(name)
      this.#storage.syncFolder()
    })
  }

  #reopen(scan: JournalScan): void {
    const name = segmentName(this.#tail.segmentNumber)
    const file = this.#attempt(JournalOperation.Read, name, () => this.#storage.open(name, 'write'))
    this.#file = file
    const isShort = file.sizeBytes() < this.segmentBytes
    if (scan.tornTail?.file === name || isShort) {
      const keepBytes = this.#tail.offsetBytes
      this.#attempt(JournalOperation.Truncate, name, () => file.truncate(keepBytes, this.segmentBytes))
    }
    this.#syncFile(file)
  }

  #write(bytes: Uint8Array, offset: number, length: number): void {
    const file = this.#file!
    let done = 0
    try {
      while (done < length) {
        const count = file.write(bytes, offset + done, length - done, this.#tail.offsetBytes + done)
        if (count <= 0) throw new JournalUsageError('a write took no bytes')
        done += count
      }
    } catch (error) {
      this.#fail(JournalOperation.Write, error, `${file.name} offset ${this.#tail.offsetBytes + done}`)
    }
  }

  #syncFile(file: SegmentFile): void {
    try {
      file.sync()
    } catch (error) {
      this.#fail(JournalOperation.Sync, error, file.name)
    }
  }

  #attempt<T>(operation: JournalOperation, where: string, action: () => T): T {
    try {
      return action()
    } catch (error) {
      return this.#fail(operation, error, where)
    }
  }

  #fail(operation: JournalOperation, error: unknown, where: string): never {
    this.failure = new JournalIoError(operation, errnoNameOf(error), `${this.#storage.label}, ${where}`, error)
    throw this.failure
  }

  #assertOpen(): void {
    if (this.failure !== undefined) throw this.failure
    if (this.#file === undefined) throw new JournalUsageError('the journal writer is closed')
  }
}

function assertSegmentBytes(segmentBytes: number): void {
  const isInRange = segmentBytes >= SEGMENT_BYTES_MIN && segmentBytes <= SEGMENT_BYTES_MAX
  if (isInRange && segmentBytes % SEGMENT_HEADER_BYTES === 0) return
  throw new JournalUsageError(
    `a segment is a multiple of ${SEGMENT_HEADER_BYTES} from ${SEGMENT_BYTES_MIN} to ${SEGMENT_BYTES_MAX} bytes, not ${segmentBytes}`,
  )
}

function assertUsable(scan: JournalScan, storage: SegmentStorage, identity: JournalIdentity): void {
  const damage = scan.damage[0]
  if (damage !== undefined) {
    const where = `${storage.label}/${damage.file} offset ${damage.offsetBytes}`
    throw new JournalCorruptError(damage.code, `the journal is damaged: ${damage.what}`, where)
  }
  const found = scan.identity
  if (found === undefined) return
  const isSame =
    found.idLow === identity.idLow &&
    found.idHigh === identity.idHigh &&
    found.configLow === identity.configLow &&
    found.configHigh === identity.configHigh
  if (!isSame) {
    throw new JournalCorruptError('other-run', 'the folder holds the journal of another run', storage.label)
  }
}
