import { NO_ORDER, OrderCell, OrderDouble, OrderIndex } from './order-index.ts'
import type { SymbolDirectory } from './symbol-directory.ts'

/** Slots of `LiveOrders.value`. */
export enum OrderValue {
  Price = 0,
  Quantity = 1,
}

/**
 * What is known of each live order: its instrument, price and quantity. Every add, execution, reduction, modification and
 * deletion goes through here. Prices and quantities come and go in `value`.
 */
export class LiveOrders {
  /** Price and quantity at hand, by `OrderValue`. */
  readonly value = new Float64Array(2)
  readonly #index: OrderIndex
  readonly #symbols: SymbolDirectory

  /** @param ordersMax bound of the orders that are remembered; the index's own if not given */
  constructor(symbols: SymbolDirectory, ordersMax?: number) {
    this.#index = new OrderIndex(ordersMax)
    this.#symbols = symbols
  }

  /** A handle of a live order, good until the next change; `NO_ORDER` where it is not there. */
  find(idLow: number, idHigh: number): number {
    const index = this.#index
    const cell = index.find(idLow, idHigh)
    if (cell === NO_ORDER) return NO_ORDER
    const instrument = index.words[cell | OrderCell.Instrument]!
    if (index.words[cell | OrderCell.Generation] === this.#symbols.generation[instrument]) return cell
    // Its instrument was cleared since it was added.
    index.remove(cell)
    return NO_ORDER
  }

  /** Keeps a new order with the price and quantity at hand; one that is there already begins anew. @returns whether there was room */
  add(idLow: number, idHigh: number, instrument: number): boolean {
    const index = this.#index
    const before = this.find(idLow, idHigh)
    if (before !== NO_ORDER) this.remove(before)
    const cell = index.insert(idLow, idHigh, instrument, this.#symbols.generation[instrument]!)
    if (cell === NO_ORDER) return false
    this.#symbols.liveOrders[instrument]!++
    this.change(cell)
    return true
  }

  instrumentOf(cell: number): number {
    return this.#index.words[cell | OrderCell.Instrument]!
  }

  /** Reads an order's price and quantity into `out`. */
  read(cell: number, out: Float64Array): void {
    out[OrderValue.Price] = this.#index.doubles[(cell >> 1) | OrderDouble.Price]!
    out[OrderValue.Quantity] = this.#index.doubles[(cell >> 1) | OrderDouble.Quantity]!
  }

  /** Gives an order the price and quantity at hand. */
  change(cell: number): void {
    this.#index.doubles[(cell >> 1) | OrderDouble.Price] = this.value[OrderValue.Price]!
    this.#index.doubles[(cell >> 1) | OrderDouble.Quantity] = this.value[OrderValue.Quantity]!
  }

  /** Takes the quantity at hand off an order, and removes it when nothing is left. */
  take(cell: number): void {
    const { doubles } = this.#index
    const at = (cell >> 1) | OrderDouble.Quantity
    doubles[at]! -= this.value[OrderValue.Quantity]!
    if (!(doubles[at]! > 0)) this.remove(cell)
  }

  remove(cell: number): void {
    this.#symbols.liveOrders[this.instrumentOf(cell)]!--
    this.#index.remove(cell)
  }

  /** Forgets all orders of an instrument. @returns whether there were any */
  clear(instrument: number): boolean {
    if (this.#symbols.liveOrders[instrument] === 0) return false
    this.#symbols.liveOrders[instrument] = 0
    this.#symbols.generation[instrument]!++
    return true
  }
}
