import { Header, Instrument, SYMBOL_BYTES } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'

/** Instrument ids that are kept; no source gives out more. Policy: records of others have no symbol and exponents of 0. */
const INSTRUMENTS_MAX = 1 << 20

/** What a table must know of an instrument. */
export interface ExportInstrument {
  readonly symbol: string
  readonly priceExponent: number
  readonly quantityExponent: number
}

const UNKNOWN: ExportInstrument = { symbol: '', priceExponent: 0, quantityExponent: 0 }

/** Symbols and exponents by instrument id, as the instrument records told them last. */
export class ExportInstruments {
  readonly #known: (ExportInstrument | undefined)[] = []

  /** Takes an Instrument record. */
  note(views: RecordViews, at: number): void {
    const id = views.u32[(at + Header.Instrument) >> 2]!
    if (id >= INSTRUMENTS_MAX) return
    this.#known[id] = {
      symbol: readText(views, at + Instrument.Symbol, SYMBOL_BYTES),
      priceExponent: views.i32[(at + Instrument.PriceExponent) >> 2]!,
      quantityExponent: views.i32[(at + Instrument.QuantityExponent) >> 2]!,
    }
  }

  find(id: number): ExportInstrument {
    return this.#known[id] ?? UNKNOWN
  }
}

/** Zero-padded text of a record, each byte a character. */
export function readText(views: RecordViews, at: number, width: number): string {
  let end = 0
  while (end < width && views.u8[at + end] !== 0) end++
  return Buffer.from(views.u8.buffer, views.u8.byteOffset + at, end).toString('latin1')
}
