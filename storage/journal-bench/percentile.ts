/** Times of single calls in nanoseconds; sorted once they are asked for. */
export class CallTimes {
  readonly #timesNs: number[] = []

  add(timeNs: number): void {
    this.#timesNs.push(timeNs)
  }

  get totalNs(): number {
    return this.#timesNs.reduce((sum, timeNs) => sum + timeNs, 0)
  }

  /** @param fraction from 0 to 1 */
  percentileNs(fraction: number): number {
    const sorted = [...this.#timesNs].sort((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0
  }
}

/** The middle one of a few figures. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}
