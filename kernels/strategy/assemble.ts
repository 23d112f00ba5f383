import type { NanoClock } from '../loop/host-clock.ts'
import { Membership, STRATEGY_COUNTERS } from '../loop/regions.ts'
import { StopReason } from '../records/catalogue.ts'
import { formatCounters } from '../region/counters.ts'
import { Histogram } from '../region/histogram.ts'
import type { Region } from '../region/region.ts'
import { RingConsumer } from '../ring/consumer.ts'
import { GatingSet, viewCursor } from '../ring/gating.ts'
import { RingProducer } from '../ring/producer.ts'
import { StrategyProbe } from './latency-probe.ts'
import { LoadedStrategy } from './load.ts'
import { OutboundWriter, type PublishedOutbound } from './outbound.ts'
import { StrategyStepper } from './stepper.ts'
import type { StrategyKernelConfig } from './strategy-config.ts'
import { StrategyKernel, type StrategyPlan } from './strategy-kernel.ts'

export interface StrategyRegions {
  readonly io: Region
  /** The strategy kernel's own region, formatted. */
  readonly strategy: Region
  readonly storage: Region
  /** Words of the supervisor's `gating` section. */
  readonly membership: Int32Array
}

/** The strategy kernel and what its host and its report look at. */
export interface StrategyAssembly {
  readonly kernel: StrategyKernel
  readonly stepper: StrategyStepper
  readonly consumer: RingConsumer
  readonly outbound: RingProducer
  readonly counters: Float64Array
}

/**
 * Each plugin of a configuration in a context of its own, with its parameters.
 * @throws PluginLoadError
 */
export function loadStrategies(config: StrategyKernelConfig): StrategyPlan[] {
  return config.bundles.map((bundle, index) => ({ loaded: LoadedStrategy.load(bundle), params: config.params[index]! }))
}

/**
 * The kernel alone, over any outbound writer.
 * @throws ParamError, PluginLoadError
 */
export function createStrategyKernel(
  config: StrategyKernelConfig,
  outbound: OutboundWriter,
  activity?: Int32Array,
  strategies: readonly StrategyPlan[] = loadStrategies(config),
): StrategyKernel {
  const kernel = new StrategyKernel({
    strategies,
    outbound,
    bookLimits: {
      instrumentsMax: config.instrumentsMax,
      ordersMax: config.bookOrdersMax,
      levelsMax: config.bookOrdersMax,
    },
    ...(activity === undefined ? {} : { activity }),
  })
  for (const { strategyId, atSequence } of config.disabled) {
    kernel.disableAfter(strategyId, atSequence, StopReason.Overran)
  }
  return kernel
}

/** The outbound ring in the strategy kernel's own region, held back by the two kernels that consume it. */
export function openOutbound({ io, strategy, storage, membership }: StrategyRegions): RingProducer {
  const gating = new GatingSet([
    { cursor: viewCursor(io.buffer, io.offsetOf('cursor.outbound')), membership, index: Membership.IoOnOutbound },
    {
      cursor: viewCursor(storage.buffer, storage.offsetOf('cursor.outbound')),
      membership,
      index: Membership.StorageOnOutbound,
    },
  ])
  return new RingProducer(strategy.buffer, strategy.offsetOf('ring.outbound'), gating)
}

/**
 * Puts the strategy kernel together over mapped regions: the same parts in a process of their own and on one thread.
 * @param published what an earlier life had sent, for a kernel that resumes
 * @param strategies what runs in it, if not the configured plugins
 * @throws ParamError, PluginLoadError
 */
export function assembleStrategy(
  config: StrategyKernelConfig,
  regions: StrategyRegions,
  clock: NanoClock,
  published?: PublishedOutbound,
  strategies?: readonly StrategyPlan[],
): StrategyAssembly {
  const activity = regions.strategy.viewWords('activity')
  activity.fill(0) // a predecessor may have died in the middle of a hook
  const outbound = openOutbound(regions)
  const kernel = createStrategyKernel(config, new OutboundWriter(outbound, published), activity, strategies)
  return assembleAround(kernel, outbound, regions, clock)
}

/** The rest, around a kernel that writes to `outbound`: where it reads, how it steps, what is measured. */
export function assembleAround(
  kernel: StrategyKernel,
  outbound: RingProducer,
  { io, strategy }: StrategyRegions,
  clock: NanoClock,
): StrategyAssembly {
  const consumer = new RingConsumer(io.place('ring.inbound'), strategy.place('cursor.inbound'))
  consumer.resume(strategy.epoch)
  const probe = new StrategyProbe({
    published: io.viewDoubles('stamps'),
    emitted: strategy.viewDoubles('stamps'),
    clock,
    ringInbound: new Histogram(strategy.buffer, strategy.offsetOf('hop.ringIn')),
    decide: new Histogram(strategy.buffer, strategy.offsetOf('hop.decide')),
  })
  const stepper = new StrategyStepper(kernel, consumer, probe)
  const counters = formatCounters(strategy.buffer, strategy.offsetOf('counters'), STRATEGY_COUNTERS)
  return { kernel, stepper, consumer, outbound, counters }
}
