/**
 * Reads of big-endian fields. They return int32, never a double: an int32 is not boxed even where the call is not
 * inlined; the caller turns it into an unsigned value with `>>> 0` where it stores it.
 */

export function readI32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}

export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

/**
 * Copies space-padded text into a zero-padded field of `width` bytes: trailing spaces go, and the text ends at a zero
 * byte, so that the record stays canonical whatever the wire held.
 */
export function copyText(
  from: Uint8Array,
  fromAt: number,
  length: number,
  to: Uint8Array,
  toAt: number,
  width: number,
): void {
  let end = 0
  let used = 0
  while (end < length && from[fromAt + end] !== 0) {
    if (from[fromAt + end] !== 0x20) used = end + 1
    end++
  }
  for (let i = 0; i < width; i++) to[toAt + i] = i < used ? from[fromAt + i]! : 0
}
