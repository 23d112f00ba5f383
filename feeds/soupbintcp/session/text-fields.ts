const SPACE = 0x20
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const CASE_BIT = 0x20
const LOWER_A = 0x61
const LOWER_Z = 0x7a
/** The largest number that a double holds with all numbers below it. */
const NUMBER_MAX = 2 ** 53 - 1

/** Writes a whole number as decimal digits, right-justified and padded with spaces. It must fit. */
export function writeDecimal(bytes: Uint8Array, at: number, width: number, numbers: Float64Array, slot: number): void {
  let rest = numbers[slot]!
  for (let i = width - 1; i >= 0; i--) {
    const tens = Math.floor(rest / 10)
    bytes[at + i] = rest === 0 && i < width - 1 ? SPACE : DIGIT_0 + (rest - tens * 10)
    rest = tens
  }
}

/** Reads decimal digits with spaces around them into a slot; all spaces are 0. @returns false for anything else */
export function readDecimal(
  bytes: Uint8Array,
  at: number,
  width: number,
  numbers: Float64Array,
  slot: number,
): boolean {
  let from = at
  let end = at + width
  while (from < end && bytes[from] === SPACE) from++
  while (end > from && bytes[end - 1] === SPACE) end--
  let value = 0
  for (; from < end; from++) {
    const digit = bytes[from]!
    if (digit < DIGIT_0 || digit > DIGIT_9) return false
    value = value * 10 + (digit - DIGIT_0)
  }
  numbers[slot] = value
  return value <= NUMBER_MAX
}

/**
 * A text as a field of a login: ASCII, padded with spaces.
 * @throws RangeError when it does not fit
 */
export function padded(text: string, width: number): Uint8Array {
  if (text.length > width || !/^[\x20-\x7e]*$/.test(text)) {
    throw new RangeError(`"${text}" is not ${width} characters of ASCII or fewer`)
  }
  return Uint8Array.from({ length: width }, (_, i) => (i < text.length ? text.charCodeAt(i) : SPACE))
}

/** Whether a field holds the given text; capitals and small letters are the same, as the specification says. */
export function holdsText(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  let difference = 0
  // All of it is looked at, whatever differs: how long it takes tells nothing about a password.
  for (let i = 0; i < text.length; i++) difference |= upper(bytes[at + i]!) ^ upper(text[i]!)
  return difference === 0
}

/** Whether a field is all spaces. */
export function isBlank(bytes: Uint8Array, at: number, width: number): boolean {
  for (let i = 0; i < width; i++) if (bytes[at + i] !== SPACE) return false
  return true
}

function upper(code: number): number {
  return code >= LOWER_A && code <= LOWER_Z ? code & ~CASE_BIT : code
}
