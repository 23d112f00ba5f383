import { Accounts } from '../../../feeds/matching/accounts.ts'
import { OrderInput, SelfMatch, TradingState } from '../../../feeds/matching/engine-codes.ts'
import { Listeners } from '../../../feeds/matching/listeners.ts'
import { MatchingEngine } from '../../../feeds/matching/matching-engine.ts'
import { OrderCell, OrderCellShift, OrderFlag } from '../../../feeds/matching/order-cell.ts'
import { TextLog } from './text-log.ts'

export interface Ask {
  readonly tag: number
  readonly side?: 'buy' | 'sell'
  readonly price?: number
  readonly shares?: number
  readonly flags?: number
  readonly minimum?: number
  readonly account?: number
}

/** One instrument, open for trading, and what is said about its orders. Prices are in cents. */
export class MatchingDesk {
  readonly log = new TextLog()
  readonly engine: MatchingEngine
  readonly accounts: Accounts

  constructor(limits: { ordersMax?: number; levelsMax?: number } = {}) {
    const listeners = new Listeners()
    this.engine = new MatchingEngine(
      { ordersMax: 100, levelsMax: 100, instrumentsMax: 1, accountsMax: 9, ...limits },
      listeners,
    )
    this.log.engine = this.engine
    this.accounts = new Accounts(this.engine)
    listeners.add(this.log)
    listeners.add(this.accounts)
    this.engine.setState(1, TradingState.Trading)
  }

  private fill({ tag, side, price, shares, flags, minimum, account }: Ask): void {
    this.engine.order.set([
      1,
      side === 'sell' ? 1 : 0,
      Math.round((price ?? 0) * 100),
      shares ?? 100,
      minimum ?? 0,
      flags ?? 0,
      account ?? tag % 10,
      tag,
    ])
    if (OrderInput.Words !== 8) throw new Error('the order input has grown')
  }

  buy(ask: Ask): this {
    this.fill({ ...ask, side: 'buy' })
    this.engine.enter()
    return this
  }

  sell(ask: Ask): this {
    this.fill({ ...ask, side: 'sell' })
    this.engine.enter()
    return this
  }

  replace(tag: number, ask: Ask): this {
    this.fill(ask)
    this.engine.replace(this.log.slotOfTag.get(tag)!)
    return this
  }

  cancel(tag: number, intended = 0): this {
    this.engine.cancel(this.log.slotOfTag.get(tag)!, intended)
    return this
  }

  /** What was said since the last call. */
  said(): string[] {
    return this.log.lines.splice(0)
  }

  /** Executions since the last call: tag, price in cents, shares. */
  trades(): string[] {
    return this.said()
      .filter((line) => line.startsWith('exec'))
      .map((line) => {
        const [, tag, price, shares] = line.split(' ')
        return `${tag} ${Number(price) / 100} ${shares}`
      })
  }

  priceOf(tag: number): number {
    return this.engine.cells[(this.log.slotOfTag.get(tag)! << OrderCellShift.Words) | OrderCell.Price]! / 100
  }
}

export const { Hidden, PostOnly, MidpointPeg, ImmediateOrCancel, Market, OpeningCross, HaltCross } = OrderFlag
export { SelfMatch, TradingState }
