import type { NanoClock } from '../loop/host-clock.ts'
import { loadStrategies } from '../strategy/assemble.ts'
import type { SharedState } from '../strategy/plugin-realm.ts'
import type { StrategyKernelConfig } from '../strategy/strategy-config.ts'
import type { StrategyPlan } from '../strategy/strategy-kernel.ts'
import { callWithin } from '../strategy/time-limit.ts'
import { REHEARSAL_STRATEGY } from './rehearsal-strategy.ts'
import { type Cast, REHEARSAL_NS_MAX, rehearse } from './rehearse.ts'

/** How long a rehearsal of plugins may take. */
export interface RehearsalBounds {
  /** After which no session begins any more. */
  readonly sessionsNsMax: number
  /** After which a plugin is taken for one that never returns; the clock also runs while the host is busy. */
  readonly callMsMax: number
}

const BOUNDS: RehearsalBounds = { sessionsNsMax: REHEARSAL_NS_MAX, callMsMax: 30_000 }

/**
 * Rehearses with a session's own plugins. What trades is not what will: each plugin's module is evaluated anew for the
 * rehearsal, twice, so that only compiled code is handed down (the second time tells V8 that the first is not the only one).
 * Variables of a module are its instance's own; only what a plugin changes in its global object, or in what is built in,
 * could be seen by the next instance. A plugin that does so, throws while it is loaded again, or takes too long, gets a
 * fresh context after all: then its hooks are compiled when they first run often.
 * @param plans the session's strategies, loaded and not attached
 * @param onRefusal told why a plugin's code could not be handed down
 * @returns the strategies to run
 * @throws PluginLoadError
 */
export function rehearsePlugins(
  config: StrategyKernelConfig,
  plans: readonly StrategyPlan[],
  clock: NanoClock,
  onRefusal: (reason: string) => void,
  bounds = BOUNDS,
): readonly StrategyPlan[] {
  const before = plans.map(({ loaded }) => loaded.realm?.captureShared())
  try {
    const casts = [castOwn(plans), castAgain(plans), castAgain(plans)]
    callWithin(bounds.callMsMax, () => rehearse(casts, clock, false, bounds.sessionsNsMax))
  } catch (error) {
    onRefusal(error instanceof Error ? error.message : String(error))
    const fresh = loadStrategies(config)
    rehearse([castOwn(fresh)], clock, false, bounds.sessionsNsMax)
    return fresh
  }
  if (plans.every(({ loaded }, index) => isUntouched(before[index], loaded.realm?.captureShared()))) return plans
  onRefusal('a plugin keeps something in its global object or changes what is built in')
  return loadStrategies(config)
}

/** The product's own strategy in each plugin's context: it takes every way through that context's code. */
function castOwn(plans: readonly StrategyPlan[]): Cast {
  return plans.map(({ loaded }) => ({ loaded: loaded.withDefinition(REHEARSAL_STRATEGY), params: {} }))
}

/** The plugins once more, with their parameters, on all instruments that there are. */
function castAgain(plans: readonly StrategyPlan[]): Cast {
  return plans.map(({ loaded, params }) => {
    const { symbols: _, ...others } = params
    return { loaded: loaded.another(), params: others }
  })
}

function isUntouched(before: SharedState | undefined, after: SharedState | undefined): boolean {
  return before === undefined || after === undefined || before.equals(after)
}
