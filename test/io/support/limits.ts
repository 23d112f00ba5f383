import type { GateLimits } from '../../../kernels/io/gate/limits.ts'
import { REHEARSAL_LIMITS } from '../../../kernels/rehearsal/rehearsal-limits.ts'

/** Limits that let everything pass but what a test names. */
export function wideLimits(own: Partial<GateLimits> = {}): GateLimits {
  return {
    ...REHEARSAL_LIMITS,
    maxQuantity: 1e9,
    priceCollarBps: 1e6,
    longPositionMax: 1e9,
    shortPositionMax: 1e9,
    decisionAgeMsMax: 50,
    selfMatch: 'off',
    ...own,
  }
}
