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
  Statistic,
  StatisticKind,
  TradeBreak,
  TradingState,
  TradingStatus,
} from '../../kernels/records/catalogue.ts'
import type { PitchContext } from './context.ts'

const LETTER_A = 0x41
const LETTER_B = 0x42
const LETTER_N = 0x4e
const LETTER_S = 0x53
const LETTER_Z = 0x5a
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

/** Slots of `MarketRecords.value`. */
export enum MarketValue {
  Price = 0,
  Quantity = 1,
  Reference = 2,
  Buy = 3,
  Sell = 4,
  Indicative = 5,
  AuctionOnly = 6,
  Count = 7,
}

/** Records of status and auctions, for the binary and the text format: numbers come in `value`. */
export class MarketRecords {
  readonly value = new Float64Array(MarketValue.Count)
  readonly #context: PitchContext

  constructor(context: PitchContext) {
    this.#context = context
  }

  /**
   * A trading status, all as on the wire; a change of the short sale restriction becomes a Statistic.
   * @param extended status of options in extended hours; what is no letter is none
   */
  status(instrument: number, letter: number, regSho: number, extended: number): void {
    const context = this.#context
    const { shortSale } = context.state.symbols
    const state = regSho === DIGIT_1 ? ShortSaleState.Restricted : ShortSaleState.Unrestricted
    const hasShortSale = state !== shortSale[instrument]
    const to = hasShortSale
      ? context.beginFirst(TradingStatus.Bytes, RecordType.TradingStatus, instrument)
      : context.begin(TradingStatus.Bytes, RecordType.TradingStatus, instrument)
    context.i32[(to + TradingStatus.State) >> 2] = TRADING_STATES[letter]!
    const isExtended = letter !== 0 && extended >= LETTER_A && extended <= LETTER_Z
    context.i32[(to + TradingStatus.Reason) >> 2] = letter | (isExtended ? extended << 8 : 0)
    context.f64[(to + TradingStatus.SourceTime) >> 3] = context.time[0]!
    if (!hasShortSale) return
    shortSale[instrument] = state
    this.#statistic(instrument, StatisticKind.ShortSale, state)
  }

  /** Which sides have retail interest that is not displayed, by the letter on the wire. */
  retailInterest(instrument: number, letter: number): void {
    this.#statistic(instrument, StatisticKind.RetailInterest, RETAIL_INTEREST[letter]!)
  }

  #statistic(instrument: number, kind: StatisticKind, value: number): void {
    const context = this.#context
    const to = context.begin(Statistic.Bytes, RecordType.Statistic, instrument)
    context.i32[(to + Statistic.Kind) >> 2] = kind
    context.i32[(to + Statistic.Detail) >> 2] = 0
    context.f64[(to + Statistic.Value) >> 3] = value
    context.f64[(to + Statistic.SourceTime) >> 3] = context.time[0]!
  }

  /** The state of an auction to come: buy and sell quantity, reference, indicative and auction-only price. */
  auctionUpdate(instrument: number, auctionType: number, variation: number): void {
    const { value } = this
    const buy = value[MarketValue.Buy]!
    const sell = value[MarketValue.Sell]!
    const to = this.#beginImbalance(instrument, auctionType)
    const { i32, f64 } = this.#context
    f64[(to + Imbalance.PairedQuantity) >> 3] = Math.min(buy, sell)
    f64[(to + Imbalance.ImbalanceQuantity) >> 3] = Math.abs(buy - sell)
    f64[(to + Imbalance.FarPrice) >> 3] = value[MarketValue.AuctionOnly]!
    f64[(to + Imbalance.NearPrice) >> 3] = value[MarketValue.Indicative]!
    f64[(to + Imbalance.ReferencePrice) >> 3] = value[MarketValue.Reference]!
    i32[(to + Imbalance.Direction) >> 2] = buy > sell ? LETTER_B : buy < sell ? LETTER_S : LETTER_N
    i32[(to + Imbalance.Variation) >> 2] = variation
  }

  /** An order that is offered in an auction of its own: price, quantity and the side's letter. */
  notification(instrument: number, auctionType: number, side: number): void {
    const to = this.#beginImbalance(instrument, auctionType)
    const { i32, f64 } = this.#context
    f64[(to + Imbalance.ImbalanceQuantity) >> 3] = this.value[MarketValue.Quantity]!
    f64[(to + Imbalance.ReferencePrice) >> 3] = this.value[MarketValue.Price]!
    i32[(to + Imbalance.Direction) >> 2] = side
  }

  /** @returns the offset of an Imbalance record of zeros */
  #beginImbalance(instrument: number, auctionType: number): number {
    const context = this.#context
    const to = context.begin(Imbalance.Bytes, RecordType.Imbalance, instrument)
    context.u8.fill(0, to + Imbalance.PairedQuantity, to + Imbalance.Bytes)
    context.f64[(to + Imbalance.SourceTime) >> 3] = context.time[0]!
    context.i32[(to + Imbalance.CrossType) >> 2] = auctionType
    return to
  }

  /** An auction that took place: price and quantity. */
  auctionSummary(instrument: number, auctionType: number): void {
    const context = this.#context
    const to = context.begin(Cross.Bytes, RecordType.Cross, instrument)
    const { i32, f64 } = context
    i32[(to + Cross.MatchLow) >> 2] = 0
    i32[(to + Cross.MatchHigh) >> 2] = 0
    f64[(to + Cross.Price) >> 3] = this.value[MarketValue.Price]!
    f64[(to + Cross.Quantity) >> 3] = this.value[MarketValue.Quantity]!
    f64[(to + Cross.SourceTime) >> 3] = context.time[0]!
    i32[(to + Cross.CrossType) >> 2] = auctionType
    i32[(to + Cross.Reserved) >> 2] = 0
  }

  /** A broken execution: PITCH names no symbol with it. */
  tradeBreak(matchLow: number, matchHigh: number): void {
    const context = this.#context
    const to = context.begin(TradeBreak.Bytes, RecordType.TradeBreak, NO_INSTRUMENT)
    context.i32[(to + TradeBreak.MatchLow) >> 2] = matchLow
    context.i32[(to + TradeBreak.MatchHigh) >> 2] = matchHigh
    context.f64[(to + TradeBreak.SourceTime) >> 3] = context.time[0]!
  }

  /** Empties the book of one instrument, as the exchange said. */
  clearBook(instrument: number): void {
    const context = this.#context
    const to = context.begin(BookClear.Bytes, RecordType.BookClear, instrument)
    context.i32[(to + BookClear.Reason) >> 2] = BookClearReason.Reset
    context.i32[(to + BookClear.Sides) >> 2] = BOTH_SIDES
    context.f64[(to + BookClear.SourceTime) >> 3] = context.time[0]!
  }

  /** A moment of the session; the message's type goes into the upper byte of `Detail`. */
  sessionEvent(type: number, code: SessionEventCode): void {
    const context = this.#context
    const to = context.begin(SessionEvent.Bytes, RecordType.SessionEvent, NO_INSTRUMENT)
    context.i32[(to + SessionEvent.Code) >> 2] = code
    context.i32[(to + SessionEvent.Detail) >> 2] = type << 8
    context.f64[(to + SessionEvent.SourceTime) >> 3] = context.time[0]!
  }
}
