import { RingHeader, RingMark } from './layout.ts'

/** What a ring says about a published position. */
export interface PublishedMark {
  /** The tail, in words modulo 2^32. */
  readonly tail: number
  /** The same position in bytes since the ring was made. */
  readonly publishedBytes: number
  /** Sequence of the last record before it, 0 for none; −1 when the producer was too fast to tell. */
  readonly sequence: number
  /** Index of the mark as a double of the ring section, or −1 as above. */
  readonly markAt: number
}

/** Looks for a moment in which tail and mark agree; each costs the producer at least a publish to spoil. */
const LOOKS_MAX = 64

const FIRST_MARK = RingHeader.Mark0 >> 3
const SECOND_MARK = RingHeader.Mark1 >> 3
const PUBLISHED = RingMark.PublishedBytes >> 3

/**
 * Reads the tail together with what is published before it. On a ring whose producer rests or is dead the answer is
 * always complete; position and bytes always are.
 * @param words the ring's section as words
 * @param facts the same as doubles
 */
export function readPublishedMark(words: Int32Array, facts: Float64Array): PublishedMark {
  for (let look = 0; look < LOOKS_MAX; look++) {
    const tail = Atomics.load(words, RingHeader.Tail >> 2)
    for (let markAt = FIRST_MARK; markAt <= SECOND_MARK; markAt += RingMark.Bytes >> 3) {
      const publishedBytes = facts[markAt + PUBLISHED]!
      const sequence = facts[markAt]!
      if (toPosition(publishedBytes) !== tail) continue
      // A mark is overwritten only after the tail has gone past it: with the tail unmoved both reads are of one mark.
      if (Atomics.load(words, RingHeader.Tail >> 2) === tail) return { tail, publishedBytes, sequence, markAt }
    }
  }
  const tail = Atomics.load(words, RingHeader.Tail >> 2)
  const near = Math.max(facts[FIRST_MARK + PUBLISHED]!, facts[SECOND_MARK + PUBLISHED]!)
  return { tail, publishedBytes: near + ((tail - toPosition(near)) | 0) * 8, sequence: -1, markAt: -1 }
}

/** Words modulo 2^32 of a position in bytes. */
export function toPosition(publishedBytes: number): number {
  return (publishedBytes / 8) | 0
}
