import { describe, expect, test } from 'vitest'
import { Limit } from '../../kernels/io/gate/limit.ts'
import type { SelfMatchPolicy } from '../../kernels/io/gate/limits.ts'
import { CommandChange } from '../../kernels/io/gate/operator-commands.ts'
import { CommandCode, Outcome, RecordType, RejectReason, Side } from '../../kernels/records/catalogue.ts'
import { GateDriver, PRICE } from './support/gate-driver.ts'

function setLimit(driver: GateDriver, limit: Limit, value: number, symbol = ''): readonly [Outcome, number, number] {
  driver.command({ code: CommandCode.SetLimit, argument: limit, value, symbol })
  const { outcome, change } = driver.gate.commands
  return [outcome, change[CommandChange.Before]!, change[CommandChange.After]!]
}

describe('limits', () => {
  test('tighten, and loosen again up to what is configured, never beyond', () => {
    const driver = new GateDriver({ maxQuantity: 500 })
    expect(setLimit(driver, Limit.MaxQuantity, 200)).toEqual([Outcome.Done, 500, 200])
    expect(driver.order({ quantity: 201 })).toBe(RejectReason.MaxQuantity)
    expect(setLimit(driver, Limit.MaxQuantity, 501)).toEqual([Outcome.RefusedLooser, 200, 200])
    expect(setLimit(driver, Limit.MaxQuantity, 500)).toEqual([Outcome.Done, 200, 500])
  })

  test('of one instrument, with a configured limit of its own', () => {
    const driver = new GateDriver({ maxQuantity: 500, symbols: { YARN: { maxQuantity: 900 } } })
    expect(driver.order({ orderId: 1, instrument: 2, quantity: 900 })).toBe(0)
    expect(setLimit(driver, Limit.MaxQuantity, 100, 'YARN')).toEqual([Outcome.Done, 900, 100])
    expect(driver.order({ orderId: 2, instrument: 2, quantity: 101 })).toBe(RejectReason.MaxQuantity)
    expect(driver.order({ orderId: 3, instrument: 1, quantity: 500 })).toBe(0)
    expect(setLimit(driver, Limit.MaxQuantity, 900, 'YARN')).toEqual([Outcome.Done, 100, 900])
    expect(setLimit(driver, Limit.MaxQuantity, 901, 'YARN')).toEqual([Outcome.RefusedLooser, 900, 900])
  })

  test('of all, also where an instrument has more of its own', () => {
    const driver = new GateDriver({ maxQuantity: 500, symbols: { YARN: { maxQuantity: 900 } } })
    setLimit(driver, Limit.MaxQuantity, 50)
    expect(driver.order({ orderId: 1, instrument: 2, quantity: 51 })).toBe(RejectReason.MaxQuantity)
    driver.observe(RecordType.Instrument, { instrument: 3, symbol: 'ZINC', priceExponent: -4 })
    driver.quote(3, PRICE, PRICE)
    expect(driver.order({ orderId: 1, instrument: 3, quantity: 51 })).toBe(RejectReason.MaxQuantity)
  })

  test('of all, back again: each instrument has its own, as configured or as an operator set it', () => {
    const driver = new GateDriver({ maxQuantity: 500, symbols: { YARN: { maxQuantity: 900 } } })
    expect(setLimit(driver, Limit.MaxQuantity, 100, 'XAMP')).toEqual([Outcome.Done, 500, 100])
    setLimit(driver, Limit.MaxQuantity, 50)
    expect(setLimit(driver, Limit.MaxQuantity, 800, 'YARN')).toEqual([Outcome.Done, 50, 50])
    driver.observe(RecordType.Instrument, { instrument: 2, symbol: 'YARN', priceExponent: -4 })
    expect(driver.order({ orderId: 1, instrument: 2, quantity: 51 })).toBe(RejectReason.MaxQuantity)
    expect(setLimit(driver, Limit.MaxQuantity, 500)).toEqual([Outcome.Done, 50, 500])
    expect(driver.order({ orderId: 2, instrument: 1, quantity: 101 })).toBe(RejectReason.MaxQuantity)
    expect(driver.order({ orderId: 3, instrument: 1, quantity: 100 })).toBe(0)
    expect(driver.order({ orderId: 4, instrument: 2, quantity: 801 })).toBe(RejectReason.MaxQuantity)
    expect(driver.order({ orderId: 5, instrument: 2, quantity: 800 })).toBe(0)
  })

  test('of all, tightened before an instrument with more of its own is known', () => {
    const driver = new GateDriver({ maxQuantity: 500, symbols: { ZINC: { maxQuantity: 900 } } })
    setLimit(driver, Limit.MaxQuantity, 50)
    driver.observe(RecordType.Instrument, { instrument: 3, symbol: 'ZINC', priceExponent: -4 })
    driver.quote(3, PRICE, PRICE)
    expect(driver.order({ orderId: 1, instrument: 3, quantity: 51 })).toBe(RejectReason.MaxQuantity)
    setLimit(driver, Limit.MaxQuantity, 500)
    expect(driver.order({ orderId: 2, instrument: 3, quantity: 900 })).toBe(0)
  })

  test('that there are not, or not of an instrument', () => {
    const driver = new GateDriver()
    expect(setLimit(driver, 99 as Limit, 1)[0]).toBe(Outcome.RefusedUnknown)
    expect(setLimit(driver, Limit.None, 1)[0]).toBe(Outcome.RefusedUnknown)
    expect(setLimit(driver, Limit.GrossMax, 1, 'XAMP')[0]).toBe(Outcome.RefusedUnknown)
    expect(setLimit(driver, Limit.MaxQuantity, 1, 'NONE')[0]).toBe(Outcome.RefusedUnknown)
    expect(setLimit(driver, Limit.MaxQuantity, -1)[0]).toBe(Outcome.RefusedUnknown)
    driver.command({ code: 77 })
    expect(driver.gate.commands.outcome).toBe(Outcome.RefusedUnknown)
  })

  test('a tighter loss limit acts at once', () => {
    const driver = new GateDriver()
    driver.order({ orderId: 1 })
    driver.fill(1, 100, 0)
    driver.order({ orderId: 2 })
    driver.quote(1, PRICE - 10_000, PRICE - 10_000)
    setLimit(driver, Limit.LossMax, 99)
    expect(driver.takeWishes()).toEqual(['1:0:0'])
    driver.command({ code: CommandCode.Release })
    expect(driver.gate.commands.outcome).toBe(Outcome.RefusedState)
    expect(driver.order({ orderId: 3 })).toBe(RejectReason.LossLimit)
  })
})

describe('the kill switch cancels what is live', () => {
  function withOrders(): GateDriver {
    const driver = new GateDriver()
    driver.order({ source: 1, orderId: 1 })
    driver.order({ source: 1, orderId: 2, instrument: 2, price: 200_000 })
    driver.order({ source: 2, orderId: 1 })
    return driver
  }

  test('of all', () => {
    const driver = withOrders()
    driver.command({ code: CommandCode.Kill })
    expect(driver.takeWishes()).toEqual(['1:0:0', '2:0:0'])
    driver.command({ code: CommandCode.Release })
    expect(driver.gate.commands.outcome).toBe(Outcome.Done)
    expect(driver.order({ orderId: 5 })).toBe(0)
  })

  test('of a strategy', () => {
    const driver = withOrders()
    driver.command({ code: CommandCode.Kill, source: 2 })
    expect(driver.takeWishes()).toEqual(['2:0:0'])
    expect(driver.order({ source: 1, orderId: 5 })).toBe(0)
    driver.command({ code: CommandCode.Release, source: 2 })
    expect(driver.order({ source: 2, orderId: 6 })).toBe(0)
  })

  test('of an instrument, each order once', () => {
    const driver = withOrders()
    driver.command({ code: CommandCode.Kill, symbol: 'XAMP' })
    driver.command({ code: CommandCode.Kill, symbol: 'XAMP' })
    expect(driver.takeWishes().sort()).toEqual(['1:1:1', '2:1:1'])
  })

  test('not what configuration has killed', () => {
    const driver = new GateDriver({ killed: true })
    driver.command({ code: CommandCode.Release })
    expect(driver.gate.commands.outcome).toBe(Outcome.RefusedLooser)
    expect(driver.order()).toBe(RejectReason.KillSwitch)
  })

  test('a strategy that executes too often is stopped, its orders cancelled, until it is released', () => {
    const driver = new GateDriver({ executionsMax: 1 })
    driver.order({ orderId: 1 })
    driver.fill(1, 1, 99)
    driver.fill(1, 1, 98)
    expect(driver.takeWishes()).toEqual(['1:0:0'])
    expect(driver.order({ orderId: 2 })).toBe(RejectReason.RepeatedExecution)
    driver.command({ code: CommandCode.Release, source: 1 })
    expect(driver.order({ orderId: 2 })).toBe(0)
  })
})

describe('commands that stop nobody', () => {
  test('cancel what is live: of a strategy, of a symbol, of all', () => {
    const driver = new GateDriver()
    driver.order({ source: 1, orderId: 1 })
    driver.order({ source: 2, orderId: 1, instrument: 2, price: 200_000 })
    driver.command({ code: CommandCode.CancelAll, source: 2 })
    expect(driver.takeWishes()).toEqual(['2:0:0'])
    driver.command({ code: CommandCode.CancelAll, symbol: 'XAMP' })
    expect(driver.takeWishes()).toEqual(['1:1:1'])
    driver.command({ code: CommandCode.CancelAll })
    expect(driver.takeWishes()).toEqual(['1:0:0', '2:0:0'])
    expect(driver.order({ orderId: 7 })).toBe(0)
  })

  test('the I/O kernel cancels its own way', () => {
    const driver = new GateDriver()
    driver.order()
    driver.command({ code: CommandCode.CancelAll, argument: 3 })
    expect(driver.takeWishes()).toEqual([])
  })
})

describe('a restricted symbol', () => {
  test('loses its orders and takes none until it is permitted', () => {
    const driver = new GateDriver()
    driver.order({ orderId: 1 })
    driver.command({ code: CommandCode.Restrict, symbol: 'XAMP' })
    expect(driver.takeWishes()).toEqual(['1:1:1'])
    expect(driver.order({ orderId: 2 })).toBe(RejectReason.Restricted)
    expect(driver.order({ orderId: 3, instrument: 2, price: 200_000 })).toBe(0)
    driver.command({ code: CommandCode.Permit, symbol: 'XAMP' })
    expect(driver.gate.commands.outcome).toBe(Outcome.Done)
    expect(driver.order({ orderId: 4 })).toBe(0)
  })

  test('stays so where the configuration says it', () => {
    const driver = new GateDriver({ symbols: { XAMP: { restricted: true } } })
    const permit = () => {
      driver.command({ code: CommandCode.Permit, symbol: 'XAMP' })
      return driver.gate.commands.outcome
    }
    expect(permit()).toBe(Outcome.RefusedLooser)
    driver.command({ code: CommandCode.Restrict, symbol: 'XAMP' })
    expect(permit()).toBe(Outcome.Done)
    expect(driver.order()).toBe(RejectReason.Restricted)
    driver.command({ code: CommandCode.Permit, symbol: 'YARN' })
    expect(driver.gate.commands.outcome).toBe(Outcome.RefusedState)
    driver.command({ code: CommandCode.Restrict })
    expect(driver.gate.commands.outcome).toBe(Outcome.RefusedUnknown)
  })
})

test.each<[SelfMatchPolicy, RejectReason | 0, string[]]>([
  ['off', 0, []],
  ['cancelNewest', RejectReason.SelfMatch, []],
  ['cancelOldest', 0, ['1:1:1', '1:2:1']],
  ['cancelBoth', RejectReason.SelfMatch, ['1:1:1', '1:2:1']],
])('self-match prevention %s', (selfMatch, verdict, wishes) => {
  const driver = new GateDriver({ selfMatch })
  driver.order({ orderId: 1, side: Side.Sell, price: PRICE })
  driver.order({ orderId: 2, side: Side.Sell, price: PRICE + 100 })
  driver.order({ orderId: 3, side: Side.Sell, price: PRICE + 200 })
  expect(driver.order({ orderId: 4, source: 2, price: PRICE + 100 })).toBe(verdict)
  expect(driver.takeWishes().sort()).toEqual(wishes)
})
