/** What a plugin sees. Numbers are whole price and quantity units of the instrument; times are ns since the session's epoch. */
import type {
  Liquidity,
  NO_SIDE,
  PriceBandKind,
  RejectReason,
  SessionEventCode,
  Side,
  StaleReason,
  StatisticKind,
  TradingState,
} from '../../kernels/records/catalogue.ts'
import type { LogLevel, OrderEventKind, OrderState, StatusKind, TradeKind } from './vocabulary.ts'

export interface Instrument {
  /** Dense id of this session, from 1. */
  readonly id: number
  readonly symbol: string
  /** A price of p units is p × 10^priceExponent. */
  readonly priceExponent: number
  readonly quantityExponent: number
  /** Price units between two adjacent prices; 0 where the feed does not say. */
  readonly tickSize: number
  readonly roundLot: number
  readonly tradingState: TradingState
  /** The feed has lost changes of the book: it is not to be traded on, and the gate refuses orders until it is whole. */
  readonly isStale: boolean
  /**
   * Dense index among the instruments chosen for this strategy, 0 to `params.symbolsMax` − 1, for arrays of the plugin's
   * own; −1 for one that is not chosen.
   */
  readonly slot: number
  readonly book: Book
  /** This strategy's own position. */
  readonly position: Position
}

/** The order book of one instrument, as of the record being handled. Prices and quantities of an empty side are 0. */
export interface Book {
  readonly instrument: Instrument
  readonly bidPrice: number
  readonly bidQuantity: number
  readonly askPrice: number
  readonly askQuantity: number
  /** Whether there is a bid and an ask, and the bid is below the ask. */
  readonly isTwoSided: boolean
  /** Half way between bid and ask; may end in .5. */
  readonly mid: number
  /** Bid and ask weighted by the quantity of the opposite side: nearer to the side that is about to go. */
  readonly microprice: number
  /** (bid quantity − ask quantity) / (bid quantity + ask quantity) at the touch, −1 to 1; 0 for an empty book. */
  readonly imbalance: number
  /** Price of a level, 0 being the best; 0 where there is none. */
  levelPrice(side: Side, level: number): number
  levelQuantity(side: Side, level: number): number
  /** Orders at a level. */
  levelOrders(side: Side, level: number): number
  /** Displayed quantity at a price. */
  quantityAt(side: Side, price: number): number
  /** Displayed orders at a price. */
  ordersAt(side: Side, price: number): number
}

export interface Position {
  /** Bought minus sold. */
  readonly quantity: number
  /** Price units × quantity units received minus paid, without fees. Kept exactly, rounded once to a double here. */
  readonly cash: number
  /** Average price of the open quantity, 0 when flat. */
  readonly averagePrice: number
  /** Profit of closed quantity against the average price, in price units × quantity units. */
  readonly realisedProfit: number
  /** Cash plus the open quantity at the given price. */
  profitAt(price: number): number
  readonly boughtQuantity: number
  readonly soldQuantity: number
  readonly fills: number
  /** Open quantity of own buy orders that may still fill, pending ones included. */
  readonly openBuyQuantity: number
  readonly openSellQuantity: number
}

/** An own order. Keep its id, not this object: it serves another order once this one is done. */
export interface OwnOrder {
  readonly id: number
  readonly instrument: Instrument
  readonly side: Side
  readonly state: OrderState
  readonly isDone: boolean
  readonly price: number
  readonly quantity: number
  readonly filledQuantity: number
  readonly leavesQuantity: number
  /** When it was sent, and when its acceptance was seen (0 before). */
  readonly sentTime: number
  readonly acceptedTime: number
  /**
   * Quantity believed to stand before it in its level's queue: all that was displayed there when the acceptance was
   * seen, less what traded or left there since. Where the feed gives levels without their orders, nobody knows who left:
   * then it is less what traded, and never more than what the level holds.
   */
  readonly aheadQuantity: number
}

/** Valid during the hook that gets it. */
export interface OrderEvent {
  readonly kind: OrderEventKind
  /** Of a fill. */
  readonly price: number
  readonly quantity: number
  readonly liquidity: Liquidity
  /** A RejectReason of a rejection, a CancelReason of a cancel, else 0. */
  readonly reason: RejectReason | number
  /** Of a replace: the order that is no more. */
  readonly previousId: number
}

/** Valid during the hook that gets it. */
export interface Trade {
  readonly instrument: Instrument
  readonly kind: TradeKind
  readonly price: number
  readonly quantity: number
  /** Side of the resting order; for a hidden one what the feed says, `NO_SIDE` where it says none, and of a cross. */
  readonly restingSide: Side | typeof NO_SIDE
}

interface AnyStatus {
  /** Undefined where the status concerns the session, the market or a feed line. */
  readonly instrument: Instrument | undefined
  readonly tradingState: TradingState
  /** Of the kind `Session`, else 0. */
  readonly sessionEvent: SessionEventCode | 0
}

export interface PlainStatus extends AnyStatus {
  readonly kind: StatusKind.Trading | StatusKind.Session | StatusKind.Gap | StatusKind.Resumed
}

export interface BookStatus extends AnyStatus {
  readonly kind: StatusKind.Stale | StatusKind.Recovered
  readonly staleReason: StaleReason
}

/** Prices are 0 where a side has no bound. */
export interface PriceBandStatus extends AnyStatus {
  readonly kind: StatusKind.PriceBand
  readonly band: PriceBandKind
  readonly referencePrice: number
  readonly lowerPrice: number
  readonly upperPrice: number
  /** How often an auction's collar was widened. */
  readonly detail: number
}

export interface StatisticStatus extends AnyStatus {
  readonly kind: StatusKind.Statistic
  readonly statistic: StatisticKind
  readonly value: number
  readonly detail: number
}

export interface ImbalanceStatus extends AnyStatus {
  readonly kind: StatusKind.Imbalance
  readonly referencePrice: number
  readonly nearPrice: number
  readonly farPrice: number
  readonly pairedQuantity: number
  readonly imbalanceQuantity: number
  /** Direction, type of the auction and price variation as the venue's ASCII codes; 0 where it has none. */
  readonly direction: number
  readonly crossType: number
  readonly detail: number
}

export interface BarStatus extends AnyStatus {
  readonly kind: StatusKind.Bar
  readonly openPrice: number
  readonly highPrice: number
  readonly lowPrice: number
  readonly closePrice: number
  readonly volume: number
  readonly periodNs: number
}

/** Inbound sequences. What was captured survives the death of any process, what is durable a loss of power. */
export interface JournalStatus extends AnyStatus {
  readonly kind: StatusKind.Journal
  readonly capturedSequence: number
  readonly writtenSequence: number
  readonly durableSequence: number
}

/** Valid during the hook that gets it. Its kind says which values it has. */
export type Status =
  | PlainStatus
  | BookStatus
  | PriceBandStatus
  | StatisticStatus
  | ImbalanceStatus
  | BarStatus
  | JournalStatus

export interface Instruments {
  /** Highest id seen. */
  readonly count: number
  /** @throws StrategyError for an id that no record has named */
  get(id: number): Instrument
  find(symbol: string): Instrument | undefined
}

/**
 * Requests return the order's id (u32, from 1), or 0 when the table of own orders is full. Prices and quantities must be
 * whole and positive.
 */
export interface Orders {
  /** @param flags OrderFlag values, added @throws StrategyError for a price or quantity that is not a positive whole number */
  buyLimit(instrument: Instrument, price: number, quantity: number, flags?: number): number
  sellLimit(instrument: Instrument, price: number, quantity: number, flags?: number): number
  /** Immediate or cancel, at any price. */
  market(instrument: Instrument, side: Side, quantity: number): number
  /** @returns false when the order is unknown, done, or already being cancelled or replaced */
  cancel(id: number): boolean
  /**
   * @param quantity the new order's open quantity; fills that are not known of yet are taken off it
   * @returns the new order's id, or 0 when the old one cannot be replaced now
   */
  replace(id: number, price: number, quantity: number): number
  /** Cancels all own orders, or those of one instrument, with one record. */
  cancelAll(instrument?: Instrument): void
  /** The order with this id, undefined when it is done or unknown. */
  get(id: number): OwnOrder | undefined
  /** Own orders of an instrument that are not done, newest first: `for (let o = orders.first(i); o; o = orders.next(o))`. */
  first(instrument: Instrument): OwnOrder | undefined
  next(order: OwnOrder): OwnOrder | undefined
  /** Own orders not done. */
  readonly count: number
}

/** Timers are named by small whole numbers; setting one again moves it. */
export interface Timers {
  /** A due time at or before now is taken as 1 ns from now. @param id from 0 to 1023 */
  setAt(dueTime: number, id: number): void
  setAfter(delayNs: number, id: number): void
  cancel(id: number): void
  isSet(id: number): boolean
}

export interface Context<Params, State> {
  /** This strategy's id in records, from 1. */
  readonly strategyId: number
  readonly params: Params
  readonly state: State
  readonly instruments: Instruments
  readonly orders: Orders
  readonly timers: Timers
  /** Logical time: ns since the session's epoch. The only clock. */
  now(): number
  /** Uniform in [0, 1), from the session's seed and this strategy's id. */
  random(): number
  /** Whole and uniform in [0, limit). */
  randomInteger(limit: number): number
  /** A line for the journal and the operator; at most 464 bytes of UTF-8 are kept. */
  log(level: LogLevel, text: string): void
  /** A named number for dashboards and studies. @param name at most 16 ASCII characters */
  signal(name: string, value: number): void
}
