import { type Auctions, HALT } from './auctions.ts'
import type { Agenda, DaySchedule } from './day-schedule.ts'
import type { Exchange } from './exchange.ts'
import type { RandomStream } from './random.ts'
import { SymbolState, TICK } from './symbol-table.ts'

const LONGEST_HALT_NS = 300_000_000_000
const HALT_IMBALANCES = 6

/**
 * Trading halts for news (T1, then quotation T3, then trading) and volatility pauses (LUDP with auction collars), each
 * of another symbol, put on the day's agenda at random times of the first 80 % of continuous trading.
 */
export class Halts {
  private readonly exchange: Exchange
  private readonly random: RandomStream
  private readonly auctions: Auctions
  private readonly agenda: Agenda

  constructor(exchange: Exchange, random: RandomStream, auctions: Auctions, agenda: Agenda) {
    this.exchange = exchange
    this.random = random
    this.auctions = auctions
    this.agenda = agenda
  }

  /** Plans the day's halts and pauses: one of each, and one more for every 150 symbols. */
  plan(schedule: DaySchedule): void {
    const { count, byRank } = this.exchange.symbols
    const each = 1 + Math.floor(count / 150)
    const spanNs = schedule.closeNs - schedule.openNs
    const durationNs = Math.min(LONGEST_HALT_NS, spanNs * 0.05)
    for (let i = 0; i < each * 2 && i < count; i++) {
      // Every third symbol by rank from the second on: busy ones, but not the busiest.
      const symbol = byRank[(1 + i * 3) % count]!
      const atNs = schedule.openNs + spanNs * (0.12 + 0.65 * this.random.unit())
      if (i % 2 === 0) this.planHalt(symbol, atNs, durationNs)
      else this.planPause(symbol, atNs, durationNs)
    }
  }

  private planHalt(symbol: number, atNs: number, durationNs: number): void {
    this.agenda.add(atNs, () => this.setState(symbol, SymbolState.Halted, 'H', 'T1  '))
    const quotationNs = atNs + durationNs * 0.6
    this.agenda.add(quotationNs, () => {
      this.jump(symbol, 6)
      this.setState(symbol, SymbolState.Quoting, 'Q', 'T3  ')
      this.auctions.begin(symbol)
    })
    this.planResumption(symbol, quotationNs, durationNs * 0.4, 'T3  ')
  }

  private planPause(symbol: number, atNs: number, durationNs: number): void {
    this.agenda.add(atNs, () => this.jump(symbol, 10))
    const pauseNs = atNs + durationNs * 0.05
    this.agenda.add(pauseNs, () => {
      const reference = Math.floor(this.exchange.symbols.fairValue[symbol]! / TICK) * TICK
      const width = Math.floor(reference / (20 * TICK)) * TICK
      this.setState(symbol, SymbolState.Quoting, 'P', 'LUDP')
      this.exchange.writer.luldCollar(symbol, reference, reference + width, reference - width)
      this.auctions.begin(symbol)
    })
    this.planResumption(symbol, pauseNs, durationNs * 0.95, 'LUDP')
  }

  private planResumption(symbol: number, fromNs: number, durationNs: number, reason: string): void {
    for (let i = 1; i <= HALT_IMBALANCES; i++) {
      const atNs = fromNs + (durationNs * i) / (HALT_IMBALANCES + 1)
      this.agenda.add(atNs, () => this.auctions.publish(symbol, HALT))
    }
    this.agenda.add(fromNs + durationNs, () => {
      this.auctions.cross(symbol, HALT)
      this.setState(symbol, SymbolState.Trading, 'T', reason)
    })
  }

  private setState(symbol: number, state: SymbolState, code: string, reason: string): void {
    this.exchange.symbols.state[symbol] = state
    this.exchange.writer.tradingAction(symbol, code, reason)
  }

  /** News: the fair value jumps by a number of ticks, more where the spread is wide. */
  private jump(symbol: number, ticksLeast: number): void {
    const { fairValue, anchorValue, spreadTicks } = this.exchange.symbols
    const sign = this.random.bits(1) === 0 ? -1 : 1
    const change = sign * (ticksLeast + this.random.bits(3)) * (0.5 + 0.5 * spreadTicks[symbol]!) * TICK
    fairValue[symbol]! += change
    anchorValue[symbol]! += change
  }
}
