import { readU16 } from '../itch50/wire.ts'
import { BLOCK_HEADER_BYTES, MoldCount, MoldHeader } from '../moldudp64/layout.ts'
import { looksLikeMoldUdp64, MoldPacket, MoldWalker } from '../moldudp64/walker.ts'
import {
  type DatagramProtocol,
  EMPTY_REPORT,
  Packet,
  type PacketDecoder,
  type ProtocolReport,
  Sureness,
} from '../protocol/protocol.ts'
import type { RecordBatch } from '../record-batch.ts'
import { describeLines, describeSessions } from '../sequence/sequence-facts.ts'
import { OTHER_FORMATS, type OtherFormat } from './formats.ts'
import { Fit, MessageTable } from './message-table.ts'

/** Messages of a packet that are looked at before a flow is taken for a format. */
const MESSAGES_LOOKED_AT = 8

/** Feeds that are recognised, followed and counted, and give no records. */
export const OTHER_ITCH: readonly DatagramProtocol[] = OTHER_FORMATS.map((format) => {
  const table = new MessageTable(format)
  return {
    carrier: 'datagram',
    name: format.name,
    title: format.title,
    recognise: (bytes, at, length, isCut) => {
      return looksLikeMoldUdp64(bytes, at, length, isCut) ? looksLike(table, bytes, at, length) : Sureness.No
    },
    open: (shared) => new CountingDecoder(format, shared.packetTime),
  }
})

/** A packet must have known types and lengths only; one that no other feed has among them, or two types together. */
function looksLike(table: MessageTable, bytes: Uint8Array, at: number, length: number): Sureness {
  const count = readU16(bytes, at + MoldHeader.Count)
  if (count === MoldCount.Heartbeat || count === MoldCount.EndOfSession) return Sureness.Possible
  const end = at + length
  let from = at + MoldHeader.Bytes
  let exact = 0
  let firstType = -1
  let hasSeveral = false
  for (let i = 0; i < Math.min(count, MESSAGES_LOOKED_AT) && from + BLOCK_HEADER_BYTES < end; i++) {
    const messageBytes = readU16(bytes, from)
    const messageAt = from + BLOCK_HEADER_BYTES
    if (messageAt + messageBytes > end) break
    const fit = table.fit(bytes, messageAt, messageBytes)
    if (fit < Fit.Possible) return Sureness.No
    if (fit === Fit.Exact) exact++
    if (i === 0) firstType = table.type
    else if (table.type !== firstType) hasSeveral = true
    from = messageAt + messageBytes
  }
  return exact > 0 || hasSeveral ? Sureness.Likely : Sureness.Possible
}

/** Follows the sessions of one format and counts its messages by type. */
class CountingDecoder implements PacketDecoder {
  isDone = true
  readonly #table: MessageTable
  readonly #walker: MoldWalker
  readonly #byType: Float64Array
  #unknownTypes = 0
  #wrongLengths = 0
  #badPackets = 0
  #refusedSessions = 0
  #bytes: Uint8Array = new Uint8Array(0)

  constructor(format: OtherFormat, packetTime: Float64Array | undefined) {
    this.#walker = new MoldWalker(packetTime)
    this.#table = new MessageTable(format)
    this.#byType = new Float64Array(this.#table.names.length)
  }

  begin(bytes: Uint8Array, at: number, length: number, flow: number, _isCut: boolean, batch: RecordBatch): Packet {
    const packet = this.#walker.begin(bytes, at, length, flow, batch)
    if (packet === MoldPacket.Data) {
      this.#bytes = bytes
      this.isDone = false
      return Packet.Messages
    }
    if (packet === MoldPacket.Bad) this.#badPackets++
    if (packet === MoldPacket.TooManySessions) this.#refusedSessions++
    return packet === MoldPacket.Heartbeat || packet === MoldPacket.EndOfSession ? Packet.Idle : Packet.Bad
  }

  next(): number {
    const walker = this.#walker
    while (walker.next()) this.#count(walker.messageAt, walker.messageLength)
    if (walker.isShort || walker.surplusBytes() > 0) this.#badPackets++
    this.isDone = true
    return 0
  }

  report(): ProtocolReport {
    const { arbiter } = this.#walker
    const messages: Record<string, number> = {}
    let total = 0
    this.#table.names.forEach((name, type) => {
      if (this.#byType[type] !== 0) messages[name] = this.#byType[type]!
      total += this.#byType[type]!
    })
    return {
      ...EMPTY_REPORT,
      messages,
      undecoded: {
        ...(total > 0 && { recognisedOnly: total }),
        ...(this.#badPackets > 0 && { badMoldUdp64: this.#badPackets }),
        ...(this.#refusedSessions > 0 && { tooManySessions: this.#refusedSessions }),
        ...(this.#unknownTypes > 0 && { unknownMessageType: this.#unknownTypes }),
        ...(this.#wrongLengths > 0 && { wrongMessageLength: this.#wrongLengths }),
      },
      sessions: describeSessions(arbiter),
      lines: describeLines(arbiter),
    }
  }

  #count(at: number, length: number): void {
    const fit = this.#table.fit(this.#bytes, at, length)
    if (fit === Fit.UnknownType) this.#unknownTypes++
    else if (fit === Fit.WrongLength) this.#wrongLengths++
    else this.#byType[this.#table.type]!++
  }
}
