import { RejectReason, Side } from '../../records/catalogue.ts'
import { Held, Total } from './exposure.ts'
import { type GateState, Verdict } from './gate-state.ts'
import { Limit } from './limit.ts'
import { MarketSlot, VALUE_UNITS } from './market-table.ts'
import type { OrderFacts } from './order-facts.ts'
import { RateFact } from './order-rates.ts'

/**
 * What one order to be must pass, control after control in the order of `CONTROLS`. Nothing here moves the gate's state but
 * the memory of alike orders.
 */
export class PreTradeControls {
  readonly #state: GateState
  /** The order at hand. */
  readonly #order: OrderFacts
  readonly #values: Float64Array
  /** First index of the instrument's limits, of its prices, of what is held. */
  #row = 0
  #at = 0
  #held = 0
  /** In value units. */
  readonly #sum = new Float64Array(1)

  constructor(state: GateState, order: OrderFacts) {
    this.#state = state
    this.#order = order
    this.#values = state.table.values
  }

  /** @returns 0, or the first reason to refuse, with value and threshold in the state's verdict */
  check(): number {
    const stop = this.#checkStops()
    if (stop !== 0) return stop
    this.#row = this.#state.table.rowOf(this.#order.instrument)
    this.#at = this.#state.market.at(this.#order.instrument)
    this.#held = this.#state.exposure.at(this.#order.instrument)
    const moment = this.#checkMoment()
    if (moment !== 0) return moment
    const size = this.#checkSizeAndPrice()
    if (size !== 0) return size
    const position = this.#checkPosition()
    return position !== 0 ? position : this.#checkValues()
  }

  #refuse(reason: RejectReason, value: number, threshold: number): number {
    this.#state.verdict[Verdict.Value] = value
    this.#state.verdict[Verdict.Threshold] = threshold
    return reason
  }

  /** What is stopped, what makes no sense, what is never traded. */
  #checkStops(): number {
    const state = this.#state
    const order = this.#order
    if (state.stopped === RejectReason.LossLimit) {
      return this.#refuse(state.stopped, -state.profit / VALUE_UNITS, this.#values[Limit.LossMax]!)
    }
    if (state.stopped !== 0) return state.fail(state.stopped)
    const stop = state.strategyStopped[order.strategy]!
    if (stop === RejectReason.RepeatedExecution) {
      return this.#refuse(stop, state.rates.executionsOf(order.strategy), this.#values[Limit.ExecutionsMax]!)
    }
    if (stop !== 0) return state.fail(stop)
    const hasInstrument = order.instrument > 0 && order.instrument <= state.instrumentsMax
    const hasPrice = order.isMarket || order.price[0]! > 0
    if (!hasInstrument || !hasPrice || !(order.quantity[0]! > 0)) return state.fail(RejectReason.InvalidOrder)
    if (state.isInstrumentStopped[order.instrument] === 1) return state.fail(RejectReason.InstrumentKilled)
    return state.restrictions[order.instrument] === 0 ? 0 : state.fail(RejectReason.Restricted)
  }

  /** Whether now is a time to trade at all, and not too often. */
  #checkMoment(): number {
    const { limits, nowNs, isStale, rates } = this.#state
    const now = nowNs[0]!
    if (now < limits.opensNs) return this.#refuse(RejectReason.TradingHours, now, limits.opensNs)
    if (now >= limits.closesNs) return this.#refuse(RejectReason.TradingHours, now, limits.closesNs)
    if (isStale[this.#order.instrument] !== 0) return this.#state.fail(RejectReason.StaleBook)
    const terms = this.#checkTerms()
    if (terms !== 0) return terms
    const ageMs = (now - this.#order.causeNs[0]!) / 1e6
    const ageMsMax = this.#values[Limit.DecisionAgeMsMax]!
    if (ageMs > ageMsMax) return this.#refuse(RejectReason.DecisionAge, ageMs, ageMsMax)
    if (rates.isTooFast(nowNs)) {
      return this.#refuse(RejectReason.MessageRate, rates.facts[RateFact.Value]!, this.#values[Limit.MessagesBurstMax]!)
    }
    if (!rates.isIdleTalk(this.#order.strategy)) return 0
    return this.#refuse(RejectReason.OrderToTrade, rates.facts[RateFact.Value]!, this.#values[Limit.OrderToTradeMax]!)
  }

  /** Tick and lot of the start-of-day file; 0 where it says nothing. */
  #checkTerms(): number {
    const { isMarket, price, quantity } = this.#order
    const prices = this.#state.market.values
    const tick = prices[this.#at + MarketSlot.Tick]!
    if (tick > 0 && !isMarket && price[0]! % tick !== 0) return this.#refuse(RejectReason.OffTick, price[0]!, tick)
    const lot = prices[this.#at + MarketSlot.Lot]!
    return lot > 0 && quantity[0]! % lot !== 0 ? this.#refuse(RejectReason.OddLot, quantity[0]!, lot) : 0
  }

  #checkSizeAndPrice(): number {
    const order = this.#order
    const prices = this.#state.market.values
    const quantity = order.quantity[0]!
    const maxQuantity = this.#values[this.#row + Limit.MaxQuantity]!
    if (quantity > maxQuantity) return this.#refuse(RejectReason.MaxQuantity, quantity, maxQuantity)
    const reference = prices[this.#at + MarketSlot.Reference]!
    if (!(reference > 0)) return this.#state.fail(RejectReason.NoReferencePrice)
    const price = order.isMarket ? reference : order.price[0]!
    order.value[0] = Math.round(price * quantity * prices[this.#at + MarketSlot.Scale]!)
    const maxValue = this.#values[this.#row + Limit.MaxValue]!
    if (order.value[0]! > maxValue * VALUE_UNITS) {
      return this.#refuse(RejectReason.MaxValue, order.value[0]! / VALUE_UNITS, maxValue)
    }
    const priced = order.isMarket ? 0 : this.#checkPrice(reference)
    if (priced !== 0) return priced
    if (
      !this.#state.rates.isRepeated(order.strategy, this.#bookSide(), order.price, order.quantity, this.#state.nowNs)
    ) {
      return 0
    }
    const { facts } = this.#state.rates
    return this.#refuse(RejectReason.DuplicateOrder, facts[RateFact.Value]!, this.#values[Limit.DuplicatesMax]!)
  }

  #bookSide(): number {
    return (this.#order.instrument << 1) | this.#order.side
  }

  #checkPrice(reference: number): number {
    const price = this.#order.price[0]!
    const isBuy = this.#order.side === Side.Buy
    const away = ((price < reference ? reference - price : price - reference) / reference) * 10_000
    const collar = this.#values[this.#row + Limit.PriceCollarBps]!
    if (away > collar) return this.#refuse(RejectReason.PriceCollar, away, collar)
    const { market, nowNs, limits } = this.#state
    market.roll(this.#at, nowNs)
    const { values } = market
    const first = values[this.#at + (isBuy ? MarketSlot.WindowLow : MarketSlot.WindowHigh)]!
    const second = values[this.#at + (isBuy ? MarketSlot.EarlierLow : MarketSlot.EarlierHigh)]!
    // In a first window nothing came earlier.
    const isFirst = !(second > 0)
    const start = isFirst || (isBuy ? first < second : first > second) ? first : second
    const moved = ((isBuy ? price - start : start - price) / start) * 10_000
    const windowCollar = this.#values[this.#row + Limit.WindowCollarBps]!
    if (moved > windowCollar) return this.#refuse(RejectReason.WindowCollar, moved, windowCollar)
    if (!limits.priceBands) return 0
    const band = values[this.#at + (isBuy ? MarketSlot.UpperBand : MarketSlot.LowerBand)]!
    const isOutside = band > 0 && (isBuy ? price > band : price < band)
    return isOutside ? this.#refuse(RejectReason.PriceBand, price, band) : 0
  }

  /** Positions if everything open on the order's side filled; what a short sale needs. */
  #checkPosition(): number {
    const { exposure, limits, located, isShortSaleRestricted, market } = this.#state
    const { instrument, side, isMarket, price, quantity } = this.#order
    const position = exposure.cells[this.#held + Held.Position]!
    if (side === Side.Buy) {
      const long = position + exposure.cells[this.#held + Held.OpenBuy]! + quantity[0]!
      const longMax = this.#values[this.#row + Limit.LongPositionMax]!
      return long > longMax ? this.#refuse(RejectReason.PositionLimit, long, longMax) : 0
    }
    const short = exposure.cells[this.#held + Held.OpenSell]! + quantity[0]! - position
    const shortMax = this.#values[this.#row + Limit.ShortPositionMax]!
    if (short > shortMax) return this.#refuse(RejectReason.PositionLimit, short, shortMax)
    if (short <= 0) return 0
    this.#order.isShort = true
    if (limits.shortSaleRule && isShortSaleRestricted[instrument] === 1) {
      const bid = market.values[this.#at + MarketSlot.BidPrice]!
      const asked = isMarket ? 0 : price[0]!
      if (asked <= bid) return this.#refuse(RejectReason.ShortSalePrice, asked, bid)
    }
    const hasLocate = !limits.requireLocates || short <= located[instrument]!
    return hasLocate ? 0 : this.#refuse(RejectReason.NoLocate, short, located[instrument]!)
  }

  /** Values of the instrument and of all; an order that only takes a position back is free of the gross limits. */
  #checkValues(): number {
    const { exposure } = this.#state
    const { side } = this.#order
    const { totals } = exposure
    const value = this.#order.value[0]!
    const isBuy = side === Side.Buy
    const open =
      exposure.cells[this.#held + Held.OpenBuyValue]! + exposure.cells[this.#held + Held.OpenSellValue]! + value
    const held = exposure.cells[this.#held + Held.PositionValue]!
    if (!this.#isReduction()) {
      const gross = (held < 0 ? -held : held) + open
      this.#sum[0] = gross
      const grossReason = this.#compare(RejectReason.InstrumentGross, this.#row + Limit.InstrumentGrossMax)
      if (grossReason !== 0) return grossReason
      const all = totals[Total.PositionsGross]! + totals[Total.OpenBuy]! + totals[Total.OpenSell]! + value
      this.#sum[0] = all
      const allReason = this.#compare(RejectReason.FirmGross, Limit.GrossMax)
      if (allReason !== 0) return allReason
    }
    const net = isBuy
      ? held + exposure.cells[this.#held + Held.OpenBuyValue]!
      : exposure.cells[this.#held + Held.OpenSellValue]! - held
    this.#sum[0] = net + value
    const netReason = this.#compare(RejectReason.InstrumentNet, this.#row + Limit.InstrumentNetMax)
    if (netReason !== 0) return netReason
    const positions = totals[Total.Positions]!
    const netAll = isBuy ? positions + totals[Total.OpenBuy]! : totals[Total.OpenSell]! - positions
    this.#sum[0] = netAll + value
    const netAllReason = this.#compare(RejectReason.FirmNet, Limit.NetMax)
    if (netAllReason !== 0) return netAllReason
    const credit = totals[Total.Traded]! + totals[Total.OpenBuy]! + totals[Total.OpenSell]! + value
    this.#sum[0] = credit
    return this.#compare(RejectReason.Credit, Limit.CreditMax)
  }

  /** Compares the sum at hand: a double as an argument would be boxed. */
  #compare(reason: RejectReason, limitAt: number): number {
    const value = this.#sum[0]!
    const limit = this.#values[limitAt]!
    return value > limit * VALUE_UNITS ? this.#refuse(reason, value / VALUE_UNITS, limit) : 0
  }

  #isReduction(): boolean {
    const { exposure } = this.#state
    const { side, quantity } = this.#order
    const position = exposure.cells[this.#held + Held.Position]!
    if (side === Side.Buy) return exposure.cells[this.#held + Held.OpenBuy]! + quantity[0]! <= -position
    return exposure.cells[this.#held + Held.OpenSell]! + quantity[0]! <= position
  }
}
