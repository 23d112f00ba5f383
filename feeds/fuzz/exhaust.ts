import type { FuzzTarget } from './target.ts'
import { TwoSubjects } from './two-subjects.ts'

/**
 * Cuts one input at every byte, and flips every bit of its first `bytesFlipped` bytes. Every one of these inputs is given to
 * fresh subjects: none is old for having come after another.
 * @returns what is wrong, and with which input; undefined if nothing
 */
export function exhaustInput(target: FuzzTarget, input: Uint8Array, bytesFlipped: number): string | undefined {
  const bytes = input.slice()
  for (let length = 0; length <= bytes.length; length++) {
    const what = takeOnce(target, bytes, length)
    if (what !== undefined) return `${target.name} cut to ${length} bytes: ${what}`
  }
  for (let bit = 0; bit < Math.min(bytesFlipped, bytes.length) * 8; bit++) {
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    const what = takeOnce(target, bytes, bytes.length)
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    if (what !== undefined) return `${target.name} with bit ${bit} flipped: ${what}`
  }
  return undefined
}

function takeOnce(target: FuzzTarget, bytes: Uint8Array, length: number): string | undefined {
  const subjects = new TwoSubjects(target)
  return subjects.take(bytes, length) ?? subjects.compareReports()
}
