/*
 * Reads of little-endian fields. They return int32, never a double: an int32 is not boxed even where the call is not
 * inlined; the caller turns it into an unsigned value with `>>> 0` where it stores it.
 */

/** A u32 as int32. */
export function readI32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

/** A u16. */
export function readU16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8)
}
