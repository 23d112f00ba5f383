import type { StateArchive } from '../../../kernels/records/state-archive.ts'

/**
 * xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021): 128 bits of state,
 * period 2^128 − 1, 32-bit operations only. Seeded by splitmix32 from the session's seed and the strategy's id.
 */
export class Random {
  readonly #state = new Int32Array(4)

  archive(archive: StateArchive): void {
    archive.array(this.#state)
  }

  seed(low: number, high: number, strategyId: number): void {
    let mixer = (low ^ Math.imul(high, 0x85ebca6b) ^ Math.imul(strategyId, 0x9e3779b1)) | 0
    for (let i = 0; i < 4; i++) {
      mixer = (mixer + 0x9e3779b9) | 0
      let word = mixer ^ (mixer >>> 16)
      word = Math.imul(word, 0x21f0aaad)
      word ^= word >>> 15
      word = Math.imul(word, 0x735a2d97)
      this.#state[i] = word ^ (word >>> 15) ^ (i === 0 ? high : 0)
    }
    if ((this.#state[0]! | this.#state[1]! | this.#state[2]! | this.#state[3]!) === 0) this.#state[0] = 1
  }

  /** 32 random bits as a signed word. */
  nextWord(): number {
    const state = this.#state
    const s1 = state[1]!
    const scaled = Math.imul(s1, 5)
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9)
    const shifted = s1 << 9
    state[2]! ^= state[0]!
    state[3]! ^= s1
    state[1] = s1 ^ state[2]!
    state[0]! ^= state[3]!
    state[2]! ^= shifted
    state[3] = (state[3]! << 11) | (state[3]! >>> 21)
    return result
  }

  /** Writes a number uniform in [0, 1), of 53 bits, to `target[index]`: returned, it would be boxed. */
  drawUniform(target: Float64Array, index: number): void {
    const high = this.nextWord() >>> 5
    const low = this.nextWord() >>> 6
    target[index] = (high * 67108864 + low) / 9007199254740992
  }
}
