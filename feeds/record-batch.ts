import { RECORD_BYTES_MAX } from '../kernels/records/catalogue.ts'
import { RecordViews } from '../kernels/records/views.ts'

/**
 * Where decoders append normalised records: a preallocated run of whole records, drained and reset by the caller.
 * Bound: `limitBytes`; policy: the caller drains while `hasRoom()` is false, so a decoder never has to refuse.
 */
export class RecordBatch {
  readonly views: RecordViews
  /** Bytes appended since the last reset; decoders advance it by whole records. */
  usedBytes = 0
  readonly limitBytes: number

  /** @param capacityBytes multiple of 8, at least two of the longest records */
  constructor(capacityBytes = 256 * 1024) {
    this.views = new RecordViews(new ArrayBuffer(capacityBytes))
    this.limitBytes = capacityBytes - 2 * RECORD_BYTES_MAX
  }

  /** Whether one more message can be decoded: its records and an implied instrument record, of 1 KiB in all, fit. */
  hasRoom(): boolean {
    return this.usedBytes <= this.limitBytes
  }

  /** How many records were appended since `usedBytes` was `from`. */
  countFrom(from: number): number {
    const { u32 } = this.views
    let count = 0
    for (let at = from; at < this.usedBytes; at += u32[at >> 2]!) count++
    return count
  }

  reset(): void {
    this.usedBytes = 0
  }
}
