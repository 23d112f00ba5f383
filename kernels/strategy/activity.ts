/**
 * What the strategy kernel is doing right now, in words that a supervisor reads from outside: a hook that never returns
 * can only be seen there.
 */

/** Slots of the activity words (i32). */
export enum ActivityWord {
  /** Strategy whose hook runs, 0 for none. */
  StrategyId = 0,
  Hook = 1,
  /** Sequence of the inbound record being handled, as two words. */
  SequenceLow = 2,
  SequenceHigh = 3,
  /** Counts hook calls, modulo 2^32: unchanged, with a strategy set, means still in the same call. */
  Calls = 4,
  Slots = 8,
}

export enum Hook {
  None = 0,
  Start = 1,
  Book = 2,
  Trade = 3,
  Status = 4,
  Order = 5,
  Timer = 6,
  Stop = 7,
}

export const HOOK_NAMES: readonly string[] = [
  'none',
  'onStart',
  'onBook',
  'onTrade',
  'onStatus',
  'onOrder',
  'onTimer',
  'onStop',
]

export interface Activity {
  readonly strategyId: number
  readonly hook: string
  readonly sequence: number
  readonly calls: number
}

/** Reads the words as they are now; a caller who needs them consistent reads twice. */
export function readActivity(words: Int32Array): Activity {
  const low = Atomics.load(words, ActivityWord.SequenceLow) >>> 0
  const high = Atomics.load(words, ActivityWord.SequenceHigh)
  return {
    strategyId: Atomics.load(words, ActivityWord.StrategyId),
    hook: HOOK_NAMES[Atomics.load(words, ActivityWord.Hook)] ?? 'unknown',
    sequence: high * 4294967296 + low,
    calls: Atomics.load(words, ActivityWord.Calls),
  }
}
