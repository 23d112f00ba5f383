/**
 * A latency histogram in a region section: log-linear buckets, recorded without allocation.
 *
 *     0      8     16    24        24 + 8 × BUCKETS
 *     ┌──────┬─────┬─────┬─────────┐
 *     │ count│ sum │ max │ buckets │  all f64
 *     └──────┴─────┴─────┴─────────┘
 *
 * Values are whole nanoseconds; fractions are cut off, what is not positive counts as 0. Below 64 each has its own bucket; above, each power of two is split in 32, so a reported
 * percentile is at most 1/32 (3.1 %) above the true one. The range ends at 2^41 ns (36 minutes); larger values count
 * in the last bucket, and `max` keeps them exactly.
 */

const SUB_BUCKET_BITS = 5
const SUB_BUCKETS = 1 << SUB_BUCKET_BITS
const LINEAR_LIMIT = SUB_BUCKETS * 2
const TOP_BIT = 41
const BUCKETS = LINEAR_LIMIT + (TOP_BIT - SUB_BUCKET_BITS - 1) * SUB_BUCKETS
const HEADER_DOUBLES = 3

export const HISTOGRAM_BYTES = (HEADER_DOUBLES + BUCKETS) * 8

export interface LatencySummary {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly p9999: number
  readonly max: number
}

/** Records into, and summarises, one histogram section. */
export class Histogram {
  readonly #cells: Float64Array

  constructor(buffer: ArrayBufferLike, byteOffset: number) {
    this.#cells = new Float64Array(buffer, byteOffset, HEADER_DOUBLES + BUCKETS)
  }

  /** Counts the value in `source[index]`: nanoseconds, taken from an array so that no double is boxed for the call. */
  recordFrom(source: Float64Array, index: number): void {
    const cells = this.#cells
    let value = source[index]!
    value = value > 0 ? Math.floor(value) : 0
    cells[0]!++
    cells[1]! += value
    if (value > cells[2]!) cells[2] = value
    let bucket = 0
    if (value < LINEAR_LIMIT) bucket = value | 0
    else if (value < 2147483648) bucket = bucketOfInt(value | 0, 0)
    else if (value < 2199023255552) bucket = bucketOfInt((value / 1024) | 0, 10)
    else bucket = BUCKETS - 1
    cells[HEADER_DOUBLES + bucket]!++
  }

  get count(): number {
    return this.#cells[0]!
  }

  /** The value at or below which a fraction of the recorded ones lie: the upper edge of its bucket. */
  percentile(fraction: number): number {
    const total = this.#cells[0]!
    if (total === 0) return 0
    const wanted = Math.max(1, Math.ceil(total * fraction))
    let seen = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#cells[HEADER_DOUBLES + bucket]!
      if (seen < wanted) continue
      // The last bucket has no upper edge: what is beyond the range counts there too.
      return bucket === BUCKETS - 1 ? this.#cells[2]! : Math.min(upperEdge(bucket), this.#cells[2]!)
    }
    return this.#cells[2]!
  }

  summarise(): LatencySummary {
    return {
      count: this.count,
      p50: this.percentile(0.5),
      p90: this.percentile(0.9),
      p99: this.percentile(0.99),
      p999: this.percentile(0.999),
      p9999: this.percentile(0.9999),
      max: this.#cells[2]!,
    }
  }
}

function bucketOfInt(value: number, shift: number): number {
  const topBit = 31 - Math.clz32(value)
  const within = (value >> (topBit - SUB_BUCKET_BITS)) - SUB_BUCKETS
  return LINEAR_LIMIT + (topBit + shift - SUB_BUCKET_BITS - 1) * SUB_BUCKETS + within
}

function upperEdge(bucket: number): number {
  if (bucket < LINEAR_LIMIT) return bucket
  const power = Math.floor((bucket - LINEAR_LIMIT) / SUB_BUCKETS) + 1
  const within = (bucket - LINEAR_LIMIT) % SUB_BUCKETS
  return (SUB_BUCKETS + within + 1) * 2 ** power - 1
}
