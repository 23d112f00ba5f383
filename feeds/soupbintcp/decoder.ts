import { RecordType, Stale, StaleReason } from '../../kernels/records/catalogue.ts'
import { beginRecord } from '../../kernels/records/views.ts'
import { Itch50Decoder } from '../itch50/decoder.ts'
import { ITCH50_LENGTH } from '../itch50/layout.ts'
import { describeItch50 } from '../itch50/report.ts'
import { readU16 } from '../itch50/wire.ts'
import { FLOWS_MAX } from '../net/flow-table.ts'
import type { FeedShared } from '../protocol/feed-shared.ts'
import { Packet, type ProtocolReport, type StreamDecoder } from '../protocol/protocol.ts'
import type { RecordBatch } from '../record-batch.ts'
import { NumberedPacket } from '../sequence/message-arbiter.ts'
import { describeLines, describeSessions } from '../sequence/sequence-facts.ts'
import { isSoupPacket, SOUP_LENGTH_BYTES, SoupHeader, SoupType } from './layout.ts'
import { findSoupPacket } from './recognise.ts'
import { SoupCounts } from './soup-counts.ts'
import { SoupSequence } from './soup-sequence.ts'

const UPPER_A = 0x41
const UPPER_Z = 0x5a

/**
 * Decodes SoupBinTCP streams. Every packet is counted by its type. A sequenced message whose type and length are one of
 * ITCH 5.0 makes its stream an ITCH stream: its messages become records, each once, by the numbers that count up from the
 * login. Messages of other streams (OUCH) are counted by their type.
 *
 * Bytes that are lost, or are no packet, end the stream's numbers: a gap of unknown length is declared, as MoldUDP64 declares
 * one that it knows, and the decoder looks for the next place from which packets follow each other. Where that does not come
 * at once, the books of an ITCH stream are stale until it does.
 */
export class SoupDecoder implements StreamDecoder {
  isDone = true
  consumedBytes = 0
  readonly #counts = new SoupCounts()
  readonly #itch: Itch50Decoder
  readonly #sequence = new SoupSequence(this.#counts)
  /** 1 once the flow has carried ITCH, and 1 while its next packet must be looked for. */
  readonly #isItch = new Uint8Array(FLOWS_MAX)
  readonly #isLost = new Uint8Array(FLOWS_MAX)
  /** 1 while the flow's books are declared stale. */
  readonly #isStale = new Uint8Array(FLOWS_MAX)
  /** 1 while a loss of the flow is to be declared. */
  readonly #isNews = new Uint8Array(FLOWS_MAX)
  #flow = 0
  #bytes: Uint8Array = new Uint8Array(0)
  #start = 0
  #at = 0
  #end = 0
  /** Offset and length of a message of ITCH that is taken but not decoded; −1 for none. */
  #messageAt = -1
  #messageLength = 0

  constructor(shared: FeedShared) {
    this.#itch = new Itch50Decoder(shared.instruments)
  }

  begin(bytes: Uint8Array, at: number, length: number, flow: number, _isCut: boolean, batch: RecordBatch): Packet {
    this.#flow = flow
    this.#bytes = bytes
    this.#start = at
    this.#at = at
    this.#end = at + length
    this.consumedBytes = 0
    this.isDone = false
    if (this.#isLost[flow] === 1) return this.#resume(batch)
    return Packet.Messages
  }

  next(batch: RecordBatch): number {
    let records = 0
    while (batch.hasRoom()) {
      if (this.#messageAt >= 0) {
        records += this.#itch.decode(this.#bytes, this.#messageAt, this.#messageLength, batch)
        this.#messageAt = -1
        continue
      }
      const before = batch.usedBytes
      const isMore = this.#nextPacket(batch)
      records += batch.countFrom(before)
      if (!isMore) break
    }
    return records
  }

  skipHole(flow: number): void {
    this.#isLost[flow] = 1
    this.#isNews[flow] = 1
  }

  report(): ProtocolReport {
    const counts = this.#counts
    const { messages, ...itch } = describeItch50(this.#itch)
    const others = counts.carried()
    return {
      ...itch,
      messages: counts.packets(),
      carried: {
        ...(Object.keys(messages).length > 0 && { itch50: messages }),
        ...(Object.keys(others).length > 0 && { ouch: others }),
      },
      undecoded: {
        ...itch.undecoded,
        ...(counts.unknownPayloads > 0 && { unknownSoupPayload: counts.unknownPayloads }),
        ...(counts.brokenPackets > 0 && { badSoupBinTcp: counts.brokenPackets }),
        ...(counts.tooManySessions > 0 && { tooManySessions: counts.tooManySessions }),
      },
      sessions: describeSessions(this.#sequence.arbiter),
      lines: describeLines(this.#sequence.arbiter),
    }
  }

  /** Looks for a packet in a stream that lost bytes; a piece without one is passed over. */
  #resume(batch: RecordBatch): Packet {
    const flow = this.#flow
    const length = this.#end - this.#at
    const offset = findSoupPacket(this.#bytes, this.#at, length)
    const isFound = offset >= 0
    const isLogin = isFound && this.#bytes[this.#at + offset + SoupHeader.Type] === SoupType.LoginAccepted
    // A login numbers what follows: should something be missing, it is known what.
    if (!isLogin && this.#isNews[flow] === 1) this.#sequence.lose(flow, batch)
    this.#isNews[flow] = 0
    if (!isFound) {
      this.#state(StaleReason.SequenceGap, batch)
      this.isDone = true
      this.consumedBytes = length
      return Packet.Bad
    }
    this.#at += offset
    this.#isLost[flow] = 0
    this.#state(StaleReason.Recovered, batch)
    return Packet.Messages
  }

  /** States that the books of an ITCH stream are stale, or are not any more, where that is news. */
  #state(reason: StaleReason.SequenceGap | StaleReason.Recovered, batch: RecordBatch): void {
    const isStale = reason === StaleReason.Recovered ? 0 : 1
    if (this.#isItch[this.#flow] === 0 || this.#isStale[this.#flow] === isStale) return
    this.#isStale[this.#flow] = isStale
    const { views, usedBytes: to } = batch
    beginRecord(views, to, Stale.Bytes, RecordType.Stale, 0)
    views.i32[(to + Stale.Reason) >> 2] = reason
    views.i32[(to + Stale.Line) >> 2] = this.#flow
    batch.usedBytes = to + Stale.Bytes
  }

  /** Takes one packet. @returns false at the end of what is there */
  #nextPacket(batch: RecordBatch): boolean {
    const at = this.#at
    const bytes = this.#bytes
    if (at + SoupHeader.Bytes > this.#end) return this.#finish(at)
    const length = readU16(bytes, at)
    const type = bytes[at + SoupHeader.Type]!
    if (!isSoupPacket(type, length)) {
      this.#counts.brokenPackets++
      this.#isLost[this.#flow] = 1
      this.#sequence.lose(this.#flow, batch)
      this.#state(StaleReason.SequenceGap, batch)
      return this.#finish(this.#end)
    }
    const next = at + SOUP_LENGTH_BYTES + length
    if (next > this.#end) return this.#finish(at)
    this.#at = next
    this.#counts.byType[type]!++
    if (type === SoupType.SequencedData) this.#takeSequenced(at + SoupHeader.Bytes, length - 1, batch)
    else if (type === SoupType.UnsequencedData) this.#count(at + SoupHeader.Bytes, length - 1, this.#counts.unsequenced)
    else if (type === SoupType.LoginAccepted) this.#sequence.login(this.#flow, bytes, at, batch)
    else if (type === SoupType.ServerHeartbeat) this.#sequence.mark(this.#flow, NumberedPacket.Heartbeat, batch)
    else if (type === SoupType.EndOfSession) this.#sequence.mark(this.#flow, NumberedPacket.EndOfSession, batch)
    return true
  }

  #takeSequenced(at: number, length: number, batch: RecordBatch): void {
    const flow = this.#flow
    const isNew = this.#sequence.take(flow, batch)
    if (this.#isItch[flow] === 0) {
      if (length === 0 || ITCH50_LENGTH[this.#bytes[at]!] !== length) {
        this.#count(at, length, this.#counts.sequenced)
        return
      }
      this.#isItch[flow] = 1
    }
    if (!isNew) return
    this.#itch.line = flow
    this.#messageAt = at
    this.#messageLength = length
  }

  #count(at: number, length: number, byType: Float64Array): void {
    const type = length === 0 ? 0 : this.#bytes[at]!
    if (type >= UPPER_A && type <= UPPER_Z) byType[type]!++
    else this.#counts.unknownPayloads++
  }

  #finish(at: number): boolean {
    this.isDone = true
    this.consumedBytes = at - this.#start
    return false
  }
}
