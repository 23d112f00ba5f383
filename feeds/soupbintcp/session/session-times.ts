const NS_PER_MS = 1e6

/** When a session speaks, and for how long the other side may be silent. */
export interface SessionTimes {
  /** A heartbeat is sent after so long without anything else. The specification says a second. */
  readonly heartbeatMs: number
  /** The other side is taken for dead after so long without a byte. The specification says 15 heartbeats. */
  readonly silenceMs: number
  /** A login must have come, or been answered, so long after the connection was made. */
  readonly loginMs: number
}

export const SESSION_TIMES: SessionTimes = { heartbeatMs: 1000, silenceMs: 15_000, loginMs: 10_000 }

enum Moment {
  Connected = 0,
  Received = 1,
  Sent = 2,
  Count = 3,
}

/** The times of one connection, by a clock that its owner sets. */
export class SessionClock {
  /** [0]: now, in ns of any clock that never goes back. Set it before every call. */
  readonly nowNs = new Float64Array(1)
  readonly #at = new Float64Array(Moment.Count)
  readonly #heartbeatNs: number
  readonly #silenceNs: number
  readonly #loginNs: number

  constructor({ heartbeatMs, silenceMs, loginMs }: SessionTimes) {
    this.#heartbeatNs = heartbeatMs * NS_PER_MS
    this.#silenceNs = silenceMs * NS_PER_MS
    this.#loginNs = loginMs * NS_PER_MS
  }

  noteConnected(): void {
    this.#at.fill(this.nowNs[0]!)
  }

  noteReceived(): void {
    this.#at[Moment.Received] = this.nowNs[0]!
  }

  noteSent(): void {
    this.#at[Moment.Sent] = this.nowNs[0]!
  }

  isHeartbeatDue(): boolean {
    return this.nowNs[0]! - this.#at[Moment.Sent]! >= this.#heartbeatNs
  }

  isSilent(): boolean {
    return this.nowNs[0]! - this.#at[Moment.Received]! >= this.#silenceNs
  }

  isLoginLate(): boolean {
    return this.nowNs[0]! - this.#at[Moment.Connected]! >= this.#loginNs
  }
}
