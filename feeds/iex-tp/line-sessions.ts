import { FLOWS_MAX } from '../net/flow-table.ts'
import { SESSIONS_MAX, type SessionTable } from '../sequence/session-table.ts'

const NONE = -1

/** Where a segment stands in its session, one double each. */
export enum SegmentPlace {
  Sequence = 0,
  /** Stream offset. */
  Offset = 1,
  /** The sequence number and the stream offset behind the segment. */
  SequenceEnd = 2,
  OffsetEnd = 3,
  Count = 4,
}

/**
 * Which session each line (flow) of IEX-TP follows. A session starts its numbers over under the same id when the exchange
 * restarts it: the session that was is over, and another with the same key begins.
 *
 * A line has restarted when three fields agree: the sequence number and the stream offset went back behind the line's
 * previous segment, and the send time went on. A segment repeated or out of order is not sent later; damage to one field
 * changes one. Each line restarts by itself: the first one begins the session, the others join it.
 */
export class LineSessions {
  readonly sessions: SessionTable
  /** Place of the segment at hand, by `SegmentPlace`: set before `find`. */
  readonly place = new Float64Array(SegmentPlace.Count)
  /** Whether the last `find` began a session where the line had followed another. */
  hasBegunAnew = false
  readonly #session = new Int16Array(FLOWS_MAX + 1).fill(NONE)
  readonly #channel = new Int32Array(FLOWS_MAX + 1)
  readonly #id = new Int32Array(FLOWS_MAX + 1)
  /** Of the line's previous segment. */
  readonly #sequenceEnd = new Float64Array(FLOWS_MAX + 1)
  readonly #offsetEnd = new Float64Array(FLOWS_MAX + 1)
  readonly #sendHigh = new Int32Array(FLOWS_MAX + 1)
  readonly #sendLow = new Int32Array(FLOWS_MAX + 1)
  /** By session: the one that began in its place. */
  readonly #successor = new Int16Array(SESSIONS_MAX).fill(NONE)

  constructor(sessions: SessionTable) {
    this.sessions = sessions
  }

  /**
   * The session of a line's segment, begun if need be.
   * @param sendHigh, sendLow words of the send time
   * @returns its number; −1 when there is no room for it
   */
  find(flow: number, channel: number, id: number, sendHigh: number, sendLow: number): number {
    const before = this.sessions.count
    const known = this.#session[flow]!
    const isSame = known !== NONE && this.#channel[flow] === channel && this.#id[flow] === id
    let session = known
    if (!isSame) session = this.sessions.find(channel, id, 0)
    else if (this.#hasRestarted(flow, sendHigh, sendLow)) session = this.#succeed(known, channel, id)
    this.hasBegunAnew = known !== NONE && this.sessions.count > before
    if (session < 0) return session
    this.#session[flow] = session
    this.#channel[flow] = channel
    this.#id[flow] = id
    this.#sequenceEnd[flow] = this.place[SegmentPlace.SequenceEnd]!
    this.#offsetEnd[flow] = this.place[SegmentPlace.OffsetEnd]!
    this.#sendHigh[flow] = sendHigh
    this.#sendLow[flow] = sendLow
    return session
  }

  #hasRestarted(flow: number, sendHigh: number, sendLow: number): boolean {
    if (this.place[SegmentPlace.Sequence]! >= this.#sequenceEnd[flow]!) return false
    if (this.place[SegmentPlace.Offset]! >= this.#offsetEnd[flow]!) return false
    const lastHigh = this.#sendHigh[flow]!
    return sendHigh > lastHigh || (sendHigh === lastHigh && sendLow >>> 0 > this.#sendLow[flow]! >>> 0)
  }

  /** The session after one that is over. */
  #succeed(session: number, channel: number, id: number): number {
    const successor = this.#successor[session]!
    if (successor !== NONE) return successor
    const begun = this.sessions.begin(channel, id, 0)
    if (begun >= 0) this.#successor[session] = begun
    return begun
  }
}
