import { CancelReason, MatchEvent, type MatchListener, TradingState } from './engine-codes.ts'
import { type EngineLimits, ListKind } from './match-book.ts'
import { MatchEnd } from './matcher.ts'
import { NO_SLOT, OrderCell, OrderCellShift, OrderFlag } from './order-cell.ts'
import { OrderChecks, tickAt } from './order-checks.ts'

/** Where an order goes: it trades, rests or is cancelled; and what pegs do when the midpoint moves. */
export abstract class OrderPlacement extends OrderChecks {
  /** By instrument: the midpoint at which its pegs last stood. */
  private readonly lastMidpoint: Int32Array

  constructor(limits: EngineLimits, listener: MatchListener) {
    super(limits, listener)
    this.lastMidpoint = new Int32Array(limits.instrumentsMax + 1)
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
  protected dropOrder(slot: number, quantity: number, reason: CancelReason): void {
    this.cells[(slot << OrderCellShift.Words) | OrderCell.Open] = 0
    this.emit(MatchEvent.Cancelled, slot, 0, quantity, reason)
    this.releaseCell(slot)
  }

  /** Trades an order that lies in no queue and rests what is left. @returns whether it rests */
  protected process(slot: number): boolean {
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
  protected stepAway(slot: number): void {
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
  protected repricePegs(instrument: number): void {
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
