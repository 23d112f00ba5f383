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
  #fd: number

  /** Begins to connect. @throws HostError when there can be no socket: EMFILE, ENOMEM */
  constructor(target: Ipv4Endpoint) {
    requireEndpoint(target)
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
    if (outcome > 0) this.state = TcpState.Open
    else if (outcome < 0) this.#end(errnoName(-outcome))
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
