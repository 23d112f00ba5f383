import { RandomStream } from '../generate/random.ts'
import { INPUT_BYTES_MAX } from './target.ts'

/** Values that lengths and counts break at. */
const EDGES = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff] as const
/** Headers lie in front: half of all changes are made there. */
const FRONT_BYTES = 64
const CHANGES_MAX = 5
/** Seeds that lie next to each other are of one file, one day and one session. */
const NEIGHBOURS = 12

/**
 * Makes mutations of small inputs: bits flipped, bytes replaced, runs copied, cut, put together. The same for a seed. One stream
 * keeps to a few inputs that lie next to each other, and begins with one as it is: a decoder takes its day from the first.
 */
export class Mutator {
  /** The mutation at hand: the first `length` bytes. */
  readonly bytes = new Uint8Array(INPUT_BYTES_MAX)
  length = 0
  readonly #seeds: readonly Uint8Array[]
  readonly #random: RandomStream
  #isFirst = true

  /** @param stream separates the mutations of one seed */
  constructor(seeds: readonly Uint8Array[], seed: number, stream: number) {
    this.#random = new RandomStream(seed, stream)
    const from = this.#random.below(Math.max(1, seeds.length - NEIGHBOURS + 1))
    this.#seeds = seeds.slice(from, from + NEIGHBOURS)
  }

  /** Makes the next mutation. One in sixteen is a seed as it is: state that only good input builds up is there, too. */
  next(): void {
    const random = this.#random
    this.#load(this.#seeds[random.below(this.#seeds.length)]!, 0)
    const isAsItIs = random.below(16) === 0 || this.#isFirst
    this.#isFirst = false
    if (isAsItIs) return
    const changes = 1 + random.below(CHANGES_MAX)
    for (let i = 0; i < changes; i++) this.#change()
    if (random.below(8) === 0) this.length = random.below(this.length + 1)
    else if (random.below(16) === 0) this.#splice()
  }

  #load(seed: Uint8Array, at: number): void {
    const count = Math.min(seed.length, INPUT_BYTES_MAX - at)
    for (let i = 0; i < count; i++) this.bytes[at + i] = seed[i]!
    this.length = at + count
  }

  #change(): void {
    const random = this.#random
    if (this.length === 0) return
    const at = random.below(random.below(2) === 0 ? Math.min(FRONT_BYTES, this.length) : this.length)
    const { bytes } = this
    switch (random.below(5)) {
      case 0:
        bytes[at]! ^= 1 << random.below(8)
        return
      case 1:
        bytes[at] = random.nextInt32()
        return
      case 2:
        bytes[at] = EDGES[random.below(EDGES.length)]!
        return
      case 3: {
        // A wrong length, of either byte order.
        const edge = EDGES[random.below(EDGES.length)]!
        bytes.fill(edge, at, Math.min(this.length, at + 1 + random.below(8)))
        return
      }
      default: {
        const count = Math.min(1 + random.below(32), this.length - at)
        bytes.copyWithin(at, random.below(this.length - count + 1), at + count)
      }
    }
  }

  /** Another seed behind a part of this one. */
  #splice(): void {
    const random = this.#random
    this.#load(this.#seeds[random.below(this.#seeds.length)]!, random.below(this.length + 1))
  }
}
