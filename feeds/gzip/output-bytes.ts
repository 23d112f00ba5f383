const BYTES_MIN = 1 << 12

/** Decompressed bytes in one piece, which grows with what is really there, up to a bound. */
export class OutputBytes {
  length = 0
  #bytes = new Uint8Array(BYTES_MIN)
  #bytesMax = 0

  /** Empties it, for at most so many bytes. What an earlier use made it grow to is given up. */
  reset(bytesMax: number): void {
    if (this.#bytes.length > BYTES_MIN) this.#bytes = new Uint8Array(BYTES_MIN)
    this.#bytesMax = bytesMax
    this.length = 0
  }

  /** Hands the bytes over, and is empty and without room. */
  take(): Uint8Array {
    const bytes = this.#bytes.length > BYTES_MIN ? this.view(0) : this.#bytes.slice(0, this.length)
    this.reset(0)
    return bytes
  }

  /** The bytes from one on, good until more are added. */
  view(from: number): Uint8Array {
    return this.#bytes.subarray(from, this.length)
  }

  /** @returns false when the bound is reached */
  push(byte: number): boolean {
    if (!this.#makeRoom(1)) return false
    this.#bytes[this.length++] = byte
    return true
  }

  /** Adds bytes of others. @returns false when the bound is reached: then as many as there is room for */
  append(bytes: Uint8Array, from: number, to: number): boolean {
    const hasRoom = this.#makeRoom(to - from)
    const end = Math.min(to, from + this.#roomEnd() - this.length)
    this.#bytes.set(bytes.subarray(from, end), this.length)
    this.length += end - from
    return hasRoom
  }

  /** Adds bytes that lie `distance` back, which may be among those added. @returns false as `append` */
  repeat(distance: number, count: number): boolean {
    const hasRoom = this.#makeRoom(count)
    const bytes = this.#bytes
    const end = Math.min(this.length + count, this.#roomEnd())
    for (let at = this.length; at < end; at++) bytes[at] = bytes[at - distance]!
    this.length = end
    return hasRoom
  }

  #roomEnd(): number {
    return Math.min(this.#bytes.length, this.#bytesMax)
  }

  #makeRoom(count: number): boolean {
    const needed = this.length + count
    if (needed <= this.#bytes.length) return needed <= this.#bytesMax
    const room = Math.min(this.#bytesMax, Math.max(needed, 2 * this.#bytes.length))
    if (room > this.#bytes.length) {
      const grown = new Uint8Array(room)
      grown.set(this.#bytes.subarray(0, this.length))
      this.#bytes = grown
    }
    return needed <= this.#bytesMax
  }
}
