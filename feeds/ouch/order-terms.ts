import { CrossType, Display, MARKET_PRICE, PostOnly, PriceType, TimeInForce42, TimeInForce50 } from './codes.ts'
import { OuchField, type OuchMessage } from './message.ts'
import { OptionTag } from './option-layout.ts'
import { OuchVersion } from './versions.ts'

/**
 * What an order shall do, apart from its side, shares and price: the same for both versions, which say it in different fields.
 * OUCH 4.2 has one letter for display, post only and pegging together; OUCH 5.0 has options.
 */
export class OrderTerms {
  isImmediate = false
  isMarket = false
  isPostOnly = false
  isHidden = false
  isMidpointPeg = false
  isAttributable = false
  /** Shares that must trade at once, or in each execution; 0 for any. */
  minimumShares = 0
  /** Shares displayed at most; 0 for all. */
  displayedSharesMax = 0
  crossType: CrossType = CrossType.None
  /** 0 unless the order ends after so many seconds. */
  expireSeconds = 0

  /** Reads the terms of an order that is entered, or of its replacement. */
  read(message: OuchMessage, version: OuchVersion): void {
    const { numbers } = message
    this.isMarket = numbers[OuchField.Price] === MARKET_PRICE
    this.crossType = numbers[OuchField.CrossType]! === 0 ? CrossType.None : numbers[OuchField.CrossType]!
    this.minimumShares = numbers[OuchField.MinimumShares]!
    this.displayedSharesMax = numbers[OuchField.MaxFloor]!
    if (version === OuchVersion.V42) this.#read42(numbers)
    else this.#read50(message)
  }

  #read42(numbers: Float64Array): void {
    const seconds = numbers[OuchField.TimeInForce]!
    const display = numbers[OuchField.Display]!
    this.isImmediate = seconds === TimeInForce42.Immediate
    this.expireSeconds = seconds > 0 && seconds < TimeInForce42.MarketHours ? seconds : 0
    this.isMidpointPeg =
      display === Display.MidpointPeg ||
      display === Display.MidpointPegPostOnly ||
      display === Display.MidpointTradeNow ||
      display === Display.HiddenMidpoint
    this.isHidden = this.isMidpointPeg || display === Display.Hidden
    this.isAttributable = display === Display.Attributable || display === Display.PostOnlyAttributable
    this.isPostOnly =
      display === Display.PostOnly ||
      display === Display.PostOnlyAttributable ||
      display === Display.MidpointPegPostOnly
  }

  #read50(message: OuchMessage): void {
    const { numbers } = message
    const display = numbers[OuchField.Display]!
    const priceType = message.has(OptionTag.PriceType) ? numbers[OuchField.PriceType]! : PriceType.Limit
    this.isImmediate = numbers[OuchField.TimeInForce] === TimeInForce50.Immediate
    this.expireSeconds =
      numbers[OuchField.TimeInForce] === TimeInForce50.TillTime ? numbers[OuchField.ExpireSeconds]! : 0
    this.isMidpointPeg = priceType === PriceType.MidpointPeg || priceType === PriceType.Midpoint
    this.isHidden = this.isMidpointPeg || display === Display.Hidden
    this.isAttributable = display === Display.Attributable
    this.isPostOnly = numbers[OuchField.PostOnly] === PostOnly.Yes
  }

  /** Writes the terms into an order that is to be entered, or into its replacement. */
  write(message: OuchMessage, version: OuchVersion): void {
    const { numbers } = message
    if (this.isMarket) numbers[OuchField.Price] = MARKET_PRICE
    numbers[OuchField.CrossType] = this.crossType
    numbers[OuchField.MinimumShares] = this.minimumShares
    if (version === OuchVersion.V42) this.#write42(numbers)
    else this.#write50(message)
  }

  #write42(numbers: Float64Array): void {
    const lasting = this.expireSeconds > 0 ? this.expireSeconds : TimeInForce42.MarketHours
    numbers[OuchField.TimeInForce] = this.isImmediate ? TimeInForce42.Immediate : lasting
    if (this.isMidpointPeg)
      numbers[OuchField.Display] = this.isPostOnly ? Display.MidpointPegPostOnly : Display.MidpointPeg
    else if (this.isHidden) numbers[OuchField.Display] = Display.Hidden
    else if (this.isAttributable)
      numbers[OuchField.Display] = this.isPostOnly ? Display.PostOnlyAttributable : Display.Attributable
    else numbers[OuchField.Display] = this.isPostOnly ? Display.PostOnly : Display.Visible
  }

  #write50(message: OuchMessage): void {
    const { numbers } = message
    const lasting = this.expireSeconds > 0 ? TimeInForce50.TillTime : TimeInForce50.Day
    numbers[OuchField.TimeInForce] = this.isImmediate ? TimeInForce50.Immediate : lasting
    const shown = this.isAttributable ? Display.Attributable : Display.Visible
    numbers[OuchField.Display] = this.isHidden || this.isMidpointPeg ? Display.Hidden : shown
    if (this.minimumShares > 0) message.options |= 1 << OptionTag.MinimumShares
    if (lasting === TimeInForce50.TillTime && !this.isImmediate) {
      numbers[OuchField.ExpireSeconds] = this.expireSeconds
      message.options |= 1 << OptionTag.ExpireSeconds
    }
    if (this.displayedSharesMax > 0) {
      numbers[OuchField.MaxFloor] = this.displayedSharesMax
      message.options |= 1 << OptionTag.MaxFloor
    }
    if (this.isMidpointPeg) {
      numbers[OuchField.PriceType] = PriceType.MidpointPeg
      message.options |= 1 << OptionTag.PriceType
    }
    if (!this.isPostOnly) return
    numbers[OuchField.PostOnly] = PostOnly.Yes
    message.options |= 1 << OptionTag.PostOnly
  }
}
