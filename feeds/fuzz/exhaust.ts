import type { FuzzTarget } from './target.ts'
import { TwoSubjects } from './two-subjects.ts'

/** Seeds of each target that are cut at every byte, and their bytes in front of which every bit is flipped. */
const EXHAUSTED_SEEDS = 3
const HEADER_BYTES = 128

/** What became of it: inputs taken, and what was wrong with the last one. */
export interface ExhaustResult {
  readonly inputs: number
  readonly what: string | undefined
  /** The input that is at fault. */
  readonly input: Uint8Array
}

/**
 * Cuts the first seeds of a target at every byte, and flips every bit of their headers. Every one of these inputs is given to
 * fresh subjects: none is old for having come after another. Ends at the first fault; yields after each seed.
 */
export function* exhaustSeeds(target: FuzzTarget): Generator<void, ExhaustResult> {
  let inputs = 0
  for (const seed of target.seeds.slice(0, EXHAUSTED_SEEDS)) {
    const bytes = seed.slice()
    for (let length = 0; length <= bytes.length; length++) {
      inputs++
      const what = takeOnce(target, bytes, length)
      if (what !== undefined) return { inputs, what: `cut to ${length} bytes: ${what}`, input: bytes.slice(0, length) }
    }
    for (let bit = 0; bit < Math.min(HEADER_BYTES, bytes.length) * 8; bit++) {
      inputs++
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      const what = takeOnce(target, bytes, bytes.length)
      if (what !== undefined) return { inputs, what: `bit ${bit} flipped: ${what}`, input: bytes }
      bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
    yield
  }
  return { inputs, what: undefined, input: new Uint8Array(0) }
}

function takeOnce(target: FuzzTarget, bytes: Uint8Array, length: number): string | undefined {
  const subjects = new TwoSubjects(target)
  return subjects.take(bytes, length) ?? subjects.compareReports()
}
