import { MARKET_PRICE, ORDER_SHARES_END, OuchSide } from '../../../feeds/ouch/codes.ts'
import { OUCH_SYMBOL_BYTES, OuchField, type OuchMessage, OuchText } from '../../../feeds/ouch/message.ts'
import { OptionTag } from '../../../feeds/ouch/option-layout.ts'
import { OrderTerms } from '../../../feeds/ouch/order-terms.ts'
import { Request42 } from '../../../feeds/ouch/request-layout-42.ts'
import { OuchVersion } from '../../../feeds/ouch/versions.ts'
import { RejectReason, Side } from '../../records/catalogue.ts'
import type { EntryOrders } from './entry-orders.ts'
import type { OrderTokens } from './order-tokens.ts'
import type { VenueSymbols } from './venue-symbols.ts'

const NAME = 0
const PRICE = 1
const ROUNDING = 1e-6

/** Bits of `EntryOrders.flags`: what a replacement repeats of its order's terms. */
export enum OrderFlag {
  /** The same as `FLAG_POST_ONLY` of a request. */
  PostOnly = 1,
  Immediate = 2,
  Market = 4,
  /** A sale that leaves marked as short. */
  ShortSale = 8,
  /** It was marked so when it was sent; a later replacement may have marked it otherwise. */
  EnteredShort = 16,
}

/** What every order of a gateway says beside what its strategy asked for. */
export interface OrderDefaults {
  /** Four characters; empty for the session's own. */
  readonly firm: string
  /** A letter of `Capacity`. */
  readonly capacity: number
}

/** Writes requests as messages, for either version of OUCH. */
export class RequestWriter {
  /** The message that was written last. */
  readonly message: OuchMessage
  readonly #orders: EntryOrders
  readonly #tokens: OrderTokens
  readonly #symbols: VenueSymbols
  readonly #version: OuchVersion
  readonly #defaults: OrderDefaults
  readonly #terms = new OrderTerms()
  readonly #numbers = new Float64Array(2)

  constructor(
    message: OuchMessage,
    orders: EntryOrders,
    tokens: OrderTokens,
    symbols: VenueSymbols,
    version: OuchVersion,
    defaults: OrderDefaults,
  ) {
    this.message = message
    this.#orders = orders
    this.#tokens = tokens
    this.#symbols = symbols
    this.#version = version
    this.#defaults = defaults
  }

  /** Why an order of that price and quantity cannot be said on the wire, or 0. */
  findFault(instrument: number, isMarket: boolean, doubles: Float64Array, priceAt: number, quantityAt: number): number {
    if (instrument === 0 || instrument > this.#symbols.instrumentsMax) return RejectReason.VenueUnknownInstrument
    const scale = this.#symbols.priceScale[instrument]!
    if (scale === 0) return RejectReason.VenueUnknownInstrument
    const quantity = doubles[quantityAt]!
    if (!(quantity >= 1 && quantity < ORDER_SHARES_END && Math.floor(quantity) === quantity)) {
      return RejectReason.VenueInvalidQuantity
    }
    if (isMarket) return 0
    this.#numbers[PRICE] = doubles[priceAt]!
    this.#toWire(instrument)
    const price = this.#numbers[PRICE]!
    return price >= 1 && price < MARKET_PRICE && Math.floor(price) === price ? 0 : RejectReason.VenueInvalidPrice
  }

  /** Writes the order in a slot as one to be entered. */
  writeEnter(slot: number): void {
    const { message } = this
    message.begin(Request42.EnterOrder)
    this.#name(slot)
    const { numbers, text } = message
    const instrument = this.#orders.instrument[slot]!
    numbers[OuchField.Side] = this.#sideOf(slot)
    for (let i = 0; i < OUCH_SYMBOL_BYTES; i++) {
      text[OuchText.Symbol + i] = this.#symbols.text[instrument * OUCH_SYMBOL_BYTES + i]!
    }
    numbers[OuchField.Capacity] = this.#defaults.capacity
    numbers[OuchField.CustomerType] = 0x4e
    this.#writeTerms(slot, 0)
    this.#writeFirm()
  }

  /** Writes the order in a slot as the replacement of the one that it replaces. */
  writeReplace(slot: number): void {
    const { message } = this
    const replaced = this.#orders.replaces[slot]!
    message.begin(Request42.ReplaceOrder)
    this.#name(replaced)
    message.numbers[OuchField.OriginalUserRefNum] = message.numbers[OuchField.UserRefNum]!
    for (let i = 0; i < OuchText.PreviousToken; i++) message.text[OuchText.PreviousToken + i] = message.text[i]!
    this.#name(slot)
    this.#writeTerms(slot, this.#orders.filledBefore[slot]!)
    // A replacement keeps the mark of its order unless it says otherwise.
    if (this.#version === OuchVersion.V42 || !this.#isRemarked(slot, replaced)) return
    message.numbers[OuchField.OptionSide] = this.#sideOf(slot)
    message.options |= 1 << OptionTag.Side
  }

  /**
   * OUCH 4.2 has no side in a replacement: where that is marked otherwise, its order is first. Writes the modification that says
   * so, for as many shares as the order has. @returns false where there is nothing to be said
   */
  writeRemark(slot: number, old: number): boolean {
    const orders = this.#orders
    if (this.#version !== OuchVersion.V42 || !this.#isRemarked(slot, old)) return false
    const { ShortSale } = OrderFlag
    orders.flags[old] = (orders.flags[old]! & ~ShortSale) | (orders.flags[slot]! & ShortSale)
    this.message.begin(Request42.ModifyOrder)
    this.#name(old)
    this.message.numbers[OuchField.Side] = this.#sideOf(old)
    this.message.numbers[OuchField.Shares] = orders.leaves[old]! + orders.filled[old]! + orders.filledBefore[old]!
    return true
  }

  #isRemarked(slot: number, old: number): boolean {
    const { flags } = this.#orders
    return ((flags[slot]! ^ flags[old]!) & OrderFlag.ShortSale) !== 0
  }

  #sideOf(slot: number): OuchSide {
    if (this.#orders.side[slot] === Side.Buy) return OuchSide.Buy
    return (this.#orders.flags[slot]! & OrderFlag.ShortSale) === 0 ? OuchSide.Sell : OuchSide.SellShort
  }

  /** Writes the cancel of all that is left of the order in a slot. */
  writeCancel(slot: number): void {
    this.message.begin(Request42.CancelOrder)
    this.#name(slot)
  }

  /** A UserRefNum for each order: whether there is one left for the order in a slot. */
  hasName(slot: number): boolean {
    this.#numbers[NAME] = this.#orders.sequence[slot]!
    return this.#version === OuchVersion.V42 || this.#tokens.toUserRef(this.#numbers, NAME)
  }

  #name(slot: number): void {
    const { sequence } = this.#orders
    this.#tokens.write(this.message.text, OuchText.Token, sequence, slot)
    if (this.#version === OuchVersion.V42) return
    this.#numbers[NAME] = sequence[slot]!
    this.#tokens.toUserRef(this.#numbers, NAME)
    this.message.numbers[OuchField.UserRefNum] = this.#numbers[NAME]!
  }

  /** @param filledBefore shares that the replaced orders had filled: the wire's quantity counts them */
  #writeTerms(slot: number, filledBefore: number): void {
    const { numbers } = this.message
    const flags = this.#orders.flags[slot]!
    const terms = this.#terms
    terms.isMarket = (flags & OrderFlag.Market) !== 0
    terms.isImmediate = (flags & OrderFlag.Immediate) !== 0
    terms.isPostOnly = (flags & OrderFlag.PostOnly) !== 0
    numbers[OuchField.Shares] = this.#orders.leaves[slot]! + filledBefore
    this.#numbers[PRICE] = this.#orders.price[slot]!
    this.#toWire(this.#orders.instrument[slot]!)
    numbers[OuchField.Price] = this.#numbers[PRICE]!
    numbers[OuchField.Sweep] = 0x4e
    terms.write(this.message, this.#version)
  }

  #writeFirm(): void {
    const { firm } = this.#defaults
    for (let i = 0; i < firm.length; i++) this.message.text[OuchText.Firm + i] = firm.charCodeAt(i)
    if (firm.length > 0 && this.#version === OuchVersion.V50) this.message.options |= 1 << OptionTag.Firm
  }

  /** Brings the price in `#numbers` to units of the wire; rounded where the scale, a power of ten, is no exact double. */
  #toWire(instrument: number): void {
    const numbers = this.#numbers
    const exact = numbers[PRICE]! * this.#symbols.priceScale[instrument]!
    const whole = Math.round(exact)
    const distance = exact - whole
    numbers[PRICE] = distance < ROUNDING && distance > -ROUNDING ? whole : exact
  }
}
