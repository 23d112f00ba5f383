import type { BookLimits } from '../../feeds/book/level-book.ts'
import { OrderBook } from '../../feeds/book/order-book.ts'
import { Scratch } from '../../strategies/plugin/memory.ts'
import { orderTableSize } from '../../strategies/plugin/order-table.ts'
import { Header, RECORD_BYTES_MAX, StopReason } from '../records/catalogue.ts'
import type { StateArchive } from '../records/state-archive.ts'
import type { RecordViews } from '../records/views.ts'
import type { RingProducer } from '../ring/producer.ts'
import { ActivityWord } from './activity.ts'
import { HookRunner } from './hook-runner.ts'
import type { LoadedStrategy } from './load.ts'
import { InstrumentDirectory } from './market-state.ts'
import type { OutboundWriter } from './outbound.ts'
import type { GivenParams } from './params.ts'
import { resolveParams } from './params.ts'
import { RecordRouter } from './record-router.ts'
import { SlotCount, StrategySlot, type StrategyStop } from './strategy-slot.ts'

/** A strategy to run, with the parameters that the user gave. */
export interface StrategyPlan {
  readonly loaded: LoadedStrategy
  readonly params: GivenParams
}

export interface StrategyKernelOptions {
  readonly strategies: readonly StrategyPlan[]
  readonly outbound: OutboundWriter
  readonly bookLimits: BookLimits
  /** Most records that one strategy may emit for one inbound record or timer. */
  readonly emissionMax?: number
  /** Most own orders of one strategy that are not done; rounded up to a power of two from 16 to 65,536. */
  readonly ordersMax?: number
  /** Most timers of one strategy that may fire before one inbound record. */
  readonly timersPerRecordMax?: number
  /** Words that tell a supervisor what runs; `ActivityWord.Slots` long. */
  readonly activity?: Int32Array
}

/** 64 records for one event is far above what a quoting strategy needs and keeps the room reserved for one small. */
const EMISSION_MAX_DEFAULT = 64
const ORDERS_MAX_DEFAULT = 1024
const TIMERS_PER_RECORD_MAX_DEFAULT = 100_000
/** A stopped strategy says so with a mass cancel and a log line. */
const STOP_RECORDS = 2

enum Phase {
  /** No record is being handled. */
  Idle = 0,
  /** Timers due before the record are firing. */
  Timers = 1,
  /** The record is done; books of the event that it ended are being told of. */
  Books = 2,
}

/** What the strategy kernel tells of one strategy at the end, or whenever asked. */
export interface StrategySummary {
  readonly id: number
  readonly name: string
  readonly path: string
  readonly params: Readonly<Record<string, unknown>>
  readonly stop: StrategyStop | undefined
  readonly ordersSent: number
  readonly cancelsSent: number
  readonly replacesSent: number
  readonly fills: number
  readonly rejects: number
  readonly lateResponses: number
  readonly illegalTransitions: number
  readonly timersFired: number
  readonly hookCalls: number
  readonly liveOrders: number
}

/**
 * The strategy kernel: a pure function from inbound records to outbound records. It keeps the books, runs the plugins'
 * hooks and writes what they ask for. No clock, no I/O, no allocation per record.
 */
export class StrategyKernel {
  readonly book: OrderBook
  readonly directory: InstrumentDirectory
  readonly strategies: readonly StrategySlot[]
  readonly outbound: OutboundWriter
  /** [0] sequence of the last inbound record that is done, [1] records done, [2] attempts that found no outbound room. */
  readonly facts = new Float64Array(3)
  readonly #scratch: Float64Array
  readonly #runner: HookRunner
  readonly #router: RecordRouter
  readonly #unitBytes: number
  readonly #timersPerRecordMax: number
  readonly #activity: Int32Array
  #phase = Phase.Idle
  #timersFired = 0

  /**
   * @throws ParamError, PluginLoadError
   * @throws RangeError when the outbound ring cannot hold what one inbound record may cause
   */
  constructor(options: StrategyKernelOptions) {
    const emissionMax = options.emissionMax ?? EMISSION_MAX_DEFAULT
    const bounds = { emissionMax, ordersMax: orderTableSize(options.ordersMax ?? ORDERS_MAX_DEFAULT) }
    const scratch = new Float64Array(Scratch.Slots)
    this.#scratch = scratch
    this.outbound = options.outbound
    this.book = new OrderBook(options.bookLimits)
    this.directory = new InstrumentDirectory(options.bookLimits.instrumentsMax)
    this.strategies = options.strategies.map((plan, index) => {
      const { loaded } = plan
      const params = resolveParams(loaded.name, loaded.bundle.path, loaded.params, plan.params)
      return new StrategySlot(index + 1, loaded, params, bounds, this.directory, this.book, scratch)
    })
    this.#activity = options.activity ?? new Int32Array(ActivityWord.Slots)
    this.#runner = new HookRunner(options.outbound, scratch, this.#activity)
    this.#router = new RecordRouter(this.strategies, this.#runner, this.book, this.directory, scratch)
    this.#timersPerRecordMax = options.timersPerRecordMax ?? TIMERS_PER_RECORD_MAX_DEFAULT
    this.#unitBytes = Math.max(1, this.strategies.length) * (emissionMax + STOP_RECORDS) * RECORD_BYTES_MAX
    this.outbound.assertCapacity(this.#unitBytes)
  }

  /** Sequence of the last outbound record that was caused so far. */
  get lastOutbound(): number {
    return this.outbound.sequence[0]!
  }

  /** Sequence of the last inbound record that is done; 0 before the first. */
  get lastSequence(): number {
    return this.facts[0]!
  }

  /** Responses whose source is no strategy of this session; they change nothing. */
  get unknownSources(): number {
    return this.#router.unknownSources
  }

  /** Fills of orders that their strategy does not hold; its position moves all the same. */
  get unknownFills(): number {
    return this.#router.unknownFills
  }

  /** Strategies that were stopped, in the order of their ids. */
  get stops(): StrategyStop[] {
    return this.strategies.flatMap((strategy) => (strategy.stop === undefined ? [] : [strategy.stop]))
  }

  /**
   * A strategy must not see any record after this sequence: what was decided about it in an earlier run, such as that
   * it never came back from the record that follows.
   */
  disableAfter(strategyId: number, sequence: number, reason: StopReason): void {
    const strategy = this.strategies[strategyId - 1]
    if (strategy === undefined) throw new RangeError(`there is no strategy ${strategyId}`)
    strategy.disabledAfter[0] = sequence
    strategy.disabledReason = reason
  }

  /**
   * Takes the place of a kernel that died: writes to its ring and tells where it told what runs. Between two inbound records.
   * @param activity words, `ActivityWord.Slots` long at least
   */
  moveTo(producer: RingProducer, activity: Int32Array): void {
    this.outbound.moveTo(producer)
    this.#runner.moveActivity(activity)
  }

  /**
   * Handles one inbound record wherever it lies: on the ring, or in a journal on a resume. What it causes is claimed on
   * the outbound ring, not yet published.
   * @returns false when there is not enough outbound room; the same record must then be handed in again, and records
   * claimed so far should be published, so that they can be drained
   * @throws OutboundDiffersError on a resume that decides otherwise than before
   */
  onRecord(views: RecordViews, at: number): boolean {
    if (!this.outbound.hasRoom(this.#unitBytes)) return this.#refuse()
    if (this.#phase === Phase.Idle) this.#begin(views, at)
    if (this.#phase === Phase.Timers) {
      while (this.#isTimerDue(views, at)) {
        if (!this.outbound.hasRoom(this.#unitBytes)) return this.#refuse()
        this.#fireTimer(views, at)
      }
      if (!this.outbound.hasRoom(this.#unitBytes)) return this.#refuse()
      this.#runner.beginUnit(views, at)
      this.#router.route(views, at)
      this.#phase = Phase.Books
    }
    while (this.#router.hasReadyBook()) {
      if (!this.outbound.hasRoom(this.#unitBytes)) return this.#refuse()
      this.#runner.beginUnit(views, at)
      this.#router.callReadyBook()
    }
    this.#phase = Phase.Idle
    this.facts[0] = views.f64[(at + Header.Sequence) >> 3]!
    this.facts[1]!++
    return true
  }

  #refuse(): boolean {
    this.facts[2]!++
    return false
  }

  #begin(views: RecordViews, at: number): void {
    this.#phase = Phase.Timers
    this.#timersFired = 0
    this.#runner.noteSequence(views, at)
    for (let i = 0; i < this.strategies.length; i++) {
      const strategy = this.strategies[i]!
      if (strategy.running && strategy.disabledAfter[0]! < views.f64[(at + Header.Sequence) >> 3]!) {
        this.#runner.beginUnit(views, at)
        this.#runner.disable(strategy, strategy.disabledReason)
      }
    }
  }

  #isTimerDue(views: RecordViews, at: number): boolean {
    for (let i = 0; i < this.strategies.length; i++) {
      const strategy = this.strategies[i]!
      if (strategy.running && strategy.timerDue[0]! <= views.f64[(at + Header.Time) >> 3]!) return true
    }
    return false
  }

  /** Fires the earliest timer; of those due together, that of the lowest strategy id, then the lowest timer id. */
  #fireTimer(views: RecordViews, at: number): void {
    let first = this.strategies[0]!
    for (let i = 0; i < this.strategies.length; i++) {
      const strategy = this.strategies[i]!
      if (strategy.running && (!first.running || strategy.timerDue[0]! < first.timerDue[0]!)) first = strategy
    }
    this.#runner.beginUnit(views, at)
    if (++this.#timersFired > this.#timersPerRecordMax) {
      const text = `more than ${this.#timersPerRecordMax} timers fired before one inbound record`
      this.#runner.stop(first, StopReason.Overran, 'onTimer', text, first.loaded.bundle.path)
      return
    }
    first.counts[SlotCount.TimersFired]!++
    this.#runner.callTimer(first)
  }

  /**
   * Saves or restores the whole kernel, between two inbound records: books, instruments, orders, positions, timers, generators and
   * the plugins' own state. A kernel that is restored is fresh and of the same configuration.
   * @throws StrategyError when a plugin's own state is no plain data, StateArchiveError
   */
  archive(archive: StateArchive): void {
    archive.array(this.facts)
    archive.array(this.outbound.sequence)
    archive.array(this.#scratch)
    this.book.archive(archive)
    this.directory.archive(archive)
    this.#runner.archive(archive)
    this.#router.archive(archive)
    for (const strategy of this.strategies) strategy.archive(archive)
  }

  /** @returns what is known of each strategy */
  summarise(): StrategySummary[] {
    return this.strategies.map((strategy) => ({
      id: strategy.id,
      name: strategy.name,
      path: strategy.loaded.bundle.path,
      params: strategy.params,
      stop: strategy.stop,
      ordersSent: strategy.counts[SlotCount.OrdersSent]!,
      cancelsSent: strategy.counts[SlotCount.CancelsSent]!,
      replacesSent: strategy.counts[SlotCount.ReplacesSent]!,
      fills: strategy.counts[SlotCount.Fills]!,
      rejects: strategy.counts[SlotCount.Rejects]!,
      lateResponses: strategy.counts[SlotCount.LateResponses]!,
      illegalTransitions: strategy.orders.illegalTransitions,
      timersFired: strategy.counts[SlotCount.TimersFired]!,
      hookCalls: strategy.counts[SlotCount.HookCalls]!,
      liveOrders: strategy.orders.count,
    }))
  }
}
