/**
 * Numbers for tests: the same for a seed, everywhere. A counter in golden-ratio steps whose every value is mixed (SplitMix, with
 * the 32-bit finaliser of MurmurHash3), begun at the mixed seed: neighbouring seeds have nothing in common.
 */
export class TestRandom {
  #state: number

  /** @param seed any whole number; what is beyond 32 bits counts as its rest */
  constructor(seed: number) {
    this.#state = mix(seed | 0)
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x9e3779b9) | 0
    return Math.floor((mix(this.#state) / 4294967296) * limit)
  }
}

/** Spreads each bit over all 32. @returns an unsigned word */
function mix(word: number): number {
  let x = word
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}
