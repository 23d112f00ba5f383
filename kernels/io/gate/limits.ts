/** What the risk gate allows, for the firm as a whole; every limit is inclusive. */
export interface GateLimits {
  /** Largest quantity of one order, in units of the instrument's quantity (shares). */
  readonly maxQuantity: number
  /** Largest value of one order, in units of the currency: price × quantity. */
  readonly maxValue: number
  /** Farthest an order's price may lie from the reference price, in hundredths of a percent of it. */
  readonly priceCollarBps: number
  /** Largest position of one instrument, long or short, if everything open were filled. */
  readonly positionMax: number
  /** Most orders open or in flight at once; also what bounds the gate's memory. */
  readonly openOrdersMax: number
  /** Oldest cause of an order that is still let out, in milliseconds between the cause's time and the gate's clock. */
  readonly decisionAgeMsMax: number
  /** Refuse everything but cancels from the start. */
  readonly killed: boolean
}
