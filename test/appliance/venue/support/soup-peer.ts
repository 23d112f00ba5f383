import { connect, type Socket } from 'node:net'
import { type ClientOptions, SoupClient } from '../../../../feeds/soupbintcp/session/client-session.ts'
import { SessionEvent } from '../../../../feeds/soupbintcp/session/session-counts.ts'

/** A SoupBinTCP client over a real socket, which keeps all that it is sent. */
export class SoupPeer {
  readonly client: SoupClient
  readonly messages: Buffer[] = []
  readonly events: SessionEvent[] = []
  isConnected = false
  #socket: Socket | undefined

  constructor(options: ClientOptions) {
    this.client = new SoupClient(options)
  }

  connect(port: number): void {
    const socket = connect(port, '127.0.0.1')
    this.#socket = socket
    socket.on('connect', () => {
      this.isConnected = true
      this.client.connected()
      this.#send()
    })
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      if (this.#socket !== socket) return
      this.isConnected = false
      this.client.disconnected()
    })
  }

  send(bytes: Uint8Array): void {
    this.client.trySend(bytes, 0, bytes.length)
    this.#send()
  }

  destroy(): void {
    this.#socket?.destroy()
  }

  #receive(chunk: Buffer): void {
    const { client } = this
    for (let at = 0; at < chunk.length; ) {
      const length = Math.min(client.receive.makeRoom(), chunk.length - at)
      client.receive.bytes.set(chunk.subarray(at, at + length), client.receive.end)
      client.arrived(length)
      at += length
      for (let event = client.next(); event !== SessionEvent.None; event = client.next()) {
        this.events.push(event)
        if (event !== SessionEvent.Message) continue
        const from = client.messageAt
        this.messages.push(Buffer.from(client.receive.bytes.slice(from, from + client.messageLength)))
      }
    }
    this.#send()
    if (client.isClosing) this.#socket?.end()
  }

  #send(): void {
    const { send } = this.client
    if (send.waitingBytes === 0) return
    this.#socket?.write(send.bytes.slice(send.start, send.end))
    send.sent(send.waitingBytes)
  }
}

/** Waits for a condition, in turns of the event loop; the test's own deadline ends what never comes. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}
