import type { InstrumentTable } from '../protocol/instrument-table.ts'

/** Multipliers of the two words; odd, and spread over all bits (from the golden ratio and from xxHash). */
const MIX_LOW = 0x9e3779b1
const MIX_HIGH = 0x85ebca77

/**
 * Instrument ids by symbol, eight bytes as two words as they are on the wire: open addressing over typed arrays, at most
 * half full.
 * Bound: that of the source's instrument table; policy: `add` refuses, and the decoder counts the message as rejected.
 */
export class SymbolTable {
  readonly #instruments: InstrumentTable
  readonly #mask: number
  readonly #shift: number
  readonly #low: Int32Array
  readonly #high: Int32Array
  /** Instrument id by slot; 0 where the slot is free. */
  readonly #ids: Int32Array

  constructor(instruments: InstrumentTable) {
    this.#instruments = instruments
    const bits = Math.max(4, 33 - Math.clz32(instruments.instrumentsMax))
    this.#mask = (1 << bits) - 1
    this.#shift = 32 - bits
    this.#low = new Int32Array(1 << bits)
    this.#high = new Int32Array(1 << bits)
    this.#ids = new Int32Array(1 << bits)
  }

  /** The symbol's instrument id; 0 while it has none. */
  find(low: number, high: number): number {
    return this.#ids[this.#slotOf(low, high)]!
  }

  /** Gives a symbol that has none an id. @returns it, or 0 when all are taken */
  add(low: number, high: number): number {
    const id = this.#instruments.assign()
    if (id === 0) return 0
    const slot = this.#slotOf(low, high)
    this.#low[slot] = low
    this.#high[slot] = high
    this.#ids[slot] = id
    return id
  }

  /** The symbol's slot, or the free one where it belongs; there are always free ones. */
  #slotOf(low: number, high: number): number {
    const mixed = Math.imul(low, MIX_LOW) ^ Math.imul(high, MIX_HIGH)
    let slot = Math.imul(mixed ^ (mixed >>> 15), MIX_LOW) >>> this.#shift
    while (this.#ids[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) {
      slot = (slot + 1) & this.#mask
    }
    return slot
  }
}
