import { StampClock } from '../host/clock.ts'

/** A monotonic clock in nanoseconds that is read into a slot, so that no double is boxed on the way. */
export interface NanoClock {
  /** Writes the time now to `target[index]`. */
  readInto(target: Float64Array, index: number): void
}

/** The host's clock: the calibrated counter where there is one. */
export class HostClock implements NanoClock {
  readonly #now = new Float64Array(1)
  readonly #stamps = new StampClock(this.#now)

  readInto(target: Float64Array, index: number): void {
    this.#stamps.stamp(0)
    target[index] = this.#now[0]!
  }
}
