import type { FuzzSubject, FuzzTarget } from './target.ts'

/** What may lie around an input. */
const POISONS = [0x00, 0xff] as const
const READS_OUTSIDE = 'bytes outside of the input changed the result'

/** Two subjects of a target that take the same inputs between different bytes: all that comes of them must be the same. */
export class TwoSubjects {
  readonly #left: FuzzSubject
  readonly #right: FuzzSubject
  readonly #comparesEvery: number
  #inputs = 0

  constructor(target: FuzzTarget) {
    this.#left = target.open(POISONS[0])
    this.#right = target.open(POISONS[1])
    this.#comparesEvery = target.comparesEvery ?? 1
  }

  /** Both take an input (or, between those that are compared, one does). @returns what is wrong, undefined if nothing */
  take(bytes: Uint8Array, length: number): string | undefined {
    try {
      const digest = this.#left.take(bytes, length)
      if (this.#inputs++ % this.#comparesEvery !== 0) return undefined
      return digest === this.#right.take(bytes, length) ? undefined : READS_OUTSIDE
    } catch (thrown) {
      return describeThrown(thrown)
    }
  }

  /** Both report. @returns what is wrong, undefined if nothing */
  compareReports(): string | undefined {
    try {
      return JSON.stringify(this.#left.report()) === JSON.stringify(this.#right.report()) ? undefined : READS_OUTSIDE
    } catch (thrown) {
      return describeThrown(thrown)
    }
  }
}

function describeThrown(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
}
