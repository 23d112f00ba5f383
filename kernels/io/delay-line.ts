import { ExitCode, XkError } from '../host/xk-error.ts'
import { Header, RECORD_BYTES_MAX } from '../records/catalogue.ts'
import { copyRecord } from '../records/copy.ts'
import { SOURCE_TIME_AT } from '../records/source-time.ts'
import type { StateArchive } from '../records/state-archive.ts'
import { RecordViews } from '../records/views.ts'

/**
 * Market records between the moment they are decoded and the three moments at which they take effect: at the venue
 * (exchange time), at the strategy (exchange time + feed latency) and at the gate (when the cause of the order that it
 * judges was published). Each is an index that only moves forward; what all three have passed is overwritten.
 *
 *     oldest ≤ gate, venue, publish ≤ end          entries are numbered from 0, modulo 2^32
 *
 * Bound: `entriesMax` entries and their bytes. Policy: `canAppend` is false, and the kernel reads no further; if it
 * cannot go on without reading, the latencies span more records than the line holds, a typed error.
 */
export class DelayLine {
  readonly views: RecordViews
  /** By entry: exchange time (ns since the session's epoch, non-decreasing), and best prices after it, for the gate. */
  readonly exchangeTime: Float64Array
  readonly bidPrice: Float64Array
  readonly askPrice: Float64Array
  readonly mask: number
  /** Next entry of each user, and of the writer. */
  gate = 0
  venue = 0
  publish = 0
  end = 0
  readonly #at: Int32Array
  readonly #bytesMask: number
  readonly #bytes: number
  readonly #lastTime = new Float64Array(1)
  #writeAt = 0
  #usedBytes = 0
  #oldest = 0

  /** @param entriesMax a power of two */
  constructor(entriesMax: number) {
    if ((entriesMax & (entriesMax - 1)) !== 0) throw new RangeError('a delay line holds a power of two of entries')
    this.mask = entriesMax - 1
    this.#bytes = entriesMax * 128
    this.#bytesMask = this.#bytes - 1
    this.views = new RecordViews(new ArrayBuffer(this.#bytes + RECORD_BYTES_MAX))
    this.exchangeTime = new Float64Array(entriesMax)
    this.bidPrice = new Float64Array(entriesMax)
    this.askPrice = new Float64Array(entriesMax)
    this.#at = new Int32Array(entriesMax)
  }

  canAppend(): boolean {
    if (((this.end - this.#oldest) | 0) < this.mask && this.#usedBytes < this.#bytes - RECORD_BYTES_MAX) return true
    this.#forget()
    return ((this.end - this.#oldest) | 0) < this.mask && this.#usedBytes < this.#bytes - RECORD_BYTES_MAX
  }

  /** Takes one decoded record in; its exchange time is its own stamp, or the one before where that is later or absent. */
  append(from: RecordViews, fromAt: number): void {
    const length = from.u32[(fromAt + Header.Length) >> 2]!
    const type = from.u16[(fromAt + Header.Type) >> 1]!
    const entry = this.end & this.mask
    const at = this.#writeAt
    copyRecord(from, fromAt, this.views, at, length)
    this.#at[entry] = at
    // A record may run over the ring's end into the slack behind it; the next one starts at the front again.
    const next = at + length
    const wrapped = next >= this.#bytes
    this.#usedBytes += wrapped ? this.#bytes - at : length
    this.#writeAt = wrapped ? 0 : next & this.#bytesMask
    const stampAt = SOURCE_TIME_AT[type]!
    if (stampAt !== 0) {
      const stamp = from.f64[(fromAt + stampAt) >> 3]!
      if (stamp > this.#lastTime[0]!) this.#lastTime[0] = stamp
    }
    this.exchangeTime[entry] = this.#lastTime[0]!
    this.end = (this.end + 1) | 0
  }

  /** Saves or restores what not all users have passed. A line that is restored is fresh and as long. */
  archive(archive: StateArchive): void {
    if (archive.isSaving) this.#forget()
    this.gate = archive.number(this.gate)
    this.venue = archive.number(this.venue)
    this.publish = archive.number(this.publish)
    this.end = archive.number(this.end)
    this.#oldest = archive.number(this.#oldest)
    this.#writeAt = archive.number(this.#writeAt)
    this.#usedBytes = archive.number(this.#usedBytes)
    archive.array(this.#lastTime)
    for (let entry = this.#oldest; entry !== this.end; entry = (entry + 1) | 0) {
      const index = entry & this.mask
      for (const column of [this.#at, this.exchangeTime, this.bidPrice, this.askPrice]) archive.array(column, index, 1)
      const at = this.#at[index]!
      const length = archive.number(archive.isSaving ? this.views.u32[(at + Header.Length) >> 2]! : 0)
      archive.array(this.views.u8, at, length)
    }
  }

  /** Byte offset in `views` of an entry. */
  at(index: number): number {
    return this.#at[index & this.mask]!
  }

  /** @throws XkError: the latencies span more records than the line holds */
  failTooShort(): never {
    throw new XkError({
      code: 'delay-line-full',
      what: `the latencies span more than the ${this.mask} market records that the I/O kernel can hold back`,
      next: 'lower feedLatencyNs, entryLatencyNs or responseLatencyNs, or raise rings.delayLineRecords',
      exitCode: ExitCode.Usage,
    })
  }

  #forget(): void {
    let first = this.gate
    if (((this.venue - first) | 0) < 0) first = this.venue
    if (((this.publish - first) | 0) < 0) first = this.publish
    while (this.#oldest !== first) {
      const at = this.at(this.#oldest)
      const length = this.views.u32[(at + Header.Length) >> 2]!
      this.#usedBytes -= at + length >= this.#bytes ? this.#bytes - at : length
      this.#oldest = (this.#oldest + 1) | 0
    }
  }
}
