import { readI32, readU16 } from '../itch50/wire.ts'
import { writeU16, writeU32, writeU64 } from '../itch50/wire-writes.ts'
import { OuchFault } from './faults.ts'
import type { OuchMessage } from './message.ts'
import { FieldKind } from './message-layout.ts'
import { APPENDAGE_LENGTH_BYTES, OPTION_BYTES, OPTION_KIND, OPTION_SLOT, OptionAt, OptionTag } from './option-layout.ts'

const WORD = 4294967296
const HIGH_EXACT_END = 1 << 21

/**
 * Reads an appendage into the message's fields and its bits of options present.
 * @param length bytes behind the fields, the appendage's length among them
 * @param allowed bits of the options that such a message may have
 * @returns options of unknown tags, passed over; or the negative `OuchFault`
 */
export function readOptions(
  bytes: Uint8Array,
  at: number,
  length: number,
  allowed: number,
  message: OuchMessage,
): number {
  if (length < APPENDAGE_LENGTH_BYTES) return -OuchFault.WrongLength
  if (readU16(bytes, at) !== length - APPENDAGE_LENGTH_BYTES) return -OuchFault.BadAppendage
  const end = at + length
  let unknown = 0
  for (let from = at + APPENDAGE_LENGTH_BYTES; from < end; ) {
    const next = from + OptionAt.Tag + bytes[from + OptionAt.Length]!
    if (next < from + OptionAt.Value || next > end) return -OuchFault.BadAppendage
    const tag = bytes[from + OptionAt.Tag]!
    const kind = OPTION_KIND[tag]!
    if (kind < 0) {
      unknown++
    } else {
      const bit = 1 << tag
      if ((allowed & bit) === 0 || (message.options & bit) !== 0) return -OuchFault.OptionNotAllowed
      if (next - from - OptionAt.Value !== OPTION_BYTES[tag]) return -OuchFault.BadAppendage
      message.options |= bit
      if (!readValue(bytes, from + OptionAt.Value, kind, tag, message)) return -OuchFault.NumberRange
    }
    from = next
  }
  return unknown
}

function readValue(bytes: Uint8Array, from: number, kind: number, tag: number, message: OuchMessage): boolean {
  const { numbers, text } = message
  const slot = OPTION_SLOT[tag]!
  switch (kind) {
    case FieldKind.U8:
      numbers[slot] = bytes[from]!
      return true
    case FieldKind.U16:
      numbers[slot] = readU16(bytes, from)
      return true
    case FieldKind.U32:
      numbers[slot] = readI32(bytes, from) >>> 0
      return true
    case FieldKind.I32:
      numbers[slot] = readI32(bytes, from)
      return true
    case FieldKind.U64:
      numbers[slot] = (readI32(bytes, from) >>> 0) * WORD + (readI32(bytes, from + 4) >>> 0)
      return readI32(bytes, from) >>> 0 < HIGH_EXACT_END
    case FieldKind.Words:
      numbers[slot] = readI32(bytes, from) >>> 0
      numbers[slot + 1] = readI32(bytes, from + 4) >>> 0
      return true
    default:
      for (let k = 0; k < OPTION_BYTES[tag]!; k++) text[slot + k] = bytes[from + k]!
      return true
  }
}

/** Writes an appendage: its length and the given options, by rising tag. @returns its bytes, the length among them */
export function appendOptions(message: OuchMessage, options: number, bytes: Uint8Array, at: number): number {
  let to = at + APPENDAGE_LENGTH_BYTES
  for (let tag = 0; tag < OptionTag.End; tag++) {
    if ((options & (1 << tag)) === 0) continue
    const width = OPTION_BYTES[tag]!
    bytes[to + OptionAt.Length] = width + 1
    bytes[to + OptionAt.Tag] = tag
    writeValue(message, tag, bytes, to + OptionAt.Value)
    to += OptionAt.Value + width
  }
  writeU16(bytes, at, to - at - APPENDAGE_LENGTH_BYTES)
  return to - at
}

function writeValue(message: OuchMessage, tag: number, bytes: Uint8Array, to: number): void {
  const { numbers, text } = message
  const slot = OPTION_SLOT[tag]!
  switch (OPTION_KIND[tag]) {
    case FieldKind.U8:
      bytes[to] = numbers[slot]!
      return
    case FieldKind.U16:
      writeU16(bytes, to, numbers[slot]!)
      return
    case FieldKind.U32:
    case FieldKind.I32:
      writeU32(bytes, to, numbers[slot]!)
      return
    case FieldKind.U64:
      writeU64(bytes, to, numbers, slot)
      return
    case FieldKind.Words:
      writeU32(bytes, to, numbers[slot]!)
      writeU32(bytes, to + 4, numbers[slot + 1]!)
      return
    default:
      for (let k = 0; k < OPTION_BYTES[tag]!; k++) bytes[to + k] = text[slot + k]!
  }
}
