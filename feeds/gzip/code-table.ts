import type { ForwardBits } from './forward-bits.ts'

/** The longest code (RFC 1951, section 3.2.7). */
const CODE_BITS_MAX = 15
const LENGTH_BITS = 4
const LENGTH_MASK = (1 << LENGTH_BITS) - 1

/** A Huffman code, given by the lengths of its symbols' codes (RFC 1951, section 3.2.2). */
export class CodeTable {
  /** Symbol and length by the next bits; zero where no code begins with them. */
  readonly #cells = new Uint16Array(1 << CODE_BITS_MAX)
  #width = 1
  readonly #counts = new Uint16Array(CODE_BITS_MAX + 1)
  readonly #nextCodes = new Uint16Array(CODE_BITS_MAX + 2)

  /**
   * Takes the lengths of codes, 0 where a symbol has none.
   * @param mayBeSparse a code of one symbol (and one bit) or none is good, too (section 3.2.7, on distances)
   * @returns false when there are more codes than bits allow, or fewer than they need
   */
  build(lengths: Uint8Array, from: number, to: number, mayBeSparse: boolean): boolean {
    const counts = this.#counts.fill(0)
    for (let i = from; i < to; i++) counts[lengths[i]!]!++
    counts[0] = 0
    let width = CODE_BITS_MAX
    while (width > 1 && counts[width] === 0) width--
    let code = 0
    let left = 1
    for (let bits = 1; bits <= width; bits++) {
      left = 2 * left - counts[bits]!
      if (left < 0) return false
      this.#nextCodes[bits] = code
      code = (code + counts[bits]!) << 1
    }
    if (left > 0 && !(mayBeSparse && width === 1)) return false
    this.#width = width
    this.#cells.fill(0, 0, 1 << width)
    for (let i = from; i < to; i++) if (lengths[i]! > 0) this.#place(i - from, lengths[i]!)
    return true
  }

  /** Takes the next symbol. @returns −1 when no code begins with the bits that follow */
  take(bits: ForwardBits): number {
    const cell = this.#cells[bits.peek(this.#width)]!
    if (cell === 0) return -1
    bits.skip(cell & LENGTH_MASK)
    return cell >> LENGTH_BITS
  }

  /** Codes lie with their highest bit first, all else with its lowest: a code fills every cell that ends with it, reversed. */
  #place(symbol: number, length: number): void {
    const code = this.#nextCodes[length]!++
    let reversed = 0
    for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit)
    const cell = (symbol << LENGTH_BITS) | length
    for (let at = reversed; at < 1 << this.#width; at += 1 << length) this.#cells[at] = cell
  }
}
