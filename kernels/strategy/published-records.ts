import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import type { SegmentStorage } from '../../storage/journal/segment-storage.ts'
import { Header } from '../records/catalogue.ts'
import { copyRecord } from '../records/copy.ts'
import { RecordViews } from '../records/views.ts'
import type { Region } from '../region/region.ts'
import { RingConsumer } from '../ring/consumer.ts'
import { CursorLayout } from '../ring/layout.ts'
import type { PublishedOutbound } from './outbound.ts'

const BYTES_START = 1 << 20

/**
 * Everything that an earlier life of the strategy kernel published, from the journal and, for what storage had not
 * written yet, from the ring. Kept in memory for the comparison: some hundred bytes a request.
 */
export class PublishedRecords implements PublishedOutbound {
  views = new RecordViews(new ArrayBuffer(BYTES_START))
  #usedBytes = 0
  readonly #after: number
  readonly #offsets: number[] = []

  /** @param after sequence of the last record that need not be compared */
  constructor(after = 0) {
    this.#after = after
  }

  get lastSequence(): number {
    return this.#after + this.#offsets.length
  }

  seek(sequence: number): number {
    return this.#offsets[sequence - this.#after - 1] ?? -1
  }

  /** Takes a record that follows the ones before it; others were met already. */
  note(from: RecordViews, fromAt: number): void {
    if (from.f64[(fromAt + Header.Sequence) >> 3]! !== this.lastSequence + 1) return
    const length = from.u32[(fromAt + Header.Length) >> 2]!
    if (this.#usedBytes + length > this.views.u8.length) this.#grow()
    copyRecord(from, fromAt, this.views, this.#usedBytes, length)
    this.#offsets.push(this.#usedBytes)
    this.#usedBytes += length
  }

  #grow(): void {
    const larger = new RecordViews(new ArrayBuffer(this.views.u8.length * 2))
    larger.u8.set(this.views.u8)
    this.views = larger
  }

  /**
   * Collects what was published before this process took the strategy region over.
   * @param after sequence of the last record that a snapshot answers for
   * @throws JournalIoError, JournalCorruptError
   */
  static collect(strategy: Region, storage: Region, journal: SegmentStorage, after = 0): PublishedRecords {
    const published = new PublishedRecords(after)
    // The cursor first: everything before it is in the journal, everything behind it still on the ring.
    const cursor = new Int32Array(storage.buffer, storage.offsetOf('cursor.outbound'), CursorLayout.Bytes >> 2)
    const start = new ArrayBuffer(CursorLayout.Bytes)
    new Int32Array(start)[CursorLayout.Cursor >> 2] = Atomics.load(cursor, CursorLayout.Cursor >> 2)
    const reader = new JournalReader(journal, { stream: JournalStream.Outbound, fromSequence: after + 1 })
    for (let at = reader.next(); at >= 0; at = reader.next()) published.note(reader.views, at)
    reader.close()
    const ring = new RingConsumer(strategy.place('ring.outbound'), { buffer: start, byteOffset: 0 })
    for (let at = ring.next(); at >= 0; at = ring.next()) published.note(ring.views, at)
    return published
  }
}
