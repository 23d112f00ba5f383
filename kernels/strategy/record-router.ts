import { BookChange } from '../../feeds/book/book-counts.ts'
import type { OrderBook } from '../../feeds/book/order-book.ts'
import { ControlWord, Scratch, TopSlot } from '../../strategies/plugin/memory.ts'
import { OrderState, TradeKind } from '../../strategies/plugin/vocabulary.ts'
import {
  Cross,
  FLAG_HAS_PRICE,
  FLAG_MORE,
  Header,
  NO_SIDE,
  OpeningPosition,
  OrderExecute,
  RecordType,
  SessionStart,
  Stop,
  Trade,
} from '../records/catalogue.ts'
import type { StateArchive } from '../records/state-archive.ts'
import type { RecordViews } from '../records/views.ts'
import { BookEvents } from './book-events.ts'
import type { HookRunner } from './hook-runner.ts'
import { LevelQueuePosition } from './level-queue-position.ts'
import type { InstrumentDirectory } from './market-state.ts'
import { OrderResponses } from './order-responses.ts'
import { openPosition } from './positions.ts'
import { HitFact, HitOrder } from './queue-position.ts'
import { StatusEvents } from './status-events.ts'
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
  readonly #levelQueues: LevelQueuePosition
  readonly #events: BookEvents
  readonly #statuses: StatusEvents

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
    this.#levelQueues = new LevelQueuePosition(book)
    this.#events = new BookEvents(directory.instrumentsMax)
    this.#statuses = new StatusEvents(strategies, runner, directory, scratch)
  }

  archive(archive: StateArchive): void {
    this.unknownSources = archive.number(this.unknownSources)
    this.#responses.unknownFills = archive.number(this.#responses.unknownFills)
    this.#events.archive(archive)
    this.#statuses.archive(archive)
  }

  get unknownFills(): number {
    return this.#responses.unknownFills
  }

  /** Afterwards, books of an event that is over may be waiting to be told of: see `callReadyBook`. */
  route(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type === RecordType.OrderAdd) this.#settle(views, at, this.#book.apply(views, at))
    else if (type > RecordType.OrderAdd && type <= RecordType.OrderReplace) this.#changeOrder(views, at, type)
    else if (type >= RecordType.Accepted && type <= RecordType.CancelRejected) this.#respond(views, at)
    else if (type === RecordType.LevelUpdate || type === RecordType.TopOfBook) this.#changeLevels(views, at, type)
    else this.#routeRare(views, at, type)
  }

  /** Whether strategies are still to be told of books that the last record's event has changed. */
  hasReadyBook(): boolean {
    return this.#events.hasReady()
  }

  /** Tells of the next of these books: a unit of work of its own. */
  callReadyBook(): void {
    const instrument = this.#events.peekReady()
    this.#callBooks(instrument, this.#events.changeOf(instrument))
    this.#events.passReady()
  }

  /** A market record has done its work on the books: strategies are told, unless more of its event is to come. */
  #settle(views: RecordViews, at: number, change: number): void {
    const hasMore = (views.u16[(at + Header.Flags) >> 1]! & FLAG_MORE) !== 0
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (hasMore || this.#events.openCount > 0) {
      const line = views.u16[(at + Header.Source) >> 1]!
      if (change !== BookChange.None) this.#events.note(instrument, line, change)
      if (!hasMore) this.#events.complete(instrument, line)
    } else if (change !== BookChange.None) this.#callBooks(instrument, change)
  }

  #changeLevels(views: RecordViews, at: number, type: RecordType): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const change = this.#book.apply(views, at)
    if (change !== BookChange.None) {
      for (let i = 0; i < this.#strategies.length; i++) this.#levelQueues.limit(this.#strategies[i]!, instrument, type)
    }
    this.#settle(views, at, change)
  }

  #clearBooks(views: RecordViews, at: number): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (instrument !== 0) {
      this.#settle(views, at, this.#book.apply(views, at))
      return
    }
    const line = views.u16[(at + Header.Source) >> 1]!
    const { top } = this.#book
    for (let each = 1; each <= this.#directory.instrumentsMax; each++) {
      const topAt = each * TopSlot.Slots
      if (top[topAt + TopSlot.BidQuantity] === 0 && top[topAt + TopSlot.AskQuantity] === 0) continue
      this.#events.note(each, line, BookChange.Book | BookChange.Top)
    }
    this.#book.apply(views, at)
    this.#settle(views, at, BookChange.None)
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
    this.#settle(views, at, change)
  }

  #hasOwnOrders(instrument: number): boolean {
    for (let i = 0; i < this.#strategies.length; i++) {
      if (this.#strategies[i]!.orders.firstSlot[instrument] !== 0) return true
    }
    return false
  }

  #callBooks(instrument: number, change: number): void {
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
    this.#callTrades(instrument, TradeKind.Displayed, isNoted ? this.#hit.side : NO_SIDE)
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
      case RecordType.Stop:
        this.#stop(views, at)
        return
      case RecordType.OpeningPosition:
        this.#open(views, at)
        return
      case RecordType.TradingTerms:
        this.#noteTerms(views, at)
        return
      case RecordType.Trade:
        this.#passQueues(views, at)
        this.#trade(views, at, Trade.Price, Trade.Quantity, TradeKind.Hidden)
        break
      case RecordType.Cross:
        this.#trade(views, at, Cross.Price, Cross.Quantity, TradeKind.Cross)
        break
      case RecordType.BookClear:
        this.#clearBooks(views, at)
        return
      default:
        this.#statuses.tell(views, at, type)
    }
    if (type > RecordType.OrderReplace && type <= RecordType.BookClear) this.#settle(views, at, BookChange.None)
  }

  #passQueues(views: RecordViews, at: number): void {
    if (views.u32[(at + Header.Instrument) >> 2]! > this.#directory.instrumentsMax) return
    for (let i = 0; i < this.#strategies.length; i++) this.#levelQueues.pass(this.#strategies[i]!, views, at)
  }

  #trade(views: RecordViews, at: number, priceOffset: number, quantityOffset: number, kind: TradeKind): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const quantityAt = (at + quantityOffset) >> 3
    if (instrument > this.#directory.instrumentsMax || !(views.f64[quantityAt]! > 0)) return
    this.#scratch[Scratch.EventPrice] = views.f64[(at + priceOffset) >> 3]!
    this.#scratch[Scratch.EventQuantity] = views.f64[quantityAt]!
    this.#callTrades(instrument, kind, kind === TradeKind.Hidden ? views.u32[(at + Trade.Side) >> 2]! : NO_SIDE)
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

  #open(views: RecordViews, at: number): void {
    const source = views.u16[(at + Header.Source) >> 1]!
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (source === 0 || source > this.#strategies.length || instrument > this.#directory.instrumentsMax) {
      this.unknownSources++
      return
    }
    const { positions } = this.#strategies[source - 1]!
    const quantityAt = (at + OpeningPosition.Quantity) >> 3
    openPosition(positions, instrument, views.f64, quantityAt, (at + OpeningPosition.AveragePrice) >> 3)
  }

  #noteTerms(views: RecordViews, at: number): void {
    const id = this.#directory.noteTerms(views, at)
    if (id === 0) return
    for (let i = 0; i < this.#strategies.length; i++) this.#strategies[i]!.entry.refresh(id)
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
}
