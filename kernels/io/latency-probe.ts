import type { NanoClock } from '../loop/host-clock.ts'
import { Header, NewOrder } from '../records/catalogue.ts'
import type { RecordViews } from '../records/views.ts'
import type { Histogram } from '../region/histogram.ts'

/**
 * Real-time stamps of inbound records, by sequence, in a circle: they stay out of the records, which are the same in
 * every run. One clock read a published batch, one a drained request.
 */
export class LatencyProbe {
  /** Real time at which a sequence was published, at `sequence & mask`. */
  readonly published: Float64Array
  readonly #mask: number
  readonly #clock: NanoClock
  readonly #tickToOrder: Histogram
  readonly #ringOutbound: Histogram
  readonly #hold: Histogram
  /** The strategy kernel's stamps of outbound records, by outbound sequence. */
  readonly #emitted: Float64Array
  /** [0] now, [1] last stamped sequence, [2] difference to record, [3] begin of the hold at hand. */
  readonly #slots = new Float64Array(4)

  constructor(parts: {
    readonly published: Float64Array
    readonly emitted: Float64Array
    readonly clock: NanoClock
    readonly tickToOrder: Histogram
    readonly ringOutbound: Histogram
    readonly hold: Histogram
  }) {
    this.published = parts.published
    this.#emitted = parts.emitted
    this.#mask = parts.published.length - 1
    if ((parts.published.length & this.#mask) !== 0 || (parts.emitted.length & (parts.emitted.length - 1)) !== 0) {
      throw new RangeError('latency stamps lie in a power of two of slots')
    }
    this.#clock = parts.clock
    this.#tickToOrder = parts.tickToOrder
    this.#ringOutbound = parts.ringOutbound
    this.#hold = parts.hold
  }

  /** Begins behind a sequence that someone else published. */
  skipTo(sequence: number): void {
    this.#slots[1] = sequence
  }

  /** Stamps all sequences up to `sequences[index]` that have no stamp yet. */
  notePublished(sequences: Float64Array, index: number): void {
    const slots = this.#slots
    this.#clock.readInto(slots, 0)
    const now = slots[0]!
    const last = sequences[index]!
    for (let sequence = slots[1]! + 1; sequence <= last; sequence++) this.published[sequence & this.#mask] = now
    slots[1] = last
  }

  /** A record begins to wait until the strategy kernel has consumed what came before. */
  noteHold(): void {
    this.#clock.readInto(this.#slots, 3)
  }

  /** The record that waited is published. */
  noteHoldEnd(): void {
    const slots = this.#slots
    this.#clock.readInto(slots, 0)
    slots[2] = slots[0]! - slots[3]!
    this.#hold.recordFrom(slots, 2)
  }

  /** Measures one outbound record that the gate is about to judge. */
  noteOutbound(views: RecordViews, at: number): void {
    const slots = this.#slots
    this.#clock.readInto(slots, 0)
    const cause = views.f64[(at + NewOrder.CauseSequence) >> 3]!
    slots[2] = slots[0]! - this.published[cause & this.#mask]!
    this.#tickToOrder.recordFrom(slots, 2)
    const own = views.f64[(at + Header.Sequence) >> 3]!
    slots[2] = slots[0]! - this.#emitted[own & (this.#emitted.length - 1)]!
    this.#ringOutbound.recordFrom(slots, 2)
  }
}
