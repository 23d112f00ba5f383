import { BurstLog } from './burst-log.ts'

const BINS = 1 << 14
/** Width of a bin at the beginning. Widths are 1 or 2 times a power of ten, so that bins add up to round columns. */
const FIRST_WIDTH_NS = 1000
/** Round numbers of ns that a column may be wide, times a power of ten. */
const ROUND = [1, 2, 5]
/** Lengths of the periods whose bursts are kept: 1 ms, 10 ms, 1 s. */
const BURST_PERIODS_NS = [1e6, 1e7, 1e9]

/** Counts in equal columns of time. */
export interface RateColumns {
  /** Where the first column begins, ns since the origin. */
  readonly startNs: number
  readonly columnNs: number
  readonly counts: readonly number[]
}

/**
 * How many of something came when: counts in bins of time from an origin on, and the busiest periods.
 * Bound: BINS; policy: when time goes beyond the last bin, bins are put together by twos or fives, so that all of a capture is
 * held, at the resolution that its length allows.
 */
export class RateSeries {
  readonly bursts: readonly BurstLog[] = BURST_PERIODS_NS.map((periodNs) => new BurstLog(periodNs))
  readonly #bins = new Float64Array(BINS)
  #widthNs = FIRST_WIDTH_NS
  #isTwo = false
  #firstBin = BINS
  #lastBin = -1

  /** Counts something at `timeNs[0]`, ns since the origin; what comes before the origin counts at it. */
  note(timeNs: Float64Array, count: number): void {
    while (timeNs[0]! >= this.#widthNs * BINS) this.#widen()
    const bin = Math.max(0, Math.floor(timeNs[0]! / this.#widthNs))
    this.#bins[bin]! += count
    if (bin < this.#firstBin) this.#firstBin = bin
    if (bin > this.#lastBin) this.#lastBin = bin
    for (let i = 0; i < this.bursts.length; i++) this.bursts[i]!.note(timeNs, count)
  }

  /** Whether anything was counted. */
  get isUsed(): boolean {
    return this.#lastBin >= 0
  }

  /** The series in at most `columnsMax` columns of a round width; none when nothing was counted. */
  columns(columnsMax: number): RateColumns {
    if (this.#lastBin < 0) return { startNs: 0, columnNs: this.#widthNs, counts: [] }
    const columnBins = this.#columnBins(columnsMax)
    const first = Math.floor(this.#firstBin / columnBins)
    const counts = new Array<number>(Math.floor(this.#lastBin / columnBins) - first + 1).fill(0)
    for (let bin = this.#firstBin; bin <= this.#lastBin; bin++) {
      counts[Math.floor(bin / columnBins) - first]! += this.#bins[bin]!
    }
    const columnNs = columnBins * this.#widthNs
    return { startNs: first * columnNs, columnNs, counts }
  }

  /** The least round number of bins that makes few enough columns. */
  #columnBins(columnsMax: number): number {
    for (let power = 1; ; power *= 10) {
      for (const round of ROUND) {
        // Of a bin of 2 units, 1, 5 and 25 make columns of 2, 10 and 50.
        const bins = (round * power) / (this.#isTwo ? 2 : 1)
        if (!Number.isInteger(bins)) continue
        const columns = Math.floor(this.#lastBin / bins) - Math.floor(this.#firstBin / bins) + 1
        if (columns <= columnsMax) return bins
      }
    }
  }

  #widen(): void {
    const factor = this.#isTwo ? 5 : 2
    const bins = this.#bins
    for (let bin = 0; bin < BINS; bin++) {
      const count = bins[bin]!
      bins[bin] = 0
      bins[Math.floor(bin / factor)]! += count
    }
    this.#isTwo = !this.#isTwo
    this.#widthNs *= factor
    if (this.#lastBin < 0) return
    this.#firstBin = Math.floor(this.#firstBin / factor)
    this.#lastBin = Math.floor(this.#lastBin / factor)
  }
}
