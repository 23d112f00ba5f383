import { verifyChecksum } from '../net/checksum.ts'
import type { FlowTable } from '../net/flow-table.ts'
import { Fragments } from '../net/fragments.ts'
import { parseFrame } from '../net/frame.ts'
import { parseReassembled } from '../net/ip.ts'
import { PacketField, TRANSPORT_TCP } from '../net/packet-fields.ts'
import { Undecoded } from '../net/undecoded.ts'
import type { FlowProtocols } from '../protocol/flow-protocols.ts'
import { Packet, type PacketDecoder } from '../protocol/protocol.ts'
import type { StreamProtocols } from '../protocol/stream-protocols.ts'
import { StreamPump } from '../protocol/stream-pump.ts'
import type { RecordBatch } from '../record-batch.ts'
import type { PacketWatch } from '../traffic/packet-watch.ts'
import { FeedCount, FeedCounts, FrameTimes } from './feed-counts.ts'
import { type CaptureFeed, FeedRead, MESSAGES_PER_FILL_MAX } from './feed-read.ts'
import { type FrameReader, FrameStatus, FrameTime } from './frame-reader.ts'

/** Where the frames come from: the files of a source, merged by time. */
export interface FrameInput {
  /** The reader that has the frame at hand. */
  readonly reader: FrameReader | undefined
  /** Whether it is stamped earlier than the one before of the same file. */
  readonly isBackwards: boolean
  /** Files that had to wait for others to end; taken over, and set to 0, at the end. */
  lateFiles: number
  next(): FrameStatus
}

/** What frames are turned into, for all files of a source: sequence numbers, flows and streams go on from file to file. */
export class FramePath {
  readonly flows: FlowTable
  readonly counts = new FeedCounts()
  readonly fragments = new Fragments()
  readonly protocols: FlowProtocols
  readonly streamProtocols: StreamProtocols
  readonly pump: StreamPump
  readonly verifiesChecksums: boolean
  /** Told of every frame, and of the records that it gave. */
  readonly watch: PacketWatch | undefined

  constructor(
    flows: FlowTable,
    protocols: FlowProtocols,
    streamProtocols: StreamProtocols,
    verifiesChecksums: boolean,
    watch?: PacketWatch,
  ) {
    this.flows = flows
    this.protocols = protocols
    this.streamProtocols = streamProtocols
    this.verifiesChecksums = verifiesChecksums
    this.watch = watch
    this.pump = new StreamPump(streamProtocols, this.counts.undecoded)
  }
}

/** Captures of frames: link layer → IP, fragments put together → UDP, or TCP streams → the flow's protocol → records. */
export class FrameFeed implements CaptureFeed {
  readonly #input: FrameInput
  readonly #path: FramePath
  readonly #fields = new Int32Array(PacketField.Count)
  /** What has messages of the frame at hand that are not handed out yet. */
  #work: PacketDecoder | StreamPump | undefined

  constructor(input: FrameInput, path: FramePath) {
    this.#input = input
    this.#path = path
  }

  fill(batch: RecordBatch): number {
    let records = 0
    for (let frames = 0; frames < MESSAGES_PER_FILL_MAX && batch.hasRoom(); frames++) {
      if (this.#work === undefined) {
        const status = this.#input.next()
        if (status === FrameStatus.Skipped) continue
        if (status === FrameStatus.Frame) {
          // A gap record goes ahead of the packet's own.
          const before = batch.usedBytes
          this.#beginFrame(batch)
          if (batch.usedBytes !== before) records += batch.countFrom(before)
        } else if (!this.#isFlushing(status)) {
          if (records > 0) return records
          return status === FrameStatus.End ? FeedRead.End : FeedRead.NotYet
        }
      }
      const work = this.#work
      if (work !== undefined) {
        const appended = work.next(batch)
        this.#path.watch?.countRecords(appended)
        records += appended
        if (work.isDone) this.#work = undefined
      }
    }
    return records > 0 ? records : FeedRead.NotYet
  }

  /** At the end of all files, what TCP streams hold behind holes is handed out. */
  #isFlushing(status: FrameStatus): boolean {
    const { counts, pump } = this.#path
    if (status !== FrameStatus.End) return false
    counts.counts[FeedCount.LateFiles]! += this.#input.lateFiles
    this.#input.lateFiles = 0
    if (!pump.flush()) return false
    this.#work = pump
    return true
  }

  #beginFrame(batch: RecordBatch): void {
    const { reader } = this.#input
    const { counts, fragments } = this.#path
    const fields = this.#fields
    this.#countFrame()
    let bytes = reader!.bytes
    let reason = parseFrame(bytes, reader!.frameAt, reader!.frameLength, reader!.linkType, fields)
    if (reason === Undecoded.IpFragment) {
      if (!fragments.take(bytes, fields, reader!.time)) return
      bytes = fragments.bytes
      reason = parseReassembled(bytes, fragments.length, fields)
    }
    if (reason === Undecoded.None && this.#path.verifiesChecksums) reason = verifyChecksum(bytes, fields)
    if (reason !== Undecoded.None) counts.undecoded[reason]!++
    else if ((fields[PacketField.Transport]! & TRANSPORT_TCP) === 0) this.#beginDatagram(bytes, batch)
    else this.#beginSegment(bytes)
  }

  #beginDatagram(bytes: Uint8Array, batch: RecordBatch): void {
    const { counts, flows, protocols } = this.#path
    const fields = this.#fields
    counts.counts[FeedCount.Datagrams]!++
    const flow = flows.note(fields)
    const at = fields[PacketField.PayloadAt]!
    const length = fields[PacketField.PayloadLength]!
    const isCut = fields[PacketField.IsCut] === 1
    const decoder = protocols.find(flow, bytes, at, length, isCut, batch)
    if (decoder === undefined) return
    if (decoder.begin(bytes, at, length, flow, isCut, batch) === Packet.Messages) this.#work = decoder
  }

  #beginSegment(bytes: Uint8Array): void {
    const { flows, pump } = this.#path
    pump.begin(flows.note(this.#fields), bytes, this.#fields, this.#input.reader!.time)
    if (!pump.isDone) this.#work = pump
  }

  #countFrame(): void {
    const { reader, isBackwards } = this.#input
    const { counts, times } = this.#path.counts
    const { time, frameLength, originalLength } = reader!
    this.#path.watch?.beginPacket(time)
    if (counts[FeedCount.Packets] === 0) {
      times[FrameTimes.FirstSeconds] = time[FrameTime.Seconds]!
      times[FrameTimes.FirstNanos] = time[FrameTime.Nanos]!
    }
    times[FrameTimes.LastSeconds] = time[FrameTime.Seconds]!
    times[FrameTimes.LastNanos] = time[FrameTime.Nanos]!
    if (isBackwards) counts[FeedCount.TimeBackwards]!++
    counts[FeedCount.Packets]!++
    counts[FeedCount.FrameBytes]! += frameLength
    if (originalLength > frameLength) counts[FeedCount.CutFrames]!++
  }
}
