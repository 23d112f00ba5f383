/** Behind what a bit stream is read from, so that no load is outside of the array. */
export const PADDING_BYTES = 8

/** Bits that one read gives at most: a load of 32 bits begins at any bit of a byte. */
const READ_BITS_MAX = 24

/**
 * Bits of a stream that is read from its end to its beginning; the highest set bit of the last byte marks the end and is not of it.
 * What is read beyond the beginning is zero, and `left` negative. Source: RFC 8878, section 4.1 ("bitstreams … are read in reverse").
 */
export class BackwardBits {
  /** Bits not yet read; below zero, so many were read that are not there. */
  left = 0
  #bytes: Uint8Array = new Uint8Array(PADDING_BYTES)
  #start = 0

  /**
   * Begins at the end of a stream.
   * @param bytes at least `PADDING_BYTES` more than the stream's
   * @returns false when it is empty, or its end is not marked
   */
  open(bytes: Uint8Array, start: number, end: number): boolean {
    if (end <= start || bytes[end - 1] === 0) return false
    this.#bytes = bytes
    this.#start = start
    this.left = (end - start) * 8 - (Math.clz32(bytes[end - 1]!) - 24) - 1
    return true
  }

  /** The next bits, 0 to 24 of them, without reading them. */
  peek(count: number): number {
    const from = this.left - count
    if (from >= 0) return this.#load(from) & ((1 << count) - 1)
    return this.left <= 0 ? 0 : (this.#load(0) & ((1 << this.left) - 1)) << -from
  }

  /** The next bits, 0 to 30 of them. */
  read(count: number): number {
    if (count > READ_BITS_MAX) {
      const high = this.read(count - 16)
      return (high << 16) | this.read(16)
    }
    const value = this.peek(count)
    this.left -= count
    return value
  }

  /** At least 25 bits from one on; of a stream that holds fewer, what lies behind it is among them. */
  #load(bit: number): number {
    const bytes = this.#bytes
    const at = this.#start + (bit >>> 3)
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    return word >>> (bit & 7)
  }
}
