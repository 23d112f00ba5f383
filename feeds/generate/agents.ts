import { BUY, type Exchange, NO_OWNER, SELL } from './exchange.ts'
import { MarketMaker } from './market-maker.ts'
import type { MessageMix } from './message-mix.ts'
import { OrderHabits } from './order-habits.ts'
import type { RandomStream } from './random.ts'
import { RestingFlow } from './resting-flow.ts'
import { SymbolState, TICK } from './symbol-table.ts'

const EXECUTIONS_PER_TAKE_MOST = 12
const LADDER_LEVELS_MOST = 180

/** All agents of all symbols: one call to `act` is one thing that one of them does, and what follows from it at once. */
export class Agents {
  private readonly exchange: Exchange
  private readonly random: RandomStream
  private readonly mix: MessageMix
  private readonly habits: OrderHabits
  private readonly maker: MarketMaker
  private readonly resting: RestingFlow
  private readonly ladderOrders: number
  private readonly activeOrders: number

  /**
   * @param ladderOrders orders deep in each symbol's book that stay all day
   * @param activeOrders orders that come and go near each symbol's touch, besides the makers' quotes
   */
  constructor(exchange: Exchange, random: RandomStream, mix: MessageMix, ladderOrders: number, activeOrders: number) {
    this.activeOrders = activeOrders
    this.exchange = exchange
    this.random = random
    this.mix = mix
    this.ladderOrders = ladderOrders
    this.habits = new OrderHabits(exchange, random, mix)
    this.maker = new MarketMaker(exchange, random, mix, this.habits)
    this.resting = new RestingFlow(exchange, random, mix, this.habits)
  }

  /** Orders that a symbol's book tends to. */
  private usualOrders(symbol: number): number {
    return this.ladderOrders + this.activeOrders + this.exchange.symbols.makers[symbol]! * 8
  }

  act(symbol: number): void {
    this.moveFairValue(symbol)
    const state = this.exchange.symbols.state[symbol]!
    if (state === SymbolState.Halted) {
      if (this.random.bits(2) === 0) this.resting.cancel(symbol)
      return
    }
    if (state === SymbolState.Trading) {
      const eager = Math.abs(this.resting.tilt(symbol)) > 0.8 ? 2 : 1
      if (this.random.chance(this.mix.take * eager)) {
        this.take(symbol)
        return
      }
      if (this.random.chance(this.mix.hidden)) {
        this.tradeHidden(symbol)
        return
      }
    }
    if (this.random.chance(this.mix.reduce) && this.resting.reduce(symbol)) return
    if (this.random.bits(2) < 2 && this.requoteOne(symbol) > 0) return
    this.restOnce(symbol)
  }

  private requoteOne(symbol: number): number {
    return this.maker.requote(symbol, this.random.below(this.exchange.symbols.makers[symbol]!))
  }

  private restOnce(symbol: number): void {
    if (this.random.bits(3) === 0 && this.resting.move(symbol)) return
    const book = this.exchange.book
    const live = book.liveBySide[symbol * 2]! + book.liveBySide[symbol * 2 + 1]!
    const usual = this.usualOrders(symbol)
    const lean = Math.max(-0.45, Math.min(0.45, (usual - live) / 40))
    if (this.random.chance(0.5 + lean) ? !this.resting.add(symbol) : !this.resting.cancel(symbol)) {
      if (!this.resting.add(symbol)) this.resting.cancel(symbol)
    }
  }

  /** A random walk with trends around an anchor that walks itself, and rare jumps, half of which last. */
  private moveFairValue(symbol: number): void {
    const { fairValue, anchorValue, trend, spreadTicks, startPrice } = this.exchange.symbols
    const noise = this.random.gaussian()
    const slow = this.random.gaussian()
    const width = 0.6 + 0.2 * spreadTicks[symbol]!
    let fair = fairValue[symbol]!
    let anchor = anchorValue[symbol]!
    trend[symbol] = trend[symbol]! * 0.985 + slow * 0.012 * width * TICK
    anchor += slow * 0.05 * width * TICK + (startPrice[symbol]! - anchor) * 0.00002
    fair += noise * 0.16 * width * TICK + trend[symbol]! + (anchor - fair) * 0.003
    if (this.random.bits(11) === 0) {
      const jump = (this.random.bits(1) === 0 ? -1 : 1) * (2 + this.random.bits(3)) * width * TICK
      fair += jump
      anchor += jump * 0.5
    }
    const low = startPrice[symbol]! * 0.6
    const high = startPrice[symbol]! * 1.6
    fairValue[symbol] = Math.max(low, Math.min(high, fair))
    anchorValue[symbol] = Math.max(low, Math.min(high, anchor))
  }

  /** A marketable order: takes from the best price, earliest order first, and may rest with what is left. */
  take(symbol: number): void {
    const exchange = this.exchange
    const side = this.random.chance(0.5 + 0.4 * this.resting.tilt(symbol)) ? BUY : SELL
    const other = symbol * 2 + 1 - side
    const levelsMost = this.random.bits(3) === 0 ? 2 : 1
    let left = this.habits.orderQuantity(symbol)
    let price = exchange.book.bestPrice(other)
    let levels = 0
    let lastPrice = price
    this.mix.noteTake()
    for (let i = 0; i < EXECUTIONS_PER_TAKE_MOST && left > 0 && exchange.book.liveBySide[other]! > 2; i++) {
      price = exchange.book.bestPrice(other)
      if (price !== lastPrice && ++levels >= levelsMost) break
      lastPrice = price
      const order = exchange.book.firstOrder(other)
      const quantity = Math.min(left, exchange.book.quantity[order]!)
      const improved = this.random.chance(this.mix.improve) ? price + (side === BUY ? -TICK : TICK) / 2 : 0
      exchange.execute(order, quantity, improved, true)
      left -= quantity
    }
    const push = (side === BUY ? 0.06 : -0.06) * TICK
    exchange.symbols.fairValue[symbol]! += push
    if (left >= 100 && this.random.bits(1) === 0 && !exchange.wouldCross(symbol, side, lastPrice)) {
      exchange.add(symbol, side, lastPrice, left, NO_OWNER, '', this.habits.referenceStep())
    }
    this.followTake(symbol)
  }

  private followTake(symbol: number): void {
    const draw = this.random.bits(4)
    for (let maker = 0; maker < this.exchange.symbols.makers[symbol]!; maker++) {
      if (((draw >>> maker) & 1) === 0) continue
      this.habits.react()
      this.maker.requote(symbol, maker)
    }
    if ((draw & 8) === 0) return
    this.habits.react()
    this.restOnce(symbol)
  }

  private tradeHidden(symbol: number): void {
    const bid = this.exchange.bid(symbol)
    const ask = this.exchange.ask(symbol)
    const price = Math.floor((bid + ask) / TICK) * (TICK / 2)
    this.exchange.tradeHidden(symbol, this.habits.orderQuantity(symbol), price)
    this.habits.pause()
  }

  /** Lays orders of a symbol's deep ladder, on both sides; returns how many there was room for. */
  layLadder(symbol: number, orders: number): number {
    const exchange = this.exchange
    let laid = 0
    const levels = Math.max(8, Math.min(LADDER_LEVELS_MOST, Math.ceil(this.ladderOrders * 0.4)))
    const { fairValue, spreadTicks, usualLots } = exchange.symbols
    const middle = Math.floor(fairValue[symbol]! / TICK)
    for (let i = 0; i < orders && !exchange.book.isFull(); i++) {
      const side = this.random.bits(1)
      const distance = spreadTicks[symbol]! + 4 + this.random.below(levels)
      const price = (side === BUY ? middle - distance : middle + distance) * TICK
      if (exchange.wouldCross(symbol, side, price)) continue
      const quantity = usualLots[symbol]! * 100 * (1 + this.random.bits(3))
      const participant = this.habits.participant(symbol, this.random.bits(2))
      exchange.add(symbol, side, price, quantity, NO_OWNER, participant, this.habits.referenceStep())
      this.habits.pause()
      laid++
    }
    return laid
  }

  /** Makes sure that both sides of a symbol have a quote. */
  ensureQuotes(symbol: number): void {
    for (let attempt = 0; attempt < 8; attempt++) {
      if (this.exchange.bid(symbol) !== 0 && this.exchange.ask(symbol) !== 0) return
      this.maker.requote(symbol, 0)
    }
  }
}
