import type { FuzzTarget } from './target.ts'
import { TwoSubjects } from './two-subjects.ts'

/** Seeds of a target are taken whole until there were so many inputs: each input opens the target afresh. */
const INPUTS_MIN = 301
/** Of headers so many bytes have every bit flipped. */
const HEADER_BYTES = 96
/**
 * Cuts that one pair of subjects takes, the shorter ones first: to a decoder, what a longer one holds more is new, and opening costs up to a
 * hundred times as much as an input.
 */
const CUTS_EACH_OPEN = 16

/**
 * Cuts the first seeds of a target at every byte, and flips every bit of their headers. No input is old for having come after another:
 * each flipped one is given to fresh subjects, unless they keep nothing. Ends at the first fault.
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
  #subjects: TwoSubjects | undefined
  #inputsLeft = 0

  constructor(target: FuzzTarget) {
    this.#target = target
  }

  run(): void {
    for (const seed of this.#target.seeds) {
      if (this.inputs >= INPUTS_MIN || this.what !== undefined) return
      this.bytes = seed.slice()
      this.#cut()
      this.#close()
      this.#flip()
      this.#close()
    }
  }

  #cut(): void {
    for (let length = 0; length <= this.bytes.length && this.what === undefined; length++) {
      this.#take(length, CUTS_EACH_OPEN, `cut to ${length} bytes`)
    }
  }

  #flip(): void {
    const { bytes } = this
    const bits = Math.min(HEADER_BYTES, bytes.length) * 8
    const inputsEachOpen = this.#target.isStateless === true ? bits : 1
    for (let bit = 0; bit < bits && this.what === undefined; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      this.#take(bytes.length, inputsEachOpen, `bit ${bit} flipped`)
      if (this.what === undefined) bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
  }

  #take(length: number, inputsEachOpen: number, how: string): void {
    this.inputs++
    this.length = length
    if (this.#subjects === undefined) {
      this.#subjects = new TwoSubjects(this.#target)
      this.#inputsLeft = inputsEachOpen
    }
    let what = this.#subjects.take(this.bytes, length)
    if (what === undefined && --this.#inputsLeft === 0) what = this.#report()
    if (what !== undefined) this.what = `${how}: ${what}`
  }

  /** Those that did not take all they might. */
  #close(): void {
    if (this.#subjects === undefined || this.what !== undefined) return
    const what = this.#report()
    if (what !== undefined) this.what = `up to here: ${what}`
  }

  #report(): string | undefined {
    const what = this.#subjects!.compareReports()
    this.#subjects = undefined
    return what
  }
}
