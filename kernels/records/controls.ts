import { RejectReason } from './catalogue.ts'

/** One control of the gate: the reason that its rejects carry, what it measures, and the rules that ask for it. */
export interface Control {
  readonly reason: RejectReason
  /** What `Rejected.Value` and `Rejected.Threshold` count; empty where there is nothing to count. */
  readonly unit: string
  /** Setting of the threshold, under `gate`. */
  readonly setting: string
  readonly about: string
  /** Articles as written: the market access rule of the SEC, MiFID II's RTS 6 (2017/589). */
  readonly rules: readonly string[]
}

const CREDIT = 'SEC 15c3-5(c)(1)(i)'
const ERRONEOUS = 'SEC 15c3-5(c)(1)(ii)'
const COMPLIANCE = 'SEC 15c3-5(c)(2)(i)'
const RESTRICTED = 'SEC 15c3-5(c)(2)(ii)'
const COLLARS = 'RTS 6 art. 15(1)(a)'
const ORDER_VALUE = 'RTS 6 art. 15(1)(b)'
const ORDER_VOLUME = 'RTS 6 art. 15(1)(c)'
const MESSAGES = 'RTS 6 art. 15(1)(d)'
const THROTTLE = 'RTS 6 art. 15(3)'
const EXPOSURE = 'RTS 6 art. 15(4)'
const KILL = 'RTS 6 art. 12'
const SELF_TRADE = 'FINRA 5210.02'

function control(
  reason: RejectReason,
  unit: string,
  setting: string,
  about: string,
  rules: readonly string[] = [],
): Control {
  return { reason, unit, setting, about, rules }
}

/** All controls, in the order in which the gate asks them: the first that refuses is the one that is reported. */
export const CONTROLS: readonly Control[] = [
  control(RejectReason.KillSwitch, '', 'killed', 'all is stopped', [ERRONEOUS, KILL]),
  control(RejectReason.LossLimit, 'currency', 'lossMax', "the session's loss, realised and not", [CREDIT, KILL]),
  control(RejectReason.StrategyKilled, '', '', 'the strategy is stopped', [KILL]),
  control(RejectReason.RepeatedExecution, 'executions', 'executionsMax', 'executions of a strategy in a moment', [
    THROTTLE,
  ]),
  control(RejectReason.InvalidOrder, '', '', 'an order that makes no sense', [ERRONEOUS]),
  control(RejectReason.InstrumentKilled, '', '', 'the instrument is stopped', [KILL]),
  control(RejectReason.Restricted, '', 'symbols', 'the instrument is on the restricted list', [RESTRICTED]),
  control(RejectReason.TradingHours, 'ns since midnight', 'opens, closes', 'outside trading hours', [COMPLIANCE]),
  control(RejectReason.StaleBook, '', '', "changes of the instrument's book are missing", [ERRONEOUS]),
  control(RejectReason.OffTick, 'price', '', "the price is no multiple of the start-of-day file's tick", [COMPLIANCE]),
  control(RejectReason.OddLot, 'quantity', '', "the quantity is no multiple of the start-of-day file's lot", [
    COMPLIANCE,
  ]),
  control(RejectReason.DecisionAge, 'ms', 'decisionAgeMsMax', 'a decision on old prices', [ERRONEOUS]),
  control(RejectReason.MessageRate, 'requests', 'messagesPerSecondMax, messagesBurstMax', 'requests to the venue', [
    MESSAGES,
  ]),
  control(RejectReason.OrderToTrade, 'requests for an execution', 'orderToTradeMax', 'requests that come to nothing', [
    MESSAGES,
  ]),
  control(RejectReason.MaxQuantity, 'quantity', 'maxQuantity', 'quantity of one order', [ERRONEOUS, ORDER_VOLUME]),
  control(RejectReason.NoReferencePrice, '', '', 'nothing to judge a price by', [ERRONEOUS, COLLARS]),
  control(RejectReason.MaxValue, 'currency', 'maxValue', 'value of one order', [ERRONEOUS, ORDER_VALUE]),
  control(RejectReason.PriceCollar, 'bps', 'priceCollarBps', 'distance from the reference price', [ERRONEOUS, COLLARS]),
  control(RejectReason.WindowCollar, 'bps', 'windowCollarBps', 'distance from where prices were a moment ago', [
    ERRONEOUS,
    COLLARS,
  ]),
  control(RejectReason.PriceBand, 'price', 'priceBands', 'outside limit up, limit down', [COMPLIANCE]),
  control(RejectReason.DuplicateOrder, 'orders', 'duplicatesMax', 'the same order again and again', [
    ERRONEOUS,
    THROTTLE,
  ]),
  control(RejectReason.PositionLimit, 'quantity', 'longPositionMax, shortPositionMax', 'position if all open filled', [
    EXPOSURE,
  ]),
  control(RejectReason.ShortSalePrice, 'price', 'shortSaleRule', 'a short sale at or below the best bid', [
    COMPLIANCE,
    'SEC 242.201',
  ]),
  control(RejectReason.NoLocate, 'quantity', 'requireLocates, symbols', 'more short than located', [
    COMPLIANCE,
    'SEC 242.203(b)(1)',
  ]),
  control(RejectReason.InstrumentGross, 'currency', 'instrumentGrossMax', 'value of an instrument, both sides', [
    CREDIT,
    EXPOSURE,
  ]),
  control(RejectReason.InstrumentNet, 'currency', 'instrumentNetMax', 'value of an instrument, the worse side', [
    CREDIT,
    EXPOSURE,
  ]),
  control(RejectReason.FirmGross, 'currency', 'grossMax', 'value of all instruments, both sides', [CREDIT, EXPOSURE]),
  control(RejectReason.FirmNet, 'currency', 'netMax', 'value of all instruments, the worse side', [CREDIT, EXPOSURE]),
  control(RejectReason.Credit, 'currency', 'creditMax', 'value traded and open', [CREDIT]),
  control(RejectReason.SelfMatch, 'price', 'selfMatch', 'it could trade with an order of our own', [SELF_TRADE]),
  control(RejectReason.DuplicateOrderId, '', '', 'an id that is in use', [ERRONEOUS]),
  control(RejectReason.UnknownOrder, '', '', 'a replacement of nothing', [ERRONEOUS]),
  control(RejectReason.OpenOrderLimit, 'orders', 'openOrdersMax', 'orders open at once', [CREDIT, MESSAGES]),
]

/** The control behind a reject, or undefined where the venue refused. */
export function findControl(reason: number): Control | undefined {
  return CONTROLS.find((entry) => entry.reason === reason)
}
