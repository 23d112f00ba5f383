import type { RecordBatch } from '../record-batch.ts'
import { BlockWalker } from '../sequence/block-walker.ts'
import { MessageArbiter, NumberedPacket } from '../sequence/message-arbiter.ts'
import { SessionTable } from '../sequence/session-table.ts'
import { EXACT_HIGH_END, IEX_TP_VERSION, IexTpHeader } from './layout.ts'
import { LineSessions, SegmentPlace } from './line-sessions.ts'
import { readI32, readU16 } from './wire.ts'

const WORD = 4294967296

/** What a datagram is. */
export enum IexTpSegment {
  /** `next` hands out its new messages. */
  Data = 0,
  Heartbeat = 1,
  /** No segment of this messaging protocol, or numbers that cannot be. */
  Bad = 2,
  /** Of a session beyond the bound of sessions. */
  TooManySessions = 3,
}

/** Walks the IEX-TP segments of one messaging protocol and hands out each message of a session once. */
export class IexTpWalker extends BlockWalker {
  /** Words of the segment's send time, ns since 1970. */
  sendHigh = 0
  sendLow = 0
  readonly #protocol: number
  readonly #lines: LineSessions
  #surplusBytes = 0

  /**
   * @param protocol message protocol id of the segments to walk
   * @param packetTime of the packet at hand, where lines are to be compared
   */
  constructor(protocol: number, packetTime?: Float64Array) {
    const lines = new LineSessions(new SessionTable(nameSession))
    super(new MessageArbiter(lines.sessions, packetTime), true)
    this.#protocol = protocol
    this.#lines = lines
  }

  /** Whether the last segment began a session where its line had followed another: what was known of the market is over. */
  get hasBegunAnew(): boolean {
    return this.#lines.hasBegunAnew
  }

  /**
   * Begins a datagram; a gap that it reveals is appended to the batch.
   * @param flow number of the flow that brought it: the gap's line
   */
  begin(bytes: Uint8Array, at: number, length: number, flow: number, batch: RecordBatch): IexTpSegment {
    this.left = 0
    this.isShort = false
    this.#lines.hasBegunAnew = false
    if (length < IexTpHeader.Bytes || !this.#readHeader(bytes, at)) return IexTpSegment.Bad
    const { arbiter } = this
    const count = readU16(bytes, at + IexTpHeader.MessageCount)
    const payloadBytes = readU16(bytes, at + IexTpHeader.PayloadBytes)
    const place = this.#lines.place
    place[SegmentPlace.SequenceEnd] = place[SegmentPlace.Sequence]! + count
    place[SegmentPlace.OffsetEnd] = place[SegmentPlace.Offset]! + payloadBytes
    const channel = readI32(bytes, at + IexTpHeader.Channel)
    const session = this.#lines.find(
      flow,
      channel,
      readI32(bytes, at + IexTpHeader.Session),
      this.sendHigh,
      this.sendLow,
    )
    if (session < 0) return IexTpSegment.TooManySessions
    this.bytes = bytes
    this.at = at + IexTpHeader.Bytes
    this.end = at + Math.min(length, IexTpHeader.Bytes + payloadBytes)
    this.#surplusBytes = Math.max(0, length - IexTpHeader.Bytes - payloadBytes)
    arbiter.sequence[0] = place[SegmentPlace.Sequence]!
    if (count === 0) {
      arbiter.begin(session, flow, NumberedPacket.Heartbeat, 0, batch)
      return IexTpSegment.Heartbeat
    }
    arbiter.begin(session, flow, NumberedPacket.Data, count, batch)
    this.left = count
    return IexTpSegment.Data
  }

  /** Bytes behind the last message, in the payload or behind it, once `next` has returned false. */
  override surplusBytes(): number {
    return this.isShort ? 0 : super.surplusBytes() + this.#surplusBytes
  }

  /** @returns whether it is a header of the protocol, with numbers that can be */
  #readHeader(bytes: Uint8Array, at: number): boolean {
    if (bytes[at + IexTpHeader.Version] !== IEX_TP_VERSION) return false
    if (readU16(bytes, at + IexTpHeader.Protocol) !== this.#protocol) return false
    const sequenceHigh = readI32(bytes, at + IexTpHeader.SequenceHigh)
    const offsetHigh = readI32(bytes, at + IexTpHeader.OffsetHigh)
    if (sequenceHigh < 0 || sequenceHigh >= EXACT_HIGH_END || offsetHigh < 0 || offsetHigh >= EXACT_HIGH_END)
      return false
    const place = this.#lines.place
    place[SegmentPlace.Sequence] = sequenceHigh * WORD + (readI32(bytes, at + IexTpHeader.SequenceLow) >>> 0)
    place[SegmentPlace.Offset] = offsetHigh * WORD + (readI32(bytes, at + IexTpHeader.OffsetLow) >>> 0)
    this.sendHigh = readI32(bytes, at + IexTpHeader.SendTimeHigh)
    this.sendLow = readI32(bytes, at + IexTpHeader.SendTimeLow)
    return true
  }
}

/** A session in reports; one that began anew under the same id has the same name. */
function nameSession(channel: number, id: number): string {
  return `channel ${channel >>> 0} session ${id >>> 0}`
}
