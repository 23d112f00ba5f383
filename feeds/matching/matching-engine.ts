import { CancelReason, EventDouble, MatchEvent, OrderInput, RejectReason, TradingState } from './engine-codes.ts'
import { ListKind } from './match-book.ts'
import { NO_SLOT, OrderCell, OrderCellShift, OrderFlag, PRICE_MAX } from './order-cell.ts'
import { OrderPlacement } from './order-placement.ts'

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
export class MatchingEngine extends OrderPlacement {
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
    // Before the order is accepted, so that its participant hears the price that it will have.
    if ((flags & OrderFlag.PostOnly) !== 0) this.stepAway(slot)
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
}
