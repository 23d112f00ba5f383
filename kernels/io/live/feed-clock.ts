/**
 * How far this host's clock and the feed's are apart: the least difference of a message's arrival and its exchange time within a
 * second, so that what waited on its way does not count. What the feed always takes is part of it.
 */
export class FeedClock {
  readonly #leastNs = new Float64Array([Number.POSITIVE_INFINITY])

  /** @param nowNs [0]: arrival @param sourceNs by the exchange, at `index`; both since the session's epoch */
  note(nowNs: Float64Array, sourceNs: Float64Array, index: number): void {
    const differenceNs = nowNs[0]! - sourceNs[index]!
    if (differenceNs < this.#leastNs[0]!) this.#leastNs[0] = differenceNs
  }

  /** The difference since the last call, without its sign; 0 when nothing came. */
  takeErrorNs(): number {
    const leastNs = this.#leastNs[0]!
    this.#leastNs[0] = Number.POSITIVE_INFINITY
    return leastNs === Number.POSITIVE_INFINITY ? 0 : Math.abs(leastNs)
  }
}
