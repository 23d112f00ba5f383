const WORD = 4294967296

/** Writes a u16, big-endian. */
export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}

/** Writes the low 32 bits of a number, big-endian; a negative one in two's complement. */
export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** Writes a whole number below 2^53 from a slot as a u64, big-endian. */
export function writeU64(bytes: Uint8Array, at: number, numbers: Float64Array, slot: number): void {
  const value = numbers[slot]!
  const high = Math.floor(value / WORD)
  writeU32(bytes, at, high | 0)
  writeU32(bytes, at + 4, (value - high * WORD) | 0)
}
