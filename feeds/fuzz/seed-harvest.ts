import { readFileSync } from 'node:fs'
import { BufferSource } from '../capture/byte-source.ts'
import { DamageLog } from '../capture/damage.ts'
import type { CaptureDescription } from '../capture/describe-capture.ts'
import { FeedRead } from '../capture/feed-read.ts'
import { FrameFeed, FramePath } from '../capture/frame-feed.ts'
import { FrameMerge } from '../capture/frame-merge.ts'
import { OpenFiles } from '../capture/open-files.ts'
import { Packing, readDecompressed } from '../capture/packing.ts'
import { CaptureKind } from '../capture/recognise.ts'
import { FeedShared } from '../protocol/feed-shared.ts'
import { FlowProtocols } from '../protocol/flow-protocols.ts'
import type { DatagramProtocol, StreamProtocol } from '../protocol/protocol.ts'
import { DATAGRAM_PROTOCOLS, STREAM_PROTOCOLS } from '../protocol/registry.ts'
import { StreamProtocols } from '../protocol/stream-protocols.ts'
import { RecordBatch } from '../record-batch.ts'
import { FUZZ_BOUNDS } from './target.ts'

/** Inputs kept of each kind: a handful of each file. */
const SEEDS_EACH_FILE = 24
const SEEDS_EACH = 400
/** Longer ones spread the mutations too thin. */
const SEED_BYTES_MAX = 1500
const FILLS_MAX = 200
/** Fills in a row without a new input, after which the rest of a file is taken to hold none. */
const BARREN_FILLS_MAX = 8

/** Small inputs by target, from capture files. */
export class SeedHarvest {
  readonly #byTarget = new Map<string, Uint8Array[]>()
  #count = 0

  /** Those of a target. */
  of(target: string): readonly Uint8Array[] {
    return this.#byTarget.get(target) ?? []
  }

  /** Takes from one file: the file itself where it is small, its first datagrams, pieces of streams, and messages. */
  addFile(file: CaptureDescription): void {
    const stored = readFileSync(file.path)
    if (file.packing === Packing.Gzip) this.#add('gzip', stored, SEEDS_EACH)
    if (file.packing === Packing.Zstd) this.#add('zstd', stored, SEEDS_EACH)
    const bytes = file.packing === Packing.None ? stored : readDecompressed(file.path)
    const { recognised } = file
    if (recognised.kind === CaptureKind.Messages) {
      this.#add(`${recognised.protocol.name}-file`, bytes.subarray(0, SEED_BYTES_MAX), SEEDS_EACH)
    } else {
      this.#add(recognised.kind === CaptureKind.Pcap ? 'pcap' : 'pcapng', bytes.subarray(0, SEED_BYTES_MAX), SEEDS_EACH)
      this.#addPackets(file, bytes)
    }
  }

  #addPackets(file: CaptureDescription, bytes: Uint8Array): void {
    const shared = new FeedShared(FUZZ_BOUNDS)
    const datagrams = new FlowProtocols(
      DATAGRAM_PROTOCOLS.map((protocol) => this.#watchDatagrams(protocol)),
      shared,
    )
    const streams = new StreamProtocols(
      STREAM_PROTOCOLS.map((protocol) => this.#watchStream(protocol)),
      shared,
    )
    const open = () => new BufferSource(bytes)
    const merge = new FrameMerge([{ ...file, open }], new OpenFiles(bytes.length), new DamageLog())
    const feed = new FrameFeed(merge, new FramePath(shared.flows, datagrams, streams, false))
    const batch = new RecordBatch()
    for (let fills = 0, barren = 0; fills < FILLS_MAX && barren < BARREN_FILLS_MAX; fills++, barren++) {
      const before = this.#count
      batch.reset()
      if (feed.fill(batch) === FeedRead.End) return
      if (this.#count > before) barren = 0
    }
  }

  #watchDatagrams(protocol: DatagramProtocol): DatagramProtocol {
    const limit = this.of(protocol.name).length + SEEDS_EACH_FILE
    return {
      ...protocol,
      open: (shared) => {
        const decoder = protocol.open(shared)
        const begin = decoder.begin.bind(decoder)
        decoder.begin = (bytes, at, length, flow, isCut, batch) => {
          this.#add(protocol.name, bytes.subarray(at, at + length), limit)
          return begin(bytes, at, length, flow, isCut, batch)
        }
        return decoder
      },
    }
  }

  #watchStream(protocol: StreamProtocol): StreamProtocol {
    const name = `${protocol.name}-stream`
    const limit = this.of(name).length + SEEDS_EACH_FILE
    return {
      ...protocol,
      open: (shared) => {
        const decoder = protocol.open(shared)
        const begin = decoder.begin.bind(decoder)
        decoder.begin = (bytes, at, length, flow, isCut, batch) => {
          this.#add(name, bytes.subarray(at, at + length), limit)
          return begin(bytes, at, length, flow, isCut, batch)
        }
        return decoder
      },
    }
  }

  #add(target: string, bytes: Uint8Array, limit: number): void {
    const seeds = this.#byTarget.get(target) ?? []
    this.#byTarget.set(target, seeds)
    if (bytes.length > SEED_BYTES_MAX || seeds.length >= Math.min(limit, SEEDS_EACH)) return
    seeds.push(bytes.slice())
    this.#count++
  }
}
