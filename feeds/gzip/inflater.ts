import { CodeTable } from './code-table.ts'
import { ForwardBits } from './forward-bits.ts'
import { DeflateBlock } from './layout.ts'
import { OutputBytes } from './output-bytes.ts'

/** Symbols of lengths and literals, and of distances, that a block may give codes (RFC 1951, sections 3.2.5 and 3.2.7). */
const LITERALS = 286
const DISTANCES = 30
const FIXED_LITERALS = 288
const END_OF_BLOCK = 256
const FIRST_LENGTH = 257

/** Bytes of a match and how many more bits say, by symbol from 257 on; the same for distances (section 3.2.5). */
const LENGTH_BASE = Uint16Array.of(
  ...[
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ],
)
const LENGTH_BITS = Uint8Array.of(
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0],
)
const DISTANCE_BASE = Uint16Array.from({ length: DISTANCES }, (_, i) =>
  i < 4 ? i + 1 : ((2 + (i & 1)) << ((i >> 1) - 1)) + 1,
)
const DISTANCE_BITS = Uint8Array.from({ length: DISTANCES }, (_, i) => (i < 4 ? 0 : (i >> 1) - 1))

/** The order of the lengths of the code that lengths are told in, and its symbols that repeat (section 3.2.7). */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const
enum Repeat {
  Last = 16,
  Zeros = 17,
  ManyZeros = 18,
}

/** The codes of blocks that bring none (section 3.2.6). */
const FIXED_LITERAL_CODES = new CodeTable()
const FIXED_DISTANCE_CODES = new CodeTable()
FIXED_LITERAL_CODES.build(
  Uint8Array.from({ length: FIXED_LITERALS }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
  0,
  FIXED_LITERALS,
  false,
)
FIXED_DISTANCE_CODES.build(new Uint8Array(32).fill(5), 0, 32, false)

/** Inflates deflated data (RFC 1951) as far as it is good: every byte before the damage comes out. */
export class Inflater {
  /** What was inflated, by any number of calls since its last reset. */
  readonly output = new OutputBytes()
  readonly #bits = new ForwardBits()
  readonly #literals = new CodeTable()
  readonly #distances = new CodeTable()
  readonly #lengths = new Uint8Array(LITERALS + DISTANCES + 4)

  /**
   * Inflates one stream of blocks.
   * @returns where it ends, −1 when it is damaged, cut, or longer than the output's bound
   */
  inflate(bytes: Uint8Array, at: number): number {
    const bits = this.#bits
    const first = this.output.length
    bits.open(bytes, at)
    for (let isLast = false; !isLast; ) {
      isLast = bits.take(1) === 1
      const kind = bits.take(2)
      if (bits.isOverrun) return -1
      const isGood = kind === DeflateBlock.Stored ? this.#copyStored(bytes) : this.#inflateBlock(kind, first)
      if (!isGood) return -1
    }
    return bits.alignToByte()
  }

  /** Length, its complement, and the bytes (section 3.2.4). */
  #copyStored(bytes: Uint8Array): boolean {
    const at = this.#bits.alignToByte()
    if (at + 4 > bytes.length) return false
    const length = bytes[at]! | (bytes[at + 1]! << 8)
    if (length !== ((bytes[at + 2]! | (bytes[at + 3]! << 8)) ^ 0xffff)) return false
    const end = Math.min(at + 4 + length, bytes.length)
    this.#bits.open(bytes, end)
    return this.output.append(bytes, at + 4, end) && end === at + 4 + length
  }

  /** @param first where the stream's output begins: no match reaches back further */
  #inflateBlock(kind: number, first: number): boolean {
    if (kind === DeflateBlock.FixedCodes) return this.#inflateCodes(FIXED_LITERAL_CODES, FIXED_DISTANCE_CODES, first)
    if (kind !== DeflateBlock.OwnCodes || !this.#readCodes()) return false
    return this.#inflateCodes(this.#literals, this.#distances, first)
  }

  #inflateCodes(literals: CodeTable, distances: CodeTable, first: number): boolean {
    const { output } = this
    const bits = this.#bits
    for (;;) {
      const symbol = literals.take(bits)
      if (symbol < 0 || bits.isOverrun) return false
      if (symbol === END_OF_BLOCK) return true
      if (symbol < END_OF_BLOCK) {
        if (!output.push(symbol)) return false
        continue
      }
      if (!this.#copyMatch(symbol - FIRST_LENGTH, distances, first)) return false
    }
  }

  #copyMatch(lengthSymbol: number, distances: CodeTable, first: number): boolean {
    if (lengthSymbol >= LENGTH_BASE.length) return false
    const { output } = this
    const bits = this.#bits
    const length = LENGTH_BASE[lengthSymbol]! + bits.take(LENGTH_BITS[lengthSymbol]!)
    const symbol = distances.take(bits)
    if (symbol < 0 || symbol >= DISTANCES) return false
    const distance = DISTANCE_BASE[symbol]! + bits.take(DISTANCE_BITS[symbol]!)
    if (bits.isOverrun || distance > output.length - first) return false
    return output.repeat(distance, length)
  }

  /** Section 3.2.7. */
  #readCodes(): boolean {
    const bits = this.#bits
    const lengths = this.#lengths
    const literals = FIRST_LENGTH + bits.take(5)
    const distances = 1 + bits.take(5)
    const orders = 4 + bits.take(4)
    if (literals > LITERALS || distances > DISTANCES) return false
    lengths.fill(0, 0, LENGTH_ORDER.length)
    for (let i = 0; i < orders; i++) lengths[LENGTH_ORDER[i]!] = bits.take(3)
    // The distances' table is not in use yet: it holds the code of the lengths.
    if (!this.#distances.build(lengths, 0, LENGTH_ORDER.length, false)) return false
    if (!this.#readLengths(literals + distances) || lengths[END_OF_BLOCK] === 0) return false
    if (!this.#literals.build(lengths, 0, literals, true)) return false
    return this.#distances.build(lengths, literals, literals + distances, true)
  }

  #readLengths(count: number): boolean {
    const bits = this.#bits
    const lengths = this.#lengths
    for (let at = 0; at < count; ) {
      const symbol = this.#distances.take(bits)
      if (symbol < 0 || bits.isOverrun) return false
      if (symbol < Repeat.Last) {
        lengths[at++] = symbol
        continue
      }
      if (symbol === Repeat.Last && at === 0) return false
      const repeated = symbol === Repeat.Last ? lengths[at - 1]! : 0
      const times = this.#takeTimes(symbol)
      if (at + times > count) return false
      lengths.fill(repeated, at, at + times)
      at += times
    }
    return !bits.isOverrun
  }

  #takeTimes(symbol: number): number {
    if (symbol === Repeat.ManyZeros) return 11 + this.#bits.take(7)
    return 3 + this.#bits.take(symbol === Repeat.Zeros ? 3 : 2)
  }
}
