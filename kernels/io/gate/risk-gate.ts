import {
  Accepted,
  Cancelled,
  Command,
  Filled,
  Header,
  Instrument,
  NewOrder,
  OpeningPosition,
  OrderType,
  RecordType,
  Rejected,
  RejectOrigin,
  RejectReason,
  Replaced,
  ReplaceOrder,
  Side,
  Stale,
  StaleReason,
  TradingTerms,
} from '../../records/catalogue.ts'
import type { RecordViews } from '../../records/views.ts'
import type { GateLimits } from './limits.ts'
import { OpenOrders } from './open-orders.ts'

/** Command codes that the gate obeys. */
export enum GateCommand {
  /** Refuse everything but cancels from here on. */
  Kill = 1,
}

/** Slots of `RiskGate.verdict`. */
export enum Verdict {
  /** The value that broke the limit. */
  Value = 0,
  Threshold = 1,
}

const INSTRUMENT_SLOTS = 4
/** Slots of one instrument in `RiskGate.market`. */
export enum MarketSlot {
  BidPrice = 0,
  AskPrice = 1,
  LastPrice = 2,
  /** Currency units of one price unit: 10^priceExponent. */
  PriceScale = 3,
}

/**
 * Decides, order by order, what may leave. Its state moves only by the records handed to it, in the order of the
 * inbound sequence: so a verdict depends on the cause's sequence and not on when the gate came to look at it.
 *
 * Orders, acknowledgements and fills are counted at their worst: everything open may still fill, and a replacement
 * and what it replaces both count until the venue has answered.
 */
export class RiskGate {
  readonly verdict = new Float64Array(2)
  /** Reference prices by instrument, `INSTRUMENT_SLOTS` doubles each; the kernel writes bid and ask. */
  readonly market: Float64Array
  /** Firm-wide position by instrument. */
  readonly position: Float64Array
  readonly openBuy: Float64Array
  readonly openSell: Float64Array
  readonly openOrders: OpenOrders
  /** Rejects by reason. */
  readonly rejects = new Float64Array(128)
  /** [0]: the gate's clock, ns since the session's epoch; the age of a decision is measured against it. */
  readonly nowNs = new Float64Array(1)
  /** Responses that named an order unknown here. */
  unknownResponses = 0
  killed: boolean
  /** By instrument: 1 while its book is stale. */
  readonly isStale: Uint8Array
  /** By instrument: 1 where it is on the restricted list. */
  readonly isRestricted: Uint8Array
  /** By instrument: what prices and quantities must be multiples of, by the start-of-day file; 0 for anything. */
  readonly tick: Float64Array
  readonly lot: Float64Array
  /** Highest id that an Instrument record has named: what a record about all instruments means. */
  #highestInstrument = 0
  readonly #instrumentsMax: number
  readonly #limits: GateLimits
  readonly #collar: number
  readonly #ageNsMax: number
  readonly #price = new Float64Array(1)
  readonly #referencePrice = new Float64Array(1)

  constructor(limits: GateLimits, instrumentsMax: number) {
    this.#limits = limits
    this.#instrumentsMax = instrumentsMax
    this.#collar = limits.priceCollarBps / 10_000
    this.#ageNsMax = limits.decisionAgeMsMax * 1e6
    this.killed = limits.killed
    this.market = new Float64Array((instrumentsMax + 1) * INSTRUMENT_SLOTS)
    for (let i = 0; i <= instrumentsMax; i++) this.market[i * INSTRUMENT_SLOTS + MarketSlot.PriceScale] = 1e-4
    this.position = new Float64Array(instrumentsMax + 1)
    this.isStale = new Uint8Array(instrumentsMax + 1)
    this.isRestricted = new Uint8Array(instrumentsMax + 1)
    this.tick = new Float64Array(instrumentsMax + 1)
    this.lot = new Float64Array(instrumentsMax + 1)
    this.openBuy = new Float64Array(instrumentsMax + 1)
    this.openSell = new Float64Array(instrumentsMax + 1)
    this.openOrders = new OpenOrders(limits.openOrdersMax)
  }

  /** Index of an instrument's first slot in `market`. */
  marketAt(instrument: number): number {
    return instrument * INSTRUMENT_SLOTS
  }

  /**
   * Judges a NewOrder, CancelOrder, ReplaceOrder or MassCancel and, if it may leave, counts it as open.
   * @returns 0, or the reason to reject it, with value and threshold in `verdict`
   */
  decide(views: RecordViews, at: number): number {
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type === RecordType.CancelOrder || type === RecordType.MassCancel) return 0
    const reason = type === RecordType.NewOrder ? this.#decideNew(views, at) : this.#decideReplace(views, at)
    if (reason !== 0) this.rejects[reason]!++
    return reason
  }

  #decideNew(views: RecordViews, at: number): number {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const orderId = views.i32[(at + NewOrder.OrderId) >> 2]!
    const side = views.u32[(at + NewOrder.Side) >> 2]!
    const isMarket = views.u32[(at + NewOrder.OrderType) >> 2]! === OrderType.Market
    this.#price[0] = views.f64[(at + NewOrder.Price) >> 3]!
    const reason = this.#check(views, at, NewOrder.Quantity, instrument, side, isMarket)
    if (reason !== 0) return reason
    if (this.openOrders.find(strategy, orderId) >= 0) return this.#fail(RejectReason.DuplicateOrderId)
    return this.#open(views, at, NewOrder.Quantity, strategy, orderId, instrument, side)
  }

  #decideReplace(views: RecordViews, at: number): number {
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const slot = this.openOrders.find(strategy, views.i32[(at + ReplaceOrder.OrderId) >> 2]!)
    if (slot < 0) return this.#fail(RejectReason.UnknownOrder)
    const instrument = this.openOrders.instrument[slot]!
    const side = this.openOrders.side[slot]!
    const newOrderId = views.i32[(at + ReplaceOrder.NewOrderId) >> 2]!
    this.#price[0] = views.f64[(at + ReplaceOrder.Price) >> 3]!
    const reason = this.#check(views, at, ReplaceOrder.Quantity, instrument, side, false)
    if (reason !== 0) return reason
    if (this.openOrders.find(strategy, newOrderId) >= 0) return this.#fail(RejectReason.DuplicateOrderId)
    return this.#open(views, at, ReplaceOrder.Quantity, strategy, newOrderId, instrument, side)
  }

  #open(
    views: RecordViews,
    at: number,
    quantityOffset: number,
    strategy: number,
    orderId: number,
    instrument: number,
    side: number,
  ): number {
    const slot = this.openOrders.add(strategy, orderId, instrument, side)
    if (slot < 0) {
      this.verdict[Verdict.Value] = this.openOrders.count + 1
      this.verdict[Verdict.Threshold] = this.openOrders.capacity
      return RejectReason.OpenOrderLimit
    }
    const quantity = views.f64[(at + quantityOffset) >> 3]!
    this.openOrders.remaining[slot] = quantity
    if (side === Side.Buy) this.openBuy[instrument]! += quantity
    else this.openSell[instrument]! += quantity
    return 0
  }

  /** The controls in the order in which they are reported: cheapest and most final first. */
  #check(
    views: RecordViews,
    at: number,
    quantityOffset: number,
    instrument: number,
    side: number,
    isMarket: boolean,
  ): number {
    const limits = this.#limits
    const quantity = views.f64[(at + quantityOffset) >> 3]!
    const price = this.#price[0]!
    if (this.killed) return this.#fail(RejectReason.KillSwitch)
    if (instrument === 0 || instrument > this.#instrumentsMax || !(quantity > 0) || (!isMarket && !(price > 0))) {
      return this.#fail(RejectReason.InvalidOrder)
    }
    if (this.isRestricted[instrument] === 1) return this.#fail(RejectReason.Restricted)
    if (this.isStale[instrument] === 1) return this.#fail(RejectReason.StaleBook)
    const reason = this.#checkTerms(instrument, quantity, isMarket)
    if (reason !== 0) return reason
    const ageNs = this.nowNs[0]! - views.f64[(at + Header.Time) >> 3]!
    if (ageNs > this.#ageNsMax) {
      this.verdict[Verdict.Value] = ageNs / 1e6
      this.verdict[Verdict.Threshold] = limits.decisionAgeMsMax
      return RejectReason.DecisionAge
    }
    if (quantity > limits.maxQuantity) {
      this.verdict[Verdict.Value] = quantity
      this.verdict[Verdict.Threshold] = limits.maxQuantity
      return RejectReason.MaxQuantity
    }
    if (!this.#hasReference(instrument)) return this.#fail(RejectReason.NoReferencePrice)
    const scale = this.market[instrument * INSTRUMENT_SLOTS + MarketSlot.PriceScale]!
    const value = (isMarket ? this.#referencePrice[0]! : price) * quantity * scale
    if (value > limits.maxValue) {
      this.verdict[Verdict.Value] = value
      this.verdict[Verdict.Threshold] = limits.maxValue
      return RejectReason.MaxValue
    }
    if (!isMarket && this.#breaksCollar()) return RejectReason.PriceCollar
    const position = this.position[instrument]!
    const exposure =
      side === Side.Buy
        ? position + this.openBuy[instrument]! + quantity
        : this.openSell[instrument]! + quantity - position
    if (exposure <= limits.positionMax) return 0
    this.verdict[Verdict.Value] = exposure
    this.verdict[Verdict.Threshold] = limits.positionMax
    return RejectReason.PositionLimit
  }

  /** The price is in its slot. */
  #checkTerms(instrument: number, quantity: number, isMarket: boolean): number {
    const tick = this.tick[instrument]!
    if (tick > 0 && !isMarket && this.#price[0]! % tick !== 0) {
      this.verdict[Verdict.Value] = this.#price[0]!
      this.verdict[Verdict.Threshold] = tick
      return RejectReason.OffTick
    }
    const lot = this.lot[instrument]!
    if (lot === 0 || quantity % lot === 0) return 0
    this.verdict[Verdict.Value] = quantity
    this.verdict[Verdict.Threshold] = lot
    return RejectReason.OddLot
  }

  /** Mid of the two best prices, else the one there is, else the last trade; 0 when there is none of them. */
  #hasReference(instrument: number): boolean {
    const at = instrument * INSTRUMENT_SLOTS
    const bid = this.market[at + MarketSlot.BidPrice]!
    const ask = this.market[at + MarketSlot.AskPrice]!
    let reference = this.market[at + MarketSlot.LastPrice]!
    if (bid > 0 && ask > 0) reference = (bid + ask) / 2
    else if (bid > 0) reference = bid
    else if (ask > 0) reference = ask
    this.#referencePrice[0] = reference
    return reference > 0
  }

  #breaksCollar(): boolean {
    const reference = this.#referencePrice[0]!
    const distance = this.#price[0]! - reference
    const width = reference * this.#collar
    if (distance <= width && -distance <= width) return false
    this.verdict[Verdict.Value] = ((distance < 0 ? -distance : distance) / reference) * 10_000
    this.verdict[Verdict.Threshold] = this.#limits.priceCollarBps
    return true
  }

  #fail(reason: RejectReason): number {
    this.verdict[Verdict.Value] = 0
    this.verdict[Verdict.Threshold] = 0
    return reason
  }

  /** Takes in one published inbound record: responses move positions and exposure, commands may kill. */
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
      case RecordType.Instrument: {
        const instrument = views.u32[(at + Header.Instrument) >> 2]!
        if (instrument > this.#instrumentsMax) return
        if (instrument > this.#highestInstrument) this.#highestInstrument = instrument
        const exponent = views.i32[(at + Instrument.PriceExponent) >> 2]!
        this.market[instrument * INSTRUMENT_SLOTS + MarketSlot.PriceScale] = 10 ** exponent
        return
      }
      case RecordType.OpeningPosition: {
        const instrument = views.u32[(at + Header.Instrument) >> 2]!
        if (instrument > this.#instrumentsMax) return
        this.position[instrument]! += views.f64[(at + OpeningPosition.Quantity) >> 3]!
        return
      }
      case RecordType.TradingTerms:
        this.#noteTerms(views, at)
        return
      case RecordType.Stale:
        this.#noteStale(views, at)
        return
      case RecordType.BookClear:
        if (views.u32[(at + Header.Instrument) >> 2]! === 0) this.#forgetPrices()
        return
      case RecordType.Command:
        if (views.u32[(at + Command.Code) >> 2]! === GateCommand.Kill) this.killed = true
        return
      default:
    }
  }

  #noteTerms(views: RecordViews, at: number): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (instrument > this.#instrumentsMax) return
    this.tick[instrument] = views.f64[(at + TradingTerms.TickSize) >> 3]!
    this.lot[instrument] = views.f64[(at + TradingTerms.Lot) >> 3]!
    this.isRestricted[instrument] = views.u32[(at + TradingTerms.Restricted) >> 2]!
  }

  /** Nobody trades on a book that has lost changes; cancels always pass. */
  #noteStale(views: RecordViews, at: number): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const isStale = views.u32[(at + Stale.Reason) >> 2]! === StaleReason.Recovered ? 0 : 1
    if (instrument > this.#instrumentsMax) return
    if (instrument !== 0) this.isStale[instrument] = isStale
    else this.isStale.fill(isStale, 1, this.#highestInstrument + 1)
  }

  /** All books were emptied: what they showed is no reference any more. One instrument's comes with its record. */
  #forgetPrices(): void {
    for (let at = 0; at < this.market.length; at += INSTRUMENT_SLOTS) {
      this.market[at + MarketSlot.BidPrice] = 0
      this.market[at + MarketSlot.AskPrice] = 0
    }
  }

  #slotOf(views: RecordViews, at: number, idOffset: number): number {
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const slot = this.openOrders.find(strategy, views.i32[(at + idOffset) >> 2]!)
    if (slot < 0) this.unknownResponses++
    return slot
  }

  #fill(views: RecordViews, at: number): void {
    const slot = this.#slotOf(views, at, Filled.OrderId)
    if (slot < 0) return
    const quantity = views.f64[(at + Filled.Quantity) >> 3]!
    const instrument = this.openOrders.instrument[slot]!
    if (this.openOrders.side[slot] === Side.Buy) {
      this.position[instrument]! += quantity
      this.openBuy[instrument]! -= quantity
    } else {
      this.position[instrument]! -= quantity
      this.openSell[instrument]! -= quantity
    }
    this.openOrders.remaining[slot]! -= quantity
    if (views.f64[(at + Filled.LeavesQuantity) >> 3]! === 0) this.#close(slot)
  }

  #end(views: RecordViews, at: number, idOffset: number): void {
    const slot = this.#slotOf(views, at, idOffset)
    if (slot >= 0) this.#close(slot)
  }

  #resize(views: RecordViews, at: number, idOffset: number, quantityOffset: number): void {
    const slot = this.#slotOf(views, at, idOffset)
    if (slot < 0) return
    const change = views.f64[(at + quantityOffset) >> 3]! - this.openOrders.remaining[slot]!
    if (change === 0) return
    const instrument = this.openOrders.instrument[slot]!
    if (this.openOrders.side[slot] === Side.Buy) this.openBuy[instrument]! += change
    else this.openSell[instrument]! += change
    this.openOrders.remaining[slot]! += change
  }

  /** A refused replacement never opens; the order that it was to replace stays as it is. */
  #venueReject(views: RecordViews, at: number): void {
    if (views.u32[(at + Rejected.Origin) >> 2]! !== RejectOrigin.Venue) return
    const request = views.u32[(at + Rejected.RequestType) >> 2]!
    if (request === RecordType.NewOrder || request === RecordType.ReplaceOrder) this.#end(views, at, Rejected.OrderId)
  }

  #close(slot: number): void {
    const instrument = this.openOrders.instrument[slot]!
    const left = this.openOrders.remaining[slot]!
    if (this.openOrders.side[slot] === Side.Buy) this.openBuy[instrument]! -= left
    else this.openSell[instrument]! -= left
    this.openOrders.remove(slot)
  }
}
