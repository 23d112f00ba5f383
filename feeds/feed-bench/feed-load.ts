import { BufferSource } from '../capture/byte-source.ts'
import { DamageLog } from '../capture/damage.ts'
import { describeCapture } from '../capture/describe-capture.ts'
import { FeedRead } from '../capture/feed-read.ts'
import { FrameFeed, FramePath } from '../capture/frame-feed.ts'
import { FrameMerge } from '../capture/frame-merge.ts'
import { OpenFiles } from '../capture/open-files.ts'
import { readDecompressed } from '../capture/packing.ts'
import { CaptureKind, RECOGNISE_BYTES, recogniseCapture } from '../capture/recognise.ts'
import { FeedShared } from '../protocol/feed-shared.ts'
import { FlowProtocols } from '../protocol/flow-protocols.ts'
import type { DatagramProtocol, FileProtocol } from '../protocol/protocol.ts'
import { DATAGRAM_PROTOCOLS } from '../protocol/registry.ts'
import { StreamProtocols } from '../protocol/stream-protocols.ts'
import { RecordBatch } from '../record-batch.ts'

/** Bytes of one feed that are kept: what is beyond is left out, so that a pass fits into memory with room to spare. */
const LOAD_BYTES_MAX = 1 << 26

/** The datagrams of one protocol, one behind the other. */
export interface DatagramLoad {
  readonly kind: 'datagrams'
  readonly protocol: DatagramProtocol
  readonly bytes: Uint8Array
  /** Where each begins; one more than there are: where the last one ends. */
  readonly starts: Uint32Array
  readonly flows: Uint16Array
  readonly isCut: Uint8Array
}

/** A file of messages. */
export interface FileLoad {
  readonly kind: 'file'
  readonly protocol: FileProtocol
  readonly bytes: Uint8Array
}

export type FeedLoad = DatagramLoad | FileLoad

/**
 * What a capture file holds, in memory: its datagrams by protocol, or the file of messages as it is.
 * @throws CaptureError when it is no capture
 */
export function loadFile(path: string): FeedLoad[] {
  const { recognised } = describeCapture(path)
  const bytes = readDecompressed(path)
  if (recognised.kind === CaptureKind.Messages) return [{ kind: 'file', protocol: recognised.protocol, bytes }]
  return loadCapture(bytes)
}

/** The datagrams of a capture of packets in memory, by protocol. */
export function loadCapture(bytes: Uint8Array): DatagramLoad[] {
  const shared = new FeedShared()
  const collectors = DATAGRAM_PROTOCOLS.map((protocol) => new Collector(protocol))
  const protocols = new FlowProtocols(
    collectors.map((collector) => collector.watched),
    shared,
  )
  const recognised = recogniseCapture(bytes.subarray(0, RECOGNISE_BYTES))
  const file = {
    path: '',
    recognised,
    storedBytes: bytes.length,
    firstTime: undefined,
    open: () => new BufferSource(bytes),
  }
  const merge = new FrameMerge([file], new OpenFiles(bytes.length), new DamageLog())
  const feed = new FrameFeed(merge, new FramePath(shared.flows, protocols, new StreamProtocols([], shared), false))
  const batch = new RecordBatch()
  do batch.reset()
  while (feed.fill(batch) !== FeedRead.End)
  return collectors.filter((collector) => collector.count > 0).map((collector) => collector.toLoad())
}

/** Keeps the datagrams that a protocol's decoder is given. */
class Collector {
  readonly watched: DatagramProtocol
  readonly #protocol: DatagramProtocol
  readonly #parts: Uint8Array[] = []
  readonly #flows: number[] = []
  readonly #isCut: number[] = []
  #bytes = 0

  constructor(protocol: DatagramProtocol) {
    this.#protocol = protocol
    this.watched = { ...protocol, open: (shared) => this.#open(shared) }
  }

  get count(): number {
    return this.#parts.length
  }

  toLoad(): DatagramLoad {
    const starts = new Uint32Array(this.count + 1)
    this.#parts.forEach((part, index) => {
      starts[index + 1] = starts[index]! + part.length
    })
    return {
      kind: 'datagrams',
      protocol: this.#protocol,
      bytes: new Uint8Array(Buffer.concat(this.#parts)),
      starts,
      flows: Uint16Array.from(this.#flows),
      isCut: Uint8Array.from(this.#isCut),
    }
  }

  #open(shared: FeedShared): ReturnType<DatagramProtocol['open']> {
    const decoder = this.#protocol.open(shared)
    const begin = decoder.begin.bind(decoder)
    decoder.begin = (bytes, at, length, flow, isCut, batch) => {
      if (this.#bytes + length <= LOAD_BYTES_MAX) {
        this.#parts.push(bytes.slice(at, at + length))
        this.#flows.push(flow)
        this.#isCut.push(isCut ? 1 : 0)
        this.#bytes += length
      }
      return begin(bytes, at, length, flow, isCut, batch)
    }
    return decoder
  }
}
