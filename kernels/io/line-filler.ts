import { RecordBatch } from '../../feeds/record-batch.ts'
import { ExitCode, XkError } from '../host/xk-error.ts'
import type { StateArchive } from '../records/state-archive.ts'
import type { DelayLine } from './delay-line.ts'
import type { MarketInput } from './market-input.ts'

/** Records that one call moves at most. */
const MOVED_MAX = 256

/** Moves decoded market records from a replay's input into its delay line. */
export class LineFiller {
  /** The input has no more. */
  isEnded = false
  readonly #source: MarketInput
  readonly #line: DelayLine
  readonly #batch = new RecordBatch()
  #batchAt = 0
  /** [0] records that went into the line, [1] those that a restored kernel has yet to read over. */
  readonly #counts = new Float64Array(2)

  constructor(source: MarketInput, line: DelayLine) {
    this.#source = source
    this.#line = line
  }

  /** @returns false when there is none to be had just now */
  fill(): boolean {
    const line = this.#line
    if (this.isEnded) return true
    if (!line.canAppend()) {
      // Full of records that the strategy has yet to consume: that passes. Full of anything else would never.
      if (line.gate !== line.publish) return false
      line.failTooShort()
    }
    if (this.#batchAt === this.#batch.usedBytes && !this.#read()) return false
    const views = this.#batch.views
    let moved = 0
    while (this.#batchAt < this.#batch.usedBytes && moved < MOVED_MAX && line.canAppend()) {
      line.append(views, this.#batchAt)
      this.#batchAt += views.u32[this.#batchAt >> 2]!
      moved++
    }
    this.#counts[0]! += moved
    return true
  }

  /** Reads the next batch, which is empty at the end. @returns false when there is none yet */
  #read(): boolean {
    this.#batch.reset()
    this.#batchAt = 0
    if (this.#source.fill(this.#batch) < 0) return false
    this.isEnded = this.#batch.usedBytes === 0
    return true
  }

  /** Saves or restores how much was read; who restores it has to `skip` then. */
  archive(archive: StateArchive): void {
    archive.array(this.#counts, 0, 1)
    if (!archive.isSaving) this.#counts[1] = this.#counts[0]!
  }

  /**
   * Reads over what a restored line has seen: decoders cannot be entered in the middle.
   * @returns whether all of it is read over; otherwise the input has none just now
   * @throws XkError when it ends before
   */
  skip(): boolean {
    const batch = this.#batch
    const counts = this.#counts
    while (counts[1]! > 0) {
      if (this.#batchAt === batch.usedBytes && !this.#read()) return false
      if (this.isEnded) failShort(counts[0]! - counts[1]!, counts[0]!)
      const { u32 } = batch.views
      for (; counts[1]! > 0 && this.#batchAt < batch.usedBytes; counts[1]!--) this.#batchAt += u32[this.#batchAt >> 2]!
    }
    return true
  }
}

function failShort(records: number, expected: number): never {
  throw new XkError({
    code: 'input-shorter',
    what: `the input ends after ${records} market records, and the snapshot had seen ${expected}`,
    next: 'check that the capture files are those that the run began with',
    exitCode: ExitCode.Journal,
  })
}
