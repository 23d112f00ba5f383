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

/**
 * Fractions go through a scratch slot: a method that computes one is too large to be inlined everywhere, and would box
 * what it returns. The getter around it is small enough (27 bytes of bytecode) to be inlined always.
 */
export class BookView implements Book {
  readonly instrument: Instrument
  private readonly base: number
  private readonly top: Float64Array
  private readonly scratch: Float64Array
  readonly #id: number
  readonly #handles: Handles

  constructor(instrument: Instrument, sight: Sight) {
    this.instrument = instrument
    this.base = instrument.id * TopSlot.Slots
    this.top = sight.top
    this.scratch = sight.scratch
    this.#id = instrument.id
    this.#handles = sight.handles
  }

  get bidPrice(): number {
    return this.top[this.base + TopSlot.BidPrice]!
  }

  get bidQuantity(): number {
    return this.top[this.base + TopSlot.BidQuantity]!
  }

  get askPrice(): number {
    return this.top[this.base + TopSlot.AskPrice]!
  }

  get askQuantity(): number {
    return this.top[this.base + TopSlot.AskQuantity]!
  }

  get isTwoSided(): boolean {
    const { top, base } = this
    if (top[base + TopSlot.BidQuantity] === 0 || top[base + TopSlot.AskQuantity] === 0) return false
    return top[base + TopSlot.BidPrice]! < top[base + TopSlot.AskPrice]!
  }

  get mid(): number {
    this.halve()
    return this.scratch[Scratch.Answer]!
  }

  get microprice(): number {
    this.weighPrices()
    return this.scratch[Scratch.Answer]!
  }

  get imbalance(): number {
    this.weighQuantities()
    return this.scratch[Scratch.Answer]!
  }

  private halve(): void {
    const { top, base } = this
    this.scratch[Scratch.Answer] = (top[base + TopSlot.BidPrice]! + top[base + TopSlot.AskPrice]!) / 2
  }

  private weighPrices(): void {
    const { top, base } = this
    const bids = top[base + TopSlot.BidQuantity]!
    const asks = top[base + TopSlot.AskQuantity]!
    const sum = bids + asks
    const weighted = top[base + TopSlot.BidPrice]! * asks + top[base + TopSlot.AskPrice]! * bids
    this.scratch[Scratch.Answer] = sum === 0 ? 0 : weighted / sum
  }

  private weighQuantities(): void {
    const { top, base } = this
    const bids = top[base + TopSlot.BidQuantity]!
    const asks = top[base + TopSlot.AskQuantity]!
    const sum = bids + asks
    this.scratch[Scratch.Answer] = sum === 0 ? 0 : (bids - asks) / sum
  }

  levelPrice(side: Side, level: number): number {
    this.#handles.queryLevel(this.#id, side, level)
    return this.scratch[Scratch.QueryPrice]!
  }

  levelQuantity(side: Side, level: number): number {
    this.#handles.queryLevel(this.#id, side, level)
    return this.scratch[Scratch.QueryQuantity]!
  }

  levelOrders(side: Side, level: number): number {
    this.#handles.queryLevel(this.#id, side, level)
    return this.scratch[Scratch.QueryOrders]!
  }

  quantityAt(side: Side, price: number): number {
    this.scratch[Scratch.QueryPrice] = price
    this.#handles.queryPrice(this.#id, side)
    return this.scratch[Scratch.QueryQuantity]!
  }

  ordersAt(side: Side, price: number): number {
    this.scratch[Scratch.QueryPrice] = price
    this.#handles.queryPrice(this.#id, side)
    return this.scratch[Scratch.QueryOrders]!
  }
}

/** One instrument's position, read from where the kernel books fills. */
export class PositionView implements Position {
  private readonly base: number
  private readonly cells: Float64Array

  constructor(id: number, sight: Sight) {
    this.base = id * PositionSlot.Slots
    this.cells = sight.positions
  }

  get quantity(): number {
    return this.cells[this.base + PositionSlot.Quantity]!
  }

  get cash(): number {
    return this.cells[this.base + PositionSlot.CashHigh]! + this.cells[this.base + PositionSlot.CashLow]!
  }

  get averagePrice(): number {
    return this.cells[this.base + PositionSlot.AveragePrice]!
  }

  get realisedProfit(): number {
    return this.cells[this.base + PositionSlot.RealisedProfit]!
  }

  profitAt(price: number): number {
    return this.cash + this.quantity * price
  }

  get boughtQuantity(): number {
    return this.cells[this.base + PositionSlot.BoughtQuantity]!
  }

  get soldQuantity(): number {
    return this.cells[this.base + PositionSlot.SoldQuantity]!
  }

  get fills(): number {
    return this.cells[this.base + PositionSlot.Fills]!
  }

  get openBuyQuantity(): number {
    return this.cells[this.base + PositionSlot.OpenBuyQuantity]!
  }

  get openSellQuantity(): number {
    return this.cells[this.base + PositionSlot.OpenSellQuantity]!
  }
}

/** One instrument: its symbol, what its record says, its book and position. */
export class InstrumentView implements Instrument {
  readonly id: number
  readonly book: Book
  readonly position: Position
  /** Set again by the kernel when an Instrument record names it. */
  symbol: string
  private readonly base: number
  private readonly facts: Float64Array
  private readonly selection: Int32Array

  constructor(id: number, sight: Sight) {
    this.id = id
    this.selection = sight.selection
    this.symbol = sight.handles.symbolOf(id)
    this.base = id * FactSlot.Slots
    this.facts = sight.facts
    this.book = new BookView(this, sight)
    this.position = new PositionView(id, sight)
  }

  get priceExponent(): number {
    return this.facts[this.base + FactSlot.PriceExponent]!
  }

  get quantityExponent(): number {
    return this.facts[this.base + FactSlot.QuantityExponent]!
  }

  get tickSize(): number {
    return this.facts[this.base + FactSlot.TickSize]!
  }

  get roundLot(): number {
    return this.facts[this.base + FactSlot.RoundLot]!
  }

  get slot(): number {
    const choice = this.selection[this.id]!
    return choice > 0 ? choice - 1 : -1
  }

  get tradingState(): TradingState {
    return this.facts[this.base + FactSlot.TradingState]!
  }

  get isStale(): boolean {
    return this.facts[this.base + FactSlot.Stale] !== 0
  }
}

/** The order in one slot of the table. */
export class OwnOrderView implements OwnOrder {
  readonly slot: number
  private readonly table: OrderTable
  private readonly instruments: { get(id: number): Instrument }

  constructor(slot: number, table: OrderTable, instruments: { get(id: number): Instrument }) {
    this.slot = slot
    this.table = table
    this.instruments = instruments
  }

  get id(): number {
    return this.table.id[this.slot]!
  }

  get instrument(): Instrument {
    return this.instruments.get(this.table.instrument[this.slot]!)
  }

  get side(): Side {
    return this.table.side[this.slot]!
  }

  get state(): OrderState {
    return this.table.state[this.slot]!
  }

  get isDone(): boolean {
    const state = this.table.state[this.slot]!
    return state >= OrderState.Filled || state === OrderState.Free
  }

  get price(): number {
    return this.table.price[this.slot]!
  }

  get quantity(): number {
    return this.table.quantity[this.slot]!
  }

  get filledQuantity(): number {
    return this.table.filled[this.slot]!
  }

  get leavesQuantity(): number {
    return this.table.leaves[this.slot]!
  }

  get sentTime(): number {
    return this.table.sentTime[this.slot]!
  }

  get acceptedTime(): number {
    return this.table.acceptedTime[this.slot]!
  }

  get aheadQuantity(): number {
    return this.table.ahead[this.slot]!
  }
}
