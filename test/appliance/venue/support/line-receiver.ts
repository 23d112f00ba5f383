import { createSocket, type Socket } from 'node:dgram'

/** A socket that a line of the feed is sent to. */
export class LineReceiver {
  readonly datagrams: Buffer[] = []
  readonly #socket: Socket = createSocket('udp4')

  async open(): Promise<number> {
    this.#socket.on('message', (bytes) => this.datagrams.push(bytes))
    await new Promise<void>((resolve) => this.#socket.bind(0, '127.0.0.1', () => resolve()))
    return this.#socket.address().port
  }

  /** Asks a re-request server; the answer comes like any datagram. */
  ask(port: number, session: string, sequence: number, count: number): void {
    const request = Buffer.alloc(20, ' ')
    request.write(session, 0, 'latin1')
    request.writeBigUInt64BE(BigInt(sequence), 10)
    request.writeUInt16BE(count, 18)
    this.#socket.send(request, port, '127.0.0.1')
  }

  send(bytes: Buffer, port: number): void {
    this.#socket.send(bytes, port, '127.0.0.1')
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()))
  }
}

/** The messages of datagrams by sequence number, read without the product's walker. */
export function messagesIn(datagrams: readonly Buffer[], session: string): Map<number, Buffer> {
  const messages = new Map<number, Buffer>()
  for (const bytes of datagrams) {
    if (bytes.toString('latin1', 0, 10) !== session) continue
    const count = bytes.readUInt16BE(18)
    if (count === 0xffff) continue
    let at = 20
    for (let i = 0; i < count; i++) {
      const length = bytes.readUInt16BE(at)
      messages.set(Number(bytes.readBigUInt64BE(10)) + i, bytes.subarray(at + 2, at + 2 + length))
      at += 2 + length
    }
  }
  return messages
}
