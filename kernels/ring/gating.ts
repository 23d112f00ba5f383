import { CursorLayout } from './layout.ts'

/** One consumer that may hold a producer back. */
export interface GatingMember {
  /** The consumer's cursor section, mapped read-only here. */
  readonly cursor: Int32Array
  /** Words of the supervisor's region; `membership[index]` is the least epoch whose cursor counts, 0 for none. */
  readonly membership: Int32Array
  readonly index: number
}

/**
 * The consumers that hold a producer back. A cursor counts when its consumer is a member and the cursor's epoch is not
 * older than the membership's: so the supervisor either lets a dead consumer's cursor go on holding the ring for its
 * successor (membership unchanged) or frees the producer from it (membership one epoch up), with one store.
 */
export class GatingSet {
  readonly #members: readonly GatingMember[]

  constructor(members: readonly GatingMember[]) {
    this.#members = members
  }

  /** The position of the slowest gating cursor, at most `tail`. */
  slowest(tail: number): number {
    let slowest = tail
    for (let i = 0; i < this.#members.length; i++) {
      const member = this.#members[i]!
      const least = Atomics.load(member.membership, member.index)
      if (least === 0) continue
      const epoch = Atomics.load(member.cursor, CursorLayout.Epoch >> 2)
      if (epoch === 0 || epoch < least) continue
      const cursor = Atomics.load(member.cursor, CursorLayout.Cursor >> 2)
      if (((cursor - slowest) | 0) < 0) slowest = cursor
    }
    return slowest
  }
}

/** Views a cursor section as the words that a producer polls. */
export function viewCursor(buffer: ArrayBufferLike, byteOffset: number): Int32Array {
  return new Int32Array(buffer, byteOffset, CursorLayout.Bytes >> 2)
}
