import type { StateArchive } from '../../../kernels/records/state-archive.ts'
import {
  LoginAcceptedAt,
  LoginRequestAt,
  SOUP_PASSWORD_BYTES,
  SOUP_SEQUENCE_BYTES,
  SOUP_SESSION_BYTES,
  SOUP_USERNAME_BYTES,
  SoupHeader,
  SoupType,
} from '../layout.ts'
import { ReceiveBuffer, Received } from './receive-buffer.ts'
import { SendBuffer } from './send-buffer.ts'
import { SessionCount, SessionEvent, SessionFailure } from './session-counts.ts'
import { SESSION_TIMES, SessionClock, type SessionTimes } from './session-times.ts'
import { isBlank, padded, readDecimal, writeDecimal } from './text-fields.ts'

const NEXT = 0
const ACCEPTED = 1
const SPACE = 0x20
const PAYLOAD = SoupHeader.Bytes

/** Where a client stands. */
export enum ClientState {
  Disconnected = 0,
  LoggingIn = 1,
  Live = 2,
  /** Rejected, ended or failed: the connection is to be closed. */
  Closing = 3,
}

export interface ClientOptions {
  readonly username: string
  readonly password: string
  /** Ten characters at most; left out for whatever session there is. */
  readonly session?: string
  /** The first message that is wanted; 1 for all, 0 for those after the login alone. */
  readonly firstSequence?: number
  readonly times?: SessionTimes
  readonly sendBytesMax?: number
}

/** Messages that may wait for the socket: orders that wait longer than that had better not be sent at all. */
const SEND_BYTES_MAX = 1 << 16

/**
 * The client's side of a SoupBinTCP 3.0 session: bytes in, bytes out, a clock that its owner sets; it opens no socket. Over any
 * number of connections, each sequenced message is handed out once and in order: a login asks for the session that it knows,
 * from the next message on.
 *
 * The owner makes a connection and calls `connected`; then, as often as it likes: writes what arrives behind `receive.end`
 * (after `receive.makeRoom`) and calls `arrived`; takes events with `next` until there is none; calls `tick`; sends what
 * lies in `send`. When the connection breaks, or `isClosing`, it closes it and calls `disconnected`.
 *
 *     Disconnected ── connected ──► LoggingIn ── login accepted ──► Live
 *          ▲                            │ rejected, late              │ end of session, silence, nonsense
 *          └──── disconnected ──── Closing ◄──────────────────────────┘
 */
export class SoupClient {
  state: ClientState = ClientState.Disconnected
  failure: SessionFailure = SessionFailure.None
  /** Of the last rejected login: `SoupReject`, or whatever letter the server sent. */
  rejectReason = 0
  /** Whether the server has ended the session that the client is in. */
  isEnded = false
  messageAt = 0
  messageLength = 0
  readonly receive = new ReceiveBuffer()
  readonly send: SendBuffer
  /** By `SessionCount`. */
  readonly counts = new Float64Array(SessionCount.Count)
  readonly clock: SessionClock
  readonly #username: Uint8Array
  readonly #password: Uint8Array
  /** Session that the login asks for, and then the one that was given: ten characters. */
  readonly #session: Uint8Array
  /** [NEXT] number of the next sequenced message, [ACCEPTED] number that a login was answered with. */
  readonly #sequences = new Float64Array(2)

  /** @throws RangeError for a name, password or session that does not fit its field */
  constructor(options: ClientOptions) {
    this.#username = padded(options.username, SOUP_USERNAME_BYTES)
    this.#password = padded(options.password, SOUP_PASSWORD_BYTES)
    this.#session = padded((options.session ?? '').padStart(SOUP_SESSION_BYTES), SOUP_SESSION_BYTES)
    this.#sequences[NEXT] = options.firstSequence ?? 1
    this.clock = new SessionClock(options.times ?? SESSION_TIMES)
    this.send = new SendBuffer(options.sendBytesMax ?? SEND_BYTES_MAX)
  }

  /**
   * Saves or restores session and number of the next message: who is restored goes on there at its next login. A state from
   * before the first login changes nothing.
   */
  archive(archive: StateArchive): void {
    const session = this.#session.slice()
    archive.array(session)
    const next = archive.number(this.#sequences[NEXT]!)
    if (archive.isSaving || isBlank(session, 0, SOUP_SESSION_BYTES)) return
    this.#session.set(session)
    this.#sequences[NEXT] = next
  }

  /** Number of the next sequenced message. */
  get nextSequence(): number {
    return this.#sequences[NEXT]!
  }

  /** The session's ten characters without padding; empty before the first login. */
  get session(): string {
    return Buffer.from(this.#session).toString('latin1').trim()
  }

  get isClosing(): boolean {
    return this.state === ClientState.Closing
  }

  /** A connection is made: the login goes out. */
  connected(): void {
    this.receive.clear()
    this.send.clear()
    this.failure = SessionFailure.None
    this.isEnded = false
    this.clock.noteConnected()
    this.state = ClientState.LoggingIn
    const at = this.send.begin(SoupType.LoginRequest, LoginRequestAt.Bytes - PAYLOAD) - PAYLOAD
    const { bytes } = this.send
    bytes.set(this.#username, at + LoginRequestAt.Username)
    bytes.set(this.#password, at + LoginRequestAt.Password)
    bytes.set(this.#session, at + LoginRequestAt.Session)
    writeDecimal(bytes, at + LoginRequestAt.Sequence, SOUP_SEQUENCE_BYTES, this.#sequences, NEXT)
  }

  /** The connection is closed. What was not sent is dropped: the venue's replay tells what arrived. */
  disconnected(): void {
    if (this.state !== ClientState.Disconnected) this.counts[SessionCount.Disconnects]!++
    this.state = ClientState.Disconnected
    this.receive.clear()
    this.send.clear()
  }

  /** So many bytes were written behind `receive.end`. */
  arrived(length: number): void {
    this.receive.commit(length)
    if (length > 0) this.clock.noteReceived()
  }

  /** Sends a message, unsequenced. @returns false when not live or without room: nothing of it is sent */
  trySend(bytes: Uint8Array, at: number, length: number): boolean {
    if (this.state === ClientState.Live && this.send.append(SoupType.UnsequencedData, bytes, at, length)) {
      this.clock.noteSent()
      this.counts[SessionCount.MessagesSent]!++
      return true
    }
    this.counts[SessionCount.SendsRefused]!++
    return false
  }

  /** After the server no longer has the session: the next login takes any, from its first message on. */
  forgetSession(): void {
    this.#session.fill(SPACE)
    this.#sequences[NEXT] = 1
  }

  /** Asks the server to close the connection. */
  logout(): void {
    if (this.state === ClientState.Live) this.send.begin(SoupType.LogoutRequest, 0)
  }

  /** What time brings: a heartbeat, or the end of a connection that is silent. @returns Failed, or None */
  tick(): SessionEvent {
    const { clock } = this
    if (this.state === ClientState.LoggingIn && clock.isLoginLate()) return this.#fail(SessionFailure.LoginTimeout)
    if (this.state !== ClientState.Live) return SessionEvent.None
    if (clock.isSilent()) return this.#fail(SessionFailure.Silence)
    if (clock.isHeartbeatDue()) {
      clock.noteSent()
      // Where nothing fits, much is on its way out already.
      if (this.send.begin(SoupType.ClientHeartbeat, 0) >= 0) this.counts[SessionCount.HeartbeatsSent]!++
    }
    return SessionEvent.None
  }

  /** Takes what arrived, up to the next event. */
  next(): SessionEvent {
    while (this.state === ClientState.Live || this.state === ClientState.LoggingIn) {
      const received = this.receive.next()
      if (received === Received.None) return SessionEvent.None
      if (received === Received.Broken) return this.#fail(SessionFailure.BadPacket)
      const event = this.state === ClientState.Live ? this.#takeLive() : this.#takeLogin()
      if (event !== SessionEvent.None) return event
    }
    return SessionEvent.None
  }

  #takeLive(): SessionEvent {
    switch (this.receive.type) {
      case SoupType.SequencedData:
        return this.#takeSequenced()
      case SoupType.UnsequencedData:
        this.messageAt = this.receive.payloadAt
        this.messageLength = this.receive.payloadLength
        this.counts[SessionCount.MessagesReceived]!++
        return SessionEvent.Message
      case SoupType.ServerHeartbeat:
        this.counts[SessionCount.HeartbeatsReceived]!++
        return SessionEvent.None
      case SoupType.EndOfSession:
        return this.#end()
      default:
        return this.#takeDebug()
    }
  }

  #takeSequenced(): SessionEvent {
    const sequence = this.#sequences[ACCEPTED]!++
    if (sequence < this.#sequences[NEXT]!) {
      this.counts[SessionCount.Duplicates]!++
      return SessionEvent.None
    }
    this.#sequences[NEXT] = sequence + 1
    this.messageAt = this.receive.payloadAt
    this.messageLength = this.receive.payloadLength
    this.counts[SessionCount.MessagesReceived]!++
    return SessionEvent.Message
  }

  #takeLogin(): SessionEvent {
    switch (this.receive.type) {
      case SoupType.LoginAccepted:
        return this.#takeAccepted()
      case SoupType.LoginRejected:
        this.rejectReason = this.receive.bytes[this.receive.payloadAt]!
        this.counts[SessionCount.LoginsRejected]!++
        this.state = ClientState.Closing
        return SessionEvent.LoginRejected
      case SoupType.ServerHeartbeat:
        return SessionEvent.None
      case SoupType.EndOfSession:
        return this.#end()
      default:
        return this.#takeDebug()
    }
  }

  #end(): SessionEvent {
    this.isEnded = true
    this.state = ClientState.Closing
    return SessionEvent.Ended
  }

  #takeAccepted(): SessionEvent {
    const { bytes, payloadAt } = this.receive
    const at = payloadAt - PAYLOAD
    const sequenceAt = at + LoginAcceptedAt.Sequence
    if (!readDecimal(bytes, sequenceAt, SOUP_SEQUENCE_BYTES, this.#sequences, ACCEPTED)) {
      return this.#fail(SessionFailure.BadLogin)
    }
    this.counts[SessionCount.Logins]!++
    this.state = ClientState.Live
    const wasNamed = !isBlank(this.#session, 0, SOUP_SESSION_BYTES)
    let isOther = false
    for (let i = 0; i < SOUP_SESSION_BYTES; i++) {
      const letter = bytes[at + LoginAcceptedAt.Session + i]!
      isOther ||= letter !== this.#session[i]
      this.#session[i] = letter
    }
    const accepted = this.#sequences[ACCEPTED]!
    const wanted = this.#sequences[NEXT]!
    if (wasNamed && isOther) {
      this.#sequences[NEXT] = accepted
      return SessionEvent.SessionChanged
    }
    if (accepted <= wanted) return SessionEvent.LoggedIn
    this.#sequences[NEXT] = accepted
    if (wanted === 0) return SessionEvent.LoggedIn
    this.counts[SessionCount.Missed]! += accepted - wanted
    return SessionEvent.MessagesMissed
  }

  #takeDebug(): SessionEvent {
    if (this.receive.type !== SoupType.Debug) return this.#fail(SessionFailure.UnexpectedPacket)
    this.counts[SessionCount.DebugPackets]!++
    return SessionEvent.None
  }

  #fail(failure: SessionFailure): SessionEvent {
    this.failure = failure
    this.counts[failure as number]!++
    this.state = ClientState.Closing
    return SessionEvent.Failed
  }
}
