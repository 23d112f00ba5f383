import { BackwardBits } from './bits.ts'
import { FseTable } from './fse-table.ts'

/** The longest code (RFC 8878, section 4.2.1). */
const CODE_BITS_MAX = 11
const SYMBOLS_MAX = 256
const WEIGHT_ACCURACY_MAX = 6
/** Tree descriptions from here on give each weight in four bits, without a table. */
const DIRECT_WEIGHTS = 128

/** The Huffman code of a block's literals, which later blocks may use again (RFC 8878, section 4.2). */
export class HuffmanTable {
  #codeBits = 0
  readonly #symbols = new Uint8Array(1 << CODE_BITS_MAX)
  readonly #bits = new Uint8Array(1 << CODE_BITS_MAX)
  readonly #weights = new Uint8Array(SYMBOLS_MAX)
  /** Number of symbols by weight, then the first free cell of each. */
  readonly #cells = new Int32Array(CODE_BITS_MAX + 2)
  readonly #weightTable = new FseTable(WEIGHT_ACCURACY_MAX, CODE_BITS_MAX + 1)
  readonly #stream = new BackwardBits()

  /** Whether a tree was read since the last `forget`. */
  get isKnown(): boolean {
    return this.#codeBits > 0
  }

  forget(): void {
    this.#codeBits = 0
  }

  /**
   * Reads a tree's description.
   * @returns bytes that it takes, −1 when it is damaged
   */
  read(bytes: Uint8Array, at: number, end: number): number {
    this.#codeBits = 0
    if (at >= end) return -1
    const first = bytes[at]!
    const isDirect = first >= DIRECT_WEIGHTS
    const length = isDirect ? (first - DIRECT_WEIGHTS + 2) >> 1 : first
    if (at + 1 + length > end) return -1
    const count = isDirect
      ? this.#readDirect(bytes, at + 1, first - DIRECT_WEIGHTS + 1)
      : this.#readPacked(bytes, at + 1, at + 1 + length)
    return count > 0 && this.#build(count) ? 1 + length : -1
  }

  /**
   * Decodes a stream to its very end.
   * @returns false when it holds more or fewer symbols
   */
  decode(bytes: Uint8Array, start: number, end: number, target: Uint8Array, from: number, to: number): boolean {
    const stream = this.#stream
    if (!stream.open(bytes, start, end)) return false
    const symbols = this.#symbols
    const bits = this.#bits
    const width = this.#codeBits
    for (let at = from; at < to; at++) {
      const cell = stream.peek(width)
      target[at] = symbols[cell]!
      stream.left -= bits[cell]!
    }
    return stream.left === 0
  }

  #readDirect(bytes: Uint8Array, at: number, count: number): number {
    for (let i = 0; i < count; i++) this.#weights[i] = (bytes[at + (i >> 1)]! >> ((i & 1) === 0 ? 4 : 0)) & 15
    return count
  }

  /** Two states take turns until their bits run out (section 4.2.1.2). @returns how many weights, −1 when it is damaged */
  #readPacked(bytes: Uint8Array, at: number, end: number): number {
    const table = this.#weightTable
    const weights = this.#weights
    const stream = this.#stream
    const used = table.read(bytes, at, end)
    if (used < 0 || !stream.open(bytes, at + used, end)) return -1
    let state = table.firstState(stream)
    let other = table.firstState(stream)
    if (stream.left < 0) return -1
    // Where one weight has all the probability no bits are used, and the weights would never end.
    for (let count = 0; count < SYMBOLS_MAX - 2; ) {
      weights[count++] = table.symbols[state]!
      const next = table.nextState(state, stream)
      state = other
      other = next
      if (stream.left >= 0) continue
      weights[count++] = table.symbols[state]!
      return count
    }
    return -1
  }

  /** The last weight is not stored: it makes the sum a power of two. @returns false when that cannot be */
  #build(stored: number): boolean {
    const weights = this.#weights
    const cells = this.#cells.fill(0)
    let sum = 0
    for (let i = 0; i < stored; i++) {
      if (weights[i]! > CODE_BITS_MAX) return false
      cells[weights[i]!]!++
      if (weights[i]! > 0) sum += 1 << (weights[i]! - 1)
    }
    if (sum === 0) return false
    const codeBits = 32 - Math.clz32(sum)
    const left = (1 << codeBits) - sum
    if (codeBits > CODE_BITS_MAX || (left & (left - 1)) !== 0) return false
    weights[stored] = 32 - Math.clz32(left)
    cells[weights[stored]]!++
    // Cells go to the longest codes first, which have the least weight.
    let next = 0
    for (let weight = 1; weight <= codeBits; weight++) {
      const first = next
      next += cells[weight]! << (weight - 1)
      cells[weight] = first
    }
    for (let symbol = 0; symbol <= stored; symbol++) this.#place(symbol, weights[symbol]!, codeBits)
    this.#codeBits = codeBits
    return true
  }

  #place(symbol: number, weight: number, codeBits: number): void {
    if (weight === 0) return
    const from = this.#cells[weight]!
    const to = from + (1 << (weight - 1))
    this.#symbols.fill(symbol, from, to)
    this.#bits.fill(codeBits + 1 - weight, from, to)
    this.#cells[weight] = to
  }
}
