import { createSocket } from 'node:dgram'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { TestRandom } from '../../support/test-random.ts'

/* Whoever means no good, at either end of a socket. */

const HOST = '127.0.0.1'
const LOGIN_BYTES = 49
const HUGE = Buffer.from([0xff, 0xff, 0x55])
const PIECE = Buffer.alloc(1 << 16, 0x55)

function login(username: string, password: string, session: string, sequence: string): Buffer {
  const text = username.padEnd(6) + password.padEnd(10) + session.padEnd(10) + sequence.padStart(20)
  return Buffer.concat([Buffer.from([0, LOGIN_BYTES - 2]), Buffer.from(`L${text}`, 'latin1')])
}

/** Bytes that a stranger begins with at a port that wants a SoupBinTCP login: the server hangs up on each. */
export function badBeginnings(random: TestRandom): Buffer[] {
  const nonsense = Buffer.from(Array.from({ length: 512 }, () => random.below(256)))
  return [
    nonsense,
    Buffer.alloc(64),
    HUGE,
    Buffer.concat([HUGE, PIECE]),
    Buffer.from([0, 0]),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    login('firm', 'wrong', '', '1'),
    login('nobody', 'secret', '', '1'),
    login('firm', 'secret', 'ELSEWHERE', '1'),
    login('firm', 'secret', '', '99999999999999999999'),
    login('firm', 'secret', '', '-1'),
    login('firm', 'secret', '', 'x'),
    // An order before any login.
    Buffer.concat([Buffer.from([0, 2]), Buffer.from('UO')]),
  ]
}

/** Says something to a port and waits until the other side hangs up. */
export function sayAndWait(port: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve())
    socket.resume()
    socket.write(bytes)
  })
}

/** Says the first part of a login and leaves. */
export function sayHalfAndLeave(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve())
    socket.write(login('firm', 'secret', '', '1').subarray(0, 20), () => socket.destroy())
  })
}

/** Opens connections that say nothing, until the server has closed so many of them; then the rest is closed. */
export async function openSilently(port: number, count: number, refused: number): Promise<void> {
  const sockets = Array.from({ length: count }, () => connect(port, HOST))
  await new Promise<void>((resolve) => {
    let closed = 0
    for (const socket of sockets) {
      socket.resume()
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        if (++closed === refused) resolve()
      })
    }
  })
  for (const socket of sockets) socket.destroy()
}

/** Sends datagrams to a port, some at a time, so that the sender's own queue stays short. */
export async function floodDatagrams(port: number, datagrams: readonly Uint8Array[], times: number): Promise<void> {
  const socket = createSocket('udp4')
  for (let i = 0; i < times; i++) {
    const last = datagrams.length - 1
    for (const bytes of datagrams.slice(0, last)) socket.send(bytes, port, HOST)
    await new Promise<void>((resolve) => socket.send(datagrams[last]!, port, HOST, () => resolve()))
  }
  await new Promise<void>((resolve) => socket.close(() => resolve()))
}

function moldPacket(session: string, sequence: bigint, count: number, body: Uint8Array): Buffer {
  const header = Buffer.alloc(20, ' ')
  header.write(session, 'latin1')
  header.writeBigUInt64BE(sequence, 10)
  header.writeUInt16BE(count, 18)
  return Buffer.concat([header, body])
}

/** Datagrams that no line of a feed should bring. @param session of the feed that is spoken of */
export function badPackets(random: TestRandom, session: string): Buffer[] {
  const nonsense = Buffer.from(Array.from({ length: 300 }, () => random.below(256)))
  const top = (1n << 64n) - 1n
  return [
    nonsense,
    Buffer.alloc(0),
    Buffer.alloc(19, 0x41),
    Buffer.alloc(1472, 0xff),
    moldPacket('STRANGER', 1n, 1, Buffer.from([0, 1, 0x53])),
    moldPacket('STRANGER', top, 0xfffe, nonsense),
    // Lengths beyond the packet, and none at all.
    moldPacket(session, 1n, 3, Buffer.from([0xff, 0xff, 0x41])),
    moldPacket(session, 1n, 500, Buffer.alloc(0)),
    moldPacket(session, top, 1, Buffer.from([0, 1, 0x53])),
    moldPacket(session, 1n << 53n, 0, Buffer.alloc(0)),
    moldPacket(session, 0n, 1, Buffer.from([0, 1, 0x53])),
  ]
}

/** Requests that a re-request server should not answer, or with one packet at most. */
export function badRequests(random: TestRandom, session: string): Buffer[] {
  const nonsense = Buffer.from(Array.from({ length: 20 }, () => random.below(256)))
  const top = (1n << 64n) - 1n
  const of = (name: string, sequence: bigint, count: number) => moldPacket(name, sequence, count, Buffer.alloc(0))
  return [
    nonsense,
    Buffer.alloc(3),
    Buffer.alloc(1400, 0x41),
    of('STRANGER', 1n, 1),
    of(session, top, 1),
    of(session, 0n, 1),
    of(session, 1n, 0),
    of(session, 1n, 0xffff),
  ]
}

/**
 * A server between a client and its own: it answers the first connections with nonsense of one kind after the other, and leads
 * the later ones through.
 */
export class HostileServer {
  /** Connections that were answered with nonsense. */
  mistreated = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(target: number, answers: readonly Uint8Array[]) {
    this.#server = createServer((socket) => {
      this.#keep(socket)
      const answer = answers[this.mistreated]
      if (answer !== undefined) {
        this.mistreated++
        socket.resume()
        // Half of a greeting and then nothing is one kind, too: the client has to hang up.
        socket.write(answer)
        return
      }
      const onward = connect(target, HOST)
      this.#keep(onward)
      socket.pipe(onward).pipe(socket)
    })
  }

  open(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, HOST, () => resolve((this.#server.address() as { port: number }).port))
    })
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
  }
}

/** What a server should not say to a client that logs in. */
export function badAnswers(random: TestRandom): Buffer[] {
  const nonsense = Buffer.from(Array.from({ length: 512 }, () => random.below(256)))
  const accepted = (session: string, sequence: string) =>
    Buffer.concat([Buffer.from([0, 31]), Buffer.from(`A${session.padStart(10)}${sequence.padStart(20)}`, 'latin1')])
  return [
    nonsense,
    Buffer.alloc(8),
    Buffer.concat([HUGE, PIECE]),
    Buffer.from([0, 1]),
    accepted('XKVENUE', 'x'),
    accepted('XKVENUE', '99999999999999999999'),
    // A packet of its own side.
    Buffer.concat([Buffer.from([0, 1]), Buffer.from('R')]),
    // The session is not there: it asks for any.
    Buffer.concat([Buffer.from([0, 2]), Buffer.from('JS')]),
    // Half a greeting.
    accepted('XKVENUE', '1').subarray(0, 12),
  ]
}
