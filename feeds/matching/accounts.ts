import { EventWord, MatchEvent, type MatchListener } from './engine-codes.ts'
import type { EngineLimits } from './match-book.ts'
import type { MatchingEngine } from './matching-engine.ts'
import { OrderCell, OrderCellShift } from './order-cell.ts'

/** Cash above this, in price units, moves to the upper word: 2^48. One execution is below 2^51, so nothing is rounded. */
const CASH_WORD = 281_474_976_710_656

/**
 * Shares and cash of each account. Both are conserved: over all accounts an instrument's shares, and the cash, sum up to
 * zero after every command. Cash is in price units × shares, upper × 2^48 + lower.
 */
export class Accounts implements MatchListener {
  /** Index = account × stride + instrument. */
  readonly shares: Float64Array
  readonly stride: number
  readonly cashLow: Float64Array
  readonly cashHigh: Float64Array
  /** Shares traded, each side counted. */
  readonly traded = new Float64Array(1)
  private readonly engine: MatchingEngine

  constructor(engine: MatchingEngine) {
    const { accountsMax, instrumentsMax }: EngineLimits = engine.engineLimits
    this.engine = engine
    this.stride = instrumentsMax + 1
    this.shares = new Float64Array((accountsMax + 1) * this.stride)
    this.cashLow = new Float64Array(accountsMax + 1)
    this.cashHigh = new Float64Array(accountsMax + 1)
  }

  take(): void {
    const { event, cells } = this.engine
    if (event[EventWord.Type] !== MatchEvent.Executed) return
    const account = event[EventWord.Account]!
    const quantity = event[EventWord.Quantity]!
    const side = cells[(event[EventWord.Slot]! << OrderCellShift.Words) | OrderCell.BookSide]! & 1
    const sign = side === 0 ? 1 : -1
    this.shares[account * this.stride + event[EventWord.Instrument]!]! += sign * quantity
    this.traded[0]! += quantity
    const cash = this.cashLow[account]! - sign * quantity * event[EventWord.Price]!
    const words = Math.floor(cash / CASH_WORD)
    this.cashHigh[account]! += words
    this.cashLow[account] = cash - words * CASH_WORD
  }

  /** What is not conserved: one sentence each, empty when all is well. */
  findBreaks(): string[] {
    const breaks: string[] = []
    const accounts = this.cashLow.length
    for (let instrument = 1; instrument < this.stride; instrument++) {
      let sum = 0
      for (let account = 0; account < accounts; account++) sum += this.shares[account * this.stride + instrument]!
      if (sum !== 0) breaks.push(`instrument ${instrument}: ${sum} shares over all accounts`)
    }
    let low = 0
    let high = 0
    for (let account = 0; account < accounts; account++) {
      low += this.cashLow[account]!
      const words = Math.floor(low / CASH_WORD)
      low -= words * CASH_WORD
      high += this.cashHigh[account]! + words
    }
    if (low !== 0 || high !== 0) breaks.push(`cash over all accounts: ${high} × 2^48 + ${low}`)
    return breaks
  }
}
