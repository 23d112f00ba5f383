import { ItchWriter } from '../generate/itch-writer.ts'
import { RandomStream } from '../generate/random.ts'
import { Accounts } from '../matching/accounts.ts'
import { EventWord, MatchEvent, type MatchListener } from '../matching/engine-codes.ts'
import { ItchFeed } from '../matching/itch-feed.ts'
import { Listeners } from '../matching/listeners.ts'
import { MatchingEngine } from '../matching/matching-engine.ts'
import { MatchLoad } from './match-load.ts'

/** What `xk bench match` measures; medians over the rounds. */
export interface MatchBenchResult {
  readonly restingOrders: number
  readonly instruments: number
  readonly ordersPerRound: number
  readonly rounds: number
  /** Commands a second: the engine, and a listener that counts its events. */
  readonly ordersPerSecond: number
  /** The same of a second of processor time: what one core does when nothing else wants it. */
  readonly ordersPerCpuSecond: number
  /** Both with accounts kept and the feed written. */
  readonly withFeedOrdersPerSecond: number
  readonly withFeedOrdersPerCpuSecond: number
  /** Of the last round without the feed. */
  readonly executions: number
  readonly shares: {
    readonly passive: number
    readonly immediate: number
    readonly cancel: number
    readonly replace: number
  }
}

export interface MatchBenchOptions {
  readonly restingOrders: number
  readonly ordersPerRound: number
  readonly rounds: number
  /** Monotonic clock in nanoseconds. */
  readonly nowNs: () => number
  /** Processor time of this process in nanoseconds. */
  readonly cpuNs: () => number
  readonly onRound?: (round: number) => void
}

const INSTRUMENTS = 1000
const WARM_UP_ROUNDS = 2
const CHUNK_ORDERS = 2000

/** Counts executions: the least that a listener does. */
class CountingListener implements MatchListener {
  executions = 0
  engine!: MatchingEngine

  take(): void {
    if (this.engine.event[EventWord.Type] === MatchEvent.Executed) this.executions++
  }
}

/**
 * Measures the matching engine on one thread: a book of many resting orders over a thousand instruments, and random
 * commands of a fixed mix over all of them, so that nearly every one finds its order in memory, not in a cache.
 */
export function benchMatching(options: MatchBenchOptions): MatchBenchResult {
  const alone = measure(options, false)
  const withFeed = measure(options, true)
  const perSecond = (ns: number) => Math.round((options.ordersPerRound * 1e9) / ns)
  return {
    restingOrders: options.restingOrders,
    instruments: INSTRUMENTS,
    ordersPerRound: options.ordersPerRound,
    rounds: options.rounds,
    ordersPerSecond: perSecond(alone.medianNs),
    ordersPerCpuSecond: perSecond(alone.medianCpuNs),
    withFeedOrdersPerSecond: perSecond(withFeed.medianNs),
    withFeedOrdersPerCpuSecond: perSecond(withFeed.medianCpuNs),
    executions: alone.executions,
    shares: alone.shares,
  }
}

function measure(options: MatchBenchOptions, withFeed: boolean) {
  const { restingOrders, ordersPerRound, rounds, nowNs, cpuNs, onRound } = options
  const counter = new CountingListener()
  const listeners = new Listeners()
  const limits = {
    ordersMax: Math.ceil(restingOrders * 1.2) + 1000,
    levelsMax: 1 << 18,
    instrumentsMax: INSTRUMENTS,
    accountsMax: 63,
  }
  const engine = new MatchingEngine(limits, withFeed ? listeners : counter)
  counter.engine = engine
  const writer = new ItchWriter(new Uint8Array(INSTRUMENTS * 8).fill(0x41))
  if (withFeed) {
    listeners.add(counter)
    listeners.add(new Accounts(engine))
    listeners.add(new ItchFeed(engine, writer))
  }
  const load = new MatchLoad(engine, new RandomStream(11), restingOrders)
  load.fill(() => writer.reset())
  const samples: number[] = []
  const cpuSamples: number[] = []
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    if (round >= 0) onRound?.(round)
    counter.executions = 0
    load.resetCounts()
    const start = nowNs()
    const cpuStart = cpuNs()
    for (let left = ordersPerRound; left > 0; left -= CHUNK_ORDERS) {
      load.run(Math.min(CHUNK_ORDERS, left))
      writer.reset()
    }
    if (round < 0) continue
    samples.push(nowNs() - start)
    cpuSamples.push(cpuNs() - cpuStart)
  }
  return {
    medianNs: median(samples),
    medianCpuNs: median(cpuSamples),
    executions: counter.executions,
    shares: load.shares(),
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}
