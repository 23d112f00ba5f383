import { STAMP_SLOTS } from '../../loop/regions.ts'
import { NewOrder } from '../../records/catalogue.ts'
import type { RecordViews } from '../../records/views.ts'
import type { SendStamps } from '../entry/send-stamps.ts'

const NOT_KNOWN = new Float64Array(1)

/**
 * When the packets arrived that the latest inbound records are of, so that an order's time of leaving can be set against its
 * cause's. Bound: `STAMP_SLOTS` records; policy: a cause that has passed out of the circle counts as unknown.
 */
export class CauseArrivals {
  /** [0]: arrival of the packet that the record at hand is of; 0 where there is none. */
  readonly atHandNs = new Float64Array(1)
  /** By `sequence & (STAMP_SLOTS - 1)`; 0 where it is not known. */
  readonly #arrivedNs = new Float64Array(STAMP_SLOTS)

  /** The record at hand has its sequence. */
  note(sequence: number): void {
    this.#arrivedNs[sequence & (STAMP_SLOTS - 1)] = this.atHandNs[0]!
  }

  /**
   * An order is on its way.
   * @param streamEnd bytes of the connection up to its end
   * @param at of the request in `views`
   * @param latest sequence of the last inbound record
   */
  awaitStamp(stamps: SendStamps, streamEnd: number, views: RecordViews, at: number, latest: number): void {
    const cause = views.f64[(at + NewOrder.CauseSequence) >> 3]!
    if (latest - cause < STAMP_SLOTS) stamps.noteOrder(streamEnd, this.#arrivedNs, cause & (STAMP_SLOTS - 1))
    else stamps.noteOrder(streamEnd, NOT_KNOWN, 0)
  }
}
