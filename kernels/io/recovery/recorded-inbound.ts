import { JournalStream } from '../../../storage/journal/layout.ts'
import { JournalReader } from '../../../storage/journal/reader.ts'
import type { SegmentStorage } from '../../../storage/journal/segment-storage.ts'
import { Header } from '../../records/catalogue.ts'
import type { RecordViews } from '../../records/views.ts'
import type { Region } from '../../region/region.ts'
import { RingConsumer } from '../../ring/consumer.ts'
import { CursorLayout } from '../../ring/layout.ts'

/**
 * The inbound records that an I/O kernel published before it died, in order: from the journal, and, for what the storage
 * kernel had not released, from the ring, which nobody writes any more.
 */
export class RecordedInbound {
  /** What the offsets of `seek` are relative to; another object after each call. */
  views: RecordViews
  readonly #reader: JournalReader
  readonly #ring: RingConsumer
  /** Offset of the first record that the ring holds for storage, −1 for none; and its sequence, Infinity for none. */
  #ringAt: number
  readonly #ringFirst: number
  #sequence = 0
  #at = -1

  /**
   * @param after sequence of the last record that is not asked for
   * @throws JournalIoError, JournalCorruptError
   */
  constructor(journal: SegmentStorage, io: Region, storage: Region, after = 0) {
    const cursor = new Int32Array(storage.buffer, storage.offsetOf('cursor.inbound'), CursorLayout.Bytes >> 2)
    const start = new ArrayBuffer(CursorLayout.Bytes)
    // Everything before the cursor is in the journal, everything behind it stays on the ring as long as it rests.
    new Int32Array(start)[CursorLayout.Cursor >> 2] = Atomics.load(cursor, CursorLayout.Cursor >> 2)
    this.#ring = new RingConsumer(io.place('ring.inbound'), { buffer: start, byteOffset: 0 })
    this.#ringAt = this.#ring.next()
    const { f64 } = this.#ring.views
    while (this.#ringAt >= 0 && f64[(this.#ringAt + Header.Sequence) >> 3]! <= after) this.#ringAt = this.#ring.next()
    this.#ringFirst = this.#ringAt < 0 ? Number.POSITIVE_INFINITY : f64[(this.#ringAt + Header.Sequence) >> 3]!
    this.#reader = new JournalReader(journal, { stream: JournalStream.Inbound, fromSequence: after + 1 })
    this.views = this.#reader.views
  }

  /**
   * Goes to a record: the one found last, or the one that follows it.
   * @returns its offset in `views`, or −1 while the journal does not show it yet
   */
  seek(sequence: number): number {
    if (sequence === this.#sequence) return this.#at
    const isOnRing = sequence >= this.#ringFirst
    const at = isOnRing ? this.#nextOnRing() : this.#reader.next()
    if (at < 0) {
      this.#reader.refresh()
      return -1
    }
    this.views = isOnRing ? this.#ring.views : this.#reader.views
    this.#sequence = this.views.f64[(at + Header.Sequence) >> 3]!
    this.#at = at
    if (this.#sequence !== sequence) throw new RangeError(`record ${this.#sequence} follows, not ${sequence}`)
    return at
  }

  #nextOnRing(): number {
    const first = this.#ringAt
    this.#ringAt = -1
    return first >= 0 ? first : this.#ring.next()
  }

  close(): void {
    this.#reader.close()
  }
}
