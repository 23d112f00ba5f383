import { OrderType, Side } from '../../../kernels/records/catalogue.ts'
import type { Instrument, Orders, OwnOrder } from '../context.ts'
import { ControlWord, Scratch } from '../memory.ts'
import type { OrderTable } from '../order-table.ts'
import { OrderTransition } from '../order-transitions.ts'
import { StrategyError } from '../strategy-error.ts'
import { OrderFlag } from '../vocabulary.ts'
import type { Emission } from './emission.ts'
import { OwnOrderView } from './views.ts'

/** Turns a plugin's order requests into table entries and records. */
export class OrderDesk implements Orders {
  readonly #table: OrderTable
  readonly #emission: Emission
  readonly #control: Int32Array
  readonly #scratch: Float64Array
  readonly #views: readonly OwnOrderView[]

  constructor(
    table: OrderTable,
    emission: Emission,
    control: Int32Array,
    scratch: Float64Array,
    instruments: { get(id: number): Instrument },
  ) {
    this.#table = table
    this.#emission = emission
    this.#control = control
    this.#scratch = scratch
    const views: OwnOrderView[] = []
    for (let slot = 0; slot < table.id.length; slot++) views.push(new OwnOrderView(slot, table, instruments))
    this.#views = views
  }

  get count(): number {
    return this.#table.count
  }

  /** The view of a slot, for the order hook. */
  at(slot: number): OwnOrder {
    return this.#views[slot]!
  }

  buyLimit(instrument: Instrument, price: number, quantity: number, flags: number = OrderFlag.None): number {
    return this.#send(instrument, Side.Buy, OrderType.Limit, price, quantity, flags)
  }

  sellLimit(instrument: Instrument, price: number, quantity: number, flags: number = OrderFlag.None): number {
    return this.#send(instrument, Side.Sell, OrderType.Limit, price, quantity, flags)
  }

  market(instrument: Instrument, side: Side, quantity: number): number {
    return this.#send(instrument, side, OrderType.Market, 0, quantity, OrderFlag.None)
  }

  cancel(id: number): boolean {
    const slot = this.#table.find(id)
    if (slot === 0 || !this.#table.allows(slot, OrderTransition.RequestCancel)) return false
    this.#emission.cancelOrder(this.#table, slot)
    this.#table.apply(slot, OrderTransition.RequestCancel)
    return true
  }

  replace(id: number, price: number, quantity: number): number {
    const table = this.#table
    assertWhole('price', price)
    assertWhole('quantity', quantity)
    const old = table.find(id)
    if (old === 0 || !table.allows(old, OrderTransition.RequestReplace)) return 0
    const slot = this.#enter(table.instrument[old]!, table.side[old]!, price, quantity)
    if (slot === 0) return 0
    table.replaces[slot] = old
    table.replacedBy[old] = slot
    this.#emission.replaceOrder(table, old, slot)
    table.apply(old, OrderTransition.RequestReplace)
    return table.id[slot]!
  }

  cancelAll(instrument?: Instrument): void {
    this.#emission.massCancel(instrument === undefined ? 0 : instrument.id)
    const table = this.#table
    for (let slot = 1; slot < table.id.length; slot++) {
      if (instrument !== undefined && table.instrument[slot] !== instrument.id) continue
      if (table.allows(slot, OrderTransition.RequestCancel)) table.apply(slot, OrderTransition.RequestCancel)
    }
  }

  get(id: number): OwnOrder | undefined {
    const slot = this.#table.find(id)
    return slot === 0 ? undefined : this.#views[slot]
  }

  first(instrument: Instrument): OwnOrder | undefined {
    const slot = this.#table.firstSlot[instrument.id]!
    return slot === 0 ? undefined : this.#views[slot]
  }

  next(order: OwnOrder): OwnOrder | undefined {
    const slot = this.#table.nextSlot[(order as OwnOrderView).slot]!
    return slot === 0 ? undefined : this.#views[slot]
  }

  #send(instrument: Instrument, side: Side, type: OrderType, price: number, quantity: number, flags: number): number {
    if (type === OrderType.Limit) assertWhole('price', price)
    assertWhole('quantity', quantity)
    const slot = this.#enter(instrument.id, side, price, quantity)
    if (slot === 0) return 0
    this.#emission.newOrder(this.#table, slot, type, flags)
    return this.#table.id[slot]!
  }

  /** @returns the new order's slot, or 0 when the table is full */
  #enter(instrument: number, side: number, price: number, quantity: number): number {
    const table = this.#table
    if (!table.hasRoom()) {
      this.#control[ControlWord.OrdersRefused]!++
      return 0
    }
    const id = (this.#control[ControlWord.LastOrderId]! + 1) >>> 0
    this.#control[ControlWord.LastOrderId] = id
    const slot = table.add(id, instrument, side)
    table.price[slot] = price
    table.quantity[slot] = quantity
    table.sentTime[slot] = this.#scratch[Scratch.Now]!
    table.open(slot)
    return slot
  }
}

/** Refuses NaN, infinities, fractions, zero and negative numbers before they reach a record. */
function assertWhole(what: string, value: number): void {
  if (value > 0 && value === Math.floor(value) && value <= Number.MAX_SAFE_INTEGER) return
  throw new StrategyError(`order-${what}`, `an order's ${what} is a whole number above 0, not ${value}`)
}
