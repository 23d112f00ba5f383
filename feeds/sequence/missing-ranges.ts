/** Ranges kept for a session; a busy hour of a bad line has fewer. */
const RANGES_MAX = 64

/**
 * Sequence numbers of one session that were skipped, as half-open ranges.
 * Bound: RANGES_MAX ranges; policy: the oldest is forgotten (its messages stay missing, and count as duplicates should
 * they come after all), counted in `forgotten`.
 */
export class MissingRanges {
  /** Messages missing now; those of forgotten ranges too. */
  readonly missing = new Float64Array(1)
  /** Ranges that were dropped for lack of room. */
  forgotten = 0
  #count = 0
  readonly #first = new Float64Array(RANGES_MAX)
  readonly #end = new Float64Array(RANGES_MAX)

  /** Notes that `range[0]` up to, not including, `range[1]` were skipped. */
  add(range: Float64Array): void {
    this.missing[0]! += range[1]! - range[0]!
    this.#insert(this.#count, range[0]!, range[1]!)
  }

  /** Takes one sequence number out. @returns whether it was missing */
  take(sequence: Float64Array): boolean {
    const wanted = sequence[0]!
    for (let i = this.#count - 1; i >= 0; i--) {
      const first = this.#first[i]!
      const end = this.#end[i]!
      if (wanted < first || wanted >= end) continue
      this.missing[0]!--
      if (first === wanted) this.#first[i] = wanted + 1
      else this.#end[i] = wanted
      if (this.#first[i] === this.#end[i]) this.#remove(i)
      else if (first !== wanted && wanted + 1 < end) this.#insert(i + 1, wanted + 1, end)
      return true
    }
    return false
  }

  /** The ranges still open, first and last sequence number as decimals, for reports. */
  toObjects(): { first: string; last: string }[] {
    const ranges = []
    for (let i = 0; i < this.#count; i++) {
      ranges.push({ first: String(this.#first[i]!), last: String(this.#end[i]! - 1) })
    }
    return ranges
  }

  #insert(index: number, first: number, end: number): void {
    let at = index
    if (this.#count === RANGES_MAX) {
      this.#remove(0)
      this.forgotten++
      at = at > 0 ? at - 1 : 0
    }
    this.#first.copyWithin(at + 1, at, this.#count)
    this.#end.copyWithin(at + 1, at, this.#count)
    this.#first[at] = first
    this.#end[at] = end
    this.#count++
  }

  #remove(index: number): void {
    this.#first.copyWithin(index, index + 1, this.#count)
    this.#end.copyWithin(index, index + 1, this.#count)
    this.#count--
  }
}
