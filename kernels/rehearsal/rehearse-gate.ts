import type { GateLimits } from '../io/gate/limits.ts'
import { benchGate } from '../io/gate-bench/bench-gate.ts'
import type { NanoClock } from '../loop/host-clock.ts'
import { REHEARSAL_LIMITS } from './rehearsal-limits.ts'

const INSTRUMENTS = 64
const ORDERS = 8_000
const OPEN_ORDERS = 512

/** Wide ones; ones that refuse orders for their value, their position, and what they add up to. */
const LIMITS: readonly GateLimits[] = [
  { longPositionMax: 1e6, shortPositionMax: 1e6 },
  { maxValue: 30_000, longPositionMax: 2_000, shortPositionMax: 2_000 },
  { longPositionMax: 1e6, shortPositionMax: 1e6, netMax: 500_000, instrumentNetMax: 60_000, duplicatesMax: 2 },
].map((own) => ({ ...REHEARSAL_LIMITS, openOrdersMax: OPEN_ORDERS, ...own }))

/**
 * Orders of all kinds through gates of their own: a session's few thousand meet but some of the controls, and code that is
 * optimised without having met the others would be thrown away at the first one.
 * @param pause lets the threads that compile have their turn
 */
export function rehearseGate(clock: NanoClock, pause: () => void): void {
  for (let round = 0; round < 3; round++) {
    for (const limits of LIMITS) {
      benchGate({ orders: ORDERS, instruments: INSTRUMENTS, limits, clock, seed: round + 1 })
      pause()
    }
  }
}
