import {
  Accepted,
  Cancelled,
  Filled,
  Header,
  Instrument,
  OpeningPosition,
  PriceBand,
  PriceBandKind,
  RecordType,
  Rejected,
  RejectOrigin,
  RejectReason,
  Replaced,
  ReplaceOrder,
  ShortSaleState,
  Side,
  Stale,
  StaleReason,
  Statistic,
  StatisticKind,
  TradingTerms,
} from '../../records/catalogue.ts'
import { noteStale, StaleBook } from '../../records/stale-book.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import { readSymbol } from '../../records/symbol.ts'
import type { RecordViews } from '../../records/views.ts'
import { Held } from './exposure.ts'
import { GateState, Restriction, Verdict } from './gate-state.ts'
import type { GateLimits } from './limits.ts'
import { MarketSlot } from './market-table.ts'
import { NO_ORDER, OrderDouble, OrderWord, sideOf } from './open-orders.ts'
import { OperatorCommands } from './operator-commands.ts'
import { OrderFacts } from './order-facts.ts'
import { PreTradeControls } from './pre-trade.ts'

/**
 * Decides, order by order, what may leave. Its state moves only by the records handed to it, in the order of the
 * inbound sequence: so a verdict depends on the cause's sequence and not on when the gate came to look at it.
 *
 * After `decide` and `observe` the state's `wishes` name what the gate wants cancelled; the kernel sends that and empties them.
 */
export class RiskGate {
  readonly state: GateState
  readonly commands: OperatorCommands
  /** Rejects by reason. */
  readonly rejects = new Float64Array(128)
  /** Responses that named an order unknown here. */
  unknownResponses = 0
  /** The latest order decided on: whether it leaves as a short sale. */
  readonly order = new OrderFacts()
  readonly #controls: PreTradeControls
  /** What a fill leaves of an order. */
  readonly #left = new Float64Array(1)
  readonly #cancelsOldest: boolean
  readonly #cancelsNewest: boolean

  constructor(limits: GateLimits, instrumentsMax: number) {
    this.state = new GateState(limits, instrumentsMax)
    this.commands = new OperatorCommands(this.state)
    this.#controls = new PreTradeControls(this.state, this.order)
    this.#cancelsOldest = limits.selfMatch === 'cancelOldest' || limits.selfMatch === 'cancelBoth'
    this.#cancelsNewest = limits.selfMatch === 'cancelNewest' || limits.selfMatch === 'cancelBoth'
  }

  /** Saves or restores it, between two records. */
  archive(archive: StateArchive): void {
    this.state.archive(archive)
    archive.array(this.rejects)
    this.unknownResponses = archive.number(this.unknownResponses)
  }

  /**
   * Judges a NewOrder, CancelOrder, ReplaceOrder or MassCancel and, if it may leave, counts it as open.
   * @returns 0, or the reason to reject it, with value and threshold in the state's verdict
   */
  decide(views: RecordViews, at: number): number {
    const { rates, nowNs } = this.state
    const type = views.u16[(at + Header.Type) >> 1]!
    const strategy = views.u16[(at + Header.Source) >> 1]!
    if (type === RecordType.CancelOrder || type === RecordType.MassCancel) {
      rates.noteRequest(strategy, nowNs)
      return 0
    }
    const reason = type === RecordType.NewOrder ? this.#decideNew(views, at) : this.#decideReplace(views, at)
    if (reason !== 0) this.rejects[reason]!++
    else rates.noteRequest(strategy, nowNs)
    return reason
  }

  #decideNew(views: RecordViews, at: number): number {
    this.order.read(views, at)
    const reason = this.#controls.check()
    return reason === 0 ? this.#open() : reason
  }

  #decideReplace(views: RecordViews, at: number): number {
    const { openOrders } = this.state
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const slot = openOrders.find(strategy, views.i32[(at + ReplaceOrder.OrderId) >> 2]!)
    if (slot < 0) return this.state.fail(RejectReason.UnknownOrder)
    this.order.read(views, at)
    this.order.instrument = openOrders.word(slot, OrderWord.Instrument)
    this.order.side = openOrders.word(slot, OrderWord.Side)
    const filled = openOrders.doubles[slot * OrderDouble.Count + OrderDouble.Filled]!
    const known = this.order.filledQuantity[0]!
    // What the venue is told to trade in all is made of it: nothing but a fill makes it larger.
    if (!(known >= 0 && known <= filled)) return this.state.fail(RejectReason.InvalidOrder)
    const asked = this.order.quantity[0]!
    // What was filled since the decision opens no more.
    this.order.quantity[0] = asked - (filled - known)
    if (asked > 0 && this.order.quantity[0]! <= 0) return this.#letEnd()
    const reason = this.#controls.check()
    return reason === 0 ? this.#open() : reason
  }

  /** A replacement of which all has traded already opens nothing: the venue cancels its order, and cancels always pass. */
  #letEnd(): number {
    const { order, state } = this
    if (state.openOrders.find(order.strategy, order.orderId) >= 0) return state.fail(RejectReason.DuplicateOrderId)
    order.quantity[0] = 0
    order.value[0] = 0
    return this.#addUnlessFull()
  }

  #open(): number {
    const { order, state } = this
    const { openOrders } = state
    if (openOrders.find(order.strategy, order.orderId) >= 0) return state.fail(RejectReason.DuplicateOrderId)
    if (this.#meetsOwn() && this.#cancelsNewest) return RejectReason.SelfMatch
    return this.#addUnlessFull()
  }

  #addUnlessFull(): number {
    const { state } = this
    const { openOrders } = state
    const slot = openOrders.count < state.openOrdersMax() ? this.#add() : NO_ORDER
    if (slot !== NO_ORDER) return 0
    state.verdict[Verdict.Value] = openOrders.count + 1
    state.verdict[Verdict.Threshold] = state.openOrdersMax()
    return RejectReason.OpenOrderLimit
  }

  #add(): number {
    const { order, state } = this
    const { strategy, orderId, instrument, side } = order
    const slot = state.openOrders.add(strategy, orderId, instrument, side, order.worstPrice)
    if (slot !== NO_ORDER) state.open(slot, order)
    return slot
  }

  /** Whether an own order of the other side is at its price or better; by policy those are to be cancelled. */
  #meetsOwn(): boolean {
    if (!this.#cancelsNewest && !this.#cancelsOldest) return false
    const { order, state } = this
    const { openOrders, verdict } = state
    const isBuy = order.side === Side.Buy
    const price = order.worstPrice[0]!
    const others = sideOf(order.instrument, isBuy ? Side.Sell : Side.Buy)
    const best = openOrders.best[others]!
    if (isBuy ? best > price : best < price) return false
    verdict[Verdict.Value] = order.price[0]!
    verdict[Verdict.Threshold] = best
    return this.#cancelsOldest ? this.#cancelInTheWay(others, isBuy) : true
  }

  /** @returns whether any was left that is not being cancelled already */
  #cancelInTheWay(others: number, isBuy: boolean): boolean {
    const { order, state } = this
    const { openOrders } = state
    const price = order.worstPrice[0]!
    let meets = false
    for (let slot = openOrders.first[others]!; slot !== NO_ORDER; slot = openOrders.word(slot, OrderWord.Next)) {
      const other = openOrders.doubles[slot * OrderDouble.Count + OrderDouble.Price]!
      if ((isBuy ? other > price : other < price) || openOrders.word(slot, OrderWord.IsCancelling) === 1) continue
      meets = true
      state.cancelOrder(slot, RejectReason.SelfMatch)
    }
    return meets
  }

  /** Takes in one published inbound record: responses move positions and exposure, commands and bands what is allowed. */
  observe(views: RecordViews, at: number): void {
    switch (views.u16[(at + Header.Type) >> 1]!) {
      case RecordType.Filled:
        this.#fill(views, at)
        return
      case RecordType.Cancelled:
        this.#end(views, at, Cancelled.OrderId)
        return
      case RecordType.Rejected:
        this.#venueReject(views, at)
        return
      case RecordType.Replaced:
        this.#end(views, at, Replaced.OrderId)
        this.#resize(views, at, Replaced.NewOrderId, Replaced.Quantity)
        return
      case RecordType.Accepted:
        this.#resize(views, at, Accepted.OrderId, Accepted.Quantity)
        return
      case RecordType.Command:
        this.commands.obey(views, at)
        return
      default:
        this.#observeMarket(views, at)
    }
  }

  #observeMarket(views: RecordViews, at: number): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (instrument > this.state.instrumentsMax) return
    switch (views.u16[(at + Header.Type) >> 1]!) {
      case RecordType.Instrument:
        this.#admit(views, at, instrument)
        return
      case RecordType.OpeningPosition:
        this.#beginWith(views, at, instrument)
        return
      case RecordType.TradingTerms:
        this.#noteTerms(views, at, instrument)
        return
      case RecordType.Stale:
        this.#noteStale(views, at, instrument)
        return
      case RecordType.BookClear:
        if (instrument === 0) this.state.market.forgetQuotes(this.state.isStale)
        return
      case RecordType.PriceBand: {
        if (views.u32[(at + PriceBand.Kind) >> 2]! === PriceBandKind.AuctionCollar) return
        const slot = this.state.market.at(instrument)
        this.state.market.values[slot + MarketSlot.LowerBand] = views.f64[(at + PriceBand.LowerPrice) >> 3]!
        this.state.market.values[slot + MarketSlot.UpperBand] = views.f64[(at + PriceBand.UpperPrice) >> 3]!
        return
      }
      case RecordType.Statistic: {
        if (views.u32[(at + Statistic.Kind) >> 2]! !== StatisticKind.ShortSale) return
        const isFree = views.f64[(at + Statistic.Value) >> 3]! === ShortSaleState.Unrestricted
        this.state.isShortSaleRestricted[instrument] = isFree ? 0 : 1
        return
      }
      default:
    }
  }

  /** Learns an instrument's symbol, scale and limits. */
  #admit(views: RecordViews, at: number, instrument: number): void {
    const { state } = this
    if (instrument > state.highestInstrument) state.highestInstrument = instrument
    const quantityExponent = views.i32[(at + Instrument.QuantityExponent) >> 2]!
    state.market.setExponents(instrument, views.i32[(at + Instrument.PriceExponent) >> 2]!, quantityExponent)
    const symbol = readSymbol(views, at)
    if (state.symbolOf[instrument] === symbol || (symbol === '' && state.symbolOf[instrument] !== undefined)) return
    const own = Object.hasOwn(state.limits.symbols, symbol) ? state.limits.symbols[symbol] : undefined
    if (state.symbolOf[instrument] === undefined) state.isStale[instrument]! |= state.isStale[0]!
    state.symbolOf[instrument] = symbol
    state.instrumentOf.set(symbol, instrument)
    state.restrictions[instrument] = own?.restricted === true ? Restriction.Configuration : 0
    state.located[instrument] = own?.located ?? 0
    state.table.admit(instrument, own)
  }

  #beginWith(views: RecordViews, at: number, instrument: number): void {
    const { market, exposure } = this.state
    const quantity = views.f64[(at + OpeningPosition.Quantity) >> 3]!
    const scale = market.values[market.at(instrument) + MarketSlot.Scale]!
    exposure.change[0] = quantity
    exposure.change[1] = Math.round(quantity * views.f64[(at + OpeningPosition.AveragePrice) >> 3]! * scale)
    exposure.begin(instrument)
    this.#revalue(instrument)
  }

  #noteTerms(views: RecordViews, at: number, instrument: number): void {
    const { market, restrictions } = this.state
    const slot = market.at(instrument)
    market.values[slot + MarketSlot.Tick] = views.f64[(at + TradingTerms.TickSize) >> 3]!
    market.values[slot + MarketSlot.Lot] = views.f64[(at + TradingTerms.Lot) >> 3]!
    if (views.u32[(at + TradingTerms.Restricted) >> 2]! === 1) restrictions[instrument]! |= Restriction.StartOfDay
  }

  /**
   * Nobody trades on a book that has lost changes; cancels always pass. What is said of all holds for instruments to come, and
   * trust in all is none in a book that lost changes of its own. A book that is whole again says what its instrument is worth.
   */
  #noteStale(views: RecordViews, at: number, instrument: number): void {
    const { isStale, highestInstrument } = this.state
    const isTrusted = views.u32[(at + Stale.Reason) >> 2]! === StaleReason.Recovered
    const bit = instrument === 0 ? StaleBook.WithAll : StaleBook.Itself
    const last = instrument === 0 ? highestInstrument : instrument
    for (let each = instrument; each <= last; each++) {
      const wasStale = isStale[each] !== 0
      isStale[each] = noteStale(isStale[each]!, bit, isTrusted)
      if (each > 0 && wasStale && isStale[each] === 0) this.noteMarket(each)
    }
  }

  /**
   * An instrument's prices moved, after the kernel wrote them: its position is worth something else. What a book shows that has lost
   * changes, or is being built anew order by order, is no price: until it is whole the last reference stays.
   */
  noteMarket(instrument: number): void {
    const { state } = this
    if (state.isStale[instrument] !== 0) return
    state.market.note(instrument, state.nowNs)
    const { exposure } = state
    if (exposure.cells[exposure.at(instrument) + Held.Position] === 0) return
    this.#revalue(instrument)
    state.checkLoss()
  }

  #revalue(instrument: number): void {
    const { market, exposure } = this.state
    exposure.revalue(instrument, market)
  }

  #slotOf(views: RecordViews, at: number, idOffset: number): number {
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const slot = this.state.openOrders.find(strategy, views.i32[(at + idOffset) >> 2]!)
    if (slot < 0) this.unknownResponses++
    return slot
  }

  #fill(views: RecordViews, at: number): void {
    const slot = this.#slotOf(views, at, Filled.OrderId)
    if (slot < 0) return
    const { state } = this
    const { openOrders, exposure, market, rates } = state
    state.fills[0]!++
    const quantity = views.f64[(at + Filled.Quantity) >> 3]!
    const instrument = openOrders.word(slot, OrderWord.Instrument)
    const strategy = openOrders.word(slot, OrderWord.Strategy)
    const scale = market.values[market.at(instrument) + MarketSlot.Scale]!
    exposure.change[0] = quantity
    exposure.change[1] = Math.round(views.f64[(at + Filled.Price) >> 3]! * quantity * scale)
    exposure.fill(instrument, openOrders.word(slot, OrderWord.Side))
    openOrders.doubles[slot * OrderDouble.Count + OrderDouble.Filled]! += quantity
    this.#left[0] = openOrders.doubles[slot * OrderDouble.Count + OrderDouble.Remaining]! - quantity
    state.resize(slot, this.#left, 0)
    if (views.f64[(at + Filled.LeavesQuantity) >> 3]! === 0) state.close(slot)
    this.#revalue(instrument)
    state.checkLoss()
    if (rates.noteExecution(strategy, state.nowNs) && state.strategyStopped[strategy] === 0) {
      state.stopStrategy(strategy, RejectReason.RepeatedExecution)
    }
  }

  #end(views: RecordViews, at: number, idOffset: number): void {
    const slot = this.#slotOf(views, at, idOffset)
    if (slot >= 0) this.state.close(slot)
  }

  #resize(views: RecordViews, at: number, idOffset: number, quantityOffset: number): void {
    const slot = this.#slotOf(views, at, idOffset)
    if (slot >= 0) this.state.resize(slot, views.f64, (at + quantityOffset) >> 3)
  }

  /** A refused replacement never opens; the order that it was to replace stays as it is. */
  #venueReject(views: RecordViews, at: number): void {
    if (views.u32[(at + Rejected.Origin) >> 2]! !== RejectOrigin.Venue) return
    const request = views.u32[(at + Rejected.RequestType) >> 2]!
    if (request === RecordType.NewOrder || request === RecordType.ReplaceOrder) this.#end(views, at, Rejected.OrderId)
  }
}
