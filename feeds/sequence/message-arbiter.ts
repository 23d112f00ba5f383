import { Gap, RecordType } from '../../kernels/records/catalogue.ts'
import { beginRecord } from '../../kernels/records/views.ts'
import type { RecordBatch } from '../record-batch.ts'
import { LineRaces } from './line-races.ts'
import { LineTable } from './line-table.ts'
import { SessionCount, type SessionTable } from './session-table.ts'

/** What a numbered packet holds. */
export enum NumberedPacket {
  Data = 0,
  Heartbeat = 1,
  EndOfSession = 2,
}

/**
 * Decides which messages of sequence-numbered packets are new, whichever line brings them: every message of a session is
 * handed out once. For any transport that numbers its messages (or its packets: then a packet counts as one message).
 *
 * Order: a packet ahead of its turn declares a gap (a record, and the skipped numbers are kept); nothing waits. What
 * comes for a declared gap later is handed out then (late), so that one wild sequence number costs nothing but a false
 * gap. What was seen is a duplicate. The first packet of a session in the capture begins it.
 *
 * Set `sequence[0]`, call `begin`, then `take` for each message of the packet, then `finish`.
 */
export class MessageArbiter {
  readonly sessions: SessionTable
  readonly lines = new LineTable()
  /** Lines against each other; only where the packets' times are watched. */
  readonly races: LineRaces | undefined
  /** [0] sequence number of the packet's first message, then of the message at hand; below 2^53. 0 means unnumbered. */
  readonly sequence = new Float64Array(1)
  #session = 0
  #isInOrder = false
  #isSequenced = false
  #taken = 0
  readonly #range = new Float64Array(2)

  /** @param packetTime seconds and ns of the packet at hand, where lines are to be compared: see `FeedShared` */
  constructor(sessions: SessionTable, packetTime?: Float64Array) {
    this.sessions = sessions
    if (packetTime !== undefined) this.races = new LineRaces(packetTime)
  }

  /**
   * Begins a packet of `count` messages from `sequence[0]` on; a gap that it reveals is appended to the batch. Heartbeats
   * and ends of sessions name the next message to come, and have none.
   */
  begin(session: number, flow: number, kind: NumberedPacket, count: number, batch: RecordBatch): void {
    const { counts } = this.sessions
    const base = session * SessionCount.Count
    this.#session = session
    this.#taken = 0
    this.#isSequenced = this.sequence[0] !== 0
    counts[base + SessionCount.Packets]!++
    if (kind === NumberedPacket.Heartbeat) counts[base + SessionCount.Heartbeats]!++
    if (kind === NumberedPacket.EndOfSession) counts[base + SessionCount.EndOfSession]!++
    if (this.#isSequenced) {
      const messages = kind === NumberedPacket.Data ? count : 0
      const line = this.lines.note(flow, session, this.sequence, messages)
      if (messages > 0 && line >= 0) this.races?.note(line, session, this.sequence)
      this.#follow(session, flow, batch)
    } else this.#isInOrder = true
  }

  /** Whether the packet's next message is new; every message of the packet must be asked for, in order. */
  take(): boolean {
    if (!this.#isInOrder) return this.#takeOutOfOrder()
    this.#taken++
    return true
  }

  /** Books the messages handed out of a packet in order; those that it lacked will show as a gap. */
  finish(): void {
    if (!this.#isInOrder) return
    const { counts } = this.sessions
    const base = this.#session * SessionCount.Count
    counts[base + SessionCount.Messages]! += this.#taken
    if (this.#isSequenced) counts[base + SessionCount.Expected]! += this.#taken
    else counts[base + SessionCount.Unsequenced]! += this.#taken
    this.#taken = 0
  }

  /** Compares the packet's sequence number with the session's. */
  #follow(session: number, flow: number, batch: RecordBatch): void {
    const { counts, hasFirst } = this.sessions
    const base = session * SessionCount.Count
    const first = this.sequence[0]!
    if (hasFirst[session] === 0) {
      hasFirst[session] = 1
      counts[base + SessionCount.First] = first
      counts[base + SessionCount.Expected] = first
    } else if (first > counts[base + SessionCount.Expected]!) {
      this.#declareGap(session, flow, batch)
    }
    this.#isInOrder = first === counts[base + SessionCount.Expected]!
  }

  #declareGap(session: number, flow: number, batch: RecordBatch): void {
    const { counts, missing } = this.sessions
    const base = session * SessionCount.Count
    const range = this.#range
    range[0] = counts[base + SessionCount.Expected]!
    range[1] = this.sequence[0]!
    missing[session]!.add(range)
    counts[base + SessionCount.Gaps]!++
    counts[base + SessionCount.Expected] = range[1]!
    const { views, usedBytes: to } = batch
    beginRecord(views, to, Gap.Bytes, RecordType.Gap, 0)
    views.i32[(to + Gap.Line) >> 2] = flow
    views.i32[(to + Gap.Session) >> 2] = session
    views.f64[(to + Gap.FirstMissing) >> 3] = range[0]!
    views.f64[(to + Gap.MissingCount) >> 3] = range[1]! - range[0]!
    batch.usedBytes = to + Gap.Bytes
  }

  /** Whether the message at hand, of a packet that is not simply the next one, is new. */
  #takeOutOfOrder(): boolean {
    const { counts, missing } = this.sessions
    const base = this.#session * SessionCount.Count
    const sequence = this.sequence
    const isNext = sequence[0] === counts[base + SessionCount.Expected]
    const isLate = !isNext && missing[this.#session]!.take(sequence)
    if (isNext) counts[base + SessionCount.Expected]!++
    if (isLate) counts[base + SessionCount.Late]!++
    if (isNext || isLate) counts[base + SessionCount.Messages]!++
    else if (sequence[0]! < counts[base + SessionCount.First]!) counts[base + SessionCount.Early]!++
    else counts[base + SessionCount.Duplicates]!++
    sequence[0]!++
    return isNext || isLate
  }
}
