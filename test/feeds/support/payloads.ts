import { readFileSync } from 'node:fs'
import { BufferSource } from '../../../feeds/capture/byte-source.ts'
import { ByteWindow } from '../../../feeds/capture/byte-window.ts'
import { DamageLog } from '../../../feeds/capture/damage.ts'
import { FeedCounts } from '../../../feeds/capture/feed-counts.ts'
import { FeedRead } from '../../../feeds/capture/feed-read.ts'
import { FrameFeed } from '../../../feeds/capture/frame-feed.ts'
import { PcapReader } from '../../../feeds/capture/pcap-reader.ts'
import { PcapNgReader } from '../../../feeds/capture/pcapng-reader.ts'
import { CaptureKind, recogniseCapture } from '../../../feeds/capture/recognise.ts'
import { FeedShared } from '../../../feeds/protocol/feed-shared.ts'
import { FlowProtocols } from '../../../feeds/protocol/flow-protocols.ts'
import { type DatagramProtocol, EMPTY_REPORT, Packet, Sureness } from '../../../feeds/protocol/protocol.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'

/** The payload of every UDP datagram of a capture file, in order. */
export function readPayloads(path: string): Buffer[] {
  const payloads: Buffer[] = []
  const collector: DatagramProtocol = {
    carrier: 'datagram',
    name: 'collector',
    title: 'collects payloads',
    recognise: () => Sureness.Certain,
    open: () => ({
      begin(bytes, at, length) {
        payloads.push(Buffer.from(bytes.subarray(at, at + length)))
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
  const feed = new FrameFeed(window, reader, { protocols, flows: shared.flows, counts: new FeedCounts() })
  const batch = new RecordBatch(4096)
  for (let calls = 0; calls < 1_000_000; calls++) if (feed.fill(batch) === FeedRead.End) return payloads
  throw new Error('the capture does not come to an end')
}
