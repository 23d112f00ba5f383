/** Codes and bounds that the hot decoder compares with. Enumerated, so that the build puts them into the code: a module's constant costs a load on every use. */
export enum Wire {
  Buy = 0x42,
  Sell = 0x53,
  NotPrintable = 0x4e,
  Word = 4294967296,
  /** High 16 bits of the last timestamp of a day; what is above is damage, and would drag virtual time with it. */
  StampHighMax = 20116,
}

/*
 * Reads of big-endian fields. They return int32, never a double: an int32 is not boxed even where the call is not
 * inlined; the caller turns it into an unsigned value with `>>> 0` where it stores it.
 */

/** A u32 as int32. */
export function readI32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}

/** A u16. */
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

/** Stores a u64 quantity or price as a double: exact below 2^53, which no market reaches; above it the nearest double. */
export function storeU64(bytes: Uint8Array, at: number, f64: Float64Array, slot: number): void {
  f64[slot] = (readI32(bytes, at) >>> 0) * Wire.Word + (readI32(bytes, at + 4) >>> 0)
}
