import type { NanoClock } from '../loop/host-clock.ts'
import { Header } from '../records/catalogue.ts'
import type { RecordViews } from '../records/views.ts'
import type { Histogram } from '../region/histogram.ts'

/** One record in eight is timed on its way in: a clock read costs a tenth of what a record does. */
const SAMPLE_MASK = 7

/** Real time at the strategy kernel: from publication to pick-up, from pick-up to the emitted record. */
export class StrategyProbe {
  readonly #published: Float64Array
  readonly #emitted: Float64Array
  readonly #clock: NanoClock
  readonly #ringInbound: Histogram
  readonly #decide: Histogram
  /** [0] pick-up, [1] now, [2] difference. */
  readonly #slots = new Float64Array(3)
  #isTimed = false

  constructor(parts: {
    /** The I/O kernel's stamps, by inbound sequence; a power of two of slots. */
    readonly published: Float64Array
    /** This kernel's own, by outbound sequence. */
    readonly emitted: Float64Array
    readonly clock: NanoClock
    readonly ringInbound: Histogram
    readonly decide: Histogram
  }) {
    this.#published = parts.published
    this.#emitted = parts.emitted
    this.#clock = parts.clock
    this.#ringInbound = parts.ringInbound
    this.#decide = parts.decide
  }

  /** A record is about to be handled. */
  notePickUp(views: RecordViews, at: number): void {
    const sequence = views.f64[(at + Header.Sequence) >> 3]!
    this.#isTimed = (sequence & SAMPLE_MASK) === 0
    if (!this.#isTimed) return
    const slots = this.#slots
    this.#clock.readInto(slots, 0)
    slots[2] = slots[0]! - this.#published[sequence & (this.#published.length - 1)]!
    this.#ringInbound.recordFrom(slots, 2)
  }

  /** The record at hand caused the outbound records up to `sequences[index]`, about to be published. */
  noteEmitted(sequences: Float64Array, index: number, count: number): void {
    const slots = this.#slots
    this.#clock.readInto(slots, 1)
    const last = sequences[index]!
    const mask = this.#emitted.length - 1
    for (let back = 0; back < count; back++) this.#emitted[(last - back) & mask] = slots[1]!
    if (!this.#isTimed) return
    slots[2] = slots[1]! - slots[0]!
    this.#decide.recordFrom(slots, 2)
  }
}
