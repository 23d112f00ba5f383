/** One strategy's position in one instrument, by average cost. Prices are in the instrument's own price units. */
export class PositionAccount {
  readonly strategy: number
  readonly instrument: number
  /** Positive long, negative short. */
  quantity = 0
  averagePrice = 0
  realised = 0
  bought = 0
  sold = 0
  turnover = 0
  fills = 0
  lastPrice = 0
  /** What the session began with. */
  openingQuantity = 0

  constructor(strategy: number, instrument: number) {
    this.strategy = strategy
    this.instrument = instrument
  }

  /**
   * Books a fill: what it closes realises (price − average) × quantity closed, what it opens moves the average.
   * @param signedQuantity positive bought, negative sold
   */
  fill(signedQuantity: number, price: number): void {
    this.fills++
    this.lastPrice = price
    this.turnover += Math.abs(signedQuantity) * price
    if (signedQuantity > 0) this.bought += signedQuantity
    else this.sold -= signedQuantity
    const isOpening = this.quantity === 0 || this.quantity > 0 === signedQuantity > 0
    if (isOpening) {
      const total = this.quantity + signedQuantity
      this.averagePrice = (this.averagePrice * this.quantity + price * signedQuantity) / total
      this.quantity = total
      return
    }
    const closed = Math.min(Math.abs(signedQuantity), Math.abs(this.quantity))
    this.realised += closed * (price - this.averagePrice) * Math.sign(this.quantity)
    const before = this.quantity
    this.quantity += signedQuantity
    if (this.quantity === 0) this.averagePrice = 0
    else if (this.quantity > 0 !== before > 0) this.averagePrice = price
  }

  /** Takes over what the day before left: no fill, and nothing realised. */
  open(signedQuantity: number, averagePrice: number): void {
    this.openingQuantity = signedQuantity
    this.quantity = signedQuantity
    this.averagePrice = signedQuantity === 0 ? 0 : averagePrice
    this.lastPrice = averagePrice
  }

  /** What closing at `mark` would add. */
  unrealised(mark: number): number {
    return this.quantity * (mark - this.averagePrice)
  }
}
