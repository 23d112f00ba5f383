import { Header } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { BatchFault, describeBatchFault } from './batch-header.ts'
import { BatchWindow } from './batch-window.ts'
import { JournalCorruptError } from './errors.ts'
import { JournalStream, SEGMENT_BYTES_MAX, SEGMENT_HEADER_BYTES, segmentName } from './layout.ts'
import type { JournalIdentity, SegmentHeaderFacts } from './segment-header.ts'
import { isSameJournal, isUnborn, listSegmentNumbers, openForRead, probeSegment } from './segment-list.ts'
import type { SegmentFile, SegmentStorage } from './segment-storage.ts'
import { JournalTail } from './tail.ts'

export interface JournalReaderOptions {
  /** Only this stream; both in the order of writing when left out. */
  readonly stream?: JournalStream.Inbound | JournalStream.Outbound
  /** Skips records of a lower sequence; needs `stream`, whose sequences it speaks of. */
  readonly fromSequence?: number
}

interface FoundSegment {
  readonly number: number
  readonly header: SegmentHeaderFacts
}

/**
 * Reads records in place, batch by batch, also while the journal is being written: `next` answers -1 behind the last valid
 * batch, and after `refresh` it looks again. It never guesses: it stops at whatever is not a valid successor.
 * What that is, torn tail or damage, `verifyJournal` tells.
 */
export class JournalReader {
  /** Views that offsets of `next` are relative to; contents change when `next` turns to another batch. */
  readonly views: RecordViews
  /** Stream of the record that `next` gave last. */
  stream: JournalStream = JournalStream.Mark
  readonly #window: BatchWindow
  readonly #storage: SegmentStorage
  readonly #onlyStream: JournalStream
  /** [0]: first sequence wanted. */
  readonly #from: Float64Array
  readonly #tail = new JournalTail()
  /** Header of the segment that was opened first; undefined while the journal is empty. */
  #first: SegmentHeaderFacts | undefined
  #file: SegmentFile | undefined
  #recordAt = 0
  #batchEnd = 0
  #isAtEnd = false
  #fault = BatchFault.Blank

  /** @throws JournalIoError, JournalCorruptError when the folder holds no segment that can be read */
  constructor(storage: SegmentStorage, options: JournalReaderOptions = {}) {
    this.#storage = storage
    this.#onlyStream = options.stream ?? JournalStream.Mark
    this.#from = Float64Array.of(options.stream === undefined ? 0 : (options.fromSequence ?? 0))
    const found = this.#findFirst()
    this.#window = new BatchWindow(found?.header.segmentBytes ?? SEGMENT_BYTES_MAX)
    this.views = this.#window.views
    if (found !== undefined) this.#openSegment(found.number, found.header)
  }

  /** What the journal is of; undefined while it is empty. */
  get identity(): JournalIdentity | undefined {
    return this.#first?.identity
  }

  /** @returns the offset in `views` of the next record, or -1 behind the last valid one */
  next(): number {
    if (this.#recordAt === this.#batchEnd && !this.#nextBatch()) return -1
    const at = this.#recordAt
    this.#recordAt = at + this.views.i32[(at + Header.Length) >> 2]!
    return at
  }

  /** Looks again behind the end: the journal may have grown. */
  refresh(): void {
    if (this.#first === undefined) {
      const found = this.#findFirst()
      if (found !== undefined) this.#openSegment(found.number, found.header)
    }
    this.#window.invalidate()
    this.#isAtEnd = false
  }

  /** Sequence of the last record of a stream in what was read so far, skipped ones included; 0 for none. */
  lastSequence(stream: JournalStream.Inbound | JournalStream.Outbound): number {
    return this.#tail.lastSequence[stream]!
  }

  /** Where and why `next` answered -1, in words. */
  describeEnd(): string {
    const name = segmentName(Math.max(this.#tail.segmentNumber, 1))
    return `${name} offset ${this.#tail.offsetBytes}: ${describeBatchFault(this.#fault)}`
  }

  close(): void {
    this.#file?.close()
    this.#file = undefined
    this.#isAtEnd = true
    this.#recordAt = this.#batchEnd
  }

  #nextBatch(): boolean {
    while (!this.#isAtEnd && this.#first !== undefined) {
      this.#fault = this.#window.readHeader(this.#tail, this.#first.identity, false)
      if (this.#fault === BatchFault.None) this.#fault = this.#window.readPayload(this.#tail)
      if (this.#fault !== BatchFault.None) {
        if (!this.#turnPage()) this.#isAtEnd = true
        continue
      }
      const isWanted = this.#enterBatch()
      this.#window.advance(this.#tail)
      if (isWanted) return true
    }
    return false
  }

  #enterBatch(): boolean {
    const window = this.#window
    const stream = window.stream()
    if (stream === JournalStream.Mark) return false
    if (this.#onlyStream !== JournalStream.Mark && this.#onlyStream !== stream) return false
    if (window.lastSequence() < this.#from[0]!) return false
    this.stream = stream
    this.#recordAt = window.payloadAt()
    this.#batchEnd = this.#recordAt + window.payloadBytes()
    while (this.views.f64[(this.#recordAt + Header.Sequence) >> 3]! < this.#from[0]!) {
      this.#recordAt += window.lengthAt(this.#recordAt)
    }
    return true
  }

  /** The last batch seen may be the last of its segment: goes on in the next one if that continues exactly here. */
  #turnPage(): boolean {
    const number = this.#tail.segmentNumber + 1
    if (!listSegmentNumbers(this.#storage).includes(number)) return false
    const { header } = probeSegment(this.#storage, number)
    if (header === undefined || !isSameJournal(header, this.#first!)) return false
    if (header.batchesBefore > this.#tail.batches) return this.#lookAgain()
    if (header.batchesBefore !== this.#tail.batches || header.chainBefore !== this.#tail.chain) return false
    this.#openSegment(number, header)
    return true
  }

  /** The writer filled this segment after it was read here and before the next one was seen. */
  #lookAgain(): boolean {
    this.#window.invalidate()
    if (this.#window.readHeader(this.#tail, this.#first!.identity, false) !== BatchFault.None) return false
    return this.#window.readPayload(this.#tail) === BatchFault.None
  }

  #openSegment(number: number, header: SegmentHeaderFacts): void {
    this.#file?.close()
    this.#file = openForRead(this.#storage, segmentName(number))
    this.#first ??= header
    this.#window.open(this.#file, header.segmentBytes)
    this.#tail.segmentNumber = number
    this.#tail.offsetBytes = SEGMENT_HEADER_BYTES
    this.#tail.batches = header.batchesBefore
    this.#tail.chain = header.chainBefore
    for (const stream of [JournalStream.Inbound, JournalStream.Outbound] as const) {
      this.#tail.lastSequence[stream] = header.lastSequenceBefore[stream]
      this.#tail.records[stream] = header.recordsBefore[stream]
    }
  }

  /** The last segment that begins at or before the first sequence wanted. */
  #findFirst(): FoundSegment | undefined {
    const numbers = listSegmentNumbers(this.#storage)
    for (let i = numbers.length - 1; i >= 0; i--) {
      const found = probeSegment(this.#storage, numbers[i]!)
      const { header } = found
      if (header === undefined) {
        if (i < numbers.length - 1 || !isUnborn(found)) this.#refuse(numbers[i]!, found.what)
        continue
      }
      const isFirst = i === 0 && numbers[0] === 1
      const isBehind = this.#from[0]! > header.lastSequenceBefore[this.#onlyStream as 1 | 2] + 1
      if (isFirst || (this.#onlyStream !== JournalStream.Mark && isBehind)) {
        return { number: numbers[i]!, header }
      }
    }
    if (numbers.length > 1) {
      throw new JournalCorruptError('segment-missing', 'the first segment is missing', this.#storage.label)
    }
    return undefined
  }

  #refuse(number: number, what: string): never {
    const where = `${this.#storage.label}/${segmentName(number)}`
    throw new JournalCorruptError('segment-header', `the segment ${what}`, where)
  }
}
