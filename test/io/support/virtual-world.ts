import { createHash, type Hash } from 'node:crypto'
import { assembleIo, type IoAssembly } from '../../../kernels/io/assemble.ts'
import type { DayFacts } from '../../../kernels/io/day-records.ts'
import type { GateLimits } from '../../../kernels/io/gate/limits.ts'
import type { IoConfig } from '../../../kernels/io/io-config.ts'
import type { VirtualLatencies } from '../../../kernels/io/latencies.ts'
import type { ScriptedCommand } from '../../../kernels/io/operator/scripted-commands.ts'
import { createHeapRegion, Membership } from '../../../kernels/loop/regions.ts'
import { restoreKernel } from '../../../kernels/loop/snapshot-barrier.ts'
import { StoragePosition } from '../../../kernels/loop/storage-positions.ts'
import { Header, RecordType } from '../../../kernels/records/catalogue.ts'
import { StateSaver } from '../../../kernels/records/state-archive.ts'
import type { RecordViews } from '../../../kernels/records/views.ts'
import { RingConsumer } from '../../../kernels/ring/consumer.ts'
import { GatingSet, viewCursor } from '../../../kernels/ring/gating.ts'
import { RingProducer } from '../../../kernels/ring/producer.ts'
import { TestRandom } from '../../support/test-random.ts'
import { HashStrategy } from './hash-strategy.ts'
import { LevelSyntheticMarket } from './level-market.ts'
import { wideLimits } from './limits.ts'
import { SyntheticMarket } from './synthetic-market.ts'

export interface WorldOptions {
  readonly latencies: VirtualLatencies
  readonly marketSeed: number
  readonly marketRecords: number
  /** Whether the market comes by price instead of by orders. */
  readonly byPrice?: boolean
  readonly stepNsMax: number
  readonly reactOneIn: number
  readonly inboundBytes: number
  readonly outboundBytes: number
  /** Whether orders wait until storage has taken them: `sync` durability. */
  readonly durableBeforeSend?: boolean
  readonly gate?: Partial<GateLimits>
  readonly commands?: readonly ScriptedCommand[]
  readonly day?: DayFacts
  /** The I/O kernel is replaced by a fresh one with its archived state about every so many inbound records; 0 for never. */
  readonly renewEvery?: number
}

/** Takes turns among the kernels: who goes next, and with what budget. */
export type Schedule = (random: TestRandom) => { who: 'io' | 'strategy' | 'storage'; budget: number }

const silentClock = {
  readInto(target: Float64Array, index: number): void {
    target[index] = 0
  },
}

const GATE: Partial<GateLimits> = {
  maxQuantity: 500,
  maxValue: 1e6,
  priceCollarBps: 200,
  longPositionMax: 2000,
  shortPositionMax: 2000,
  openOrdersMax: 64,
  decisionAgeMsMax: 50,
}

/** The I/O kernel with its gate and venue against a stand-in strategy and storage, on heap regions, one step at a time. */
export class VirtualWorld {
  io: IoAssembly
  /** How often the I/O kernel was replaced, and the most bytes that its state had. */
  renewals = 0
  archivedBytesMax = 0
  readonly #assemble: () => IoAssembly
  readonly #renewEvery: number
  #renewAt: number
  readonly inboundHash: Hash = createHash('sha256')
  readonly outboundHash: Hash = createHash('sha256')
  readonly typeCounts = new Map<number, number>()
  inboundRecords = 0
  outboundRecords = 0
  /** What the storage kernel publishes; storage here makes durable whatever it takes. */
  readonly positions: Float64Array
  /** Most requests that the gate had decided when fewer were durable; 0 where that never was so. */
  earlyRequests = 0
  #durableRequests = 0
  readonly #demandsDurable: boolean
  readonly #strategy: HashStrategy
  readonly #storageInbound: RingConsumer
  readonly #storageOutbound: RingConsumer
  #lastTime = 0

  constructor(options: WorldOptions) {
    const rings = { inboundBytes: options.inboundBytes, outboundBytes: options.outboundBytes }
    const io = createHeapRegion('io', rings)
    const strategy = createHeapRegion('strategy', rings)
    const storage = createHeapRegion('storage', rings)
    this.positions = storage.viewDoubles('positions')
    this.#demandsDurable = options.durableBeforeSend === true
    const membership = new Int32Array(Membership.Count).fill(1)
    const flow = { seed: options.marketSeed, records: options.marketRecords, stepNsMax: options.stepNsMax }
    const openMarket = () => (options.byPrice === true ? new LevelSyntheticMarket(flow) : new SyntheticMarket(flow))
    this.#renewEvery = options.renewEvery ?? 0
    this.#renewAt = this.#renewEvery || Number.POSITIVE_INFINITY
    const config: IoConfig = {
      files: [],
      latencies: options.latencies,
      gate: wideLimits({ ...GATE, ...options.gate }),
      commands: options.commands ?? [],
      speed: 0,
      clockIntervalNs: 100_000,
      settleNs: 10_000_000,
      delayLineRecords: 1 << 16,
      reserveBytes: 512,
      instrumentsMax: 16,
      bookOrdersMax: 65_536,
      stepBudget: 1,
      durableBeforeSend: this.#demandsDurable,
      journalPath: '',
      session: { epochSeconds: 0, seed: 1, configHash: '0'.repeat(16), venue: 'test', strategyCount: 1 },
      day: options.day,
    }
    const regions = { io, strategy, storage, membership }
    this.#assemble = () => assembleIo(config, openMarket() as never, regions, silentClock)
    this.io = this.#assemble()
    const gating = new GatingSet([
      { cursor: viewCursor(io.buffer, io.offsetOf('cursor.outbound')), membership, index: Membership.IoOnOutbound },
      {
        cursor: viewCursor(storage.buffer, storage.offsetOf('cursor.outbound')),
        membership,
        index: Membership.StorageOnOutbound,
      },
    ])
    const outbound = new RingProducer(strategy.buffer, strategy.offsetOf('ring.outbound'), gating)
    const inbound = new RingConsumer(io.place('ring.inbound'), strategy.place('cursor.inbound'))
    inbound.resume(1)
    this.#strategy = new HashStrategy(inbound, outbound, options.reactOneIn)
    this.#storageInbound = new RingConsumer(io.place('ring.inbound'), storage.place('cursor.inbound'))
    this.#storageInbound.resume(1)
    this.#storageOutbound = new RingConsumer(strategy.place('ring.outbound'), storage.place('cursor.outbound'))
    this.#storageOutbound.resume(1)
  }

  /** Runs to the end under a schedule. @throws when nothing has moved for long */
  run(schedule: Schedule, seed: number): string {
    const random = new TestRandom(seed)
    let idle = 0
    while (!(this.io.kernel.isFinished && this.#strategy.isFinished)) {
      const { who, budget } = schedule(random)
      const done = this.#step(who, budget)
      idle = done > 0 ? 0 : idle + 1
      if (idle > 100_000)
        throw new Error(`stuck after inbound record ${this.io.kernel.facts[0]}, I/O waits: ${this.io.kernel.wait}`)
    }
    while (this.#step('storage', 1000) > 0);
    return `${this.inboundHash.digest('hex')} ${this.outboundHash.digest('hex')}`
  }

  #step(who: 'io' | 'strategy' | 'storage', budget: number): number {
    if (who === 'io') {
      if (this.io.kernel.facts[0]! >= this.#renewAt && !this.io.kernel.isFinished) {
        const moved = this.io.kernel.drain()
        if (moved > 0 || !this.#isQuiet()) return moved
        this.#renew()
      }
      const done = this.io.kernel.step(budget)
      const decided = this.io.path.counts[0]! + this.io.path.counts[1]! + this.io.path.counts[2]!
      if (decided > this.#durableRequests) this.earlyRequests = Math.max(this.earlyRequests, decided)
      return done
    }
    if (who === 'strategy') return this.#strategy.step(budget)
    let taken = 0
    for (let at = this.#storageInbound.next(); at >= 0; at = this.#storageInbound.next()) {
      this.#noteInbound(this.#storageInbound.views, at)
      if (++taken >= budget) break
    }
    this.#storageInbound.release()
    for (let at = this.#storageOutbound.next(); at >= 0; at = this.#storageOutbound.next()) {
      this.outboundRecords++
      this.#noteOutbound(this.#storageOutbound.views, at)
      this.outboundHash.update(recordBytes(this.#storageOutbound.views, at))
      if (++taken >= budget * 2) break
    }
    this.#storageOutbound.release()
    return taken
  }

  /** Whether nothing is on its way between the kernels. */
  #isQuiet(): boolean {
    const { ports, trail } = this.io
    return trail.position === ports.inbound.tailPosition() && !ports.outbound.isHeld
  }

  #renew(): void {
    const saver = new StateSaver(1 << 28)
    this.io.kernel.archive(saver)
    this.io = this.#assemble()
    restoreKernel(this.io.kernel, saver.bytes)
    if (!this.io.kernel.skipInput()) throw new Error('the input was not there')
    const again = new StateSaver(1 << 28)
    this.io.kernel.archive(again)
    if (Buffer.compare(saver.bytes, again.bytes) !== 0) throw new Error('a restored kernel archives another state')
    this.renewals++
    this.archivedBytesMax = Math.max(this.archivedBytesMax, saver.usedBytes)
    this.#renewAt = this.io.kernel.facts[0]! + this.#renewEvery
  }

  #noteOutbound(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type >= RecordType.NewOrder && type <= RecordType.MassCancel) this.#durableRequests++
    this.positions[StoragePosition.DurableOutbound] = views.f64[(at + Header.Sequence) >> 3]!
  }

  #noteInbound(views: RecordViews, at: number): void {
    this.inboundRecords++
    this.positions[StoragePosition.DurableInbound] = views.f64[(at + Header.Sequence) >> 3]!
    const sequence = views.f64[(at + Header.Sequence) >> 3]!
    if (sequence !== this.inboundRecords)
      throw new Error(`inbound record ${this.inboundRecords} has sequence ${sequence}`)
    const time = views.f64[(at + Header.Time) >> 3]!
    if (time < this.#lastTime) throw new Error(`inbound record ${sequence} goes back in time`)
    this.#lastTime = time
    const type = views.u16[(at + Header.Type) >> 1]!
    this.typeCounts.set(type, (this.typeCounts.get(type) ?? 0) + 1)
    this.inboundHash.update(recordBytes(views, at))
  }

  count(type: RecordType): number {
    return this.typeCounts.get(type) ?? 0
  }
}

function recordBytes(views: RecordViews, at: number): Uint8Array {
  return views.u8.subarray(at, at + views.u32[at >> 2]!)
}
