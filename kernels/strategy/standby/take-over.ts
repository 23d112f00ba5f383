import type { NanoClock } from '../../loop/host-clock.ts'
import { StrategyCounterSlot } from '../../loop/regions.ts'
import { StopReason } from '../../records/catalogue.ts'
import { assembleAround, openOutbound, type StrategyAssembly, type StrategyRegions } from '../assemble.ts'
import { findGoal } from '../catch-up.ts'
import { OutboundDiffersError } from '../errors.ts'
import type { DisabledStrategy } from '../strategy-config.ts'
import type { LiveFollower } from './follower.ts'

const COMPARED_AT_ONCE = 64

export interface TakeOver {
  readonly follower: LiveFollower
  /** As before, but for the strategy kernel's, which this process owns now. */
  readonly regions: StrategyRegions
  readonly clock: NanoClock
  /** The strategy that overran its budget, if the live kernel was killed for that. */
  readonly disabled?: DisabledStrategy | undefined
  /** When the death was seen, in ns of the monotonic clock. */
  readonly deathSeenNs: number
}

/**
 * The standby in the dead kernel's place: handles what that one had given back, then goes on at its cursor, which has held
 * the ring all along. What was published beyond the cursor is compared and not published again.
 * @throws OutboundDiffersError while nothing has been published by this kernel yet
 */
export function takeOver({ follower, regions, clock, disabled, deathSeenNs }: TakeOver): StrategyAssembly {
  const { kernel, published } = follower
  const { io, strategy } = regions
  const activity = strategy.viewWords('activity')
  activity.fill(0) // the dead kernel may have died in the middle of a hook
  const outbound = openOutbound(regions)
  published.lastSequence = outbound.publishedSequence
  if (disabled !== undefined) kernel.disableAfter(disabled.strategyId, disabled.atSequence, StopReason.Overran)
  kernel.moveTo(outbound, activity)
  follower.catchUpTo(findGoal(strategy, io))
  const atRecord = kernel.lastSequence
  const assembly = assembleAround(kernel, outbound, regions, clock)
  const { stepper, counters } = assembly
  let done = stepper.step(1)
  while (kernel.outbound.isSuppressing) {
    done = stepper.step(COMPARED_AT_ONCE)
    if (done === 0) throw new OutboundDiffersError(kernel.lastOutbound + 1, 'it was published, now nothing')
  }
  follower.close()
  /** [0] now. */
  const now = new Float64Array(1)
  clock.readInto(now, 0)
  counters[StrategyCounterSlot.takeovers]!++
  counters[StrategyCounterSlot.takeoverNs] = now[0]! - deathSeenNs
  counters[StrategyCounterSlot.recoveredFrom] = atRecord
  counters[StrategyCounterSlot.suppressedRecords] = published.lastSequence
  return assembly
}
