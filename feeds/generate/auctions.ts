import { BUY, type Exchange, SELL } from './exchange.ts'
import type { RandomStream } from './random.ts'
import { SymbolState, TICK } from './symbol-table.ts'

/** ITCH cross types. */
export const OPENING = 'O'
export const CLOSING = 'C'
export const HALT = 'H'

/**
 * Opening, closing and halt auctions: imbalance messages that converge, then the cross. An imbalance to buy lifts
 * displayed offers at the best price, one to sell hits bids; the rest of the cross is orders that were never displayed.
 */
export class Auctions {
  private readonly exchange: Exchange
  private readonly random: RandomStream
  private readonly paired: Float64Array
  private readonly imbalance: Float64Array
  /** Side of the imbalance. */
  private readonly side: Uint8Array

  constructor(exchange: Exchange, random: RandomStream) {
    this.exchange = exchange
    this.random = random
    this.paired = new Float64Array(exchange.symbols.count)
    this.imbalance = new Float64Array(exchange.symbols.count)
    this.side = new Uint8Array(exchange.symbols.count)
  }

  /** Draws the interest that a symbol's next auction starts with. */
  begin(symbol: number): void {
    const lots = this.exchange.symbols.usualLots[symbol]!
    this.paired[symbol] = lots * 100 * (4 + this.random.bits(6))
    this.imbalance[symbol] = lots * 100 * (1 + this.random.bits(5))
    this.side[symbol] = this.random.bits(1)
  }

  /** Publishes a symbol's imbalance (I); a part of it finds the other side each time. */
  publish(symbol: number, crossType: string): void {
    const exchange = this.exchange
    const moved = Math.floor((this.imbalance[symbol]! * this.random.bits(5)) / 12_800) * 100
    this.imbalance[symbol]! -= moved
    this.paired[symbol]! += moved + this.random.bits(2) * 100
    if (this.random.bits(4) === 0) this.imbalance[symbol]! += this.random.bits(4) * 100
    const reference = this.crossPrice(symbol)
    const away = this.side[symbol] === BUY ? TICK : -TICK
    const near = reference === 0 ? 0 : reference + away * this.random.bits(1)
    const far = reference === 0 ? 0 : near + away * this.random.bits(2)
    const direction = this.imbalance[symbol] === 0 ? 'N' : this.side[symbol] === BUY ? 'B' : 'S'
    const paired = this.paired[symbol]!
    exchange.writer.imbalance(symbol, paired, this.imbalance[symbol]!, direction, far, near, reference, crossType, 'L')
    const draw = this.random.bits(12)
    if (draw & 1) exchange.advanceTo(exchange.timeNs + draw)
  }

  /** One round of imbalances over symbols `first`, `first + stride`, … */
  publishRound(first: number, stride: number, crossType: string): void {
    for (let symbol = first; symbol < this.exchange.symbols.count; symbol += stride) {
      if (this.exchange.symbols.state[symbol] === SymbolState.Halted) continue
      this.publish(symbol, crossType)
    }
  }

  /** Runs a symbol's cross (C for displayed orders of one in four, then Q). */
  cross(symbol: number, crossType: string): void {
    const exchange = this.exchange
    const side = this.side[symbol] === BUY ? SELL : BUY
    const price = this.crossPrice(symbol)
    if (price === 0) {
      exchange.cross(symbol, side, 0, 0, 0, crossType)
      return
    }
    const first = exchange.book.firstOrder(symbol * 2 + side)
    const takesDisplayed = this.random.bits(2) === 0 && this.imbalance[symbol]! > 0
    const displayed = takesDisplayed ? exchange.book.quantity[first]! + this.random.bits(1) * 100 : 0
    exchange.cross(symbol, side, displayed, this.paired[symbol]!, price, crossType)
  }

  /** Price at which the imbalance meets displayed orders, or 0 without a quote. */
  private crossPrice(symbol: number): number {
    return this.side[symbol] === BUY ? this.exchange.ask(symbol) : this.exchange.bid(symbol)
  }
}
