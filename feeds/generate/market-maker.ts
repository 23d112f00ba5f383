import { BUY, type Exchange, MAKERS_PER_SYMBOL, QUOTES_PER_SIDE, SELL } from './exchange.ts'
import type { MessageMix } from './message-mix.ts'
import type { OrderHabits } from './order-habits.ts'
import type { RandomStream } from './random.ts'
import { TICK } from './symbol-table.ts'

/** Depth that each of a symbol's makers quotes. */
const QUOTES_BY_MAKER = [4, 3, 2] as const
const SKEW_TICKS_MOST = 2

/**
 * Makers quote several levels a tick apart around the fair value, shifted against their inventory. The first quotes
 * the symbol's usual spread, the others stand half a tick further out each. A quote's place in the maker's table is its
 * price in ticks modulo the depth, so that a fair value one tick higher moves one order a side, from the far end to the near.
 */
export class MarketMaker {
  private readonly exchange: Exchange
  private readonly random: RandomStream
  private readonly mix: MessageMix
  private readonly habits: OrderHabits

  constructor(exchange: Exchange, random: RandomStream, mix: MessageMix, habits: OrderHabits) {
    this.exchange = exchange
    this.random = random
    this.mix = mix
    this.habits = habits
  }

  /** Brings one maker's quotes in line; returns the number of quotes that changed. */
  requote(symbol: number, maker: number): number {
    const symbols = this.exchange.symbols
    const lotShares = symbols.usualLots[symbol]! * 100
    const held = this.exchange.inventory[symbol * MAKERS_PER_SYMBOL + maker]! / lotShares
    const skewTicks = Math.max(-SKEW_TICKS_MOST, Math.min(SKEW_TICKS_MOST, held * 0.08))
    const center = symbols.fairValue[symbol]! - skewTicks * TICK
    const half = (symbols.spreadTicks[symbol]! + maker) * TICK * 0.5
    const bid = Math.floor((center - half) / TICK) * TICK
    const ask = Math.ceil((center + half) / TICK) * TICK
    const oldBid = this.exchange.bid(symbol)
    // The side that the value moves away from goes first, or the other could not follow without crossing it.
    if (bid > oldBid) return this.requoteSide(symbol, maker, SELL, ask) + this.requoteSide(symbol, maker, BUY, bid)
    return this.requoteSide(symbol, maker, BUY, bid) + this.requoteSide(symbol, maker, SELL, ask)
  }

  private requoteSide(symbol: number, maker: number, side: number, nearest: number): number {
    const depth = QUOTES_BY_MAKER[maker]!
    const table = ((symbol * MAKERS_PER_SYMBOL + maker) * 2 + side) * QUOTES_PER_SIDE
    const away = side === BUY ? -TICK : TICK
    let changed = 0
    for (let i = 0; i < depth; i++) {
      const price = nearest + i * away
      const quote = table + ((price / TICK) % depth)
      const order = this.exchange.quotes[quote]!
      if (order !== -1 && this.exchange.book.price[order] === price) continue
      if (this.random.bits(3) === 0 || price < TICK * 5) continue
      if (this.exchange.wouldCross(symbol, side, price)) {
        if (order !== -1 && i === 0) changed += this.withdraw(symbol, side, order)
        continue
      }
      changed += this.place(symbol, maker, side, price, quote, order)
    }
    return changed
  }

  private place(symbol: number, maker: number, side: number, price: number, quote: number, order: number): number {
    const exchange = this.exchange
    const quantity = this.habits.quoteQuantity(symbol)
    const step = this.habits.referenceStep()
    if (order === -1) {
      if (exchange.book.isFull()) return 0
      exchange.add(symbol, side, price, quantity, quote, this.habits.participant(symbol, maker), step)
      this.habits.pause()
      return 1
    }
    this.mix.noteRequote()
    if (this.random.chance(this.mix.replace)) {
      exchange.replace(order, price, quantity, step)
    } else {
      // The last order of a side stays until its successor stands.
      if (exchange.book.liveBySide[symbol * 2 + side]! < 2) return 0
      exchange.remove(order)
      this.habits.pause()
      exchange.add(symbol, side, price, quantity, quote, this.habits.participant(symbol, maker), step)
    }
    this.habits.pause()
    return 1
  }

  private withdraw(symbol: number, side: number, order: number): number {
    if (this.exchange.book.liveBySide[symbol * 2 + side]! < 4) return 0
    this.exchange.remove(order)
    this.habits.pause()
    return 1
  }
}
