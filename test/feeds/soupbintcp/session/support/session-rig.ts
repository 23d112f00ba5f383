import { type ClientOptions, SoupClient } from '../../../../../feeds/soupbintcp/session/client-session.ts'
import type { ReceiveBuffer } from '../../../../../feeds/soupbintcp/session/receive-buffer.ts'
import type { SendBuffer } from '../../../../../feeds/soupbintcp/session/send-buffer.ts'
import { SequencedLog } from '../../../../../feeds/soupbintcp/session/sequenced-log.ts'
import { type ConnectionOptions, SoupConnection } from '../../../../../feeds/soupbintcp/session/server-connection.ts'
import { SoupLogins } from '../../../../../feeds/soupbintcp/session/server-logins.ts'
import { SessionEvent } from '../../../../../feeds/soupbintcp/session/session-counts.ts'

/** One direction of a connection: bytes on the wire. */
type Wire = number[]

function takeOut(send: SendBuffer, wire: Wire): void {
  wire.push(...send.bytes.subarray(send.start, send.end))
  send.sent(send.waitingBytes)
}

function putIn(wire: Wire, most: number, receive: ReceiveBuffer): number {
  const length = Math.min(wire.length, most, receive.makeRoom())
  receive.bytes.set(wire.splice(0, length), receive.end)
  return length
}

/** A client and a server with a wire between them that carries any number of bytes at a time, or breaks. */
export class SessionRig {
  readonly client: SoupClient
  readonly log = new SequencedLog(1 << 20, 100_000)
  readonly logins: SoupLogins
  connection: SoupConnection | undefined
  /** What each side was told, messages as text. */
  readonly heardByClient: string[] = []
  readonly heardByServer: string[] = []
  readonly clientEvents: SessionEvent[] = []
  readonly serverEvents: SessionEvent[] = []
  readonly #toServer: Wire = []
  readonly #toClient: Wire = []
  readonly #connectionOptions: ConnectionOptions
  #nowNs = 1e9

  constructor(client: Partial<ClientOptions> = {}, connection: ConnectionOptions = {}) {
    this.client = new SoupClient({ username: 'firm', password: 'secret', ...client })
    this.logins = new SoupLogins('DAY1', [{ username: 'firm', password: 'secret', log: this.log }])
    this.#connectionOptions = connection
    this.passMs(0)
  }

  passMs(timeMs: number): void {
    this.#nowNs += timeMs * 1e6
    this.client.clock.nowNs[0] = this.#nowNs
    if (this.connection !== undefined) this.connection.clock.nowNs[0] = this.#nowNs
  }

  connect(): void {
    this.connection = new SoupConnection(this.logins, this.#connectionOptions)
    this.passMs(0)
    this.connection.connected()
    this.client.connected()
  }

  /** The wire breaks: what is on it is lost. */
  cut(): void {
    this.#toServer.length = 0
    this.#toClient.length = 0
    this.connection = undefined
    this.client.disconnected()
  }

  emit(text: string): boolean {
    return this.log.append(Buffer.from(text), 0, text.length)
  }

  order(text: string): boolean {
    return this.client.trySend(Buffer.from(text), 0, text.length)
  }

  /** Moves at most so many bytes each way and lets both sides take what came. */
  move(bytesMost = 1 << 20): void {
    const { client, connection } = this
    takeOut(client.send, this.#toServer)
    if (connection === undefined) return
    connection.arrived(putIn(this.#toServer, bytesMost, connection.receive))
    this.#hear(connection, this.heardByServer, this.serverEvents)
    connection.tick()
    connection.pump()
    takeOut(connection.send, this.#toClient)
    client.arrived(putIn(this.#toClient, bytesMost, client.receive))
    this.#hear(client, this.heardByClient, this.clientEvents)
    client.tick()
  }

  /** Bytes straight to the server, as if the client had sent them. */
  inject(bytes: Uint8Array): void {
    this.#toServer.push(...bytes)
  }

  #hear(side: SoupClient | SoupConnection, heard: string[], events: SessionEvent[]): void {
    for (let event = side.next(); event !== SessionEvent.None; event = side.next()) {
      if (event !== SessionEvent.Message) events.push(event)
      else
        heard.push(
          Buffer.from(side.receive.bytes.subarray(side.messageAt, side.messageAt + side.messageLength)).toString(),
        )
    }
  }
}
