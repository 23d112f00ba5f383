import type { RecordViews } from './views.ts'

/**
 * Copies one record. Word by word: copying through doubles could alter the bits of a pair of words that happens to
 * look like a signalling NaN.
 */
export function copyRecord(from: RecordViews, fromAt: number, to: RecordViews, toAt: number, bytes: number): void {
  const source = from.i32
  const target = to.i32
  let at = toAt >> 2
  const shift = (fromAt >> 2) - at
  const end = at + (bytes >> 2)
  while (at < end) {
    target[at] = source[at + shift]!
    target[at + 1] = source[at + shift + 1]!
    at += 2
  }
}
