import { DisplayedBook } from './displayed-book.ts'
import { ItchWriter } from './itch-writer.ts'
import type { SymbolTable } from './symbol-table.ts'

const WORD = 0x1_0000_0000
const RECENT_MATCHES = 64

export const BUY = 0
export const SELL = 1
/** Quotes that one maker keeps on each side. */
export const QUOTES_PER_SIDE = 4
export const MAKERS_PER_SYMBOL = 3
/** Owner of an order that no maker keeps track of. */
export const NO_OWNER = -1

/**
 * The exchange that the agents trade on: every change goes through here, so that each message sent is true of the book.
 * It numbers orders and matches, keeps the clock, and tells makers what became of their quotes.
 */
export class Exchange {
  readonly symbols: SymbolTable
  readonly book: DisplayedBook
  readonly writer: ItchWriter
  /** Order slot of each maker quote, or -1; index = ((symbol × makers + maker) × 2 + side) × quotes + depth. */
  readonly quotes: Int32Array
  /** Shares held by each maker; index = symbol × makers + maker. */
  readonly inventory: Float64Array
  /** The exchange's clock in nanoseconds since midnight. */
  timeNs = 0
  private reference: number
  private readonly referenceHighOffset: number
  private match = 1
  private readonly recentMatches = new Float64Array(RECENT_MATCHES)
  private readonly recentSymbols = new Int32Array(RECENT_MATCHES)
  private recentCount = 0

  /**
   * @param orderCapacity most live orders at once
   * @param firstReference references count up from here; whole, below 2^53
   * @param referenceHighOffset added to the upper 32 bits of every reference
   */
  constructor(symbols: SymbolTable, orderCapacity: number, firstReference: number, referenceHighOffset: number) {
    this.symbols = symbols
    this.book = new DisplayedBook(symbols.count, orderCapacity)
    this.writer = new ItchWriter(symbols.tickers)
    this.quotes = new Int32Array(symbols.count * MAKERS_PER_SYMBOL * 2 * QUOTES_PER_SIDE).fill(-1)
    this.inventory = new Float64Array(symbols.count * MAKERS_PER_SYMBOL)
    this.reference = firstReference
    this.referenceHighOffset = referenceHighOffset
  }

  /** Moves the clock; it never goes back. */
  advanceTo(timeNs: number): void {
    if (timeNs > this.timeNs) this.timeNs = timeNs
    this.writer.setTime(this.timeNs)
  }

  bid(symbol: number): number {
    return this.book.bestPrice(symbol * 2 + BUY)
  }

  ask(symbol: number): number {
    return this.book.bestPrice(symbol * 2 + SELL)
  }

  /** Whether an order at this price would meet or pass the other side. */
  wouldCross(symbol: number, side: number, price: number): boolean {
    const other = this.book.bestPrice(symbol * 2 + 1 - side)
    return other !== 0 && (side === BUY ? price >= other : price <= other)
  }

  private high(): number {
    return Math.floor(this.reference / WORD) + this.referenceHighOffset
  }

  private low(): number {
    return this.reference % WORD
  }

  /** Adds an order (A, or F with a participant); returns its slot. `step` is the distance to the next reference. */
  add(
    symbol: number,
    side: number,
    price: number,
    quantity: number,
    owner: number,
    participant: string,
    step: number,
  ): number {
    if (this.wouldCross(symbol, side, price)) throw new RangeError(`generator would cross symbol ${symbol} at ${price}`)
    const high = this.high()
    const low = this.low()
    this.reference += step
    this.writer.addOrder(symbol, high, low, side === BUY, quantity, price, participant)
    const order = this.book.add(symbol * 2 + side, price, quantity, high, low, owner)
    if (owner !== NO_OWNER) this.quotes[owner] = order
    return order
  }

  /** Deletes an order (D). */
  remove(order: number): void {
    const book = this.book
    this.writer.orderDelete(book.bookSide[order]! >> 1, book.referenceHigh[order]!, book.referenceLow[order]!)
    this.forget(order)
  }

  /** Replaces an order by one at the end of the line at its new price (U); returns the new slot. */
  replace(order: number, price: number, quantity: number, step: number): number {
    const book = this.book
    const bookSide = book.bookSide[order]!
    if (this.wouldCross(bookSide >> 1, bookSide & 1, price)) {
      throw new RangeError(`generator would cross symbol ${bookSide >> 1} at ${price}`)
    }
    const owner = book.owner[order]!
    const high = this.high()
    const low = this.low()
    this.reference += step
    const oldHigh = book.referenceHigh[order]!
    this.writer.orderReplace(bookSide >> 1, oldHigh, book.referenceLow[order]!, high, low, quantity, price)
    book.remove(order)
    const replacement = book.add(bookSide, price, quantity, high, low, owner)
    if (owner !== NO_OWNER) this.quotes[owner] = replacement
    return replacement
  }

  /** Takes shares off an order that keeps its place (X); at least one share stays. */
  reduce(order: number, quantity: number): void {
    const book = this.book
    const left = book.quantity[order]! - quantity
    if (left < 1) throw new RangeError('generator would cancel a whole order by parts')
    this.writer.orderCancel(book.bookSide[order]! >> 1, book.referenceHigh[order]!, book.referenceLow[order]!, quantity)
    book.quantity[order] = left
  }

  /** Executes shares of an order (E), at a price other than its own where one is given (C). */
  execute(order: number, quantity: number, price: number, isPrintable: boolean): void {
    const match = this.match++
    this.executeInMatch(order, quantity, price, isPrintable, match)
    if (isPrintable) this.rememberMatch(this.book.bookSide[order]! >> 1, match)
  }

  private executeInMatch(order: number, quantity: number, price: number, isPrintable: boolean, match: number): void {
    const book = this.book
    const bookSide = book.bookSide[order]!
    const left = book.quantity[order]! - quantity
    if (left < 0) throw new RangeError('generator would execute more than an order holds')
    const high = book.referenceHigh[order]!
    const low = book.referenceLow[order]!
    if (price === 0) this.writer.orderExecuted(bookSide >> 1, high, low, quantity, match)
    else this.writer.orderExecutedWithPrice(bookSide >> 1, high, low, quantity, match, isPrintable, price)
    const owner = book.owner[order]!
    if (owner !== NO_OWNER) {
      const maker = Math.floor(owner / (2 * QUOTES_PER_SIDE))
      this.inventory[maker]! += (bookSide & 1) === BUY ? quantity : -quantity
    }
    if (left === 0) this.forget(order)
    else book.quantity[order] = left
  }

  /** A trade with a hidden order (P). */
  tradeHidden(symbol: number, quantity: number, price: number): void {
    const match = this.match++
    this.writer.hiddenTrade(symbol, quantity, price, match)
    this.rememberMatch(symbol, match)
  }

  /**
   * A cross: shares of the displayed orders first in line on one side trade at the cross price without being printed
   * (C), then the whole is printed at once (Q).
   * @param side whose displayed orders take part @param displayed shares of them @param hidden shares of cross-only orders
   */
  cross(symbol: number, side: number, displayed: number, hidden: number, price: number, crossType: string): void {
    const match = this.match++
    const bookSide = symbol * 2 + side
    let left = displayed
    while (left > 0 && this.book.liveBySide[bookSide]! > 1 && this.book.bestPrice(bookSide) === price) {
      const order = this.book.firstOrder(bookSide)
      const quantity = Math.min(left, this.book.quantity[order]!)
      this.executeInMatch(order, quantity, price, false, match)
      left -= quantity
    }
    this.writer.crossTrade(symbol, displayed - left + hidden, price, match, crossType)
  }

  /** Breaks one of the latest printed executions (B); false when there was none yet. @param index which, from 0 */
  breakTrade(index: number): boolean {
    if (this.recentCount === 0) return false
    const at = index % Math.min(this.recentCount, RECENT_MATCHES)
    const match = this.recentMatches[at]!
    if (match === 0) return false
    this.writer.brokenTrade(this.recentSymbols[at]!, match)
    this.recentMatches[at] = 0
    return true
  }

  private rememberMatch(symbol: number, match: number): void {
    const at = this.recentCount++ % RECENT_MATCHES
    this.recentMatches[at] = match
    this.recentSymbols[at] = symbol
  }

  private forget(order: number): void {
    const owner = this.book.owner[order]!
    if (owner !== NO_OWNER) this.quotes[owner] = -1
    this.book.remove(order)
  }
}
