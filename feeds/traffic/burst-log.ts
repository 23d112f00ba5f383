/** Bursts kept; the largest come first. */
const BURSTS_MAX = 5
const NONE = -1

/** One of the busiest periods. */
export interface Burst {
  /** When the period began, in ns since the series' origin. */
  readonly startNs: number
  readonly count: number
}

/**
 * The busiest periods of one length, on a fixed grid: each period is complete when the next begins. What is stamped before the
 * period at hand counts in it: captures run backwards by little.
 * Bound: BURSTS_MAX; policy: the smallest is forgotten.
 */
export class BurstLog {
  readonly periodNs: number
  readonly #indices = new Float64Array(BURSTS_MAX).fill(NONE)
  readonly #counts = new Float64Array(BURSTS_MAX)
  /** The period at hand: its number, and its count so far. */
  #index = NONE
  #count = 0

  constructor(periodNs: number) {
    this.periodNs = periodNs
  }

  /** Counts something at `timeNs[0]`, ns since the origin. */
  note(timeNs: Float64Array, count: number): void {
    const index = Math.floor(timeNs[0]! / this.periodNs)
    if (index > this.#index) {
      this.#keep()
      this.#index = index
      this.#count = 0
    }
    this.#count += count
  }

  /** The busiest periods so far, the largest first; of equals the earlier. */
  bursts(): Burst[] {
    const all: Burst[] = []
    for (let i = 0; i < BURSTS_MAX; i++) {
      if (this.#counts[i]! > 0) all.push({ startNs: this.#indices[i]! * this.periodNs, count: this.#counts[i]! })
    }
    if (this.#count > 0) all.push({ startNs: this.#index * this.periodNs, count: this.#count })
    return all.sort((a, b) => b.count - a.count || a.startNs - b.startNs).slice(0, BURSTS_MAX)
  }

  #keep(): void {
    const counts = this.#counts
    let at = BURSTS_MAX
    while (at > 0 && counts[at - 1]! < this.#count) at--
    if (at === BURSTS_MAX) return
    counts.copyWithin(at + 1, at, BURSTS_MAX - 1)
    this.#indices.copyWithin(at + 1, at, BURSTS_MAX - 1)
    counts[at] = this.#count
    this.#indices[at] = this.#index
  }
}
