import { Header } from '../../kernels/records/catalogue.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import {
  BatchFault,
  checkBatchHeader,
  hasSoundBounds,
  hasSoundPayload,
  hasSoundRecords,
  isSuccessor,
} from './batch-header.ts'
import { BATCH_PAYLOAD_BYTES_MAX, BatchHeader, FLAG_SEALED, JournalStream } from './layout.ts'
import { readFully } from './read-fully.ts'
import { readSealDigest } from './seal.ts'
import type { JournalIdentity } from './segment-header.ts'
import type { SegmentFile } from './segment-storage.ts'
import { type JournalTail, NO_SEAL } from './tail.ts'

/** Read at once, if the segment has so much: large enough for few calls, small enough for the second-level cache. */
const READ_BYTES = 512 * 1024

/** A window of one segment in memory, in which batches are checked and read in place; its buffer lives as long as it does. */
export class BatchWindow {
  readonly views: RecordViews
  /** Offset in `views` of the header that was checked last. */
  at = 0
  #file: SegmentFile | undefined
  #segmentBytes = 0
  #start = 0
  #bytes = 0

  /** @param segmentBytes size of the journal's segments: no batch is longer than one */
  constructor(segmentBytes: number) {
    const longest = BATCH_PAYLOAD_BYTES_MAX + BatchHeader.Bytes + READ_BYTES
    this.views = new RecordViews(new ArrayBuffer(Math.min(longest, segmentBytes)))
  }

  /** Turns to another segment. */
  open(file: SegmentFile, segmentBytes: number): void {
    this.#file = file
    this.#segmentBytes = segmentBytes
    this.#bytes = 0
  }

  /** Forgets what was read: the file may have grown. */
  invalidate(): void {
    this.#bytes = 0
  }

  /** Makes bytes of the segment present. @returns their offset in `views`, or -1 where the file ends before */
  load(positionBytes: number, bytes: number): number {
    if (positionBytes < this.#start || positionBytes + bytes > this.#start + this.#bytes) {
      this.#moveTo(positionBytes, bytes)
      if (this.#bytes < bytes) return -1
    }
    return positionBytes - this.#start
  }

  /** Keeps what is there already of the bytes that are wanted, and reads on behind it. */
  #moveTo(positionBytes: number, bytes: number): void {
    const { u8 } = this.views
    const from = positionBytes - this.#start
    const kept = from >= 0 && from < this.#bytes ? this.#bytes - from : 0
    if (kept > 0) u8.copyWithin(0, from, from + kept)
    this.#start = positionBytes
    this.#bytes = 0
    if (this.#file === undefined) return
    const wanted = Math.min(Math.max(bytes, kept + READ_BYTES), u8.length, this.#segmentBytes - positionBytes)
    const more = Math.max(0, wanted - kept)
    this.#bytes = kept + readFully(this.#file, u8, kept, more, positionBytes + kept)
  }

  /**
   * Checks the header at the tail.
   * @param trusted skips the succession check: for the first batch behind damage
   */
  readHeader(tail: JournalTail, identity: JournalIdentity, trusted: boolean): BatchFault {
    const room = this.#segmentBytes - tail.offsetBytes - BatchHeader.Bytes
    if (room < 0) return BatchFault.SegmentFull
    this.at = this.load(tail.offsetBytes, BatchHeader.Bytes)
    if (this.at < 0) return BatchFault.ShortFile
    const fault = checkBatchHeader(this.views, this.at, identity, tail.segmentNumber)
    if (fault !== BatchFault.None) return fault
    if (!trusted && !isSuccessor(this.views, this.at, tail)) return BatchFault.Order
    return hasSoundBounds(this.views, this.at, room) ? BatchFault.None : BatchFault.Bounds
  }

  /** Reads and checks the payload behind a sound header; `at` is valid again afterwards. */
  readPayload(tail: JournalTail): BatchFault {
    const bytes = BatchHeader.Bytes + this.payloadBytes()
    this.at = this.load(tail.offsetBytes, bytes)
    if (this.at < 0) return BatchFault.ShortFile
    if (!hasSoundPayload(this.views, this.at)) return BatchFault.Payload
    return hasSoundRecords(this.views, this.at, tail.lastSequence[this.stream()]!)
      ? BatchFault.None
      : BatchFault.Records
  }

  /** Moves a tail behind the batch at `at`. */
  advance(tail: JournalTail): void {
    const stream = this.stream()
    tail.offsetBytes += BatchHeader.Bytes + this.payloadBytes()
    tail.batches++
    tail.chain = this.views.u32[(this.at + BatchHeader.Chain) >> 2]!
    tail.seal = this.isSeal() ? readSealDigest(this.views, this.payloadAt()) : NO_SEAL
    if (this.recordCount() === 0) return
    tail.lastSequence[stream] = this.views.f64[(this.at + BatchHeader.LastSequence) >> 3]!
    tail.records[stream]! += this.recordCount()
  }

  /** Where in the segment the batch at `at` begins. */
  positionBytes(): number {
    return this.#start + this.at
  }

  payloadBytes(): number {
    return this.views.u32[(this.at + BatchHeader.PayloadBytes) >> 2]!
  }

  recordCount(): number {
    return this.views.u32[(this.at + BatchHeader.RecordCount) >> 2]!
  }

  stream(): number {
    return this.views.u16[(this.at + BatchHeader.Stream) >> 1]!
  }

  flags(): number {
    return this.views.u16[(this.at + BatchHeader.Flags) >> 1]!
  }

  /** Whether the batch is the seal of what lies before it. */
  isSeal(): boolean {
    return this.stream() === JournalStream.Mark && (this.flags() & FLAG_SEALED) !== 0
  }

  ordinal(): number {
    return this.views.f64[(this.at + BatchHeader.Ordinal) >> 3]!
  }

  firstSequence(): number {
    return this.views.f64[(this.at + BatchHeader.FirstSequence) >> 3]!
  }

  lastSequence(): number {
    return this.views.f64[(this.at + BatchHeader.LastSequence) >> 3]!
  }

  /** Offset in `views` of the payload's first record. */
  payloadAt(): number {
    return this.at + BatchHeader.Bytes
  }

  /** Length of the record at an offset. */
  lengthAt(recordAt: number): number {
    return this.views.i32[(recordAt + Header.Length) >> 2]!
  }
}
