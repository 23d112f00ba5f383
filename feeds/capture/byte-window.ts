import { type ByteSource, SourceRead } from './byte-source.ts'

/** Whether the bytes that a parser asked for are there. */
export enum Need {
  /** The source ended first; what is left is between `start` and `end`. */
  End = 0,
  Ready = 1,
  /** Ask again later. */
  NotYet = -1,
}

/** Room for the longest legal record of any capture format, and for a refill worth a system call. */
export const WINDOW_BYTES = 1 << 19

/**
 * A linear view of a byte stream for parsers: the unread bytes lie in `u8` from `start` to `end`. What is left of a
 * record at a refill is carried to the front, so a record is always in one piece.
 *
 *     u8   ┌ consumed ┬ unread ┬ free ┐
 *          0          start    end    capacity          stream offset of u8[0] = base[0]
 *
 * Bound: the capacity; a parser never needs more than its format's longest legal record.
 */
export class ByteWindow {
  readonly u8: Uint8Array
  /** The parser moves it forward over what it has used. */
  start = 0
  end = 0
  /** [0] stream offset of `u8[0]`; a double slot, since files pass 2^31 bytes. */
  readonly base = new Float64Array(1)
  #source: ByteSource | undefined
  #hasEnded = false

  constructor(capacityBytes = WINDOW_BYTES) {
    this.u8 = new Uint8Array(capacityBytes)
  }

  /** Begins another stream: what was left of the one before is dropped. */
  open(source: ByteSource): void {
    this.#source = source
    this.#hasEnded = false
    this.start = 0
    this.end = 0
    this.base[0] = 0
  }

  /** Makes `bytes` unread bytes available in one piece; at most the capacity. */
  need(bytes: number): Need {
    return this.end - this.start >= bytes ? Need.Ready : this.#refill(bytes)
  }

  /** Skips up to `bytes` of the bytes at hand. @returns how many are still to be skipped */
  skip(bytes: number): number {
    const unread = this.end - this.start
    const skipped = Math.min(bytes, unread)
    this.start += skipped
    return bytes - skipped
  }

  /** Stream offset of the next unread byte. */
  offset(): number {
    return this.base[0]! + this.start
  }

  #refill(bytes: number): Need {
    if (bytes > this.u8.length) throw new RangeError(`a window of ${this.u8.length} bytes cannot hold ${bytes}`)
    if (this.start > 0) {
      this.u8.copyWithin(0, this.start, this.end)
      this.base[0]! += this.start
      this.end -= this.start
      this.start = 0
    }
    while (this.end < bytes) {
      if (this.#hasEnded || this.#source === undefined) return Need.End
      const count = this.#source.read(this.u8, this.end, this.u8.length - this.end)
      if (count === SourceRead.NotYet) return Need.NotYet
      if (count === SourceRead.End) this.#hasEnded = true
      else this.end += count
    }
    return Need.Ready
  }
}
