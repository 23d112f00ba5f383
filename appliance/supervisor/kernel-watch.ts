import { RegionState } from '../../kernels/region/layout.ts'
import type { Region } from '../../kernels/region/region.ts'

/** It creates or takes over its region, recovers, waits for the others. */
const PREPARING = new Set([RegionState.Creating, RegionState.Preparing, RegionState.Attached])

/** Notices a process that does not get ready: its loop does not turn within a configured time of its start. */
export class PrepareWatch {
  readonly #timeoutMs: number
  #sinceMs: number

  constructor(timeoutMs: number, nowMs: number) {
    this.#timeoutMs = timeoutMs
    this.#sinceMs = nowMs
  }

  /**
   * @param own its region, once it owns it
   * @returns for how many milliseconds it has been preparing, or 0 while that is within the limit
   */
  look(own: Region | undefined, nowMs: number): number {
    const preparing = PREPARING.has(own?.state ?? RegionState.Creating) ? nowMs - this.#sinceMs : 0
    return preparing > this.#timeoutMs ? preparing : 0
  }

  /** Begins anew: until then it had to wait for others. */
  reset(nowMs: number): void {
    this.#sinceMs = nowMs
  }
}

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
