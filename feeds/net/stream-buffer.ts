/** Bytes of one direction of a connection that can be held: the longest message of a protocol and what arrives meanwhile. */
export const STREAM_BUFFER_BYTES = 1 << 18
/** Runs of bytes that are told apart in a buffer. Policy: a segment that would begin a further one is not taken. */
export const STREAM_RANGES_MAX = 64

/**
 * Bytes of one direction of a TCP connection that wait: for the rest of a message, or for bytes before them.
 *
 *     bytes   ┌ ready ┬ hole ┬ range ┬ hole ┬ range ┬ free ┐
 *             0                                            STREAM_BUFFER_BYTES
 *
 * The bytes that came first stay; what comes again is left out.
 */
export class StreamBuffer {
  readonly bytes = new Uint8Array(STREAM_BUFFER_BYTES)
  /** Ranges that hold bytes, ascending, apart from each other. */
  ranges = 0
  readonly #from = new Int32Array(STREAM_RANGES_MAX)
  readonly #to = new Int32Array(STREAM_RANGES_MAX)

  clear(): void {
    this.ranges = 0
  }

  /** How many bytes from the first one on are there. */
  ready(): number {
    return this.ranges > 0 && this.#from[0] === 0 ? this.#to[0]! : 0
  }

  /** Where the first range behind a hole begins; −1 when nothing waits behind one. */
  beyond(): number {
    const index = this.ready() > 0 ? 1 : 0
    return index < this.ranges ? this.#from[index]! : -1
  }

  /** All bytes held. */
  held(): number {
    let held = 0
    for (let i = 0; i < this.ranges; i++) held += this.#to[i]! - this.#from[i]!
    return held
  }

  /** Offset behind the last byte held. */
  end(): number {
    return this.ranges > 0 ? this.#to[this.ranges - 1]! : 0
  }

  /**
   * Takes bytes in at `offset`; they fit into the buffer.
   * @returns how many of them were there already; −1 when there are too many ranges
   */
  insert(offset: number, source: Uint8Array, at: number, length: number): number {
    const to = offset + length
    let first = 0
    while (first < this.ranges && this.#to[first]! < offset) first++
    let last = first
    let position = offset
    let known = 0
    for (; last < this.ranges && this.#from[last]! <= to; last++) {
      const rangeFrom = this.#from[last]!
      const rangeTo = this.#to[last]!
      if (rangeFrom > position) this.#copy(position, rangeFrom, source, at - offset)
      known += Math.max(0, Math.min(to, rangeTo) - Math.max(offset, rangeFrom))
      position = Math.max(position, rangeTo)
    }
    if (first === last && this.ranges === STREAM_RANGES_MAX) return -1
    if (position < to) this.#copy(position, to, source, at - offset)
    const from = first < last ? Math.min(offset, this.#from[first]!) : offset
    const end = first < last ? Math.max(to, this.#to[last - 1]!) : to
    this.#replace(first, last, from, end)
    return known
  }

  /** Drops the first `count` bytes, whether they are there or not; the others move to the front. */
  drop(count: number): void {
    const end = this.end()
    if (count < end) this.bytes.copyWithin(0, count, end)
    let kept = 0
    for (let i = 0; i < this.ranges; i++) {
      if (this.#to[i]! <= count) continue
      this.#from[kept] = Math.max(0, this.#from[i]! - count)
      this.#to[kept] = this.#to[i]! - count
      kept++
    }
    this.ranges = kept
  }

  /** Copies what belongs from `from` to `to`; `shift` leads from an offset to the source's. */
  #copy(from: number, to: number, source: Uint8Array, shift: number): void {
    const { bytes } = this
    for (let i = from; i < to; i++) bytes[i] = source[i + shift]!
  }

  /** Puts one range in the place of those from `first` up to `last`. */
  #replace(first: number, last: number, from: number, to: number): void {
    this.#from.copyWithin(first + 1, last, this.ranges)
    this.#to.copyWithin(first + 1, last, this.ranges)
    this.ranges += 1 - (last - first)
    this.#from[first] = from
    this.#to[first] = to
  }
}
