import { FactSlot } from '../../strategies/plugin/memory.ts'
import { Header, Instrument, SYMBOL_BYTES, TradingStatus, TradingTerms } from '../records/catalogue.ts'
import { noteStale, StaleBook } from '../records/stale-book.ts'
import type { StateArchive } from '../records/state-archive.ts'
import type { RecordViews } from '../records/views.ts'
import { readText } from '../region/region.ts'

/** What the inbound records say of the instruments: symbols, exponents, trading states. */
export class InstrumentDirectory {
  readonly instrumentsMax: number
  /** `FactSlot.Slots` doubles for each instrument id. */
  readonly facts: Float64Array
  /** Records that named an instrument beyond the bound; they are ignored. */
  refused = 0
  count = 0
  /** Highest instrument that any record named: nothing is known of those beyond. */
  highest = 0
  readonly #symbols: string[]
  readonly #idBySymbol = new Map<string, number>()
  /** Tick and lot of the start-of-day file, by instrument; what the feed says again does not undo them. */
  readonly #ownTerms = new Map<number, { readonly tick: number; readonly lot: number }>()

  constructor(instrumentsMax: number) {
    this.instrumentsMax = instrumentsMax
    this.facts = new Float64Array((instrumentsMax + 1) * FactSlot.Slots)
    this.#symbols = new Array<string>(instrumentsMax + 1).fill('')
  }

  archive(archive: StateArchive): void {
    this.refused = archive.number(this.refused)
    this.count = archive.number(this.count)
    this.highest = archive.number(this.highest)
    archive.array(this.facts, 0, (this.highest + 1) * FactSlot.Slots)
    for (let id = 1; id <= this.count; id++) this.#name(id, archive.text(this.#symbols[id]!))
    // Symbols that instruments bore before are still found.
    const formers = [...this.#idBySymbol].filter(([symbol, id]) => this.#symbols[id] !== symbol)
    for (let left = archive.number(formers.length), i = 0; left > 0; left--, i++) {
      const symbol = archive.text(formers[i]?.[0] ?? '')
      this.#idBySymbol.set(symbol, archive.number(formers[i]?.[1] ?? 0))
    }
    const terms = [...this.#ownTerms]
    for (let left = archive.number(terms.length), i = 0; left > 0; left--, i++) {
      const [id, own] = terms[i] ?? [0, { tick: 0, lot: 0 }]
      this.#ownTerms.set(archive.number(id), { tick: archive.number(own.tick), lot: archive.number(own.lot) })
    }
  }

  /** Takes in an Instrument record. @returns its id, or 0 when it is beyond the bound */
  noteInstrument(views: RecordViews, at: number): number {
    const id = views.u32[(at + Header.Instrument) >> 2]!
    if (id === 0 || id > this.instrumentsMax) {
      this.refused++
      return 0
    }
    const base = id * FactSlot.Slots
    if (this.facts[base + FactSlot.Known] === 0) this.facts[base + FactSlot.Stale] = this.facts[FactSlot.Stale]!
    this.facts[base + FactSlot.Known] = 1
    this.facts[base + FactSlot.PriceExponent] = views.i32[(at + Instrument.PriceExponent) >> 2]!
    this.facts[base + FactSlot.QuantityExponent] = views.i32[(at + Instrument.QuantityExponent) >> 2]!
    this.facts[base + FactSlot.RoundLot] = views.u32[(at + Instrument.RoundLot) >> 2]!
    this.facts[base + FactSlot.TickSize] = views.f64[(at + Instrument.TickSize) >> 3]!
    if (this.#ownTerms.has(id)) this.#applyTerms(id)
    if (id > this.count) this.count = id
    if (id > this.highest) this.highest = id
    this.#name(id, readText(views.u8.buffer, views.u8.byteOffset + at + Instrument.Symbol, SYMBOL_BYTES))
    return id
  }

  /** Takes in what the start-of-day file says of an instrument. @returns the instrument, or 0 when it is unknown */
  noteTerms(views: RecordViews, at: number): number {
    const id = views.u32[(at + Header.Instrument) >> 2]!
    if (!this.isKnown(id)) return 0
    const tick = views.f64[(at + TradingTerms.TickSize) >> 3]!
    this.#ownTerms.set(id, { tick, lot: views.f64[(at + TradingTerms.Lot) >> 3]! })
    this.#applyTerms(id)
    return id
  }

  #applyTerms(id: number): void {
    const { tick, lot } = this.#ownTerms.get(id)!
    if (tick > 0) this.facts[id * FactSlot.Slots + FactSlot.TickSize] = tick
    if (lot > 0) this.facts[id * FactSlot.Slots + FactSlot.RoundLot] = lot
  }

  /** @returns the instrument, or 0 when it is unknown */
  noteStatus(views: RecordViews, at: number): number {
    const id = views.u32[(at + Header.Instrument) >> 2]!
    if (id === 0 || id > this.instrumentsMax) {
      this.refused++
      return 0
    }
    if (id > this.highest) this.highest = id
    this.facts[id * FactSlot.Slots + FactSlot.TradingState] = views.u32[(at + TradingStatus.State) >> 2]!
    return this.isKnown(id) ? id : 0
  }

  /**
   * An instrument's book is not to be trusted, or is again; see `StaleBook`.
   * @param id 0 for all, those to come too
   * @returns false when the instrument is unknown
   */
  noteStale(id: number, isStale: boolean): boolean {
    if (id !== 0 && !this.isKnown(id)) return false
    const bit = id === 0 ? StaleBook.WithAll : StaleBook.Itself
    const last = id === 0 ? this.count : id
    for (let each = id; each <= last; each++) {
      const slot = each * FactSlot.Slots + FactSlot.Stale
      this.facts[slot] = noteStale(this.facts[slot]!, bit, !isStale)
    }
    return true
  }

  isKnown(id: number): boolean {
    return id > 0 && id <= this.instrumentsMax && this.facts[id * FactSlot.Slots + FactSlot.Known] === 1
  }

  symbolOf(id: number): string {
    return this.#symbols[id] ?? ''
  }

  /** @returns 0 for an unknown symbol */
  find(symbol: string): number {
    return this.#idBySymbol.get(symbol) ?? 0
  }

  #name(id: number, padded: string): void {
    const symbol = padded.trimEnd()
    if (symbol === '' || symbol === this.#symbols[id]) return
    this.#symbols[id] = symbol
    this.#idBySymbol.set(symbol, id)
  }
}
