import type { InstrumentTable } from '../protocol/instrument-table.ts'
import { STOCK_BYTES } from './layout.ts'

/** Stock locates are u16: there can be no more of them at a time. */
export const LOCATES_MAX = 65_536
/** Locates whose symbols there is room for at first; it doubles: most venues list some thousands, and small files a few. */
const SYMBOLS_AT_FIRST = 512

/**
 * Instrument ids by stock locate, given out by the source's table at first sight.
 * Bound: that of the table; policy: `assign` refuses, and the decoder counts the message as rejected.
 */
export class InstrumentDirectory {
  /** Instrument id by locate; 0 where none is assigned. */
  readonly ids = new Int32Array(LOCATES_MAX)
  readonly #table: InstrumentTable
  /** The symbol's eight bytes by locate, as they were on the wire; zero where unknown. */
  #symbols = new Uint8Array(SYMBOLS_AT_FIRST * STOCK_BYTES)

  constructor(table: InstrumentTable) {
    this.#table = table
  }

  /** Gives the locate a new id. @returns it, or 0 when all are taken */
  assign(locate: number): number {
    const id = this.#table.assign()
    if (id !== 0) this.ids[locate] = id
    return id
  }

  /** Notes the symbol of a locate. */
  noteSymbol(locate: number, bytes: Uint8Array, at: number): void {
    const to = locate * STOCK_BYTES
    if (to >= this.#symbols.length) this.#grow(to + STOCK_BYTES)
    for (let i = 0; i < STOCK_BYTES; i++) this.#symbols[to + i] = bytes[at + i]!
  }

  /** Whether the locate is known under another symbol: a directory of another day or venue. */
  isOtherSymbol(locate: number, bytes: Uint8Array, at: number): boolean {
    const from = locate * STOCK_BYTES
    if (from >= this.#symbols.length || this.#isUnknown(from)) return false
    for (let i = 0; i < STOCK_BYTES; i++) if (this.#symbols[from + i] !== bytes[at + i]) return true
    return false
  }

  /** A symbol whose first four bytes are zero is none. */
  #isUnknown(from: number): boolean {
    const symbols = this.#symbols
    return (symbols[from]! | symbols[from + 1]! | symbols[from + 2]! | symbols[from + 3]!) === 0
  }

  #grow(bytesMin: number): void {
    let bytes = this.#symbols.length
    while (bytes < bytesMin) bytes *= 2
    const symbols = new Uint8Array(bytes)
    symbols.set(this.#symbols)
    this.#symbols = symbols
  }
}
