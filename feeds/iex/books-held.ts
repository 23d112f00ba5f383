import type { InstrumentTable } from '../protocol/instrument-table.ts'
import type { RecordBatch } from '../record-batch.ts'
import { writeBookClear } from './book-messages.ts'
import type { IexMessage } from './message.ts'

/**
 * Which instruments' books may hold something, so that they can be cleared when their session is over: one record for each,
 * because other feeds of the source have instruments of their own.
 */
export class BooksHeld {
  readonly #held: Uint8Array
  readonly #instruments: InstrumentTable
  /** The next instrument to look at while clearing; 0 when none is to be cleared. */
  #next = 0

  constructor(instruments: InstrumentTable) {
    this.#instruments = instruments
    this.#held = new Uint8Array(instruments.instrumentsMax + 1)
  }

  note(instrument: number): void {
    this.#held[instrument] = 1
  }

  /** All books are to be cleared: call `clear` until it is done. */
  begin(): void {
    this.#next = 1
  }

  get isClearing(): boolean {
    return this.#next !== 0
  }

  /** Appends records while the batch has room, with the message's line and time. @returns how many were appended */
  clear(message: IexMessage, batch: RecordBatch): number {
    let records = 0
    while (this.#next <= this.#instruments.count) {
      if (!batch.hasRoom()) return records
      const instrument = this.#next++
      if (this.#held[instrument] === 0) continue
      this.#held[instrument] = 0
      message.instrument = instrument
      records += writeBookClear(message, batch)
    }
    this.#next = 0
    return records
  }
}
