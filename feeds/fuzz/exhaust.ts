import type { FuzzTarget } from './target.ts'
import { TwoSubjects } from './two-subjects.ts'

/** Seeds of a target are taken whole until there were so many inputs: each input opens the target afresh. */
const INPUTS_MIN = 301
/** Of headers so many bytes have every bit flipped. */
const HEADER_BYTES = 96

/**
 * Cuts the first seeds of a target at every byte, and flips every bit of their headers. Every one of these inputs is given to
 * fresh subjects: none is old for having come after another. Ends at the first fault.
 */
export class Exhaustion {
  /** Inputs taken. */
  inputs = 0
  /** What is wrong with the last one; undefined if nothing. */
  what: string | undefined
  /** The last input: its first `length` bytes. */
  bytes: Uint8Array = new Uint8Array(0)
  length = 0
  readonly #target: FuzzTarget

  constructor(target: FuzzTarget) {
    this.#target = target
  }

  run(): void {
    for (const seed of this.#target.seeds) {
      if (this.inputs >= INPUTS_MIN || this.what !== undefined) return
      this.bytes = seed.slice()
      this.#cut()
      this.#flip()
    }
  }

  #cut(): void {
    for (let length = 0; length <= this.bytes.length && this.what === undefined; length++) {
      this.#take(length, `cut to ${length} bytes`)
    }
  }

  #flip(): void {
    const { bytes } = this
    const bits = Math.min(HEADER_BYTES, bytes.length) * 8
    for (let bit = 0; bit < bits && this.what === undefined; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      this.#take(bytes.length, `bit ${bit} flipped`)
      if (this.what === undefined) bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
  }

  #take(length: number, how: string): void {
    this.inputs++
    this.length = length
    const subjects = new TwoSubjects(this.#target)
    const what = subjects.take(this.bytes, length) ?? subjects.compareReports()
    if (what !== undefined) this.what = `${how}: ${what}`
  }
}
