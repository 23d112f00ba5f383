import { readI32, readU16 } from '../itch50/wire.ts'
import type { RecordBatch } from '../record-batch.ts'
import { BlockWalker } from '../sequence/block-walker.ts'
import { MessageArbiter, NumberedPacket } from '../sequence/message-arbiter.ts'
import { SessionTable } from '../sequence/session-table.ts'
import { BLOCK_HEADER_BYTES, MoldCount, MoldHeader, SEQUENCE_HIGH_END, SESSION_BYTES } from './layout.ts'

const WORD = 4294967296

/** What a datagram is. */
export enum MoldPacket {
  /** `next` hands out its new messages. */
  Data = 0,
  Heartbeat = 1,
  EndOfSession = 2,
  /** Too short for a header, or a sequence number that cannot be. */
  Bad = 3,
  /** Of a session beyond the bound of sessions. */
  TooManySessions = 4,
}

/** Walks MoldUDP64 packets and hands out each message of a session once, as the arbiter decides. */
export class MoldWalker extends BlockWalker {
  /** @param packetTime of the packet at hand, where lines are to be compared */
  constructor(packetTime?: Float64Array) {
    super(new MessageArbiter(new SessionTable(nameSession), packetTime), false)
  }

  /**
   * Begins a datagram; a gap that it reveals is appended to the batch.
   * @param flow number of the flow that brought it, for the gap's line
   */
  begin(bytes: Uint8Array, at: number, length: number, flow: number, batch: RecordBatch): MoldPacket {
    this.left = 0
    this.isShort = false
    if (length < MoldHeader.Bytes) return MoldPacket.Bad
    const high = readI32(bytes, at + MoldHeader.SequenceHigh)
    if (high < 0 || high >= SEQUENCE_HIGH_END) return MoldPacket.Bad
    const { arbiter } = this
    const session = arbiter.sessions.find(
      readI32(bytes, at + MoldHeader.Session),
      readI32(bytes, at + MoldHeader.Session + 4),
      readU16(bytes, at + MoldHeader.Session + 8),
    )
    if (session < 0) return MoldPacket.TooManySessions
    arbiter.sequence[0] = high * WORD + (readI32(bytes, at + MoldHeader.SequenceLow) >>> 0)
    const count = readU16(bytes, at + MoldHeader.Count)
    this.bytes = bytes
    this.at = at + MoldHeader.Bytes
    this.end = at + length
    if (count === MoldCount.Heartbeat) {
      arbiter.begin(session, flow, NumberedPacket.Heartbeat, 0, batch)
      return MoldPacket.Heartbeat
    }
    if (count === MoldCount.EndOfSession) {
      arbiter.begin(session, flow, NumberedPacket.EndOfSession, 0, batch)
      return MoldPacket.EndOfSession
    }
    arbiter.begin(session, flow, NumberedPacket.Data, count, batch)
    this.left = count
    return MoldPacket.Data
  }
}

/** The session's ten bytes as text without padding; in hexadecimal when they are not printable. */
function nameSession(a: number, b: number, c: number): string {
  const text = Buffer.alloc(SESSION_BYTES)
  text.writeInt32BE(a, 0)
  text.writeInt32BE(b, 4)
  text.writeUInt16BE(c, 8)
  return text.every((byte) => byte >= 0x20 && byte < 0x7f) ? text.toString('latin1').trim() : text.toString('hex')
}

/**
 * Whether a datagram has the shape of a MoldUDP64 packet: its message blocks fill it exactly. How a flow of which
 * nothing is known yet is told from other traffic; chance makes few such datagrams.
 * @param isCut the capture holds less than was on the wire: the blocks may end anywhere past the first
 */
export function looksLikeMoldUdp64(bytes: Uint8Array, at: number, length: number, isCut: boolean): boolean {
  if (length < MoldHeader.Bytes) return false
  const high = readI32(bytes, at + MoldHeader.SequenceHigh)
  if (high < 0 || high >= SEQUENCE_HIGH_END) return false
  const count = readU16(bytes, at + MoldHeader.Count)
  if (count === MoldCount.Heartbeat || count === MoldCount.EndOfSession) return length === MoldHeader.Bytes
  const end = at + length
  let from = at + MoldHeader.Bytes
  for (let i = 0; i < count; i++) {
    if (from + BLOCK_HEADER_BYTES > end) return isCut && i > 0
    const blockLength = readU16(bytes, from)
    if (blockLength === 0) return false
    from += BLOCK_HEADER_BYTES + blockLength
    if (from > end) return isCut && i > 0
  }
  return from === end
}
