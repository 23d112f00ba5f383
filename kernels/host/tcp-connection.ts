import { hostAddon } from './addon.ts'
import { requireWithin } from './arguments.ts'
import { errnoName, requireSuccess } from './errors.ts'
import { formatEndpoint, type Ipv4Endpoint, requireEndpoint } from './ipv4.ts'

/** Where a connection stands. */
export enum TcpState {
  Connecting = 0,
  Open = 1,
  /** It could not be made, or it broke, or either side ended it: see `closeReason`. */
  Closed = 2,
}

/** What `closeReason` says where it is no failure. */
export enum TcpClose {
  ByPeer = 'the other side ended the connection',
  ByUs = 'closed',
}

/**
 * When bytes were handed to the wire, as 32-bit words; native/sockets.cc writes them.
 *
 *      0                4              8               12
 *     ┌────────────────┬──────────────┬───────────────┬───────────┐
 *     │ offset of the  │ whose clock  │ seconds since │ ns of the │
 *     │ last byte      │ (StampSource)│ 1970          │ second    │
 *     └────────────────┴──────────────┴───────────────┴───────────┘
 *
 * Offsets count from the connection's first byte and wrap. A stamp covers all bytes up to its own.
 */
export enum SendStampFact {
  LastByte = 0,
  StampSource = 1,
  StampSeconds = 2,
  StampNanos = 3,
  Words = 4,
}

/** Stamps that one call takes at most. */
export const SEND_STAMPS_MAX = 16

/** `receiveBytes` of the addon says so when the other side has ended. */
const ENDED_BY_PEER = 'ENODATA'

/**
 * A TCP connection over IPv4 that never blocks; what is sent leaves at once (TCP_NODELAY). A failure of the network is no
 * exception: the connection is then `Closed`, with its reason.
 */
export class TcpConnection {
  state: TcpState = TcpState.Connecting
  /** Why it is closed: a `TcpClose`, or the name of an errno such as `ECONNREFUSED`. */
  closeReason = ''
  /** By `SendStampFact`: what `takeSendStamps` took. */
  readonly sendStamps = new Uint32Array(SEND_STAMPS_MAX * SendStampFact.Words)
  readonly #stampBytes = new Uint8Array(this.sendStamps.buffer)
  readonly #stampsSends: boolean
  #fd: number

  /**
   * Begins to connect.
   * @param stampsSends whether the times of what is sent are to be had; who asks for them must take them: they fill the socket's room
   * @throws HostError when there can be no socket: EMFILE, ENOMEM
   */
  constructor(target: Ipv4Endpoint, stampsSends = false) {
    requireEndpoint(target)
    this.#stampsSends = stampsSends
    const outcome = hostAddon().connectTcp(target.address, target.port)
    const name = outcome < 0 ? errnoName(-outcome) : ''
    this.#fd = outcome
    if (name === 'EMFILE' || name === 'ENFILE' || name === 'ENOMEM' || name === 'ENOBUFS') {
      requireSuccess(outcome, () => ({ call: 'socket', attempted: 'connect', where: formatEndpoint(target) }))
    }
    if (outcome < 0) this.#end(name)
  }

  /** Looks whether a connection in the making is made. */
  poll(): TcpState {
    if (this.state !== TcpState.Connecting) return this.state
    const outcome = hostAddon().connectOutcome(this.#fd)
    if (outcome > 0) {
      this.state = TcpState.Open
      // Where the kernel has no such stamps there are none to be taken.
      if (this.#stampsSends) hostAddon().stampSends(this.#fd)
    } else if (outcome < 0) this.#end(errnoName(-outcome))
    return this.state
  }

  /** Receives up to `length` bytes. @returns how many; 0 when there are none, or the connection is closed */
  receive(bytes: Uint8Array, at: number, length: number): number {
    requireWithin(bytes, at, length)
    if (this.state !== TcpState.Open || length === 0) return 0
    const outcome = hostAddon().receiveBytes(this.#fd, bytes, at, length)
    if (outcome >= 0) return outcome
    const name = errnoName(-outcome)
    this.#end(name === ENDED_BY_PEER ? TcpClose.ByPeer : name)
    return 0
  }

  /** Sends up to `length` bytes. @returns how many the kernel took; 0 when it has no room, or the connection is closed */
  send(bytes: Uint8Array, at: number, length: number): number {
    requireWithin(bytes, at, length)
    if (this.state !== TcpState.Open || length === 0) return 0
    const outcome = hostAddon().sendBytes(this.#fd, bytes, at, length)
    if (outcome >= 0) return outcome
    this.#end(errnoName(-outcome))
    return 0
  }

  /** Takes stamps of what was sent, oldest first, into `sendStamps`. @returns how many; 0 for none just now */
  takeSendStamps(): number {
    if (this.state !== TcpState.Open) return 0
    const outcome = hostAddon().takeSendStamps(this.#fd, this.#stampBytes, SEND_STAMPS_MAX)
    return outcome > 0 ? outcome : 0
  }

  close(): void {
    if (this.state !== TcpState.Closed) this.#end(TcpClose.ByUs)
  }

  #end(reason: string): void {
    this.state = TcpState.Closed
    this.closeReason = reason
    if (this.#fd >= 0) hostAddon().closeDescriptor(this.#fd)
    this.#fd = -1
  }
}
