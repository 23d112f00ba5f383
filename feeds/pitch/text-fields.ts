const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const LETTER_A = 0x41
const LETTER_Z = 0x5a
const HALF_ID_DIGITS = 6
/** 36 to the power of HALF_ID_DIGITS. */
const HALF_ID = 2_176_782_336
const HALF_WORD = 65_536

/** Reads a number of `width` digits into `out[slot]`. @returns whether all of them are digits */
export function readDigits(bytes: Uint8Array, at: number, width: number, out: Float64Array, slot: number): boolean {
  let value = 0
  for (let i = at; i < at + width; i++) {
    const digit = bytes[i]! - DIGIT_0
    if (digit < 0 || digit > DIGIT_9 - DIGIT_0) return false
    value = value * 10 + digit
  }
  out[slot] = value
  return true
}

/**
 * Reads an id of 12 digits to the base 36 as two 32-bit words, low first, into `out[slot]` and the next: it takes up to 63
 * bits. @returns whether all of them are such digits
 */
export function readId(bytes: Uint8Array, at: number, out: Int32Array, slot: number): boolean {
  const upper = readHalf(bytes, at)
  const lower = readHalf(bytes, at + HALF_ID_DIGITS)
  if (upper < 0 || lower < 0) return false
  // upper × HALF_ID + lower by 16-bit parts of `upper`: every sum stays below 2^53.
  const low = (upper % HALF_WORD) * HALF_ID + lower
  const high = Math.floor(upper / HALF_WORD) * HALF_ID + Math.floor(low / HALF_WORD)
  out[slot] = (high % HALF_WORD) * HALF_WORD + (low % HALF_WORD)
  out[slot + 1] = Math.floor(high / HALF_WORD)
  return true
}

/** Six digits to the base 36, −1 where one is none. */
function readHalf(bytes: Uint8Array, at: number): number {
  let value = 0
  for (let i = at; i < at + HALF_ID_DIGITS; i++) {
    const code = bytes[i]!
    if (code >= DIGIT_0 && code <= DIGIT_9) value = value * 36 + (code - DIGIT_0)
    else if (code >= LETTER_A && code <= LETTER_Z) value = value * 36 + (code - LETTER_A + 10)
    else return -1
  }
  return value
}
