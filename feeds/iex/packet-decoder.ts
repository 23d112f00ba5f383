import { IexTpSegment, IexTpWalker } from '../iex-tp/walker.ts'
import type { FeedShared } from '../protocol/feed-shared.ts'
import { Packet, type PacketDecoder, type ProtocolReport } from '../protocol/protocol.ts'
import type { RecordBatch } from '../record-batch.ts'
import { describeLines, describeSessions } from '../sequence/sequence-facts.ts'
import { IexDecoder } from './decoder.ts'

/** Decodes the segments of one IEX feed: the lines of all its sessions in a capture, one decoder. */
export class IexPacketDecoder implements PacketDecoder {
  isDone = true
  readonly #decoder: IexDecoder
  readonly #walker: IexTpWalker
  #bytes: Uint8Array = new Uint8Array(0)
  #isCut = false
  #badSegments = 0
  #refusedSessions = 0
  #shortSegments = 0

  /**
   * @param protocol message protocol id of the feed
   * @param lengths least length of its messages, by type code
   */
  constructor(shared: FeedShared, protocol: number, lengths: Int32Array) {
    this.#decoder = new IexDecoder(shared, lengths)
    this.#walker = new IexTpWalker(protocol, shared.packetTime)
  }

  begin(bytes: Uint8Array, at: number, length: number, flow: number, isCut: boolean, batch: RecordBatch): Packet {
    const walker = this.#walker
    const segment = walker.begin(bytes, at, length, flow, batch)
    if (segment === IexTpSegment.Bad) {
      this.#badSegments++
      return Packet.Bad
    }
    if (segment === IexTpSegment.TooManySessions) {
      this.#refusedSessions++
      return Packet.Bad
    }
    this.#bytes = bytes
    this.#isCut = isCut
    this.#decoder.line = flow
    if (walker.hasBegunAnew) this.#decoder.beginAnew(walker.sendHigh, walker.sendLow)
    if (segment === IexTpSegment.Heartbeat && !this.#decoder.isClearing) return Packet.Idle
    this.isDone = false
    return Packet.Messages
  }

  next(batch: RecordBatch): number {
    const walker = this.#walker
    let records = this.#decoder.isClearing ? this.#decoder.clear(batch) : 0
    while (batch.hasRoom()) {
      if (!walker.next()) {
        this.#end()
        break
      }
      records += this.#decoder.decode(this.#bytes, walker.messageAt, walker.messageLength, batch)
    }
    return records
  }

  report(): ProtocolReport {
    const { arbiter } = this.#walker
    const { counts } = this.#decoder
    const [firstMessageNs, lastMessageNs] = counts.timeNs
    return {
      messages: counts.toObject(),
      rejected: counts.rejectedToObject(),
      undecoded: {
        ...(this.#badSegments > 0 && { badIexTp: this.#badSegments }),
        ...(this.#refusedSessions > 0 && { tooManySessions: this.#refusedSessions }),
        ...(this.#shortSegments > 0 && { shortFrame: this.#shortSegments }),
        ...counts.reasonsToObject(),
      },
      sessions: describeSessions(arbiter),
      lines: describeLines(arbiter),
      firstMessageNs: firstMessageNs!,
      lastMessageNs: lastMessageNs!,
    }
  }

  #end(): void {
    const walker = this.#walker
    this.isDone = true
    if ((walker.isShort && !this.#isCut) || walker.surplusBytes() > 0) this.#badSegments++
    if (walker.isShort && this.#isCut) this.#shortSegments++
  }
}
