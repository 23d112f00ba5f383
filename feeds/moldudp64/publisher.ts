import { readI32, readU16 } from '../itch50/wire.ts'
import { SequencedLog } from '../soupbintcp/session/sequenced-log.ts'
import { BLOCK_HEADER_BYTES, MoldCount, MoldHeader, SEQUENCE_HIGH_END, SESSION_BYTES } from './layout.ts'
import { MoldRequest } from './request-layout.ts'

const WORD = 0x1_0000_0000

/** What a publisher counts. */
export enum MoldPublish {
  Packets = 0,
  Heartbeats = 1,
  /** Re-requests answered, and the messages in the answers. */
  Requests = 2,
  RequestedMessages = 3,
  /** Re-requests of another session, of the wrong length, or for what is not there. */
  RequestsRefused = 4,
  Count = 5,
}

export interface MoldPublisherLimits {
  /** Most bytes of a packet, its header included. */
  readonly payloadBytesMax: number
  /** Bounds of what is kept to be asked for again. Policy: an append beyond is refused, and the session must end. */
  readonly keptBytesMax: number
  readonly keptMessagesMax: number
}

/**
 * One MoldUDP64 session from its sender's side: numbers messages, packs them, keeps them for re-requests. It sends nothing
 * itself: each packet lies in `packet` when the callback is called.
 */
export class MoldPublisher {
  readonly packet: Uint8Array
  /** By `MoldPublish`. */
  readonly counts = new Float64Array(MoldPublish.Count)
  /** The session's name, ten characters with its padding. */
  session = ''
  log: SequencedLog
  private readonly view: DataView
  private readonly limits: MoldPublisherLimits
  /** Messages that were sent. */
  private sent = 0

  constructor(session: string, limits: MoldPublisherLimits) {
    this.limits = limits
    this.packet = new Uint8Array(limits.payloadBytesMax)
    this.view = new DataView(this.packet.buffer)
    this.log = new SequencedLog(limits.keptBytesMax, limits.keptMessagesMax)
    this.begin(session)
  }

  /** Begins another session: its numbers start at 1, and the one before is forgotten. */
  begin(session: string): void {
    this.session = session.slice(0, SESSION_BYTES).padEnd(SESSION_BYTES)
    this.log = new SequencedLog(this.limits.keptBytesMax, this.limits.keptMessagesMax)
    this.sent = 0
    for (let i = 0; i < SESSION_BYTES; i++) this.packet[i] = this.session.charCodeAt(i) & 0x7f
  }

  /** Number of the next message. */
  get nextSequence(): number {
    return this.log.count + 1
  }

  /** Takes framed messages (u16 length and message each) into the session. @returns false when it is full */
  append(bytes: Uint8Array, from: number, end: number): boolean {
    for (let at = from; at < end; ) {
      const length = readU16(bytes, at)
      if (!this.log.append(bytes, at + BLOCK_HEADER_BYTES, length)) return false
      at += BLOCK_HEADER_BYTES + length
    }
    return true
  }

  /** Packs what was not sent yet. @param send called with the length of each packet */
  flush(send: (length: number) => void): void {
    while (this.sent < this.log.count) {
      const first = this.sent + 1
      const length = this.pack(first, this.log.count)
      this.sent = first - 1 + readU16(this.packet, MoldHeader.Count)
      this.counts[MoldPublish.Packets]!++
      send(length)
    }
  }

  /** Makes a heartbeat. @returns its length */
  heartbeat(): number {
    this.counts[MoldPublish.Heartbeats]!++
    return this.writeHeader(this.sent + 1, MoldCount.Heartbeat)
  }

  /** Makes the packet that says that the session is over. @returns its length */
  endOfSession(): number {
    return this.writeHeader(this.log.count + 1, MoldCount.EndOfSession)
  }

  /** Makes the answer to a re-request, as much of it as fits into one packet. @returns its length, 0 when there is none */
  answer(bytes: Uint8Array, length: number): number {
    const first = this.firstAsked(bytes, length)
    const count = first === 0 ? 0 : readU16(bytes, MoldRequest.Count)
    if (count === 0) {
      this.counts[MoldPublish.RequestsRefused]!++
      return 0
    }
    const answerBytes = this.pack(first, Math.min(this.sent, first + count - 1))
    this.counts[MoldPublish.Requests]!++
    this.counts[MoldPublish.RequestedMessages]! += readU16(this.packet, MoldHeader.Count)
    return answerBytes
  }

  /** The first message that a re-request asks for, or 0 when it is not to be answered. */
  private firstAsked(bytes: Uint8Array, length: number): number {
    if (length !== MoldRequest.Bytes) return 0
    for (let i = 0; i < SESSION_BYTES; i++) if (bytes[i] !== this.packet[i]) return 0
    const high = readI32(bytes, MoldRequest.SequenceHigh)
    if (high < 0 || high >= SEQUENCE_HIGH_END) return 0
    const first = high * WORD + (readI32(bytes, MoldRequest.SequenceLow) >>> 0)
    return first <= this.sent ? first : 0
  }

  /** Packs messages from `first`, to `last` at most. @returns the packet's length */
  private pack(first: number, last: number): number {
    const { log, packet } = this
    let at: number = MoldHeader.Bytes
    let count = 0
    for (let sequence = first; sequence <= last; sequence++) {
      const length = log.lengthOf(sequence)
      if (at + BLOCK_HEADER_BYTES + length > packet.length || count === MoldCount.EndOfSession - 1) break
      this.view.setUint16(at, length)
      const start = log.startOf(sequence)
      packet.set(log.bytes.subarray(start, start + length), at + BLOCK_HEADER_BYTES)
      at += BLOCK_HEADER_BYTES + length
      count++
    }
    this.writeHeader(first, count)
    return at
  }

  private writeHeader(sequence: number, count: number): number {
    this.view.setUint32(MoldHeader.SequenceHigh, Math.floor(sequence / WORD))
    this.view.setUint32(MoldHeader.SequenceLow, sequence % WORD)
    this.view.setUint16(MoldHeader.Count, count)
    return MoldHeader.Bytes
  }
}
