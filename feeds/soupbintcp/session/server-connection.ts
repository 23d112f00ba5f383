import { LoginAcceptedAt, LoginRequestAt, SOUP_SEQUENCE_BYTES, SoupHeader, SoupType } from '../layout.ts'
import { ReceiveBuffer, Received } from './receive-buffer.ts'
import { SendBuffer } from './send-buffer.ts'
import type { SequencedLog } from './sequenced-log.ts'
import type { KnownUser, SoupLogins } from './server-logins.ts'
import { SessionCount, SessionEvent, SessionFailure } from './session-counts.ts'
import { SESSION_TIMES, SessionClock, type SessionTimes } from './session-times.ts'
import { readDecimal, writeDecimal } from './text-fields.ts'

const NEXT = 0
const PAYLOAD = SoupHeader.Bytes

/** Where a connection stands, as its server sees it. */
export enum ConnectionState {
  AwaitingLogin = 0,
  Live = 1,
  /** What waits in `send` may still go out; then the connection is to be closed. */
  Closing = 2,
}

export interface ConnectionOptions {
  readonly times?: SessionTimes
  /** Bytes that may wait for the socket; the log waits for room, so that a slow client costs no more than that. */
  readonly sendBytesMax?: number
  /** The longest packet that a client may send. */
  readonly packetBytesMax?: number
}

const SEND_BYTES_MAX = 1 << 16
/** Enough for any order of any exchange's protocol, and little enough to lose on a thousand connections. */
const PACKET_BYTES_MAX = 4096

/**
 * The server's side of one SoupBinTCP 3.0 connection: bytes in, bytes out, a clock that its owner sets. A client that has
 * logged in gets the log of its user from the number that it asked for, and goes on with what is appended later. A second login
 * of a user ends the first connection: who reconnects must not wait until the server has noticed the loss.
 *
 * The owner, as often as it likes: writes what arrives behind `receive.end` (after `receive.makeRoom`) and calls `arrived`; takes
 * events with `next` until there is none; calls `tick`, then `pump`; sends what lies in `send`; closes when `isClosing` and
 * nothing waits.
 *
 *     AwaitingLogin ── right login ──► Live ── logout, end of session, silence, nonsense, a later login ──► Closing
 *           └── wrong login, silence, nonsense ───────────────────────────────────────────────────────────────┘
 */
export class SoupConnection {
  state: ConnectionState = ConnectionState.AwaitingLogin
  failure: SessionFailure = SessionFailure.None
  /** Who is logged in. */
  user: KnownUser | undefined
  /** What the client is sent; the user's, or one that the owner sets at the login. */
  log: SequencedLog | undefined
  messageAt = 0
  messageLength = 0
  readonly receive: ReceiveBuffer
  readonly send: SendBuffer
  /** By `SessionCount`. */
  readonly counts = new Float64Array(SessionCount.Count)
  readonly clock: SessionClock
  readonly #logins: SoupLogins
  readonly #number: number
  /** [NEXT] number of the next sequenced message. */
  readonly #sequences = new Float64Array(1)

  constructor(logins: SoupLogins, options: ConnectionOptions = {}) {
    this.#logins = logins
    this.#number = logins.nextConnection()
    this.clock = new SessionClock(options.times ?? SESSION_TIMES)
    this.receive = new ReceiveBuffer(options.packetBytesMax ?? PACKET_BYTES_MAX)
    this.send = new SendBuffer(options.sendBytesMax ?? SEND_BYTES_MAX)
  }

  get isClosing(): boolean {
    return this.state === ConnectionState.Closing
  }

  /** Number of the next sequenced message that goes out. */
  get nextSequence(): number {
    return this.#sequences[NEXT]!
  }

  /** The connection is made. */
  connected(): void {
    this.clock.noteConnected()
  }

  /** So many bytes were written behind `receive.end`. */
  arrived(length: number): void {
    this.receive.commit(length)
    if (length > 0) this.clock.noteReceived()
  }

  /** What time brings: a heartbeat, or the end of a connection that is silent. @returns Failed, or None */
  tick(): SessionEvent {
    const { clock } = this
    if (this.state === ConnectionState.Closing) return SessionEvent.None
    if (this.state === ConnectionState.AwaitingLogin) {
      return clock.isLoginLate() ? this.#fail(SessionFailure.LoginTimeout) : SessionEvent.None
    }
    if (this.user?.latestConnection !== this.#number) return this.#fail(SessionFailure.Replaced)
    if (clock.isSilent()) return this.#fail(SessionFailure.Silence)
    // A heartbeat also says that nothing waits.
    if (clock.isHeartbeatDue() && this.#sequences[NEXT]! > (this.log?.count ?? 0)) {
      clock.noteSent()
      if (this.send.begin(SoupType.ServerHeartbeat, 0) >= 0) this.counts[SessionCount.HeartbeatsSent]!++
    }
    return SessionEvent.None
  }

  /** Sends what the log holds and the client has not got, as far as there is room; at the end of the session, says so. */
  pump(): void {
    const { log, send } = this
    if (this.state !== ConnectionState.Live || log === undefined) return
    while (this.#sequences[NEXT]! <= log.count) {
      const sequence = this.#sequences[NEXT]!
      const length = log.lengthOf(sequence)
      if (!send.append(SoupType.SequencedData, log.bytes, log.startOf(sequence), length)) return
      this.#sequences[NEXT] = sequence + 1
      this.counts[SessionCount.MessagesSent]!++
      this.clock.noteSent()
    }
    if (this.#logins.isEnded && send.begin(SoupType.EndOfSession, 0) >= 0) this.state = ConnectionState.Closing
  }

  /** Sends a message outside the sequence. @returns false when not live or without room */
  trySendUnsequenced(bytes: Uint8Array, at: number, length: number): boolean {
    if (this.state === ConnectionState.Live && this.send.append(SoupType.UnsequencedData, bytes, at, length)) {
      this.clock.noteSent()
      return true
    }
    this.counts[SessionCount.SendsRefused]!++
    return false
  }

  /** Takes what arrived, up to the next event. */
  next(): SessionEvent {
    while (this.state !== ConnectionState.Closing) {
      const received = this.receive.next()
      if (received === Received.None) return SessionEvent.None
      if (received === Received.Broken) return this.#fail(SessionFailure.BadPacket)
      const event = this.state === ConnectionState.Live ? this.#takeLive() : this.#takeLogin()
      if (event !== SessionEvent.None) return event
    }
    return SessionEvent.None
  }

  #takeLive(): SessionEvent {
    switch (this.receive.type) {
      case SoupType.UnsequencedData:
        this.messageAt = this.receive.payloadAt
        this.messageLength = this.receive.payloadLength
        this.counts[SessionCount.MessagesReceived]!++
        return SessionEvent.Message
      case SoupType.ClientHeartbeat:
        this.counts[SessionCount.HeartbeatsReceived]!++
        return SessionEvent.None
      case SoupType.LogoutRequest:
        this.state = ConnectionState.Closing
        return SessionEvent.Ended
      default:
        return this.#takeDebug()
    }
  }

  #takeLogin(): SessionEvent {
    if (this.receive.type !== SoupType.LoginRequest) return this.#takeDebug()
    const at = this.receive.payloadAt - PAYLOAD
    const user = this.#logins.find(this.receive.bytes, at)
    const sequenceAt = at + LoginRequestAt.Sequence
    if (user === undefined) return this.#reject()
    if (!readDecimal(this.receive.bytes, sequenceAt, SOUP_SEQUENCE_BYTES, this.#sequences, NEXT)) {
      return this.#fail(SessionFailure.BadLogin)
    }
    this.user = user
    this.log = user.log
    user.latestConnection = this.#number
    this.state = ConnectionState.Live
    this.counts[SessionCount.Logins]!++
    this.#accept()
    return SessionEvent.LoggedIn
  }

  /** What was asked for beyond the end of the log is not there yet: 0, and any number past the end, is the next one. */
  #accept(): void {
    const end = (this.log?.count ?? 0) + 1
    const asked = this.#sequences[NEXT]!
    if (asked === 0 || asked > end) this.#sequences[NEXT] = end
    this.#sequences[NEXT] = Math.max(1, this.#sequences[NEXT]! - this.#logins.rewindBy)
    this.#logins.rewindBy = 0
    const at = this.send.begin(SoupType.LoginAccepted, LoginAcceptedAt.Bytes - PAYLOAD) - PAYLOAD
    this.send.bytes.set(this.#logins.session, at + LoginAcceptedAt.Session)
    writeDecimal(this.send.bytes, at + LoginAcceptedAt.Sequence, SOUP_SEQUENCE_BYTES, this.#sequences, NEXT)
    this.clock.noteSent()
  }

  #reject(): SessionEvent {
    const at = this.send.begin(SoupType.LoginRejected, 1)
    this.send.bytes[at] = this.#logins.refusal
    this.counts[SessionCount.LoginsRejected]!++
    return this.#fail(SessionFailure.BadLogin)
  }

  #takeDebug(): SessionEvent {
    if (this.receive.type !== SoupType.Debug) return this.#fail(SessionFailure.UnexpectedPacket)
    this.counts[SessionCount.DebugPackets]!++
    return SessionEvent.None
  }

  #fail(failure: SessionFailure): SessionEvent {
    this.failure = failure
    this.counts[failure as number]!++
    this.state = ConnectionState.Closing
    return SessionEvent.Failed
  }
}
