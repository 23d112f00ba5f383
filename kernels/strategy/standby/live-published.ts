import { Header, NewOrder } from '../../records/catalogue.ts'
import { findSchema } from '../../records/schema.ts'
import type { RecordViews } from '../../records/views.ts'
import { OutboundDiffersError, StandbyBehindError } from '../errors.ts'
import type { PublishedOutbound } from '../outbound.ts'
import type { RecordTrail } from './record-trail.ts'

/** What the live strategy kernel has published, for the comparison with what its standby decides. */
export class LivePublished implements PublishedOutbound {
  /** Everything is the live one's to publish, until its death says where that ends. */
  lastSequence = Number.POSITIVE_INFINITY
  /** [0] records compared. */
  readonly compared = new Float64Array(1)
  readonly #trail: RecordTrail

  /** @param trail of the live kernel's outbound records */
  constructor(trail: RecordTrail) {
    this.#trail = trail
  }

  get views(): RecordViews {
    return this.#trail.views
  }

  /** @throws StandbyBehindError for a record that is published and cannot be had */
  seek(sequence: number): number {
    this.compared[0]!++
    const at = this.#trail.seek(sequence)
    if (at < 0 && this.#trail.isPublished(sequence)) throw new StandbyBehindError('outbound', sequence)
    return at
  }

  /**
   * The other side of the comparison: a record that the live kernel published and the standby did not decide.
   * @param lastDecided sequence of the last outbound record that the standby decided
   * @param handled sequence of the last inbound record that the standby has handled, and the live kernel given back
   * @throws OutboundDiffersError
   */
  assertNothingMore(lastDecided: number, handled: number): void {
    const at = this.#trail.peek(lastDecided + 1)
    if (at < 0) return
    const { ringViews } = this.#trail
    const cause = ringViews.f64[(at + NewOrder.CauseSequence) >> 3]!
    if (cause > handled) return
    const name = findSchema(ringViews.u16[(at + Header.Type) >> 1]!)?.name ?? 'record'
    throw new OutboundDiffersError(lastDecided + 1, `${name} published for inbound record ${cause}, now nothing`)
  }
}
