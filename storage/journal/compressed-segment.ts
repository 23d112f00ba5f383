import fs from 'node:fs'
import { decompress } from 'fzstd'
import { type FoundFrames, findFrames, type ReadAt } from './compressed-frames.ts'
import { FRAME_CONTENT_BYTES, SEEKABLE_MAGIC, SeekEntry, SeekFooter } from './compressed-layout.ts'
import { SEGMENT_BYTES_MAX } from './layout.ts'
import type { SegmentFile } from './segment-storage.ts'

const FRAMES_MAX = SEGMENT_BYTES_MAX / FRAME_CONTENT_BYTES

function refuseWrite(): never {
  throw Object.assign(new Error('EROFS: a compressed segment is not written to'), { code: 'EROFS' })
}

/** @returns undefined when it is not whole, or does not fit the file */
function readIndex(readAt: ReadAt, fileBytes: number): FoundFrames | undefined {
  const footer = readAt(fileBytes - SeekFooter.Bytes, SeekFooter.Bytes)
  if (footer.length < SeekFooter.Bytes || footer.readUInt32LE(SeekFooter.Magic) !== SEEKABLE_MAGIC) return undefined
  const frames = footer.readUInt32LE(SeekFooter.Frames)
  if (frames === 0 || frames > FRAMES_MAX) return undefined
  const indexBytes = frames * SeekEntry.Bytes
  const index = readAt(fileBytes - SeekFooter.Bytes - indexBytes, indexBytes)
  if (index.length < indexBytes) return undefined
  const offsets = [0]
  let contentBytes = 0
  for (let i = 0; i < frames; i++) {
    const bytes = index.readUInt32LE(i * SeekEntry.Bytes + SeekEntry.ContentBytes)
    const isSound = bytes === FRAME_CONTENT_BYTES || (i === frames - 1 && bytes <= FRAME_CONTENT_BYTES)
    offsets.push(offsets[i]! + index.readUInt32LE(i * SeekEntry.Bytes + SeekEntry.CompressedBytes))
    if (!isSound || offsets[i + 1]! > fileBytes) return undefined
    contentBytes += bytes
  }
  return { offsets, contentBytes }
}

/** A compressed segment, read as if it were the segment. One frame at a time is decompressed, and kept. */
export class CompressedSegment implements SegmentFile {
  readonly name: string
  readonly #fd: number
  /** Where each frame begins in the file; one more for the end of the last. */
  readonly #offsets: readonly number[]
  readonly #contentBytes: number
  readonly #content = new Uint8Array(FRAME_CONTENT_BYTES)
  #frame = -1

  /**
   * Takes over the descriptor. Without a sound index the frames are looked for: a file that was cut short is a segment that ends
   * early, which is damage with a place, and whatever is whole of it is read.
   */
  constructor(name: string, fd: number) {
    this.name = name
    this.#fd = fd
    const size = fs.fstatSync(fd).size
    const readAt = (position: number, length: number) => this.#readAt(position, length)
    const found = readIndex(readAt, size) ?? findFrames(readAt, size, FRAMES_MAX)
    this.#offsets = found.offsets
    this.#contentBytes = found.contentBytes
  }

  read(bytes: Uint8Array, offset: number, length: number, positionBytes: number): number {
    if (positionBytes >= this.#contentBytes) return 0
    this.#turnTo(Math.floor(positionBytes / FRAME_CONTENT_BYTES))
    const within = positionBytes % FRAME_CONTENT_BYTES
    const count = Math.min(length, FRAME_CONTENT_BYTES - within, this.#contentBytes - positionBytes)
    bytes.set(this.#content.subarray(within, within + count), offset)
    return count
  }

  sizeBytes(): number {
    return this.#contentBytes
  }

  write = refuseWrite
  sync = refuseWrite
  truncate = refuseWrite

  close(): void {
    fs.closeSync(this.#fd)
  }

  /** A frame that cannot be decompressed reads as zeros: the batches that are missing there are found and named as damage. */
  #turnTo(frame: number): void {
    if (frame === this.#frame) return
    this.#frame = frame
    this.#content.fill(0)
    const from = this.#offsets[frame]!
    try {
      decompress(this.#readAt(from, this.#offsets[frame + 1]! - from), this.#content)
    } catch {
      this.#content.fill(0)
    }
  }

  #readAt(position: number, length: number): Buffer {
    if (position < 0) return Buffer.alloc(0)
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, fs.readSync(this.#fd, bytes, 0, length, position))
  }
}
