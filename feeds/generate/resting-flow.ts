import { BUY, type Exchange, NO_OWNER, SELL } from './exchange.ts'
import type { MessageMix } from './message-mix.ts'
import type { OrderHabits } from './order-habits.ts'
import type { RandomStream } from './random.ts'
import { TICK } from './symbol-table.ts'

/** Depth of an add or a cancel in ticks or levels from the touch. */
const DEPTHS = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 7, 9] as const
const LIVE_PER_SIDE_LEAST = 4

/**
 * Everyone who adds, cancels and changes resting orders one at a time. Sides follow the fair value: when it lies above
 * the middle, bids are added and offers cancelled more often, so that queues lean the way the price is about to go.
 */
export class RestingFlow {
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

  /** Fair value against the middle of the quotes, from -1 (below) to 1 (above); 0 without quotes. */
  tilt(symbol: number): number {
    const bid = this.exchange.bid(symbol)
    const ask = this.exchange.ask(symbol)
    if (bid === 0 || ask === 0) return 0
    const symbols = this.exchange.symbols
    const scale = (symbols.spreadTicks[symbol]! + 1) * TICK * 0.5
    const tilt = (symbols.fairValue[symbol]! - (bid + ask) * 0.5) / scale
    return Math.max(-1, Math.min(1, tilt))
  }

  /** Adds an order, at or near the price that the fair value supports; false when the book is full. */
  add(symbol: number): boolean {
    const isBuy = this.random.chance(0.5 + 0.3 * this.tilt(symbol))
    return this.addOn(symbol, isBuy ? BUY : SELL)
  }

  private addOn(symbol: number, side: number): boolean {
    if (this.exchange.book.isFull()) return false
    const price = this.choosePrice(symbol, side)
    if (price === 0) return false
    const participant = this.habits.participant(symbol, 3 + this.random.bits(2))
    const step = this.habits.referenceStep()
    this.exchange.add(symbol, side, price, this.habits.orderQuantity(symbol), NO_OWNER, participant, step)
    this.habits.pause()
    return true
  }

  /** A price that does not cross, or 0 when there is none. */
  private choosePrice(symbol: number, side: number): number {
    const symbols = this.exchange.symbols
    const fair = symbols.fairValue[symbol]!
    const half = symbols.spreadTicks[symbol]! * TICK * 0.5
    const away = side === BUY ? -1 : 1
    const draw = this.random.bits(10)
    const own = this.exchange.book.bestPrice(symbol * 2 + side)
    let price = (side === BUY ? Math.floor((fair - half) / TICK) : Math.ceil((fair + half) / TICK)) * TICK
    price += away * DEPTHS[draw & 15]! * TICK
    const inside = own - away * TICK
    // Some step inside a wide spread, where the fair value allows it.
    if (own !== 0 && draw >>> 4 < 6 && (fair - inside) * away <= -TICK * 0.25) price = inside
    const other = this.exchange.book.bestPrice(symbol * 2 + 1 - side)
    if (this.exchange.wouldCross(symbol, side, price)) price = other + away * TICK
    return price < TICK * 5 ? 0 : price
  }

  /** Deletes an order, most often one near the touch; false when the side is too thin. */
  cancel(symbol: number): boolean {
    const order = this.chooseOrder(symbol)
    if (order === -1) return false
    this.exchange.remove(order)
    this.habits.pause()
    return true
  }

  /** Moves an order to another price: a replace, or a delete and an add. */
  move(symbol: number): boolean {
    const order = this.chooseOrder(symbol)
    if (order === -1) return false
    const side = this.exchange.book.bookSide[order]! & 1
    if (this.exchange.book.owner[order] !== NO_OWNER) return this.cancel(symbol)
    this.mix.noteRequote()
    if (!this.random.chance(this.mix.replace)) {
      this.exchange.remove(order)
      this.habits.pause()
      return this.addOn(symbol, side) || true
    }
    const price = this.choosePrice(symbol, side)
    if (price === 0) return false
    this.exchange.replace(order, price, this.habits.orderQuantity(symbol), this.habits.referenceStep())
    this.habits.pause()
    return true
  }

  /** Cancels part of an order of at least two lots; false when the chosen one is smaller. */
  reduce(symbol: number): boolean {
    for (let attempt = 0; attempt < 4; attempt++) {
      const order = this.chooseOrder(symbol)
      if (order === -1) return false
      const lots = Math.floor((this.exchange.book.quantity[order]! - 1) / 100)
      if (lots === 0) continue
      this.exchange.reduce(order, 100 * (1 + this.random.below(lots)))
      this.habits.pause()
      return true
    }
    return false
  }

  private chooseOrder(symbol: number): number {
    const side = this.random.chance(0.5 + 0.3 * this.tilt(symbol)) ? SELL : BUY
    const bookSide = symbol * 2 + side
    if (this.exchange.book.liveBySide[bookSide]! < LIVE_PER_SIDE_LEAST) return -1
    const draw = this.random.bits(8)
    const levels = this.isStale(symbol, side) ? 0 : DEPTHS[draw & 15]!
    return this.exchange.book.orderAt(bookSide, levels, draw >>> 5)
  }

  /** Whether a side's best price lies beyond what the fair value supports. */
  private isStale(symbol: number, side: number): boolean {
    const best = this.exchange.book.bestPrice(symbol * 2 + side)
    const fair = this.exchange.symbols.fairValue[symbol]!
    return side === BUY ? best > fair : best < fair
  }
}
