import { type ByteWindow, Need } from '../capture/byte-window.ts'
import { SYMBOL_FIELD_BYTES_V1 } from './layout.ts'
import { MetadataAt, PRELUDE_BYTES, STYPE_INSTRUMENT_ID, SYMBOL_LISTS } from './metadata-layout.ts'
import type { SymbolMappings } from './symbol-mappings.ts'

const SYMBOL_BYTES_MAX = 1024
const COUNT_BYTES = 4
const DATE_BYTES = 4
/** What must be there before the lists, the schema definition's length included. */
const FIXED_BYTES = MetadataAt.Lists

/** Which part of the metadata comes next. */
enum Part {
  Fixed = 0,
  Lists = 1,
  MappingCount = 2,
  Mapping = 3,
  Interval = 4,
  Rest = 5,
}

/**
 * Reads a file's metadata as its bytes come, whatever its length: a year of all symbols has many megabytes of it. What is
 * not as the lengths say is skipped to the end that the metadata names.
 */
export class MetadataReader {
  schema = 0
  /** The lengths in the metadata did not agree. */
  isBad = false
  /** Mappings were refused for their number. */
  refusedMappings = 0
  readonly #window: ByteWindow
  readonly #mappings: SymbolMappings
  #part = Part.Fixed
  #isMappedToId = false
  #symbolBytes = SYMBOL_FIELD_BYTES_V1
  /** Bytes of the metadata that are still to come. */
  #left = 0
  #toSkip = 0
  #lists = 0
  #mappingsLeft = 0
  #intervalsLeft = 0
  #symbol = ''
  /** Offset in the window of what was taken last. */
  #at = 0

  constructor(window: ByteWindow, mappings: SymbolMappings) {
    this.#window = window
    this.#mappings = mappings
  }

  /** Reads on. @returns Ready when the records begin; End when the file ended before */
  read(): Need {
    for (;;) {
      if (this.#toSkip > 0) {
        const status = this.#skip()
        if (status !== Need.Ready) return status
      }
      if (this.#part === Part.Rest) return Need.Ready
      const status = this.#readPart()
      if (status !== Need.Ready) return status
    }
  }

  #readPart(): Need {
    switch (this.#part) {
      case Part.Fixed:
        return this.#readFixed()
      case Part.Lists:
        return this.#readListCount()
      case Part.MappingCount:
        return this.#readMappingCount()
      case Part.Mapping:
        return this.#readMapping()
      default:
        return this.#readInterval()
    }
  }

  #readFixed(): Need {
    const window = this.#window
    const status = window.need(FIXED_BYTES)
    if (status !== Need.Ready) return status
    const { u8, start } = window
    const view = new DataView(u8.buffer, u8.byteOffset, u8.byteLength)
    const isFirst = u8[start + MetadataAt.Version] === 1
    this.#left = view.getUint32(start + MetadataAt.Length, true) - (FIXED_BYTES - PRELUDE_BYTES)
    if (this.#left < 0) {
      // Shorter than any metadata: the records are where the length says.
      window.start += Math.max(PRELUDE_BYTES, this.#left + FIXED_BYTES)
      this.isBad = true
      this.#part = Part.Rest
      return Need.Ready
    }
    this.schema = view.getUint16(start + MetadataAt.Schema, true)
    this.#isMappedToId = u8[start + (isFirst ? MetadataAt.StypeOutV1 : MetadataAt.StypeOut)] === STYPE_INSTRUMENT_ID
    this.#symbolBytes = isFirst ? SYMBOL_FIELD_BYTES_V1 : view.getUint16(start + MetadataAt.SymbolBytes, true)
    window.start += FIXED_BYTES
    this.#part = Part.Lists
    if (this.#symbolBytes === 0 || this.#symbolBytes > SYMBOL_BYTES_MAX) this.#giveUp()
    else this.#pass(view.getUint32(start + MetadataAt.SchemaDefinition, true))
    return Need.Ready
  }

  #readListCount(): Need {
    const status = this.#take(COUNT_BYTES)
    if (status !== Need.Ready || this.#part === Part.Rest) return status
    if (++this.#lists === SYMBOL_LISTS) this.#part = Part.MappingCount
    this.#pass(readU32(this.#window.u8, this.#at) * this.#symbolBytes)
    return status
  }

  #readMappingCount(): Need {
    const status = this.#take(COUNT_BYTES)
    if (status !== Need.Ready || this.#part === Part.Rest) return status
    this.#mappingsLeft = readU32(this.#window.u8, this.#at)
    this.#part = Part.Mapping
    return status
  }

  #readMapping(): Need {
    if (this.#mappingsLeft === 0) {
      this.#part = Part.Rest
      this.#toSkip = this.#left
      return Need.Ready
    }
    const status = this.#take(this.#symbolBytes + COUNT_BYTES)
    if (status !== Need.Ready || this.#part === Part.Rest) return status
    this.#mappingsLeft--
    this.#symbol = readSymbol(this.#window.u8, this.#at, this.#symbolBytes)
    this.#intervalsLeft = readU32(this.#window.u8, this.#at + this.#symbolBytes)
    this.#part = Part.Interval
    return status
  }

  #readInterval(): Need {
    if (this.#intervalsLeft === 0) {
      this.#part = Part.Mapping
      return Need.Ready
    }
    const status = this.#take(2 * DATE_BYTES + this.#symbolBytes)
    if (status !== Need.Ready || this.#part === Part.Rest) return status
    this.#intervalsLeft--
    const { u8 } = this.#window
    const id = readSymbol(u8, this.#at + 2 * DATE_BYTES, this.#symbolBytes)
    if (!this.#isMappedToId || !/^\d{1,10}$/.test(id)) return status
    const startDate = readU32(u8, this.#at)
    const endDate = readU32(u8, this.#at + DATE_BYTES)
    if (!this.#mappings.add(Number(id), { symbol: this.#symbol, startDate, endDate })) this.refusedMappings++
    return status
  }

  /** Takes bytes of the metadata, from `#at` on; where it has not so many, the rest of it is given up. */
  #take(bytes: number): Need {
    const window = this.#window
    if (bytes > this.#left) {
      this.#giveUp()
      return Need.Ready
    }
    const status = window.need(bytes)
    if (status !== Need.Ready) return status
    this.#at = window.start
    window.start += bytes
    this.#left -= bytes
    return status
  }

  /** Passes over bytes that say nothing to a replay. */
  #pass(bytes: number): void {
    if (bytes > this.#left) this.#giveUp()
    else {
      this.#left -= bytes
      this.#toSkip = bytes
    }
  }

  #giveUp(): void {
    this.isBad = true
    this.#part = Part.Rest
    this.#toSkip = this.#left
    this.#left = 0
  }

  #skip(): Need {
    const window = this.#window
    while (this.#toSkip > 0) {
      const status = window.need(1)
      if (status !== Need.Ready) return status
      this.#toSkip = window.skip(this.#toSkip)
    }
    return Need.Ready
  }
}

function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}

/** Zero-padded text. */
export function readSymbol(bytes: Uint8Array, at: number, length: number): string {
  let used = 0
  while (used < length && bytes[at + used] !== 0) used++
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, used).toString('latin1')
}
