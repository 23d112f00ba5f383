import type { NanoClock } from '../../loop/host-clock.ts'

/** The time of a live session: ns since its epoch, by a clock that never goes back. */
export class LiveClock implements NanoClock {
  readonly #clock: NanoClock
  readonly #scratch = new Float64Array(1)
  /** Session time at the clock's zero. */
  readonly #offsetNs: number

  /**
   * @param clock monotonic
   * @param now the time of day at this moment: seconds since 1970, and the nanoseconds beyond them
   * @param epochSeconds what the session's times count from
   */
  constructor(clock: NanoClock, now: { readonly seconds: number; readonly nanoseconds: number }, epochSeconds: number) {
    this.#clock = clock
    clock.readInto(this.#scratch, 0)
    this.#offsetNs = (now.seconds - epochSeconds) * 1e9 + now.nanoseconds - this.#scratch[0]!
  }

  readInto(target: Float64Array, index: number): void {
    this.#clock.readInto(this.#scratch, 0)
    target[index] = this.#scratch[0]! + this.#offsetNs
  }
}
