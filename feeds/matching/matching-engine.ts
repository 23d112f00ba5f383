import {
  CancelReason,
  EventDouble,
  MatchEvent,
  type MatchListener,
  OrderInput,
  RejectReason,
  TradingState,
} from './engine-codes.ts'
import { type EngineLimits, ListKind } from './match-book.ts'
import { MatchEnd } from './matcher.ts'
import { NO_SLOT, OrderCell, OrderCellShift, OrderFlag, PRICE_MAX } from './order-cell.ts'
import { OrderChecks, tickAt } from './order-checks.ts'

/** Flags of an order that simply rests where it is displayed. */
const NOT_PLAIN =
  OrderFlag.Hidden | OrderFlag.OffBook | OrderFlag.PostOnly | OrderFlag.ImmediateOrCancel | OrderFlag.Market

/**
 * A price-time matching engine for many instruments. Orders are entered through `order` and named by slots from then on;
 * what happens is heard by the listener, event by event. It asks no clock and allocates nothing but in crosses.
 *
 * - A replace always gets a new reference and the last place in line; a cancel to a smaller size keeps the place.
 *   Source: Nasdaq OUCH 5.0, "Replace Order Message" and "Cancel Order Message". Sizes count what has traded already.
 * - Prices beyond a band are moved to the band; when bands move, resting orders beyond them are cancelled.
 * - Post-only: takes what is better than its price; where it would lock a displayed order it rests one tick away, and it
 *   may lock hidden ones. Source: Nasdaq Equity 4, rule 4702(b)(4).
 * - A minimum quantity that cannot be had at once: see `canFillMinimum`; the order rests, or is cancelled if immediate.
 * - A market order takes to the band and is cancelled beyond.
 * - After every command pegs whose midpoint has moved trade with the hidden orders they reach now: buyers first.
 */
export class MatchingEngine extends OrderChecks {
  /** By instrument: the midpoint at which its pegs last stood. */
  private readonly lastMidpoint: Int32Array

  constructor(limits: EngineLimits, listener: MatchListener) {
    super(limits, listener)
    this.lastMidpoint = new Int32Array(limits.instrumentsMax + 1)
  }

  /** Enters the order in `order`. @returns its slot when it rests, else 0 */
  enter(): number {
    const { order, cells } = this
    const reason = this.checkOrder()
    const slot = reason === RejectReason.None ? this.claimCell() : NO_SLOT
    const instrument = order[OrderInput.Instrument]!
    if (slot === NO_SLOT) {
      const code = reason === RejectReason.None ? RejectReason.Other : reason
      this.emitRejected(instrument, order[OrderInput.Account]!, order[OrderInput.Tag]!, code)
      return NO_SLOT
    }
    const at = slot << OrderCellShift.Words
    const bookSide = (instrument << 1) | order[OrderInput.Side]!
    cells[at | OrderCell.BookSide] = bookSide
    cells[at | OrderCell.Account] = order[OrderInput.Account]!
    cells[at | OrderCell.Executed] = 0
    this.fillCell(slot, order[OrderInput.Quantity]!)
    this.emit(MatchEvent.Accepted, slot, cells[at | OrderCell.Price]!, cells[at | OrderCell.Open]!, 0)
    const rests = this.process(slot)
    this.repricePegs(instrument)
    return rests && cells[at | OrderCell.Live] === 1 ? slot : NO_SLOT
  }

  /**
   * Replaces a live order by what `order` says: price, quantity, minimum quantity, flags, tag; instrument, side and account
   * stay. Details that are invalid cancel the order, and a halt leaves it as it is.
   * @returns whether the order lives on
   */
  replace(slot: number): boolean {
    const { order, cells } = this
    const at = slot << OrderCellShift.Words
    const bookSide = cells[at | OrderCell.BookSide]!
    const instrument = bookSide >> 1
    order[OrderInput.Instrument] = instrument
    order[OrderInput.Side] = bookSide & 1
    order[OrderInput.Account] = cells[at | OrderCell.Account]!
    const state = this.states[instrument]!
    if (state === TradingState.Halted || state === TradingState.Closed) {
      const reason = state === TradingState.Halted ? RejectReason.Halted : RejectReason.Closed
      this.emit(MatchEvent.ReplaceRejected, slot, 0, 0, reason)
      return true
    }
    const open = order[OrderInput.Quantity]! - cells[at | OrderCell.Executed]!
    const oldFlags = cells[at | OrderCell.Flags]!
    const isSameCross = ((oldFlags ^ order[OrderInput.Flags]!) & OrderFlag.AnyCross) === 0
    if (this.checkOrder() !== RejectReason.None || open <= 0 || !isSameCross) {
      this.removeOrder(slot, CancelReason.User)
      this.repricePegs(instrument)
      return false
    }
    if (((oldFlags | order[OrderInput.Flags]!) & NOT_PLAIN) === 0 && !this.couldTrade(slot)) this.move(slot, open)
    else this.enterAnew(slot, open)
    this.repricePegs(instrument)
    return cells[at | OrderCell.Live] === 1
  }

  /** Cuts a live order down to an intended size, executed shares included; 0 cancels it. It keeps its place. */
  cancel(slot: number, intended: number): void {
    this.cancelFor(slot, intended, CancelReason.User)
  }

  /** The same for another reason. */
  cancelFor(slot: number, intended: number, reason: CancelReason): void {
    const { cells } = this
    const at = slot << OrderCellShift.Words
    const open = cells[at | OrderCell.Open]!
    const left = Math.max(0, intended - cells[at | OrderCell.Executed]!)
    if (left >= open) return
    const instrument = cells[at | OrderCell.BookSide]! >> 1
    if (left === 0) this.removeOrder(slot, reason)
    else {
      this.takeOpen(slot, open - left)
      this.lowerMinimum(at)
      if (this.isDisplayed(slot)) this.emit(MatchEvent.Reduced, slot, 0, open - left, reason)
      this.emit(MatchEvent.Cancelled, slot, 0, open - left, reason)
    }
    this.repricePegs(instrument)
  }

  /** Changes what an instrument does with orders. Trading after quoting begins with a halt cross. */
  setState(instrument: number, state: TradingState): void {
    if (this.states[instrument] === TradingState.Quoting && state === TradingState.Trading) {
      this.runCross(instrument, OrderFlag.HaltCross)
    }
    this.states[instrument] = state
    this.emitInstrument(MatchEvent.StateChanged, instrument, state)
    this.repricePegs(instrument)
  }

  /** Runs the opening or closing cross; orders for it are taken no more afterwards. */
  cross(instrument: number, cross: OrderFlag.OpeningCross | OrderFlag.ClosingCross): void {
    this.runCross(instrument, cross)
    this.crossesDone[instrument]! |= cross
    this.repricePegs(instrument)
  }

  /** Sets the prices between which an instrument trades, and cancels resting orders that would trade beyond them. */
  setBands(instrument: number, low: number, high: number): void {
    this.bandLow[instrument] = low
    this.bandHigh[instrument] = high
    for (let side = 0; side < 2; side++) {
      const bookSide = (instrument << 1) | side
      for (let hidden = 0; hidden < 2; hidden++) {
        for (;;) {
          const level = hidden === 0 ? this.bestDisplayed(bookSide) : this.bestHidden(bookSide)
          const price = this.priceOf(level)
          if (level === 0 || (side === 0 ? price <= high : price >= low)) break
          this.removeOrder(this.firstAt(level), CancelReason.Collar)
        }
      }
    }
    this.repricePegs(instrument)
  }

  /** Cancels all orders that have one of the flags, or all at 0, of an instrument, or of all at 0. Walks over all cells. */
  expire(flags: number, instrument: number, reason: CancelReason): void {
    const { cells } = this
    for (let slot = 1; slot <= this.highestSlot; slot++) {
      const at = slot << OrderCellShift.Words
      if (cells[at | OrderCell.Live] === 0) continue
      if (flags !== 0 && (cells[at | OrderCell.Flags]! & flags) === 0) continue
      const own = cells[at | OrderCell.BookSide]! >> 1
      if (instrument === 0 || instrument === own) {
        this.removeOrder(slot, reason)
        this.repricePegs(own)
      }
    }
  }

  protected cancelResting(slot: number): void {
    this.removeOrder(slot, CancelReason.SelfMatch)
  }

  protected removeOrder(slot: number, reason: CancelReason): void {
    const { cells } = this
    const at = slot << OrderCellShift.Words
    const quantity = cells[at | OrderCell.Open]!
    this.leaveQueue(slot)
    if (this.isDisplayed(slot)) this.emitRemoved(slot)
    this.dropOrder(slot, quantity, reason)
  }

  /** Cancels what is left of an order that lies in no queue. */
  private dropOrder(slot: number, quantity: number, reason: CancelReason): void {
    this.cells[(slot << OrderCellShift.Words) | OrderCell.Open] = 0
    this.emit(MatchEvent.Cancelled, slot, 0, quantity, reason)
    this.releaseCell(slot)
  }

  /** Writes the parts of a cell that an entry and a replace have in common. */
  private fillCell(slot: number, open: number): void {
    const { cells, order } = this
    const at = slot << OrderCellShift.Words
    const instrument = order[OrderInput.Instrument]!
    const flags = order[OrderInput.Flags]!
    const isBuy = order[OrderInput.Side] === 0
    let price = order[OrderInput.Price]!
    if ((flags & OrderFlag.Market) !== 0) price = isBuy ? PRICE_MAX : 0
    if ((flags & OrderFlag.OffBook) === 0) {
      if (isBuy) price = Math.min(price, this.bandHigh[instrument]!)
      else price = Math.max(price, this.bandLow[instrument]!)
    }
    cells[at | OrderCell.Price] = price
    cells[at | OrderCell.Open] = open
    cells[at | OrderCell.MinimumQuantity] = Math.min(order[OrderInput.MinimumQuantity]!, open)
    cells[at | OrderCell.Flags] = (flags & OrderFlag.MidpointPeg) === 0 ? flags : flags | OrderFlag.Hidden
    cells[at | OrderCell.Tag] = order[OrderInput.Tag]!
    this.stampReference(slot)
  }

  /** Whether a plain order with the price in `order` could meet anything at all. */
  private couldTrade(slot: number): boolean {
    const bookSide = this.cells[(slot << OrderCellShift.Words) | OrderCell.BookSide]!
    const instrument = bookSide >> 1
    if (this.states[instrument] !== TradingState.Trading) return false
    if (this.firstOf(ListKind.Pegs, bookSide ^ 1) !== NO_SLOT) return true
    const price = this.order[OrderInput.Price]!
    const displayed = this.bestDisplayed(bookSide ^ 1)
    const hidden = this.bestHidden(bookSide ^ 1)
    if ((bookSide & 1) === 0) {
      return (displayed !== 0 && this.priceOf(displayed) <= price) || (hidden !== 0 && this.priceOf(hidden) <= price)
    }
    return (displayed !== 0 && this.priceOf(displayed) >= price) || (hidden !== 0 && this.priceOf(hidden) >= price)
  }

  /** A displayed order that moves to another displayed place. */
  private move(slot: number, open: number): void {
    const { cells } = this
    const at = slot << OrderCellShift.Words
    const oldReference = this.referenceOf(slot)
    this.leaveLevel(slot)
    this.fillCell(slot, open)
    this.eventDoubles[EventDouble.OldReference] = oldReference
    this.emit(MatchEvent.Replaced, slot, cells[at | OrderCell.Price]!, open, 0)
    this.eventDoubles[EventDouble.OldReference] = oldReference
    if (this.joinLevel(slot)) this.emit(MatchEvent.Moved, slot, cells[at | OrderCell.Price]!, open, 0)
    else {
      this.emit(MatchEvent.Removed, slot, 0, 0, 0)
      this.dropOrder(slot, open, CancelReason.System)
    }
  }

  /** A replace as a removal and a new order. */
  private enterAnew(slot: number, open: number): void {
    const { cells } = this
    const at = slot << OrderCellShift.Words
    const oldReference = this.referenceOf(slot)
    this.leaveQueue(slot)
    if (this.isDisplayed(slot)) this.emitRemoved(slot)
    this.fillCell(slot, open)
    this.eventDoubles[EventDouble.OldReference] = oldReference
    this.emit(MatchEvent.Replaced, slot, cells[at | OrderCell.Price]!, open, 0)
    this.process(slot)
  }

  /** Trades an order that lies in no queue and rests what is left. @returns whether it rests */
  private process(slot: number): boolean {
    const { cells } = this
    const at = slot << OrderCellShift.Words
    const flags = cells[at | OrderCell.Flags]!
    const instrument = cells[at | OrderCell.BookSide]! >> 1
    if ((flags & OrderFlag.AnyCross) !== 0) {
      this.joinList(slot)
      return true
    }
    if (this.states[instrument] === TradingState.Trading) {
      const end = this.tradeNow(slot)
      if (end === MatchEnd.Filled) {
        this.releaseCell(slot)
        return false
      }
      if (end === MatchEnd.SelfMatched) {
        this.dropOrder(slot, cells[at | OrderCell.Open]!, CancelReason.SelfMatch)
        return false
      }
    }
    if ((flags & (OrderFlag.ImmediateOrCancel | OrderFlag.Market)) === 0) return this.rest(slot)
    this.dropOrder(slot, cells[at | OrderCell.Open]!, CancelReason.Immediate)
    return false
  }

  private tradeNow(slot: number): MatchEnd {
    const { cells } = this
    const at = slot << OrderCellShift.Words
    const flags = cells[at | OrderCell.Flags]!
    const bookSide = cells[at | OrderCell.BookSide]!
    const isBuy = (bookSide & 1) === 0
    let limit = cells[at | OrderCell.Price]!
    if ((flags & OrderFlag.MidpointPeg) !== 0) {
      const middle = this.midpoint(bookSide >> 1)
      if (middle === 0 || (isBuy ? limit < middle : limit > middle)) return MatchEnd.Open
      limit = middle
    }
    if ((flags & OrderFlag.PostOnly) !== 0) limit += isBuy ? -1 : 1
    if (cells[at | OrderCell.MinimumQuantity] !== 0 && !this.canFillMinimum(slot, limit)) return MatchEnd.Open
    return this.matchOrder(slot, limit)
  }

  private rest(slot: number): boolean {
    const { cells } = this
    const at = slot << OrderCellShift.Words
    const flags = cells[at | OrderCell.Flags]!
    const open = cells[at | OrderCell.Open]!
    if ((flags & OrderFlag.MidpointPeg) !== 0) {
      this.joinList(slot)
      return true
    }
    if ((flags & OrderFlag.PostOnly) !== 0) this.stepAway(slot)
    if (cells[at | OrderCell.Price]! <= 0 || !this.joinLevel(slot)) {
      this.dropOrder(slot, open, CancelReason.System)
      return false
    }
    if (this.isDisplayed(slot)) this.emit(MatchEvent.Displayed, slot, cells[at | OrderCell.Price]!, open, 0)
    return true
  }

  /** Moves a post-only order that would lock the other side one tick away from it. */
  private stepAway(slot: number): void {
    const { cells } = this
    const at = slot << OrderCellShift.Words
    const bookSide = cells[at | OrderCell.BookSide]!
    const level = this.bestDisplayed(bookSide ^ 1)
    if (level === 0 || this.states[bookSide >> 1] !== TradingState.Trading) return
    if (this.priceOf(level) !== cells[at | OrderCell.Price]) return
    const price = cells[at | OrderCell.Price]!
    cells[at | OrderCell.Price] = (bookSide & 1) === 0 ? price - tickAt(price - 1) : price + tickAt(price)
  }

  /** Gives an instrument's pegs their new price, if it has moved, and trades those that now can. */
  private repricePegs(instrument: number): void {
    const buys = this.firstOf(ListKind.Pegs, instrument << 1)
    const sells = this.firstOf(ListKind.Pegs, (instrument << 1) | 1)
    if (buys === NO_SLOT && sells === NO_SLOT) return
    const middle = this.midpoint(instrument)
    if (middle === this.lastMidpoint[instrument]) return
    this.lastMidpoint[instrument] = middle
    this.pegTime[instrument] = this.reference[0]!
    if (middle === 0 || this.states[instrument] !== TradingState.Trading) return
    this.tradePegs(instrument << 1)
    this.tradePegs((instrument << 1) | 1)
  }

  private tradePegs(bookSide: number): void {
    let next = NO_SLOT
    for (let slot = this.firstOf(ListKind.Pegs, bookSide); slot !== NO_SLOT; slot = next) {
      next = this.laterOf(slot)
      const end = this.tradeNow(slot)
      if (end === MatchEnd.Open) continue
      this.leaveList(slot)
      if (end === MatchEnd.Filled) this.releaseCell(slot)
      else this.dropOrder(slot, this.cells[(slot << OrderCellShift.Words) | OrderCell.Open]!, CancelReason.SelfMatch)
    }
  }
}
