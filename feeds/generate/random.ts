/**
 * Seeded pseudo-random numbers for generated sessions.
 *
 * Source: xoshiro128** 1.1 by David Blackman and Sebastiano Vigna ("Scrambled Linear Pseudorandom Number Generators",
 * ACM TOMS 2021; reference C in the public domain, prng.di.unimi.it). The state is filled by the 32-bit finalizer of
 * MurmurHash3 over a Weyl sequence, so that near seeds give unrelated states. Only 32-bit integer arithmetic and
 * exact double operations are used, hence the same numbers on every engine.
 */
export class RandomStream {
  private readonly state = new Int32Array(4)

  /**
   * @param seed whole number from 0 to 2^53 - 1
   * @param stream separates independent uses of one seed
   */
  constructor(seed: number, stream = 0) {
    let weyl = (seed >>> 0) ^ Math.imul(Math.floor(seed / 0x1_0000_0000) + 1, 0x85eb_ca6b)
    weyl = (weyl + Math.imul(stream, 0xc2b2_ae35)) | 0
    for (let i = 0; i < 4; i++) {
      weyl = (weyl + 0x9e37_79b9) | 0
      let mixed = weyl
      mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b)
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35)
      this.state[i] = mixed ^ (mixed >>> 16)
    }
    // The all-zero state is the only one that the recurrence never leaves.
    if ((this.state[0]! | this.state[1]! | this.state[2]! | this.state[3]!) === 0) this.state[0] = 1
  }

  /** A stream at a given state; for checks against the reference sequence. */
  static fromState(state: readonly [number, number, number, number]): RandomStream {
    const stream = new RandomStream(0)
    stream.state.set(state)
    return stream
  }

  /** The next 32 bits as a signed integer. */
  nextInt32(): number {
    const s = this.state
    const s1 = s[1]!
    const scaled = Math.imul(s1, 5)
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9)
    const s2 = s[2]! ^ s[0]!
    const s3 = s[3]! ^ s1
    s[1] = s1 ^ s2
    s[0] = s[0]! ^ s3
    s[2] = s2 ^ (s1 << 9)
    s[3] = (s3 << 11) | (s3 >>> 21)
    return result
  }

  /** The top `count` bits of the next number, 1 to 31. */
  bits(count: number): number {
    return this.nextInt32() >>> (32 - count)
  }

  /** A whole number from 0 to `bound` - 1, for bounds up to 2^21; each value's bias is under `bound` / 2^32. */
  below(bound: number): number {
    return Math.floor(((this.nextInt32() >>> 0) * bound) / 0x1_0000_0000)
  }

  /** A multiple of 2^-32 in [0, 1). */
  unit(): number {
    return (this.nextInt32() >>> 0) / 0x1_0000_0000
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.nextInt32() >>> 0 < probability * 0x1_0000_0000
  }

  /** Nearly normal, mean 0 and variance 1: the scaled sum of four uniforms, so never beyond 3.47. */
  gaussian(): number {
    const first = this.nextInt32()
    const second = this.nextInt32()
    const sum = (first >>> 16) + (first & 0xffff) + (second >>> 16) + (second & 0xffff)
    return ((sum - 131_070) / 65_536) * 1.7320508
  }
}
