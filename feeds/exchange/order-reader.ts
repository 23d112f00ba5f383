import { OrderInput, RejectReason } from '../matching/engine-codes.ts'
import { LIMIT_PRICE_MAX, ORDER_QUANTITY_MAX, OrderFlag } from '../matching/order-cell.ts'
import { CrossType, OuchSide, TimeInForce42, TimeInForce50 } from '../ouch/codes.ts'
import { OuchField } from '../ouch/message.ts'
import { OrderTerms } from '../ouch/order-terms.ts'
import { OuchVersion } from '../ouch/versions.ts'
import type { PortOrder } from './ouch-user.ts'

const CROSS_FLAGS = new Map<number, number>([
  [CrossType.None, 0],
  [CrossType.Opening, OrderFlag.OpeningCross],
  [CrossType.Closing, OrderFlag.ClosingCross],
  [CrossType.HaltOrOffering, OrderFlag.HaltCross],
])

/** What OUCH asks for, as the engine's input. */
export class OrderReader {
  /** Terms of the order that was read last. */
  readonly terms = new OrderTerms()
  private readonly input: Int32Array

  /** @param input of the engine, by `OrderInput` */
  constructor(input: Int32Array) {
    this.input = input
  }

  /** Brings an order's message into the engine's input. @returns why it cannot be, or `None` */
  read(order: PortOrder, instrument: number): RejectReason {
    const { user, entered } = order
    const { numbers } = entered
    const { terms, input } = this
    terms.read(entered, user.options.version)
    const cross = CROSS_FLAGS.get(terms.crossType)
    if (cross === undefined) return RejectReason.NotInThisCross
    const price = numbers[OuchField.Price]!
    if (!terms.isMarket && price > LIMIT_PRICE_MAX) return RejectReason.InvalidPrice
    if (numbers[OuchField.Shares]! > ORDER_QUANTITY_MAX) return RejectReason.InvalidShares
    if (terms.minimumShares > ORDER_QUANTITY_MAX) return RejectReason.InvalidMinimum
    input[OrderInput.Instrument] = instrument
    input[OrderInput.Side] = numbers[OuchField.Side] === OuchSide.Buy ? 0 : 1
    input[OrderInput.Price] = terms.isMarket ? 0 : price
    input[OrderInput.Quantity] = numbers[OuchField.Shares]!
    input[OrderInput.MinimumQuantity] = terms.minimumShares
    input[OrderInput.Account] = user.options.account
    input[OrderInput.Tag] = order.tag
    input[OrderInput.Flags] =
      cross |
      (terms.isHidden ? OrderFlag.Hidden : 0) |
      (terms.isPostOnly ? OrderFlag.PostOnly : 0) |
      (terms.isMidpointPeg ? OrderFlag.MidpointPeg : 0) |
      // An order for a cross says so by its cross: its time in force is whatever the client's habit is.
      (terms.isImmediate && cross === 0 ? OrderFlag.ImmediateOrCancel : 0) |
      (terms.isMarket ? OrderFlag.Market : 0) |
      (terms.isAttributable ? OrderFlag.Attributed : 0) |
      (this.isForMarketHours(order) ? OrderFlag.MarketHours : 0)
    return RejectReason.None
  }

  private isForMarketHours(order: PortOrder): boolean {
    const time = order.entered.numbers[OuchField.TimeInForce]!
    if (order.user.options.version === OuchVersion.V42) return time === TimeInForce42.MarketHours
    return time === TimeInForce50.Day
  }
}
