/** Pairs of flow and session tracked. */
export const LINES_MAX = 512

/** Counters of a line, one double each. */
export enum LineCount {
  Packets = 0,
  /** Messages in its packets, seen before or not. */
  Messages = 1,
  /** Messages that this line skipped; another line may have had them. */
  Missing = 2,
  /** Sequence number of its next packet. */
  Expected = 3,
  Count = 4,
}

/**
 * How complete each line (one flow's packets of one session) is by itself, which tells a lossy network from a lossy
 * source. Bound: LINES_MAX; policy: further lines are not looked at.
 */
export class LineTable {
  count = 0
  readonly counts = new Float64Array(LINES_MAX * LineCount.Count)
  readonly #keys = new Int32Array(LINES_MAX)

  /** Counts a packet of `count` messages from sequence number `sequence[0]` on. @returns its line; −1 for one beyond the bound */
  note(flow: number, session: number, sequence: Float64Array, count: number): number {
    const line = this.#find((flow << 8) | session)
    if (line < 0) return line
    const at = line * LineCount.Count
    const first = sequence[0]!
    const expected = this.counts[at + LineCount.Expected]!
    if (this.counts[at + LineCount.Packets]! > 0 && first > expected) {
      this.counts[at + LineCount.Missing]! += first - expected
    }
    this.counts[at + LineCount.Packets]!++
    this.counts[at + LineCount.Messages]! += count
    if (first + count > expected) this.counts[at + LineCount.Expected] = first + count
    return line
  }

  /** The line's flow and session. */
  key(line: number): { flow: number; session: number } {
    return { flow: this.#keys[line]! >> 8, session: this.#keys[line]! & 255 }
  }

  #find(key: number): number {
    for (let line = 0; line < this.count; line++) if (this.#keys[line] === key) return line
    if (this.count === LINES_MAX) return -1
    this.#keys[this.count] = key
    return this.count++
  }
}
