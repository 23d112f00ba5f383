import { FrameDecoder } from '../zstd/frame-decoder.ts'
import { type ByteWindow, Need } from './byte-window.ts'
import { Xxh64 } from './xxh64.ts'
import {
  BLOCK_BYTES_MAX,
  BlockType,
  FRAME_HEADER_BYTES_MAX,
  FRAME_MAGIC,
  isSkippableMagic,
  readFrameHeader,
  WINDOW_BYTES_MAX,
} from './zstd-layout.ts'

/** Why decompression ended early. */
export interface UnzstdFailure {
  readonly kind: 'damaged' | 'truncated' | 'unsupported'
  readonly what: string
}

const BLOCK_HEADER_BYTES = 3
const CHECKSUM_BYTES = 4

/**
 * zstd decompression block by block: all blocks before damage are given, and its place is known to the block. Frames and
 * skippable frames in any order are one stream (RFC 8878, section 3.1).
 *
 * Here the frames are walked: sizes and the window are bounded, checksums are compared; `FrameDecoder` decodes the blocks.
 * Bound of memory: twice the window (at most 128 MiB) and two blocks, as far as that much was really decompressed.
 */
export class Unzstd {
  failure: UnzstdFailure | undefined
  /** Bytes handed out so far. */
  outputBytes = 0
  readonly #window: ByteWindow
  readonly #checksum = new Xxh64()
  readonly #decoder = new FrameDecoder()
  #isInFrame = false
  #hasChecksum = false
  /** Bytes of a skippable frame still to be passed over. */
  #toSkip = 0

  /** @param window over the stored bytes, of a source that never says "not yet"; holds two blocks at least */
  constructor(window: ByteWindow) {
    this.#window = window
  }

  /** Begins another stream, of the same window. */
  reset(): void {
    this.failure = undefined
    this.outputBytes = 0
    this.#isInFrame = false
    this.#toSkip = 0
  }

  /** The next decompressed bytes, at least one, undefined at the end or after a failure. They are good until the next call. */
  next(): Uint8Array | undefined {
    while (this.failure === undefined) {
      if (this.#toSkip > 0) this.#skip()
      else if (this.#isInFrame) {
        const output = this.#block()
        if (output === undefined || output.length === 0) continue
        this.outputBytes += output.length
        return output
      } else if (!this.#frame()) return undefined
    }
    return undefined
  }

  /** @returns false at the end of the stream */
  #frame(): boolean {
    const window = this.#window
    window.need(FRAME_HEADER_BYTES_MAX)
    const length = window.end - window.start
    if (length === 0) return false
    if (length < 4) return this.#fail('truncated', 'it ends inside a frame header')
    const { u8, start } = window
    const magic = readU32(u8, start)
    if (isSkippableMagic(magic)) {
      if (length < 8) return this.#fail('truncated', 'it ends inside a frame header')
      this.#toSkip = readU32(u8, start + 4)
      window.start += 8
      return true
    }
    if (magic !== FRAME_MAGIC) return this.#fail('damaged', 'no frame begins here')
    const header = readFrameHeader(u8, start, length)
    if (header === undefined) {
      if (length < FRAME_HEADER_BYTES_MAX) return this.#fail('truncated', 'it ends inside a frame header')
      return this.#fail('damaged', 'this is no frame header')
    }
    if (header.needsDictionary) return this.#fail('unsupported', 'it needs a dictionary')
    if (header.windowBytes > WINDOW_BYTES_MAX) {
      return this.#fail('unsupported', `it needs a window of ${header.windowBytes} bytes, more than 128 MiB`)
    }
    this.#hasChecksum = header.hasChecksum
    this.#checksum.reset()
    this.#decoder.begin(header.windowBytes)
    this.#isInFrame = true
    window.start += header.headerBytes
    return true
  }

  /** @returns the block's bytes; undefined after a failure */
  #block(): Uint8Array | undefined {
    const window = this.#window
    if (window.need(BLOCK_HEADER_BYTES) !== Need.Ready) return this.#give('truncated', 'it ends inside a frame')
    const word = readU32(window.u8, window.start) & 0xffffff
    const isLast = (word & 1) === 1
    const type = (word >> 1) & 3
    const size = word >> 3
    if (type > BlockType.Compressed || size > BLOCK_BYTES_MAX) return this.#give('damaged', 'this is no block')
    const length = BLOCK_HEADER_BYTES + (type === BlockType.Repeat ? 1 : size)
    const tail = isLast && this.#hasChecksum ? CHECKSUM_BYTES : 0
    if (window.need(length + tail) !== Need.Ready) return this.#give('truncated', 'it ends inside a block')
    const { u8, start } = window
    const output = this.#decoder.decode(type, size, u8, start + BLOCK_HEADER_BYTES)
    if (output === undefined) return this.#give('damaged', this.#decoder.failure)
    if (this.#hasChecksum) this.#checksum.update(output)
    if (tail > 0 && this.#checksum.low() !== readU32(u8, start + length)) {
      return this.#give('damaged', 'the checksum of a frame does not agree')
    }
    window.start += length + tail
    this.#isInFrame = !isLast
    return output
  }

  #skip(): void {
    const window = this.#window
    window.need(1)
    const left = window.skip(this.#toSkip)
    if (left === this.#toSkip) this.#fail('truncated', 'it ends inside a skippable frame')
    else this.#toSkip = left
  }

  #give(kind: UnzstdFailure['kind'], what: string): undefined {
    this.failure = { kind, what }
    return undefined
  }

  #fail(kind: UnzstdFailure['kind'], what: string): false {
    this.failure = { kind, what }
    return false
  }
}

function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}
