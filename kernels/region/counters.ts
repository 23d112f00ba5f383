/**
 * Named counters in a region section: doubles that one process counts up and anyone may read.
 *
 *     0            8                 8 × (names + 1)
 *     ┌────────────┬─────────────────┬──────────────────────
 *     │ name count │ values, f64     │ names, 32 bytes each
 *     └────────────┴─────────────────┴──────────────────────
 */
import { readText, writeText } from './region.ts'

const NAME_BYTES = 32

/** Size of a counters section for so many names. */
export function countersSectionBytes(names: readonly string[]): number {
  return 8 + names.length * (8 + NAME_BYTES)
}

/** Writes the names; values start at zero, or stay as an earlier owner left them. @returns the values */
export function formatCounters(buffer: ArrayBufferLike, byteOffset: number, names: readonly string[]): Float64Array {
  new Float64Array(buffer, byteOffset, 1)[0] = names.length
  names.forEach((name, index) => {
    if (name.length >= NAME_BYTES) throw new RangeError(`counter name "${name}" is over ${NAME_BYTES - 1} characters`)
    writeText(buffer, byteOffset + 8 + names.length * 8 + index * NAME_BYTES, NAME_BYTES, name)
  })
  return new Float64Array(buffer, byteOffset + 8, names.length)
}

/** The values of a section with so many names, which its owner has formatted: to be looked at again and again. */
export function viewCounters(buffer: ArrayBufferLike, byteOffset: number, names: readonly string[]): Float64Array {
  return new Float64Array(buffer, byteOffset + 8, names.length)
}

/** Reads all counters of a section by name; none where there is no such section. */
export function readCounters(buffer: ArrayBufferLike, byteOffset: number): Record<string, number> {
  const count = new Float64Array(buffer, byteOffset, 1)[0]!
  const counters: Record<string, number> = {}
  const bytesMax = buffer.byteLength - byteOffset - 8
  if (!(Number.isInteger(count) && count >= 0 && count * (8 + NAME_BYTES) <= bytesMax)) return counters
  const values = new Float64Array(buffer, byteOffset + 8, count)
  for (let index = 0; index < count; index++) {
    const name = readText(buffer, byteOffset + 8 + count * 8 + index * NAME_BYTES, NAME_BYTES)
    counters[name] = values[index]!
  }
  return counters
}
