import type { NanoClock } from '../loop/host-clock.ts'
import type { Histogram } from '../region/histogram.ts'

/** Real time from the publication of an inbound record until it was seen written to the journal; the last one of a step. */
export class WrittenProbe {
  readonly #published: Float64Array
  readonly #clock: NanoClock
  readonly #written: Histogram
  /** [0] now, [1] last sequence measured, [2] difference. */
  readonly #slots = new Float64Array(3)

  /** @param published the I/O kernel's stamps, by inbound sequence; a power of two of slots */
  constructor(published: Float64Array, clock: NanoClock, written: Histogram) {
    this.#published = published
    this.#clock = clock
    this.#written = written
  }

  /** Measures the last written sequence, at `positions[index]`, unless it was measured before. */
  note(positions: Float64Array, index: number): void {
    const slots = this.#slots
    const sequence = positions[index]!
    if (sequence === slots[1] || sequence === 0) return
    slots[1] = sequence
    this.#clock.readInto(slots, 0)
    slots[2] = slots[0]! - this.#published[sequence & (this.#published.length - 1)]!
    this.#written.recordFrom(slots, 2)
  }
}
