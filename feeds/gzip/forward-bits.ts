/** Bits that one look gives at most. */
const PEEK_BITS_MAX = 16

/** Bits of bytes, from the lowest bit of the first one on (RFC 1951, section 3.1.1). What lies beyond the end is zero. */
export class ForwardBits {
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0
  #held = 0
  #heldBits = 0

  /** Begins at a byte. */
  open(bytes: Uint8Array, at: number): void {
    this.#bytes = bytes
    this.#at = at
    this.#held = 0
    this.#heldBits = 0
  }

  /** The next bits, 1 to 16 of them, without taking them. */
  peek(count: number): number {
    while (this.#heldBits < PEEK_BITS_MAX) {
      const byte = this.#at < this.#bytes.length ? this.#bytes[this.#at]! : 0
      this.#held |= byte << this.#heldBits
      this.#at++
      this.#heldBits += 8
    }
    return this.#held & ((1 << count) - 1)
  }

  /** Takes bits that were looked at. */
  skip(count: number): void {
    this.#held >>>= count
    this.#heldBits -= count
  }

  /** Takes the next bits, 0 to 16 of them. */
  take(count: number): number {
    if (count === 0) return 0
    const value = this.peek(count)
    this.skip(count)
    return value
  }

  /** Whether more bits were taken than there are. */
  get isOverrun(): boolean {
    return this.#at * 8 - this.#heldBits > this.#bytes.length * 8
  }

  /** Drops the rest of a byte that was begun. @returns where the next byte is */
  alignToByte(): number {
    this.skip(this.#heldBits & 7)
    const at = this.#at - (this.#heldBits >> 3)
    this.open(this.#bytes, at)
    return at
  }
}
