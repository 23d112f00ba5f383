import type { GateLimits } from '../../../kernels/io/gate/limits.ts'
import {
  CommandCode,
  OrderType,
  PriceBandKind,
  RecordType,
  RejectReason,
  ShortSaleState,
  Side,
  StaleReason,
  StatisticKind,
} from '../../../kernels/records/catalogue.ts'
import { type GateDriver, PRICE } from './gate-driver.ts'

/** One control at its limit. */
export interface GateCase {
  readonly reason: RejectReason
  readonly limits?: Partial<GateLimits>
  /** What happens before. */
  readonly before?: (driver: GateDriver) => void
  /** Passes; on the limit where there is one. */
  readonly allowed: (driver: GateDriver) => RejectReason
  /** Is refused, just beyond it. */
  readonly refused: (driver: GateDriver) => RejectReason
  /** Value and threshold that the reject names. */
  readonly measured?: readonly [number, number]
}

const second = 1e9
const order = (fields: Record<string, number>) => (driver: GateDriver) => driver.order(fields)
const sell = (fields: Record<string, number>) => order({ side: Side.Sell, ...fields })
const many = (count: number, fields: Record<string, number>) => (driver: GateDriver) => {
  for (let orderId = 1; orderId <= count; orderId++) driver.order({ orderId, ...fields })
}

/** At least one for every control: what the smallest breach gives, and that what lies on the limit passes. */
export const GATE_CASES: readonly GateCase[] = [
  {
    reason: RejectReason.KillSwitch,
    allowed: order({}),
    refused: (driver) => {
      driver.command({ code: CommandCode.Kill })
      return driver.order({ orderId: 2 })
    },
  },
  {
    reason: RejectReason.LossLimit,
    limits: { lossMax: 500 },
    before: (driver) => {
      driver.order({ orderId: 1, quantity: 500 })
      driver.fill(1, 500, 0)
      driver.quote(1, PRICE - 10_000, PRICE - 10_000)
    },
    allowed: order({ orderId: 2 }),
    refused: (driver) => {
      driver.quote(1, PRICE - 10_001, PRICE - 10_001)
      return driver.order({ orderId: 3 })
    },
    measured: [500.05, 500],
  },
  {
    reason: RejectReason.StrategyKilled,
    before: (driver) => driver.command({ code: CommandCode.Kill, source: 2 }),
    allowed: order({ source: 1 }),
    refused: order({ source: 2 }),
  },
  {
    reason: RejectReason.RepeatedExecution,
    limits: { executionsMax: 3, executionWindowMs: 1000 },
    before: (driver) => {
      driver.order({ orderId: 1 })
      for (let leaves = 99; leaves > 96; leaves--) driver.fill(1, 1, leaves)
    },
    allowed: order({ orderId: 2 }),
    refused: (driver) => {
      driver.fill(1, 1, 96)
      return driver.order({ orderId: 3 })
    },
    measured: [4, 3],
  },
  { reason: RejectReason.InvalidOrder, allowed: order({ quantity: 1 }), refused: order({ orderId: 2, quantity: 0 }) },
  { reason: RejectReason.InvalidOrder, allowed: order({ price: 1 }), refused: order({ orderId: 2, price: 0 }) },
  { reason: RejectReason.InvalidOrder, allowed: order({}), refused: order({ orderId: 2, instrument: 0 }) },
  {
    reason: RejectReason.InstrumentKilled,
    before: (driver) => driver.command({ code: CommandCode.Kill, symbol: 'YARN' }),
    allowed: order({}),
    refused: order({ instrument: 2 }),
  },
  {
    reason: RejectReason.Restricted,
    limits: { symbols: { YARN: { restricted: true } } },
    allowed: order({}),
    refused: order({ instrument: 2 }),
  },
  {
    reason: RejectReason.Restricted,
    before: (driver) => driver.observe(RecordType.TradingTerms, { instrument: 2, restricted: 1 }),
    allowed: order({}),
    refused: order({ instrument: 2 }),
  },
  {
    reason: RejectReason.OffTick,
    before: (driver) => driver.observe(RecordType.TradingTerms, { tickSize: 100, lot: 100 }),
    allowed: order({ price: PRICE + 100 }),
    refused: order({ orderId: 2, price: PRICE + 30 }),
    measured: [PRICE + 30, 100],
  },
  {
    reason: RejectReason.OddLot,
    before: (driver) => driver.observe(RecordType.TradingTerms, { tickSize: 100, lot: 100 }),
    allowed: order({ orderType: OrderType.Market, price: PRICE + 33 }),
    refused: order({ orderId: 2, quantity: 150 }),
    measured: [150, 100],
  },
  {
    reason: RejectReason.TradingHours,
    limits: { opensNs: 100, closesNs: 200 },
    allowed: (driver) => driver.at(100).order(),
    refused: (driver) => driver.at(200).order({ orderId: 2 }),
    measured: [200, 200],
  },
  {
    reason: RejectReason.TradingHours,
    limits: { opensNs: 100, closesNs: 200 },
    allowed: (driver) => driver.at(199).order(),
    refused: (driver) => driver.at(99).order({ orderId: 2 }),
    measured: [99, 100],
  },
  {
    reason: RejectReason.StaleBook,
    before: (driver) => driver.observe(RecordType.Stale, { instrument: 2, reason: StaleReason.SequenceGap }),
    allowed: order({}),
    refused: order({ instrument: 2 }),
  },
  {
    reason: RejectReason.DecisionAge,
    limits: { decisionAgeMsMax: 50 },
    before: (driver) => driver.at(second),
    allowed: order({ time: second - 50e6 }),
    refused: order({ orderId: 2, time: second - 51e6 }),
    measured: [51, 50],
  },
  {
    reason: RejectReason.MessageRate,
    limits: { messagesPerSecondMax: 10, messagesBurstMax: 4 },
    before: many(3, {}),
    allowed: order({ orderId: 4 }),
    refused: order({ orderId: 5 }),
    measured: [5, 4],
  },
  {
    reason: RejectReason.MessageRate,
    limits: { messagesPerSecondMax: 10, messagesBurstMax: 4 },
    before: many(4, {}),
    allowed: (driver) => driver.at(0.1 * second).order({ orderId: 5 }),
    refused: (driver) => driver.at(0.1 * second).order({ orderId: 6 }),
    measured: [5, 4],
  },
  {
    reason: RejectReason.OrderToTrade,
    limits: { orderToTradeMax: 5, orderToTradeFrom: 4 },
    before: many(4, {}),
    allowed: order({ orderId: 5 }),
    refused: order({ orderId: 6 }),
    measured: [6, 5],
  },
  {
    reason: RejectReason.MaxQuantity,
    limits: { maxQuantity: 500 },
    allowed: order({ quantity: 500 }),
    refused: order({ orderId: 2, quantity: 501 }),
    measured: [501, 500],
  },
  {
    reason: RejectReason.NoReferencePrice,
    before: (driver) => driver.observe(RecordType.BookClear, { instrument: 0 }),
    allowed: (driver) => {
      driver.quote(1, PRICE, 0)
      return driver.order()
    },
    refused: order({ instrument: 2 }),
  },
  {
    reason: RejectReason.MaxValue,
    limits: { maxValue: 20_000 },
    allowed: order({ quantity: 400 }),
    refused: order({ orderId: 2, quantity: 401 }),
    measured: [20_050, 20_000],
  },
  {
    reason: RejectReason.MaxValue,
    limits: { maxValue: 20_000 },
    allowed: order({ quantity: 400, orderType: OrderType.Market, price: 0 }),
    refused: order({ orderId: 2, quantity: 401, orderType: OrderType.Market, price: 0 }),
    measured: [20_050, 20_000],
  },
  {
    reason: RejectReason.PriceCollar,
    limits: { priceCollarBps: 100 },
    allowed: order({ price: 505_000 }),
    refused: order({ orderId: 2, price: 505_001 }),
    measured: [100.02, 100],
  },
  {
    reason: RejectReason.PriceCollar,
    limits: { priceCollarBps: 100 },
    allowed: sell({ price: 495_000 }),
    refused: sell({ orderId: 2, price: 494_999 }),
    measured: [100.02, 100],
  },
  {
    reason: RejectReason.WindowCollar,
    limits: { windowCollarBps: 200, windowMs: 1000 },
    before: (driver) => {
      driver.at(1.5 * second).quote(1, 510_000, 510_000)
      driver.at(1.9 * second).quote(1, 520_000, 520_000)
    },
    allowed: order({ price: 510_000 }),
    refused: order({ orderId: 2, price: 510_001 }),
    measured: [200.02, 200],
  },
  {
    reason: RejectReason.PriceBand,
    before: (driver) => {
      const band = { kind: PriceBandKind.LimitUpDown, lowerPrice: 475_000, upperPrice: 525_000 }
      driver.observe(RecordType.PriceBand, band)
    },
    allowed: order({ price: 525_000 }),
    refused: order({ orderId: 2, price: 525_001 }),
    measured: [525_001, 525_000],
  },
  {
    reason: RejectReason.PriceBand,
    before: (driver) => {
      driver.observe(RecordType.PriceBand, { kind: PriceBandKind.PriceLimits, lowerPrice: 475_000, upperPrice: 0 })
    },
    allowed: sell({ price: 475_000 }),
    refused: sell({ orderId: 2, price: 474_999 }),
    measured: [474_999, 475_000],
  },
  {
    reason: RejectReason.DuplicateOrder,
    limits: { duplicatesMax: 3, duplicateWindowMs: 1000 },
    before: many(2, {}),
    allowed: order({ orderId: 3 }),
    refused: order({ orderId: 4 }),
    measured: [4, 3],
  },
  {
    reason: RejectReason.PositionLimit,
    limits: { longPositionMax: 1000 },
    before: (driver) => {
      driver.order({ orderId: 1, quantity: 500 })
      driver.fill(1, 500, 0)
      driver.order({ orderId: 2, quantity: 400 })
    },
    allowed: order({ orderId: 3, quantity: 100 }),
    refused: order({ orderId: 4, quantity: 1 }),
    measured: [1001, 1000],
  },
  {
    reason: RejectReason.PositionLimit,
    limits: { shortPositionMax: 300 },
    before: (driver) => {
      driver.order({ orderId: 1, quantity: 500 })
      driver.fill(1, 500, 0)
    },
    allowed: sell({ orderId: 2, quantity: 800 }),
    refused: sell({ orderId: 3, quantity: 1 }),
    measured: [301, 300],
  },
  {
    reason: RejectReason.ShortSalePrice,
    before: (driver) => {
      const rule201 = { kind: StatisticKind.ShortSale, value: ShortSaleState.Restricted }
      driver.observe(RecordType.Statistic, rule201)
    },
    allowed: sell({ price: PRICE - 99 }),
    refused: sell({ orderId: 2, price: PRICE - 100 }),
    measured: [PRICE - 100, PRICE - 100],
  },
  {
    reason: RejectReason.NoLocate,
    limits: { requireLocates: true, symbols: { XAMP: { located: 300 } } },
    before: sell({ orderId: 1, quantity: 200 }),
    allowed: sell({ orderId: 2, quantity: 100 }),
    refused: sell({ orderId: 3, quantity: 1 }),
    measured: [301, 300],
  },
  {
    reason: RejectReason.InstrumentGross,
    limits: { instrumentGrossMax: 10_000 },
    before: order({ orderId: 1, quantity: 100 }),
    allowed: sell({ orderId: 2, quantity: 100 }),
    refused: sell({ orderId: 3, quantity: 1 }),
    measured: [10_050, 10_000],
  },
  {
    reason: RejectReason.InstrumentNet,
    limits: { instrumentNetMax: 10_000 },
    before: (driver) => {
      driver.order({ orderId: 1, quantity: 100 })
      driver.order({ orderId: 2, quantity: 100, side: Side.Sell })
    },
    allowed: order({ orderId: 3, quantity: 100 }),
    refused: order({ orderId: 4, quantity: 1 }),
    measured: [10_050, 10_000],
  },
  {
    reason: RejectReason.FirmGross,
    limits: { grossMax: 10_000 },
    before: order({ orderId: 1, quantity: 100 }),
    allowed: order({ orderId: 2, instrument: 2, price: 200_000, quantity: 250 }),
    refused: order({ orderId: 3, instrument: 2, price: 200_000, quantity: 1 }),
    measured: [10_020, 10_000],
  },
  {
    reason: RejectReason.FirmNet,
    limits: { netMax: 6_000 },
    before: (driver) => {
      driver.order({ orderId: 1, quantity: 100 })
      driver.order({ orderId: 2, quantity: 100, side: Side.Sell })
    },
    allowed: order({ orderId: 3, instrument: 2, price: 200_000, quantity: 50 }),
    refused: order({ orderId: 4, instrument: 2, price: 200_000, quantity: 1 }),
    measured: [6_020, 6_000],
  },
  {
    reason: RejectReason.Credit,
    limits: { creditMax: 15_000 },
    before: (driver) => {
      driver.order({ orderId: 1, quantity: 100 })
      driver.fill(1, 100, 0)
      driver.order({ orderId: 2, quantity: 100, side: Side.Sell })
      driver.fill(2, 100, 0)
    },
    allowed: order({ orderId: 3, quantity: 100 }),
    refused: order({ orderId: 4, quantity: 1 }),
    measured: [15_050, 15_000],
  },
  {
    reason: RejectReason.SelfMatch,
    limits: { selfMatch: 'cancelNewest' },
    before: sell({ orderId: 1, price: PRICE + 100 }),
    allowed: order({ orderId: 2, price: PRICE + 99, source: 2 }),
    refused: order({ orderId: 3, price: PRICE + 100, source: 2 }),
    measured: [PRICE + 100, PRICE + 100],
  },
  {
    reason: RejectReason.DuplicateOrderId,
    before: order({ orderId: 1 }),
    allowed: order({ orderId: 2 }),
    refused: order({ orderId: 1 }),
  },
  {
    reason: RejectReason.UnknownOrder,
    before: order({ orderId: 1 }),
    allowed: (driver) => driver.replace({ orderId: 1, newOrderId: 2 }),
    refused: (driver) => driver.replace({ orderId: 99, newOrderId: 3 }),
  },
  {
    reason: RejectReason.OpenOrderLimit,
    limits: { openOrdersMax: 4 },
    before: many(3, { quantity: 1 }),
    allowed: order({ orderId: 4 }),
    refused: order({ orderId: 5 }),
    measured: [5, 4],
  },
]
