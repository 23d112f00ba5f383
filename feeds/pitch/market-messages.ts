import { NO_SIDE, RecordType, Side, Trade } from '../../kernels/records/catalogue.ts'
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
import { type MarketRecords, MarketValue } from './market-records.ts'

/** The PITCH messages of trades, trading status and auctions. */
export class MarketMessages {
  readonly #context: PitchContext
  readonly #records: MarketRecords
  readonly #value: Float64Array

  constructor(context: PitchContext, records: MarketRecords) {
    this.#context = context
    this.#records = records
    this.#value = records.value
  }

  /** A trade against an order that is not displayed, in its three forms. */
  trade(type: number, at: number): void {
    const context = this.#context
    const side = context.bytes[at + TradeLongAt.Side]!
    if (side !== Wire.Buy && side !== Wire.Sell) {
      context.reject(at, PitchReject.UnknownSide)
      return
    }
    if (type === PitchType.TradeShort) this.#tradeShort(at, side)
    else if (type === PitchType.TradeLong) {
      const instrument = context.shortSymbol(at + TradeLongAt.Symbol, false)
      this.#appendLong(at, instrument, side, TradeLongAt.Price, TradeLongAt.Execution)
    } else {
      const instrument = context.longSymbol(at + TradeExpandedAt.Symbol)
      this.#appendLong(at, instrument, side, TradeExpandedAt.Price, TradeExpandedAt.Execution)
    }
  }

  #tradeShort(at: number, side: number): void {
    const context = this.#context
    const instrument = context.shortSymbol(at + TradeShortAt.Symbol, false)
    const isSigned = context.state.symbols.hasSignedPrices[instrument] === 1
    context.readShortPrice(at + TradeShortAt.Price, isSigned, this.#value, MarketValue.Price)
    this.#value[MarketValue.Quantity] = context.view.getUint16(at + TradeShortAt.Quantity, true)
    this.#append(at, instrument, side, at + TradeShortAt.Execution)
  }

  #appendLong(at: number, instrument: number, side: number, priceAt: number, executionAt: number): void {
    const context = this.#context
    context.readLongPrice(at + priceAt, this.#value, MarketValue.Price)
    this.#value[MarketValue.Quantity] = context.view.getUint32(at + TradeLongAt.Quantity, true)
    this.#append(at, instrument, side, at + executionAt)
  }

  #append(at: number, instrument: number, side: number, executionAt: number): void {
    const context = this.#context
    if (instrument === 0) {
      context.reject(at, PitchReject.TooManyInstruments)
      return
    }
    const to = this.#appendTrade(instrument, side === Wire.Sell ? Side.Sell : Side.Buy, executionAt)
    context.i32[(to + Trade.ReferenceLow) >> 2] = context.view.getInt32(at + TradeLongAt.Order, true)
    context.i32[(to + Trade.ReferenceHigh) >> 2] = context.view.getInt32(at + TradeLongAt.Order + 4, true)
  }

  /**
   * Appends a trade at the price and quantity at hand, of no order.
   * @param side of the record
   * @returns its offset
   */
  #appendTrade(instrument: number, side: number, executionAt: number): number {
    const context = this.#context
    const to = context.begin(Trade.Bytes, RecordType.Trade, instrument)
    const { i32, f64, view } = context
    i32[(to + Trade.ReferenceLow) >> 2] = 0
    i32[(to + Trade.ReferenceHigh) >> 2] = 0
    f64[(to + Trade.Price) >> 3] = this.#value[MarketValue.Price]!
    f64[(to + Trade.Quantity) >> 3] = this.#value[MarketValue.Quantity]!
    f64[(to + Trade.SourceTime) >> 3] = context.time[0]!
    i32[(to + Trade.MatchLow) >> 2] = view.getInt32(executionAt, true)
    i32[(to + Trade.MatchHigh) >> 2] = view.getInt32(executionAt + 4, true)
    i32[(to + Trade.Side) >> 2] = side
    i32[(to + Trade.Reserved) >> 2] = 0
    return to
  }

  /** Trade break. */
  tradeBreak(at: number): void {
    const { view } = this.#context
    const low = view.getInt32(at + TradeBreakAt.Execution, true)
    this.#records.tradeBreak(low, view.getInt32(at + TradeBreakAt.Execution + 4, true))
  }

  /** The instrument of a message that begins with a symbol of eight bytes; 0, and counted, where there is no room. */
  #symbolOf(at: number): number {
    const instrument = this.#context.longSymbol(at + StatusAt.Symbol)
    if (instrument === 0) this.#context.reject(at, PitchReject.TooManyInstruments)
    return instrument
  }

  tradingStatus(at: number): void {
    const { bytes } = this.#context
    const instrument = this.#symbolOf(at)
    if (instrument === 0) return
    const regSho = bytes[at + StatusAt.RegSho]!
    this.#records.status(instrument, bytes[at + StatusAt.Status]!, regSho, bytes[at + StatusAt.ExtendedHours]!)
  }

  retailInterest(at: number): void {
    const instrument = this.#symbolOf(at)
    if (instrument === 0) return
    this.#records.retailInterest(instrument, this.#context.bytes[at + RetailInterestAt.Interest]!)
  }

  /** Auction update, of equities or of options: the latter's opening condition goes into `Variation`. */
  auctionUpdate(type: number, at: number): void {
    const context = this.#context
    const { view, bytes } = context
    const value = this.#value
    const instrument = this.#symbolOf(at)
    if (instrument === 0) return
    value[MarketValue.Buy] = view.getUint32(at + AuctionUpdateAt.Buy, true)
    value[MarketValue.Sell] = view.getUint32(at + AuctionUpdateAt.Sell, true)
    context.readLongPrice(at + AuctionUpdateAt.Reference, value, MarketValue.Reference)
    context.readLongPrice(at + AuctionUpdateAt.Indicative, value, MarketValue.Indicative)
    context.readLongPrice(at + AuctionUpdateAt.AuctionOnly, value, MarketValue.AuctionOnly)
    const variation = type === PitchType.OptionsAuctionUpdate ? bytes[at + OptionsUpdateAt.Condition]! : 0
    this.#records.auctionUpdate(instrument, bytes[at + AuctionUpdateAt.AuctionType]!, variation)
  }

  auctionSummary(at: number): void {
    const context = this.#context
    const instrument = this.#symbolOf(at)
    if (instrument === 0) return
    context.readLongPrice(at + AuctionSummaryAt.Price, this.#value, MarketValue.Price)
    this.#value[MarketValue.Quantity] = context.view.getUint32(at + AuctionSummaryAt.Quantity, true)
    this.#records.auctionSummary(instrument, context.bytes[at + AuctionSummaryAt.AuctionType]!)
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
    context.readLongPrice(at + NotificationAt.Price, this.#value, MarketValue.Price)
    this.#value[MarketValue.Quantity] = view.getUint32(at + NotificationAt.Contracts, true)
    const side = bytes[at + NotificationAt.Side]!
    this.#records.notification(instrument, bytes[at + NotificationAt.AuctionType]!, side)
  }

  /** Auction cancel: forgets it; no record. */
  auctionCancel(at: number): void {
    const { view, state } = this.#context
    const idLow = view.getInt32(at + AuctionCancelAt.Auction, true)
    const idHigh = view.getInt32(at + AuctionCancelAt.Auction + 4, true)
    if (state.auctions.find(idLow, idHigh) !== 0) state.auctions.note(idLow, idHigh, 0)
  }

  /** Auction trade: the message names the auction, not the side. */
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
    context.readLongPrice(at + AuctionTradeAt.Price, this.#value, MarketValue.Price)
    this.#value[MarketValue.Quantity] = view.getUint32(at + AuctionTradeAt.Contracts, true)
    this.#appendTrade(instrument, NO_SIDE, at + AuctionTradeAt.Execution)
  }
}
