import { describe, expect, test } from 'vitest'
import { Held } from '../../kernels/io/gate/exposure.ts'
import {
  CommandCode,
  RecordType,
  RejectOrigin,
  RejectReason,
  Side,
  StaleReason,
} from '../../kernels/records/catalogue.ts'
import { CONTROLS } from '../../kernels/records/controls.ts'
import { GATE_CASES } from './support/gate-cases.ts'
import { GateDriver, PRICE } from './support/gate-driver.ts'

test('every control has a case, and every reason of the gate a control', () => {
  const tried = new Set(GATE_CASES.map(({ reason }) => reason))
  expect(CONTROLS.filter(({ reason }) => !tried.has(reason))).toEqual([])
  const known = new Set(CONTROLS.map(({ reason }) => reason))
  const ofGate = Object.values(RejectReason).filter((reason) => typeof reason === 'number' && reason < 100)
  expect(ofGate.filter((reason) => !known.has(reason as RejectReason))).toEqual([RejectReason.StrategyStopped])
})

describe('each control lets through what is on its limit and refuses what is beyond', () => {
  test.each(GATE_CASES.map((entry) => [RejectReason[entry.reason], entry] as const))('%s', (_, entry) => {
    const driver = new GateDriver(entry.limits)
    entry.before?.(driver)
    expect(RejectReason[entry.allowed(driver)]).toBeUndefined()
    expect(RejectReason[entry.refused(driver)]).toBe(RejectReason[entry.reason])
    expect(driver.gate.rejects[entry.reason]).toBe(1)
    const [value, threshold] = entry.measured ?? [0, 0]
    expect(driver.value).toBeCloseTo(value, 2)
    expect(driver.threshold).toBeCloseTo(threshold, 2)
  })
})

test('cancels pass, whatever is stopped, stale or too much', () => {
  const driver = new GateDriver({ messagesPerSecondMax: 1, messagesBurstMax: 1 })
  expect(driver.order({ orderId: 1 })).toBe(0)
  driver.observe(RecordType.Stale, { instrument: 0, reason: StaleReason.SequenceGap })
  driver.command({ code: CommandCode.Kill })
  for (let i = 0; i < 10; i++) expect(driver.cancel({ orderId: 1 })).toBe(0)
})

test('while all is stale, instruments that are named only then are too', () => {
  const driver = new GateDriver()
  driver.observe(RecordType.Stale, { instrument: 0, reason: StaleReason.NoSnapshot })
  driver.observe(RecordType.Instrument, { instrument: 3, symbol: 'ZINC', priceExponent: -4 })
  driver.quote(3, PRICE - 100, PRICE + 100)
  expect(driver.order({ instrument: 3 })).toBe(RejectReason.StaleBook)
  driver.observe(RecordType.Stale, { instrument: 0, reason: StaleReason.Recovered })
  expect(driver.order({ instrument: 3, orderId: 2 })).toBe(0)
})

test('a book that lost changes of its own is not trusted because all are whole again, and one that is whole is', () => {
  const driver = new GateDriver()
  const stale = (instrument: number, reason: StaleReason) => driver.observe(RecordType.Stale, { instrument, reason })
  let orderId = 0
  const order = (instrument: number) => driver.order({ instrument, orderId: ++orderId })
  stale(1, StaleReason.NoSnapshot)
  stale(0, StaleReason.SequenceGap)
  stale(0, StaleReason.Recovered)
  expect([order(1), order(2)]).toEqual([RejectReason.StaleBook, 0])
  stale(0, StaleReason.SequenceGap)
  stale(1, StaleReason.Recovered)
  expect([order(1), order(2)]).toEqual([0, RejectReason.StaleBook])
})

test('a replacement and what it replaces both count until the venue has answered', () => {
  const driver = new GateDriver()
  driver.order({ orderId: 1, quantity: 400 })
  expect(driver.replace({ orderId: 1, newOrderId: 2, quantity: 300 })).toBe(0)
  const { exposure } = driver.state
  const held = (slot: Held) => exposure.cells[exposure.at(1) + slot]
  expect(held(Held.OpenBuy)).toBe(700)
  driver.observe(RecordType.Replaced, { orderId: 1, newOrderId: 2, quantity: 300, price: PRICE })
  expect(held(Held.OpenBuy)).toBe(300)
  expect(driver.replace({ orderId: 2, newOrderId: 3, quantity: 100 })).toBe(0)
  driver.observe(RecordType.Rejected, {
    orderId: 3,
    origin: RejectOrigin.Venue,
    reason: RejectReason.VenueTooLateToCancel,
    requestType: RecordType.ReplaceOrder,
  })
  expect(held(Held.OpenBuy)).toBe(300)
  driver.fill(2, 300, 0)
  expect([held(Held.OpenBuy), held(Held.OpenBuyValue)]).toEqual([0, 0])
})

test('a replacement opens what was asked for, less what was filled since it was decided on; what was not filled is not believed', () => {
  const driver = new GateDriver()
  const { exposure } = driver.state
  const held = (slot: Held) => exposure.cells[exposure.at(1) + slot]
  driver.order({ orderId: 1, quantity: 400 })
  driver.fill(1, 150, 250)
  expect(driver.replace({ orderId: 1, newOrderId: 2, quantity: 300, filledQuantity: 151 })).toBe(
    RejectReason.InvalidOrder,
  )
  expect(driver.replace({ orderId: 1, newOrderId: 3, quantity: 300, filledQuantity: 50 })).toBe(0)
  expect([held(Held.OpenBuy), held(Held.OpenBuyValue)]).toEqual([450, 450 * PRICE])
  driver.observe(RecordType.Replaced, { orderId: 1, newOrderId: 3, quantity: 200, price: PRICE })
  driver.fill(3, 100, 100)
  // All of it has traded already: the venue is going to cancel the order, whatever is stopped.
  driver.command({ code: CommandCode.Kill })
  expect(driver.replace({ orderId: 3, newOrderId: 4, quantity: 100 })).toBe(0)
  expect(held(Held.OpenBuy)).toBe(100)
  driver.observe(RecordType.Cancelled, { orderId: 3, quantity: 100 })
  driver.observe(RecordType.Rejected, {
    orderId: 4,
    origin: RejectOrigin.Venue,
    reason: RejectReason.VenueTooLateToCancel,
    requestType: RecordType.ReplaceOrder,
  })
  expect([held(Held.OpenBuy), held(Held.OpenBuyValue), driver.state.openOrders.count]).toEqual([0, 0, 0])
})

test('an order that takes a position back is free of the gross limits', () => {
  const driver = new GateDriver({ grossMax: 5_000, instrumentGrossMax: 5_000 })
  expect(driver.order({ orderId: 1, quantity: 100 })).toBe(0)
  driver.fill(1, 100, 0)
  driver.quote(1, PRICE + 100_000, PRICE + 100_000)
  expect(driver.order({ orderId: 2, price: 600_000, quantity: 1 })).toBe(RejectReason.InstrumentGross)
  expect(driver.order({ orderId: 3, side: Side.Sell, price: 600_000, quantity: 100 })).toBe(0)
  expect(driver.order({ orderId: 4, side: Side.Sell, price: 600_000, quantity: 1 })).toBe(RejectReason.InstrumentGross)
})

test('a sale is short where less is held than is for sale', () => {
  const driver = new GateDriver()
  driver.order({ orderId: 1, quantity: 100 })
  driver.fill(1, 100, 0)
  driver.order({ orderId: 2, side: Side.Sell, quantity: 60 })
  expect(driver.gate.order.isShort).toBe(false)
  driver.order({ orderId: 3, side: Side.Sell, quantity: 41 })
  expect(driver.gate.order.isShort).toBe(true)
})

test('positions, profit and loss count from what the day began with', () => {
  const driver = new GateDriver({ shortPositionMax: 1000, lossMax: 800 })
  driver.observe(RecordType.OpeningPosition, { quantity: -900, averagePrice: PRICE })
  driver.observe(RecordType.OpeningPosition, { quantity: 100, averagePrice: PRICE, source: 2 })
  expect(driver.state.profit).toBe(0)
  expect(driver.order({ side: Side.Sell, quantity: 201 })).toBe(RejectReason.PositionLimit)
  expect(driver.order({ side: Side.Sell, quantity: 200 })).toBe(0)
  driver.quote(1, PRICE + 10_000, PRICE + 10_000)
  expect(driver.order({ orderId: 2, quantity: 1 })).toBe(0)
  driver.quote(1, PRICE + 10_100, PRICE + 10_100)
  expect(driver.order({ orderId: 3, quantity: 1 })).toBe(RejectReason.LossLimit)
})

test('a position without a price yet is worth what it cost: no loss comes of it', () => {
  const driver = new GateDriver({ lossMax: 1_000 })
  for (const [instrument, symbol] of [
    [3, 'ZINC'],
    [4, 'OPAL'],
  ] as const) {
    driver.observe(RecordType.Instrument, { instrument, symbol, priceExponent: -4 })
    driver.observe(RecordType.OpeningPosition, { instrument, quantity: 500, averagePrice: PRICE })
  }
  // The first price of one of them must not count the other one as lost.
  driver.quote(3, PRICE, PRICE)
  expect(driver.state.profit).toBe(0)
  expect(driver.order({ orderId: 1, quantity: 1 })).toBe(0)
  driver.quote(4, PRICE - 20_000, PRICE - 20_000)
  expect(driver.state.profit).toBe(-500 * 20_000)
  driver.quote(4, PRICE - 20_100, PRICE - 20_100)
  expect(driver.order({ orderId: 2, quantity: 1 })).toBe(RejectReason.LossLimit)
})

test.each([0, 1])(
  'a book that is built anew says nothing of a loss until it is whole, told of instrument %i',
  (told) => {
    const driver = new GateDriver({ lossMax: 1_000 })
    driver.order({ orderId: 1, quantity: 500 })
    driver.fill(1, 300, 200)
    driver.observe(RecordType.Stale, { instrument: told, reason: StaleReason.SequenceGap })
    driver.observe(RecordType.BookClear, { instrument: told })
    // The first order of a snapshot may be the worst of its side.
    driver.quote(1, 100, 0)
    driver.fill(1, 200, 0)
    expect(driver.state.profit).toBe(0)
    expect(driver.order({ orderId: 2, quantity: 1 })).toBe(RejectReason.StaleBook)
    driver.quote(1, PRICE - 20_000, PRICE - 20_000)
    driver.observe(RecordType.Stale, { instrument: told, reason: StaleReason.Recovered })
    expect(driver.state.profit).toBe(-500 * 20_000)
    expect(driver.order({ orderId: 3, quantity: 1 })).toBe(0)
    driver.observe(RecordType.Stale, { instrument: told, reason: StaleReason.SequenceGap })
    driver.quote(1, PRICE - 30_000, PRICE - 30_000)
    driver.observe(RecordType.Stale, { instrument: told, reason: StaleReason.Recovered })
    // What it has cost in the meantime counts from the moment on at which it is known.
    expect(driver.order({ orderId: 4, quantity: 1 })).toBe(RejectReason.LossLimit)
  },
)
