import { statSync } from 'node:fs'
import { describeKnownFile } from '../known-files/known-files.ts'
import type { ByteSource } from './byte-source.ts'
import { CaptureError } from './capture-error.ts'
import { FileSource } from './file-source.ts'
import { GzipSource } from './gzip-source.ts'
import { type CaptureFile, MarketSource, type MarketSourceOptions } from './market-source.ts'
import { Packing, readHead } from './packing.ts'
import { CaptureKind, RECOGNISE_BYTES, recogniseCapture } from './recognise.ts'
import { ReaderThread, type ReaderThreadOptions } from './threaded-source.ts'
import { ZstdSource } from './zstd-source.ts'

export type { FeedFacts } from './market-source.ts'
export { MarketSource } from './market-source.ts'

export interface FeedOptions extends ReaderThreadOptions, Omit<MarketSourceOptions, 'reader'> {
  /**
   * Reads and decompresses on a thread of its own, into a bounded buffer; `fill` then returns −1 while it is empty.
   * Without it gzip files are decompressed whole in memory, up to 256 MiB.
   */
  readonly threaded?: boolean
}

/**
 * Opens capture files (packets, or messages of a registered protocol; plain, gzip or zstd; recognised by their contents) as one stream of
 * market records.
 * @throws CaptureError when a file is missing, empty, unreadable or of no known kind
 */
export function openFeed(paths: string | readonly string[], options: FeedOptions = {}): MarketSource {
  const list = typeof paths === 'string' ? [paths] : paths
  const files = list.map(describeCapture)
  if (options.threaded !== true) {
    return new MarketSource(files.map(toLocalFile), options)
  }
  const reader = new ReaderThread(
    files.map(({ path, packing }) => ({ path, packing })),
    options,
  )
  const threaded = files.map((file, index): CaptureFile => ({ ...file, open: () => reader.open(index, file.path) }))
  return new MarketSource(threaded, { ...options, reader })
}

/** What a file is, before it is opened for reading. */
export interface CaptureDescription extends Omit<CaptureFile, 'open'> {
  readonly packing: Packing
}

function toLocalFile(file: CaptureDescription): CaptureFile {
  return { ...file, open: () => openLocal(file) }
}

function openLocal({ path, packing }: CaptureDescription): ByteSource {
  if (packing === Packing.Gzip) return new GzipSource(path)
  return packing === Packing.Zstd ? new ZstdSource(path) : new FileSource(path)
}

/**
 * Recognises a capture by its first bytes.
 * @throws CaptureError
 */
export function describeCapture(path: string): CaptureDescription {
  const { head, packing } = readHead(path, RECOGNISE_BYTES)
  const recognised = recogniseCapture(head)
  if (recognised.kind === CaptureKind.Unknown) throw describeUnknown(path, head, packing)
  return { path, recognised, packing, storedBytes: statSync(path).size }
}

function describeUnknown(path: string, head: Uint8Array, packing: Packing): CaptureError {
  if (head.length === 0) {
    if (packing === Packing.None) return new CaptureError('capture-empty', 'the file is empty', path)
    const code = packing === Packing.Gzip ? 'capture-gzip-damaged' : 'capture-zstd-damaged'
    return new CaptureError(code, 'nothing of the compressed data can be read', path)
  }
  const isPacked = packing !== Packing.None
  const known = describeKnownFile(head)
  if (known !== undefined) {
    const what = `this is no capture file: ${isPacked ? 'decompressed, it' : 'it'} is ${known.what}; ${known.advice}`
    return new CaptureError('capture-unrecognised', what, path)
  }
  const first = Buffer.from(head.subarray(0, 8)).toString('hex')
  const what = `this is no capture file: ${isPacked ? 'decompressed, it' : 'it'} begins with ${first}`
  return new CaptureError('capture-unrecognised', what, path)
}
