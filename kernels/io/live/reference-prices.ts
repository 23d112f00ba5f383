import type { OrderBook } from '../../../feeds/book/order-book.ts'
import { Cross, Header, OrderAdd, RecordType, Trade } from '../../records/catalogue.ts'
import type { RecordViews } from '../../records/views.ts'
import { MarketSlot } from '../gate/market-table.ts'
import type { RiskGate } from '../gate/risk-gate.ts'
import { IS_MARKET_RECORD } from '../market-records.ts'
import type { FeedClock } from './feed-clock.ts'

const TOP_SLOTS = 8
const TOP_ASK_PRICE = 2

/** The I/O kernel's own books, and the gate's reference prices by them. */
export class ReferencePrices {
  readonly #book: OrderBook
  readonly #gate: RiskGate
  readonly #feedClock: FeedClock | undefined
  readonly #nowNs: Float64Array

  /** @param nowNs [0]: when the record at hand arrived */
  constructor(book: OrderBook, gate: RiskGate, feedClock: FeedClock | undefined, nowNs: Float64Array) {
    this.#book = book
    this.#gate = gate
    this.#feedClock = feedClock
    this.#nowNs = nowNs
  }

  /** Takes in a published record; those that are not of the market change nothing. */
  take(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    if (IS_MARKET_RECORD[type] === 0) return
    const book = this.#book
    book.apply(views, at)
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const { market } = this.#gate.state
    const slot = market.at(instrument)
    const top = instrument * TOP_SLOTS
    market.values[slot + MarketSlot.BidPrice] = book.top[top]!
    market.values[slot + MarketSlot.AskPrice] = book.top[top + TOP_ASK_PRICE]!
    if (type === RecordType.OrderAdd) {
      this.#feedClock?.note(this.#nowNs, views.f64, (at + OrderAdd.SourceTime) >> 3)
    } else if (type === RecordType.Trade) {
      market.values[slot + MarketSlot.LastPrice] = views.f64[(at + Trade.Price) >> 3]!
    } else if (type === RecordType.Cross) {
      market.values[slot + MarketSlot.LastPrice] = views.f64[(at + Cross.Price) >> 3]!
    }
    this.#gate.noteMarket(instrument)
  }
}
