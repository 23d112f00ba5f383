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
 */
export class SoupSequence {
  readonly arbiter = new MessageArbiter(new SessionTable(nameSession))
  readonly #counts: SoupCounts
  /** Session of each flow, −1 for none, and the number of its next packet. */
  readonly #sessions = new Int16Array(FLOWS_MAX).fill(NONE)
  readonly #next = new Float64Array(FLOWS_MAX)

  constructor(counts: SoupCounts) {
    this.#counts = counts
  }

  /** A login was accepted by the packet at `at`: its session's numbers begin. */
  login(flow: number, bytes: Uint8Array, at: number): void {
    const from = at + LoginAcceptedAt.Session
    const session = this.arbiter.sessions.find(readI32(bytes, from), readI32(bytes, from + 4), readU16(bytes, from + 8))
    if (session < 0) this.#counts.tooManySessions++
    this.#sessions[flow] = session
    this.#next[flow] = 0
    for (let i = 0; i < SOUP_SEQUENCE_BYTES; i++) {
      const digit = bytes[at + LoginAcceptedAt.Sequence + i]!
      if (digit >= DIGIT_0 && digit <= DIGIT_9) this.#next[flow] = this.#next[flow]! * 10 + digit - DIGIT_0
    }
    if (this.#next[flow]! > SEQUENCE_MAX) this.#sessions[flow] = NONE
  }

  /** The stream lost an unknown number of packets: the following ones have no numbers. */
  lose(flow: number): void {
    this.#sessions[flow] = NONE
  }

  /** Counts the next sequenced packet; a gap that it reveals is appended. @returns whether it is to be handed out */
  take(flow: number, batch: RecordBatch): boolean {
    const session = this.#sessions[flow]!
    if (session === NONE) return true
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
}

/** The session's ten characters without padding. */
function nameSession(a: number, b: number, c: number): string {
  const text = Buffer.alloc(10)
  text.writeInt32BE(a, 0)
  text.writeInt32BE(b, 4)
  text.writeUInt16BE(c, 8)
  return text.toString('latin1').trim()
}
