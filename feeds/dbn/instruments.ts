import { FLAG_IMPLIED, FLAG_MORE, Instrument, RecordType, SYMBOL_BYTES } from '../../kernels/records/catalogue.ts'
import type { InstrumentTable } from '../protocol/instrument-table.ts'
import type { DbnCounts } from './counts.ts'
import { DbnReject } from './counts.ts'
import type { DbnCursor } from './cursor.ts'
import { DBN_PRICE_EXPONENT } from './layout.ts'
import type { SymbolMappings } from './symbol-mappings.ts'

/** Round lot of an instrument without a definition: the least that arithmetic can stand on. */
const IMPLIED_ROUND_LOT = 1

/** What an instrument's record says beyond its symbol. The tick size lies in the cursor's first price. */
export interface InstrumentFacts {
  readonly roundLot: number
  /** As many bytes as there are letters. */
  readonly currency: Uint8Array
}

/**
 * Instrument ids by publisher and the publisher's instrument id, given out by the source's table at first sight. Venues
 * use the same number for the same instrument, but each has its own book.
 * Bound: that of the table; policy: `find` gives 0, and the caller counts the record as not decoded.
 */
export class DbnInstruments {
  readonly #table: InstrumentTable
  readonly #mappings: SymbolMappings
  readonly #mask: number
  /** Open addressing: publisher, venue's id and our id by slot; our id 0 is free. */
  readonly #publishers: Int32Array
  readonly #venueIds: Int32Array
  readonly #ids: Int32Array
  /** Symbols by our id; '' where unknown. */
  readonly #symbols: string[] = ['']
  /** The day (YYYYMMDD) on which the symbol was looked up last, by our id. */
  readonly #lookedUpOn: Int32Array

  constructor(table: InstrumentTable, mappings: SymbolMappings) {
    this.#table = table
    this.#mappings = mappings
    const slots = 2 ** Math.ceil(Math.log2(table.instrumentsMax * 2 + 1))
    this.#mask = slots - 1
    this.#publishers = new Int32Array(slots)
    this.#venueIds = new Int32Array(slots)
    this.#ids = new Int32Array(slots)
    this.#lookedUpOn = new Int32Array(table.instrumentsMax + 1)
  }

  /** Whether ids mean other instruments on other days, so that `recheck` is to be called. */
  get dependsOnDay(): boolean {
    return this.#mappings.hasReusedIds
  }

  /** Our id of an instrument, 0 for one not seen before. */
  find(publisher: number, venueId: number): number {
    return this.#ids[this.#slotOf(publisher, venueId)]!
  }

  /**
   * Gives an instrument its id and appends its record, implied and with what the file's mappings say on the day.
   * @returns how many records were appended: 0 when all ids are taken; the cursor's instrument is the new id
   */
  imply(publisher: number, venueId: number, date: number, cursor: DbnCursor, counts: DbnCounts): number {
    const symbol = this.#mappings.find(venueId >>> 0, date) ?? ''
    return this.#assign(publisher, venueId, symbol, date, cursor) ? this.#write(venueId, cursor, counts, undefined) : 0
  }

  /** Looks the symbol of a known id up again on another day: with another symbol it is another instrument. */
  recheck(publisher: number, venueId: number, date: number, cursor: DbnCursor, counts: DbnCounts): number {
    const id = cursor.instrument
    if (this.#lookedUpOn[id] === date) return 0
    this.#lookedUpOn[id] = date
    const symbol = this.#mappings.find(venueId >>> 0, date)
    if (symbol === undefined || symbol === this.#symbols[id]) return 0
    return this.#assign(publisher, venueId, symbol, date, cursor) ? this.#write(venueId, cursor, counts, undefined) : 0
  }

  /**
   * Takes a definition, or a mapping (without `facts`), and appends the instrument's record: under the known id where the
   * symbol is the same or was unknown, else under a new one.
   * @returns how many records were appended: 0 for a mapping that says nothing new, −1 when all ids are taken
   */
  define(
    publisher: number,
    venueId: number,
    symbol: string,
    date: number,
    cursor: DbnCursor,
    counts: DbnCounts,
    facts?: InstrumentFacts,
  ): number {
    const known = this.find(publisher, venueId)
    cursor.instrument = known
    const knownSymbol = this.#symbols[known] ?? ''
    if (known !== 0 && (knownSymbol === '' || knownSymbol === symbol)) {
      if (knownSymbol === symbol && facts === undefined) return 0
      this.#symbols[known] = symbol
    } else if (!this.#assign(publisher, venueId, symbol, date, cursor)) return -1
    return this.#write(venueId, cursor, counts, facts)
  }

  #assign(publisher: number, venueId: number, symbol: string, date: number, cursor: DbnCursor): boolean {
    const id = this.#table.assign()
    if (id === 0) return false
    const slot = this.#slotOf(publisher, venueId)
    this.#publishers[slot] = publisher
    this.#venueIds[slot] = venueId
    this.#ids[slot] = id
    this.#symbols[id] = symbol
    this.#lookedUpOn[id] = date
    cursor.instrument = id
    return true
  }

  #write(venueId: number, cursor: DbnCursor, counts: DbnCounts, facts: InstrumentFacts | undefined): number {
    const { flags, batch } = cursor
    // What the record is about comes behind: the event goes on.
    cursor.flags = facts === undefined ? FLAG_IMPLIED : flags & ~FLAG_MORE
    const to = cursor.begin(RecordType.Instrument, Instrument.Bytes)
    cursor.flags = flags
    const { u8, i32, f64 } = batch.views
    u8.fill(0, to + Instrument.Symbol, to + Instrument.Bytes)
    const symbol = this.#symbols[cursor.instrument]!
    if (symbol.length > SYMBOL_BYTES) counts.rejected[DbnReject.LongSymbol]!++
    const length = Math.min(symbol.length, SYMBOL_BYTES)
    for (let i = 0; i < length; i++) u8[to + Instrument.Symbol + i] = symbol.charCodeAt(i)
    i32[(to + Instrument.VenueLocate) >> 2] = venueId
    i32[(to + Instrument.PriceExponent) >> 2] = DBN_PRICE_EXPONENT
    i32[(to + Instrument.QuantityExponent) >> 2] = 0
    i32[(to + Instrument.RoundLot) >> 2] = facts?.roundLot ?? IMPLIED_ROUND_LOT
    f64[(to + Instrument.TickSize) >> 3] = facts === undefined ? 0 : cursor.price[0]!
    f64[(to + Instrument.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    if (facts !== undefined) u8.set(facts.currency, to + Instrument.Currency)
    return 1
  }

  /** The slot of an instrument, or the free one where it belongs. The table is never full: twice as many slots as ids. */
  #slotOf(publisher: number, venueId: number): number {
    let slot = Math.imul(venueId ^ Math.imul(publisher, 0x9e3779b1), 0x85ebca6b)
    slot = (slot ^ (slot >>> 15)) & this.#mask
    while (this.#ids[slot] !== 0 && !(this.#venueIds[slot] === venueId && this.#publishers[slot] === publisher)) {
      slot = (slot + 1) & this.#mask
    }
    return slot
  }
}
