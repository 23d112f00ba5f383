import type { Exchange } from './exchange.ts'
import type { MessageMix } from './message-mix.ts'
import type { RandomStream } from './random.ts'

const LOTS = [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 8, 15] as const
/** Invented participants; makers use the first three of a symbol's rotation. */
export const PARTICIPANTS = ['XALM', 'XBRI', 'XKOE', 'XVAN', 'ZORN', 'ZELK', 'ZUMA', 'JQRT'] as const

/** What all agents have in common: sizes, names, the pace of a burst of messages. */
export class OrderHabits {
  private readonly exchange: Exchange
  private readonly random: RandomStream
  private readonly mix: MessageMix

  constructor(exchange: Exchange, random: RandomStream, mix: MessageMix) {
    this.exchange = exchange
    this.random = random
    this.mix = mix
  }

  /** Shares of a maker's quote: round lots. */
  quoteQuantity(symbol: number): number {
    return this.exchange.symbols.usualLots[symbol]! * 100 * (1 + this.random.bits(2))
  }

  /** Shares of anyone else's order: skewed round lots, some odd lots. */
  orderQuantity(symbol: number): number {
    const draw = this.random.bits(12)
    if (draw < 500) return 1 + (draw % 99)
    const lots = LOTS[draw & 15]!
    return lots * 100 * (lots === 1 ? this.exchange.symbols.usualLots[symbol]! : 1)
  }

  /** References grow by 1 to 4: other order types take numbers too. */
  referenceStep(): number {
    return 1 + this.random.bits(2)
  }

  /** Name to be shown on an add, or empty for most. */
  participant(symbol: number, agent: number): string {
    if (!this.random.chance(this.mix.attribute)) return ''
    return PARTICIPANTS[(symbol + agent) % PARTICIPANTS.length]!
  }

  /** Lets the time between two messages of one burst pass: often none at all. */
  pause(): void {
    const draw = this.random.bits(16)
    const kind = draw & 7
    if (kind < 3) return
    const ns = kind < 6 ? 20 + (draw >>> 6) : 500 + (draw >>> 3)
    this.exchange.advanceTo(this.exchange.timeNs + ns)
  }

  /** Lets the time pass that an agent takes to react to a message: 2 to 18 microseconds. */
  react(): void {
    this.exchange.advanceTo(this.exchange.timeNs + 2_000 + this.random.bits(14))
  }
}
