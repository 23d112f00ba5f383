/** What becomes of an order that could trade with one of our own. */
export type SelfMatchPolicy = 'off' | 'cancelNewest' | 'cancelOldest' | 'cancelBoth'

/** Limits that a symbol may have of its own; one that is left out is that of all. */
export interface SymbolLimits {
  readonly maxQuantity?: number
  readonly maxValue?: number
  readonly priceCollarBps?: number
  readonly windowCollarBps?: number
  readonly longPositionMax?: number
  readonly shortPositionMax?: number
  readonly instrumentGrossMax?: number
  readonly instrumentNetMax?: number
  /** No order at all. */
  readonly restricted?: boolean
  /** Quantity that a lender has promised: what may be short at most. */
  readonly located?: number
}

/** What the risk gate allows, for the firm as a whole; every limit is inclusive. */
export interface GateLimits {
  /** Largest quantity of one order, in units of the instrument's quantity (shares). */
  readonly maxQuantity: number
  /** Largest value of one order, in units of the currency: price × quantity. */
  readonly maxValue: number
  /** Farthest an order's price may lie from the reference price, in hundredths of a percent of it. */
  readonly priceCollarBps: number
  /** Farthest a buy may lie above the lowest, a sell below the highest reference price of the window. */
  readonly windowCollarBps: number
  readonly windowMs: number
  /** Largest position of one instrument if everything open on that side were filled. */
  readonly longPositionMax: number
  readonly shortPositionMax: number
  /** Largest value of one instrument: position and what is open on both sides; or the worse side alone. */
  readonly instrumentGrossMax: number
  readonly instrumentNetMax: number
  /** The same of all instruments together. */
  readonly grossMax: number
  readonly netMax: number
  /** Largest value traded in the session and open. */
  readonly creditMax: number
  /** Largest loss of the session, realised and not, before everything stops. */
  readonly lossMax: number
  /** Most orders open or in flight at once; also what bounds the gate's memory. */
  readonly openOrdersMax: number
  /** Oldest cause of an order that is still let out, in milliseconds between the cause's time and the gate's clock. */
  readonly decisionAgeMsMax: number
  /** Requests to the venue; cancels count, and always pass. */
  readonly messagesPerSecondMax: number
  readonly messagesBurstMax: number
  /** Most orders of one strategy alike in instrument, side, price and quantity within the window. */
  readonly duplicatesMax: number
  readonly duplicateWindowMs: number
  /** Most executions of one strategy within the window; one more stops it until an operator releases it. */
  readonly executionsMax: number
  readonly executionWindowMs: number
  /** Most requests of one strategy for each of its executions, from `orderToTradeFrom` requests on. */
  readonly orderToTradeMax: number
  readonly orderToTradeFrom: number
  readonly selfMatch: SelfMatchPolicy
  /** Keep orders within the venue's limit-up and limit-down prices. */
  readonly priceBands: boolean
  /** Refuse short sales at or below the best bid where rule 201 is in effect. */
  readonly shortSaleRule: boolean
  /** Refuse short sales beyond what `symbols` says is located. */
  readonly requireLocates: boolean
  /** Orders from this time of day on, and before that one, in ns since the session's epoch. */
  readonly opensNs: number
  readonly closesNs: number
  /** Refuse everything but cancels from the start. */
  readonly killed: boolean
  /** By symbol. */
  readonly symbols: Readonly<Record<string, SymbolLimits>>
}
