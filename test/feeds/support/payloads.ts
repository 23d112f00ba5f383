import { createHash, type Hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { BufferSource } from '../../../feeds/capture/byte-source.ts'
import { ByteWindow } from '../../../feeds/capture/byte-window.ts'
import { DamageLog } from '../../../feeds/capture/damage.ts'
import { FeedRead } from '../../../feeds/capture/feed-read.ts'
import { createFrameReader } from '../../../feeds/capture/first-frame.ts'
import { FrameFeed, FramePath } from '../../../feeds/capture/frame-feed.ts'
import { FrameMerge } from '../../../feeds/capture/frame-merge.ts'
import { FrameStatus } from '../../../feeds/capture/frame-reader.ts'
import { OpenFiles } from '../../../feeds/capture/open-files.ts'
import { recogniseCapture } from '../../../feeds/capture/recognise.ts'
import { FeedShared } from '../../../feeds/protocol/feed-shared.ts'
import { FlowProtocols } from '../../../feeds/protocol/flow-protocols.ts'
import { type DatagramProtocol, EMPTY_REPORT, Packet, Sureness } from '../../../feeds/protocol/protocol.ts'
import { StreamProtocols } from '../../../feeds/protocol/stream-protocols.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { fileOf } from './drain.ts'

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
  const shared = new FeedShared()
  const files = new OpenFiles(bytes.length)
  const merge = new FrameMerge([fileOf(bytes)], files, new DamageLog())
  const protocols = new FlowProtocols([collector], shared)
  const feed = new FrameFeed(merge, new FramePath(shared.flows, protocols, new StreamProtocols([], shared), false))
  const batch = new RecordBatch(4096)
  for (let calls = 0; feed.fill(batch) !== FeedRead.End; calls++) {
    if (calls > 1_000_000) throw new Error('the capture does not come to an end')
  }
  const flows = shared.flows.toObjects(() => '')
  const payloadSha256 = [...hashes].map(([flow, hash]) => [flows[flow]!.flow, hash.digest('hex')] as const)
  return { payloads, payloadSha256: Object.fromEntries(payloadSha256), frameSha256: hashFrames(bytes) }
}

/** Hashes the captured bytes of all frames. */
function hashFrames(bytes: Uint8Array): string {
  const hash = createHash('sha256')
  const window = new ByteWindow()
  window.open(new BufferSource(bytes))
  const reader = createFrameReader(recogniseCapture(bytes.subarray(0, 1024)).kind, window, new DamageLog())
  for (let status = reader.next(); status !== FrameStatus.End; status = reader.next()) {
    const end = reader.frameAt + reader.frameLength
    if (status === FrameStatus.Frame) hash.update(reader.bytes.subarray(reader.frameAt, end))
  }
  return hash.digest('hex')
}
