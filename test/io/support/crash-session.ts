import { expect } from 'vitest'
import { type CrashOutcome, CrashWorld, type CrashWorldOptions, type Turns } from './crash-world.ts'

/* The short session of which every store is a place to die at, and what it comes to when nobody dies. */

export const RECORDS = 45
/** One store in so many under the lazy schedules; 1 takes them all. */
export const STRIDE = Number(process.env.XK_CRASH_STRIDE ?? 6)
/** Sessions with two deaths, the second often while the first one's successor is on its way. */
export const PAIRS = Number(process.env.XK_CRASH_PAIRS ?? 60)
export const KERNELS = ['io', 'strategy', 'storage'] as const
export const DEADLINE_MS = 300_000

export const inTurn: Turns = (turn) => ({ who: KERNELS[turn % 3]!, budget: 1 })

export interface Undisturbed {
  readonly calm: CrashWorld
  readonly outcome: CrashOutcome
  /** Runs it under these turns and options: it must come to the same. */
  expectSame(turns: () => Turns, options: CrashWorldOptions): Promise<CrashWorld>
}

/** @param seed named where something else comes out */
export async function runUndisturbed(seed: number): Promise<Undisturbed> {
  const calm = new CrashWorld(RECORDS, inTurn)
  const outcome = await calm.run()
  const expectSame = async (turns: () => Turns, options: CrashWorldOptions) => {
    const world = new CrashWorld(RECORDS, turns(), options)
    const other = await world.run()
    expect(other, `replay with XK_SEED=${seed}, deaths ${JSON.stringify(world.deaths)}`).toEqual(outcome)
    return world
  }
  return { calm, outcome, expectSame }
}
