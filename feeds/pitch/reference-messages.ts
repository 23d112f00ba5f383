import {
  Instrument,
  PriceBand,
  PriceBandKind,
  RecordType,
  Statistic,
  StatisticKind,
  SYMBOL_BYTES,
} from '../../kernels/records/catalogue.ts'
import { copyText } from '../itch50/wire.ts'
import type { PitchContext } from './context.ts'
import { PitchReject } from './counts.ts'
import { SYMBOL_SHORT_BYTES, Wire } from './layout.ts'
import {
  ComplexAt,
  FuturesAt,
  MappingAt,
  OpenInterestAt,
  OSI_SYMBOL_BYTES,
  PriceLimitsAt,
  SettlementAt,
  SummaryAt,
  SummaryFlag,
} from './reference-layout.ts'
import { MessageHeader } from './unit-layout.ts'

const DATE_DIGITS = 8
const DIGIT_0 = 0x30

/** The PITCH messages that define instruments, and those that state prices and volumes of a futures' day. */
export class ReferenceMessages {
  readonly #context: PitchContext

  constructor(context: PitchContext) {
    this.#context = context
  }

  /** A symbol mapping: the option's symbol takes the place of the feed's. */
  mapping(at: number): void {
    const context = this.#context
    context.time[0] = 0
    const id = this.#define(at, at + MappingAt.FeedSymbol, at + MappingAt.OsiSymbol, OSI_SYMBOL_BYTES + 1, false)
    if (id === 0) return
    const to = context.beginInstrument(id, 0)
    copyText(
      context.bytes,
      at + MappingAt.OsiSymbol,
      OSI_SYMBOL_BYTES,
      context.u8,
      to + Instrument.Symbol,
      SYMBOL_BYTES,
    )
  }

  /** A complex instrument, of either kind: its legs are left out. */
  complex(at: number, length: number): void {
    const context = this.#context
    context.state.isComplex[context.session] = 1
    const symbolAt = at + ComplexAt.Symbol
    const id = this.#define(at, symbolAt, symbolAt, length - ComplexAt.Symbol, true)
    if (id === 0) return
    const to = context.beginInstrument(id, 0)
    copyText(context.bytes, symbolAt, SYMBOL_SHORT_BYTES, context.u8, to + Instrument.Symbol, SYMBOL_BYTES)
  }

  /**
   * A futures definition. The symbol becomes product, a space and the expiration date; with legs also the feed's symbol,
   * since spreads share the former.
   */
  futures(at: number, length: number): void {
    const context = this.#context
    const { view, bytes, u8 } = context
    const unitSeconds = view.getUint32(at + FuturesAt.UnitSeconds, true)
    const offsetNs = view.getUint32(at + MessageHeader.TimeOffset, true)
    if (context.state.clock.stampSince1970(unitSeconds, offsetNs, context.time)) context.counts.noteTime(context.time)
    const id = this.#define(
      at,
      at + FuturesAt.Symbol,
      at + FuturesAt.ReportSymbol,
      length - FuturesAt.ReportSymbol,
      true,
    )
    if (id === 0) return
    const to = context.beginInstrument(id, 0)
    context.readLongPrice(at + FuturesAt.PriceIncrement, context.f64, (to + Instrument.TickSize) >> 3)
    let textAt = to + Instrument.Symbol
    copyText(bytes, at + FuturesAt.ReportSymbol, SYMBOL_SHORT_BYTES, u8, textAt, SYMBOL_SHORT_BYTES)
    while (u8[textAt] !== 0) textAt++
    u8[textAt++] = Wire.Space
    let date = view.getUint32(at + FuturesAt.Expiration, true)
    for (let digit = DATE_DIGITS - 1; digit >= 0; digit--) {
      u8[textAt + digit] = DIGIT_0 + (date % 10)
      date = Math.floor(date / 10)
    }
    if (bytes[at + FuturesAt.LegCount] === 0) return
    textAt += DATE_DIGITS
    u8[textAt++] = Wire.Space
    copyText(bytes, at + FuturesAt.Symbol, SYMBOL_SHORT_BYTES, u8, textAt, SYMBOL_SHORT_BYTES)
  }

  /**
   * The instrument that a definition is of, made where it is new. Definitions are repeated all day.
   * @param hashedAt what of the definition is compared with the last one, `hashedBytes` from there
   * @returns 0 when there is nothing to say: it was defined so before, or there is no room
   */
  #define(at: number, symbolAt: number, hashedAt: number, hashedBytes: number, isSigned: boolean): number {
    const context = this.#context
    const { view, bytes, unit } = context
    const { symbols } = context.state
    const low = view.getInt32(symbolAt, true)
    const high = view.getUint16(symbolAt + 4, true) | Wire.TwoSpaces
    let id = symbols.find(low, high, unit)
    if (id === 0) id = symbols.assign(low, high, unit)
    if (id === 0) {
      context.reject(at, PitchReject.TooManyInstruments)
      return 0
    }
    if (isSigned) symbols.hasSignedPrices[id] = 1
    symbols.messages[id]!++
    const hash = hashOf(bytes, hashedAt, hashedBytes)
    if (symbols.definition[id] === hash) return 0
    symbols.definition[id] = hash
    return id
  }

  /** Settlement price of a day, which `Detail` names. */
  settlement(at: number): void {
    const id = this.#symbolOf(at, SettlementAt.Symbol)
    if (id === 0) return
    const date = this.#context.view.getInt32(at + SettlementAt.TradeDate, true)
    this.#appendPrice(id, StatisticKind.SettlementPrice, date, at + SettlementAt.Price)
  }

  /** Open interest at the end of a day, which `Detail` names. */
  openInterest(at: number): void {
    const { view } = this.#context
    const id = this.#symbolOf(at, OpenInterestAt.Symbol)
    if (id === 0) return
    const to = this.#append(id, StatisticKind.OpenInterest, view.getInt32(at + OpenInterestAt.TradeDate, true))
    this.#context.f64[(to + Statistic.Value) >> 3] = view.getUint32(at + OpenInterestAt.OpenInterest, true)
  }

  /** The day's summary: a Statistic for each of its prices that is valid, the volume and the open interest. */
  summary(at: number): void {
    const { view, bytes, f64 } = this.#context
    const id = this.#symbolOf(at, SummaryAt.Symbol)
    if (id === 0) return
    const date = view.getInt32(at + SummaryAt.TradeDate, true)
    const flags = bytes[at + SummaryAt.Flags]!
    const has = (flag: SummaryFlag) => (flags & flag) !== 0
    if (has(SummaryFlag.HasHigh)) {
      const kind = has(SummaryFlag.HighIsBid) ? StatisticKind.HighestBid : StatisticKind.HighPrice
      this.#appendPrice(id, kind, date, at + SummaryAt.High)
    }
    if (has(SummaryFlag.HasLow)) {
      const kind = has(SummaryFlag.LowIsOffer) ? StatisticKind.LowestOffer : StatisticKind.LowPrice
      this.#appendPrice(id, kind, date, at + SummaryAt.Low)
    }
    if (has(SummaryFlag.HasOpenAndClose)) {
      this.#appendPrice(id, StatisticKind.OpeningPrice, date, at + SummaryAt.Open)
      this.#appendPrice(id, StatisticKind.ClosingPrice, date, at + SummaryAt.Close)
    }
    let to = this.#append(id, StatisticKind.TotalVolume, date)
    f64[(to + Statistic.Value) >> 3] = view.getUint32(at + SummaryAt.Volume, true)
    to = this.#append(id, StatisticKind.OpenInterest, date)
    f64[(to + Statistic.Value) >> 3] = view.getUint32(at + SummaryAt.OpenInterest, true)
  }

  /** Price limits of futures. */
  priceLimits(at: number): void {
    const context = this.#context
    const id = this.#symbolOf(at, PriceLimitsAt.Symbol)
    if (id === 0) return
    const to = context.begin(PriceBand.Bytes, RecordType.PriceBand, id)
    context.i32[(to + PriceBand.Kind) >> 2] = PriceBandKind.PriceLimits
    context.i32[(to + PriceBand.Extension) >> 2] = 0
    context.f64[(to + PriceBand.ReferencePrice) >> 3] = 0
    context.readLongPrice(at + PriceLimitsAt.Lower, context.f64, (to + PriceBand.LowerPrice) >> 3)
    context.readLongPrice(at + PriceLimitsAt.Upper, context.f64, (to + PriceBand.UpperPrice) >> 3)
    context.f64[(to + PriceBand.SourceTime) >> 3] = context.time[0]!
  }

  #symbolOf(at: number, symbolAt: number): number {
    const id = this.#context.shortSymbol(at + symbolAt, true)
    if (id === 0) this.#context.reject(at, PitchReject.TooManyInstruments)
    return id
  }

  #append(instrument: number, kind: StatisticKind, date: number): number {
    const context = this.#context
    const to = context.begin(Statistic.Bytes, RecordType.Statistic, instrument)
    context.i32[(to + Statistic.Kind) >> 2] = kind
    context.i32[(to + Statistic.Detail) >> 2] = date
    context.f64[(to + Statistic.SourceTime) >> 3] = context.time[0]!
    return to
  }

  #appendPrice(instrument: number, kind: StatisticKind, date: number, priceAt: number): void {
    const to = this.#append(instrument, kind, date)
    this.#context.readLongPrice(priceAt, this.#context.f64, (to + Statistic.Value) >> 3)
  }
}

/** FNV-1a of some bytes, never 0. */
function hashOf(bytes: Uint8Array, at: number, length: number): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[at + i]!, 0x01000193)
  return hash === 0 ? 1 : hash
}
