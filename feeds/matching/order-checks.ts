import { Auction } from './auction.ts'
import { type MatchListener, OrderInput, RejectReason, TradingState } from './engine-codes.ts'
import type { EngineLimits } from './match-book.ts'
import { LIMIT_PRICE_MAX, ORDER_QUANTITY_MAX, OrderFlag } from './order-cell.ts'

const DOLLAR = 10_000
const CENT = 100

/** Least step of a displayed price: a cent from a dollar on, a hundredth of one below. Source: Regulation NMS, rule 612. */
export function tickAt(price: number): number {
  return price < DOLLAR ? 1 : CENT
}

/** What an order is checked against before it is accepted. */
export abstract class OrderChecks extends Auction {
  /** The order at hand, by `OrderInput`. */
  readonly order = new Int32Array(OrderInput.Words)
  /** `TradingState` by instrument; instruments begin closed. */
  readonly states: Uint8Array
  /** By instrument: bits of the opening and closing crosses that are over. */
  protected readonly crossesDone: Uint8Array

  constructor(limits: EngineLimits, listener: MatchListener) {
    super(limits, listener)
    this.states = new Uint8Array(limits.instrumentsMax + 1).fill(TradingState.Closed)
    this.crossesDone = new Uint8Array(limits.instrumentsMax + 1)
  }

  /** Whether an instrument takes orders at all. */
  takesOrders(instrument: number): boolean {
    return this.states[instrument] === TradingState.Trading || this.states[instrument] === TradingState.Quoting
  }

  /** Why the order in `order` is not accepted, or `None`. */
  protected checkOrder(): RejectReason {
    const { order } = this
    const instrument = order[OrderInput.Instrument]!
    if (instrument < 1 || instrument > this.instrumentsOfEngine) return RejectReason.InvalidStock
    const state = this.states[instrument]!
    if (state === TradingState.Closed) return RejectReason.Closed
    if (state === TradingState.Halted) return RejectReason.Halted
    const quantity = order[OrderInput.Quantity]!
    if (quantity < 1 || quantity > ORDER_QUANTITY_MAX) return RejectReason.InvalidShares
    const flags = order[OrderInput.Flags]!
    const price = order[OrderInput.Price]!
    const isMarket = (flags & OrderFlag.Market) !== 0
    if (!isMarket && (price < 1 || price > LIMIT_PRICE_MAX)) return RejectReason.InvalidPrice
    const isDisplayed = (flags & (OrderFlag.Hidden | OrderFlag.OffBook | OrderFlag.Market)) === 0
    if (isDisplayed && price % tickAt(price) !== 0) return RejectReason.InvalidPrice
    if ((flags & (OrderFlag.AnyCross | OrderFlag.PostOnly | OrderFlag.MidpointPeg)) !== 0) {
      const reason = this.checkKind(instrument, flags)
      if (reason !== RejectReason.None) return reason
    }
    return order[OrderInput.MinimumQuantity] === 0 ? RejectReason.None : this.checkMinimum(flags, quantity)
  }

  private checkKind(instrument: number, flags: number): RejectReason {
    const cross = flags & OrderFlag.AnyCross
    const isImmediate = (flags & OrderFlag.ImmediateOrCancel) !== 0
    if (cross !== 0) {
      if ((cross & (cross - 1)) !== 0 || isImmediate) return RejectReason.NotInThisCross
      if ((flags & (OrderFlag.PostOnly | OrderFlag.MidpointPeg)) !== 0) return RejectReason.InvalidDisplay
      if ((this.crossesDone[instrument]! & cross) !== 0) return RejectReason.NotInThisCross
      const isForHalt = cross === OrderFlag.HaltCross
      return isForHalt && this.states[instrument] !== TradingState.Quoting
        ? RejectReason.NotInThisCross
        : RejectReason.None
    }
    if ((flags & OrderFlag.Market) !== 0) return RejectReason.InvalidPrice
    const isPost = (flags & OrderFlag.PostOnly) !== 0
    const isSecret = (flags & (OrderFlag.Hidden | OrderFlag.MidpointPeg)) !== 0
    return isPost && (isSecret || isImmediate) ? RejectReason.InvalidDisplay : RejectReason.None
  }

  /** A minimum needs an order that is immediate, or hidden while it rests. */
  private checkMinimum(flags: number, quantity: number): RejectReason {
    const minimum = this.order[OrderInput.MinimumQuantity]!
    if (minimum < 0 || minimum > quantity || (flags & OrderFlag.AnyCross) !== 0) return RejectReason.InvalidMinimum
    const mayHave = OrderFlag.Hidden | OrderFlag.MidpointPeg | OrderFlag.ImmediateOrCancel
    return (flags & mayHave) === 0 ? RejectReason.InvalidMinimum : RejectReason.None
  }

  private get instrumentsOfEngine(): number {
    return this.engineLimits.instrumentsMax
  }
}
