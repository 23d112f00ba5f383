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
  /** Messages of packets with sequence number 0, which stand outside the sequence: handed out, not tracked. */
  Unsequenced = 6,
  Packets = 7,
  Heartbeats = 8,
  EndOfSession = 9,
  Gaps = 10,
  Count = 16,
}

/**
 * Sessions of sequence numbers by a key of three words, numbered from 0 in the order of first sight. What the words mean is
 * the transport's: a session's name, a channel, a unit.
 * Bound: SESSIONS_MAX; policy: packets of further sessions are refused, and counted by the caller.
 */
export class SessionTable {
  count = 0
  readonly counts = new Float64Array(SESSIONS_MAX * SessionCount.Count)
  readonly missing: MissingRanges[] = []
  /** 1 once the session's first sequence number is known. */
  readonly hasFirst = new Uint8Array(SESSIONS_MAX)
  readonly #keys = new Int32Array(SESSIONS_MAX * KEY_WORDS)
  readonly #nameOf: (a: number, b: number, c: number) => string
  #last = 0

  /** @param nameOf the name of a session in reports, by its key */
  constructor(nameOf: (a: number, b: number, c: number) => string) {
    this.#nameOf = nameOf
  }

  /** The number of the session with this key; −1 when there is no room for it. */
  find(a: number, b: number, c: number): number {
    if (this.count > 0 && this.#is(this.#last, a, b, c)) return this.#last
    // The latest first: a key that began anew is found at its latest beginning.
    for (let session = this.count - 1; session >= 0; session--) {
      if (this.#is(session, a, b, c)) {
        this.#last = session
        return session
      }
    }
    return this.begin(a, b, c)
  }

  /**
   * Begins a session, also one whose key is known: for transports that start their numbers over.
   * @returns its number; −1 when there is no room for it
   */
  begin(a: number, b: number, c: number): number {
    if (this.count === SESSIONS_MAX) return -1
    const session = this.count++
    this.#keys[session * KEY_WORDS] = a
    this.#keys[session * KEY_WORDS + 1] = b
    this.#keys[session * KEY_WORDS + 2] = c
    this.missing.push(new MissingRanges())
    this.#last = session
    return session
  }

  /** The session's name for reports. */
  name(session: number): string {
    const at = session * KEY_WORDS
    return this.#nameOf(this.#keys[at]!, this.#keys[at + 1]!, this.#keys[at + 2]!)
  }

  #is(session: number, a: number, b: number, c: number): boolean {
    const at = session * KEY_WORDS
    return this.#keys[at] === a && this.#keys[at + 1] === b && this.#keys[at + 2] === c
  }
}
