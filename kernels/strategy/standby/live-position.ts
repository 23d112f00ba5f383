import { RegionState } from '../../region/layout.ts'
import type { Region } from '../../region/region.ts'
import { viewCursor } from '../../ring/gating.ts'
import { CursorLayout } from '../../ring/layout.ts'

/**
 * How far the live strategy kernel has come, read from its region. A record counts once it is given back: everything that it
 * caused is published by then.
 */
export class LivePosition {
  readonly #region: Region
  readonly #cursor: Int32Array
  readonly #facts: Float64Array

  /** @param region the strategy kernel's, mapped read-only */
  constructor(region: Region) {
    const at = region.offsetOf('cursor.inbound')
    this.#region = region
    this.#cursor = viewCursor(region.buffer, at)
    this.#facts = new Float64Array(region.buffer, at, CursorLayout.Bytes >> 3)
  }

  /** Whether the live kernel has ended in order: it comes no further. */
  get isEnded(): boolean {
    return this.#region.state === RegionState.Stopped
  }

  /**
   * Sequence up to which all inbound records are done. The cursor names the last record that was *read*; one that finds no
   * outbound room is read and not done, so the last one counts only once the kernel has ended.
   */
  get doneSequence(): number {
    const isEnded = this.isEnded
    Atomics.load(this.#cursor, CursorLayout.Cursor >> 2)
    const read = this.#facts[CursorLayout.Sequence >> 3]!
    return isEnded ? read : read - 1
  }
}
