import { getHeapStatistics } from 'node:v8'
import { recogniseCapture } from '../../feeds/capture/recognise.ts'
import { assembleIo, type IoAssembly } from '../io/assemble.ts'
import type { IoConfig } from '../io/io-config.ts'
import { IoHost } from '../io/io-host.ts'
import type { VirtualLatencies } from '../io/latencies.ts'
import type { NanoClock } from '../loop/host-clock.ts'
import { runKernelLoop, type StepKernel } from '../loop/kernel-loop.ts'
import { ControlWord, createHeapRegion, Membership, StopRequest } from '../loop/regions.ts'
import { RegionState } from '../region/layout.ts'
import type { Region } from '../region/region.ts'
import { RingConsumer } from '../ring/consumer.ts'
import { BELL_SECTION, BellWord, RingWaiter } from '../ring/wait.ts'
import { assembleStrategy } from '../strategy/assemble.ts'
import type { StrategyKernelConfig } from '../strategy/strategy-config.ts'
import { StrategyHost } from '../strategy/strategy-host.ts'
import type { StrategyPlan } from '../strategy/strategy-kernel.ts'
import { RehearsalSource } from './rehearsal-source.ts'
import { generateMarket } from './synthetic-market.ts'

const RINGS = { inboundBytes: 1 << 20, outboundBytes: 1 << 18 }
const INSTRUMENTS_MAX = 64
const BOOK_ORDERS_MAX = 1 << 14
const BUDGET = 1024
/** Turns of a loop with little to do. */
const IDLE_TURNS = 3000

const SHORT_SESSIONS = 4
/** By then all is optimised, or never will be. */
const LONG_SESSIONS_MAX = 12
/** A session of optimised code leaves that much at most: the objects of its instruments. */
const QUIET_BYTES = 1 << 15
/** For the helper threads, which may share this one's core, to compile what is asked for. */
const PAUSE_MS = 20
/** Of the market's beginning. */
const SHORT_BYTES = 20_000

/** Near and far: with the first the kernels wait for each other at every record, with the last hardly ever. */
const LATENCIES: readonly VirtualLatencies[] = [50_000, 20_000_000].map((latency) => ({
  feedLatencyNs: latency / 4,
  entryLatencyNs: latency,
  responseLatencyNs: latency,
  gateLatencyNs: latency / 2,
}))

const STRATEGY: StrategyKernelConfig = {
  bundles: [],
  params: [],
  seed: 1,
  instrumentsMax: INSTRUMENTS_MAX,
  bookOrdersMax: BOOK_ORDERS_MAX,
  openOrdersMax: 1024,
  stepBudget: BUDGET,
  journalPath: '',
  disabled: [],
}

function planIo(latencies: VirtualLatencies): IoConfig {
  return {
    files: [],
    latencies,
    gate: {
      maxQuantity: 10_000,
      maxValue: 1e9,
      priceCollarBps: 500,
      positionMax: 20_000,
      openOrdersMax: 1024,
      decisionAgeMsMax: 1000,
      killed: false,
    },
    speed: 0,
    clockIntervalNs: 100_000_000,
    settleNs: 1e9,
    delayLineRecords: 1 << 12,
    reserveBytes: 1 << 16,
    instrumentsMax: INSTRUMENTS_MAX,
    bookOrdersMax: BOOK_ORDERS_MAX,
    stepBudget: BUDGET,
    session: { epochSeconds: 0, seed: 1, configHash: '0', venue: 'rehearsal', strategyCount: 1 },
  }
}

/** Ends a turn where a kernel would begin to wait. */
class TurnWaiter extends RingWaiter {
  readonly #control: Int32Array

  constructor(control: Int32Array, own: Region, peers: readonly Region[]) {
    super({ spins: 0, yields: 1, sleepNsMax: 1, isWoken: true }, own, peers)
    this.#control = control
  }

  override idle(): void {
    Atomics.store(this.#control, ControlWord.Stop, StopRequest.InOrder)
  }
}

/** Finds something to do in every eighth turn, and has an end. */
class IdleKernel implements StepKernel {
  readonly obeysStop = false
  #turns = 0

  step(): number {
    this.#turns++
    return this.#turns % 8 === 0 ? 1 : 0
  }

  orphan(): void {}

  get isFinished(): boolean {
    return this.#turns > IDLE_TURNS
  }
}

/**
 * Lets kernels like the real ones trade a synthetic market, over and over, until the code between packet and order makes
 * no more garbage: until then some of it is not optimised. Nothing of it outlives the call but
 * that code; its regions, books and strategies are its own.
 * @param plans the strategies to trade with, attached anew for each time
 * @param isCapture whether packets are decoded too, and not only a raw file's messages
 */
export function rehearse(plans: readonly StrategyPlan[], clock: NanoClock, isCapture: boolean): void {
  const { raw, capture } = generateMarket()
  const inputs = [{ bytes: raw, recognised: recogniseCapture(raw) }]
  if (isCapture) inputs.push({ bytes: capture, recognised: recogniseCapture(capture) })
  // Beginnings and ends first, many of them: code that is optimised without having met them would be thrown away there.
  for (let round = 0; round < SHORT_SESSIONS; round++) {
    for (const { bytes, recognised } of inputs) {
      const source = new RehearsalSource(bytes.subarray(0, SHORT_BYTES), recognised)
      rehearseSession(source, LATENCIES[round % LATENCIES.length]!, plans, clock)
    }
  }
  rehearseWaiting()
  let quietSessions = 0
  for (let round = 0; round < LONG_SESSIONS_MAX && quietSessions < LATENCIES.length * inputs.length; round++) {
    const { bytes, recognised } = inputs[round % inputs.length]!
    const latencies = LATENCIES[(round >> (inputs.length - 1)) % LATENCIES.length]!
    const garbageBytes = rehearseSession(new RehearsalSource(bytes, recognised), latencies, plans, clock)
    quietSessions = garbageBytes >= 0 && garbageBytes < QUIET_BYTES ? quietSessions + 1 : 0
    pause()
  }
}

/** @returns by how much the heap grew meanwhile; negative when garbage was collected */
function rehearseSession(
  source: RehearsalSource,
  latencies: VirtualLatencies,
  plans: readonly StrategyPlan[],
  clock: NanoClock,
): number {
  const [io, strategy, storage] = (['io', 'strategy', 'storage'] as const).map((name) => createHeapRegion(name, RINGS))
  const membership = new Int32Array(Membership.Count).fill(1)
  const control = new Int32Array(ControlWord.Count)
  const regions = { io: io!, strategy: strategy!, storage: storage!, membership }
  const ioAssembly = assembleIo(planIo(latencies), source.market, regions, clock)
  const strategyAssembly = assembleStrategy(STRATEGY, regions, clock, undefined, plans)
  const ioHost = new IoHost(ioAssembly, source.market, regions.strategy, control)
  const strategyHost = new StrategyHost(strategyAssembly, regions.io, control)
  const waiter = new TurnWaiter(control, regions.io, [regions.strategy, regions.storage])
  const journal = followRings(regions)
  const usedBytes = getHeapStatistics().used_heap_size
  while (!isOver(ioAssembly)) {
    Atomics.store(control, ControlWord.Stop, StopRequest.None)
    runKernelLoop(ioHost, regions.io, control, waiter, BUDGET)
    Atomics.store(control, ControlWord.Stop, StopRequest.KernelLost)
    runKernelLoop(strategyHost, regions.strategy, control, waiter, BUDGET)
    for (const ring of journal) drain(ring)
    source.advance()
  }
  const garbageBytes = getHeapStatistics().used_heap_size - usedBytes
  source.market.close()
  return garbageBytes
}

function isOver({ kernel }: IoAssembly): boolean {
  return kernel.isFinished
}

/** In the place of the storage kernel. */
function followRings(regions: { io: Region; strategy: Region; storage: Region }): RingConsumer[] {
  const consumers = [
    new RingConsumer(regions.io.place('ring.inbound'), regions.storage.place('cursor.inbound')),
    new RingConsumer(regions.strategy.place('ring.outbound'), regions.storage.place('cursor.outbound')),
  ]
  for (const consumer of consumers) consumer.resume(1)
  return consumers
}

function drain(ring: RingConsumer): void {
  while (ring.next() >= 0);
  ring.release()
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
}

/** The ways of a loop that has nothing to do. */
function rehearseWaiting(): void {
  const own = createHeapRegion('storage', RINGS)
  const peer = createHeapRegion('storage', RINGS)
  const control = new Int32Array(ControlWord.Count)
  Atomics.store(peer.viewWords(BELL_SECTION), BellWord.Asleep, 1)
  for (const plan of [
    { spins: 0, yields: 1, sleepNsMax: 1, isWoken: true },
    { spins: IDLE_TURNS, yields: 0, sleepNsMax: 0, isWoken: false },
  ]) {
    runKernelLoop(new IdleKernel(), own, control, new RingWaiter(plan, own, [peer]), BUDGET)
  }
  own.state = RegionState.Stopped
}
