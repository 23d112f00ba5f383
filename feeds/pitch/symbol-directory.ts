import type { InstrumentTable } from '../protocol/instrument-table.ts'

/** Of a symbol named outside any unit: over TCP, or in text. */
export const ANY_UNIT = -1
const ENTRY_WORDS = 4

/**
 * Instruments by symbol and unit, numbered by the source's table at first sight. A symbol is traded on one unit of its
 * exchange, so the same symbol on two units is on two exchanges, and two instruments; one named outside any unit is taken
 * for any.
 * Bound: that of the table; policy: `assign` refuses, and the decoder counts the message as not decoded.
 */
export class SymbolDirectory {
  /** Messages of each instrument, by id. */
  readonly messages: Float64Array
  /** Session of the unit that an instrument is of, by id. */
  readonly unitOf: Int16Array
  /** Orders of an instrument that the order index holds, by id. */
  readonly liveOrders: Int32Array
  /** Counts how often the instrument's orders were cleared, by id. */
  readonly generation: Int32Array
  /** 1 where short prices are signed: futures and complex instruments. */
  readonly hasSignedPrices: Uint8Array
  /** Hash of the definition last seen, by id; 0 for none. */
  readonly definition: Int32Array
  /** `ShortSaleState` last seen, by id. */
  readonly shortSale: Uint8Array
  readonly #table: InstrumentTable
  /** Symbol low, symbol high, unit, id. */
  readonly #entries: Int32Array
  readonly #mask: number

  constructor(table: InstrumentTable) {
    this.#table = table
    const ids = table.instrumentsMax + 1
    const slots = 1 << (33 - Math.clz32(Math.max(16, ids - 1)))
    this.#entries = new Int32Array(slots * ENTRY_WORDS)
    this.#mask = slots - 1
    this.messages = table.messages
    this.unitOf = new Int16Array(ids)
    this.liveOrders = new Int32Array(ids)
    this.generation = new Int32Array(ids)
    this.hasSignedPrices = new Uint8Array(ids)
    this.definition = new Int32Array(ids)
    this.shortSale = new Uint8Array(ids)
  }

  /** Highest id that may be of this directory. */
  get lastId(): number {
    return this.#table.count
  }

  /** The instrument of a symbol of eight bytes (as two words) on a unit; 0 where there is none. */
  find(low: number, high: number, unit: number): number {
    const entries = this.#entries
    for (let slot = this.#slotOf(low, high); ; slot = (slot + 1) & this.#mask) {
      const at = slot * ENTRY_WORDS
      const id = entries[at + 3]!
      if (id === 0) return 0
      if (entries[at] !== low || entries[at + 1] !== high) continue
      if (entries[at + 2] === unit || unit === ANY_UNIT) return id
      if (entries[at + 2] !== ANY_UNIT) continue
      entries[at + 2] = unit
      this.unitOf[id] = unit
      return id
    }
  }

  /** Gives a symbol that `find` has not a new id. @returns it, or 0 when all are taken */
  assign(low: number, high: number, unit: number): number {
    const id = this.#table.assign()
    if (id === 0) return 0
    const entries = this.#entries
    let slot = this.#slotOf(low, high)
    while (entries[slot * ENTRY_WORDS + 3] !== 0) slot = (slot + 1) & this.#mask
    entries.set([low, high, unit, id], slot * ENTRY_WORDS)
    this.unitOf[id] = unit
    return id
  }

  #slotOf(low: number, high: number): number {
    const hash = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1)
    return (hash ^ (hash >>> 15)) & this.#mask
  }
}
