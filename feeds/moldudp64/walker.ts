import { Gap, RecordType } from '../../kernels/records/catalogue.ts'
import { beginRecord } from '../../kernels/records/views.ts'
import { readI32, readU16 } from '../itch50/wire.ts'
import type { RecordBatch } from '../record-batch.ts'
import { BLOCK_HEADER_BYTES, MoldCount, MoldHeader, SEQUENCE_HIGH_END } from './layout.ts'
import { LineTable } from './line-table.ts'
import { SessionCount, SessionTable } from './session-table.ts'

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

/**
 * Walks MoldUDP64 packets and hands out each message of a session once, whichever line brings it.
 *
 * Order: a packet ahead of its turn declares a gap (a record, and the skipped numbers are kept); nothing waits. What
 * comes for a declared gap later is handed out then (late), so that one wild sequence number costs nothing but a false
 * gap. What was seen is a duplicate. The first packet of a session in the capture begins it.
 */
export class MoldWalker {
  readonly sessions = new SessionTable()
  readonly lines = new LineTable()
  /** The message that `next` found. */
  messageAt = 0
  messageLength = 0
  /** Whether the packet held less than its header said. */
  isShort = false
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0
  #left = 0
  #taken = 0
  #session = 0
  #isInOrder = false
  #isSequenced = false
  /** [0] sequence number of the message at hand. */
  readonly #sequence = new Float64Array(1)
  readonly #range = new Float64Array(2)

  /**
   * Begins a datagram; a gap that it reveals is appended to the batch.
   * @param flow number of the flow that brought it, for the gap's line
   */
  begin(bytes: Uint8Array, at: number, length: number, flow: number, batch: RecordBatch): MoldPacket {
    this.#left = 0
    this.isShort = false
    if (length < MoldHeader.Bytes) return MoldPacket.Bad
    const high = readI32(bytes, at + MoldHeader.SequenceHigh)
    if (high < 0 || high >= SEQUENCE_HIGH_END) return MoldPacket.Bad
    const session = this.sessions.find(bytes, at + MoldHeader.Session)
    if (session < 0) return MoldPacket.TooManySessions
    const sequence = this.#sequence
    sequence[0] = high * WORD + (readI32(bytes, at + MoldHeader.SequenceLow) >>> 0)
    const count = readU16(bytes, at + MoldHeader.Count)
    const isData = count !== MoldCount.Heartbeat && count !== MoldCount.EndOfSession
    this.#session = session
    this.#bytes = bytes
    this.#at = at + MoldHeader.Bytes
    this.#end = at + length
    this.#isSequenced = sequence[0] !== 0
    this.#countPacket(session, count, flow)
    if (this.#isSequenced) this.#follow(session, flow, batch)
    else this.#isInOrder = true
    if (!isData) return count === MoldCount.Heartbeat ? MoldPacket.Heartbeat : MoldPacket.EndOfSession
    this.#left = count
    this.#taken = 0
    return MoldPacket.Data
  }

  /** Moves to the packet's next new message. @returns false when there is none */
  next(): boolean {
    while (this.#left > 0) {
      const at = this.#at + BLOCK_HEADER_BYTES
      if (at > this.#end) return this.#finishShort()
      const length = readU16(this.#bytes, this.#at)
      if (at + length > this.#end) return this.#finishShort()
      this.#at = at + length
      this.#left--
      this.messageAt = at
      this.messageLength = length
      if (this.#isInOrder) {
        this.#taken++
        if (this.#left === 0) this.#finish()
        return true
      }
      if (this.#takeOutOfOrder()) return true
    }
    return false
  }

  /** Bytes behind the last message, once `next` has returned false. */
  surplusBytes(): number {
    return this.isShort ? 0 : this.#end - this.#at
  }

  #countPacket(session: number, count: number, flow: number): void {
    const { counts } = this.sessions
    const base = session * SessionCount.Count
    counts[base + SessionCount.Packets]!++
    if (count === MoldCount.Heartbeat) counts[base + SessionCount.Heartbeats]!++
    if (count === MoldCount.EndOfSession) counts[base + SessionCount.EndOfSession]!++
    const isData = count !== MoldCount.Heartbeat && count !== MoldCount.EndOfSession
    if (this.#isSequenced) this.lines.note(flow, session, this.#sequence, isData ? count : 0)
  }

  /** Compares the packet's sequence number with the session's. */
  #follow(session: number, flow: number, batch: RecordBatch): void {
    const { counts, hasFirst } = this.sessions
    const base = session * SessionCount.Count
    const first = this.#sequence[0]!
    if (hasFirst[session] === 0) {
      hasFirst[session] = 1
      counts[base + SessionCount.First] = first
      counts[base + SessionCount.Expected] = first
    } else if (first > counts[base + SessionCount.Expected]!) {
      this.#declareGap(session, flow, batch)
    }
    this.#isInOrder = first === counts[base + SessionCount.Expected]!
  }

  #declareGap(session: number, flow: number, batch: RecordBatch): void {
    const { counts, missing } = this.sessions
    const base = session * SessionCount.Count
    const range = this.#range
    range[0] = counts[base + SessionCount.Expected]!
    range[1] = this.#sequence[0]!
    missing[session]!.add(range)
    counts[base + SessionCount.Gaps]!++
    counts[base + SessionCount.Expected] = range[1]!
    const { views, usedBytes: to } = batch
    beginRecord(views, to, Gap.Bytes, RecordType.Gap, 0)
    views.i32[(to + Gap.Line) >> 2] = flow
    views.i32[(to + Gap.Session) >> 2] = session
    views.f64[(to + Gap.FirstMissing) >> 3] = range[0]!
    views.f64[(to + Gap.MissingCount) >> 3] = range[1]! - range[0]!
    batch.usedBytes = to + Gap.Bytes
  }

  /** Whether the message at hand, of a packet that is not simply the next one, is new. */
  #takeOutOfOrder(): boolean {
    const { counts, missing } = this.sessions
    const base = this.#session * SessionCount.Count
    const sequence = this.#sequence
    const isNext = sequence[0] === counts[base + SessionCount.Expected]
    const isLate = !isNext && missing[this.#session]!.take(sequence)
    if (isNext) counts[base + SessionCount.Expected]!++
    if (isLate) counts[base + SessionCount.Late]!++
    if (isNext || isLate) counts[base + SessionCount.Messages]!++
    else if (sequence[0]! < counts[base + SessionCount.First]!) counts[base + SessionCount.Early]!++
    else counts[base + SessionCount.Duplicates]!++
    sequence[0]!++
    return isNext || isLate
  }

  #finishShort(): boolean {
    this.isShort = true
    this.#left = 0
    if (this.#isInOrder) this.#finish()
    return false
  }

  /** Books the messages handed out of a packet in order; those that it lacked will show as a gap. */
  #finish(): void {
    const { counts } = this.sessions
    const base = this.#session * SessionCount.Count
    counts[base + SessionCount.Messages]! += this.#taken
    if (this.#isSequenced) counts[base + SessionCount.Expected]! += this.#taken
    else counts[base + SessionCount.Unsequenced]! += this.#taken
    this.#taken = 0
  }
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
