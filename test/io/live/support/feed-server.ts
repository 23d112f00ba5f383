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

/** An order that joins the book. */
export function addOrder(reference: number, side: 'B' | 'S', price: number, shares = 100): Buffer {
  const order = [u64(BigInt(reference)), u8(side.charCodeAt(0)), u32(shares), STOCK, u32(price)]
  return Buffer.concat([head('A', 34_200e9), ...order])
}

/** Some shares of an order that are cancelled. */
export function cancelShares(reference: number, shares: number): Buffer {
  return Buffer.concat([head('X', 34_200e9), u64(BigInt(reference)), u32(shares)])
}

/** A feed of one stock: its messages so far, packets of them, and snapshots by GLIMPSE. */
export class FeedServer {
  readonly messages: Buffer[] = []
  /** Orders that stand, by their references: what a snapshot holds. */
  readonly standing = new Map<number, { readonly side: 'B' | 'S'; readonly price: number; shares: number }>()
  snapshotsBegun = 0
  #session = 'TODAY'
  #connection: SoupConnection | undefined

  say(...messages: Buffer[]): number {
    this.messages.push(...messages)
    for (const message of messages) this.#take(message)
    return this.messages.length
  }

  #take(message: Buffer): void {
    const type = String.fromCharCode(message[0]!)
    if (type === 'R') return
    const reference = Number(message.readBigUInt64BE(11))
    if (type === 'X') this.standing.get(reference)!.shares -= message.readUInt32BE(19)
    else {
      const side = message[19] === 0x42 ? 'B' : 'S'
      this.standing.set(reference, { side, shares: message.readUInt32BE(20), price: message.readUInt32BE(32) })
    }
  }

  /** Begins another session, with an empty book. */
  beginSession(name: string): void {
    this.#session = name
    this.messages.length = 0
    this.standing.clear()
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
    const orders = [...this.standing].map(([reference, { side, price, shares }]) =>
      addOrder(reference, side, price, shares),
    )
    for (const message of [directory(), ...orders]) log.append(message, 0, message.length)
    const end = Buffer.from(`G${String(this.messages.length + 1).padStart(20)}`)
    log.append(end, 0, end.length)
    const logins = new SoupLogins('SNAP', [{ username: 'snap', password: 'shot', log }])
    this.#connection = new SoupConnection(logins)
    return streamOf(this.#connection)
  }
}

/** A connection to a server on the same thread. */
export function streamOf(connection: SoupConnection): ByteStream {
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
