import { DamageLog } from '../capture/damage.ts'
import { FeedRead } from '../capture/feed-read.ts'
import { createFrameReader } from '../capture/first-frame.ts'
import { FrameStatus } from '../capture/frame-reader.ts'
import { gunzip } from '../capture/gzip-source.ts'
import { CaptureKind, RECOGNISE_BYTES } from '../capture/recognise.ts'
import { Unzstd } from '../capture/unzstd.ts'
import { isDbnMagic } from '../dbn/recognise.ts'
import { gunzipPrefix } from '../gzip/gunzip-prefix.ts'
import { FeedShared } from '../protocol/feed-shared.ts'
import type { FileDecoder, FileProtocol } from '../protocol/protocol.ts'
import { RecordBatch } from '../record-batch.ts'
import { findGzipFields, findPcapFields, findPcapNgFields, findZstdFields } from './container-fields.ts'
import { fieldsOfFile } from './file-fields.ts'
import { poisonedBufferOf } from './poisoned-buffer.ts'
import { type PoisonedSource, poisonedSourceOf } from './poisoned-source.ts'
import { mix, mixRecords } from './record-digest.ts'
import { FUZZ_BOUNDS, FuzzFault, type FuzzSubject, type FuzzTarget, STEPS_MAX } from './target.ts'

const SMALL_BATCH_BYTES = 8192

/** A container of frames: where each lies, and what is wrong with the file. */
export function containerTarget(
  name: string,
  kind: CaptureKind.Pcap | CaptureKind.PcapNg,
  seeds: readonly Uint8Array[],
): FuzzTarget {
  const open = (poison: number): FuzzSubject => {
    const source = poisonedSourceOf(poison)
    const damage = new DamageLog()
    const take = (bytes: Uint8Array, length: number) => {
      source.open(bytes, length)
      return readFrames(source, kind, damage)
    }
    return { take, report: () => damage.toObject() }
  }
  const findFields = kind === CaptureKind.Pcap ? findPcapFields : findPcapNgFields
  return { name, seeds, isStateless: true, findFields, open }
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

/**
 * Inputs that one opened feed reads as if they were one file, where a file has no header: its messages stand for themselves, and
 * what a decoder allocates when it opens costs a hundred times as much as a small file.
 */
const BARE_INPUTS_EACH_OPEN = 250

/** A file of messages: recognition and decoder. */
export function messageFileTarget(protocol: FileProtocol, seeds: readonly Uint8Array[]): FuzzTarget {
  const findFields = fieldsOfFile(protocol.name)
  return {
    name: `${protocol.name}-file`,
    seeds,
    findFields,
    open: (poison) => new MessageFileSubject(protocol, poison),
  }
}

class MessageFileSubject implements FuzzSubject {
  readonly #protocol: FileProtocol
  readonly #source: PoisonedSource
  readonly #shared = new FeedShared(FUZZ_BOUNDS)
  readonly #damage = new DamageLog()
  readonly #batch = new RecordBatch(SMALL_BATCH_BYTES)
  #inputs = 0
  #feed: FileDecoder

  constructor(protocol: FileProtocol, poison: number) {
    this.#protocol = protocol
    this.#source = poisonedSourceOf(poison)
    this.#feed = protocol.open(this.#source.window, this.#shared, this.#damage)
  }

  take(bytes: Uint8Array, length: number): number {
    const source = this.#source
    const batch = this.#batch
    source.open(bytes, length)
    const head = source.head(RECOGNISE_BYTES)
    let digest: number = this.#protocol.recogniseHead(head, length < RECOGNISE_BYTES)
    digest = mix(digest, this.#protocol.findFirstSeconds?.(head) ?? 0)
    if (++this.#inputs % BARE_INPUTS_EACH_OPEN === 0 || isDbnMagic(head, 0)) {
      this.#feed = this.#protocol.open(source.window, this.#shared, this.#damage)
    }
    for (let steps = 0; ; steps++) {
      if (steps === STEPS_MAX) throw new FuzzFault('the file does not come to an end')
      batch.reset()
      const records = this.#feed.fill(batch)
      source.check()
      digest = mixRecords(digest, batch)
      if (records === FeedRead.End) return digest
    }
  }

  report(): unknown {
    return { damage: this.#damage.toObject(), feed: this.#feed.report() }
  }
}

/** zlib is opened anew for each input, which costs more than what it then does. */
const GZIP_COMPARES_EVERY = 2

/** gzip, as far as the data is good: all of it, and what recognition sees of a head. */
export function gzipTarget(seeds: readonly Uint8Array[]): FuzzTarget {
  const open = (poison: number): FuzzSubject => {
    const buffer = poisonedBufferOf(poison)
    const take = (bytes: Uint8Array, length: number) => {
      buffer.place(bytes, length)
      const packed = buffer.bytes.subarray(buffer.at, buffer.at + length)
      const { bytes: output, error } = gunzip(packed, 'memory')
      const digest = mixBytes(error === undefined ? 0 : error.code.length, output)
      return mixBytes(digest, gunzipPrefix(packed, RECOGNISE_BYTES))
    }
    return { take, report: () => undefined }
  }
  return {
    name: 'gzip',
    seeds,
    isStateless: true,
    comparesEvery: GZIP_COMPARES_EVERY,
    findFields: findGzipFields,
    open,
  }
}

/** zstd, block by block. */
export function zstdTarget(seeds: readonly Uint8Array[]): FuzzTarget {
  const open = (poison: number): FuzzSubject => {
    const source = poisonedSourceOf(poison)
    const unzstd = new Unzstd(source.window)
    const take = (bytes: Uint8Array, length: number) => {
      source.open(bytes, length)
      unzstd.reset()
      return unpack(unzstd, source)
    }
    return { take, report: () => undefined }
  }
  return { name: 'zstd', seeds, isStateless: true, findFields: findZstdFields, open }
}

function unpack(unzstd: Unzstd, source: PoisonedSource): number {
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
