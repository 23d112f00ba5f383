import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { HostError } from '../../../kernels/host/errors.ts'
import { formatEndpoint, parseEndpoint, parseIpv4 } from '../../../kernels/host/ipv4.ts'
import { SendStampFact, TcpClose, TcpConnection, TcpState } from '../../../kernels/host/tcp-connection.ts'
import { DatagramFact, StampSource, UdpSocket } from '../../../kernels/host/udp-socket.ts'
import { thrownBy } from '../support/folder.ts'

const LOOPBACK = parseIpv4('127.0.0.1')
const GROUP = parseIpv4('239.255.77.1')
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

function openUdp(options: Partial<ConstructorParameters<typeof UdpSocket>[0]> = {}): UdpSocket {
  const socket = new UdpSocket({ at: { address: LOOPBACK, port: 0 }, ...options })
  closers.push(() => socket.close())
  return socket
}

function codeOf(action: () => unknown): string {
  return (thrownBy(action) as HostError).code
}

/** Lets Node's event loop run until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

async function listen(onConnection: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    closers.push(() => socket.destroy())
    socket.on('error', () => {})
    onConnection(socket)
  })
  closers.push(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as { port: number }).port }
}

describe('an endpoint', () => {
  it('is four numbers and a port', () => {
    expect(parseEndpoint('10.0.0.1:18000')).toEqual({ address: 0x0a000001, port: 18000 })
    expect(formatEndpoint(parseEndpoint('*:7'))).toBe('*:7')
    for (const text of ['10.0.0.1', '10.0.0:1', '10.0.0.256:1', 'venue:1', '10.0.0.1:65536', '10.0.0.1:']) {
      expect(() => parseEndpoint(text), text).toThrow(RangeError)
    }
  })
})

describe('a UDP socket', () => {
  it('takes datagrams in batches, with their sources', async () => {
    const receiver = openUdp()
    const sender = openUdp()
    expect(receiver.receive()).toBe(0)
    for (const text of ['one', 'two', '']) {
      expect(sender.send(Buffer.from(`${text}.`), 0, text.length, LOOPBACK, receiver.port)).toBe(true)
    }
    const seen: string[] = []
    await until(() => {
      const count = receiver.receive()
      for (let i = 0; i < count; i++) {
        const facts = receiver.facts.subarray(i * DatagramFact.Words, (i + 1) * DatagramFact.Words)
        const at = i * receiver.slotBytes
        seen.push(Buffer.from(receiver.bytes.subarray(at, at + facts[DatagramFact.Length]!)).toString())
        expect([facts[DatagramFact.Address], facts[DatagramFact.Port]]).toEqual([LOOPBACK, sender.port])
      }
      return seen.length === 3
    })
    expect(seen).toEqual(['one', 'two', ''])
  })

  it('tells when they arrived, once the system has begun to stamp', async () => {
    const receiver = openUdp()
    const sender = openUdp()
    const { facts } = receiver
    const before = Math.floor(Date.now() / 1000)
    await until(() => {
      sender.send(Buffer.from('tick'), 0, 4, LOOPBACK, receiver.port)
      return receiver.receive() > 0 && facts[DatagramFact.StampSource] === StampSource.Kernel
    })
    expect(facts[DatagramFact.StampSeconds]).toBeGreaterThanOrEqual(before)
    expect(facts[DatagramFact.StampNanos]).toBeLessThan(1e9)
  })

  it('says that a datagram was cut, and how many were dropped', async () => {
    const receiver = openUdp({ slotBytes: 4, slots: 64, receiveBufferBytes: 4096 })
    const sender = openUdp()
    const long = new Uint8Array(1000)
    // More than the buffer holds; one that comes after the others are read tells of those that were lost.
    for (let i = 0; i < 50; i++) sender.send(long, 0, long.length, LOOPBACK, receiver.port)
    let taken = 0
    for (let count = receiver.receive(); count > 0; count = receiver.receive()) {
      expect(receiver.facts[DatagramFact.IsCut]).toBe(1)
      expect(receiver.facts[DatagramFact.Length]).toBe(4)
      taken += count
    }
    expect(taken).toBeLessThan(50)
    sender.send(long, 0, 4, LOOPBACK, receiver.port)
    await until(() => receiver.receive() === 1)
    expect(receiver.facts[DatagramFact.IsCut]).toBe(0)
    expect(receiver.facts[DatagramFact.Drops]).toBe(50 - taken)
  })

  it('hears a group that it joined, and shares its port', async () => {
    const first = openUdp({ at: { address: 0, port: 0 } })
    const second = openUdp({ at: { address: 0, port: first.port } })
    try {
      first.join(GROUP, LOOPBACK)
      second.join(GROUP, LOOPBACK)
    } catch (error) {
      console.log(`skipped: no groups on the loopback interface here (${(error as Error).message})`)
      return
    }
    const sender = openUdp()
    sender.sendGroupsFrom(LOOPBACK, true)
    expect(sender.send(Buffer.from('all'), 0, 3, GROUP, first.port)).toBe(true)
    for (const socket of [first, second]) await until(() => socket.receive() === 1)
    expect(Buffer.from(second.bytes.subarray(0, 3)).toString()).toBe('all')
    expect(() => first.join(LOOPBACK)).toThrow(RangeError)
  })

  it('names what is wrong', () => {
    expect(codeOf(() => openUdp({ at: { address: parseIpv4('192.0.2.1'), port: 0 } }))).toBe('host-eaddrnotavail')
    const socket = openUdp()
    socket.close()
    expect(codeOf(() => socket.receive())).toBe('host-ebadf')
    expect(() => openUdp({ slots: 65 })).toThrow(RangeError)
    expect(() => socket.send(new Uint8Array(4), 2, 3, LOOPBACK, 1)).toThrow(RangeError)
  })
})

describe('a TCP connection', () => {
  it('is made, and carries bytes both ways', async () => {
    const heard: Buffer[] = []
    const { port } = await listen((socket) => {
      socket.on('data', (data) => heard.push(data))
      socket.write('welcome')
    })
    const connection = new TcpConnection({ address: LOOPBACK, port })
    closers.push(() => connection.close())
    await until(() => connection.poll() === TcpState.Open)
    expect(connection.send(Buffer.from('..order'), 2, 5)).toBe(5)
    const bytes = new Uint8Array(16)
    let length = 0
    await until(() => {
      length += connection.receive(bytes, length, bytes.length - length)
      return length === 7
    })
    expect(Buffer.from(bytes.subarray(0, 7)).toString()).toBe('welcome')
    await until(() => Buffer.concat(heard).length === 5)
    expect(Buffer.concat(heard).toString()).toBe('order')
  })

  it('takes no more than the kernel has room for', async () => {
    const { port } = await listen((socket) => socket.pause())
    const connection = new TcpConnection({ address: LOOPBACK, port })
    closers.push(() => connection.close())
    await until(() => connection.poll() === TcpState.Open)
    const bytes = new Uint8Array(1 << 20)
    let rounds = 0
    while (connection.send(bytes, 0, bytes.length) > 0) expect(++rounds).toBeLessThan(1000)
    expect(connection.state).toBe(TcpState.Open)
  })

  it('tells when its bytes were handed to the device, if it was asked to', async () => {
    const { port } = await listen((socket) => socket.resume())
    const connection = new TcpConnection({ address: LOOPBACK, port }, true)
    const silent = new TcpConnection({ address: LOOPBACK, port })
    closers.push(
      () => connection.close(),
      () => silent.close(),
    )
    await until(() => connection.poll() === TcpState.Open && silent.poll() === TcpState.Open)
    const seen: { lastByte: number; source: StampSource; ns: number }[] = []
    for (const bytes of [5, 7, 1]) {
      for (const each of [connection, silent]) expect(each.send(new Uint8Array(8), 0, bytes)).toBe(bytes)
      const before = seen.length
      await until(() => {
        const taken = connection.takeSendStamps()
        for (let at = 0; at < taken * SendStampFact.Words; at += SendStampFact.Words) {
          const [lastByte, source, seconds, nanos] = connection.sendStamps.subarray(at, at + SendStampFact.Words)
          seen.push({ lastByte: lastByte!, source: source!, ns: seconds! * 1e9 + nanos! })
        }
        return seen.length > before
      })
    }
    expect(seen.map(({ lastByte }) => lastByte)).toEqual([4, 11, 12])
    expect(new Set(seen.map(({ source }) => source))).toEqual(new Set([StampSource.Kernel]))
    expect(seen.map(({ ns }) => ns)).toEqual(seen.map(({ ns }) => ns).sort((left, right) => left - right))
    expect([connection.takeSendStamps(), silent.takeSendStamps()]).toEqual([0, 0])
    connection.close()
    expect(connection.takeSendStamps()).toBe(0)
  })

  it('that nobody accepts, or that the other side ends, is closed with the reason', async () => {
    const { server, port } = await listen((socket) => socket.end())
    const ended = new TcpConnection({ address: LOOPBACK, port })
    await until(() => {
      if (ended.poll() === TcpState.Open) ended.receive(new Uint8Array(1), 0, 1)
      return ended.state === TcpState.Closed
    })
    expect(ended.closeReason).toBe(TcpClose.ByPeer)
    expect(ended.send(new Uint8Array(1), 0, 1)).toBe(0)
    await new Promise((resolve) => server.close(resolve))
    const refused = new TcpConnection({ address: LOOPBACK, port })
    await until(() => refused.poll() === TcpState.Closed)
    expect(refused.closeReason).toBe('ECONNREFUSED')
    refused.close()
    expect(refused.closeReason).toBe('ECONNREFUSED')
  })
})
