import { expect, test } from 'vitest'
import { SendStampFact, TcpState } from '../../../kernels/host/tcp-connection.ts'
import { StampSource } from '../../../kernels/host/udp-socket.ts'
import type { ByteStream } from '../../../kernels/io/entry/byte-stream.ts'
import { SEND_STAMP_COUNT_NAMES, SendStamps } from '../../../kernels/io/entry/send-stamps.ts'
import { HISTOGRAM_BYTES, Histogram } from '../../../kernels/region/histogram.ts'

const EPOCH_SECONDS = 1_700_000_000

/** A stream that stamps as its test likes. */
class StampingStream implements ByteStream {
  state = TcpState.Open
  closeReason = ''
  readonly sendStamps = new Uint32Array(16 * SendStampFact.Words)
  waiting: [lastByte: number, nanos: number][] = []
  looks = 0

  poll(): TcpState {
    return this.state
  }
  receive(): number {
    return 0
  }
  send(_bytes: Uint8Array, _at: number, length: number): number {
    return length
  }
  close(): void {}

  takeSendStamps(): number {
    this.looks++
    const taken = this.waiting.splice(0, 16)
    taken.forEach(([lastByte, nanos], i) => {
      this.sendStamps.set([lastByte, StampSource.Kernel, EPOCH_SECONDS + 1, nanos], i * SendStampFact.Words)
    })
    return taken.length
  }
}

function setUp() {
  const stamps = new SendStamps(new Histogram(new ArrayBuffer(HISTOGRAM_BYTES), 0), EPOCH_SECONDS)
  return { stamps, stream: new StampingStream() }
}

const counts = (stamps: SendStamps) => SEND_STAMP_COUNT_NAMES.map((_, i) => stamps.counts[i])
/** Arrived this many ns after the first second of the epoch. */
const at = (nanos: number) => new Float64Array([1e9 + nanos])

test('a stamp is for every order that ends at its byte or before, and for none behind', () => {
  const buffer = new ArrayBuffer(HISTOGRAM_BYTES)
  const hop = new Histogram(buffer, 0)
  const stamps = new SendStamps(hop, EPOCH_SECONDS)
  const stream = new StampingStream()
  stamps.noteOrder(50, at(10), 0)
  stamps.noteOrder(100, at(20), 0)
  stamps.noteOrder(150, at(30), 0)
  stamps.noteSend()
  stream.waiting = [[99, 40]]
  expect(stamps.take(stream)).toBe(1)
  expect([hop.count, hop.summarise().max, stamps.source]).toEqual([2, 30, StampSource.Kernel])
  stream.waiting = [[149, 55]]
  stamps.take(stream)
  expect([hop.count, counts(stamps)]).toEqual([3, [3, 0, 0]])
})

test('offsets go round', () => {
  const { stamps, stream } = setUp()
  stamps.noteOrder(2 ** 32 + 20, at(1), 0)
  stamps.noteSend()
  stream.waiting = [[2 ** 32 - 1, 5]]
  stamps.take(stream)
  expect(counts(stamps)).toEqual([0, 0, 0])
  stream.waiting = [[19, 9]]
  stamps.take(stream)
  expect(counts(stamps)).toEqual([1, 0, 0])
})

test('what no packet caused is not measured, what the connection took along is not stamped', () => {
  const { stamps, stream } = setUp()
  stamps.noteOrder(50, new Float64Array(1), 0)
  stamps.noteOrder(100, at(1), 0)
  stamps.forget()
  stamps.noteOrder(50, at(1), 0)
  stamps.noteSend()
  stream.waiting = [[49, 3]]
  stamps.take(stream)
  expect(counts(stamps)).toEqual([1, 1, 1])
})

test('a socket that gives none is not asked for ever, and the oldest of too many that wait are given up', () => {
  const { stamps, stream } = setUp()
  stamps.noteSend()
  for (let i = 1; i <= 5000; i++) stamps.noteOrder(i * 50, at(i), 0)
  expect(counts(stamps)).toEqual([0, 5000 - 4096, 0])
  for (let i = 0; i < 10_000; i++) stamps.take(stream)
  expect(stream.looks).toBe(1024)
  stamps.noteSend()
  stream.waiting = [[5000 * 50 - 1, 1]]
  stamps.take(stream)
  expect(counts(stamps)).toEqual([4096, 904, 0])
})

test('nothing is taken of a stream that cannot tell', () => {
  const { stamps } = setUp()
  const { poll, receive, send, close } = new StampingStream()
  stamps.noteSend()
  expect(stamps.take({ state: TcpState.Open, closeReason: '', poll, receive, send, close })).toBe(0)
})
