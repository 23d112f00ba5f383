import type { ByteSource } from './byte-source.ts'
import type { CaptureFile } from './capture-file.ts'
import { type CaptureDescription, describeCapture } from './describe-capture.ts'
import { FileSource } from './file-source.ts'
import { epochOf, type SessionEpochOptions } from './find-session-epoch.ts'
import { GzipSource } from './gzip-source.ts'
import { MarketSource, type MarketSourceOptions } from './market-source.ts'
import { Packing } from './packing.ts'
import { ReaderThreads } from './reader-threads.ts'
import type { ReaderThreadOptions } from './threaded-source.ts'
import { ZstdSource } from './zstd-source.ts'

export { describeCapture } from './describe-capture.ts'
export type { FeedFacts } from './feed-facts.ts'
export { findSessionEpoch } from './find-session-epoch.ts'
export { MarketSource } from './market-source.ts'

/**
 * Files of fewer stored bytes altogether are not `large`: a thread takes some 60 ms of a core to start, and gzip makes no
 * more than 66 MB of so much.
 */
const LARGE_BYTES = 1 << 16

export interface FeedOptions extends ReaderThreadOptions, SessionEpochOptions, Omit<MarketSourceOptions, 'reader'> {
  /**
   * Reads and decompresses on threads of its own, into bounded buffers; `fill` then returns −1 while they are empty.
   * Without it gzip files are decompressed whole in memory, up to 256 MiB. `large` is for commands: no threads for files
   * that are read sooner than a thread starts.
   */
  readonly threaded?: boolean | 'large'
}

/**
 * Opens capture files (packets, or messages of a registered protocol; plain, gzip or zstd; recognised by their contents) as one stream of
 * market records. The session's epoch is fixed before the first record; see `findSessionEpoch`.
 * @throws CaptureError when a file is missing, empty, unreadable or of no known kind
 * @throws RangeError for an unknown time zone or a date that cannot be
 */
export function openFeed(paths: string | readonly string[], options: FeedOptions = {}): MarketSource {
  const list = typeof paths === 'string' ? [paths] : paths
  const files = list.map((path) => describeCapture(path, options.feeds))
  const epochSeconds = options.epochSeconds ?? epochOf(files, options)
  // Without a day the epoch stays unset: times since midnight remain what they are.
  const known = { ...options, epochSeconds: epochSeconds === 0 ? undefined : epochSeconds }
  if (!needsThreads(files, options)) return new MarketSource(files.map(toLocalFile), known)
  const reader = new ReaderThreads(files, options)
  const threaded = files.map((file, index): CaptureFile => ({ ...file, open: () => reader.open(index, file.path) }))
  return new MarketSource(threaded, { ...known, reader })
}

function needsThreads(files: readonly CaptureDescription[], { threaded = false }: FeedOptions): boolean {
  if (threaded !== 'large') return threaded
  return files.reduce((sum, { storedBytes }) => sum + storedBytes, 0) >= LARGE_BYTES
}

function toLocalFile(file: CaptureDescription): CaptureFile {
  return { ...file, open: () => openLocal(file) }
}

function openLocal({ path, packing }: CaptureDescription): ByteSource {
  if (packing === Packing.Gzip) return new GzipSource(path)
  return packing === Packing.Zstd ? new ZstdSource(path) : new FileSource(path)
}
