import { Header } from '../../kernels/records/catalogue.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import { BATCH_PAYLOAD_BYTES_MAX, BatchHeader, type JournalStream } from './layout.ts'

/** From this length on a run is copied by the engine's memcpy, which costs a small object; below, word by word. */
const BULK_BYTES_MIN = 1024

/**
 * A batch being gathered: records copied off a ring, behind the place of the header, so that `JournalWriter.append` can write
 * both in one call.
 */
export class BatchBuffer {
  readonly views: RecordViews
  readonly stream: JournalStream
  /** Most payload that fits. */
  readonly capacityBytes: number
  payloadBytes = 0
  recordCount = 0
  /** Offset of the last record in `views`. */
  lastAt = 0

  /** @param capacityBytes at most `BATCH_PAYLOAD_BYTES_MAX` and the writer's `payloadBytesMax` */
  constructor(stream: JournalStream, capacityBytes: number = BATCH_PAYLOAD_BYTES_MAX) {
    this.stream = stream
    this.capacityBytes = Math.min(capacityBytes, BATCH_PAYLOAD_BYTES_MAX) & ~7
    this.views = new RecordViews(new ArrayBuffer(BatchHeader.Bytes + this.capacityBytes))
  }

  hasRoom(bytes: number): boolean {
    return this.payloadBytes + bytes <= this.capacityBytes
  }

  /** Appends `bytes` bytes of `records` whole records that lie one after the other, the last of them at `lastAt`. */
  append(source: RecordViews, at: number, bytes: number, records: number, lastAt: number): void {
    const to = BatchHeader.Bytes + this.payloadBytes
    if (bytes >= BULK_BYTES_MIN) this.views.u8.set(source.u8.subarray(at, at + bytes), to)
    else {
      const words = bytes >> 2
      const from = at >> 2
      const target = to >> 2
      for (let i = 0; i < words; i++) this.views.i32[target + i] = source.i32[from + i]!
    }
    this.lastAt = to + (lastAt - at)
    this.payloadBytes += bytes
    this.recordCount += records
  }

  /** Appends one record. */
  appendRecord(source: RecordViews, at: number): void {
    this.append(source, at, source.i32[(at + Header.Length) >> 2]!, 1, at)
  }

  reset(): void {
    this.payloadBytes = 0
    this.recordCount = 0
  }
}
