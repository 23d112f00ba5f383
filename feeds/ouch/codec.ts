import { readI32, readU16 } from '../itch50/wire.ts'
import { writeU16, writeU32, writeU64 } from '../itch50/wire-writes.ts'
import { OuchFault } from './faults.ts'
import type { OuchMessage } from './message.ts'
import { Appendage, FieldKind, type OuchLayout, Place } from './message-layout.ts'
import { appendOptions, readOptions } from './options.ts'

const TYPES = 256
const WORD = 4294967296
/** High words from which on a u64 is not exact in a double. */
const HIGH_EXACT_END = 1 << 21

/**
 * Reads and writes the messages of one version and one direction. The layouts say everything: what one side writes, the other
 * reads. It allocates nothing and throws for nothing that bytes hold.
 */
export class OuchCodec {
  readonly layouts: readonly OuchLayout[]
  readonly #byType: (OuchLayout | undefined)[]
  /** Options of unknown tags: passed over and counted. */
  unknownOptions = 0

  /** @throws Error when two layouts have the same type */
  constructor(layouts: readonly OuchLayout[]) {
    this.layouts = layouts
    this.#byType = new Array<OuchLayout | undefined>(TYPES).fill(undefined)
    for (const layout of layouts) {
      if (this.#byType[layout.type] !== undefined)
        throw new Error(`OUCH layout: ${layout.name} has the type of another`)
      this.#byType[layout.type] = layout
    }
  }

  /** The layout of a type; undefined for an unknown one. */
  layoutOf(type: number): OuchLayout | undefined {
    return this.#byType[type]
  }

  /** Reads one whole message; after a fault, what `message` holds means nothing. */
  decode(bytes: Uint8Array, at: number, length: number, message: OuchMessage): OuchFault {
    if (length < 1) return OuchFault.Empty
    const layout = this.#byType[bytes[at]!]
    if (layout === undefined) return OuchFault.UnknownType
    message.begin(layout.type)
    const { bytes: own, appendage } = layout
    if (length === own || length === layout.olderBytes) {
      if (appendage === Appendage.Always) return OuchFault.WrongLength
      return readFields(layout, bytes, at, length, message)
    }
    if (length < own || appendage === Appendage.Never) return OuchFault.WrongLength
    const fault = readFields(layout, bytes, at, own, message)
    if (fault !== OuchFault.None) return fault
    const unknown = readOptions(bytes, at + own, length - own, layout.options, message)
    if (unknown < 0) return -unknown
    this.unknownOptions += unknown
    return OuchFault.None
  }

  /**
   * Writes the message at a place with room for `OUCH_BYTES_MAX`. Fields that the message's layout does not have are left out;
   * so are options that it cannot have.
   * @returns its length, or −1 for an unknown type
   */
  encode(message: OuchMessage, bytes: Uint8Array, at: number): number {
    const layout = this.#byType[message.type]
    if (layout === undefined) return -1
    bytes[at] = message.type
    writeFields(layout, message, bytes, at)
    const options = message.options & layout.options
    if (layout.appendage === Appendage.Never) return layout.bytes
    if (layout.appendage === Appendage.Optional && options === 0) return layout.bytes
    return layout.bytes + appendOptions(message, options, bytes, at + layout.bytes)
  }
}

function readFields(layout: OuchLayout, bytes: Uint8Array, at: number, length: number, to: OuchMessage): OuchFault {
  const { places } = layout
  const { numbers, text } = to
  let isExact = true
  for (let i = 0; i < places.length; i += Place.Numbers) {
    const offset = places[i + Place.At]!
    if (offset >= length) break
    const from = at + offset
    const slot = places[i + Place.Slot]!
    switch (places[i + Place.Kind]) {
      case FieldKind.U8:
        numbers[slot] = bytes[from]!
        break
      case FieldKind.U16:
        numbers[slot] = readU16(bytes, from)
        break
      case FieldKind.U32:
        numbers[slot] = readI32(bytes, from) >>> 0
        break
      case FieldKind.U64:
        isExact = readI32(bytes, from) >>> 0 < HIGH_EXACT_END && isExact
        numbers[slot] = (readI32(bytes, from) >>> 0) * WORD + (readI32(bytes, from + 4) >>> 0)
        break
      case FieldKind.Words:
        numbers[slot] = readI32(bytes, from) >>> 0
        numbers[slot + 1] = readI32(bytes, from + 4) >>> 0
        break
      default: {
        const width = places[i + Place.TextBytes]!
        for (let k = 0; k < width; k++) text[slot + k] = bytes[from + k]!
      }
    }
  }
  return isExact ? OuchFault.None : OuchFault.NumberRange
}

function writeFields(layout: OuchLayout, from: OuchMessage, bytes: Uint8Array, at: number): void {
  const { places } = layout
  const { numbers, text } = from
  for (let i = 0; i < places.length; i += Place.Numbers) {
    const to = at + places[i + Place.At]!
    const slot = places[i + Place.Slot]!
    switch (places[i + Place.Kind]) {
      case FieldKind.U8:
        bytes[to] = numbers[slot]!
        break
      case FieldKind.U16:
        writeU16(bytes, to, numbers[slot]!)
        break
      case FieldKind.U32:
        writeU32(bytes, to, numbers[slot]!)
        break
      case FieldKind.U64:
        writeU64(bytes, to, numbers, slot)
        break
      case FieldKind.Words:
        writeU32(bytes, to, numbers[slot]!)
        writeU32(bytes, to + 4, numbers[slot + 1]!)
        break
      default: {
        const width = places[i + Place.TextBytes]!
        for (let k = 0; k < width; k++) bytes[to + k] = text[slot + k]!
      }
    }
  }
}
