import fs from 'node:fs'
import { decompress } from 'fzstd'
import { FRAME_CONTENT_BYTES, SEEKABLE_MAGIC, SeekEntry, SeekFooter } from './compressed-layout.ts'
import { SEGMENT_BYTES_MAX } from './layout.ts'
import type { SegmentFile } from './segment-storage.ts'

const FRAMES_MAX = SEGMENT_BYTES_MAX / FRAME_CONTENT_BYTES

function unreadable(what: string): Error {
  return Object.assign(new Error(`EBADMSG: ${what}`), { code: 'EBADMSG' })
}

function refuseWrite(): never {
  throw Object.assign(new Error('EROFS: a compressed segment is not written to'), { code: 'EROFS' })
}

/** A compressed segment, read as if it were the segment. One frame at a time is decompressed, and kept. */
export class CompressedSegment implements SegmentFile {
  readonly name: string
  readonly #fd: number
  /** Where each frame begins in the file; one more for the end of the last. */
  readonly #offsets: number[] = [0]
  readonly #contentBytes: number
  readonly #content = new Uint8Array(FRAME_CONTENT_BYTES)
  #frame = -1

  /** Takes over the descriptor. @throws an error with code EBADMSG when it has no sound index */
  constructor(name: string, fd: number) {
    this.name = name
    this.#fd = fd
    const size = fs.fstatSync(fd).size
    const footer = this.#readAt(size - SeekFooter.Bytes, SeekFooter.Bytes)
    if (footer.readUInt32LE(SeekFooter.Magic) !== SEEKABLE_MAGIC) throw unreadable('no index at its end')
    const frames = footer.readUInt32LE(SeekFooter.Frames)
    if (frames === 0 || frames > FRAMES_MAX) throw unreadable(`an index of ${frames} frames`)
    const index = this.#readAt(size - SeekFooter.Bytes - frames * SeekEntry.Bytes, frames * SeekEntry.Bytes)
    let contentBytes = 0
    for (let i = 0; i < frames; i++) {
      const bytes = index.readUInt32LE(i * SeekEntry.Bytes + SeekEntry.ContentBytes)
      const isSound = bytes === FRAME_CONTENT_BYTES || (i === frames - 1 && bytes <= FRAME_CONTENT_BYTES)
      this.#offsets.push(this.#offsets[i]! + index.readUInt32LE(i * SeekEntry.Bytes + SeekEntry.CompressedBytes))
      if (!isSound || this.#offsets[i + 1]! > size) throw unreadable('an index that does not fit the file')
      contentBytes += bytes
    }
    this.#contentBytes = contentBytes
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
    if (position < 0) throw unreadable('shorter than an index')
    const bytes = Buffer.alloc(length)
    const count = fs.readSync(this.#fd, bytes, 0, length, position)
    if (count < length) throw unreadable('it ends early')
    return bytes
  }
}
