import type { Region } from '../../kernels/region/region.ts'

/** Notices a loop that no longer turns: its heart did not beat for a configured time of the supervisor's clock. */
export class HeartbeatWatch {
  readonly #timeoutMs: number
  #lastBeat = -1
  #sinceMs = 0

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** @returns for how many milliseconds the heart has stood still, or 0 while that is within the limit */
  look(region: Region, nowMs: number): number {
    const beat = region.heartbeat
    if (beat !== this.#lastBeat) {
      this.#lastBeat = beat
      this.#sinceMs = nowMs
      return 0
    }
    const still = nowMs - this.#sinceMs
    return still > this.#timeoutMs ? still : 0
  }

  /** Begins anew, for a restarted kernel. */
  reset(nowMs: number): void {
    this.#lastBeat = -1
    this.#sinceMs = nowMs
  }
}
