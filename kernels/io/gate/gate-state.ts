import { RejectReason } from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import { CancelWishes } from './cancel-wishes.ts'
import { Exposure, Total } from './exposure.ts'
import { Limit } from './limit.ts'
import { LimitTable } from './limit-table.ts'
import type { GateLimits } from './limits.ts'
import { MarketTable, VALUE_UNITS } from './market-table.ts'
import { NO_ORDER, OpenOrders, OrderDouble, OrderWord, sideOf } from './open-orders.ts'
import type { OrderFacts } from './order-facts.ts'
import { OrderRates } from './order-rates.ts'

const STRATEGIES = 1 << 16
const NOTHING = new Float64Array(1)
/** Wishes besides those for single orders: one for each strategy that a run can have. */
const MASS_WISHES = 128

/** Who restricts an instrument; bits of `GateState.restrictions`. */
export enum Restriction {
  Configuration = 1,
  StartOfDay = 2,
  Operator = 4,
}

/** Slots of `GateState.verdict`. */
export enum Verdict {
  /** The value that broke the limit. */
  Value = 0,
  Threshold = 1,
}

/** Everything that the gate knows; what is decided from it stands in `PreTradeControls`, what moves it in `RiskGate`. */
export class GateState {
  readonly limits: GateLimits
  readonly instrumentsMax: number
  readonly table: LimitTable
  readonly market: MarketTable
  readonly exposure: Exposure
  readonly openOrders: OpenOrders
  readonly rates: OrderRates
  readonly wishes: CancelWishes
  readonly verdict = new Float64Array(2)
  /** [0]: the gate's clock, ns since the session's epoch. */
  readonly nowNs = new Float64Array(1)
  /** [0]: fills that it has seen. */
  readonly fills = new Float64Array(1)
  /** 0, or why everything is stopped. */
  stopped: number
  /** By strategy: 0, or why it is stopped. */
  readonly strategyStopped = new Uint8Array(STRATEGIES)
  readonly openByStrategy = new Int32Array(STRATEGIES)
  highestStrategy = 0
  readonly isInstrumentStopped: Uint8Array
  /** By instrument: `StaleBook` bits, 0 while its book can be trusted; at 0 what was said of all. */
  readonly isStale: Uint8Array
  /** By instrument: `Restriction` bits. */
  readonly restrictions: Uint8Array
  readonly isShortSaleRestricted: Uint8Array
  /** Quantity that may be short, by instrument. */
  readonly located: Float64Array
  readonly symbolOf: (string | undefined)[] = []
  readonly instrumentOf = new Map<string, number>()
  /** Highest id that an Instrument record has named: what a record about all instruments means. */
  highestInstrument = 0

  constructor(limits: GateLimits, instrumentsMax: number) {
    const length = instrumentsMax + 1
    this.limits = limits
    this.instrumentsMax = instrumentsMax
    this.table = new LimitTable(limits, instrumentsMax)
    this.market = new MarketTable(instrumentsMax, limits.windowMs)
    this.exposure = new Exposure(instrumentsMax)
    this.openOrders = new OpenOrders(limits.openOrdersMax, instrumentsMax)
    const { duplicateWindowMs, executionWindowMs, orderToTradeFrom } = limits
    this.rates = new OrderRates(this.table.values, duplicateWindowMs, executionWindowMs, orderToTradeFrom)
    this.wishes = new CancelWishes(limits.openOrdersMax + MASS_WISHES)
    this.stopped = limits.killed ? RejectReason.KillSwitch : 0
    this.isInstrumentStopped = new Uint8Array(length)
    this.isStale = new Uint8Array(length)
    this.restrictions = new Uint8Array(length)
    this.isShortSaleRestricted = new Uint8Array(length)
    this.located = new Float64Array(length)
  }

  /** Saves or restores everything, between two records. */
  archive(archive: StateArchive): void {
    this.highestInstrument = archive.number(this.highestInstrument)
    const asked = Math.min(this.market.highestInstrument, this.instrumentsMax)
    const highest = archive.number(Math.max(asked, this.highestInstrument))
    this.market.highestInstrument = highest
    for (const part of [this.table, this.market, this.exposure, this.openOrders]) part.archive(archive, highest)
    this.rates.archive(archive)
    this.wishes.archive(archive)
    archive.array(this.nowNs)
    archive.array(this.fills)
    this.stopped = archive.number(this.stopped)
    archive.array(this.strategyStopped)
    this.highestStrategy = archive.number(this.highestStrategy)
    archive.array(this.openByStrategy, 0, this.highestStrategy + 1)
    for (const flags of [this.isInstrumentStopped, this.isStale, this.restrictions]) archive.array(flags)
    archive.array(this.isShortSaleRestricted)
    archive.array(this.located)
    this.#archiveSymbols(archive)
  }

  #archiveSymbols(archive: StateArchive): void {
    const count = archive.number(this.symbolOf.length)
    for (let instrument = 0; instrument < count; instrument++) {
      const isNamed = archive.number(this.symbolOf[instrument] === undefined ? 0 : 1) === 1
      if (isNamed) this.symbolOf[instrument] = archive.text(this.symbolOf[instrument] ?? '')
    }
    const names = [...this.instrumentOf.entries()]
    const named = archive.number(names.length)
    for (let i = 0; i < named; i++) {
      const symbol = archive.text(names[i]?.[0] ?? '')
      this.instrumentOf.set(symbol, archive.number(names[i]?.[1] ?? 0))
    }
  }

  /** Refuses with nothing to compare. */
  fail(reason: RejectReason): number {
    this.verdict.fill(0)
    return reason
  }

  /** Most orders that may be open: what was configured, or less. */
  openOrdersMax(): number {
    return this.table.values[Limit.OpenOrdersMax]!
  }

  /** Realised and unrealised profit of the session, in value units. */
  get profit(): number {
    return this.exposure.totals[Total.Cash]! + this.exposure.totals[Total.Positions]!
  }

  /** Stops everything when the session has lost too much; nothing but a new session lifts it. */
  checkLoss(): void {
    const { totals } = this.exposure
    const loss = -(totals[Total.Cash]! + totals[Total.Positions]!)
    if (loss <= this.table.values[Limit.LossMax]! * VALUE_UNITS || this.stopped === RejectReason.LossLimit) return
    this.stopAll(RejectReason.LossLimit)
  }

  stopAll(reason: RejectReason): void {
    this.stopped = reason
    this.cancelAll(reason)
  }

  /** Wishes everything cancelled. */
  cancelAll(reason: number): void {
    for (let strategy = 0; strategy <= this.highestStrategy; strategy++) this.cancelStrategy(strategy, reason)
  }

  stopStrategy(strategy: number, reason: RejectReason): void {
    this.strategyStopped[strategy] = reason
    this.cancelStrategy(strategy, reason)
  }

  /** Wishes all orders of a strategy cancelled. */
  cancelStrategy(strategy: number, reason: number): void {
    if (this.openByStrategy[strategy] === 0) return
    const orders = this.openOrders
    for (let at = 0; at < orders.words.length; at += OrderWord.Count) {
      if (orders.words[at + OrderWord.Strategy] === strategy) orders.words[at + OrderWord.IsCancelling] = 1
    }
    this.wishes.add(strategy, 0, 0, reason)
  }

  stopInstrument(instrument: number): void {
    this.isInstrumentStopped[instrument] = 1
    this.cancelInstrument(instrument, RejectReason.InstrumentKilled)
  }

  /** Wishes all orders in an instrument cancelled. */
  cancelInstrument(instrument: number, reason: number): void {
    for (let side = 0; side < 2; side++) {
      for (let slot = this.openOrders.first[sideOf(instrument, side)]!; slot !== NO_ORDER; ) {
        this.cancelOrder(slot, reason)
        slot = this.openOrders.word(slot, OrderWord.Next)
      }
    }
  }

  /** Wishes one order cancelled, once. */
  cancelOrder(slot: number, reason: number): void {
    const { words } = this.openOrders
    const at = slot * OrderWord.Count
    if (words[at + OrderWord.IsCancelling] === 1) return
    words[at + OrderWord.IsCancelling] = 1
    const strategy = words[at + OrderWord.Strategy]!
    this.wishes.add(strategy, words[at + OrderWord.OrderId]!, words[at + OrderWord.Instrument]!, reason)
  }

  /** Counts an order as open, at its worst. */
  open(slot: number, order: OrderFacts): void {
    const quantity = order.quantity[0]!
    const value = order.value[0]!
    const { words, doubles } = this.openOrders
    const at = slot * OrderWord.Count
    doubles[slot * OrderDouble.Count + OrderDouble.Remaining] = quantity
    doubles[slot * OrderDouble.Count + OrderDouble.Value] = value
    const strategy = words[at + OrderWord.Strategy]!
    this.openByStrategy[strategy]!++
    if (strategy > this.highestStrategy) this.highestStrategy = strategy
    this.exposure.change[0] = quantity
    this.exposure.change[1] = value
    this.exposure.addOpen(words[at + OrderWord.Instrument]!, words[at + OrderWord.Side]!)
  }

  /** Less, or more, of an order is open, `source[index]`: its value goes with its quantity. */
  resize(slot: number, source: Float64Array, index: number): void {
    const quantity = source[index]!
    const { words, doubles } = this.openOrders
    const at = slot * OrderWord.Count
    const amounts = slot * OrderDouble.Count
    const before = doubles[amounts + OrderDouble.Remaining]!
    const valueBefore = doubles[amounts + OrderDouble.Value]!
    const value = quantity <= 0 ? 0 : before > 0 ? Math.round((valueBefore / before) * quantity) : valueBefore
    doubles[amounts + OrderDouble.Remaining] = quantity
    doubles[amounts + OrderDouble.Value] = value
    const instrument = words[at + OrderWord.Instrument]!
    this.exposure.change[0] = quantity - before
    this.exposure.change[1] = value - valueBefore
    this.exposure.addOpen(instrument, words[at + OrderWord.Side]!)
  }

  close(slot: number): void {
    this.resize(slot, NOTHING, 0)
    this.openByStrategy[this.openOrders.word(slot, OrderWord.Strategy)]!--
    this.openOrders.remove(slot)
  }
}
