import { planRegion } from '../../../kernels/region/layout.ts'
import { BELL_BYTES, BELL_SECTION, type RingWaitPlan } from '../../../kernels/ring/wait.ts'

export const WAIT_PLAN = planRegion([
  { name: BELL_SECTION, bytes: BELL_BYTES },
  { name: 'word', bytes: 64 },
])

/** What an actor is told: the regions' paths (the centre's first), which is its own, and how it waits. */
export interface WaitPart {
  readonly paths: readonly string[]
  readonly index: number
  readonly rounds: number
  readonly plan: RingWaitPlan
}

/** Index of the actor that answers a round. */
export function answererOf(round: number): number {
  return 1 + (((Math.imul(round, 0x9e3779b1) >>> 7) & 3) === 0 ? 1 : 0)
}
