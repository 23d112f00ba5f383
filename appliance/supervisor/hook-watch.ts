import { readActivity } from '../../kernels/strategy/activity.ts'

export interface HookOverrun {
  readonly strategyId: number
  readonly hook: string
  readonly sequence: number
}

/**
 * Notices a hook that does not return: the same call, for which the kernel's thread has computed longer than the budget. Time
 * that the thread waited for a core is not the strategy's, so that the same strategy is judged alike on a busy host.
 */
export class HookWatch {
  /** Whether a hook has computed between the last two looks: it is for its budget to end it, not for the heartbeat. */
  isComputing = false
  readonly #budgetMs: number
  #calls = -1
  #sinceMs = 0
  #lastMs = 0

  /** @param budgetMs milliseconds of one core */
  constructor(budgetMs: number) {
    this.#budgetMs = budgetMs
  }

  /**
   * @param words the strategy region's `activity` section
   * @param readComputedMs for how long the kernel's thread has computed, ever
   */
  look(words: Int32Array, readComputedMs: () => number): HookOverrun | undefined {
    const { strategyId, hook, calls, sequence } = readActivity(words)
    this.isComputing = false
    if (strategyId === 0) {
      this.#calls = -1
      return undefined
    }
    const computedMs = readComputedMs()
    if (calls !== this.#calls) {
      this.#calls = calls
      this.#sinceMs = computedMs
    } else this.isComputing = computedMs > this.#lastMs
    this.#lastMs = computedMs
    if (computedMs - this.#sinceMs <= this.#budgetMs) return undefined
    this.#calls = -1
    return { strategyId, hook, sequence }
  }
}
