import { Sureness } from '../protocol/protocol.ts'
import { LENGTH_UNIT_BYTES, RecordAt } from './layout.ts'
import { DBN_VERSION_MAX, MetadataAt } from './metadata-layout.ts'
import { LAYOUT_VERSION } from './record-lengths.ts'

/** Records looked at in a fragment. */
const RECORDS_LOOKED_AT = 4
/** High words of plausible times: 2000 to 2100. */
const TIME_HIGH_MIN = 220_000_000
const TIME_HIGH_MAX = 960_000_000
const UNDEFINED_TIME_HIGH = 0xffffffff

/** Whether a file begins with the magic of a known version. */
export function isDbnMagic(bytes: Uint8Array, at: number): boolean {
  const version = bytes[at + MetadataAt.Version]!
  return isDbnAnyVersion(bytes, at) && version >= 1 && version <= DBN_VERSION_MAX
}

/** Whether a file begins with "DBN". */
export function isDbnAnyVersion(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x44 && bytes[at + 1] === 0x42 && bytes[at + 2] === 0x4e
}

/**
 * How much the beginning of a file looks like DBN. A fragment has no magic: its records must be of known types and lengths,
 * one behind the other, with plausible times.
 */
export function looksLikeDbn(head: Uint8Array, isWhole: boolean): Sureness {
  if (head.length >= 4 && isDbnMagic(head, 0)) return Sureness.Certain
  let at = 0
  let matching = 0
  while (matching < RECORDS_LOOKED_AT && at + RecordAt.Bytes <= head.length) {
    if (!isRecord(head, at)) return Sureness.No
    at += head[at]! * LENGTH_UNIT_BYTES
    matching++
  }
  if (matching === RECORDS_LOOKED_AT) return Sureness.Certain
  // A short file must end with a record.
  return matching > 0 && isWhole && at === head.length ? Sureness.Likely : Sureness.No
}

function isRecord(head: Uint8Array, at: number): boolean {
  const type = head[at + RecordAt.Type]!
  if (LAYOUT_VERSION[(type << 8) | head[at + RecordAt.Length]!] === 0) return false
  const high = at + RecordAt.TsEvent + 4
  const timeHigh = (head[high]! | (head[high + 1]! << 8) | (head[high + 2]! << 16) | (head[high + 3]! << 24)) >>> 0
  return (timeHigh >= TIME_HIGH_MIN && timeHigh <= TIME_HIGH_MAX) || timeHigh === UNDEFINED_TIME_HIGH
}
