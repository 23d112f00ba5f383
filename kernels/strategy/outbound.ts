import { Header, NewOrder, RECORD_BYTES_MAX } from '../records/catalogue.ts'
import { copyRecord } from '../records/copy.ts'
import { describeDifference, findDifference } from '../records/difference.ts'
import { RecordViews } from '../records/views.ts'
import type { RingProducer } from '../ring/producer.ts'
import { OutboundDiffersError } from './errors.ts'

/** Every 256th question for room reads the cursors. */
const LOOK_MASK = 255

/** Outbound records that were published before a death, by sequence. */
export interface PublishedOutbound {
  /** Sequence of the last one; 0 for none. */
  readonly lastSequence: number
  readonly views: RecordViews
  /** Offset in `views` of the record with this sequence, valid until the next call; -1 when it cannot be had. */
  seek(sequence: number): number
}

/**
 * Where the strategy kernel's records go: the outbound ring, or, while a resumed kernel catches up, nowhere, after a
 * comparison with what it had published before.
 */
export class OutboundWriter {
  /** Records written or suppressed so far: [0] the last sequence. */
  readonly sequence = new Float64Array(1)
  #producer: RingProducer
  readonly #published: PublishedOutbound | undefined
  /** Free bytes as of the last look, less what was written since, each record with the most padding it can cause. */
  #roomBytes = 0
  #looks = 0
  readonly #rehearsal = new RecordViews(new ArrayBuffer(RECORD_BYTES_MAX))

  /** @param published what to compare with and suppress, on a resume */
  constructor(producer: RingProducer, published?: PublishedOutbound) {
    this.#producer = producer
    this.#published = published
  }

  /** Whether the next record will be compared instead of published. */
  get isSuppressing(): boolean {
    return this.#published !== undefined && this.sequence[0]! < this.#published.lastSequence
  }

  /**
   * Whether so many bytes of records fit, with the padding that the ring's end may cost. The consumers' cursors are read
   * now and then even while there is room enough: a path first taken in mid-session would throw the optimised code of
   * its callers away.
   */
  hasRoom(bytes: number): boolean {
    this.#looks = (this.#looks + 1) & LOOK_MASK
    if (this.#looks !== 0 && this.#roomBytes >= bytes + RECORD_BYTES_MAX) return true
    this.#roomBytes = this.#producer.freeBytes()
    return this.#roomBytes >= bytes + RECORD_BYTES_MAX || this.isSuppressing
  }

  /** Throws unless a unit of work's records can ever fit. @throws RangeError */
  assertCapacity(bytes: number): void {
    if (this.#producer.capacityBytes >= 2 * (bytes + RECORD_BYTES_MAX)) return
    const needed = 2 * (bytes + RECORD_BYTES_MAX)
    throw new RangeError(`the outbound ring has ${this.#producer.capacityBytes} bytes and needs ${needed}`)
  }

  /**
   * Writes one staged record, completing its header. Room was checked before the hook ran.
   * @param cause the inbound record that caused it, at `causeAt`
   */
  write(staged: RecordViews, at: number, source: number, cause: RecordViews, causeAt: number): void {
    const length = staged.u32[(at + Header.Length) >> 2]!
    this.sequence[0]!++
    const isPublished = this.#published !== undefined && this.sequence[0]! <= this.#published.lastSequence
    const to = isPublished ? 0 : this.#producer.tryClaim(length, 0)
    this.#roomBytes -= 2 * length
    if (to < 0) throw new RangeError('outbound: no room although it was checked')
    const target = isPublished ? this.#rehearsal : this.#producer.views
    copyRecord(staged, at, target, to, length)
    target.u16[(to + Header.Source) >> 1] = source
    target.f64[(to + Header.Sequence) >> 3] = this.sequence[0]!
    target.f64[(to + Header.Time) >> 3] = cause.f64[(causeAt + Header.Time) >> 3]!
    target.f64[(to + NewOrder.CauseSequence) >> 3] = cause.f64[(causeAt + Header.Sequence) >> 3]!
    if (isPublished) this.#compare()
  }

  publish(): void {
    this.#producer.publish()
  }

  /** From here on it writes to another ring: that of the kernel whose place its own takes. Between two inbound records. */
  moveTo(producer: RingProducer): void {
    this.#producer = producer
    this.#roomBytes = 0
  }

  /** @throws OutboundDiffersError */
  #compare(): void {
    const sequence = this.sequence[0]!
    const published = this.#published!
    const at = published.seek(sequence)
    if (at < 0) throw new OutboundDiffersError(sequence, 'the published record is nowhere to be found')
    const offset = findDifference(this.#rehearsal, 0, published.views, at)
    if (offset < 0) return
    throw new OutboundDiffersError(sequence, describeDifference(published.views, at, this.#rehearsal, 0, offset))
  }
}
