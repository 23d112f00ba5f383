import { RecordViews } from '../../kernels/records/views.ts'
import { BatchFault, checkBatchHeader } from './batch-header.ts'
import { BATCH_ALIGNMENT_BYTES, BATCH_MAGIC, BatchHeader } from './layout.ts'
import { readFully } from './read-fully.ts'
import type { JournalIdentity } from './segment-header.ts'
import type { SegmentFile } from './segment-storage.ts'

const CHUNK_BYTES = 64 * 1024
const ZEROS = Buffer.alloc(CHUNK_BYTES)

/** A sound batch header found by searching. */
export interface FoundHeader {
  readonly offsetBytes: number
  readonly ordinal: number
  readonly durableBatches: number
}

/** Searches segments for sound headers and for their last byte in use; reads in chunks, for recovery and verification only. */
export class SegmentSearch {
  readonly #views = new RecordViews(new ArrayBuffer(CHUNK_BYTES + BatchHeader.Bytes))

  /**
   * The first header at or behind `fromBytes` that satisfies `accept`.
   * @param identity the journal's
   */
  findHeader(
    file: SegmentFile,
    segmentNumber: number,
    identity: JournalIdentity,
    fromBytes: number,
    accept: (found: FoundHeader) => boolean,
  ): FoundHeader | undefined {
    for (let start = fromBytes; ; start += CHUNK_BYTES) {
      const bytes = readFully(file, this.#views.u8, 0, CHUNK_BYTES + BatchHeader.Bytes, start)
      const last = Math.min(bytes - BatchHeader.Bytes, CHUNK_BYTES - BATCH_ALIGNMENT_BYTES)
      for (let at = 0; at <= last; at += BATCH_ALIGNMENT_BYTES) {
        if (this.#views.u32[at >> 2] !== BATCH_MAGIC) continue
        if (checkBatchHeader(this.#views, at, identity, segmentNumber) !== BatchFault.None) continue
        const found = {
          offsetBytes: start + at,
          ordinal: this.#views.f64[(at + BatchHeader.Ordinal) >> 3]!,
          durableBatches: this.#views.f64[(at + BatchHeader.DurableBatches) >> 3]!,
        }
        if (accept(found)) return found
      }
      if (bytes < CHUNK_BYTES + BatchHeader.Bytes) return undefined
    }
  }

  /** Bytes from `fromBytes` to the last one that is not zero, inclusive. */
  countUsed(file: SegmentFile, fromBytes: number): number {
    let used = 0
    for (let start = fromBytes; ; start += CHUNK_BYTES) {
      const bytes = readFully(file, this.#views.u8, 0, CHUNK_BYTES, start)
      // memcmp(3): what is behind the last batch of a segment is many megabytes of zeros.
      if (!ZEROS.equals(this.#views.u8.subarray(0, CHUNK_BYTES)) || bytes < CHUNK_BYTES) {
        let at = bytes - 1
        while (at >= 0 && this.#views.u8[at] === 0) at--
        if (at >= 0) used = start + at + 1 - fromBytes
      }
      if (bytes < CHUNK_BYTES) return used
    }
  }
}
