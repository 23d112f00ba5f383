import { getHeapStatistics } from 'node:v8'
import { type RecognisedKind, recogniseCapture } from '../../feeds/capture/recognise.ts'
import { RecordBatch } from '../../feeds/record-batch.ts'
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
import { REHEARSAL_LIMITS } from './rehearsal-limits.ts'
import { RehearsalSource } from './rehearsal-source.ts'
import { rehearseGate } from './rehearse-gate.ts'
import { generateMarket } from './synthetic-market.ts'

const RINGS = { inboundBytes: 1 << 20, outboundBytes: 1 << 18 }
const INSTRUMENTS_MAX = 64
const BOOK_ORDERS_MAX = 1 << 14
const BUDGET = 1024
/** Turns of a loop with little to do. */
const IDLE_TURNS = 3000

/** Short sessions of each cast and input. */
const SHORT_SESSIONS = 4
/** Times that each way of a session is met at most: by then all is optimised, or never will be. */
const TURNS_MAX = 4
/** A session of optimised code leaves that much at most: the objects of its instruments. */
const QUIET_BYTES = 1 << 18
/** The kernels wait for each other before they start: a loaded host goes on with what it has compiled by then. */
export const REHEARSAL_NS_MAX = 15e9
/** For the helper threads, which may share this one's core, to compile what is asked for. */
const PAUSE_MS = 20
/** Of the market's beginning. */
const SHORT_BYTES = 20_000

/** Near and far: with the first the kernels wait for each other at every record, with the last hardly ever, and requests come too late;
 * at none everything happens at once. */
const LATENCIES: readonly VirtualLatencies[] = [50_000, 20_000_000, 0, 200_000_000].map((latency) => ({
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
  snapshots: { everyRecords: 0, pauseMsMax: 50 },
  disabled: [],
}

function planIo(latencies: VirtualLatencies): IoConfig {
  return {
    files: [],
    latencies,
    gate: REHEARSAL_LIMITS,
    commands: [],
    speed: 0,
    clockIntervalNs: 100_000_000,
    settleNs: 1e9,
    delayLineRecords: 1 << 12,
    reserveBytes: 1 << 16,
    instrumentsMax: INSTRUMENTS_MAX,
    bookOrdersMax: BOOK_ORDERS_MAX,
    stepBudget: BUDGET,
    journalPath: '',
    session: { epochSeconds: 0, seed: 1, configHash: '0', venue: 'rehearsal', strategyCount: 1 },
  }
}

/** Ends a turn where a kernel would begin to wait, by the request that its kernel obeys. */
class TurnWaiter extends RingWaiter {
  request = StopRequest.InOrder
  readonly #control: Int32Array

  constructor(control: Int32Array, own: Region, peers: readonly Region[]) {
    super({ spins: 0, yields: 1, sleepNsMax: 1, isWoken: true }, own, peers)
    this.#control = control
  }

  override idle(): void {
    Atomics.store(this.#control, ControlWord.Stop, this.request)
  }
}

/** Finds something to do now and then, also right before it would sleep, and has an end. */
class IdleKernel implements StepKernel {
  readonly obeysStop = false
  #turns = 0

  step(): number {
    this.#turns++
    return this.#turns % 8 === 0 || this.#turns % 5 === 0 ? 1 : 0
  }

  orphan(): void {}

  get isFinished(): boolean {
    return this.#turns > IDLE_TURNS
  }
}

/**
 * What the optimised code was made for. That code knows its objects' shapes weakly: were the last object of a shape
 * collected, the code for it would be thrown away, and the real session would begin with cold functions.
 */
const kept: unknown[] = []
/** The last session of each cast. */
const keptSessions = new Map<Cast, unknown>()

/** Strategies that trade together. */
export type Cast = readonly StrategyPlan[]

/**
 * Lets kernels like the real ones trade a synthetic market, over and over, until the code between packet and order makes
 * no more garbage: until then some of it is not optimised. Its regions, books and strategies are its own; some megabytes of
 * them stay, so that the code stays.
 * @param casts the strategies to trade with, one cast a session in turn, attached anew for each
 * @param isCapture whether packets are decoded too, and not only a raw file's messages
 * @param nsMax after which no session begins any more
 */
export function rehearse(casts: readonly Cast[], clock: NanoClock, isCapture: boolean, nsMax = REHEARSAL_NS_MAX): void {
  const { raw, capture } = generateMarket()
  const inputs = [{ bytes: raw, recognised: recogniseCapture(raw) }]
  if (isCapture) inputs.push({ bytes: capture, recognised: recogniseCapture(capture) })
  for (const { bytes, recognised } of inputs) kept.push(openInMiddle(bytes, recognised))
  const ways = casts.flatMap((cast) => inputs.map((input) => ({ cast, input })))
  // Beginnings and ends first, many of them: code that is optimised without having met them would be thrown away there.
  const time = new Stopwatch(clock)
  for (let round = 0; round < SHORT_SESSIONS && time.elapsedNs() < nsMax; round++) {
    for (const { cast, input } of ways) {
      const source = new RehearsalSource(input.bytes.subarray(0, SHORT_BYTES), input.recognised)
      rehearseSession(source, LATENCIES[round % LATENCIES.length]!, cast, clock)
    }
  }
  rehearseGate(clock, pause)
  rehearseWaiting()
  const turn = ways.length * LATENCIES.length
  let quietSessions = 0
  for (let round = 0; round < TURNS_MAX * turn && quietSessions < 2 * turn && time.elapsedNs() < nsMax; round++) {
    const { cast, input } = ways[round % ways.length]!
    const latencies = LATENCIES[Math.floor(round / ways.length) % LATENCIES.length]!
    const garbageBytes = rehearseSession(new RehearsalSource(input.bytes, input.recognised), latencies, cast, clock)
    // A collection in between hides what there was.
    if (garbageBytes >= 0) quietSessions = garbageBytes < QUIET_BYTES ? quietSessions + 1 : 0
    pause()
  }
}

class Stopwatch {
  readonly #clock: NanoClock
  /** [0] the beginning, [1] now. */
  readonly #times = new Float64Array(2)

  constructor(clock: NanoClock) {
    this.#clock = clock
    clock.readInto(this.#times, 0)
  }

  elapsedNs(): number {
    this.#clock.readInto(this.#times, 1)
    return this.#times[1]! - this.#times[0]!
  }
}

/** A source that is never read to its end, where it would let go of its decoders. */
function openInMiddle(bytes: Uint8Array, recognised: RecognisedKind): RehearsalSource {
  const source = new RehearsalSource(bytes, recognised)
  source.advance()
  source.market.fill(new RecordBatch())
  return source
}

/** @returns by how much the heap grew meanwhile; negative when garbage was collected */
function rehearseSession(source: RehearsalSource, latencies: VirtualLatencies, cast: Cast, clock: NanoClock): number {
  const [io, strategy, storage] = (['io', 'strategy', 'storage'] as const).map((name) => createHeapRegion(name, RINGS))
  const membership = new Int32Array(Membership.Count).fill(1)
  const control = new Int32Array(ControlWord.Count)
  const regions = { io: io!, strategy: strategy!, storage: storage!, membership }
  const ioAssembly = assembleIo(planIo(latencies), source.market, regions, clock)
  const strategyAssembly = assembleStrategy(STRATEGY, regions, clock, undefined, cast)
  const ioHost = new IoHost(ioAssembly, source.market, regions.strategy, control)
  const strategyHost = new StrategyHost(strategyAssembly, regions.io, control)
  const waiter = new TurnWaiter(control, regions.io, [regions.strategy, regions.storage])
  const journal = followRings(regions)
  const usedBytes = getHeapStatistics().used_heap_size
  while (!isOver(ioAssembly)) {
    Atomics.store(control, ControlWord.Stop, StopRequest.None)
    waiter.request = StopRequest.InOrder
    runKernelLoop(ioHost, regions.io, control, waiter, BUDGET)
    Atomics.store(control, ControlWord.Stop, StopRequest.None)
    waiter.request = StopRequest.KernelLost
    runKernelLoop(strategyHost, regions.strategy, control, waiter, BUDGET)
    for (const ring of journal) drain(ring)
    source.advance()
  }
  const garbageBytes = getHeapStatistics().used_heap_size - usedBytes
  source.market.close()
  keptSessions.set(cast, { ioHost, strategyHost, waiter, journal, source })
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
    const kernel = new IdleKernel()
    const waiter = new RingWaiter(plan, own, [peer])
    runKernelLoop(kernel, own, control, waiter, BUDGET)
    kept.push(kernel, waiter)
  }
  own.state = RegionState.Stopped
}
