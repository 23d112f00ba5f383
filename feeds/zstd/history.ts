import { BLOCK_BYTES_MAX } from '../capture/zstd-layout.ts'

const BYTES_MIN = 1 << 18

/**
 * A frame's decompressed bytes, as far back as its matches may reach: they lie in one piece from `start` to `end`. It grows with
 * what is really there, whatever window a header names; then what is older than the window makes room, each byte moved at most once.
 * Bound: two windows and two blocks.
 */
export class History {
  bytes: Uint8Array = new Uint8Array(BYTES_MIN)
  end = 0
  /** The frame's window. */
  #windowBytes = 0

  /** A frame begins. What an earlier one has made it grow to is given up. */
  reset(windowBytes: number): void {
    if (this.bytes.length > BYTES_MIN) this.bytes = new Uint8Array(BYTES_MIN)
    this.#windowBytes = windowBytes
    this.end = 0
  }

  /** How far back a match may reach. */
  reach(): number {
    return Math.min(this.end, this.#windowBytes)
  }

  /** Makes room for one more block behind `end`. */
  makeRoom(): void {
    if (this.end + BLOCK_BYTES_MAX <= this.bytes.length) return
    const most = 2 * (this.#windowBytes + BLOCK_BYTES_MAX)
    if (this.bytes.length < most) {
      const grown = new Uint8Array(Math.min(most, 2 * this.bytes.length))
      grown.set(this.bytes.subarray(0, this.end))
      this.bytes = grown
      if (this.end + BLOCK_BYTES_MAX <= this.bytes.length) return
    }
    const kept = this.reach()
    this.bytes.copyWithin(0, this.end - kept, this.end)
    this.end = kept
  }
}
