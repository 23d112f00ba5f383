/**
 * By what the supervisor tells a standby to take the place of the dead strategy kernel; a section of the supervisor's region.
 *
 *     0       4           8        16                24                32
 *     ┌───────┬───────────┬────────┬─────────────────┬─────────────────┬───────┐
 *     │ pid   │ disabled  │ spare  │ death seen      │ disabled after  │ spare │
 *     │ i32   │ strategy  │        │ f64, ns         │ sequence, f64   │       │
 *     └───────┴───────────┴────────┴─────────────────┴─────────────────┴───────┘
 *
 * The pid is that of the standby meant, and is stored last.
 */
export const PROMOTION_SECTION = 'promotion'
export const PROMOTION_BYTES = 64

enum PromotionWord {
  Pid = 0,
  DisabledStrategy = 1,
}

enum PromotionDouble {
  DeathSeenNs = 2,
  DisabledAfter = 3,
}

/** What a standby is told. */
export interface Promotion {
  /** Of the monotonic clock. */
  readonly deathSeenNs: number
  /** The strategy that overran its budget in the dead kernel, and the last inbound record that it saw. */
  readonly disabled: { readonly strategyId: number; readonly atSequence: number } | undefined
}

/** @param words the section, and `doubles` the same */
export function writePromotion(words: Int32Array, doubles: Float64Array, pid: number, promotion: Promotion): void {
  const { deathSeenNs, disabled } = promotion
  words[PromotionWord.DisabledStrategy] = disabled?.strategyId ?? 0
  doubles[PromotionDouble.DeathSeenNs] = deathSeenNs
  doubles[PromotionDouble.DisabledAfter] = disabled?.atSequence ?? 0
  Atomics.store(words, PromotionWord.Pid, pid)
}

/** Whether the standby of this process is to take over. */
export function isPromoted(words: Int32Array, pid: number): boolean {
  return Atomics.load(words, PromotionWord.Pid) === pid
}

/** What the standby that is to take over is told. */
export function readPromotion(words: Int32Array, doubles: Float64Array): Promotion {
  const strategyId = words[PromotionWord.DisabledStrategy]!
  const atSequence = doubles[PromotionDouble.DisabledAfter]!
  return {
    deathSeenNs: doubles[PromotionDouble.DeathSeenNs]!,
    disabled: strategyId === 0 ? undefined : { strategyId, atSequence },
  }
}
