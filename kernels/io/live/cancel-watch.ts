import { HaltCause } from './safeguards.ts'

/**
 * Measures halts: from the moment of a cause until the socket had the last cancel. A halt for another cause while one is
 * measured belongs to the first: its cancels are the same ones.
 */
export class CancelWatch {
  /** Longest time by `HaltCause`, ns; 0 where nothing was to be cancelled. */
  readonly longestNs = new Float64Array(HaltCause.Count)
  readonly #sinceNs = new Float64Array(1)
  #cause: HaltCause = HaltCause.None

  /** All is to be cancelled. @param causeNs [0]: since when there is the cause */
  begin(cause: HaltCause, causeNs: Float64Array): void {
    if (this.#cause !== HaltCause.None) return
    this.#cause = cause
    this.#sinceNs[0] = causeNs[0]!
  }

  /** @param isSent whether the socket has all cancels @param nowNs [0]: now */
  look(isSent: boolean, nowNs: Float64Array): void {
    if (this.#cause === HaltCause.None || !isSent) return
    const tookNs = nowNs[0]! - this.#sinceNs[0]!
    if (tookNs > this.longestNs[this.#cause]!) this.longestNs[this.#cause] = tookNs
    this.#cause = HaltCause.None
  }

  /** Whether a halt is being measured. */
  get isRunning(): boolean {
    return this.#cause !== HaltCause.None
  }
}
