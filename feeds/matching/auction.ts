import { AuctionFact, CancelReason, Liquidity, MatchEvent } from './engine-codes.ts'
import { ListKind } from './match-book.ts'
import { Matcher } from './matcher.ts'
import { NO_SLOT, OrderCell, OrderCellShift, OrderFlag, PRICE_MAX } from './order-cell.ts'

const LIQUIDITY = new Map<number, Liquidity>([
  [OrderFlag.OpeningCross, Liquidity.OpeningCross],
  [OrderFlag.ClosingCross, Liquidity.ClosingCross],
  [OrderFlag.HaltCross, Liquidity.HaltCross],
])

/**
 * Crosses: one price at which an instrument's orders for that cross and the orders of its book trade at once.
 *
 * Price: the one at which most shares trade; among these the one that leaves the fewest over; then the one nearest to
 * the reference, the midpoint of the displayed market or else the latest trade; then the lowest. Priority on either side:
 * orders without limit, then the better price, then displayed orders, then time. Orders with a minimum quantity and pegs
 * take no part, self-match prevention and bands do not apply. What is left of the orders for that cross is cancelled.
 * Sources: Nasdaq Equity 4, rules 4752 (opening), 4753 (halt) and 4754 (closing), without their threshold prices.
 *
 * A cross allocates: it is rare, and walks over the whole book of its instrument.
 */
export abstract class Auction extends Matcher {
  /** Facts of the latest cross or imbalance, by `AuctionFact`. */
  readonly auction = new Float64Array(AuctionFact.Facts)

  /** Works out what a cross would do now, and says so. @param cross one flag of `OrderFlag.AnyCross` */
  publishImbalance(instrument: number, cross: number): void {
    const buys = this.gather(instrument << 1, cross, true)
    const sells = this.gather((instrument << 1) | 1, cross, true)
    const reference = this.referencePrice(instrument)
    const onlyBuys = this.gather(instrument << 1, cross, false)
    const onlySells = this.gather((instrument << 1) | 1, cross, false)
    const near = this.findCrossPrice(buys, sells, reference)
    const { auction } = this
    auction[AuctionFact.Price] = near
    auction[AuctionFact.FarPrice] = this.findCrossPrice(onlyBuys, onlySells, reference)
    const at = this.insideQuote(instrument, near === 0 ? reference : near)
    auction[AuctionFact.ReferencePrice] = at
    const bought = this.sumReaching(buys, at, 0)
    const sold = this.sumReaching(sells, at, 1)
    auction[AuctionFact.Paired] = Math.min(bought, sold)
    auction[AuctionFact.Imbalance] = Math.abs(bought - sold)
    auction[AuctionFact.Direction] = Math.sign(bought - sold)
    this.emitInstrument(MatchEvent.Imbalance, instrument, cross)
  }

  /** The crosses that orders of an instrument wait for, as flags of `OrderFlag.AnyCross`. */
  crossesAwaited(instrument: number): number {
    const { cells } = this
    let flags = 0
    for (let side = 0; side < 2; side++) {
      const first = this.firstOf(ListKind.Crosses, (instrument << 1) | side)
      for (let slot = first; slot !== NO_SLOT; slot = this.laterOf(slot)) {
        flags |= cells[(slot << OrderCellShift.Words) | OrderCell.Flags]!
      }
    }
    return flags & OrderFlag.AnyCross
  }

  /** Trades what crosses, prints it, and cancels what was for this cross only. */
  protected runCross(instrument: number, cross: number): void {
    const buys = this.gather(instrument << 1, cross, true)
    const sells = this.gather((instrument << 1) | 1, cross, true)
    const price = this.findCrossPrice(buys, sells, this.referencePrice(instrument))
    const bought = price === 0 ? 0 : this.sumReaching(buys, price, 0)
    const sold = price === 0 ? 0 : this.sumReaching(sells, price, 1)
    const paired = Math.min(bought, sold)
    this.match[0]!++
    this.fillInCross(buys, price, paired, cross)
    this.fillInCross(sells, price, paired, cross)
    const { auction } = this
    auction.fill(0)
    auction[AuctionFact.Price] = paired === 0 ? 0 : price
    auction[AuctionFact.Paired] = paired
    if (paired > 0) this.lastPrice[instrument] = price
    this.emitInstrument(MatchEvent.CrossPrinted, instrument, cross)
    this.cancelCrossOrders(instrument << 1, cross)
    this.cancelCrossOrders((instrument << 1) | 1, cross)
  }

  private fillInCross(orders: readonly number[], price: number, paired: number, cross: number): void {
    const { cells } = this
    let left = paired
    for (const slot of orders) {
      if (left === 0) return
      const open = cells[(slot << OrderCellShift.Words) | OrderCell.Open]!
      const quantity = Math.min(left, open)
      left -= quantity
      this.fill(slot, quantity)
      this.emitExecuted(slot, price, quantity, LIQUIDITY.get(cross)!, 1)
      if (quantity === open) this.releaseCell(slot)
    }
  }

  private cancelCrossOrders(bookSide: number, cross: number): void {
    const { cells } = this
    let next = NO_SLOT
    for (let slot = this.firstOf(ListKind.Crosses, bookSide); slot !== NO_SLOT; slot = next) {
      next = this.laterOf(slot)
      const at = slot << OrderCellShift.Words
      if ((cells[at | OrderCell.Flags]! & cross) === 0) continue
      this.removeOrder(slot, CancelReason.CrossCancelled)
    }
  }

  /** Cancels all of an order, wherever it rests. */
  protected abstract removeOrder(slot: number, reason: CancelReason): void

  /** Midpoint, else last price, else 0. */
  private referencePrice(instrument: number): number {
    return this.midpoint(instrument) || this.lastPrice[instrument]!
  }

  /** A price moved into the displayed market, where there is one on that side. */
  private insideQuote(instrument: number, price: number): number {
    const bid = this.priceOf(this.bestDisplayed(instrument << 1))
    const ask = this.priceOf(this.bestDisplayed((instrument << 1) | 1))
    if (bid !== 0 && ask !== 0 && bid >= ask) return price
    if (ask !== 0 && price > ask) return ask
    return price < bid ? bid : price
  }

  /** The orders of a side that take part, in their priority. */
  private gather(bookSide: number, cross: number, withBook: boolean): number[] {
    const { cells } = this
    const orders: number[] = []
    for (let slot = this.firstOf(ListKind.Crosses, bookSide); slot !== NO_SLOT; slot = this.laterOf(slot)) {
      if ((cells[(slot << OrderCellShift.Words) | OrderCell.Flags]! & cross) !== 0) orders.push(slot)
    }
    if (withBook) {
      this.gatherLevels(this.bestDisplayed(bookSide), orders)
      this.gatherLevels(this.bestHidden(bookSide), orders)
    }
    return orders.sort((left, right) => this.compareInCross(left, right))
  }

  private gatherLevels(best: number, orders: number[]): void {
    const { cells } = this
    for (let level = best; level !== 0; level = this.worseLevel(level)) {
      for (let slot = this.firstAt(level); slot !== NO_SLOT; slot = this.laterOf(slot)) {
        if (cells[(slot << OrderCellShift.Words) | OrderCell.MinimumQuantity] === 0) orders.push(slot)
      }
    }
  }

  /** Market orders have the extreme prices, so that the comparison of prices puts them first. */
  private compareInCross(left: number, right: number): number {
    const { cells } = this
    const leftAt = left << OrderCellShift.Words
    const rightAt = right << OrderCellShift.Words
    const isBuy = (cells[leftAt | OrderCell.BookSide]! & 1) === 0
    const byPrice = cells[leftAt | OrderCell.Price]! - cells[rightAt | OrderCell.Price]!
    if (byPrice !== 0) return isBuy ? -byPrice : byPrice
    const byDisplay = Number(this.isDisplayed(right)) - Number(this.isDisplayed(left))
    return byDisplay !== 0 ? byDisplay : this.referenceOf(left) - this.referenceOf(right)
  }

  /** Shares of orders in priority whose limits reach a price. */
  private sumReaching(orders: readonly number[], price: number, side: number): number {
    const { cells } = this
    let sum = 0
    for (const slot of orders) {
      const at = slot << OrderCellShift.Words
      const limit = cells[at | OrderCell.Price]!
      if (side === 0 ? limit < price : limit > price) break
      sum += cells[at | OrderCell.Open]!
    }
    return sum
  }

  /** The price of a cross, or 0 when nothing would trade. The candidates are the limits, and the reference. */
  private findCrossPrice(buys: readonly number[], sells: readonly number[], reference: number): number {
    const prices = [...this.listPrices(buys), ...this.listPrices(sells), reference]
    const candidates = [...new Set(prices)].filter((price) => price > 0 && price < PRICE_MAX).sort((a, b) => a - b)
    // Buyers drop out and sellers join as the price rises: one walk over either side.
    let bought = this.sumReaching(buys, 0, 0)
    let nextBuy = buys.length
    let sold = 0
    let nextSell = 0
    let best = 0
    let bestPaired = 0
    let bestLeft = 0
    for (const price of candidates) {
      while (nextBuy > 0 && this.limitOf(buys[nextBuy - 1]!) < price) bought -= this.openOf(buys[--nextBuy]!)
      while (nextSell < sells.length && this.limitOf(sells[nextSell]!) <= price) sold += this.openOf(sells[nextSell++]!)
      const paired = Math.min(bought, sold)
      const left = Math.abs(bought - sold)
      if (paired === 0 || paired < bestPaired || (paired === bestPaired && left > bestLeft)) continue
      const isTie = paired === bestPaired && left === bestLeft
      if (isTie && Math.abs(price - reference) >= Math.abs(best - reference)) continue
      best = price
      bestPaired = paired
      bestLeft = left
    }
    return best
  }

  private limitOf(slot: number): number {
    return this.cells[(slot << OrderCellShift.Words) | OrderCell.Price]!
  }

  private openOf(slot: number): number {
    return this.cells[(slot << OrderCellShift.Words) | OrderCell.Open]!
  }

  private listPrices(orders: readonly number[]): number[] {
    return orders.map((slot) => this.limitOf(slot))
  }
}
