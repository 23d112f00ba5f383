import { BLOCK_BYTES_MAX } from '../capture/zstd-layout.ts'
import { HuffmanTable } from './huffman-table.ts'

enum LiteralsType {
  Raw = 0,
  Repeat = 1,
  Compressed = 2,
  /** Compressed by the tree of an earlier block. */
  Treeless = 3,
}

/** Bytes of the table of the first three streams' lengths. */
const JUMP_TABLE_BYTES = 6

/** The literals section of a compressed block (RFC 8878, section 3.1.1.3.1). */
export class Literals {
  readonly bytes = new Uint8Array(BLOCK_BYTES_MAX)
  length = 0
  /** Why `read` has failed. */
  failure = ''
  readonly #huffman = new HuffmanTable()
  /** Of the section at hand: its header's bytes, and those of its contents. */
  #headerBytes = 0
  #packedBytes = 0
  #isFourStreams = false

  /** A frame begins: no tree is known. */
  reset(): void {
    this.#huffman.forget()
  }

  /** @returns bytes of the section, −1 when it is damaged */
  read(block: Uint8Array, at: number, end: number): number {
    const type: LiteralsType = block[at]! & 3
    const isPacked = type === LiteralsType.Compressed || type === LiteralsType.Treeless
    if (isPacked) this.#readPackedHeader(block, at)
    else this.#readPlainHeader(block, at, type)
    const from = at + this.#headerBytes
    const to = from + this.#packedBytes
    if (to > end) return this.#fail('its literals go beyond the block')
    if (this.length > BLOCK_BYTES_MAX) return this.#fail('its literals are more than a block holds')
    if (type === LiteralsType.Raw) this.bytes.set(block.subarray(from, to))
    else if (type === LiteralsType.Repeat) this.bytes.fill(block[from]!, 0, this.length)
    else if (!this.#unpack(block, from, to, type === LiteralsType.Treeless)) return -1
    return to - at
  }

  /** Sizes of raw and repeated literals: 5, 12 or 20 bits. */
  #readPlainHeader(block: Uint8Array, at: number, type: LiteralsType): void {
    const format = (block[at]! >> 2) & 3
    this.#headerBytes = format === 3 ? 3 : format === 1 ? 2 : 1
    const word = (block[at]! | (block[at + 1]! << 8) | (block[at + 2]! << 16)) >>> 0
    this.length = (format & 1) === 0 ? block[at]! >> 3 : (word >> 4) & (format === 1 ? 0xfff : 0xfffff)
    this.#packedBytes = type === LiteralsType.Repeat ? 1 : this.length
  }

  /** Sizes of compressed literals, unpacked and packed: 10, 14 or 18 bits each. */
  #readPackedHeader(block: Uint8Array, at: number): void {
    const format = (block[at]! >> 2) & 3
    const width = format < 2 ? 10 : format === 2 ? 14 : 18
    this.#headerBytes = format < 2 ? 3 : format + 2
    this.#isFourStreams = format > 0
    const mask = (1 << width) - 1
    const low = (block[at]! | (block[at + 1]! << 8) | (block[at + 2]! << 16) | (block[at + 3]! << 24)) >>> 0
    this.length = (low >>> 4) & mask
    // The second size begins at bit 14, 18 or 22.
    const from = 4 + width
    this.#packedBytes = ((low >>> from) | (from === 22 ? block[at + 4]! << 10 : 0)) & mask
  }

  #unpack(block: Uint8Array, from: number, to: number, isTreeless: boolean): boolean {
    let at = from
    if (!isTreeless) {
      const treeBytes = this.#huffman.read(block, from, to)
      if (treeBytes < 0) return this.#fail('its Huffman tree is none') > 0
      at += treeBytes
    } else if (!this.#huffman.isKnown) return this.#fail('it wants the Huffman tree of a block before it') > 0
    const isGood = this.#isFourStreams ? this.#unpackFour(block, at, to) : this.#decode(block, at, to, 0, this.length)
    return isGood || this.#fail('its Huffman streams do not end where they should') > 0
  }

  #unpackFour(block: Uint8Array, at: number, to: number): boolean {
    const quarter = (this.length + 3) >> 2
    let start = at + JUMP_TABLE_BYTES
    if (start > to || 3 * quarter > this.length) return false
    for (let stream = 0; stream < 3; stream++) {
      const length = block[at + 2 * stream]! | (block[at + 2 * stream + 1]! << 8)
      const end = start + length
      if (end > to || !this.#decode(block, start, end, stream * quarter, (stream + 1) * quarter)) return false
      start = end
    }
    return this.#decode(block, start, to, 3 * quarter, this.length)
  }

  #decode(block: Uint8Array, start: number, end: number, from: number, to: number): boolean {
    return this.#huffman.decode(block, start, end, this.bytes, from, to)
  }

  #fail(what: string): -1 {
    this.failure = what
    return -1
  }
}
