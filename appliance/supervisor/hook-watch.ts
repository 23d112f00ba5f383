import type { Region } from '../../kernels/region/region.ts'

/** Words of the strategy region's `running` section: which hook runs; written before and after each call. */
export enum RunningWord {
  /** Id of the strategy whose hook runs, 0 between hooks. */
  Strategy = 0,
  Hook = 1,
  /** Counts calls: tells one long call from many short ones. */
  Call = 2,
  SequenceLow = 3,
  SequenceHigh = 4,
}

export interface HookOverrun {
  readonly strategyId: number
  readonly sequence: number
}

/** Notices a hook that does not return: the same call seen for longer than the budget. */
export class HookWatch {
  readonly #budgetMs: number
  #call = -1
  #sinceMs = 0

  constructor(budgetMs: number) {
    this.#budgetMs = budgetMs
  }

  look(region: Region, nowMs: number): HookOverrun | undefined {
    const words = region.viewWords('running')
    const strategyId = Atomics.load(words, RunningWord.Strategy)
    const call = Atomics.load(words, RunningWord.Call)
    if (strategyId === 0 || call !== this.#call) {
      this.#call = strategyId === 0 ? -1 : call
      this.#sinceMs = nowMs
      return undefined
    }
    if (nowMs - this.#sinceMs <= this.#budgetMs) return undefined
    this.#call = -1
    const low = words[RunningWord.SequenceLow]! >>> 0
    return { strategyId, sequence: words[RunningWord.SequenceHigh]! * 4294967296 + low }
  }
}
