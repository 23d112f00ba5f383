import { Decompress } from 'fzstd'
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
import { hasEndlessTree } from './zstd-tree.ts'

/** Why decompression ended early. */
export interface UnzstdFailure {
  readonly kind: 'damaged' | 'truncated' | 'unsupported'
  readonly what: string
}

const BLOCK_HEADER_BYTES = 3
const CHECKSUM_BYTES = 4
const NOTHING = new Uint8Array(0)

/**
 * zstd decompression block by block: all blocks before damage are given, and its place is known to the block. Frames and
 * skippable frames in any order are one stream (RFC 8878, section 3.1).
 *
 * The library decodes the blocks; it does not look at checksums, takes any window, and is not made for damaged bytes. So
 * the frames are walked here: sizes and the window are bounded, checksums are compared, and what it throws is a failure.
 * Bound of memory: twice the window (at most 128 MiB) and a block.
 */
export class Unzstd {
  failure: UnzstdFailure | undefined
  /** Bytes handed out so far. */
  outputBytes = 0
  readonly #window: ByteWindow
  readonly #checksum = new Xxh64()
  /** Of the frame at hand; undefined between frames. */
  #decoder: Decompress | undefined
  #hasChecksum = false
  /** The frame's header until its first block, which the library wants with it. */
  #header: Uint8Array = NOTHING
  #outputs: Uint8Array[] = []
  /** Bytes of a skippable frame still to be passed over. */
  #toSkip = 0

  /** @param window over the stored bytes, of a source that never says "not yet"; holds two blocks at least */
  constructor(window: ByteWindow) {
    this.#window = window
  }

  /** The next decompressed bytes, undefined at the end or after a failure. They stay valid. */
  next(): Uint8Array | undefined {
    while (this.failure === undefined) {
      const output = this.#outputs.shift()
      if (output !== undefined) {
        this.outputBytes += output.length
        return output
      }
      if (this.#toSkip > 0) this.#skip()
      else if (this.#decoder !== undefined) this.#block()
      else if (!this.#frame()) return undefined
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
    this.#header = u8.slice(start, start + header.headerBytes)
    // The checksum is compared here: the library is told that there is none.
    this.#header[4]! &= ~0x04
    this.#hasChecksum = header.hasChecksum
    this.#checksum.reset()
    this.#decoder = new Decompress((output) => {
      if (output.length > 0) this.#outputs.push(output)
    })
    window.start += header.headerBytes
    return true
  }

  #block(): void {
    const window = this.#window
    if (window.need(BLOCK_HEADER_BYTES) !== Need.Ready) return void this.#fail('truncated', 'it ends inside a frame')
    const word = readU32(window.u8, window.start) & 0xffffff
    const isLast = (word & 1) === 1
    const type = (word >> 1) & 3
    const size = word >> 3
    if (type > BlockType.Compressed || size > BLOCK_BYTES_MAX) return void this.#fail('damaged', 'this is no block')
    const length = BLOCK_HEADER_BYTES + (type === BlockType.Repeat ? 1 : size)
    const tail = isLast && this.#hasChecksum ? CHECKSUM_BYTES : 0
    if (window.need(length + tail) !== Need.Ready) return void this.#fail('truncated', 'it ends inside a block')
    const { u8, start } = window
    if (type === BlockType.Compressed && hasEndlessTree(u8, start + BLOCK_HEADER_BYTES, size)) {
      return void this.#fail('damaged', 'a Huffman tree has no end')
    }
    const block = Buffer.concat([this.#header, u8.subarray(start, start + length)])
    this.#header = NOTHING
    if (!this.#decode(block, isLast)) return
    if (tail > 0 && this.#checksum.low() !== readU32(u8, start + length)) {
      return void this.#fail('damaged', 'the checksum of a frame does not agree')
    }
    window.start += length + tail
    if (isLast) this.#decoder = undefined
  }

  /** Decodes a block, behind the header if it is the frame's first. */
  #decode(block: Uint8Array, isLast: boolean): boolean {
    const before = this.#outputs.length
    try {
      this.#decoder!.push(block, isLast)
    } catch (cause) {
      this.#outputs.length = before
      return this.#fail('damaged', (cause as Error).message)
    }
    for (let i = before; this.#hasChecksum && i < this.#outputs.length; i++) this.#checksum.update(this.#outputs[i]!)
    return true
  }

  #skip(): void {
    const window = this.#window
    window.need(1)
    const left = window.skip(this.#toSkip)
    if (left === this.#toSkip) this.#fail('truncated', 'it ends inside a skippable frame')
    else this.#toSkip = left
  }

  #fail(kind: UnzstdFailure['kind'], what: string): false {
    this.failure = { kind, what }
    return false
  }
}

function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}
