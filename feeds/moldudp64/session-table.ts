import { SESSION_BYTES } from './layout.ts'
import { MissingRanges } from './missing-ranges.ts'

/** Sessions tracked; a day of one feed has one, a damaged capture may seem to have many. */
export const SESSIONS_MAX = 256
const KEY_WORDS = 3

/** Counters of a session, one double each. */
export enum SessionCount {
  /** Sequence number of the first message, or of the first heartbeat before any. */
  First = 0,
  /** Sequence number of the next message in order. */
  Expected = 1,
  /** Messages handed out, each once. */
  Messages = 2,
  /** Messages seen again: on the other line, or sent twice. */
  Duplicates = 3,
  /** Messages that came after a gap had been declared over them; handed out. */
  Late = 4,
  /** Messages from before the session's first one in the capture; not handed out. */
  Early = 5,
  /** Messages of packets with sequence number 0, which the protocol does not have: handed out, not tracked. */
  Unsequenced = 6,
  Packets = 7,
  Heartbeats = 8,
  EndOfSession = 9,
  Gaps = 10,
  Count = 16,
}

/**
 * MoldUDP64 sessions by their ten bytes, numbered from 0 in the order of first sight.
 * Bound: SESSIONS_MAX; policy: packets of further sessions are refused, and counted by the caller.
 */
export class SessionTable {
  count = 0
  readonly counts = new Float64Array(SESSIONS_MAX * SessionCount.Count)
  readonly missing: MissingRanges[] = []
  /** 1 once the session's first sequence number is known. */
  readonly hasFirst = new Uint8Array(SESSIONS_MAX)
  readonly #keys = new Int32Array(SESSIONS_MAX * KEY_WORDS)
  #last = 0

  /** The number of the session whose name is at `at`; −1 when there is no room for it. */
  find(bytes: Uint8Array, at: number): number {
    const a = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
    const b = (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!
    const c = (bytes[at + 8]! << 8) | bytes[at + 9]!
    if (this.count > 0 && this.#is(this.#last, a, b, c)) return this.#last
    for (let session = 0; session < this.count; session++) {
      if (this.#is(session, a, b, c)) {
        this.#last = session
        return session
      }
    }
    return this.#add(a, b, c)
  }

  /** The session's name as text without its padding; in hexadecimal when it is not printable. */
  name(session: number): string {
    const bytes = new Uint8Array(SESSION_BYTES)
    for (let i = 0; i < SESSION_BYTES; i++) {
      const word = this.#keys[session * KEY_WORDS + (i >> 2)]!
      bytes[i] = i < 8 ? word >>> (24 - 8 * (i & 3)) : word >>> (8 - 8 * (i & 1))
    }
    const text = Buffer.from(bytes)
    return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? text.toString('latin1').trim() : text.toString('hex')
  }

  #is(session: number, a: number, b: number, c: number): boolean {
    const at = session * KEY_WORDS
    return this.#keys[at] === a && this.#keys[at + 1] === b && this.#keys[at + 2] === c
  }

  #add(a: number, b: number, c: number): number {
    if (this.count === SESSIONS_MAX) return -1
    const session = this.count++
    this.#keys[session * KEY_WORDS] = a
    this.#keys[session * KEY_WORDS + 1] = b
    this.#keys[session * KEY_WORDS + 2] = c
    this.missing.push(new MissingRanges())
    this.#last = session
    return session
  }
}
