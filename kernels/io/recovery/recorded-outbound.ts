import { RecordQueue } from '../../../feeds/venue/record-queue.ts'
import { JournalStream } from '../../../storage/journal/layout.ts'
import { JournalReader } from '../../../storage/journal/reader.ts'
import type { SegmentStorage } from '../../../storage/journal/segment-storage.ts'
import { Header } from '../../records/catalogue.ts'
import type { RecordViews } from '../../records/views.ts'
import type { RingConsumer } from '../../ring/consumer.ts'

const QUEUE_BYTES_START = 1 << 20
const QUEUE_BYTES_MAX = 1 << 28

/** What `peek` answers besides an offset. */
export enum RecordedOutboundState {
  /** The journal does not show the next record yet. */
  Awaited = -1,
  /** There is none: everything that was published is passed. */
  Passed = -2,
}

/**
 * The outbound records that an I/O kernel's successor has to take: those that the dead one had taken, from the journal, and
 * the others, which it takes off the ring into memory so that the strategy kernel can go on meanwhile.
 *
 * Bound: 256 MiB of records that the dead kernel had not taken; policy: a RangeError, the recovery is given up.
 */
export class RecordedOutbound {
  /** What the offsets of `peek` are relative to. */
  views: RecordViews
  readonly #reader: JournalReader
  readonly #ring: RingConsumer
  readonly #queue = new RecordQueue(QUEUE_BYTES_START, QUEUE_BYTES_MAX)
  /** Sequence of the last record that the dead kernel had released; Infinity while that is not known. */
  #takenBefore = Number.POSITIVE_INFINITY
  /** Sequence of the last record of all, of the next one, and where that lies. */
  #last = 0
  #next = 1
  #at = RecordedOutboundState.Awaited as number

  /**
   * @param ring the dead kernel's consumer, resumed
   * @param after sequence of the last record that is not asked for
   * @throws JournalIoError, JournalCorruptError
   */
  constructor(journal: SegmentStorage, ring: RingConsumer, after = 0) {
    this.#reader = new JournalReader(journal, { stream: JournalStream.Outbound, fromSequence: after + 1 })
    this.#next = after + 1
    this.views = this.#reader.views
    this.#ring = ring
  }

  /** Takes what is on the ring. @returns how many records */
  take(): number {
    const { views } = this.#ring
    let taken = 0
    for (let at = this.#ring.next(); at >= 0; at = this.#ring.next()) {
      if (!this.#queue.push(views, at)) throw new RangeError(`over ${QUEUE_BYTES_MAX} bytes of requests are waiting`)
      const sequence = views.f64[(at + Header.Sequence) >> 3]!
      if (this.#takenBefore === Number.POSITIVE_INFINITY) this.#takenBefore = sequence - 1
      taken++
    }
    if (taken > 0) this.#ring.release()
    return taken
  }

  /** All is taken that will be published, up to this sequence: from here on there is something to `peek` at. */
  finish(lastSequence: number): void {
    this.#last = lastSequence
    if (this.#takenBefore > lastSequence) this.#takenBefore = lastSequence
  }

  /** Sequence of the last record of all, once that is known. */
  get lastSequence(): number {
    return this.#last
  }

  /** @returns the offset in `views` of the next record, or a state */
  peek(): number {
    if (this.#at >= 0) return this.#at
    if (this.#next > this.#last) return RecordedOutboundState.Passed
    const isTaken = this.#next <= this.#takenBefore
    this.#at = isTaken ? this.#reader.next() : this.#queue.peek()
    this.views = isTaken ? this.#reader.views : this.#queue.views
    if (this.#at < 0) {
      this.#reader.refresh()
      return RecordedOutboundState.Awaited
    }
    const sequence = this.views.f64[(this.#at + Header.Sequence) >> 3]!
    if (sequence !== this.#next) throw new RangeError(`outbound record ${sequence} follows, not ${this.#next}`)
    return this.#at
  }

  /** Moves over the record that `peek` found. */
  pass(): void {
    if (this.#next > this.#takenBefore) this.#queue.pop()
    this.#next++
    this.#at = RecordedOutboundState.Awaited
  }

  close(): void {
    this.#reader.close()
  }
}
