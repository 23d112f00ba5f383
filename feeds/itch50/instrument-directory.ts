import type { InstrumentTable } from '../protocol/instrument-table.ts'
import { STOCK_BYTES } from './layout.ts'

/** Stock locates are u16: there can be no more of them at a time. */
export const LOCATES_MAX = 65_536
const SYMBOL_WORDS = STOCK_BYTES / 4

/**
 * Instrument ids by stock locate, given out by the source's table at first sight.
 * Bound: that of the table; policy: `assign` refuses, and the decoder counts the message as rejected.
 */
export class InstrumentDirectory {
  /** Instrument id by locate; 0 where none is assigned. */
  readonly ids = new Int32Array(LOCATES_MAX)
  readonly #table: InstrumentTable
  /** The symbol's eight bytes by locate, as they were on the wire; zero where unknown. */
  readonly #symbols = new Int32Array(LOCATES_MAX * SYMBOL_WORDS)
  readonly #symbolBytes = new Uint8Array(this.#symbols.buffer)

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
    for (let i = 0; i < STOCK_BYTES; i++) this.#symbolBytes[to + i] = bytes[at + i]!
  }

  /** Whether the locate is known under another symbol: a directory of another day or venue. */
  isOtherSymbol(locate: number, bytes: Uint8Array, at: number): boolean {
    const from = locate * STOCK_BYTES
    if (this.#symbols[locate * SYMBOL_WORDS] === 0) return false
    for (let i = 0; i < STOCK_BYTES; i++) if (this.#symbolBytes[from + i] !== bytes[at + i]) return true
    return false
  }
}
