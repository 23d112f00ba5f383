import { LOCATES_MAX } from './instrument-directory.ts'
import { STOCK_BYTES } from './layout.ts'

/** Instrument ids that are kept; no source gives out more. */
const INSTRUMENTS_MAX = 1 << 20
const NO_OWNER = -1
const SPACE = 0x20

/** What the encoder must know of an instrument to write its messages. */
export interface ListedInstrument {
  readonly id: number
  /** Stock locate of its messages; changes when another instrument took it. */
  locate: number
  /** The symbol's eight bytes, padded with spaces; only spaces where it is unknown. */
  readonly stock: Uint8Array
  /** Powers of ten from the instrument's units to those of ITCH: prices have four decimals, quantities none. */
  readonly priceShift: number
  readonly quantityShift: number
  readonly roundLot: number
}

/**
 * Stock locates of the instruments that are written, by instrument id. The locate of the source is kept where it is one:
 * what was ITCH 5.0 stays as it was. Another instrument with the same locate takes it over, as a new directory message
 * does; the one before gets a free locate, counted down from the highest, when it is heard of again.
 * Bound: as many instruments at a time as there are locates; policy: `claim` answers false.
 */
export class LocateTable {
  readonly #instruments: (ListedInstrument | undefined)[] = []
  /** Instrument id by locate. */
  readonly #owners = new Int32Array(LOCATES_MAX).fill(NO_OWNER)
  #nextFree = LOCATES_MAX - 1

  /** Notes an instrument and gives it a locate. @returns undefined where there is none left, or the id is out of bounds */
  list(facts: Omit<ListedInstrument, 'locate'>, venueLocate: number): ListedInstrument | undefined {
    const { id } = facts
    if (id >= INSTRUMENTS_MAX) return undefined
    const before = this.#instruments[id]
    if (before !== undefined && this.#owners[before.locate] === id) this.#owners[before.locate] = NO_OWNER
    // Venues that have no locates give 0 for all instruments: only the first one may have that.
    const isLocate = venueLocate < LOCATES_MAX && (venueLocate > 0 || this.#owners[0] === NO_OWNER)
    const locate = isLocate ? venueLocate : this.#findFree()
    if (locate < 0) return undefined
    const listed: ListedInstrument = { ...facts, locate }
    this.#owners[locate] = id
    this.#instruments[id] = listed
    return listed
  }

  /** The instrument cannot be written: its messages will find nothing. */
  drop(id: number): void {
    const before = this.#instruments[id]
    if (before !== undefined && this.#owners[before.locate] === id) this.#owners[before.locate] = NO_OWNER
    this.#instruments[id] = undefined
  }

  find(id: number): ListedInstrument | undefined {
    return this.#instruments[id]
  }

  /** Whether the locate is still the instrument's own. */
  isOwner(instrument: ListedInstrument): boolean {
    return this.#owners[instrument.locate] === instrument.id
  }

  /** Gives the instrument a locate that nobody has. @returns false when there is none */
  claim(instrument: ListedInstrument): boolean {
    const locate = this.#findFree()
    if (locate < 0) return false
    instrument.locate = locate
    this.#owners[locate] = instrument.id
    return true
  }

  #findFree(): number {
    while (this.#nextFree > 0 && this.#owners[this.#nextFree] !== NO_OWNER) this.#nextFree--
    return this.#nextFree > 0 ? this.#nextFree : -1
  }
}

/** The eight bytes of a stock from a record's zero-padded symbol; undefined where the symbol is longer. */
export function toStock(symbol: Uint8Array): Uint8Array | undefined {
  const end = symbol.indexOf(0)
  const bytes = end < 0 ? symbol.length : end
  if (bytes > STOCK_BYTES) return undefined
  const stock = new Uint8Array(STOCK_BYTES).fill(SPACE)
  stock.set(symbol.subarray(0, bytes))
  return stock
}
