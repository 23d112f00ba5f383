import type { JournalStream } from '../../../storage/journal/layout.ts'
import { JournalReader } from '../../../storage/journal/reader.ts'
import type { SegmentStorage } from '../../../storage/journal/segment-storage.ts'
import { Header } from '../../records/catalogue.ts'
import type { RecordViews } from '../../records/views.ts'
import type { RingPlace } from '../../ring/consumer.ts'
import { CursorLayout, RingHeader } from '../../ring/layout.ts'
import { readPublishedMark } from '../../ring/marks.ts'
import { RingObserver } from '../../ring/observer.ts'

export type RecordStream = JournalStream.Inbound | JournalStream.Outbound

/** A second look: the storage kernel may have given a record back between the looks at journal and ring. */
const LOOKS = 3

/**
 * The published records of one stream, one after the other, for a reader that holds nobody back: from the ring while they
 * lie there, from the journal when they were overtaken. The storage kernel gives back only what it has written, so whatever
 * is not in the journal lies on the ring from that kernel's cursor on.
 */
export class RecordTrail {
  /** Where the record lies that `seek` found last. */
  views: RecordViews
  /** [0] records that had to come from the journal. */
  readonly journaled = new Float64Array(1)
  readonly #ring: RingObserver
  readonly #place: RingPlace
  readonly #journal: SegmentStorage
  /** The storage kernel's cursor in that ring. */
  readonly #written: Int32Array
  readonly #stream: RecordStream
  /** [0] sequence of the record that the observer copied out last. */
  readonly #held = new Float64Array(1)
  #reader: JournalReader | undefined
  /** [0] sequence of the record that the reader gave last. */
  readonly #read = new Float64Array(1)

  /** @throws RingLayoutError when the place is no ring of this build */
  constructor(ring: RingPlace, journal: SegmentStorage, written: Int32Array, stream: RecordStream) {
    this.#written = written
    this.#place = ring
    this.#ring = new RingObserver(ring)
    this.#ring.rewind()
    this.#journal = journal
    this.#stream = stream
    this.views = this.#ring.views
  }

  /** Whether the last record came from the ring, and not from the journal. */
  get isOnRing(): boolean {
    return this.#reader === undefined
  }

  /** Offset in `ringViews` of the record of this sequence if the ring shows it now, else -1. Sequences never go back. */
  peek(sequence: number): number {
    while (this.#held[0]! < sequence) {
      if (this.#ring.next() < 0) return -1
      this.#held[0] = this.#ring.views.f64[Header.Sequence >> 3]!
    }
    return this.#held[0] === sequence ? 0 : -1
  }

  /** Where the record lies that `peek` found. */
  get ringViews(): RecordViews {
    return this.#ring.views
  }

  /**
   * @param sequence of a record that is published; never one before that of the last call
   * @returns its offset in `views`, or -1 while neither ring nor journal shows it
   * @throws JournalIoError, JournalCorruptError, RingCorruptError
   */
  seek(sequence: number): number {
    for (let look = 0; look < LOOKS; look++) {
      if (this.peek(sequence) >= 0) return this.#takeFromRing()
      const at = this.#seekJournal(sequence)
      if (at >= 0) return at
      // An observer that is overtaken goes on at the tail, beyond what is on the ring and not written yet.
      this.#ring.startAt(Atomics.load(this.#written, CursorLayout.Cursor >> 2))
      this.#held[0] = 0
    }
    return -1
  }

  #takeFromRing(): number {
    if (this.#reader !== undefined) this.close()
    this.views = this.#ring.views
    return 0
  }

  #seekJournal(sequence: number): number {
    this.#reader ??= new JournalReader(this.#journal, { stream: this.#stream, fromSequence: sequence })
    const reader = this.#reader
    let hasLookedAgain = false
    for (;;) {
      const at = reader.next()
      if (at < 0) {
        if (hasLookedAgain) return -1
        reader.refresh()
        hasLookedAgain = true
        continue
      }
      this.#read[0] = reader.views.f64[(at + Header.Sequence) >> 3]!
      if (this.#read[0] < sequence) continue
      if (this.#read[0] > sequence) return -1
      this.views = reader.views
      this.journaled[0]!++
      return at
    }
  }

  /** Whether the producer has published so far; for the rare case that nobody shows a record. */
  isPublished(sequence: number): boolean {
    const { buffer, byteOffset } = this.#place
    const words = new Int32Array(buffer, byteOffset, RingHeader.Data >> 2)
    const published = readPublishedMark(words, new Float64Array(buffer, byteOffset, RingHeader.Data >> 3)).sequence
    return published < 0 || published >= sequence
  }

  close(): void {
    this.#reader?.close()
    this.#reader = undefined
  }
}
