import { Gap, RecordType } from '../../kernels/records/catalogue.ts'
import { beginRecord } from '../../kernels/records/views.ts'
import { readI32, readU16 } from '../itch50/wire.ts'
import { FLOWS_MAX } from '../net/flow-table.ts'
import type { RecordBatch } from '../record-batch.ts'
import { MessageArbiter, NumberedPacket } from '../sequence/message-arbiter.ts'
import { SessionTable } from '../sequence/session-table.ts'
import { LoginAcceptedAt, SOUP_SEQUENCE_BYTES } from './layout.ts'
import type { SoupCounts } from './soup-counts.ts'

const NONE = -1
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
/** Numbers that a double holds exactly; no session gets there. */
const SEQUENCE_MAX = 2 ** 53 - 1

/**
 * Numbers the sequenced packets of each stream from its login on; a session that is read on several connections, or again
 * after a reconnect, is handed out once. Without a login, or after a loss, packets have no numbers: all are handed out.
 * The next login to the session on the same flow says how many were lost: those up to its number that did not come.
 */
export class SoupSequence {
  readonly arbiter = new MessageArbiter(new SessionTable(nameSession))
  readonly #counts: SoupCounts
  /** Session of each flow, −1 for none, and the number of its next packet. */
  readonly #sessions = new Int16Array(FLOWS_MAX).fill(NONE)
  readonly #next = new Float64Array(FLOWS_MAX)
  /** Session of which a flow has lost packets from `#next` on, −1 for none, and how many came after them. */
  readonly #lostSessions = new Int16Array(FLOWS_MAX).fill(NONE)
  readonly #unnumbered = new Float64Array(FLOWS_MAX)

  constructor(counts: SoupCounts) {
    this.#counts = counts
  }

  /** A login was accepted by the packet at `at`: its session's numbers begin, or go on. A loss that it settles is appended. */
  login(flow: number, bytes: Uint8Array, at: number, batch: RecordBatch): void {
    const from = at + LoginAcceptedAt.Session
    const session = this.arbiter.sessions.find(readI32(bytes, from), readI32(bytes, from + 4), readU16(bytes, from + 8))
    if (session < 0) this.#counts.tooManySessions++
    const lostFrom = this.#next[flow]!
    this.#sessions[flow] = session
    this.#next[flow] = 0
    for (let i = 0; i < SOUP_SEQUENCE_BYTES; i++) {
      const digit = bytes[at + LoginAcceptedAt.Sequence + i]!
      if (digit >= DIGIT_0 && digit <= DIGIT_9) this.#next[flow] = this.#next[flow]! * 10 + digit - DIGIT_0
    }
    if (this.#next[flow]! > SEQUENCE_MAX) this.#sessions[flow] = NONE
    else if (session >= 0 && session === this.#lostSessions[flow]) this.#settle(flow, session, lostFrom, batch)
    this.#lostSessions[flow] = NONE
  }

  /** The stream lost an unknown number of packets: the following ones have no numbers. Appends a gap of unknown length. */
  lose(flow: number, batch: RecordBatch): void {
    const session = this.#sessions[flow]!
    const isNumbered = session !== NONE
    if (isNumbered) {
      this.#lostSessions[flow] = session
      this.#unnumbered[flow] = 0
      this.#sessions[flow] = NONE
    }
    const { views, usedBytes: to } = batch
    beginRecord(views, to, Gap.Bytes, RecordType.Gap, 0)
    views.i32[(to + Gap.Line) >> 2] = flow
    views.i32[(to + Gap.Session) >> 2] = isNumbered ? session : 0
    views.f64[(to + Gap.FirstMissing) >> 3] = isNumbered ? this.#next[flow]! : 0
    views.f64[(to + Gap.MissingCount) >> 3] = 0
    batch.usedBytes = to + Gap.Bytes
  }

  /** Counts the next sequenced packet; a gap that it reveals is appended. @returns whether it is to be handed out */
  take(flow: number, batch: RecordBatch): boolean {
    const session = this.#sessions[flow]!
    if (session === NONE) {
      this.#unnumbered[flow]!++
      return true
    }
    const { arbiter } = this
    arbiter.sequence[0] = this.#next[flow]!++
    arbiter.begin(session, flow, NumberedPacket.Data, 1, batch)
    const isNew = arbiter.take()
    arbiter.finish()
    return isNew
  }

  /** Counts a heartbeat or the end of the stream's session. */
  mark(flow: number, kind: NumberedPacket, batch: RecordBatch): void {
    const session = this.#sessions[flow]!
    if (session === NONE) return
    this.arbiter.sequence[0] = this.#next[flow]!
    this.arbiter.begin(session, flow, kind, 0, batch)
  }

  /** Books the packets that came without numbers as the last ones before the login's: what is left was lost. */
  #settle(flow: number, session: number, lostFrom: number, batch: RecordBatch): void {
    const count = this.#unnumbered[flow]!
    const first = this.#next[flow]! - count
    if (count === 0 || first < lostFrom) return
    const { arbiter } = this
    arbiter.sequence[0] = first
    arbiter.begin(session, flow, NumberedPacket.Data, count, batch)
    for (let i = 0; i < count; i++) arbiter.take()
    arbiter.finish()
  }
}

/** The session's ten characters without padding. */
function nameSession(a: number, b: number, c: number): string {
  const text = Buffer.alloc(10)
  text.writeInt32BE(a, 0)
  text.writeInt32BE(b, 4)
  text.writeUInt16BE(c, 8)
  return text.toString('latin1').trim()
}
