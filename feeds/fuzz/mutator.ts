import { RandomStream } from '../generate/random.ts'
import { FieldList, type FindFields } from './field-list.ts'
import { changeField } from './field-mutation.ts'
import { changePart } from './part-mutation.ts'
import { INPUT_BYTES_MAX } from './target.ts'

/** Values that lengths and counts break at. */
const EDGES = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff] as const
/** Headers lie in front: half of all changes are made there. */
const FRONT_BYTES = 64
const CHANGES_MAX = 5
const FIELDS_CHANGED_MAX = 3
/** Seeds that lie next to each other are of one file, one day and one session. */
const NEIGHBOURS = 12

/** A seed and where its fields are. */
export interface ShapedSeed {
  readonly bytes: Uint8Array
  readonly fields: FieldList
}

/**
 * Makes mutations of small inputs. Blind ones: bits flipped, bytes replaced, runs copied, cut, put together. Of what is known
 * to be a field: edge values, other lengths and counts, types of other inputs. Of messages: left out, doubled, taken from another
 * input, with the header's counts put right. The same for a seed. One stream keeps to a few inputs that lie next to each other,
 * and begins with one as it is: a decoder takes its day from the first.
 */
export class Mutator {
  /** The mutation at hand: the first `length` bytes. */
  readonly bytes = new Uint8Array(INPUT_BYTES_MAX)
  length = 0
  readonly seeds: readonly ShapedSeed[]
  readonly random: RandomStream
  /** Bytes in front that still lie where the fields of the seed at hand say. */
  intactBytes = 0
  #isFirst = true

  /** @param stream separates the mutations of one seed */
  constructor(seeds: readonly Uint8Array[], findFields: FindFields | undefined, seed: number, stream: number) {
    this.random = new RandomStream(seed, stream)
    const from = this.random.below(Math.max(1, seeds.length - NEIGHBOURS + 1))
    this.seeds = seeds.slice(from, from + NEIGHBOURS).map((bytes) => {
      const fields = new FieldList()
      findFields?.(bytes, fields)
      return { bytes, fields }
    })
  }

  /** Makes the next mutation. One in sixteen is a seed as it is: state that only good input builds up is there, too. */
  next(): void {
    const { random } = this
    const seed = this.pickSeed()
    this.#load(seed.bytes, 0)
    this.intactBytes = this.length
    const isAsItIs = random.below(16) === 0 || this.#isFirst
    this.#isFirst = false
    if (isAsItIs) return
    const { fields } = seed
    const mode = fields.count === 0 ? 0 : random.below(4)
    if (mode >= 2 && fields.parts > 0) changePart(this, fields)
    if (mode === 1 || mode === 2) this.#changeFields(fields)
    if (mode !== 1 && mode !== 2) this.#changeBlindly()
    if (random.below(8) === 0) this.length = random.below(this.length + 1)
    else if (random.below(16) === 0) this.#splice()
  }

  pickSeed(): ShapedSeed {
    return this.seeds[this.random.below(this.seeds.length)]!
  }

  #load(seed: Uint8Array, at: number): void {
    const fits = at + seed.length <= INPUT_BYTES_MAX
    this.bytes.set(fits ? seed : seed.subarray(0, INPUT_BYTES_MAX - at), at)
    this.length = Math.min(INPUT_BYTES_MAX, at + seed.length)
  }

  #changeFields(fields: FieldList): void {
    const changes = 1 + this.random.below(FIELDS_CHANGED_MAX)
    for (let i = 0; i < changes; i++) changeField(this, fields)
  }

  #changeBlindly(): void {
    const changes = 1 + this.random.below(CHANGES_MAX)
    for (let i = 0; i < changes; i++) this.#change()
  }

  #change(): void {
    const { random } = this
    if (this.length === 0) return
    const at = random.below(random.below(2) === 0 ? Math.min(FRONT_BYTES, this.length) : this.length)
    const { bytes } = this
    switch (random.below(6)) {
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
      case 4:
        // A digit stays one, mostly.
        bytes[at]! += random.below(2) === 0 ? 1 : -1
        return
      default: {
        const count = Math.min(1 + random.below(32), this.length - at)
        bytes.copyWithin(at, random.below(this.length - count + 1), at + count)
      }
    }
  }

  /** Another seed behind a part of this one. */
  #splice(): void {
    this.#load(this.pickSeed().bytes, this.random.below(this.length + 1))
  }
}
