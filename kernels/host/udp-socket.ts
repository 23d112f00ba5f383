import { hostAddon } from './addon.ts'
import { requireInteger, requireWithin } from './arguments.ts'
import { requireSuccess } from './errors.ts'
import { formatEndpoint, formatIpv4, type Ipv4Endpoint, isGroup, requireEndpoint } from './ipv4.ts'

const SLOTS_MAX = 64
const SLOT_BYTES_MAX = 65536
const RECEIVE_BUFFER_BYTES_MAX = 2 ** 30

/**
 * What is known of a received datagram, as 32-bit words; native/sockets.cc writes them.
 *
 *      0        4          8       12             16             20           24      28
 *     ┌────────┬──────────┬───────┬──────────────┬──────────────┬────────────┬───────┬───────┐
 *     │ length │ source   │ source│ whose clock  │ arrival,     │ arrival,   │ is it │ drops │
 *     │        │ address  │ port  │ (StampSource)│ s since 1970 │ ns of the s│ cut   │ so far│
 *     └────────┴──────────┴───────┴──────────────┴──────────────┴────────────┴───────┴───────┘
 */
export enum DatagramFact {
  Length = 0,
  Address = 1,
  Port = 2,
  StampSource = 3,
  StampSeconds = 4,
  StampNanos = 5,
  IsCut = 6,
  Drops = 7,
  Words = 8,
}

/** Who told the time of a datagram's arrival; the first ones may come before the kernel has begun to stamp. */
export enum StampSource {
  None = 0,
  Kernel = 1,
  /** The network card, by a clock of its own. */
  Card = 2,
}

export interface UdpSocketOptions {
  /** Where to listen; port 0 takes a free one. */
  readonly at: Ipv4Endpoint
  /** Wished size of the kernel's buffer; 0 leaves it as it is. The kernel grants up to net.core.rmem_max. */
  readonly receiveBufferBytes?: number
  /** Datagrams a call takes at most. */
  readonly slots?: number
  /** The longest datagram; what is longer is cut, and told so. */
  readonly slotBytes?: number
}

/** A UDP socket over IPv4 that never blocks: datagrams in batches, each with the time of its arrival. */
export class UdpSocket {
  /** Datagrams lie here, each at the start of its slot: what `receive` took, until it is called again. */
  readonly bytes: Uint8Array
  readonly slotBytes: number
  /** By `DatagramFact`, `DatagramFact.Words` a datagram; unsigned. */
  readonly facts: Uint32Array
  readonly #factBytes: Uint8Array
  readonly #slots: number
  readonly #where: string
  #fd: number

  /** @throws HostError EADDRINUSE, EADDRNOTAVAIL, EACCES and whatever socket and bind return */
  constructor(options: UdpSocketOptions) {
    const { at, receiveBufferBytes = 0, slots = 32, slotBytes = 2048 } = options
    requireEndpoint(at)
    requireInteger('receiveBufferBytes', receiveBufferBytes, 0, RECEIVE_BUFFER_BYTES_MAX)
    requireInteger('slots', slots, 1, SLOTS_MAX)
    requireInteger('slotBytes', slotBytes, 1, SLOT_BYTES_MAX)
    this.bytes = new Uint8Array(slots * slotBytes)
    this.slotBytes = slotBytes
    this.facts = new Uint32Array(slots * DatagramFact.Words)
    this.#factBytes = new Uint8Array(this.facts.buffer)
    this.#slots = slots
    this.#where = formatEndpoint(at)
    this.#fd = requireSuccess(hostAddon().openUdp(at.address, at.port, receiveBufferBytes), () => ({
      call: 'bind',
      attempted: 'listen for datagrams',
      where: this.#where,
      next: 'the address must be one of this machine or *, and the port free',
    }))
  }

  /** The port that it is bound to. */
  get port(): number {
    return requireSuccess(hostAddon().socketPort(this.#fd), () => this.#explain('getsockname', 'tell a port'))
  }

  /**
   * Joins a group, on the interface with an address of this machine; 0 leaves the choice to the kernel.
   * @throws HostError ENODEV: no such interface, or none that takes groups
   */
  join(group: number, interfaceAddress = 0): void {
    if (!isGroup(group)) throw new RangeError(`${formatIpv4(group)} is no group of 224.0.0.0/4`)
    requireSuccess(hostAddon().joinGroup(this.#fd, group, interfaceAddress), () => ({
      ...this.#explain('setsockopt(IP_ADD_MEMBERSHIP)', `join group ${formatIpv4(group)}`),
      next: `check that an interface with address ${formatIpv4(interfaceAddress)} is up`,
    }))
  }

  /** Sends what goes to groups out of an interface, and to this machine itself if `isLooped`. @throws HostError */
  sendGroupsFrom(interfaceAddress: number, isLooped: boolean): void {
    requireSuccess(hostAddon().chooseGroupInterface(this.#fd, interfaceAddress, isLooped), () =>
      this.#explain('setsockopt(IP_MULTICAST_IF)', 'choose the interface for groups'),
    )
  }

  /** Takes what has arrived, into `bytes` and `facts`. @returns how many datagrams @throws HostError */
  receive(): number {
    const outcome = hostAddon().receiveDatagrams(this.#fd, this.bytes, this.slotBytes, this.#slots, this.#factBytes)
    return outcome >= 0 ? outcome : requireSuccess(outcome, () => this.#explain('recvmmsg', 'receive datagrams'))
  }

  /** Sends one datagram. @returns false when the kernel has no room just now @throws HostError */
  send(bytes: Uint8Array, at: number, length: number, address: number, port: number): boolean {
    requireWithin(bytes, at, length)
    const outcome = hostAddon().sendDatagram(this.#fd, bytes, at, length, address, port)
    if (outcome > 0 || (outcome === 0 && length === 0)) return true
    return outcome === 0 ? false : requireSuccess(outcome, () => this.#explain('sendto', 'send a datagram')) > 0
  }

  /** Closes it; nothing else can be done with it. */
  close(): void {
    if (this.#fd >= 0) hostAddon().closeDescriptor(this.#fd)
    this.#fd = -1
  }

  #explain(call: string, attempted: string) {
    return { call, attempted, where: this.#where }
  }
}
