import { Header, RECORD_BYTES_MAX } from '../../kernels/records/catalogue.ts'
import { copyRecord } from '../../kernels/records/copy.ts'
import type { StateArchive } from '../../kernels/records/state-archive.ts'
import { RecordViews } from '../../kernels/records/views.ts'

const CAPACITY_BYTES_MIN = 1024
const CAPACITY_BYTES_MAX = 1 << 30

/**
 * A first-in first-out queue of records within one thread.
 *
 * Positions count bytes modulo 2^32; a record may run over the end of the ring into the slack behind it, and the next
 * one then starts at the front. A claimed record is in the queue at once, for its writer to fill before anyone looks.
 * Memory doubles while it is needed, up to the bound, and never shrinks: the steady state allocates nothing. Growing
 * replaces `views`, so read `views` after `claim`, never before; `push` does.
 *
 * Bound: `bytesMax`; policy: the record is refused and counted, `overflowed` stays set, and its writer is given a
 * scratch place outside the queue.
 */
export class RecordQueue {
  views: RecordViews
  /** Records in the queue. */
  length = 0
  /** Records that did not fit in `bytesMax`. */
  refused = 0
  /** Set by the first refusal and never cleared: what depends on the queue is incomplete from there on. */
  overflowed = false
  /** How many times the memory was doubled. */
  growths = 0
  private capacityBytes: number
  private readonly bytesMax: number
  private head = 0
  private tail = 0

  /**
   * @param bytes memory at the start
   * @param bytesMax most memory; both powers of two from 1 KiB to 1 GiB
   */
  constructor(bytes: number, bytesMax = bytes) {
    for (const size of [bytes, bytesMax]) {
      const isPowerOfTwo = (size & (size - 1)) === 0
      if (!isPowerOfTwo || size < CAPACITY_BYTES_MIN || size > CAPACITY_BYTES_MAX || bytesMax < bytes) {
        throw new RangeError(`a record queue holds a power of two of bytes from ${CAPACITY_BYTES_MIN}, not ${size}`)
      }
    }
    this.capacityBytes = bytes
    this.bytesMax = bytesMax
    this.views = createViews(bytes)
  }

  /** @returns the byte offset in `views` of a new last record of `bytes` bytes, a multiple of 8 up to RECORD_BYTES_MAX */
  claim(bytes: number): number {
    while (((this.tail - this.head) | 0) > this.capacityBytes - RECORD_BYTES_MAX) {
      if (this.capacityBytes === this.bytesMax) return this.refuse()
      this.grow()
    }
    const at = this.tail & (this.capacityBytes - 1)
    this.tail = this.after(this.tail, at, bytes)
    this.length++
    return at
  }

  /** Appends a copy of a record. @returns whether it fitted */
  push(from: RecordViews, fromAt: number): boolean {
    const bytes = from.u32[(fromAt + Header.Length) >> 2]!
    const refused = this.refused
    const at = this.claim(bytes)
    copyRecord(from, fromAt, this.views, at, bytes)
    return this.refused === refused
  }

  /** @returns the byte offset in `views` of the first record, or -1 when the queue is empty */
  peek(): number {
    return this.length === 0 ? -1 : this.head & (this.capacityBytes - 1)
  }

  /** Removes the first record, if there is one. */
  pop(): void {
    if (this.length === 0) return
    const at = this.head & (this.capacityBytes - 1)
    this.head = this.after(this.head, at, this.views.u32[(at + Header.Length) >> 2]!)
    this.length--
  }

  /** Saves or restores the records, in order; a queue that is restored is fresh. */
  archive(archive: StateArchive): void {
    const records = archive.number(this.length)
    let from = this.head
    for (let i = 0; i < records; i++) {
      let at = from & (this.capacityBytes - 1)
      const bytes = archive.number(archive.isSaving ? this.views.u32[(at + Header.Length) >> 2]! : 0)
      if (!archive.isSaving) at = this.claim(bytes)
      archive.array(this.views.u8, at, bytes)
      from = this.after(from, at, bytes)
    }
    this.refused = archive.number(this.refused)
    this.overflowed = archive.number(this.overflowed ? 1 : 0) === 1
  }

  /** Position behind a record: the front again when it reaches the end of the ring. */
  private after(position: number, at: number, bytes: number): number {
    const toEnd = this.capacityBytes - at
    return (position + Math.min(bytes, toEnd)) | 0
  }

  private refuse(): number {
    this.refused++
    this.overflowed = true
    return this.capacityBytes + RECORD_BYTES_MAX
  }

  private grow(): void {
    const old = this.views
    const oldMask = this.capacityBytes - 1
    const records = this.length
    let from = this.head
    const bytes = this.capacityBytes * 2
    const views = createViews(bytes)
    let to = 0
    for (let i = 0; i < records; i++) {
      const at = from & oldMask
      const length = old.u32[(at + Header.Length) >> 2]!
      copyRecord(old, at, views, to, length)
      from = this.after(from, at, length)
      to += length
    }
    this.capacityBytes = bytes
    this.views = views
    this.head = 0
    this.tail = to
    this.growths++
  }
}

/** The ring, the slack behind it, and the scratch place for refused records. */
function createViews(bytes: number): RecordViews {
  return new RecordViews(new ArrayBuffer(bytes + 2 * RECORD_BYTES_MAX))
}
