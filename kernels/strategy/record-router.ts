import { BookChange } from '../../feeds/book/book-counts.ts'
import type { OrderBook } from '../../feeds/book/order-book.ts'
import { ControlWord, FactSlot, Scratch, TopSlot } from '../../strategies/plugin/memory.ts'
import { OrderState, StatusKind, TradeKind } from '../../strategies/plugin/vocabulary.ts'
import {
  Cross,
  FLAG_HAS_PRICE,
  Header,
  OrderExecute,
  RecordType,
  SessionEvent,
  SessionStart,
  Side,
  Stop,
  Trade,
} from '../records/catalogue.ts'
import type { RecordViews } from '../records/views.ts'
import type { HookRunner } from './hook-runner.ts'
import type { InstrumentDirectory } from './market-state.ts'
import { OrderResponses } from './order-responses.ts'
import { HitFact, HitOrder } from './queue-position.ts'
import type { StrategySlot } from './strategy-slot.ts'

/** Brings each inbound record to the books, the directory, the strategies' orders, and then to the hooks it concerns. */
export class RecordRouter {
  /** Responses whose source is no strategy of ours. */
  unknownSources = 0
  readonly #strategies: readonly StrategySlot[]
  readonly #tradeStrategies: readonly StrategySlot[]
  readonly #runner: HookRunner
  readonly #book: OrderBook
  readonly #directory: InstrumentDirectory
  readonly #scratch: Float64Array
  readonly #responses: OrderResponses
  readonly #hit: HitOrder

  constructor(
    strategies: readonly StrategySlot[],
    runner: HookRunner,
    book: OrderBook,
    directory: InstrumentDirectory,
    scratch: Float64Array,
  ) {
    this.#strategies = strategies
    this.#tradeStrategies = strategies.filter((strategy) => strategy.entry.trade !== undefined)
    this.#runner = runner
    this.#book = book
    this.#directory = directory
    this.#scratch = scratch
    this.#responses = new OrderResponses(book, scratch)
    this.#hit = new HitOrder(book)
  }

  get unknownFills(): number {
    return this.#responses.unknownFills
  }

  route(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type === RecordType.OrderAdd) this.#callBooks(views, at, this.#book.apply(views, at))
    else if (type > RecordType.OrderAdd && type <= RecordType.OrderReplace) this.#changeOrder(views, at, type)
    else if (type >= RecordType.Accepted && type <= RecordType.CancelRejected) this.#respond(views, at)
    else this.#routeRare(views, at, type)
  }

  /** Execute, reduce, delete, replace: the order is noted before the book forgets it, where anyone cares. */
  #changeOrder(views: RecordViews, at: number, type: RecordType): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (instrument > this.#directory.instrumentsMax) return
    const isTrade = type === RecordType.OrderExecute && this.#tradeStrategies.length > 0
    const isNoted = (isTrade || this.#hasOwnOrders(instrument)) && this.#hit.note(views, at, type)
    const change = this.#book.apply(views, at)
    if (isNoted) {
      for (let i = 0; i < this.#strategies.length; i++) this.#hit.advanceQueue(this.#strategies[i]!, instrument)
    }
    if (isTrade) this.#tellExecution(views, at, instrument, isNoted)
    this.#callBooks(views, at, change)
  }

  #hasOwnOrders(instrument: number): boolean {
    for (let i = 0; i < this.#strategies.length; i++) {
      if (this.#strategies[i]!.orders.firstSlot[instrument] !== 0) return true
    }
    return false
  }

  #callBooks(views: RecordViews, at: number, change: number): void {
    if (change === BookChange.None) return
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    for (let i = 0; i < this.#strategies.length; i++) {
      const strategy = this.#strategies[i]!
      if ((change & strategy.interest) === 0 || !strategy.running || !this.#isChosen(strategy, instrument)) continue
      if (strategy.entry.book !== undefined) this.#runner.callBook(strategy, instrument)
    }
  }

  #isChosen(strategy: StrategySlot, instrument: number): boolean {
    if (strategy.selection.isChosen(instrument)) return true
    if (!strategy.selection.isUndecided(instrument)) return false
    const { top } = this.#book
    const at = instrument * TopSlot.Slots
    if (top[at + TopSlot.BidQuantity] === 0 || top[at + TopSlot.AskQuantity] === 0) return false
    return this.#directory.isKnown(instrument) && strategy.selection.decide(instrument)
  }

  #tellExecution(views: RecordViews, at: number, instrument: number, isNoted: boolean): void {
    const hasPrice = (views.u16[(at + Header.Flags) >> 1]! & FLAG_HAS_PRICE) !== 0
    if (!isNoted && !hasPrice) return
    const scratch = this.#scratch
    scratch[Scratch.EventPrice] = hasPrice
      ? views.f64[(at + OrderExecute.Price) >> 3]!
      : this.#hit.facts[HitFact.Price]!
    scratch[Scratch.EventQuantity] = views.f64[(at + OrderExecute.Quantity) >> 3]!
    this.#callTrades(instrument, TradeKind.Displayed, isNoted ? this.#hit.side : Side.Buy)
  }

  #callTrades(instrument: number, kind: TradeKind, side: number): void {
    for (let i = 0; i < this.#tradeStrategies.length; i++) {
      const strategy = this.#tradeStrategies[i]!
      if (!strategy.running || !strategy.selection.isChosen(instrument)) continue
      strategy.control[ControlWord.EventKind] = kind
      strategy.control[ControlWord.EventSide] = side
      this.#runner.callTrade(strategy, instrument)
    }
  }

  #respond(views: RecordViews, at: number): void {
    const source = views.u16[(at + Header.Source) >> 1]!
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (source === 0 || source > this.#strategies.length || instrument > this.#directory.instrumentsMax) {
      this.unknownSources++
      return
    }
    const strategy = this.#strategies[source - 1]!
    const slot = this.#responses.apply(strategy, views, at)
    if (slot === 0) return
    if (strategy.running && strategy.entry.order !== undefined) this.#runner.callOrder(strategy, slot)
    if (strategy.orders.state[slot]! >= OrderState.Filled) strategy.orders.remove(slot)
  }

  #routeRare(views: RecordViews, at: number, type: RecordType): void {
    switch (type) {
      case RecordType.SessionStart:
        this.#start(views, at)
        return
      case RecordType.SessionEnd:
        this.#end()
        return
      case RecordType.Instrument:
        this.#noteInstrument(views, at)
        return
      case RecordType.TradingStatus:
        this.#noteStatus(views, at)
        return
      case RecordType.SessionEvent:
        this.#callStatus(0, StatusKind.Session, views.u32[(at + SessionEvent.Code) >> 2]!)
        return
      case RecordType.Gap:
        this.#callStatus(0, StatusKind.Gap, 0)
        return
      case RecordType.Stale:
        this.#callStatus(0, StatusKind.Stale, 0)
        return
      case RecordType.Resumed:
        this.#callStatus(0, StatusKind.Resumed, 0)
        return
      case RecordType.Stop:
        this.#stop(views, at)
        return
      case RecordType.Trade:
        this.#trade(views, at, Trade.Price, Trade.Quantity, TradeKind.Hidden)
        return
      case RecordType.Cross:
        this.#trade(views, at, Cross.Price, Cross.Quantity, TradeKind.Cross)
        return
      default:
    }
  }

  #trade(views: RecordViews, at: number, priceOffset: number, quantityOffset: number, kind: TradeKind): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const quantityAt = (at + quantityOffset) >> 3
    if (instrument > this.#directory.instrumentsMax || !(views.f64[quantityAt]! > 0)) return
    this.#scratch[Scratch.EventPrice] = views.f64[(at + priceOffset) >> 3]!
    this.#scratch[Scratch.EventQuantity] = views.f64[quantityAt]!
    this.#callTrades(instrument, kind, kind === TradeKind.Hidden ? views.u32[(at + Trade.Side) >> 2]! : Side.Buy)
  }

  #start(views: RecordViews, at: number): void {
    const low = views.i32[(at + SessionStart.SeedLow) >> 2]!
    const high = views.i32[(at + SessionStart.SeedHigh) >> 2]!
    for (let i = 0; i < this.#strategies.length; i++) {
      const strategy = this.#strategies[i]!
      if (strategy.running || strategy.stop !== undefined) continue
      strategy.running = true
      strategy.entry.seed(low, high)
      this.#runner.callStart(strategy)
    }
  }

  #end(): void {
    for (let i = 0; i < this.#strategies.length; i++) {
      const strategy = this.#strategies[i]!
      if (strategy.running) this.#runner.finish(strategy)
    }
  }

  #stop(views: RecordViews, at: number): void {
    const id = views.u32[(at + Stop.StrategyId) >> 2]!
    if (id === 0 || id > this.#strategies.length) return
    this.#runner.disable(this.#strategies[id - 1]!, views.u32[(at + Stop.Reason) >> 2]!)
  }

  #noteInstrument(views: RecordViews, at: number): void {
    const id = this.#directory.noteInstrument(views, at)
    if (id === 0) return
    const symbol = this.#directory.symbolOf(id)
    for (let i = 0; i < this.#strategies.length; i++) {
      const strategy = this.#strategies[i]!
      strategy.selection.noteSymbol(id, symbol)
      strategy.entry.refresh(id)
    }
  }

  #noteStatus(views: RecordViews, at: number): void {
    const id = this.#directory.noteStatus(views, at)
    if (id !== 0) this.#callStatus(id, StatusKind.Trading, 0)
  }

  #callStatus(instrument: number, kind: StatusKind, sessionEvent: number): void {
    for (let i = 0; i < this.#strategies.length; i++) {
      const strategy = this.#strategies[i]!
      if (!strategy.running || strategy.entry.status === undefined) continue
      if (instrument !== 0 && !strategy.selection.isChosen(instrument)) continue
      strategy.control[ControlWord.EventKind] = kind
      strategy.control[ControlWord.EventSession] = sessionEvent
      strategy.control[ControlWord.EventState] =
        instrument === 0 ? 0 : this.#directory.facts[instrument * FactSlot.Slots + FactSlot.TradingState]!
      this.#runner.callStatus(strategy, instrument)
    }
  }
}
