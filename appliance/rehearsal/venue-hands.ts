import { OrderInput } from '../../feeds/matching/engine-codes.ts'
import { OrderCell, OrderCellShift, OrderFlag } from '../../feeds/matching/order-cell.ts'
import { Response42 } from '../../feeds/ouch/response-layout-42.ts'
import type { Venue } from '../venue/venue.ts'
import { controlVenue } from '../venue/venue-control.ts'
import type { FaultSettings } from '../venue/venue-faults.ts'
import { parsePrice } from './parse-step.ts'
import type { ScenarioStep } from './scenario.ts'

/** Background accounts that a scenario's orders belong to. */
const MAKER = 1
const TAKER = 2
const BUY = 0
const SELL = 1

/** What a scenario does at the venue. */
export class VenueHands {
  readonly #venue: Venue
  readonly #faults: FaultSettings
  readonly #username: string
  /** Slots of the background's orders by symbol and side. */
  readonly #slots = new Map<string, number>()

  constructor(venue: Venue, faults: FaultSettings, username: string) {
    this.#venue = venue
    this.#faults = faults
    this.#username = username
  }

  /** Does one step. @returns what became of it; undefined when it could not be done */
  obey({ verb, words }: ScenarioStep): string | undefined {
    const { ports } = this.#venue
    switch (verb) {
      case 'bid':
      case 'ask':
        return this.#rest(verb, words)
      case 'buy':
      case 'sell':
        return this.#take(verb === 'buy' ? BUY : SELL, words)
      case 'pull':
        return this.#pull(words)
      case 'lose':
        ports.loseNextRequest(this.#username)
        return 'done'
      case 'rewind':
        ports.rewindNextLogin(Number(words[0]))
        return 'done'
      case 'repeat':
        return this.#venue.exchange.users.get(this.#username)!.repeatLast(Response42.Executed) ? 'done' : undefined
      default: {
        const answer = controlVenue(this.#venue, this.#faults, [verb, ...words].join(' '))
        return 'refused' in answer ? undefined : 'done'
      }
    }
  }

  #rest(side: 'bid' | 'ask', [symbol = '', shares = '', price = '']: readonly string[]): string | undefined {
    const { exchange } = this.#venue
    const key = `${symbol} ${side}`
    const slot = this.#slots.get(key) ?? 0
    this.#fill(side === 'bid' ? BUY : SELL, symbol, shares, price, 0, MAKER)
    if (this.#isOurs(slot)) {
      // The engine wants the whole size, what has traded included.
      const { engine } = exchange
      engine.order[OrderInput.Quantity]! += engine.cells[(slot << OrderCellShift.Words) | OrderCell.Executed]!
      return exchange.replaceBackground(slot) ? 'moved' : undefined
    }
    const entered = exchange.enterBackground()
    this.#slots.set(key, entered)
    return entered === 0 ? undefined : 'entered'
  }

  #take(side: number, [symbol = '', shares = '', price = '']: readonly string[]): string {
    const { exchange } = this.#venue
    const before = exchange.accounts.traded[0]!
    this.#fill(side, symbol, shares, price, OrderFlag.ImmediateOrCancel, TAKER)
    exchange.enterBackground()
    return `${(exchange.accounts.traded[0]! - before) / 2} shares traded`
  }

  #pull([symbol = '', side = '']: readonly string[]): string | undefined {
    const slot = this.#slots.get(`${symbol} ${side}`) ?? 0
    if (!this.#isOurs(slot)) return undefined
    this.#venue.exchange.cancelBackground(slot)
    return 'done'
  }

  #isOurs(slot: number): boolean {
    const { engine } = this.#venue.exchange
    if (slot === 0 || !engine.isLive(slot)) return false
    const at = slot << OrderCellShift.Words
    return engine.cells[at | OrderCell.Tag] === 0 && engine.cells[at | OrderCell.Account] === MAKER
  }

  #fill(side: number, symbol: string, shares: string, price: string, flags: number, account: number): void {
    const { engine } = this.#venue.exchange
    const { order } = engine
    order[OrderInput.Instrument] = this.#venue.exchange.instrumentOf(symbol)
    order[OrderInput.Side] = side
    order[OrderInput.Price] = parsePrice(price)!
    order[OrderInput.Quantity] = Number(shares)
    order[OrderInput.MinimumQuantity] = 0
    order[OrderInput.Flags] = flags
    order[OrderInput.Account] = account
  }
}
