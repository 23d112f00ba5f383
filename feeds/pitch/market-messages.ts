import {
  BOTH_SIDES,
  BookClear,
  BookClearReason,
  Cross,
  Imbalance,
  NO_INSTRUMENT,
  RecordType,
  SessionEvent,
  type SessionEventCode,
  ShortSaleState,
  Side,
  Statistic,
  StatisticKind,
  Trade,
  TradeBreak,
  TradingState,
  TradingStatus,
} from '../../kernels/records/catalogue.ts'
import {
  AuctionCancelAt,
  AuctionSummaryAt,
  AuctionTradeAt,
  AuctionUpdateAt,
  NotificationAt,
  OptionsUpdateAt,
  RetailInterestAt,
  StatusAt,
} from './auction-layout.ts'
import type { PitchContext } from './context.ts'
import { PitchReject } from './counts.ts'
import { PitchType, TradeBreakAt, TradeExpandedAt, TradeLongAt, TradeShortAt, Wire } from './layout.ts'

const LETTER_A = 0x41
const LETTER_Z = 0x5a
const LETTER_N = 0x4e
const LETTER_S = 0x53
const LETTER_B = 0x42
const DIGIT_1 = 0x31

const TRADING_STATES = new Uint8Array(256).fill(TradingState.Unknown)
for (const [letter, state] of [
  ['A', TradingState.PreOpen],
  ['H', TradingState.Halted],
  ['Q', TradingState.QuotationOnly],
  ['S', TradingState.Halted],
  ['T', TradingState.Trading],
  ['R', TradingState.Auction],
  ['L', TradingState.Trading],
] as const) {
  TRADING_STATES[letter.charCodeAt(0)] = state
}

/** The retail interest that a letter stands for, as the Statistic has it. */
const RETAIL_INTEREST = new Uint8Array(256)
for (const [letter, interest] of [
  ['B', 1],
  ['S', 2],
  ['A', 3],
] as const) {
  RETAIL_INTEREST[letter.charCodeAt(0)] = interest
}

/** A trading status and its letter as TradingState; also for the text format. */
export function tradingStateOf(letter: number): TradingState {
  return TRADING_STATES[letter]!
}

/** The PITCH messages of trades, trading status and auctions. */
export class MarketMessages {
  readonly #context: PitchContext

  constructor(context: PitchContext) {
    this.#context = context
  }

  /** A trade against an order that is not displayed, in its three forms. */
  trade(type: number, at: number): void {
    const context = this.#context
    const { view } = context
    const side = view.getUint8(at + TradeLongAt.Side)
    if (side !== Wire.Buy && side !== Wire.Sell) {
      context.reject(at, PitchReject.UnknownSide)
      return
    }
    const isShort = type === PitchType.TradeShort
    const instrument =
      type === PitchType.TradeExpanded
        ? context.longSymbol(at + TradeExpandedAt.Symbol)
        : context.shortSymbol(at + (isShort ? TradeShortAt.Symbol : TradeLongAt.Symbol), false)
    if (instrument === 0) {
      context.reject(at, PitchReject.TooManyInstruments)
      return
    }
    const executionAt = isShort
      ? TradeShortAt.Execution
      : type === PitchType.TradeLong
        ? TradeLongAt.Execution
        : TradeExpandedAt.Execution
    const to = this.#appendTrade(instrument, side, at + executionAt)
    const { i32, f64 } = context
    i32[(to + Trade.ReferenceLow) >> 2] = view.getInt32(at + TradeLongAt.Order, true)
    i32[(to + Trade.ReferenceHigh) >> 2] = view.getInt32(at + TradeLongAt.Order + 4, true)
    f64[(to + Trade.Quantity) >> 3] = isShort
      ? view.getUint16(at + TradeShortAt.Quantity, true)
      : view.getUint32(at + TradeLongAt.Quantity, true)
    const slot = (to + Trade.Price) >> 3
    if (isShort) {
      const isSigned = context.state.symbols.hasSignedPrices[instrument] === 1
      context.storeShortPrice(at + TradeShortAt.Price, slot, isSigned)
    } else {
      context.storeLongPrice(at + (type === PitchType.TradeLong ? TradeLongAt.Price : TradeExpandedAt.Price), slot)
    }
  }

  /** @returns the offset of a Trade record that lacks its order, price and quantity */
  #appendTrade(instrument: number, side: number, executionAt: number): number {
    const context = this.#context
    const to = context.begin(Trade.Bytes, RecordType.Trade, instrument)
    const { i32, f64, view } = context
    i32[(to + Trade.ReferenceLow) >> 2] = 0
    i32[(to + Trade.ReferenceHigh) >> 2] = 0
    f64[(to + Trade.SourceTime) >> 3] = context.time[0]!
    i32[(to + Trade.MatchLow) >> 2] = view.getInt32(executionAt, true)
    i32[(to + Trade.MatchHigh) >> 2] = view.getInt32(executionAt + 4, true)
    i32[(to + Trade.Side) >> 2] = side === Wire.Sell ? Side.Sell : Side.Buy
    i32[(to + Trade.Reserved) >> 2] = 0
    return to
  }

  /** Trade break: names an execution, no symbol. */
  tradeBreak(at: number): void {
    const context = this.#context
    const to = context.begin(TradeBreak.Bytes, RecordType.TradeBreak, NO_INSTRUMENT)
    context.i32[(to + TradeBreak.MatchLow) >> 2] = context.view.getInt32(at + TradeBreakAt.Execution, true)
    context.i32[(to + TradeBreak.MatchHigh) >> 2] = context.view.getInt32(at + TradeBreakAt.Execution + 4, true)
    context.f64[(to + TradeBreak.SourceTime) >> 3] = context.time[0]!
  }

  /** Trading status; a change of the short sale restriction beside it becomes a Statistic. */
  tradingStatus(at: number): void {
    const context = this.#context
    const { bytes, state } = context
    const instrument = context.longSymbol(at + StatusAt.Symbol)
    if (instrument === 0) {
      context.reject(at, PitchReject.TooManyInstruments)
      return
    }
    const letter = bytes[at + StatusAt.Status]!
    const extended = bytes[at + StatusAt.ExtendedHours]!
    const shortSale = bytes[at + StatusAt.RegSho] === DIGIT_1 ? ShortSaleState.Restricted : ShortSaleState.Unrestricted
    const hasShortSale = shortSale !== state.symbols.shortSale[instrument]
    const to = hasShortSale
      ? context.beginFirst(TradingStatus.Bytes, RecordType.TradingStatus, instrument)
      : context.begin(TradingStatus.Bytes, RecordType.TradingStatus, instrument)
    context.i32[(to + TradingStatus.State) >> 2] = tradingStateOf(letter)
    const isExtended = letter !== 0 && extended >= LETTER_A && extended <= LETTER_Z
    context.i32[(to + TradingStatus.Reason) >> 2] = letter | (isExtended ? extended << 8 : 0)
    context.f64[(to + TradingStatus.SourceTime) >> 3] = context.time[0]!
    if (!hasShortSale) return
    state.symbols.shortSale[instrument] = shortSale
    this.#appendStatistic(instrument, StatisticKind.ShortSale, shortSale)
  }

  /** Retail price improvement: which sides have interest that is not displayed. */
  retailInterest(at: number): void {
    const context = this.#context
    const instrument = context.longSymbol(at + RetailInterestAt.Symbol)
    if (instrument === 0) {
      context.reject(at, PitchReject.TooManyInstruments)
      return
    }
    const interest = RETAIL_INTEREST[context.bytes[at + RetailInterestAt.Interest]!]!
    this.#appendStatistic(instrument, StatisticKind.RetailInterest, interest)
  }

  #appendStatistic(instrument: number, kind: StatisticKind, value: number): void {
    const context = this.#context
    const to = context.begin(Statistic.Bytes, RecordType.Statistic, instrument)
    context.i32[(to + Statistic.Kind) >> 2] = kind
    context.i32[(to + Statistic.Detail) >> 2] = 0
    context.f64[(to + Statistic.Value) >> 3] = value
    context.f64[(to + Statistic.SourceTime) >> 3] = context.time[0]!
  }

  /** Auction update, of equities or of options: the latter's opening condition goes into `Variation`. */
  auctionUpdate(type: number, at: number): void {
    const context = this.#context
    const { view } = context
    const instrument = context.longSymbol(at + AuctionUpdateAt.Symbol)
    if (instrument === 0) {
      context.reject(at, PitchReject.TooManyInstruments)
      return
    }
    const to = context.begin(Imbalance.Bytes, RecordType.Imbalance, instrument)
    const buy = view.getUint32(at + AuctionUpdateAt.Buy, true)
    const sell = view.getUint32(at + AuctionUpdateAt.Sell, true)
    const { i32, f64, bytes } = context
    f64[(to + Imbalance.PairedQuantity) >> 3] = Math.min(buy, sell)
    f64[(to + Imbalance.ImbalanceQuantity) >> 3] = Math.abs(buy - sell)
    context.storeLongPrice(at + AuctionUpdateAt.AuctionOnly, (to + Imbalance.FarPrice) >> 3)
    context.storeLongPrice(at + AuctionUpdateAt.Indicative, (to + Imbalance.NearPrice) >> 3)
    context.storeLongPrice(at + AuctionUpdateAt.Reference, (to + Imbalance.ReferencePrice) >> 3)
    f64[(to + Imbalance.SourceTime) >> 3] = context.time[0]!
    i32[(to + Imbalance.Direction) >> 2] = buy > sell ? LETTER_B : buy < sell ? LETTER_S : LETTER_N
    i32[(to + Imbalance.CrossType) >> 2] = bytes[at + AuctionUpdateAt.AuctionType]!
    const hasCondition = type === PitchType.OptionsAuctionUpdate
    i32[(to + Imbalance.Variation) >> 2] = hasCondition ? bytes[at + OptionsUpdateAt.Condition]! : 0
    i32[(to + Imbalance.Reserved) >> 2] = 0
  }

  /** Auction summary: the price and quantity of an auction that took place. */
  auctionSummary(at: number): void {
    const context = this.#context
    const instrument = context.longSymbol(at + AuctionSummaryAt.Symbol)
    if (instrument === 0) {
      context.reject(at, PitchReject.TooManyInstruments)
      return
    }
    const to = context.begin(Cross.Bytes, RecordType.Cross, instrument)
    const { i32, f64 } = context
    i32[(to + Cross.MatchLow) >> 2] = 0
    i32[(to + Cross.MatchHigh) >> 2] = 0
    context.storeLongPrice(at + AuctionSummaryAt.Price, (to + Cross.Price) >> 3)
    f64[(to + Cross.Quantity) >> 3] = context.view.getUint32(at + AuctionSummaryAt.Quantity, true)
    f64[(to + Cross.SourceTime) >> 3] = context.time[0]!
    i32[(to + Cross.CrossType) >> 2] = context.bytes[at + AuctionSummaryAt.AuctionType]!
    i32[(to + Cross.Reserved) >> 2] = 0
  }

  /** Auction notification of options: an order is offered to the others for a moment, before it trades. */
  notification(at: number): void {
    const context = this.#context
    const { view, bytes, state } = context
    const instrument = context.shortSymbol(at + NotificationAt.Symbol, false)
    if (instrument === 0) {
      context.reject(at, PitchReject.TooManyInstruments)
      return
    }
    const idLow = view.getInt32(at + NotificationAt.Auction, true)
    state.auctions.note(idLow, view.getInt32(at + NotificationAt.Auction + 4, true), instrument)
    const to = context.begin(Imbalance.Bytes, RecordType.Imbalance, instrument)
    const { i32, f64 } = context
    f64[(to + Imbalance.PairedQuantity) >> 3] = 0
    f64[(to + Imbalance.ImbalanceQuantity) >> 3] = view.getUint32(at + NotificationAt.Contracts, true)
    f64[(to + Imbalance.FarPrice) >> 3] = 0
    f64[(to + Imbalance.NearPrice) >> 3] = 0
    context.storeLongPrice(at + NotificationAt.Price, (to + Imbalance.ReferencePrice) >> 3)
    f64[(to + Imbalance.SourceTime) >> 3] = context.time[0]!
    i32[(to + Imbalance.Direction) >> 2] = bytes[at + NotificationAt.Side]!
    i32[(to + Imbalance.CrossType) >> 2] = bytes[at + NotificationAt.AuctionType]!
    i32[(to + Imbalance.Variation) >> 2] = 0
    i32[(to + Imbalance.Reserved) >> 2] = 0
  }

  /** Auction cancel: forgets it; no record. */
  auctionCancel(at: number): void {
    const { view, state } = this.#context
    const idLow = view.getInt32(at + AuctionCancelAt.Auction, true)
    const idHigh = view.getInt32(at + AuctionCancelAt.Auction + 4, true)
    if (state.auctions.find(idLow, idHigh) !== 0) state.auctions.note(idLow, idHigh, 0)
  }

  /** Auction trade: a trade of no side. */
  auctionTrade(at: number): void {
    const context = this.#context
    const { view, state } = context
    const idLow = view.getInt32(at + AuctionTradeAt.Auction, true)
    const instrument = state.auctions.find(idLow, view.getInt32(at + AuctionTradeAt.Auction + 4, true))
    if (instrument === 0) {
      context.reject(at, PitchReject.UnknownAuction)
      return
    }
    state.symbols.messages[instrument]!++
    const to = this.#appendTrade(instrument, 0, at + AuctionTradeAt.Execution)
    context.storeLongPrice(at + AuctionTradeAt.Price, (to + Trade.Price) >> 3)
    context.f64[(to + Trade.Quantity) >> 3] = view.getUint32(at + AuctionTradeAt.Contracts, true)
  }

  /** Empties the book of one instrument, as the exchange said. */
  clearBook(instrument: number): void {
    const context = this.#context
    const to = context.begin(BookClear.Bytes, RecordType.BookClear, instrument)
    context.i32[(to + BookClear.Reason) >> 2] = BookClearReason.Reset
    context.i32[(to + BookClear.Sides) >> 2] = BOTH_SIDES
    context.f64[(to + BookClear.SourceTime) >> 3] = context.time[0]!
  }

  /** A moment of the session; the message's type goes into `Detail`. */
  sessionEvent(type: number, code: SessionEventCode): void {
    const context = this.#context
    const to = context.begin(SessionEvent.Bytes, RecordType.SessionEvent, NO_INSTRUMENT)
    context.i32[(to + SessionEvent.Code) >> 2] = code
    context.i32[(to + SessionEvent.Detail) >> 2] = type << 8
    context.f64[(to + SessionEvent.SourceTime) >> 3] = context.time[0]!
  }
}
