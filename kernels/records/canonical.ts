/**
 * The digest of a stream: SHA-256 over its records' bytes in order, without wrap padding. Records are written in
 * canonical form (zero padding, no NaN, −0 as 0: `findCanonicalFault` in codec.ts states it), so equal decisions give
 * equal bytes on every machine and in every layout.
 */
import { createHash } from 'node:crypto'
import { Header } from './catalogue.ts'
import type { RecordViews } from './views.ts'

/** Bytes gathered before the hash is called: large enough that the call's cost does not show. */
const GATHER_BYTES = 16 * 1024
/** Runs from this length on are hashed in place; shorter ones are gathered. */
const IN_PLACE_BYTES_MIN = 8 * 1024

/** A running digest over the records of one stream. */
export class RecordDigest {
  private readonly hash = createHash('sha256')
  private readonly gathered = new Uint8Array(GATHER_BYTES)
  private readonly words = new Int32Array(this.gathered.buffer)
  private usedBytes = 0
  private recordCount = 0

  /** Adds the record at byte offset `at`. */
  update(views: RecordViews, at: number): void {
    this.updateRun(views, at, views.i32[(at + Header.Length) >> 2]!, 1)
  }

  /** Adds `bytes` bytes of whole records that lie one after the other. */
  updateRun(views: RecordViews, at: number, bytes: number, records: number): void {
    this.recordCount += records
    if (bytes >= IN_PLACE_BYTES_MIN) {
      this.flush()
      this.hash.update(views.u8.subarray(at, at + bytes))
      return
    }
    if (this.usedBytes + bytes > GATHER_BYTES) this.flush()
    const source = views.i32
    const target = this.words
    const end = (at + bytes) >> 2
    let to = this.usedBytes >> 2
    for (let from = at >> 2; from < end; from++) target[to++] = source[from]!
    this.usedBytes += bytes
  }

  /** Number of records added. */
  get records(): number {
    return this.recordCount
  }

  /** The digest so far, in lower-case hexadecimal; more records may follow. */
  hex(): string {
    this.flush()
    return this.hash.copy().digest('hex')
  }

  private flush(): void {
    if (this.usedBytes === 0) return
    this.hash.update(this.gathered.subarray(0, this.usedBytes))
    this.usedBytes = 0
  }
}
