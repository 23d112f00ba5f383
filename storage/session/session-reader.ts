import { Header, NewOrder } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { JournalStream } from '../journal/layout.ts'
import { JournalReader } from '../journal/reader.ts'
import type { SegmentStorage } from '../journal/segment-storage.ts'

/** Where in both streams reading begins: sequences of the first records wanted. */
export interface SessionPlace {
  readonly inbound: number
  readonly outbound: number
}

/** The session's first records. */
export const SESSION_BEGINNING: SessionPlace = { inbound: 1, outbound: 1 }

/** The record at hand was given: the next one is looked for when it is asked for, because that may change the views. */
const GIVEN = -2
const END = -1

/**
 * The records of both streams of a journal in the order of their causes: each outbound record behind the inbound record that
 * it names as its cause, before the next inbound one. Unlike the order of the batches on disk this depends on the records
 * alone, so what is worked out of it is the same for every layout and pace of the run that wrote the journal.
 */
export class SessionReader {
  /** Stream of the record that `next` gave last. */
  stream: JournalStream.Inbound | JournalStream.Outbound = JournalStream.Inbound
  readonly #inbound: JournalReader
  readonly #outbound: JournalReader
  #inboundAt = GIVEN
  #outboundAt = GIVEN

  /** @throws JournalIoError, JournalCorruptError when the folder holds no segment that can be read */
  constructor(storage: SegmentStorage, from: SessionPlace = SESSION_BEGINNING) {
    this.#inbound = new JournalReader(storage, { stream: JournalStream.Inbound, fromSequence: from.inbound })
    this.#outbound = new JournalReader(storage, { stream: JournalStream.Outbound, fromSequence: from.outbound })
  }

  /** What the offset of the last `next` is relative to. */
  get views(): RecordViews {
    return this.stream === JournalStream.Inbound ? this.#inbound.views : this.#outbound.views
  }

  /** @returns the offset in `views` of the next record, which stays until the next call; -1 behind the last */
  next(): number {
    if (this.isNextInbound()) {
      this.stream = JournalStream.Inbound
      const at = this.#inboundAt
      if (at !== END) this.#inboundAt = GIVEN
      return at
    }
    this.stream = JournalStream.Outbound
    const at = this.#outboundAt
    this.#outboundAt = GIVEN
    return at
  }

  /** Whether the next record is an inbound one; also behind the last. */
  isNextInbound(): boolean {
    this.#lookAhead()
    if (this.#outboundAt === END) return true
    if (this.#inboundAt === END) return false
    const cause = this.#outbound.views.f64[(this.#outboundAt + NewOrder.CauseSequence) >> 3]!
    return cause >= this.#inbound.views.f64[(this.#inboundAt + Header.Sequence) >> 3]!
  }

  /** Time of the next inbound record, ns since the session's epoch; Infinity where there is none. */
  nextInboundTimeNs(): number {
    this.#lookAhead()
    if (this.#inboundAt === END) return Number.POSITIVE_INFINITY
    return this.#inbound.views.f64[(this.#inboundAt + Header.Time) >> 3]!
  }

  close(): void {
    this.#inbound.close()
    this.#outbound.close()
  }

  #lookAhead(): void {
    if (this.#inboundAt === GIVEN) this.#inboundAt = this.#inbound.next()
    if (this.#outboundAt === GIVEN) this.#outboundAt = this.#outbound.next()
  }
}
