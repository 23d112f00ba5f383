import type { Itch50Decoder } from '../itch50/decoder.ts'
import { looksLikeMoldUdp64, MoldPacket, type MoldWalker } from '../moldudp64/walker.ts'
import { DatagramField, parseDatagram } from '../net/datagram.ts'
import { FlowKind, type FlowTable } from '../net/flow-table.ts'
import { Undecoded } from '../net/undecoded.ts'
import type { RecordBatch } from '../record-batch.ts'
import type { ByteWindow } from './byte-window.ts'
import { FeedCount, type FeedCounts, FrameTimes } from './feed-counts.ts'
import { type CaptureFeed, FeedRead, MESSAGES_PER_FILL_MAX } from './feed-read.ts'
import { type FrameReader, FrameStatus, FrameTime } from './frame-reader.ts'

/** The parts that all files of a source share: sequence numbers, flows and instruments go on from file to file. */
export interface FrameFeedParts {
  readonly decoder: Itch50Decoder
  readonly walker: MoldWalker
  readonly flows: FlowTable
  readonly counts: FeedCounts
}

/** A capture of frames: link layer → IPv4 → UDP → MoldUDP64 → ITCH 5.0 → records. */
export class FrameFeed implements CaptureFeed {
  readonly #window: ByteWindow
  readonly #reader: FrameReader
  readonly #parts: FrameFeedParts
  readonly #fields = new Int32Array(DatagramField.Count)
  /** A packet whose messages are not all handed out yet. */
  #isInPacket = false
  #isFirst = true

  constructor(window: ByteWindow, reader: FrameReader, parts: FrameFeedParts) {
    this.#window = window
    this.#reader = reader
    this.#parts = parts
  }

  fill(batch: RecordBatch): number {
    const usedBefore = batch.usedBytes
    let records = 0
    for (let frames = 0; frames < MESSAGES_PER_FILL_MAX && batch.hasRoom(); frames++) {
      if (!this.#isInPacket) {
        const status = this.#reader.next()
        if (status === FrameStatus.Skipped) continue
        if (status !== FrameStatus.Frame) {
          if (records > 0) return records
          return status === FrameStatus.End ? FeedRead.End : FeedRead.NotYet
        }
        // A gap record goes ahead of the packet's own.
        const before = batch.usedBytes
        this.#beginFrame(batch)
        if (batch.usedBytes !== before) records++
      }
      if (this.#isInPacket) records += this.#walk(batch)
    }
    return records > 0 || batch.usedBytes !== usedBefore ? records : FeedRead.NotYet
  }

  /** Hands out the packet's messages while the batch has room. */
  #walk(batch: RecordBatch): number {
    const { walker, decoder } = this.#parts
    const { u8 } = this.#window
    let records = 0
    while (batch.hasRoom()) {
      if (!walker.next()) {
        this.#isInPacket = false
        this.#checkEnd()
        break
      }
      records += decoder.decode(u8, walker.messageAt, walker.messageLength, batch)
    }
    return records
  }

  #checkEnd(): void {
    const { walker, counts } = this.#parts
    const isCut = this.#fields[DatagramField.IsCut] === 1
    if ((walker.isShort && !isCut) || walker.surplusBytes() > 0) counts.undecoded[Undecoded.BadMoldUdp64]!++
    if (walker.isShort && isCut) counts.undecoded[Undecoded.ShortFrame]!++
  }

  #beginFrame(batch: RecordBatch): void {
    const reader = this.#reader
    this.#countFrame()
    const { counts, flows, walker, decoder } = this.#parts
    const fields = this.#fields
    const reason = parseDatagram(this.#window.u8, reader.frameAt, reader.frameLength, reader.linkType, fields)
    if (reason !== Undecoded.None) {
      counts.undecoded[reason]!++
      return
    }
    counts.counts[FeedCount.Datagrams]!++
    const flow = flows.note(fields)
    const at = fields[DatagramField.PayloadAt]!
    const length = fields[DatagramField.PayloadLength]!
    const isCut = fields[DatagramField.IsCut] === 1
    if (flows.kind[flow] !== FlowKind.MoldUdp64) {
      if (!looksLikeMoldUdp64(this.#window.u8, at, length, isCut)) {
        counts.undecoded[Undecoded.NotMoldUdp64]!++
        return
      }
      flows.kind[flow] = FlowKind.MoldUdp64
    }
    decoder.line = flow
    const packet = walker.begin(this.#window.u8, at, length, flow, batch)
    if (packet === MoldPacket.Data) this.#isInPacket = true
    else if (packet === MoldPacket.Bad) counts.undecoded[Undecoded.BadMoldUdp64]!++
    else if (packet === MoldPacket.TooManySessions) counts.undecoded[Undecoded.TooManySessions]!++
  }

  #countFrame(): void {
    const { time, frameLength, originalLength } = this.#reader
    const { counts, times } = this.#parts.counts
    const seconds = time[FrameTime.Seconds]!
    const nanos = time[FrameTime.Nanos]!
    const lastSeconds = times[FrameTimes.LastSeconds]!
    if (counts[FeedCount.Packets] === 0) {
      times[FrameTimes.FirstSeconds] = seconds
      times[FrameTimes.FirstNanos] = nanos
    } else if (!this.#isFirst && seconds <= lastSeconds) {
      const isBefore = seconds < lastSeconds || nanos < times[FrameTimes.LastNanos]!
      if (isBefore) counts[FeedCount.TimeBackwards]!++
    }
    this.#isFirst = false
    times[FrameTimes.LastSeconds] = seconds
    times[FrameTimes.LastNanos] = nanos
    counts[FeedCount.Packets]!++
    counts[FeedCount.FrameBytes]! += frameLength
    if (originalLength > frameLength) counts[FeedCount.CutFrames]!++
  }
}
