import type { Side, TradingState } from '../../../kernels/records/catalogue.ts'
import type { Book, Instrument, OwnOrder, Position } from '../context.ts'
import { FactSlot, type Handles, PositionSlot, Scratch, TopSlot } from '../memory.ts'
import type { OrderTable } from '../order-table.ts'
import { OrderState } from '../vocabulary.ts'

/** The memory that all views of one plugin read. */
export interface Sight {
  readonly handles: Handles
  readonly top: Float64Array
  readonly facts: Float64Array
  readonly positions: Float64Array
  readonly selection: Int32Array
  readonly scratch: Float64Array
}

export class BookView implements Book {
  readonly instrument: Instrument
  readonly #id: number
  readonly #base: number
  readonly #top: Float64Array
  readonly #scratch: Float64Array
  readonly #handles: Handles

  constructor(instrument: Instrument, sight: Sight) {
    this.instrument = instrument
    this.#id = instrument.id
    this.#base = instrument.id * TopSlot.Slots
    this.#top = sight.top
    this.#scratch = sight.scratch
    this.#handles = sight.handles
  }

  get bidPrice(): number {
    return this.#top[this.#base + TopSlot.BidPrice]!
  }

  get bidQuantity(): number {
    return this.#top[this.#base + TopSlot.BidQuantity]!
  }

  get askPrice(): number {
    return this.#top[this.#base + TopSlot.AskPrice]!
  }

  get askQuantity(): number {
    return this.#top[this.#base + TopSlot.AskQuantity]!
  }

  get isTwoSided(): boolean {
    const bidQuantity = this.#top[this.#base + TopSlot.BidQuantity]!
    const askQuantity = this.#top[this.#base + TopSlot.AskQuantity]!
    if (bidQuantity === 0 || askQuantity === 0) return false
    return this.#top[this.#base + TopSlot.BidPrice]! < this.#top[this.#base + TopSlot.AskPrice]!
  }

  get mid(): number {
    return (this.#top[this.#base + TopSlot.BidPrice]! + this.#top[this.#base + TopSlot.AskPrice]!) / 2
  }

  get microprice(): number {
    const top = this.#top
    const base = this.#base
    const bids = top[base + TopSlot.BidQuantity]!
    const asks = top[base + TopSlot.AskQuantity]!
    if (bids + asks === 0) return 0
    return (top[base + TopSlot.BidPrice]! * asks + top[base + TopSlot.AskPrice]! * bids) / (bids + asks)
  }

  get imbalance(): number {
    const bids = this.#top[this.#base + TopSlot.BidQuantity]!
    const asks = this.#top[this.#base + TopSlot.AskQuantity]!
    return bids + asks === 0 ? 0 : (bids - asks) / (bids + asks)
  }

  levelPrice(side: Side, level: number): number {
    this.#handles.queryLevel(this.#id, side, level)
    return this.#scratch[Scratch.QueryPrice]!
  }

  levelQuantity(side: Side, level: number): number {
    this.#handles.queryLevel(this.#id, side, level)
    return this.#scratch[Scratch.QueryQuantity]!
  }

  levelOrders(side: Side, level: number): number {
    this.#handles.queryLevel(this.#id, side, level)
    return this.#scratch[Scratch.QueryOrders]!
  }

  quantityAt(side: Side, price: number): number {
    this.#scratch[Scratch.QueryPrice] = price
    this.#handles.queryPrice(this.#id, side)
    return this.#scratch[Scratch.QueryQuantity]!
  }

  ordersAt(side: Side, price: number): number {
    this.#scratch[Scratch.QueryPrice] = price
    this.#handles.queryPrice(this.#id, side)
    return this.#scratch[Scratch.QueryOrders]!
  }
}

export class PositionView implements Position {
  readonly #base: number
  readonly #cells: Float64Array

  constructor(id: number, sight: Sight) {
    this.#base = id * PositionSlot.Slots
    this.#cells = sight.positions
  }

  get quantity(): number {
    return this.#cells[this.#base + PositionSlot.Quantity]!
  }

  get cash(): number {
    return this.#cells[this.#base + PositionSlot.CashHigh]! + this.#cells[this.#base + PositionSlot.CashLow]!
  }

  get averagePrice(): number {
    return this.#cells[this.#base + PositionSlot.AveragePrice]!
  }

  get realisedProfit(): number {
    return this.#cells[this.#base + PositionSlot.RealisedProfit]!
  }

  profitAt(price: number): number {
    return this.cash + this.quantity * price
  }

  get boughtQuantity(): number {
    return this.#cells[this.#base + PositionSlot.BoughtQuantity]!
  }

  get soldQuantity(): number {
    return this.#cells[this.#base + PositionSlot.SoldQuantity]!
  }

  get fills(): number {
    return this.#cells[this.#base + PositionSlot.Fills]!
  }

  get openBuyQuantity(): number {
    return this.#cells[this.#base + PositionSlot.OpenBuyQuantity]!
  }

  get openSellQuantity(): number {
    return this.#cells[this.#base + PositionSlot.OpenSellQuantity]!
  }
}

export class InstrumentView implements Instrument {
  readonly id: number
  readonly book: Book
  readonly position: Position
  /** Set again by the kernel when an Instrument record names it. */
  symbol: string
  readonly #base: number
  readonly #facts: Float64Array
  readonly #selection: Int32Array

  constructor(id: number, sight: Sight) {
    this.id = id
    this.#selection = sight.selection
    this.symbol = sight.handles.symbolOf(id)
    this.#base = id * FactSlot.Slots
    this.#facts = sight.facts
    this.book = new BookView(this, sight)
    this.position = new PositionView(id, sight)
  }

  get priceExponent(): number {
    return this.#facts[this.#base + FactSlot.PriceExponent]!
  }

  get quantityExponent(): number {
    return this.#facts[this.#base + FactSlot.QuantityExponent]!
  }

  get tickSize(): number {
    return this.#facts[this.#base + FactSlot.TickSize]!
  }

  get roundLot(): number {
    return this.#facts[this.#base + FactSlot.RoundLot]!
  }

  get slot(): number {
    const choice = this.#selection[this.id]!
    return choice > 0 ? choice - 1 : -1
  }

  get tradingState(): TradingState {
    return this.#facts[this.#base + FactSlot.TradingState]!
  }
}

/** The order in one slot of the table. */
export class OwnOrderView implements OwnOrder {
  readonly slot: number
  readonly #table: OrderTable
  readonly #instruments: { get(id: number): Instrument }

  constructor(slot: number, table: OrderTable, instruments: { get(id: number): Instrument }) {
    this.slot = slot
    this.#table = table
    this.#instruments = instruments
  }

  get id(): number {
    return this.#table.id[this.slot]!
  }

  get instrument(): Instrument {
    return this.#instruments.get(this.#table.instrument[this.slot]!)
  }

  get side(): Side {
    return this.#table.side[this.slot]!
  }

  get state(): OrderState {
    return this.#table.state[this.slot]!
  }

  get isDone(): boolean {
    const state = this.#table.state[this.slot]!
    return state >= OrderState.Filled || state === OrderState.Free
  }

  get price(): number {
    return this.#table.price[this.slot]!
  }

  get quantity(): number {
    return this.#table.quantity[this.slot]!
  }

  get filledQuantity(): number {
    return this.#table.filled[this.slot]!
  }

  get leavesQuantity(): number {
    return this.#table.leaves[this.slot]!
  }

  get sentTime(): number {
    return this.#table.sentTime[this.slot]!
  }

  get acceptedTime(): number {
    return this.#table.acceptedTime[this.slot]!
  }

  get aheadQuantity(): number {
    return this.#table.ahead[this.slot]!
  }
}
