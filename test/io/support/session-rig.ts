import type { MarketSource } from '../../../feeds/capture/open-feed.ts'
import { assembleIo, type IoAssembly } from '../../../kernels/io/assemble.ts'
import type { IoConfig } from '../../../kernels/io/io-config.ts'
import { createHeapRegion, Membership } from '../../../kernels/loop/regions.ts'
import type { Region } from '../../../kernels/region/region.ts'
import { RingConsumer } from '../../../kernels/ring/consumer.ts'
import { assembleStrategy, type StrategyAssembly } from '../../../kernels/strategy/assemble.ts'
import { bundleStrategy } from '../../../kernels/strategy/bundle.ts'
import type { StrategyKernelConfig } from '../../../kernels/strategy/strategy-config.ts'
import { wideLimits } from './limits.ts'

const RINGS = { inboundBytes: 1 << 22, outboundBytes: 1 << 20 }
const INSTRUMENTS_MAX = 16_384
const BOOK_ORDERS_MAX = 65_536
const BUDGET = 1024

const IO_CONFIG: IoConfig = {
  files: [],
  latencies: { feedLatencyNs: 5_000, entryLatencyNs: 20_000, responseLatencyNs: 20_000, gateLatencyNs: 10_000 },
  gate: wideLimits({
    maxQuantity: 5_000,
    maxValue: 1e6,
    priceCollarBps: 500,
    longPositionMax: 10_000,
    shortPositionMax: 10_000,
    openOrdersMax: 10_000,
  }),
  commands: [],
  speed: 0,
  clockIntervalNs: 100_000_000,
  settleNs: 1e9,
  delayLineRecords: 1 << 16,
  reserveBytes: 1 << 18,
  instrumentsMax: INSTRUMENTS_MAX,
  bookOrdersMax: BOOK_ORDERS_MAX,
  stepBudget: BUDGET,
  journalPath: '',
  session: { epochSeconds: 0, seed: 1, configHash: '0'.repeat(16), venue: 'test', strategyCount: 1 },
}

/** No one measures here. */
const silentClock = {
  readInto(target: Float64Array, index: number): void {
    target[index] = 0
  },
}

/** The I/O kernel and the strategy kernel with bundled strategies on one thread, over heap regions, without a journal. */
export class SessionRig {
  readonly io: IoAssembly
  readonly strategy: StrategyAssembly
  readonly #source: MarketSource
  readonly #inbound: RingConsumer
  readonly #outbound: RingConsumer

  /**
   * @param names of bundled strategies
   * @param params of each of them
   */
  static async create(
    source: MarketSource,
    names: readonly string[],
    params: Readonly<Record<string, number>> = {},
  ): Promise<SessionRig> {
    const root = new URL('../../../strategies/', import.meta.url).pathname
    const bundles = await Promise.all(names.map((name) => bundleStrategy(`${root}${name}.ts`)))
    return new SessionRig(source, {
      bundles,
      params: bundles.map(() => params),
      seed: 1,
      instrumentsMax: INSTRUMENTS_MAX,
      bookOrdersMax: BOOK_ORDERS_MAX,
      openOrdersMax: 1024,
      stepBudget: BUDGET,
      journalPath: '',
      snapshots: { everyRecords: 0, pauseMsMax: 50 },
      disabled: [],
    })
  }

  private constructor(source: MarketSource, config: StrategyKernelConfig) {
    const regions = {
      io: createHeapRegion('io', RINGS),
      strategy: createHeapRegion('strategy', RINGS),
      storage: createHeapRegion('storage', RINGS),
      membership: new Int32Array(Membership.Count).fill(1),
    }
    this.#source = source
    this.io = assembleIo(IO_CONFIG, source, regions, silentClock)
    this.strategy = assembleStrategy(config, regions, silentClock)
    this.#inbound = follow(regions.io, 'inbound', regions.storage)
    this.#outbound = follow(regions.strategy, 'outbound', regions.storage)
  }

  /** Runs to the session's end. @throws when nothing moves any more */
  run(): this {
    const { io, strategy } = this
    while (!io.kernel.isFinished || this.#isBehind()) {
      const moved = io.kernel.step(BUDGET) + strategy.stepper.step(BUDGET)
      this.#drain()
      if (moved === 0 && io.kernel.isFinished && !this.#isBehind()) break
      if (moved === 0 && !io.kernel.isFinished) throw new Error(`stuck: the I/O kernel waits for ${io.kernel.wait}`)
    }
    this.#drain()
    this.#source.close()
    return this
  }

  #isBehind(): boolean {
    return this.strategy.kernel.lastSequence < this.io.kernel.facts[0]!
  }

  #drain(): void {
    for (const ring of [this.#inbound, this.#outbound]) {
      while (ring.next() >= 0);
      ring.release()
    }
  }
}

/** In the place of the storage kernel. */
function follow(producer: Region, ring: 'inbound' | 'outbound', storage: Region): RingConsumer {
  const consumer = new RingConsumer(producer.place(`ring.${ring}`), storage.place(`cursor.${ring}`))
  consumer.resume(1)
  return consumer
}
