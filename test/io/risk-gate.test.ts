import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GateLimits } from '../../kernels/io/gate/limits.ts'
import { OpenOrders } from '../../kernels/io/gate/open-orders.ts'
import { GateCommand, MarketSlot, RiskGate, Verdict } from '../../kernels/io/gate/risk-gate.ts'
import {
  CancelReason,
  OrderType,
  RecordType,
  RejectOrigin,
  RejectReason,
  Side,
  StaleReason,
} from '../../kernels/records/catalogue.ts'
import { encodeRecord } from '../../kernels/records/codec.ts'
import { RecordViews } from '../../kernels/records/views.ts'

const LIMITS: GateLimits = {
  maxQuantity: 500,
  maxValue: 20_000,
  priceCollarBps: 100,
  positionMax: 1_000,
  openOrdersMax: 4,
  decisionAgeMsMax: 50,
  killed: false,
}
const PRICE = 500_000

/** A gate that knows instrument 1 at 50.00, with means to hand it records by their fields. */
class GateDriver {
  readonly gate: RiskGate
  readonly #views = new RecordViews(new ArrayBuffer(512))

  constructor(limits: Partial<GateLimits> = {}) {
    this.gate = new RiskGate({ ...LIMITS, ...limits }, 8)
    const at = this.gate.marketAt(1)
    this.gate.market[at + MarketSlot.BidPrice] = PRICE - 100
    this.gate.market[at + MarketSlot.AskPrice] = PRICE + 100
  }

  #encode(type: RecordType, fields: Record<string, number>): void {
    const name = RecordType[type]!
    const record = `${name.charAt(0).toLowerCase()}${name.slice(1)}`
    encodeRecord({ record, source: 1, instrument: 1, ...fields }, this.#views, 0)
  }

  decide(fields: Record<string, number> = {}): RejectReason {
    const defaults = { orderId: 1, side: Side.Buy, price: PRICE, quantity: 100, orderType: OrderType.Limit }
    this.#encode(RecordType.NewOrder, { ...defaults, ...fields })
    return this.gate.decide(this.#views, 0)
  }

  replace(fields: Record<string, number>): RejectReason {
    this.#encode(RecordType.ReplaceOrder, { price: PRICE, quantity: 100, ...fields })
    return this.gate.decide(this.#views, 0)
  }

  cancel(fields: Record<string, number>): RejectReason {
    this.#encode(RecordType.CancelOrder, fields)
    return this.gate.decide(this.#views, 0)
  }

  observe(type: RecordType, fields: Record<string, number>): void {
    this.#encode(type, fields)
    this.gate.observe(this.#views, 0)
  }

  fill(orderId: number, side: Side, quantity: number, leavesQuantity: number): void {
    this.observe(RecordType.Filled, { orderId, side, quantity, leavesQuantity, price: PRICE })
  }
}

describe('each control refuses just beyond its limit and lets through what is on it', () => {
  test.each<[string, Record<string, number>, Record<string, number>, RejectReason, number]>([
    ['quantity', { quantity: 400 }, { quantity: 501 }, RejectReason.MaxQuantity, 501],
    ['value', { quantity: 400 }, { quantity: 401 }, RejectReason.MaxValue, 20_050],
    ['collar above', { price: 505_000 }, { price: 505_001 }, RejectReason.PriceCollar, 100.02],
    ['collar below', { price: 495_000 }, { price: 494_999 }, RejectReason.PriceCollar, 100.02],
  ])('%s', (_, allowed, refused, reason, value) => {
    const driver = new GateDriver()
    expect(driver.decide(allowed)).toBe(0)
    expect(new GateDriver().decide(refused)).toBe(reason)
    const again = new GateDriver()
    again.decide(refused)
    expect(again.gate.verdict[Verdict.Value]).toBeCloseTo(value, 2)
    expect(again.gate.rejects[reason]).toBe(1)
  })

  test('the position that would result, long and short, with everything open filled', () => {
    const driver = new GateDriver({ maxValue: 1e9 })
    expect(driver.decide({ orderId: 1, quantity: 500 })).toBe(0)
    expect(driver.decide({ orderId: 2, quantity: 500 })).toBe(0)
    expect(driver.decide({ orderId: 3, quantity: 1 })).toBe(RejectReason.PositionLimit)
    driver.fill(1, Side.Buy, 500, 0)
    expect(driver.gate.position[1]).toBe(500)
    expect(driver.decide({ orderId: 4, quantity: 1 })).toBe(RejectReason.PositionLimit)
    expect(driver.decide({ orderId: 5, side: Side.Sell, quantity: 500 })).toBe(0)
    driver.observe(RecordType.Cancelled, { orderId: 2, quantity: 500, reason: CancelReason.Requested })
    expect(driver.decide({ orderId: 6, quantity: 500 })).toBe(0)
  })

  test('the age of a decision', () => {
    const driver = new GateDriver()
    driver.gate.nowNs[0] = 1e9 + 50e6
    expect(driver.decide({ orderId: 1, time: 1e9 })).toBe(0)
    expect(driver.decide({ orderId: 2, time: 1e9 - 1 })).toBe(RejectReason.DecisionAge)
  })

  test('open orders', () => {
    const driver = new GateDriver()
    for (let orderId = 1; orderId <= 4; orderId++) expect(driver.decide({ orderId, quantity: 1 })).toBe(0)
    expect(driver.decide({ orderId: 5, quantity: 1 })).toBe(RejectReason.OpenOrderLimit)
    driver.observe(RecordType.Rejected, {
      orderId: 2,
      origin: RejectOrigin.Venue,
      reason: RejectReason.VenueNotTrading,
      requestType: RecordType.NewOrder,
    })
    expect(driver.decide({ orderId: 5, quantity: 1 })).toBe(0)
  })

  test('the kill switch, by configuration and by command, lets only cancels through', () => {
    expect(new GateDriver({ killed: true }).decide()).toBe(RejectReason.KillSwitch)
    const driver = new GateDriver()
    driver.observe(RecordType.Command, { code: GateCommand.Kill })
    expect(driver.decide()).toBe(RejectReason.KillSwitch)
  })

  test('a stale book, until it is whole again; cancels pass', () => {
    const driver = new GateDriver()
    expect(driver.decide({ orderId: 1 })).toBe(0)
    driver.observe(RecordType.Stale, { reason: StaleReason.SequenceGap })
    expect(driver.decide({ orderId: 2 })).toBe(RejectReason.StaleBook)
    expect(driver.replace({ orderId: 1, newOrderId: 2 })).toBe(RejectReason.StaleBook)
    expect(driver.cancel({ orderId: 1 })).toBe(0)
    driver.observe(RecordType.Stale, { instrument: 2, reason: StaleReason.Recovered })
    expect(driver.decide({ orderId: 2 })).toBe(RejectReason.StaleBook)
    driver.observe(RecordType.Stale, { reason: StaleReason.Recovered })
    expect(driver.decide({ orderId: 2 })).toBe(0)
  })

  test('all stale books, of the instruments that are known, and all cleared ones, which have no reference price', () => {
    const driver = new GateDriver()
    driver.observe(RecordType.Instrument, { instrument: 1, priceExponent: -4 })
    driver.observe(RecordType.Stale, { instrument: 0, reason: StaleReason.NoSnapshot })
    expect([...driver.gate.isStale.subarray(0, 3)]).toEqual([0, 1, 0])
    driver.observe(RecordType.Stale, { instrument: 0, reason: StaleReason.Recovered })
    expect(driver.decide({ orderId: 1 })).toBe(0)
    driver.observe(RecordType.BookClear, { instrument: 0 })
    expect(driver.decide({ orderId: 2 })).toBe(RejectReason.NoReferencePrice)
  })

  test('the restricted list, ticks and lots of a start-of-day file; cancels pass', () => {
    const driver = new GateDriver()
    expect(driver.decide({ price: PRICE + 30, quantity: 7 })).toBe(0)
    driver.observe(RecordType.TradingTerms, { tickSize: 100, lot: 100 })
    expect(driver.decide({ orderId: 2, price: PRICE + 30 })).toBe(RejectReason.OffTick)
    expect([...driver.gate.verdict]).toEqual([PRICE + 30, 100])
    expect(driver.decide({ orderId: 2, quantity: 150 })).toBe(RejectReason.OddLot)
    expect([...driver.gate.verdict]).toEqual([150, 100])
    expect(driver.replace({ orderId: 1, newOrderId: 2, quantity: 50 })).toBe(RejectReason.OddLot)
    expect(driver.decide({ orderId: 2, price: PRICE + 33, orderType: OrderType.Market })).toBe(0)
    driver.observe(RecordType.TradingTerms, { restricted: 1 })
    expect(driver.decide({ orderId: 3 })).toBe(RejectReason.Restricted)
    expect(driver.cancel({ orderId: 2 })).toBe(0)
    expect(driver.decide({ orderId: 3, instrument: 2, price: 1 })).not.toBe(RejectReason.Restricted)
  })

  test('the position counts from what the day began with', () => {
    const driver = new GateDriver()
    driver.observe(RecordType.OpeningPosition, { quantity: -900 })
    driver.observe(RecordType.OpeningPosition, { quantity: 100, source: 2 })
    expect(driver.gate.position[1]).toBe(-800)
    expect(driver.decide({ side: Side.Sell, quantity: 300 })).toBe(RejectReason.PositionLimit)
    expect(driver.decide({ side: Side.Sell, quantity: 200 })).toBe(0)
  })

  test('orders that make no sense', () => {
    const driver = new GateDriver()
    expect(driver.decide({ quantity: 0 })).toBe(RejectReason.InvalidOrder)
    expect(driver.decide({ price: 0 })).toBe(RejectReason.InvalidOrder)
    expect(driver.decide({ instrument: 0 })).toBe(RejectReason.InvalidOrder)
    expect(driver.decide({ instrument: 7 })).toBe(RejectReason.NoReferencePrice)
    expect(driver.decide({ orderId: 1 })).toBe(0)
    expect(driver.decide({ orderId: 1 })).toBe(RejectReason.DuplicateOrderId)
    expect(driver.replace({ orderId: 99, newOrderId: 3 })).toBe(RejectReason.UnknownOrder)
  })

  test('a market order has no collar, but a value at the reference price', () => {
    const market = { orderType: OrderType.Market, price: 0 }
    expect(new GateDriver().decide({ ...market, quantity: 400 })).toBe(0)
    expect(new GateDriver().decide({ ...market, quantity: 401 })).toBe(RejectReason.MaxValue)
  })
})

test('a replacement and what it replaces both count until the venue has answered', () => {
  const driver = new GateDriver({ maxValue: 1e9 })
  driver.decide({ orderId: 1, quantity: 400 })
  expect(driver.replace({ orderId: 1, newOrderId: 2, quantity: 300 })).toBe(0)
  expect(driver.gate.openBuy[1]).toBe(700)
  driver.observe(RecordType.Replaced, { orderId: 1, newOrderId: 2, quantity: 300, price: PRICE })
  expect(driver.gate.openBuy[1]).toBe(300)
  expect(driver.replace({ orderId: 2, newOrderId: 3, quantity: 100 })).toBe(0)
  driver.observe(RecordType.Rejected, {
    orderId: 3,
    origin: RejectOrigin.Venue,
    reason: RejectReason.VenueTooLateToCancel,
    requestType: RecordType.ReplaceOrder,
  })
  expect(driver.gate.openBuy[1]).toBe(300)
})

test('the table of open orders is a map, under any sequence of adds and removes', () => {
  const step = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: -5, max: 40 }), fc.boolean())
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const table = new OpenOrders(24)
      const model = new Map<string, number>()
      for (const [strategy, orderId, isAdd] of steps) {
        const key = `${strategy}:${orderId}`
        const slot = table.find(strategy, orderId)
        expect(slot >= 0).toBe(model.has(key))
        if (isAdd && slot < 0) {
          const added = table.add(strategy, orderId, 1, Side.Buy)
          if (model.size === 24) expect(added).toBe(-1)
          else model.set(key, added)
        } else if (!isAdd && slot >= 0) {
          table.remove(slot)
          model.delete(key)
        }
        expect(table.count).toBe(model.size)
      }
      for (const [key, slot] of model) {
        const [strategy, orderId] = key.split(':').map(Number)
        expect(table.find(strategy!, orderId!)).toBe(slot)
      }
    }),
  )
})
