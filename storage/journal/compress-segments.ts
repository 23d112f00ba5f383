import fs from 'node:fs'
import { join } from 'node:path'
import {
  COMPRESSED_SUFFIX,
  FRAME_CONTENT_BYTES,
  SEEKABLE_MAGIC,
  SeekEntry,
  SeekFooter,
  SKIPPABLE_HEADER_BYTES,
  SKIPPABLE_MAGIC,
} from './compressed-layout.ts'
import { CompressedSegment } from './compressed-segment.ts'
import { syncFolder } from './durable-file.ts'
import { errnoNameOf, JournalIoError, JournalOperation } from './errors.ts'
import { parseSegmentName } from './layout.ts'

/** Most for the time it takes: records repeat themselves so much that higher levels gain little. */
const LEVEL = 3
const UNFINISHED_SUFFIX = `${COMPRESSED_SUFFIX}.tmp`

/** Segments that are not compressed yet, in their order. */
function listSegmentNames(folder: string): string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => parseSegmentName(name) > 0)
    .sort()
}

interface Work {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly sizeBytes: number
  readonly entries: number[]
  doneBytes: number
  writtenBytes: number
}

let compress: typeof import('@bokuweb/zstd-wasm').compress

/** Loads the compressor, which is large; needed before the first `SegmentCompressor`. */
export async function loadCompressor(): Promise<void> {
  const compressor = await import('@bokuweb/zstd-wasm')
  await compressor.init()
  compress = compressor.compress
}

/**
 * Compresses the sealed segments of a journal, a frame at a time, and puts each in the place of its original only after it was read
 * back and found the same. A journal stays readable at every moment: until the original is removed, it is the one that is read.
 */
export class SegmentCompressor {
  segments = 0
  /** What ended it before its work was done. */
  failure: unknown
  /** Bytes of segments compressed so far, and what became of them. */
  contentBytes = 0
  compressedBytes = 0
  readonly #folder: string
  readonly #keepLast: number
  readonly #chunk = new Uint8Array(FRAME_CONTENT_BYTES)
  #work: Work | undefined

  /** @param keepLast segments at the end that are left as they are: the one being written and those that may be read soon */
  constructor(folder: string, keepLast: number) {
    this.#folder = folder
    this.#keepLast = keepLast
  }

  /** Does a piece of the work. @returns whether there was something to do */
  step(): boolean {
    if (this.failure !== undefined) return false
    try {
      if (this.#work === undefined) return this.#begin()
      if (this.#work.doneBytes < this.#work.sizeBytes) this.#compressFrame(this.#work)
      else this.#finish(this.#work)
      return true
    } catch (error) {
      // The originals are there: compression is a convenience that a full disk or a vanished folder ends.
      this.failure = error
      this.close()
      return false
    }
  }

  /** Gives up what is unfinished. */
  close(): void {
    const work = this.#work
    this.#work = undefined
    if (work === undefined) return
    fs.closeSync(work.from)
    fs.closeSync(work.to)
    fs.rmSync(join(this.#folder, work.name + UNFINISHED_SUFFIX), { force: true })
  }

  #begin(): boolean {
    const names = listSegmentNames(this.#folder)
    const name = names[0]
    if (name === undefined || names.length <= this.#keepLast) return false
    const from = fs.openSync(join(this.#folder, name), 'r')
    const to = fs.openSync(join(this.#folder, name + UNFINISHED_SUFFIX), 'w', 0o644)
    const sizeBytes = fs.fstatSync(from).size
    this.#work = { name, from, to, sizeBytes, entries: [], doneBytes: 0, writtenBytes: 0 }
    return true
  }

  #compressFrame(work: Work): void {
    const length = Math.min(FRAME_CONTENT_BYTES, work.sizeBytes - work.doneBytes)
    const count = fs.readSync(work.from, this.#chunk, 0, length, work.doneBytes)
    if (count !== length) throw new Error('the segment became shorter')
    const frame = compress(this.#chunk.subarray(0, length) as Buffer, LEVEL)
    fs.writeSync(work.to, frame, 0, frame.length, work.writtenBytes)
    work.entries.push(frame.length, length)
    work.doneBytes += length
    work.writtenBytes += frame.length
  }

  #finish(work: Work): void {
    const index = encodeIndex(work.entries)
    fs.writeSync(work.to, index, 0, index.length, work.writtenBytes)
    fs.fsyncSync(work.to)
    const unfinished = join(this.#folder, work.name + UNFINISHED_SUFFIX)
    if (!this.#isSame(work, unfinished)) throw new Error('what was compressed is not what comes back')
    fs.renameSync(unfinished, join(this.#folder, work.name + COMPRESSED_SUFFIX))
    syncFolder(this.#folder)
    fs.unlinkSync(join(this.#folder, work.name))
    syncFolder(this.#folder)
    this.segments++
    this.contentBytes += work.sizeBytes
    this.compressedBytes += work.writtenBytes + index.length
    this.close()
  }

  #isSame(work: Work, path: string): boolean {
    const back = new CompressedSegment(work.name, fs.openSync(path, 'r'))
    const other = new Uint8Array(FRAME_CONTENT_BYTES)
    try {
      for (let at = 0; at < work.sizeBytes; at += FRAME_CONTENT_BYTES) {
        const count = fs.readSync(work.from, this.#chunk, 0, FRAME_CONTENT_BYTES, at)
        if (back.read(other, 0, FRAME_CONTENT_BYTES, at) !== count) return false
        if (Buffer.compare(this.#chunk.subarray(0, count), other.subarray(0, count)) !== 0) return false
      }
      return back.sizeBytes() === work.sizeBytes
    } finally {
      back.close()
    }
  }
}

/** What `compressJournal` did. */
export interface CompressFacts {
  readonly segments: number
  readonly contentBytes: number
  readonly compressedBytes: number
}

/**
 * Compresses all segments of a journal but the last. @param onProgress may throw to end it: what is done stays done
 * @throws JournalIoError when the disk refuses
 */
export async function compressJournal(path: string, onProgress: (fraction: number) => void): Promise<CompressFacts> {
  await loadCompressor()
  const todo = Math.max(1, listSegmentNames(path).length - 1)
  const compressor = new SegmentCompressor(path, 1)
  try {
    while (compressor.step()) onProgress(Math.min(1, compressor.segments / todo))
  } finally {
    compressor.close()
  }
  const { segments, contentBytes, compressedBytes, failure } = compressor
  if (failure !== undefined) throw new JournalIoError(JournalOperation.Write, errnoNameOf(failure), path, failure)
  return { segments, contentBytes, compressedBytes }
}

/** @param entries compressed and content bytes of each frame in turn */
function encodeIndex(entries: readonly number[]): Buffer {
  const indexBytes = entries.length * 4
  const frame = Buffer.alloc(SKIPPABLE_HEADER_BYTES + indexBytes + SeekFooter.Bytes)
  frame.writeUInt32LE(SKIPPABLE_MAGIC, 0)
  frame.writeUInt32LE(indexBytes + SeekFooter.Bytes, 4)
  entries.forEach((value, i) => {
    frame.writeUInt32LE(value, SKIPPABLE_HEADER_BYTES + i * 4)
  })
  const footer = SKIPPABLE_HEADER_BYTES + indexBytes
  frame.writeUInt32LE((entries.length * 4) / SeekEntry.Bytes, footer + SeekFooter.Frames)
  frame.writeUInt32LE(SEEKABLE_MAGIC, footer + SeekFooter.Magic)
  return frame
}
