/** Auctions remembered: they last less than a second each. */
const AUCTIONS_MAX = 1 << 14

/**
 * The instrument of each auction by its 64-bit id: its trades name the auction only.
 * Bound: AUCTIONS_MAX; policy: a newer auction takes the place of an older one, whose later trades are counted as of an
 * unknown auction.
 */
export class AuctionIndex {
  readonly #low = new Int32Array(AUCTIONS_MAX)
  readonly #high = new Int32Array(AUCTIONS_MAX)
  readonly #instruments = new Int32Array(AUCTIONS_MAX)

  /** Notes an auction's instrument; 0 forgets it. */
  note(idLow: number, idHigh: number, instrument: number): void {
    const slot = slotOf(idLow, idHigh)
    this.#low[slot] = idLow
    this.#high[slot] = idHigh
    this.#instruments[slot] = instrument
  }

  /** The auction's instrument, 0 where unknown. */
  find(idLow: number, idHigh: number): number {
    const slot = slotOf(idLow, idHigh)
    return this.#low[slot] === idLow && this.#high[slot] === idHigh ? this.#instruments[slot]! : 0
  }
}

function slotOf(idLow: number, idHigh: number): number {
  return Math.imul(idLow ^ Math.imul(idHigh, 0x85ebca6b), 0x9e3779b1) >>> 18
}
