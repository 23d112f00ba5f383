/** A small seeded generator (mulberry32): tests print the seed, and XK_SEED replays it. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** A whole number from 0 to limit − 1. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * limit)
  }
}

/** The seed of this run: XK_SEED, else fixed, so that `npm test` is the same everywhere. */
export function testSeed(): number {
  return Number(process.env.XK_SEED ?? 20_240_607)
}
