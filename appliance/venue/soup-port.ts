import { createServer, type Server, type Socket } from 'node:net'
import { SoupConnection } from '../../feeds/soupbintcp/session/server-connection.ts'
import type { SoupLogins } from '../../feeds/soupbintcp/session/server-logins.ts'
import { SESSION_COUNT_NAMES, SessionCount, SessionEvent } from '../../feeds/soupbintcp/session/session-counts.ts'
import type { SessionTimes } from '../../feeds/soupbintcp/session/session-times.ts'
import { portError } from './port-error.ts'

/** What the owner of a port does for it. */
export interface PortHandlers {
  /** A client has logged in: the owner may set the connection's log. */
  onLogin?(connection: SoupConnection): void
  /** A client's message lies in the connection's receive buffer, at `messageAt`. */
  onMessage?(connection: SoupConnection): void
  /** A connection that was logged in is gone. */
  onGone?(connection: SoupConnection): void
}

export interface PortOptions {
  /** What it is, for errors. */
  readonly title: string
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  readonly logins: SoupLogins
  readonly times?: SessionTimes | undefined
  /** Policy: a connection beyond is closed at once, and counted. */
  readonly connectionsMax: number
  readonly nowNs: () => number
}

interface Client {
  readonly socket: Socket
  readonly connection: SoupConnection
  /** Whether the socket has more to send than it should hold. */
  isFull: boolean
  isGone: boolean
  /** When this side hung up, by the port's clock; 0 before. */
  endedNs: number
}

/** How long the other side may take to hang up, too: one that never does would be kept for good. */
const HANG_UP_NS = 3e9

/** One TCP port that speaks SoupBinTCP: a client for each connection, served by `step`. */
export class SoupPort {
  /** By `SessionCount`, of all connections that are gone. */
  readonly #past = new Float64Array(SessionCount.Count)
  readonly #server: Server
  readonly #options: PortOptions
  readonly #handlers: PortHandlers
  readonly #clients = new Set<Client>()
  #refused = 0

  constructor(options: PortOptions, handlers: PortHandlers) {
    this.#options = options
    this.#handlers = handlers
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket))
  }

  /** Binds the port. @returns its number @throws XkError when it cannot be */
  open(): Promise<number> {
    const { host, port, title } = this.#options
    return new Promise((resolve, fail) => {
      const reject = (error: Error) => fail(portError(error, title, host, port))
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        const address = this.#server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : port)
      })
    })
  }

  /** Heartbeats, silence, and whatever the logs hold by now. */
  step(): void {
    for (const client of this.#clients) this.#serve(client)
  }

  /** Breaks the connections of a user, or of all: at once, in the middle of whatever is under way. @returns how many */
  disconnect(username?: string): number {
    let count = 0
    for (const client of this.#clients) {
      if (username !== undefined && client.connection.user?.username !== username) continue
      client.socket.destroy()
      this.#forget(client)
      count++
    }
    return count
  }

  /** Closes the port and its connections. */
  close(): Promise<void> {
    this.disconnect()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  /** Names of those logged in. */
  get users(): string[] {
    return [...this.#clients].flatMap(({ connection }) => connection.user?.username ?? [])
  }

  /** What there was to count, by name; zeros left out. */
  facts(): Record<string, number> {
    const sums = this.#past.slice()
    for (const { connection } of this.#clients) add(sums, connection.counts)
    const named = SESSION_COUNT_NAMES.map((name, index) => [name, sums[index]!] as const)
    const ports = [
      ['connectionsOpen', this.#clients.size],
      ['connectionsRefused', this.#refused],
    ] as const
    return Object.fromEntries([...named, ...ports].filter(([, count]) => count > 0))
  }

  #accept(socket: Socket): void {
    if (this.#clients.size >= this.#options.connectionsMax) {
      this.#refused++
      socket.destroy()
      return
    }
    const { logins, times, nowNs } = this.#options
    const connection = new SoupConnection(logins, times === undefined ? {} : { times })
    const client: Client = { socket, connection, isFull: false, isGone: false, endedNs: 0 }
    connection.clock.nowNs[0] = nowNs()
    connection.connected()
    this.#clients.add(client)
    socket.on('data', (chunk: Buffer) => this.#receive(client, chunk))
    socket.on('drain', () => {
      client.isFull = false
      this.#serve(client)
    })
    // A reset by the other side is its way of leaving.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#forget(client))
  }

  #receive(client: Client, chunk: Buffer): void {
    const { connection } = client
    connection.clock.nowNs[0] = this.#options.nowNs()
    for (let at = 0; at < chunk.length && !connection.isClosing; ) {
      const { receive } = connection
      const length = Math.min(receive.makeRoom(), chunk.length - at)
      receive.bytes.set(chunk.subarray(at, at + length), receive.end)
      connection.arrived(length)
      at += length
      this.#takeEvents(connection)
    }
    this.#serve(client)
  }

  #takeEvents(connection: SoupConnection): void {
    for (;;) {
      const event = connection.next()
      if (event === SessionEvent.None) return
      if (event === SessionEvent.LoggedIn) this.#handlers.onLogin?.(connection)
      if (event === SessionEvent.Message) this.#handlers.onMessage?.(connection)
    }
  }

  #serve(client: Client): void {
    const { connection, socket } = client
    if (client.isGone) return
    connection.clock.nowNs[0] = this.#options.nowNs()
    connection.tick()
    while (!client.isFull) {
      connection.pump()
      const { send } = connection
      const length = send.waitingBytes
      if (length === 0) break
      client.isFull = !socket.write(send.bytes.slice(send.start, send.end))
      send.sent(length)
    }
    if (connection.isClosing) this.#hangUp(client)
  }

  /** Closes a connection once what waits has gone out, or at once when the other side does not take it. */
  #hangUp(client: Client): void {
    const nowNs = this.#options.nowNs()
    if (client.endedNs === 0) client.endedNs = nowNs
    if (client.connection.send.waitingBytes === 0 && !client.socket.writableEnded) client.socket.end()
    if (nowNs - client.endedNs > HANG_UP_NS) client.socket.destroy()
  }

  #forget(client: Client): void {
    if (client.isGone) return
    client.isGone = true
    this.#clients.delete(client)
    add(this.#past, client.connection.counts)
    if (client.connection.user !== undefined) this.#handlers.onGone?.(client.connection)
  }
}

function add(sums: Float64Array, counts: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += counts[i]!
}
