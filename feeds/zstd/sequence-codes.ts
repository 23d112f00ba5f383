import { FseTable } from './fse-table.ts'

/*
 * Codes of literal lengths, match lengths and offsets: each code is a base and a number of bits to be added.
 * Source: RFC 8878, section 3.1.1.3.2.1.1 (codes) and 3.1.1.3.2.2 (default distributions).
 */

/** Highest code and highest accuracy of each table. */
export enum CodeLimit {
  LiteralLength = 35,
  LiteralLengthAccuracy = 9,
  MatchLength = 52,
  // biome-ignore lint/suspicious/noDuplicateEnumValues: both tables have the same accuracy
  MatchLengthAccuracy = 9,
  Offset = 31,
  OffsetAccuracy = 8,
}

/** Codes up to here stand for themselves. */
const PLAIN_LITERAL_LENGTHS = 16
const PLAIN_MATCH_LENGTHS = 32
const MATCH_LENGTH_MIN = 3
const LITERAL_LENGTH_BITS = [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
const MATCH_LENGTH_BITS = [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]

/** What codes stand for. */
export interface CodeTable {
  readonly bases: Int32Array
  readonly bits: Uint8Array
}

function makeCodes(plain: number, first: number, bits: readonly number[], bases: readonly number[]): CodeTable {
  const plainBases = Array.from({ length: plain }, (_, code) => first + code)
  return {
    bases: Int32Array.from([...plainBases, ...bases]),
    bits: Uint8Array.from([...plainBases.map(() => 0), ...bits]),
  }
}

/** Each base is where the code before it ends. */
function runOn(from: number, bits: readonly number[]): number[] {
  let next = from
  return bits.map((width) => {
    const base = next
    next += 2 ** width
    return base
  })
}

// From code 25 on, bases are powers of two (and three more for match lengths from code 43 on).
export const LITERAL_LENGTHS = makeCodes(PLAIN_LITERAL_LENGTHS, 0, LITERAL_LENGTH_BITS, [
  ...runOn(16, LITERAL_LENGTH_BITS.slice(0, 9)),
  ...LITERAL_LENGTH_BITS.slice(9).map((width) => 2 ** width),
])

export const MATCH_LENGTHS = makeCodes(PLAIN_MATCH_LENGTHS, MATCH_LENGTH_MIN, MATCH_LENGTH_BITS, [
  ...runOn(35, MATCH_LENGTH_BITS.slice(0, 11)),
  ...MATCH_LENGTH_BITS.slice(11).map((width) => MATCH_LENGTH_MIN + 2 ** width),
])

const DEFAULT_LITERAL_LENGTHS = [
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1,
]
const DEFAULT_MATCH_LENGTHS = [
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
]
const DEFAULT_OFFSETS = [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1]

function makeDefault(accuracy: number, counts: readonly number[]): FseTable {
  const table = new FseTable(accuracy, counts.length - 1)
  table.setDistribution(accuracy, counts)
  return table
}

export const DEFAULT_TABLES = {
  literalLength: makeDefault(6, DEFAULT_LITERAL_LENGTHS),
  matchLength: makeDefault(6, DEFAULT_MATCH_LENGTHS),
  offset: makeDefault(5, DEFAULT_OFFSETS),
} as const
