import { OUCH_SYMBOL_BYTES } from '../../../feeds/ouch/message.ts'
import { Header, Instrument, SYMBOL_BYTES } from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import type { RecordViews } from '../../records/views.ts'

const SPACE = 0x20
const OUCH_PRICE_EXPONENT = -4

/** What the wire needs to know of each instrument: its symbol, and what turns its prices into those of the wire. */
export class VenueSymbols {
  readonly instrumentsMax: number
  /** Symbols padded with spaces, `OUCH_SYMBOL_BYTES` an instrument. */
  readonly text: Uint8Array
  /** Units of four decimals in one price unit; 0 while the instrument is unknown, or its symbol too long for the wire. */
  readonly priceScale: Float64Array

  constructor(instrumentsMax: number) {
    this.instrumentsMax = instrumentsMax
    this.text = new Uint8Array((instrumentsMax + 1) * OUCH_SYMBOL_BYTES).fill(SPACE)
    this.priceScale = new Float64Array(instrumentsMax + 1)
  }

  /** Saves or restores the names. */
  archive(archive: StateArchive): void {
    archive.array(this.text)
    archive.array(this.priceScale)
  }

  /** Takes an Instrument record in. */
  note(views: RecordViews, at: number): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (instrument === 0 || instrument > this.instrumentsMax) return
    const from = at + Instrument.Symbol
    let length = 0
    while (length < SYMBOL_BYTES && views.u8[from + length] !== 0) length++
    if (length === 0 || length > OUCH_SYMBOL_BYTES) return
    const to = instrument * OUCH_SYMBOL_BYTES
    for (let i = 0; i < OUCH_SYMBOL_BYTES; i++) this.text[to + i] = i < length ? views.u8[from + i]! : SPACE
    this.priceScale[instrument] = 10 ** (views.i32[(at + Instrument.PriceExponent) >> 2]! - OUCH_PRICE_EXPONENT)
  }
}
