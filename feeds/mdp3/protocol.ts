import type { FeedShared } from '../protocol/feed-shared.ts'
import { type DatagramProtocol, Packet, type PacketDecoder, type ProtocolReport } from '../protocol/protocol.ts'
import type { RecordBatch } from '../record-batch.ts'
import { NumberedPacket } from '../sequence/message-arbiter.ts'
import { describeLines, describeSessions } from '../sequence/sequence-facts.ts'
import { SessionCount } from '../sequence/session-table.ts'
import { Mdp3Channels } from './channels.ts'
import { Mdp3Reject } from './counts.ts'
import { Mdp3Decoder } from './decoder.ts'
import { MDP3_SCHEMA_ID, MessageAt, PacketAt, TimeHigh } from './layout.ts'
import { PacketLoss } from './packet-loss.ts'
import { looksLikeMdp3 } from './recognise.ts'
import { Slot } from './record-writer.ts'

/** Times are exact this far from the session's epoch; a packet from further away is damaged. */
const EPOCH_DISTANCE_NS_MAX = 104 * 86_400e9

/** CME MDP 3.0: the lines of all channels in a capture, one decoder. */
export const MDP3: DatagramProtocol = {
  carrier: 'datagram',
  name: 'mdp3',
  title: 'CME MDP 3.0 (SBE schema 1, versions 5 to 13) over UDP',
  recognise: looksLikeMdp3,
  open: (shared) => new Mdp3Packets(shared),
}

class Mdp3Packets implements PacketDecoder {
  isDone = true
  readonly #shared: FeedShared
  readonly #channels: Mdp3Channels
  readonly #decoder: Mdp3Decoder
  readonly #loss: PacketLoss
  /** Sending times of the first and the latest packet; −1 before the first. */
  readonly #timesNs = new Float64Array([-1, -1])
  #bytes: Uint8Array = new Uint8Array(0)
  #view = new DataView(this.#bytes.buffer)
  #at = 0
  #end = 0
  #isCut = false
  #badPackets = 0
  #shortPackets = 0
  #strayPackets = 0
  #refusedChannels = 0

  constructor(shared: FeedShared) {
    this.#shared = shared
    this.#channels = new Mdp3Channels(shared.flows, shared.packetTime)
    this.#decoder = new Mdp3Decoder(shared)
    this.#loss = new PacketLoss(this.#decoder.context)
  }

  begin(bytes: Uint8Array, at: number, length: number, flow: number, isCut: boolean, batch: RecordBatch): Packet {
    if (length < PacketAt.Bytes) {
      this.#badPackets++
      return Packet.Bad
    }
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    if (!this.#readTime(at)) {
      this.#strayPackets++
      return Packet.Bad
    }
    const session = this.#channels.find(flow)
    if (session < 0) {
      this.#refusedChannels++
      return Packet.Bad
    }
    const { context } = this.#decoder
    this.#channels.number(session, this.#view.getUint32(at, true), context.writer.values, Slot.SendingTime)
    context.packet[0] = this.#view.getUint32(at, true)
    const { arbiter } = this.#channels
    const gapsAt = session * SessionCount.Count + SessionCount.Gaps
    const gapsBefore = arbiter.sessions.counts[gapsAt]!
    // The packets are numbered, not the messages: a packet counts as one.
    arbiter.begin(session, flow, NumberedPacket.Data, 1, batch)
    const isNew = arbiter.take()
    arbiter.finish()
    if (!isNew) return Packet.Idle
    context.channel = session
    context.writer.line = flow
    if (arbiter.sessions.counts[gapsAt] !== gapsBefore) this.#loss.begin()
    this.#at = at + PacketAt.Bytes
    this.#end = at + length
    this.#isCut = isCut
    this.isDone = false
    return Packet.Messages
  }

  next(batch: RecordBatch): number {
    const decoder = this.#decoder
    let records = 0
    while (batch.hasRoom()) {
      if (!this.#loss.isDone) {
        const from = batch.usedBytes
        this.#loss.step(batch)
        records += batch.countFrom(from)
      } else if (!decoder.isDone) records += decoder.step(batch)
      else if (!this.#nextMessage()) {
        this.isDone = true
        break
      }
    }
    return records
  }

  report(): ProtocolReport {
    const { arbiter } = this.#channels
    const { counts } = this.#decoder.context
    return {
      messages: counts.toObject(),
      rejected: counts.rejectedToObject(),
      undecoded: {
        ...(this.#badPackets > 0 && { badMdp3: this.#badPackets }),
        ...(this.#shortPackets > 0 && { shortFrame: this.#shortPackets }),
        ...(this.#strayPackets > 0 && { packetTimeOutOfRange: this.#strayPackets }),
        ...(this.#refusedChannels > 0 && { tooManySessions: this.#refusedChannels }),
        ...counts.reasonsToObject(),
      },
      sessions: describeSessions(arbiter),
      lines: describeLines(arbiter),
      firstMessageNs: this.#timesNs[0]!,
      lastMessageNs: this.#timesNs[1]!,
    }
  }

  /** Takes the packet's sending time over. @returns false when it cannot be */
  #readTime(at: number): boolean {
    const { values } = this.#decoder.context.writer
    const high = this.#view.getUint32(at + PacketAt.SendingTimeHigh, true)
    if (high < TimeHigh.Min || high >= TimeHigh.Max) return false
    const low = this.#view.getInt32(at + PacketAt.SendingTimeLow, true)
    this.#shared.epoch.wordsToSession(high, low, values, Slot.SendingTime)
    const sentNs = values[Slot.SendingTime]!
    if (sentNs > EPOCH_DISTANCE_NS_MAX || sentNs < -EPOCH_DISTANCE_NS_MAX) return false
    if (this.#timesNs[0] === -1) this.#timesNs[0] = sentNs
    this.#timesNs[1] = sentNs
    return true
  }

  /** Begins the packet's next message. @returns false behind the last one */
  #nextMessage(): boolean {
    const at = this.#at
    if (at === this.#end) return false
    const view = this.#view
    const size = at + MessageAt.Bytes > this.#end ? 0 : view.getUint16(at + MessageAt.Size, true)
    if (size < MessageAt.Bytes || at + size > this.#end) {
      if (this.#isCut) this.#shortPackets++
      else this.#badPackets++
      this.#at = this.#end
      return false
    }
    this.#at = at + size
    const { context } = this.#decoder
    const template = view.getUint16(at + MessageAt.TemplateId, true)
    if (view.getUint16(at + MessageAt.SchemaId, true) !== MDP3_SCHEMA_ID) {
      context.template = template
      context.reject(Mdp3Reject.WrongSchema)
      return true
    }
    const blockLength = view.getUint16(at + MessageAt.BlockLength, true)
    const version = view.getUint16(at + MessageAt.Version, true)
    this.#decoder.begin(template, view, at + MessageAt.Bytes, blockLength, version, at + size)
    return true
  }
}
