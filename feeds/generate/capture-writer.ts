import { BlockType, ByteOrder, InterfaceOption, PacketBlock } from '../capture/pcapng-layout.ts'
import { Common } from '../itch50/layout.ts'
import { BLOCK_HEADER_BYTES, MoldCount, MoldHeader, SESSION_BYTES } from '../moldudp64/layout.ts'
import { type FrameAddress, FrameTemplate } from './frame-template.ts'
import { RandomStream } from './random.ts'

/** pcapng options that the readers pass over: opt_comment, shb_userappl, if_name (sections 3.5, 4.1, 4.2). */
const OPTION_COMMENT = 1
const OPTION_APPLICATION = 4
const OPTION_INTERFACE_NAME = 2
const LINK_ETHERNET = 1
/** Major 1 and minor 0 as one little-endian word. */
const VERSION_1_0 = 1
const END_OF_SESSION_PACKETS = 3
const BUFFER_BYTES = 4 * 1024 * 1024
const PACKET_BYTES_MOST = 2_048
const WORD = 0x1_0000_0000
const HEARTBEAT_NS = 1_000_000_000
/** From a packet's last message to its arrival at the capture: this and up to 1,023 ns more. */
const WIRE_DELAY_NS = 1_500

/** Where a capture's packets come from, and how they are cut. */
export interface MoldCaptureOptions {
  /** MoldUDP64 session, up to 10 characters. */
  readonly session: string
  /** The exchange's midnight that the messages' stamps count from, in seconds since 1970. */
  readonly midnightSeconds: number
  readonly address: FrameAddress
  /** Most bytes of one MoldUDP64 packet, header included. */
  readonly payloadBytesMax: number
  /** A packet is sent when its first message is this old. */
  readonly flushNs: number
  /** What the packets' delays on the wire are drawn from. */
  readonly delaySeed: number
  /** What the file says of itself: `opt_comment`, `shb_userappl` and `if_name`. */
  readonly comment: string
  readonly application: string
  readonly interfaceName: string
}

/**
 * Packs framed ITCH messages into MoldUDP64 packets and these into a pcapng file, in one bounded buffer.
 * Section header, interface and enhanced packet blocks are written little-endian; the layouts are those that the readers
 * use (IETF draft-ietf-opsawg-pcapng; Nasdaq MoldUDP64 protocol specification).
 */
export class CaptureWriter {
  readonly bytes = new Uint8Array(BUFFER_BYTES)
  usedBytes = 0
  packets = 0
  heartbeats = 0
  endOfSessionPackets = 0
  /** Sequence of the next message; the first message has 1. */
  nextSequence = 1
  /** When the first and the latest packet were sent, in nanoseconds since the exchange's midnight. */
  firstSentNs = -1
  lastSentNs = -1
  private readonly view = new DataView(this.bytes.buffer)
  private readonly frame: FrameTemplate
  private readonly random: RandomStream
  private readonly payload: Uint8Array
  private readonly payloadView: DataView
  private payloadUsed: number = MoldHeader.Bytes
  private payloadMessages = 0
  private firstTimeNs = 0
  private lastTimeNs = 0
  private readonly payloadBytesMax: number
  private readonly flushNs: number
  private readonly epochHigh: number
  private readonly epochLow: number

  constructor(options: MoldCaptureOptions) {
    this.frame = new FrameTemplate(options.address)
    this.random = new RandomStream(options.delaySeed, 1)
    this.payloadBytesMax = options.payloadBytesMax
    this.flushNs = options.flushNs
    this.payload = new Uint8Array(PACKET_BYTES_MOST)
    this.payloadView = new DataView(this.payload.buffer)
    for (let i = 0; i < SESSION_BYTES; i++)
      this.payload[i] = i < options.session.length ? options.session.charCodeAt(i) : 0x20
    const epochNs = BigInt(options.midnightSeconds) * 1_000_000_000n
    this.epochHigh = Number(epochNs >> 32n)
    this.epochLow = Number(epochNs & 0xffff_ffffn)
    this.writeFileHeader(options)
  }

  /** Whether the buffer should be drained before anything more is appended. */
  isFull(): boolean {
    return this.usedBytes > BUFFER_BYTES - 2 * PACKET_BYTES_MOST
  }

  reset(): void {
    this.usedBytes = 0
  }

  /** Packs framed messages from `at` on; returns where it stopped: at `end`, or earlier with the buffer full. */
  append(chunk: Uint8Array, at: number, end: number): number {
    let from = at
    while (from < end) {
      const length = BLOCK_HEADER_BYTES + ((chunk[from]! << 8) | chunk[from + 1]!)
      const timeNs = readTimeNs(chunk, from + BLOCK_HEADER_BYTES + Common.Timestamp)
      const isLate = timeNs > this.firstTimeNs + this.flushNs
      const isOver = this.payloadUsed + length > this.payloadBytesMax
      if (this.payloadMessages > 0 && (isLate || isOver)) this.flush()
      while (this.payloadMessages === 0 && this.lastSentNs >= 0 && timeNs - this.lastSentNs > HEARTBEAT_NS) {
        if (this.isFull()) return from
        this.heartbeat()
      }
      if (this.isFull()) return from
      if (this.payloadMessages === 0) this.firstTimeNs = timeNs
      for (let i = 0; i < length; i++) this.payload[this.payloadUsed + i] = chunk[from + i]!
      this.payloadUsed += length
      this.payloadMessages++
      this.lastTimeNs = timeNs
      from += length
    }
    return from
  }

  /** Sends what is left and the end of the session, which is repeated each second as on a real line. */
  finish(): void {
    if (this.payloadMessages > 0) this.flush()
    for (let i = 0; i < END_OF_SESSION_PACKETS; i++) {
      this.endOfSessionPackets++
      this.send(this.lastSentNs + HEARTBEAT_NS, MoldCount.EndOfSession, MoldHeader.Bytes)
    }
  }

  private flush(): void {
    const count = this.payloadMessages
    // A packet follows the one before it by at least its own time on a 10 Gbit/s wire.
    const earliestNs = this.lastSentNs + Math.ceil((this.payloadUsed * 4) / 5)
    const sentNs = Math.max(earliestNs, this.lastTimeNs + WIRE_DELAY_NS + this.random.bits(10))
    this.send(sentNs, count, this.payloadUsed)
    this.nextSequence += count
    this.payloadUsed = MoldHeader.Bytes
    this.payloadMessages = 0
  }

  private heartbeat(): void {
    this.heartbeats++
    this.send(this.lastSentNs + HEARTBEAT_NS, MoldCount.Heartbeat, MoldHeader.Bytes)
  }

  private send(timeNs: number, count: number, payloadBytes: number): void {
    this.payloadView.setUint32(MoldHeader.SequenceHigh, Math.floor(this.nextSequence / WORD))
    this.payloadView.setUint32(MoldHeader.SequenceLow, this.nextSequence % WORD)
    this.payloadView.setUint16(MoldHeader.Count, count)
    const at = this.usedBytes
    const frameBytes = this.frame.write(this.bytes, at + PacketBlock.Frame, this.payload, payloadBytes)
    const paddedBytes = (frameBytes + 3) & ~3
    this.bytes.fill(0, at + PacketBlock.Frame + frameBytes, at + PacketBlock.Frame + paddedBytes)
    const blockBytes = PacketBlock.Frame + paddedBytes + 4
    const low = this.epochLow + (timeNs % WORD)
    const high = this.epochHigh + Math.floor(timeNs / WORD) + (low >= WORD ? 1 : 0)
    const words = [BlockType.EnhancedPacket, blockBytes, 0, high, low % WORD, frameBytes, frameBytes]
    for (let i = 0; i < words.length; i++) this.view.setUint32(at + i * 4, words[i]!, true)
    this.view.setUint32(at + blockBytes - 4, blockBytes, true)
    this.usedBytes = at + blockBytes
    this.packets++
    if (this.firstSentNs < 0) this.firstSentNs = timeNs
    this.lastSentNs = timeNs
  }

  private writeFileHeader(options: MoldCaptureOptions): void {
    this.writeBlock(
      BlockType.SectionHeader,
      [ByteOrder.Big, VERSION_1_0, 0xffff_ffff, 0xffff_ffff],
      [
        [OPTION_COMMENT, text(options.comment)],
        [OPTION_APPLICATION, text(options.application)],
      ],
    )
    // Link type 1 (Ethernet), no limit on the length; if_tsresol 9: the stamps count nanoseconds.
    this.writeBlock(
      BlockType.Interface,
      [LINK_ETHERNET, 0],
      [
        [OPTION_INTERFACE_NAME, text(options.interfaceName)],
        [InterfaceOption.TimeResolution, [9]],
      ],
    )
  }

  private writeBlock(type: number, body: readonly number[], options: readonly [number, readonly number[]][]): void {
    const start = this.usedBytes
    let at = start + 8
    for (const word of body) {
      this.view.setUint32(at, word, true)
      at += 4
    }
    for (const [code, value] of options) {
      this.view.setUint16(at, code, true)
      this.view.setUint16(at + 2, value.length, true)
      this.bytes.set(value, at + 4)
      at += 4 + ((value.length + 3) & ~3)
    }
    at += 8
    this.view.setUint32(start, type, true)
    this.view.setUint32(start + 4, at - start, true)
    this.view.setUint32(at - 4, at - start, true)
    this.usedBytes = at
  }
}

function readTimeNs(chunk: Uint8Array, at: number): number {
  const high = (chunk[at]! << 8) | chunk[at + 1]!
  const low = ((chunk[at + 2]! << 24) | (chunk[at + 3]! << 16) | (chunk[at + 4]! << 8) | chunk[at + 5]!) >>> 0
  return high * WORD + low
}

function text(value: string): number[] {
  return Array.from(value, (character) => character.charCodeAt(0))
}
