import { SequencedLog } from '../../../../feeds/soupbintcp/session/sequenced-log.ts'
import { SoupConnection } from '../../../../feeds/soupbintcp/session/server-connection.ts'
import { SoupLogins } from '../../../../feeds/soupbintcp/session/server-logins.ts'
import { SessionEvent } from '../../../../feeds/soupbintcp/session/session-counts.ts'
import { TcpState } from '../../../../kernels/host/tcp-connection.ts'
import type { ByteStream } from '../../../../kernels/io/entry/byte-stream.ts'
import { u8, u16, u32, u64 } from '../../../feeds/support/bytes.ts'
import { mold } from '../../../feeds/support/frames.ts'

const STOCK = Buffer.from('ZVZZT   ')

function head(type: string, timeNs: number): Buffer {
  return Buffer.concat([Buffer.from(type), u16(1), u16(0), u64(BigInt(timeNs)).subarray(2)])
}

/** The directory message of the one stock of these tests. */
export function directory(): Buffer {
  const flags = Buffer.from('QN')
  return Buffer.concat([head('R', 1), STOCK, flags, u32(100), Buffer.from('NCZ PNN1N'), u32(0), Buffer.from('N')])
}

/** An order of 100 shares that joins the book. */
export function addOrder(reference: number, side: 'B' | 'S', price: number, timeNs = 34_200e9): Buffer {
  return Buffer.concat([head('A', timeNs), u64(BigInt(reference)), u8(side.charCodeAt(0)), u32(100), STOCK, u32(price)])
}

/** A feed of one stock: its messages so far, packets of them, and snapshots by GLIMPSE. */
export class FeedServer {
  readonly messages: Buffer[] = []
  /** Orders that stand: what a snapshot holds. */
  readonly standing: Buffer[] = []
  snapshotsBegun = 0
  #session = 'TODAY'
  #connection: SoupConnection | undefined

  say(...messages: Buffer[]): number {
    this.messages.push(...messages)
    this.standing.push(...messages.filter((message) => message[0] === 0x41))
    return this.messages.length
  }

  /** Begins another session, with an empty book. */
  beginSession(name: string): void {
    this.#session = name
    this.messages.length = 0
    this.standing.length = 0
  }

  /** A packet with messages of the feed; `first` counts from 1. */
  packet(first: number, count = 1): Buffer {
    return mold(this.#session, BigInt(first), this.messages.slice(first - 1, first - 1 + count))
  }

  /** The latest message. */
  latest(): Buffer {
    return this.packet(this.messages.length)
  }

  readonly connect = (): ByteStream => {
    const log = new SequencedLog(1 << 20, 10_000)
    this.snapshotsBegun++
    for (const message of [directory(), ...this.standing]) log.append(message, 0, message.length)
    const end = Buffer.from(`G${String(this.messages.length + 1).padStart(20)}`)
    log.append(end, 0, end.length)
    const logins = new SoupLogins('SNAP', [{ username: 'snap', password: 'shot', log }])
    this.#connection = new SoupConnection(logins)
    return streamOf(this.#connection)
  }
}

/** A connection to a server on the same thread. */
function streamOf(connection: SoupConnection): ByteStream {
  let state: TcpState = TcpState.Open
  return {
    get state() {
      return state
    },
    closeReason: 'closed',
    poll: () => state,
    send(bytes, at, length) {
      connection.receive.makeRoom()
      connection.receive.bytes.set(bytes.subarray(at, at + length), connection.receive.end)
      connection.arrived(length)
      while (connection.next() !== SessionEvent.None);
      return length
    },
    receive(bytes, at, length) {
      connection.pump()
      const { send } = connection
      const taken = Math.min(length, send.waitingBytes)
      bytes.set(send.bytes.subarray(send.start, send.start + taken), at)
      send.sent(taken)
      return taken
    },
    close() {
      state = TcpState.Closed
    },
  }
}
