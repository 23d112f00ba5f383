import { OuchVersion } from '../../../../feeds/ouch/versions.ts'
import { assembleLive, type LiveAssembly, type LiveRegions } from '../../../../kernels/io/live/assemble-live.ts'
import type { LiveConfig } from '../../../../kernels/io/live/live-config.ts'
import { MoldFeed } from '../../../../kernels/io/live/mold-feed.ts'
import type { SafeguardPolicies } from '../../../../kernels/io/live/safeguards.ts'
import { createHeapRegion, Membership } from '../../../../kernels/loop/regions.ts'
import { StoragePosition, StorageState } from '../../../../kernels/loop/storage-positions.ts'
import { decodeRecord, type PlainRecord } from '../../../../kernels/records/codec.ts'
import type { Region } from '../../../../kernels/region/region.ts'
import { RingConsumer } from '../../../../kernels/ring/consumer.ts'
import { assembleStrategy, type StrategyAssembly } from '../../../../kernels/strategy/assemble.ts'
import { bundleStrategy, type StrategyBundle } from '../../../../kernels/strategy/bundle.ts'
import { ToyVenue } from '../../entry/support/toy-venue.ts'
import { wideLimits } from '../../support/limits.ts'
import { FakePort } from './fake-port.ts'
import { addOrder, directory, FeedServer } from './feed-server.ts'
import { ToyCopy } from './toy-copy.ts'

const RINGS = { inboundBytes: 1 << 20, outboundBytes: 1 << 18 }
const GAPS = { packetsMax: 64, packetBytesMax: 2048, patienceMs: 100, retryMs: 10 }
const START_NS = 34_200e9

/** What halts trading in the rig. */
export const POLICIES: SafeguardPolicies = {
  feedSilenceMs: 1000,
  strategySilenceMs: 500,
  storageSilenceMs: 500,
  haltsOnStorageFailure: true,
  clockErrorMsMax: 0,
  clockSource: 'kernel',
  ringShareMax: 0.75,
}

export const RIG_CONFIG: LiveConfig = {
  lines: [],
  interfaceAddress: '*',
  receiveBufferBytes: 0,
  requestServer: '',
  snapshots: undefined,
  gaps: GAPS,
  entry: {
    server: '127.0.0.1:1',
    username: 'firm',
    password: 'secret',
    protocol: 'ouch50',
    firm: '',
    reconnectMs: 10,
    times: { heartbeatMs: 1000, silenceMs: 15_000, loginMs: 10_000 },
    cancelsOnDisconnect: true,
  },
  dropCopy: undefined,
  policies: POLICIES,
  gate: wideLimits({
    maxQuantity: 5_000,
    maxValue: 1e6,
    priceCollarBps: 5_000,
    longPositionMax: 10_000,
    openOrdersMax: 1000,
  }),
  durableBeforeSend: false,
  clockIntervalNs: 100_000_000,
  endPatienceMs: 1000,
  reserveBytes: 1 << 16,
  instrumentsMax: 100,
  bookOrdersMax: 1000,
  stepBudget: 64,
  startSeconds: 1_700_000_000,
  stateSnapshots: { everyRecords: 0, pauseMsMax: 50 },
  journalPath: '',
  session: { epochSeconds: 0, seed: 1, configHash: '0'.repeat(16), venue: 'test', strategyCount: 1 },
}

/** The live I/O kernel, a strategy kernel, a feed and a venue on one thread, with a clock that the test turns. */
export class LiveRig {
  readonly venue: ToyVenue
  /** Repeats what the venue says, if `dropCopy` is configured. */
  readonly copy: ToyCopy
  readonly server = new FeedServer()
  readonly line = new FakePort()
  live: LiveAssembly
  readonly config: LiveConfig
  readonly strategy: StrategyAssembly
  readonly inbound: PlainRecord[] = []
  readonly outbound: PlainRecord[] = []
  /** Whether the hearts of the other kernels beat. */
  strategyLives = true
  /** What the host says of its clock. */
  clockErrorNs = 0
  storageLives = true
  protected readonly regions: LiveRegions
  protected readonly assemble: () => LiveAssembly
  #rings: readonly [RingConsumer, PlainRecord[]][] | undefined
  #nowNs = START_NS
  protected readonly clock = {
    readInto: (target: Float64Array, index: number) => {
      target[index] = this.#nowNs
    },
  }

  /** @param plugin path of a strategy's source @param config what differs */
  static async create(plugin: string, config: Partial<LiveConfig> = {}): Promise<LiveRig> {
    return new LiveRig(await bundleStrategy(plugin), { ...RIG_CONFIG, ...config })
  }

  protected constructor(bundle: StrategyBundle, config: LiveConfig) {
    const regions = {
      supervisor: createHeapRegion('supervisor', RINGS),
      io: createHeapRegion('io', RINGS),
      strategy: createHeapRegion('strategy', RINGS),
      storage: createHeapRegion('storage', RINGS),
      membership: new Int32Array(Membership.Count).fill(1),
    }
    this.venue = new ToyVenue(config.entry.protocol === 'ouch42' ? OuchVersion.V42 : OuchVersion.V50)
    this.copy = new ToyCopy(this.venue.log)
    this.regions = regions
    this.config = config
    const { clock } = this
    const feed = new MoldFeed({ lines: [this.line], gaps: GAPS, instrumentsMax: 100, epochSeconds: 0 })
    const link = { login: RIG_CONFIG.entry, connect: this.venue.connect, reconnectMs: 10 }
    const copyLink = { login: { username: 'FIRM', password: 'copy' }, connect: this.copy.connect, reconnectMs: 10 }
    const links = { venue: link, dropCopy: config.dropCopy === undefined ? undefined : copyLink }
    this.assemble = () => assembleLive(config, feed, regions, clock, links, () => this.clockErrorNs)
    this.live = this.assemble()
    this.strategy = assembleStrategy(
      {
        bundles: [bundle],
        params: [{}],
        seed: 1,
        instrumentsMax: 100,
        bookOrdersMax: 1000,
        openOrdersMax: 1000,
        stepBudget: 64,
        journalPath: '',
        snapshots: { everyRecords: 0, pauseMsMax: 50 },
        disabled: [],
      },
      regions,
      clock,
    )
  }

  /** Lets time pass, in steps of a millisecond, with a heartbeat of the feed every so often. */
  run(timeMs: number, hasFeed = true): void {
    for (let i = 0; i < timeMs; i++) {
      if (hasFeed && i % 100 === 0) this.line.arriving.push(this.server.packet(this.server.messages.length + 1, 0))
      this.turn(() => this.live.kernel.step(64))
    }
  }

  /** One step of a millisecond. @param stepLive what the I/O kernel does in it, twice */
  protected turn(stepLive: () => void): void {
    this.#nowNs += 1e6
    if (this.strategyLives) this.regions.strategy.beat()
    if (this.storageLives) this.regions.storage.beat()
    this.copy.step(this.#nowNs)
    stepLive()
    if (this.strategyLives) this.strategy.stepper.step(64)
    stepLive()
    this.venue.step(this.#nowNs)
    this.drain()
  }

  /** The journal has failed, for good. */
  failStorage(): void {
    this.regions.storage.viewDoubles('positions')[StoragePosition.State] = StorageState.Failed
  }

  /** Opens the market: a stock with a bid and an offer. */
  open(): void {
    this.server.say(directory(), addOrder(1, 'B', 1_000_000), addOrder(2, 'S', 1_010_000))
    this.line.arriving.push(this.server.packet(1, 3))
  }

  /** Moves the market: one more order, which the strategy sees. */
  move(reference: number, side: 'B' | 'S', price: number): void {
    this.server.say(addOrder(reference, side, price))
    this.line.arriving.push(this.server.latest())
  }

  kinds(): string[] {
    return this.inbound.map(({ record }) => record)
  }

  of(record: string): PlainRecord[] {
    return this.inbound.filter((one) => one.record === record)
  }

  /** What the storage kernel would do: takes the records off the rings. */
  protected drain(): void {
    const { io, strategy, storage } = this.regions
    this.#rings ??= [
      [follow(io, 'inbound', storage), this.inbound],
      [follow(strategy, 'outbound', storage), this.outbound],
    ]
    for (const [ring, records] of this.#rings) {
      for (let at = ring.next(); at >= 0; at = ring.next()) records.push(decodeRecord(ring.views, at))
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
