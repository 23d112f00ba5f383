import { createSocket, type Socket } from 'node:dgram'
import { LineFault, type LineFaultRates, LineFaults } from '../../feeds/exchange/line-faults.ts'
import { RandomStream } from '../../feeds/generate/random.ts'
import type { MoldPublisher } from '../../feeds/moldudp64/publisher.ts'
import { portError } from './port-error.ts'
import type { FaultSettings } from './venue-faults.ts'
import type { WireLog } from './wire-log.ts'

const HEARTBEAT_NS = 1e9
const MULTICAST_TTL = 1
const FAULT_NAMES = ['sent', 'lost', 'duplicated', 'reordered', 'delayed', 'overflowed'] as const

export interface LineTarget {
  readonly host: string
  readonly port: number
}

export interface FeedLinesOptions {
  /** Where the packets of each line go; a multicast group or one host. */
  readonly lines: readonly LineTarget[]
  readonly faults: FaultSettings
  readonly seed: number
  /** Address of the card that multicast leaves by; the system's choice if not given. */
  readonly interface?: string | undefined
  /** Where re-requests are taken. */
  readonly request: LineTarget
  /** Where re-requests are written down. */
  readonly wire?: WireLog | undefined
  readonly nowNs: () => number
}

/** The feed on its way out: lines of MoldUDP64 packets with their faults, and the server that sends messages again. */
export class FeedLines {
  readonly lines: readonly LineFaults[]
  readonly #publisher: MoldPublisher
  readonly #options: FeedLinesOptions
  readonly #sockets: readonly Socket[]
  readonly #requests: Socket
  readonly #random: RandomStream
  #sentNs = 0
  #sendErrors = 0
  #requestsLost = 0

  constructor(publisher: MoldPublisher, options: FeedLinesOptions) {
    this.#publisher = publisher
    this.#options = options
    this.#sockets = options.lines.map(() => createSocket('udp4'))
    this.#requests = createSocket('udp4')
    this.#random = new RandomStream(options.seed, 24)
    this.lines = options.lines.map((target, index) => {
      const random = new RandomStream(options.seed, 16 + index)
      const { a, b } = options.faults
      const rates: LineFaultRates = index === 0 ? a : b
      return new LineFaults(rates, random, (bytes) => this.#send(index, target, bytes))
    })
  }

  /** Binds all sockets. @returns the port of the re-request server @throws XkError when one cannot be */
  async open(): Promise<number> {
    for (const socket of this.#sockets) {
      await new Promise<void>((resolve) => socket.bind(0, () => resolve()))
      socket.setMulticastTTL(MULTICAST_TTL)
      socket.setMulticastLoopback(true)
      if (this.#options.interface !== undefined) this.#leaveBy(socket, this.#options.interface)
      socket.on('error', () => this.#sendErrors++)
    }
    const { host, port } = this.#options.request
    await new Promise<void>((resolve, reject) => {
      this.#requests.once('error', (error) => reject(portError(error, 'the port of re-requests', host, port)))
      this.#requests.bind(port, host, () => resolve())
    })
    this.#requests.on('error', () => this.#sendErrors++)
    this.#requests.on('message', (bytes, from) => this.#answer(bytes, from))
    return this.#requests.address().port
  }

  #leaveBy(socket: Socket, address: string): void {
    try {
      socket.setMulticastInterface(address)
    } catch (error) {
      throw portError(error as Error, 'the interface of the lines', address, 0)
    }
  }

  /** Sends what is new, what has waited long enough, or a heartbeat. */
  step(): void {
    const nowNs = this.#options.nowNs()
    const publisher = this.#publisher
    publisher.flush((length) => this.#offer(length, nowNs))
    if (nowNs - this.#sentNs >= HEARTBEAT_NS) this.#offer(publisher.heartbeat(), nowNs)
    for (const line of this.lines) line.release(nowNs)
  }

  /** Says that the session is over. */
  end(): void {
    this.step()
    this.#offer(this.#publisher.endOfSession(), this.#options.nowNs())
    for (const line of this.lines) line.drain()
  }

  /** Waits for what was given to the sockets, and closes them. */
  async close(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    for (const socket of [...this.#sockets, this.#requests]) {
      await new Promise<void>((resolve) => socket.close(() => resolve()))
    }
  }

  /** What each line did to packets, zeros left out. */
  facts(): Record<string, number>[] {
    return this.lines.map(({ counts }) =>
      Object.fromEntries(FAULT_NAMES.map((name, i) => [name, counts[i]!] as const).filter(([, count]) => count > 0)),
    )
  }

  get sendErrors(): number {
    return this.#sendErrors
  }

  /** Re-requests that a fault left without an answer. */
  get requestsLost(): number {
    return this.#requestsLost
  }

  #answer(bytes: Buffer, from: { readonly address: string; readonly port: number }): void {
    this.#options.wire?.noteFeedRequest(bytes)
    if (this.#random.chance(this.#options.faults.requestLoss)) {
      this.#requestsLost++
      return
    }
    const length = this.#publisher.answer(bytes, bytes.length)
    if (length === 0) return
    this.#requests.send(this.#publisher.packet.slice(0, length), from.port, from.address, this.#onSent)
  }

  #offer(length: number, nowNs: number): void {
    this.#sentNs = nowNs
    const packet = this.#publisher.packet.subarray(0, length)
    for (const line of this.lines) line.offer(packet, nowNs)
  }

  #send(index: number, target: LineTarget, bytes: Uint8Array): void {
    this.#sockets[index]!.send(bytes, target.port, target.host, this.#onSent)
  }

  readonly #onSent = (error: Error | null): void => {
    if (error !== null) this.#sendErrors++
  }
}

if (FAULT_NAMES.length !== LineFault.Count) throw new Error('feed lines: a fault has no name')
