import { Liquidity, type MatchListener, SelfMatch } from './engine-codes.ts'
import { type EngineLimits, ListKind } from './match-book.ts'
import { MatchEvents } from './match-events.ts'
import { NO_SLOT, OrderCell, OrderCellShift, OrderFlag, PRICE_MAX } from './order-cell.ts'

/** How `match` ended. */
export enum MatchEnd {
  /** Shares are left, and nothing more to trade with. */
  Open = 0,
  Filled = 1,
  /** It met an order of its own account, and that account has its newest order cancelled. */
  SelfMatched = 2,
}

const NO_BAND_HIGH = PRICE_MAX

/**
 * Whom an order trades with, and the trade.
 *
 * Priority: price; at one price displayed orders before hidden ones; among each the earlier. Pegs are hidden orders at the
 * midpoint of the best displayed prices, rounded down to a whole price unit; they have none while a side is empty or
 * both are locked or crossed. When the midpoint moves they count as arrived at that moment, in the order they had.
 * A hidden order with a minimum quantity is passed over by anything smaller. Trades are at the resting order's price.
 * Sources: Nasdaq Equity 4, rules 4703 (attributes) and 4757 (priority).
 *
 * A pass over hidden orders that cannot trade costs their number: they are walked by for each execution.
 */
export abstract class Matcher extends MatchEvents {
  /** Lowest and highest price of a trade, by instrument. */
  readonly bandLow: Int32Array
  readonly bandHigh: Int32Array
  /** Price of the latest trade or cross, by instrument; 0 before the first. */
  readonly lastPrice: Int32Array
  /** By instrument: when its pegs got their present price; a reference. */
  protected readonly pegTime: Float64Array
  /** Price of the contra order that `findContra` found. */
  private contraPrice = 0

  constructor(limits: EngineLimits, listener: MatchListener) {
    super(limits, listener)
    this.bandLow = new Int32Array(limits.instrumentsMax + 1)
    this.bandHigh = new Int32Array(limits.instrumentsMax + 1).fill(NO_BAND_HIGH)
    this.lastPrice = new Int32Array(limits.instrumentsMax + 1)
    this.pegTime = new Float64Array(limits.instrumentsMax + 1)
  }

  /** Where an instrument's pegs stand, or 0 when they have no price. */
  midpoint(instrument: number): number {
    const bid = this.bestDisplayed(instrument << 1)
    const ask = this.bestDisplayed((instrument << 1) | 1)
    if (bid === 0 || ask === 0) return 0
    const low = this.priceOf(bid)
    const high = this.priceOf(ask)
    if (low >= high) return 0
    const middle = low + ((high - low) >> 1)
    return middle < this.bandLow[instrument]! || middle > this.bandHigh[instrument]! ? 0 : middle
  }

  /**
   * Trades an order, which is in no level, with all that its limit reaches, best first.
   * @param limit highest price to buy at or lowest to sell at
   */
  protected matchOrder(slot: number, limit: number): MatchEnd {
    const { cells } = this
    const at = slot << OrderCellShift.Words
    const account = cells[at | OrderCell.Account]!
    const selfMatch = this.selfMatch[account]!
    while (cells[at | OrderCell.Open]! > 0) {
      const contra = this.findContra(slot, limit)
      if (contra === NO_SLOT) return MatchEnd.Open
      if (selfMatch !== SelfMatch.Allowed && cells[(contra << OrderCellShift.Words) | OrderCell.Account] === account) {
        if (selfMatch === SelfMatch.CancelNewest) return MatchEnd.SelfMatched
        this.cancelResting(contra)
        continue
      }
      this.trade(slot, contra)
    }
    return MatchEnd.Filled
  }

  /** Cancels a resting order because its own account would have traded with it. */
  protected abstract cancelResting(slot: number): void

  private trade(slot: number, contra: number): void {
    const { cells } = this
    const at = slot << OrderCellShift.Words
    const contraAt = contra << OrderCellShift.Words
    const price = this.contraPrice
    const contraOpen = cells[contraAt | OrderCell.Open]!
    const quantity = Math.min(cells[at | OrderCell.Open]!, contraOpen)
    const contraFlags = cells[contraAt | OrderCell.Flags]!
    const isPeg = (contraFlags & OrderFlag.MidpointPeg) !== 0
    const isHidden = (contraFlags & OrderFlag.Hidden) !== 0
    this.match[0]!++
    this.lastPrice[cells[at | OrderCell.BookSide]! >> 1] = price
    this.fill(contra, quantity)
    const added = isPeg ? Liquidity.MidpointAdded : isHidden ? Liquidity.HiddenAdded : Liquidity.Added
    this.emitExecuted(contra, price, quantity, added, 1)
    if (quantity === contraOpen) this.releaseCell(contra)
    cells[at | OrderCell.Open]! -= quantity
    cells[at | OrderCell.Executed]! += quantity
    this.lowerMinimum(at)
    this.emitExecuted(slot, price, quantity, Liquidity.Removed, 0)
  }

  /** Takes traded shares off a resting order, and the order out of its queue when none are left. */
  protected fill(slot: number, quantity: number): void {
    const { cells } = this
    const at = slot << OrderCellShift.Words
    if (quantity === cells[at | OrderCell.Open]) {
      this.leaveQueue(slot)
      cells[at | OrderCell.Open] = 0
    } else {
      this.takeOpen(slot, quantity)
      this.lowerMinimum(at)
    }
    cells[at | OrderCell.Executed]! += quantity
  }

  /** A minimum above what is left is that. */
  protected lowerMinimum(at: number): void {
    const { cells } = this
    if (cells[at | OrderCell.MinimumQuantity]! > cells[at | OrderCell.Open]!) {
      cells[at | OrderCell.MinimumQuantity] = cells[at | OrderCell.Open]!
    }
  }

  /** The order that would trade next, its price in `contraPrice`, or 0 when the limit reaches none. */
  private findContra(slot: number, limit: number): number {
    const { cells } = this
    const at = slot << OrderCellShift.Words
    const bookSide = cells[at | OrderCell.BookSide]!
    const isBuy = (bookSide & 1) === 0
    const contraSide = bookSide ^ 1
    const displayed = this.bestDisplayed(contraSide)
    let reach = limit
    let found = NO_SLOT
    if (displayed !== 0) {
      const price = this.priceOf(displayed)
      if (isBuy ? price <= limit : price >= limit) {
        found = this.firstAt(displayed)
        this.contraPrice = price
        // Only what is strictly better comes before it.
        reach = isBuy ? price - 1 : price + 1
      }
    }
    const open = cells[at | OrderCell.Open]!
    const hidden = this.findHidden(contraSide, reach, open)
    if (hidden !== NO_SLOT) {
      found = hidden
      this.contraPrice = cells[(hidden << OrderCellShift.Words) | OrderCell.Price]!
      reach = this.contraPrice
    }
    if (this.firstOf(ListKind.Pegs, contraSide) === NO_SLOT) return found
    return this.findPeg(contraSide, reach, open, hidden) || found
  }

  /** The first hidden order within reach that takes an order of that size, or 0. */
  private findHidden(contraSide: number, reach: number, open: number): number {
    const { cells } = this
    const isBid = (contraSide & 1) === 0
    for (let level = this.bestHidden(contraSide); level !== 0; level = this.worseLevel(level)) {
      const price = this.priceOf(level)
      if (isBid ? price < reach : price > reach) return NO_SLOT
      for (let slot = this.firstAt(level); slot !== NO_SLOT; slot = this.laterOf(slot)) {
        if (cells[(slot << OrderCellShift.Words) | OrderCell.MinimumQuantity]! <= open) return slot
      }
    }
    return NO_SLOT
  }

  /** The first peg within reach that comes before the hidden order of the same price, if there is one; or 0. */
  private findPeg(contraSide: number, reach: number, open: number, hidden: number): number {
    const { cells } = this
    const instrument = contraSide >> 1
    const middle = this.midpoint(instrument)
    const isBid = (contraSide & 1) === 0
    if (middle === 0 || (isBid ? middle < reach : middle > reach)) return NO_SLOT
    for (let slot = this.firstOf(ListKind.Pegs, contraSide); slot !== NO_SLOT; slot = this.laterOf(slot)) {
      const at = slot << OrderCellShift.Words
      const limit = cells[at | OrderCell.Price]!
      if (isBid ? limit < middle : limit > middle) continue
      if (cells[at | OrderCell.MinimumQuantity]! > open) continue
      if (hidden !== NO_SLOT && middle === reach) {
        const time = Math.max(this.referenceOf(slot), this.pegTime[instrument]!)
        if (time >= this.referenceOf(hidden)) return NO_SLOT
      }
      this.contraPrice = middle
      return slot
    }
    return NO_SLOT
  }

  /**
   * Whether an order could surely trade its minimum at once. Pegs and orders with minimums of their own do not count, since
   * they may drop out while it trades; nor do those of its own account when that is kept from trading with itself.
   */
  protected canFillMinimum(slot: number, limit: number): boolean {
    const { cells } = this
    const at = slot << OrderCellShift.Words
    const contraSide = cells[at | OrderCell.BookSide]! ^ 1
    const account = cells[at | OrderCell.Account]!
    const spared = this.selfMatch[account] === SelfMatch.Allowed ? -1 : account
    const needed = cells[at | OrderCell.MinimumQuantity]!
    const displayed = this.sumContra(this.bestDisplayed(contraSide), contraSide, limit, spared, needed)
    if (displayed >= needed) return true
    return displayed + this.sumContra(this.bestHidden(contraSide), contraSide, limit, spared, needed) >= needed
  }

  private sumContra(best: number, contraSide: number, limit: number, spared: number, needed: number): number {
    const { cells } = this
    const isBid = (contraSide & 1) === 0
    let sum = 0
    for (let level = best; level !== 0 && sum < needed; level = this.worseLevel(level)) {
      const price = this.priceOf(level)
      if (isBid ? price < limit : price > limit) return sum
      for (let slot = this.firstAt(level); slot !== NO_SLOT && sum < needed; slot = this.laterOf(slot)) {
        const at = slot << OrderCellShift.Words
        if (cells[at | OrderCell.Account] === spared || cells[at | OrderCell.MinimumQuantity] !== 0) continue
        sum += cells[at | OrderCell.Open]!
      }
    }
    return sum
  }
}
