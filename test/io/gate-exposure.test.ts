import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Held, Total } from '../../kernels/io/gate/exposure.ts'
import { MarketSlot, VALUE_UNITS } from '../../kernels/io/gate/market-table.ts'
import { RecordType, RejectOrigin, RejectReason, Side } from '../../kernels/records/catalogue.ts'
import { GateDriver, PRICE } from './support/gate-driver.ts'

/*
 * No sequence of orders, replacements, acknowledgements, fills, rejects and price moves takes positions or values past
 * their limits, were everything that is open to fill next. The model beside the gate is plain: a list of orders, summed
 * anew at every step.
 */

const LIMITS = { longPositionMax: 700, shortPositionMax: 500, creditMax: 200_000, lossMax: 1e11, openOrdersMax: 12 }

interface Open {
  readonly instrument: number
  readonly side: Side
  readonly price: number
  remaining: number
  filled: number
}

const prices = [0, PRICE, 200_000]
const stepArbitrary = fc.record({
  what: fc.constantFrom('order', 'order', 'order', 'replace', 'fill', 'fill', 'cancel', 'reject', 'accept', 'price'),
  instrument: fc.integer({ min: 1, max: 2 }),
  side: fc.constantFrom(Side.Buy, Side.Sell),
  quantity: fc.integer({ min: 1, max: 400 }),
  pick: fc.nat(1000),
  move: fc.integer({ min: -2000, max: 2000 }),
})
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never

class Model {
  readonly open = new Map<number, Open>()
  readonly position = [0, 0, 0]
  traded = 0
  cash = 0
  nextId = 1
  readonly driver = new GateDriver(LIMITS)

  take(step: Step): void {
    const ids = [...this.open.keys()]
    const id = ids[step.pick % Math.max(1, ids.length)]
    if (step.what === 'order') this.#order(step)
    else if (step.what === 'price') this.#move(step)
    else if (id === undefined) return
    else if (step.what === 'replace') this.#replace(step, id)
    else if (step.what === 'fill') this.#fill(step, id)
    else if (step.what === 'cancel') this.#end(id, RecordType.Cancelled, { quantity: this.open.get(id)!.remaining })
    else if (step.what === 'accept') {
      const { instrument, side, price, remaining: quantity } = this.open.get(id)!
      this.driver.observe(RecordType.Accepted, { orderId: id, instrument, side, price, quantity })
    } else {
      const reason = RejectReason.VenueNotTrading
      this.#end(id, RecordType.Rejected, { origin: RejectOrigin.Venue, requestType: RecordType.NewOrder, reason })
    }
  }

  #order({ instrument, side, quantity, move }: Step): void {
    const price = prices[instrument]! + move
    const orderId = this.nextId++
    if (this.driver.order({ orderId, instrument, side, quantity, price }) > 0) return
    this.open.set(orderId, { instrument, side, price, remaining: quantity, filled: 0 })
  }

  /** The venue answers some replacements at once; others stay beside the order that they replace. */
  #replace({ quantity: asked, move, pick }: Step, orderId: number): void {
    const { instrument, side, filled } = this.open.get(orderId)!
    // The latest fills may not have been known of: they open no more.
    const filledQuantity = Math.max(0, filled - (pick % 3) * 100)
    const quantity = Math.max(0, asked - (filled - filledQuantity))
    const price = prices[instrument]! + move
    const newOrderId = this.nextId++
    const terms = { orderId, newOrderId, quantity: asked, filledQuantity, price, instrument: 0 }
    if (this.driver.replace(terms) > 0) return
    this.open.set(newOrderId, { instrument, side, price, remaining: quantity, filled: 0 })
    if (pick % 2 === 0 || quantity === 0) return
    this.driver.observe(RecordType.Replaced, { orderId, newOrderId, quantity, price, instrument })
    this.open.delete(orderId)
  }

  #fill({ quantity }: Step, orderId: number): void {
    const order = this.open.get(orderId)!
    if (order.remaining === 0) return
    const filled = Math.min(quantity, order.remaining)
    order.remaining -= filled
    order.filled += filled
    const { instrument, side, price, remaining } = order
    this.driver.fill(orderId, filled, remaining, { instrument, price, side })
    this.position[instrument]! += side === Side.Buy ? filled : -filled
    this.traded += filled * price
    this.cash += side === Side.Buy ? -filled * price : filled * price
    if (remaining === 0) this.open.delete(orderId)
  }

  #end(orderId: number, type: RecordType, fields: Record<string, number>): void {
    this.driver.observe(type, { orderId, instrument: this.open.get(orderId)!.instrument, ...fields })
    this.open.delete(orderId)
  }

  #move({ instrument, move }: Step): void {
    this.driver.quote(instrument, prices[instrument]! + move - 100, prices[instrument]! + move + 100)
  }

  check(): void {
    const { exposure, market } = this.driver.state
    let openValue = 0
    let worth = 0
    for (const instrument of [1, 2]) {
      const orders = [...this.open.values()].filter((order) => order.instrument === instrument)
      const sum = (side: Side, of: (order: Open) => number) =>
        orders.filter((order) => order.side === side).reduce((total, order) => total + of(order), 0)
      const quantity = (order: Open) => order.remaining
      const value = (order: Open) => order.remaining * order.price
      expect(exposure.cells[exposure.at(instrument) + Held.Position]).toBe(this.position[instrument])
      expect(exposure.cells[exposure.at(instrument) + Held.OpenBuy]).toBe(sum(Side.Buy, quantity))
      expect(exposure.cells[exposure.at(instrument) + Held.OpenSell]).toBe(sum(Side.Sell, quantity))
      expect(exposure.cells[exposure.at(instrument) + Held.OpenBuyValue]).toBe(sum(Side.Buy, value))
      expect(exposure.cells[exposure.at(instrument) + Held.OpenSellValue]).toBe(sum(Side.Sell, value))
      expect(this.position[instrument]! + sum(Side.Buy, quantity)).toBeLessThanOrEqual(LIMITS.longPositionMax)
      expect(sum(Side.Sell, quantity) - this.position[instrument]!).toBeLessThanOrEqual(LIMITS.shortPositionMax)
      const reference = market.values[market.at(instrument) + MarketSlot.Reference]!
      expect(exposure.cells[exposure.at(instrument) + Held.PositionValue]).toBe(this.position[instrument]! * reference)
      worth += this.position[instrument]! * reference
      openValue += sum(Side.Buy, value) + sum(Side.Sell, value)
    }
    expect(exposure.totals[Total.Traded]).toBe(this.traded)
    expect(exposure.totals[Total.Cash]).toBe(this.cash)
    expect(exposure.totals[Total.Positions]).toBe(worth)
    expect(this.traded + openValue).toBeLessThanOrEqual(LIMITS.creditMax * VALUE_UNITS)
    expect(this.driver.state.openOrders.count).toBe(this.open.size)
    expect(this.open.size).toBeLessThanOrEqual(LIMITS.openOrdersMax)
  }
}

test('positions, open quantities and values never pass their limits, and are those of a plain model', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 150 }), (steps) => {
      const model = new Model()
      for (const step of steps) {
        model.take(step)
        model.check()
      }
    }),
    { numRuns: 150 },
  )
})
