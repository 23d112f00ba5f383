import { Instrument } from '../kernels/records/catalogue.ts'
import { readSymbol } from '../kernels/records/symbol.ts'
import type { RecordViews } from '../kernels/records/views.ts'

/**
 * What instrument records tell of each instrument, by id, for reports. Bound: ids up to `instrumentsMax`, which the source's
 * table keeps to.
 */
export class InstrumentNames {
  readonly priceExponents: Int8Array
  readonly quantityExponents: Int8Array
  /** By id; undefined before its record, empty where the feed has not named it. */
  readonly #symbols: (string | undefined)[] = []
  readonly #venueNumbers: Uint32Array

  constructor(instrumentsMax: number) {
    this.priceExponents = new Int8Array(instrumentsMax + 1)
    this.quantityExponents = new Int8Array(instrumentsMax + 1)
    this.#venueNumbers = new Uint32Array(instrumentsMax + 1)
  }

  /** Takes an instrument record. A later one without a symbol leaves the name that is known. */
  note(instrument: number, views: RecordViews, at: number): void {
    if (instrument >= this.priceExponents.length) return
    this.priceExponents[instrument] = views.i32[(at + Instrument.PriceExponent) >> 2]!
    this.quantityExponents[instrument] = views.i32[(at + Instrument.QuantityExponent) >> 2]!
    this.#venueNumbers[instrument] = views.u32[(at + Instrument.VenueLocate) >> 2]!
    const symbol = readSymbol(views, at)
    if (symbol !== '' || this.#symbols[instrument] === undefined) this.#symbols[instrument] = symbol
  }

  /** Whether the feed has named the instrument. */
  isNamed(instrument: number): boolean {
    const symbol = this.#symbols[instrument]
    return symbol !== undefined && symbol !== ''
  }

  /** The instrument's symbol; while the feed has not named it, the venue's number for it, empty where there is none. */
  symbol(instrument: number): string {
    const symbol = this.#symbols[instrument]
    if (symbol !== '') return symbol ?? ''
    const number = this.#venueNumbers[instrument]!
    return number === 0 ? '' : String(number)
  }

  /** All symbols seen, each once. */
  symbols(): string[] {
    const symbols = new Set<string>()
    for (let instrument = 1; instrument < this.#symbols.length; instrument++) symbols.add(this.symbol(instrument))
    symbols.delete('')
    return [...symbols]
  }
}
