import { SEAL_DIGEST_BYTES, SEGMENT_HEADER_BYTES } from './layout.ts'

/** The seal before the first segment, as hexadecimal text. */
export const NO_SEAL = '00'.repeat(SEAL_DIGEST_BYTES)

/** Where a journal ends, or where a scan of it stands: all that is needed to check or write the next batch. */
export class JournalTail {
  /** Number of the segment, 0 before the first. */
  segmentNumber = 0
  /** Offset of the next batch in that segment. */
  offsetBytes = SEGMENT_HEADER_BYTES
  /** Batches before: the next batch's ordinal. */
  batches = 0
  chain = 0
  /** Hexadecimal SHA-256 of the last seal, if the batch before is one: what the next segment's header holds. */
  seal = NO_SEAL
  /** By JournalStream: sequence of the last record, 0 for none. */
  readonly lastSequence = new Float64Array(3)
  /** By JournalStream: records so far. */
  readonly records = new Float64Array(3)

  copyFrom(other: JournalTail): void {
    this.segmentNumber = other.segmentNumber
    this.offsetBytes = other.offsetBytes
    this.batches = other.batches
    this.chain = other.chain
    this.seal = other.seal
    this.lastSequence.set(other.lastSequence)
    this.records.set(other.records)
  }
}
