import { type ClientOptions, ClientState, SoupClient } from '../../../feeds/soupbintcp/session/client-session.ts'
import type { SessionEvent } from '../../../feeds/soupbintcp/session/session-counts.ts'
import { TcpState } from '../../host/tcp-connection.ts'
import type { ByteStream } from './byte-stream.ts'
import type { SendStamps } from './send-stamps.ts'

const NS_PER_MS = 1e6
const RECEIVES_PER_STEP_MAX = 16

export interface LinkOptions {
  readonly login: ClientOptions
  /** Begins a connection. */
  readonly connect: () => ByteStream
  /** Pause between the end of a connection and the next attempt. */
  readonly reconnectMs: number
  /** Who takes the times of what is sent, where they are wanted. */
  readonly stamps?: SendStamps
}

/** A SoupBinTCP client on its connections: makes them, carries bytes, makes them anew when they end. */
export class SessionLink {
  readonly session: SoupClient
  /** [0]: now in ns; set before every call. */
  readonly nowNs: Float64Array
  /** Connections made and lost, and attempts that came to nothing. */
  connects = 0
  failures = 0
  /** [0]: when the last connection that was logged in ended. */
  readonly lostNs = new Float64Array(1)
  /** Why the last connection ended. */
  lastEnd = ''
  /** Set to make no further connection. */
  isStopped = false
  /** Bytes that the connection at hand has taken. */
  sentBytes = 0
  readonly #stamps: SendStamps | undefined
  readonly #connect: () => ByteStream
  readonly #reconnectNs: number
  readonly #reconnectAt = new Float64Array(1)
  #stream: ByteStream | undefined

  constructor(options: LinkOptions) {
    this.session = new SoupClient(options.login)
    this.nowNs = this.session.clock.nowNs
    this.#connect = options.connect
    this.#stamps = options.stamps
    this.#reconnectNs = options.reconnectMs * NS_PER_MS
  }

  /** Moves bytes in, up to what a step may. @returns how many; events are then to be taken from the session */
  receive(): number {
    const { session } = this
    const stream = this.#stream ?? this.#open()
    if (stream === undefined) return 0
    if (stream.poll() === TcpState.Closed) return this.#drop(stream.closeReason)
    if (stream.state === TcpState.Connecting) return 0
    if (session.state === ClientState.Disconnected) {
      this.connects++
      this.sentBytes = 0
      session.connected()
      this.flush()
    }
    this.#stamps?.take(stream)
    let bytes = 0
    for (let i = 0; i < RECEIVES_PER_STEP_MAX; i++) {
      const { receive } = session
      // Room first: making it moves the end.
      const room = receive.makeRoom()
      const got = stream.receive(receive.bytes, receive.end, room)
      if (got === 0) break
      session.arrived(got)
      bytes += got
      // Whole packets must be taken before there is room for more.
      if (receive.bytes.length - receive.end < receive.bytes.length >> 1) break
    }
    return bytes
  }

  /** Moves bytes out. */
  flush(): void {
    const { send } = this.session
    while (send.waitingBytes > 0) {
      const taken = this.#stream?.send(send.bytes, send.start, send.waitingBytes) ?? 0
      if (taken === 0) return
      send.sent(taken)
      this.sentBytes += taken
      this.#stamps?.noteSend()
    }
  }

  /** After all events were taken: heartbeats, and the end of a connection that has ended. */
  tick(): SessionEvent {
    const { session } = this
    const event = session.tick()
    this.flush()
    const stream = this.#stream
    if (stream === undefined) return event
    if (stream.state === TcpState.Closed) this.#drop(stream.closeReason)
    else if (session.isClosing) {
      stream.close()
      this.#drop(session.isEnded ? 'end of session' : 'given up')
    }
    return event
  }

  /** Ends the connection for good. */
  close(): void {
    this.isStopped = true
    this.session.logout()
    this.flush()
    this.#stream?.close()
    this.#drop('closed')
  }

  #open(): ByteStream | undefined {
    if (this.isStopped || this.nowNs[0]! < this.#reconnectAt[0]!) return undefined
    this.#stream = this.#connect()
    return this.#stream
  }

  #drop(reason: string): number {
    if (this.session.state === ClientState.Disconnected) this.failures++
    else this.lostNs[0] = this.nowNs[0]!
    this.lastEnd = reason
    this.#stamps?.forget()
    this.session.disconnected()
    this.#stream = undefined
    this.#reconnectAt[0] = this.nowNs[0]! + this.#reconnectNs
    return 0
  }
}
