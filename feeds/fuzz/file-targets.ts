import { DamageLog } from '../capture/damage.ts'
import { FeedRead } from '../capture/feed-read.ts'
import { createFrameReader } from '../capture/first-frame.ts'
import { FrameStatus } from '../capture/frame-reader.ts'
import { gunzip } from '../capture/gzip-source.ts'
import { type CaptureKind, RECOGNISE_BYTES } from '../capture/recognise.ts'
import { Unzstd } from '../capture/unzstd.ts'
import { BLOCK_BYTES_MAX } from '../capture/zstd-layout.ts'
import { FeedShared } from '../protocol/feed-shared.ts'
import type { FileProtocol } from '../protocol/protocol.ts'
import { RecordBatch } from '../record-batch.ts'
import { PoisonedSource } from './poisoned-source.ts'
import { mix, mixRecords } from './record-digest.ts'
import { FuzzFault, type FuzzSubject, type FuzzTarget, STEPS_MAX } from './target.ts'

const SMALL_BATCH_BYTES = 8192

/** A container of frames: where each lies, and what is wrong with the file. */
export function containerTarget(
  name: string,
  kind: CaptureKind.Pcap | CaptureKind.PcapNg,
  seeds: readonly Uint8Array[],
): FuzzTarget {
  const open = (poison: number): FuzzSubject => {
    const source = new PoisonedSource(poison)
    const damage = new DamageLog()
    const take = (bytes: Uint8Array, length: number) => {
      source.open(bytes, length)
      return readFrames(source, kind, damage)
    }
    return { take, report: () => damage.toObject() }
  }
  return { name, seeds, open }
}

function readFrames(source: PoisonedSource, kind: CaptureKind, damage: DamageLog): number {
  const reader = createFrameReader(kind, source.window, damage)
  let digest = 0
  for (let steps = 0; ; steps++) {
    if (steps === STEPS_MAX) throw new FuzzFault('the reader does not come to an end')
    const status = reader.next()
    source.check()
    if (status === FrameStatus.End) return digest
    if (status !== FrameStatus.Frame) continue
    const { frameAt, frameLength, linkType, time, originalLength } = reader
    if (frameAt < 0 || frameLength < 0 || frameAt + frameLength > source.window.end) {
      throw new FuzzFault(`a frame of ${frameLength} bytes at ${frameAt} lies outside of what is there`)
    }
    digest = mix(mix(mix(digest, frameAt), frameLength), linkType)
    digest = mix(mix(mix(digest, originalLength), time[0]!), time[1]!)
  }
}

/** A file of messages: recognition and decoder. */
export function messageFileTarget(protocol: FileProtocol, seeds: readonly Uint8Array[]): FuzzTarget {
  return { name: `${protocol.name}-file`, seeds, open: (poison) => new MessageFileSubject(protocol, poison) }
}

class MessageFileSubject implements FuzzSubject {
  readonly #protocol: FileProtocol
  readonly #source: PoisonedSource
  readonly #shared = new FeedShared()
  readonly #damage = new DamageLog()
  readonly #batch = new RecordBatch(SMALL_BATCH_BYTES)

  constructor(protocol: FileProtocol, poison: number) {
    this.#protocol = protocol
    this.#source = new PoisonedSource(poison)
  }

  take(bytes: Uint8Array, length: number): number {
    const source = this.#source
    const batch = this.#batch
    source.open(bytes, length)
    const isWhole = length < RECOGNISE_BYTES
    let digest: number = this.#protocol.recogniseHead(source.head(RECOGNISE_BYTES), isWhole)
    digest = mix(digest, this.#protocol.findFirstSeconds?.(source.head(RECOGNISE_BYTES)) ?? 0)
    const feed = this.#protocol.open(source.window, this.#shared, this.#damage)
    for (let steps = 0; ; steps++) {
      if (steps === STEPS_MAX) throw new FuzzFault('the file does not come to an end')
      batch.reset()
      const records = feed.fill(batch)
      source.check()
      digest = mixRecords(digest, batch)
      if (records === FeedRead.End) return digest
    }
  }

  report(): unknown {
    return this.#damage.toObject()
  }
}

/** gzip, as far as the data is good. */
export function gzipTarget(seeds: readonly Uint8Array[]): FuzzTarget {
  const take = (bytes: Uint8Array, length: number) => {
    const { bytes: output, error } = gunzip(bytes.subarray(0, length), 'memory')
    return mixBytes(mix(error === undefined ? 0 : 1, output.length), output)
  }
  return { name: 'gzip', seeds, open: () => ({ take, report: () => undefined }) }
}

/** zstd, block by block. */
export function zstdTarget(seeds: readonly Uint8Array[]): FuzzTarget {
  const open = (poison: number): FuzzSubject => {
    const source = new PoisonedSource(poison, 2 * BLOCK_BYTES_MAX)
    const take = (bytes: Uint8Array, length: number) => {
      source.open(bytes, length)
      return unpack(source)
    }
    return { take, report: () => undefined }
  }
  return { name: 'zstd', seeds, open }
}

function unpack(source: PoisonedSource): number {
  const unzstd = new Unzstd(source.window)
  let digest = 0
  for (let steps = 0; ; steps++) {
    if (steps === STEPS_MAX) throw new FuzzFault('decompression does not come to an end')
    const output = unzstd.next()
    source.check()
    if (output === undefined) return mix(digest, unzstd.failure === undefined ? 0 : unzstd.failure.kind.length)
    digest = mixBytes(digest, output)
  }
}

/** A digest of one byte in sixteen: decompressed data may be long. */
function mixBytes(digest: number, bytes: Uint8Array): number {
  let mixed = mix(digest, bytes.length)
  for (let at = 0; at < bytes.length; at += 16) mixed = mix(mixed, bytes[at]!)
  return mixed
}
