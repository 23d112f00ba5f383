import { PriceBandKind } from '../../kernels/records/catalogue.ts'
import { type DbnCounts, DbnReject } from './counts.ts'
import { type DbnCursor, PriceSlot } from './cursor.ts'
import {
  CURRENCY_BYTES,
  DEFINITION_V1,
  DEFINITION_V2,
  DEFINITION_V3,
  DefinitionAt,
  type DefinitionLayout,
} from './definition-layout.ts'
import type { DbnInstruments } from './instruments.ts'
import { MappingAt, MappingV1At, RecordAt, RType, SYMBOL_FIELD_BYTES, SYMBOL_FIELD_BYTES_V1 } from './layout.ts'
import { readSymbol } from './metadata.ts'
import { writeBand } from './rare-messages.ts'

const LAYOUTS: readonly DefinitionLayout[] = [DEFINITION_V1, DEFINITION_V1, DEFINITION_V2, DEFINITION_V3]
const DELETED = 0x44

/** The records that say what an instrument is: definitions, and the mappings that a live gateway sends. */
export class DbnDirectoryMessages {
  readonly #cursor: DbnCursor
  readonly #instruments: DbnInstruments
  readonly #counts: DbnCounts

  constructor(cursor: DbnCursor, instruments: DbnInstruments, counts: DbnCounts) {
    this.#cursor = cursor
    this.#instruments = instruments
    this.#counts = counts
  }

  /** Decodes the record at the cursor. @returns how many records were appended */
  decode(type: number, version: number, bytes: Uint8Array, date: number): number {
    this.#cursor.flags = 0
    return type === RType.Definition ? this.#definition(version, bytes, date) : this.#mapping(version, bytes, date)
  }

  #definition(version: number, bytes: Uint8Array, date: number): number {
    const cursor = this.#cursor
    const layout = LAYOUTS[version]!
    if (cursor.readU8(layout.updateActionAt) === DELETED) return 0
    const roundLot = cursor.readI32(layout.roundLotAt)
    const currencyAt = cursor.at + layout.currencyAt
    let letters = 0
    while (letters < CURRENCY_BYTES && bytes[currencyAt + letters] !== 0) letters++
    cursor.readPrice(DefinitionAt.TickSize, PriceSlot.First)
    const facts = {
      // An undefined round lot is i32's greatest value.
      roundLot: roundLot > 0 && roundLot < 0x7fffffff ? roundLot : 1,
      currency: bytes.subarray(currencyAt, currencyAt + letters),
    }
    const symbol = readSymbol(bytes, cursor.at + layout.symbolAt, layout.symbolBytes)
    const records = this.#define(RType.Definition, symbol, date, facts)
    if (records === 0) return 0
    cursor.readPrice(DefinitionAt.LowLimitPrice, PriceSlot.First)
    cursor.readPrice(DefinitionAt.HighLimitPrice, PriceSlot.Second)
    return records + writeBand(cursor, PriceBandKind.PriceLimits)
  }

  #mapping(version: number, bytes: Uint8Array, date: number): number {
    const isFirst = version === 1
    const at = this.#cursor.at + (isFirst ? MappingV1At.OutSymbol : MappingAt.OutSymbol)
    const symbol = readSymbol(bytes, at, isFirst ? SYMBOL_FIELD_BYTES_V1 : SYMBOL_FIELD_BYTES)
    return this.#define(RType.SymbolMapping, symbol, date)
  }

  #define(type: RType, symbol: string, date: number, facts?: Parameters<DbnInstruments['define']>[6]): number {
    const cursor = this.#cursor
    const publisher = cursor.readU16(RecordAt.Publisher)
    const venueId = cursor.readI32(RecordAt.Instrument)
    const records = this.#instruments.define(publisher, venueId, symbol, date, cursor, this.#counts, facts)
    if (records >= 0) return records
    this.#counts.reject(type, DbnReject.TooManyInstruments)
    return 0
  }
}
