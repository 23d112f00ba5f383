import { createHash, type Hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { BufferSource } from '../../../feeds/capture/byte-source.ts'
import { ByteWindow } from '../../../feeds/capture/byte-window.ts'
import { DamageLog } from '../../../feeds/capture/damage.ts'
import { FeedCounts } from '../../../feeds/capture/feed-counts.ts'
import { FeedRead } from '../../../feeds/capture/feed-read.ts'
import { FrameFeed } from '../../../feeds/capture/frame-feed.ts'
import { type FrameReader, FrameStatus } from '../../../feeds/capture/frame-reader.ts'
import { PcapReader } from '../../../feeds/capture/pcap-reader.ts'
import { PcapNgReader } from '../../../feeds/capture/pcapng-reader.ts'
import { CaptureKind, recogniseCapture } from '../../../feeds/capture/recognise.ts'
import { FeedShared } from '../../../feeds/protocol/feed-shared.ts'
import { FlowProtocols } from '../../../feeds/protocol/flow-protocols.ts'
import { type DatagramProtocol, EMPTY_REPORT, Packet, Sureness } from '../../../feeds/protocol/protocol.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'

/** What a capture file holds below its protocol. */
export interface Datagrams {
  /** The payload of every UDP datagram, in order. */
  readonly payloads: readonly Buffer[]
  /** SHA-256 of the payloads of each flow, one after the other, by the flow's name. */
  readonly payloadSha256: Readonly<Record<string, string>>
  /** The same of the captured bytes of all frames. */
  readonly frameSha256: string
}

/** Reads a capture file without a protocol: the frames, and the datagrams in them. */
export function readDatagrams(path: string): Datagrams {
  const payloads: Buffer[] = []
  const hashes = new Map<number, Hash>()
  const collector: DatagramProtocol = {
    carrier: 'datagram',
    name: 'collector',
    title: 'collects payloads',
    recognise: () => Sureness.Certain,
    open: () => ({
      begin(bytes, at, length, flow) {
        const payload = Buffer.from(bytes.subarray(at, at + length))
        payloads.push(payload)
        if (!hashes.has(flow)) hashes.set(flow, createHash('sha256'))
        hashes.get(flow)!.update(payload)
        return Packet.Idle
      },
      next: () => 0,
      isDone: true,
      report: () => EMPTY_REPORT,
    }),
  }
  const bytes = readFileSync(path)
  const window = new ByteWindow()
  window.open(new BufferSource(bytes))
  const shared = new FeedShared()
  const isPcap = recogniseCapture(bytes.subarray(0, 1024)).kind === CaptureKind.Pcap
  const damage = new DamageLog()
  const reader = isPcap ? new PcapReader(window, damage) : new PcapNgReader(window, damage)
  const protocols = new FlowProtocols([collector], shared)
  const hashing = new HashingReader(reader, window)
  const feed = new FrameFeed(window, hashing, { protocols, flows: shared.flows, counts: new FeedCounts() })
  const batch = new RecordBatch(4096)
  for (let calls = 0; feed.fill(batch) !== FeedRead.End; calls++) {
    if (calls > 1_000_000) throw new Error('the capture does not come to an end')
  }
  const flows = shared.flows.toObjects(() => '')
  const payloadSha256 = [...hashes].map(([flow, hash]) => [flows[flow]!.flow, hash.digest('hex')] as const)
  return { payloads, payloadSha256: Object.fromEntries(payloadSha256), frameSha256: hashing.hash.digest('hex') }
}

/** Hands frames on, and hashes their bytes. */
class HashingReader implements FrameReader {
  readonly hash = createHash('sha256')
  readonly #reader: FrameReader
  readonly #window: ByteWindow

  constructor(reader: FrameReader, window: ByteWindow) {
    this.#reader = reader
    this.#window = window
  }

  get frameAt(): number {
    return this.#reader.frameAt
  }

  get frameLength(): number {
    return this.#reader.frameLength
  }

  get originalLength(): number {
    return this.#reader.originalLength
  }

  get linkType(): number {
    return this.#reader.linkType
  }

  get time(): Float64Array {
    return this.#reader.time
  }

  next(): FrameStatus {
    const status = this.#reader.next()
    const end = this.frameAt + this.frameLength
    if (status === FrameStatus.Frame) this.hash.update(this.#window.u8.subarray(this.frameAt, end))
    return status
  }
}
