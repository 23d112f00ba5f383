import { looksLikeMoldUdp64, MoldPacket, MoldWalker } from '../moldudp64/walker.ts'
import type { FeedShared } from '../protocol/feed-shared.ts'
import {
  type DatagramProtocol,
  Packet,
  type PacketDecoder,
  type ProtocolReport,
  Sureness,
} from '../protocol/protocol.ts'
import type { RecordBatch } from '../record-batch.ts'
import { describeLines, describeSessions } from '../sequence/sequence-facts.ts'
import { Itch50Decoder } from './decoder.ts'
import { looksLikeItch50InMold } from './recognise.ts'
import { describeItch50 } from './report.ts'

/** TotalView-ITCH 5.0 over MoldUDP64: the lines of all sessions in a capture, one decoder. */
export const ITCH50_OVER_MOLD: DatagramProtocol = {
  carrier: 'datagram',
  name: 'itch50',
  title: 'Nasdaq TotalView-ITCH 5.0 over MoldUDP64',
  recognise(bytes, at, length, isCut) {
    if (!looksLikeMoldUdp64(bytes, at, length, isCut)) return Sureness.No
    return looksLikeItch50InMold(bytes, at, length)
  },
  open: (shared) => new MoldItch50(shared),
}

class MoldItch50 implements PacketDecoder {
  isDone = true
  readonly #decoder: Itch50Decoder
  readonly #walker: MoldWalker
  #bytes: Uint8Array = new Uint8Array(0)
  #isCut = false
  #badPackets = 0
  #refusedSessions = 0
  #shortPackets = 0

  constructor(shared: FeedShared) {
    this.#decoder = new Itch50Decoder(shared.instruments)
    this.#walker = new MoldWalker(shared.packetTime)
  }

  begin(bytes: Uint8Array, at: number, length: number, flow: number, isCut: boolean, batch: RecordBatch): Packet {
    const packet = this.#walker.begin(bytes, at, length, flow, batch)
    switch (packet) {
      case MoldPacket.Data:
        this.#bytes = bytes
        this.#isCut = isCut
        this.#decoder.line = flow
        this.isDone = false
        return Packet.Messages
      case MoldPacket.Bad:
        this.#badPackets++
        return Packet.Bad
      case MoldPacket.TooManySessions:
        this.#refusedSessions++
        return Packet.Bad
      default:
        return Packet.Idle
    }
  }

  next(batch: RecordBatch): number {
    const walker = this.#walker
    let records = 0
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
    const { undecoded, ...messages } = describeItch50(this.#decoder)
    return {
      ...messages,
      undecoded: {
        ...(this.#badPackets > 0 && { badMoldUdp64: this.#badPackets }),
        ...(this.#refusedSessions > 0 && { tooManySessions: this.#refusedSessions }),
        ...(this.#shortPackets > 0 && { shortFrame: this.#shortPackets }),
        ...undecoded,
      },
      sessions: describeSessions(arbiter),
      lines: describeLines(arbiter),
    }
  }

  #end(): void {
    const walker = this.#walker
    this.isDone = true
    if ((walker.isShort && !this.#isCut) || walker.surplusBytes() > 0) this.#badPackets++
    if (walker.isShort && this.#isCut) this.#shortPackets++
  }
}
