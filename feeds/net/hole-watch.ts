import { FLOWS_MAX } from './flow-table.ts'

/** Segments of a stream that arrive behind a hole before it is given up: a retransmission comes sooner. */
export const HOLE_SEGMENTS_MAX = 64
/** Seconds of capture time after which a hole is given up; longer than any retransmission timeout that keeps a feed alive. */
export const HOLE_SECONDS_MAX = 2

/** How long each stream has waited for the bytes of a hole, and whether it must wait no more. */
export class HoleWatch {
  /** Segments since the hole opened, 0 for no hole, and its capture time. */
  readonly #segments = new Int32Array(FLOWS_MAX)
  readonly #since = new Float64Array(FLOWS_MAX)

  clear(flow: number): void {
    this.#segments[flow] = 0
  }

  /**
   * Notes a segment of a stream that waits.
   * @param seconds slot 0: its capture time
   * @returns whether the hole is to be given up
   */
  note(flow: number, seconds: Float64Array): boolean {
    if (this.#segments[flow]!++ === 0) this.#since[flow] = seconds[0]!
    return this.#segments[flow]! >= HOLE_SEGMENTS_MAX || seconds[0]! - this.#since[flow]! > HOLE_SECONDS_MAX
  }
}
