import { StaleReason } from '../../kernels/records/catalogue.ts'
import type { RecordBatch } from '../record-batch.ts'
import { Ladder, type PriceLadders } from './price-ladders.ts'
import type { RecordWriter } from './record-writer.ts'
import { BookState, type SecurityTable } from './security-table.ts'

/**
 * Makes books by price whole again without a snapshot (CME Group Client Systems Wiki, "MDP 3.0 - MBP and MBOFD Market
 * Recovery": natural refresh, beside the snapshots of the recovery feed). When such a book can be believed is left to the
 * reader; here it is when nothing in it is a guess: at the end of an exchange event, when of each level of both sides it is known
 * what stands there, by an entry of its own or because the venue took a level out and put nothing in (`PriceLadders`), and
 * when the number of levels is known. Implied levels are no part of the rule: they stay out of the readers' books.
 *
 * Bound: that of the instruments; each is listed once.
 */
export class NaturalRefresh {
  readonly #securities: SecurityTable
  readonly #ladders: PriceLadders
  /** Instruments that are not whole and whose levels have changed since their channel's last event ended. */
  readonly #touched: Int32Array
  readonly #isTouched: Uint8Array
  #touchedCount = 0
  /** Instruments that are whole by the event that has ended, and have not been stated. */
  readonly #recovered: Int32Array
  #recoveredCount = 0

  constructor(securities: SecurityTable, ladders: PriceLadders) {
    this.#securities = securities
    this.#ladders = ladders
    this.#touched = new Int32Array(securities.list.length)
    this.#isTouched = new Uint8Array(securities.list.length)
    this.#recovered = new Int32Array(securities.list.length)
  }

  /** Whether instruments wait for `step`. */
  get hasRecovered(): boolean {
    return this.#recoveredCount > 0
  }

  /** The levels of an instrument have changed. */
  note(instrument: number): void {
    if (this.#securities.bookState[instrument]! <= BookState.Whole || this.#isTouched[instrument] === 1) return
    this.#isTouched[instrument] = 1
    this.#touched[this.#touchedCount++] = instrument
  }

  /** An exchange event of a channel has ended: looks which books it made whole. */
  endEvent(channel: number): void {
    let kept = 0
    for (let i = 0; i < this.#touchedCount; i++) {
      const instrument = this.#touched[i]!
      if (this.#securities.channel[instrument] !== channel) this.#touched[kept++] = instrument
      else {
        this.#isTouched[instrument] = 0
        if (this.#isRefreshed(instrument)) this.#recovered[this.#recoveredCount++] = instrument
      }
    }
    this.#touchedCount = kept
  }

  /** States one of the instruments that are whole again. */
  step(writer: RecordWriter, batch: RecordBatch): void {
    this.#recoveredCount--
    const instrument = this.#recovered[this.#recoveredCount]!
    this.#securities.bookState[instrument] = BookState.Whole
    writer.stale(batch, instrument, StaleReason.Recovered)
  }

  #isRefreshed(instrument: number): boolean {
    const { bookState, depth, isDepthKnown } = this.#securities
    if (bookState[instrument]! <= BookState.Whole || isDepthKnown[instrument] === 0) return false
    if (this.#securities.isByOrder(instrument)) return false
    const levels = depth[instrument]!
    return (
      this.#ladders.isKnown(instrument, Ladder.Bid, levels) && this.#ladders.isKnown(instrument, Ladder.Offer, levels)
    )
  }
}
