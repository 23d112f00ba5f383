import { DatagramField, parseDatagram } from '../net/datagram.ts'
import type { FlowTable } from '../net/flow-table.ts'
import { Undecoded } from '../net/undecoded.ts'
import type { FlowProtocols } from '../protocol/flow-protocols.ts'
import { Packet, type PacketDecoder } from '../protocol/protocol.ts'
import type { RecordBatch } from '../record-batch.ts'
import type { ByteWindow } from './byte-window.ts'
import { FeedCount, type FeedCounts, FrameTimes } from './feed-counts.ts'
import { type CaptureFeed, FeedRead, MESSAGES_PER_FILL_MAX } from './feed-read.ts'
import { type FrameReader, FrameStatus, FrameTime } from './frame-reader.ts'

/** The parts that all files of a source share: sequence numbers, flows and instruments go on from file to file. */
export interface FrameFeedParts {
  readonly protocols: FlowProtocols
  readonly flows: FlowTable
  readonly counts: FeedCounts
}

/** A capture of frames: link layer → IP → UDP → the flow's protocol → records. */
export class FrameFeed implements CaptureFeed {
  readonly #window: ByteWindow
  readonly #reader: FrameReader
  readonly #parts: FrameFeedParts
  readonly #fields = new Int32Array(DatagramField.Count)
  /** Decoder of a packet whose messages are not all handed out yet. */
  #decoder: PacketDecoder | undefined
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
      if (this.#decoder === undefined) {
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
      const decoder = this.#decoder
      if (decoder !== undefined) {
        records += decoder.next(batch)
        if (decoder.isDone) this.#decoder = undefined
      }
    }
    return records > 0 || batch.usedBytes !== usedBefore ? records : FeedRead.NotYet
  }

  #beginFrame(batch: RecordBatch): void {
    const reader = this.#reader
    this.#countFrame()
    const { counts, flows, protocols } = this.#parts
    const fields = this.#fields
    const { u8 } = this.#window
    const reason = parseDatagram(u8, reader.frameAt, reader.frameLength, reader.linkType, fields)
    if (reason !== Undecoded.None) {
      counts.undecoded[reason]!++
      return
    }
    counts.counts[FeedCount.Datagrams]!++
    const flow = flows.note(fields)
    const at = fields[DatagramField.PayloadAt]!
    const length = fields[DatagramField.PayloadLength]!
    const isCut = fields[DatagramField.IsCut] === 1
    const decoder = protocols.find(flow, u8, at, length, isCut)
    if (decoder === undefined) counts.undecoded[Undecoded.UnknownProtocol]!++
    else if (decoder.begin(u8, at, length, flow, isCut, batch) === Packet.Messages) this.#decoder = decoder
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
