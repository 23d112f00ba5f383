import { FeedRead } from '../capture/feed-read.ts'
import { FrameFeed, type FrameInput, FramePath } from '../capture/frame-feed.ts'
import { type FrameReader, FrameStatus, FrameTime } from '../capture/frame-reader.ts'
import { LinkType } from '../net/link-types.ts'
import { FeedShared } from '../protocol/feed-shared.ts'
import { FlowProtocols } from '../protocol/flow-protocols.ts'
import { DATAGRAM_PROTOCOLS, STREAM_PROTOCOLS } from '../protocol/registry.ts'
import { StreamProtocols } from '../protocol/stream-protocols.ts'
import { RecordBatch } from '../record-batch.ts'
import { findFrameFields } from './frame-fields.ts'
import { type PoisonedBuffer, poisonedBufferOf } from './poisoned-buffer.ts'
import { mixRecords } from './record-digest.ts'
import { FUZZ_BOUNDS, FuzzFault, type FuzzSubject, type FuzzTarget, STEPS_MAX } from './target.ts'

const NS_PER_FRAME = 50_000_000
const NS_PER_SECOND = 1e9

/** Frames from the link layer on: headers, fragments, TCP reassembly, recognition, decoders, together. */
export function frameTarget(seeds: readonly Uint8Array[]): FuzzTarget {
  return { name: 'frames', seeds, findFields: findFrameFields, open: (poison) => new FrameSubject(poison) }
}

/** Hands out one frame at a time, 50 ms apart: streams and fragments reach their bounds of time, too. */
class OneFrame implements FrameInput, FrameReader {
  readonly reader = this
  readonly isBackwards = false
  lateFiles = 0
  readonly bytes: Uint8Array
  readonly frameAt: number
  frameLength = 0
  originalLength = 0
  readonly linkType = LinkType.Ethernet
  readonly time = new Float64Array([1_700_000_000, 0])
  #isWaiting = false

  constructor({ bytes, at }: PoisonedBuffer) {
    this.bytes = bytes
    this.frameAt = at
  }

  offer(length: number): void {
    this.frameLength = length
    this.originalLength = length
    this.#isWaiting = true
    const nanos = this.time[FrameTime.Nanos]! + NS_PER_FRAME
    const carry = nanos >= NS_PER_SECOND ? 1 : 0
    this.time[FrameTime.Seconds]! += carry
    this.time[FrameTime.Nanos] = nanos - carry * NS_PER_SECOND
  }

  next(): FrameStatus {
    if (!this.#isWaiting) return FrameStatus.NotYet
    this.#isWaiting = false
    return FrameStatus.Frame
  }
}

class FrameSubject implements FuzzSubject {
  readonly #buffer: PoisonedBuffer
  readonly #frame: OneFrame
  readonly #path: FramePath
  readonly #feed: FrameFeed
  readonly #batch = new RecordBatch(8192)

  constructor(poison: number) {
    const shared = new FeedShared(FUZZ_BOUNDS)
    this.#buffer = poisonedBufferOf(poison)
    this.#frame = new OneFrame(this.#buffer)
    const protocols = new FlowProtocols(DATAGRAM_PROTOCOLS, shared)
    this.#path = new FramePath(shared.flows, protocols, new StreamProtocols(STREAM_PROTOCOLS, shared), false)
    this.#feed = new FrameFeed(this.#frame, this.#path)
  }

  take(bytes: Uint8Array, length: number): number {
    this.#buffer.place(bytes, length)
    this.#frame.offer(length)
    let digest = 0
    for (let steps = 0; steps < STEPS_MAX; steps++) {
      this.#batch.reset()
      const records = this.#feed.fill(this.#batch)
      digest = mixRecords(digest, this.#batch)
      if (records === FeedRead.NotYet) return digest
    }
    throw new FuzzFault('the frame does not come to an end')
  }

  report(): unknown {
    const { protocols, streamProtocols, counts, fragments, pump } = this.#path
    return {
      datagrams: [...protocols.reports()],
      streams: [...streamProtocols.reports()],
      counts: [...counts.counts, ...counts.undecoded, ...fragments.counts, ...pump.streams.counts],
    }
  }
}
