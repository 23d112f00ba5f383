import { readActivity } from '../../kernels/strategy/activity.ts'

export interface HookOverrun {
  readonly strategyId: number
  readonly hook: string
  readonly sequence: number
}

/** Notices a hook that does not return: the same call seen for longer than the budget. */
export class HookWatch {
  readonly #budgetMs: number
  #calls = -1
  #sinceMs = 0

  constructor(budgetMs: number) {
    this.#budgetMs = budgetMs
  }

  /** @param words the strategy region's `activity` section */
  look(words: Int32Array, nowMs: number): HookOverrun | undefined {
    const { strategyId, hook, calls, sequence } = readActivity(words)
    if (strategyId === 0 || calls !== this.#calls) {
      this.#calls = strategyId === 0 ? -1 : calls
      this.#sinceMs = nowMs
      return undefined
    }
    if (nowMs - this.#sinceMs <= this.#budgetMs) return undefined
    this.#calls = -1
    return { strategyId, hook, sequence }
  }
}
