/** One price level as shown. Prices are decimal strings with all digits of the instrument's exponent. */
export interface LevelView {
  readonly price: string
  readonly quantity: number
  /** 0 where the feed does not tell. */
  readonly orders: number
}

/** The last trade that counts in volume. */
export interface TradeView {
  readonly price: string
  readonly quantity: number
  /** As `timeNs` of the book. */
  readonly timeNs: string
}

/** A book at one moment, as plain data. Field names are relied on by scripts. */
export interface BookSnapshot {
  readonly symbol: string
  /** Id of the instrument in its source. */
  readonly instrument: number
  /**
   * The exchange's time of the last message on the instrument: ns since 1970; since midnight where `isDated` is false, because
   * the file tells no date.
   */
  readonly timeNs: string
  readonly isDated: boolean
  /** The same since midnight of the session's day, for people. */
  readonly timeOfDayNs: number
  /** Name of a `TradingState`, first letter small; unknown before the feed tells. */
  readonly state: string
  /** From the best outwards, as many as were asked for. */
  readonly bids: readonly LevelView[]
  readonly asks: readonly LevelView[]
  /** Levels that there are on each side. */
  readonly bidLevels: number
  readonly askLevels: number
  /** Best offer less best bid, and their middle; null while a side is empty. */
  readonly spread: string | null
  readonly mid: string | null
  readonly lastTrade: TradeView | null
  /** Records of the instrument so far. */
  readonly records: number
  /** The feed says that the book is not whole. */
  readonly isStale: boolean
  /** Messages that the capture lacks up to here, on any instrument. */
  readonly missing: number
  /** Messages about orders that the book does not hold, as when the capture begins in mid-session. */
  readonly unknownOrders: number
  /** Orders that did not fit. */
  readonly refusedOrders: number
}
