import {
  Header,
  PriceBand,
  PriceBandKind,
  ShortSaleState,
  Statistic,
  StatisticKind,
} from '../../kernels/records/catalogue.ts'
import { EncodeRefusal } from './encode-counts.ts'
import { EncoderFields, shiftDecimals } from './encoder-fields.ts'
import {
  BreakerLevelsAt,
  IpoQuotingAt,
  ITCH50_BREAKER_EXPONENT,
  Itch50Type,
  LuldCollarAt,
  OperationalHaltAt,
  RegShoAt,
  RetailInterestAt,
} from './layout.ts'
import type { ListedInstrument } from './locate-table.ts'

const NS_PER_SECOND = 1e9
const U32_MAX = 0xffffffff
const NASDAQ_MARKET = 0x51
const SHORT_SALE_LETTERS: Readonly<Record<number, string>> = {
  [ShortSaleState.Unrestricted]: '0',
  [ShortSaleState.Restricted]: '1',
  [ShortSaleState.Remains]: '2',
}
/** Of retail interest: none, buy, sell, both. */
const INTEREST_LETTERS = ['N', 'B', 'S', 'A'] as const

/** What several records tell and one message holds: kept until the last of them. */
enum Held {
  TimeNs = 0,
  Instrument = 1,
  First = 2,
  Second = 3,
  Slots = 4,
}

/** Statistics and price bands: facts beside books, trades and states. The inverse of `Itch50MarketFacts`. */
export class FactRecordEncoder extends EncoderFields {
  readonly #offering = new Float64Array(Held.Slots).fill(Number.NaN)
  readonly #breaker = new Float64Array(Held.Slots).fill(Number.NaN)

  /** Levels of market-wide circuit breakers, which come three in a row; other statistics of no instrument have no message. */
  protected encodeMarketStatistic(): boolean {
    const { i32, f64 } = this.views
    const shift = i32[(this.at + Statistic.Detail) >> 2]! - ITCH50_BREAKER_EXPONENT
    const level = shiftDecimals(f64[(this.at + Statistic.Value) >> 3]!, shift)
    if (!(Number.isSafeInteger(level) && level >= 0)) return this.refuse(EncodeRefusal.PriceRange)
    const held = this.#breaker
    switch (i32[(this.at + Statistic.Kind) >> 2]) {
      case StatisticKind.BreakerLevel1:
        return this.#hold(held, Held.First, level)
      case StatisticKind.BreakerLevel2:
        if (!this.#isOfHeld(held)) return this.refuse(EncodeRefusal.Incomplete)
        held[Held.Second] = level
        return true
      case StatisticKind.BreakerLevel3:
        return this.#breakerLevels(level)
      default:
        return this.refuse(EncodeRefusal.RecordType)
    }
  }

  protected encodeStatistic(instrument: ListedInstrument): boolean {
    const value = this.views.f64[(this.at + Statistic.Value) >> 3]!
    switch (this.views.i32[(this.at + Statistic.Kind) >> 2]) {
      case StatisticKind.ShortSale:
        return this.#letterOf(instrument, Itch50Type.RegSho, RegShoAt.Bytes, RegShoAt.Action, SHORT_SALE_LETTERS[value])
      case StatisticKind.RetailInterest: {
        const letter = INTEREST_LETTERS[value]
        return this.#letterOf(
          instrument,
          Itch50Type.RetailInterest,
          RetailInterestAt.Bytes,
          RetailInterestAt.Interest,
          letter,
        )
      }
      case StatisticKind.OperationalHalt:
        return this.#operationalHalt(instrument, value)
      case StatisticKind.OfferingPrice: {
        const price = this.price(Statistic.Value, instrument)
        return price >= 0 && this.#hold(this.#offering, Held.First, price)
      }
      case StatisticKind.OfferingRelease:
        return this.#offeringRelease(instrument, value)
      default:
        return this.refuse(EncodeRefusal.RecordType)
    }
  }

  protected encodePriceBand(instrument: ListedInstrument): boolean {
    const { u32 } = this.views
    if (u32[(this.at + PriceBand.Kind) >> 2] !== PriceBandKind.AuctionCollar) {
      return this.refuse(EncodeRefusal.RecordType)
    }
    const reference = this.price(PriceBand.ReferencePrice, instrument)
    const lower = reference < 0 ? reference : this.price(PriceBand.LowerPrice, instrument)
    const upper = lower < 0 ? lower : this.price(PriceBand.UpperPrice, instrument)
    if (upper < 0) return false
    const to = this.begin(Itch50Type.LuldCollar, LuldCollarAt.Bytes, instrument.locate)
    this.putStock(to + LuldCollarAt.Stock, instrument)
    this.putU32(to + LuldCollarAt.Reference, reference)
    this.putU32(to + LuldCollarAt.Upper, upper)
    this.putU32(to + LuldCollarAt.Lower, lower)
    this.putU32(to + LuldCollarAt.Extension, u32[(this.at + PriceBand.Extension) >> 2]!)
    return true
  }

  #breakerLevels(level3: number): boolean {
    const held = this.#breaker
    if (!this.#isOfHeld(held) || Number.isNaN(held[Held.Second])) return this.refuse(EncodeRefusal.Incomplete)
    const to = this.begin(Itch50Type.BreakerLevels, BreakerLevelsAt.Bytes, 0)
    this.putU64(to + BreakerLevelsAt.Level1, held[Held.First]!)
    this.putU64(to + BreakerLevelsAt.Level2, held[Held.Second]!)
    this.putU64(to + BreakerLevelsAt.Level3, level3)
    held.fill(Number.NaN)
    return true
  }

  /** A message of a stock and one letter. */
  #letterOf(
    instrument: ListedInstrument,
    type: Itch50Type,
    bytes: number,
    letterAt: number,
    letter: string | undefined,
  ): boolean {
    if (letter === undefined) return this.refuse(EncodeRefusal.RecordType)
    const to = this.begin(type, bytes, instrument.locate)
    this.putStock(to + RegShoAt.Stock, instrument)
    this.putText(to + letterAt, letter, 1)
    return true
  }

  /** Of a sister market; Nasdaq's own are trading states. */
  #operationalHalt(instrument: ListedInstrument, value: number): boolean {
    const market = this.views.u32[(this.at + Statistic.Detail) >> 2]!
    if (market === NASDAQ_MARKET || market > 0xff || value > 1) return this.refuse(EncodeRefusal.RecordType)
    const to = this.begin(Itch50Type.OperationalHalt, OperationalHaltAt.Bytes, instrument.locate)
    this.putStock(to + OperationalHaltAt.Stock, instrument)
    this.bytes[to + OperationalHaltAt.Market] = market
    this.putText(to + OperationalHaltAt.Action, value === 1 ? 'H' : 'T', 1)
    return true
  }

  #offeringRelease(instrument: ListedInstrument, releaseNs: number): boolean {
    const held = this.#offering
    const seconds = releaseNs / NS_PER_SECOND
    if (!this.#isOfHeld(held)) return this.refuse(EncodeRefusal.Incomplete)
    if (!(Number.isInteger(seconds) && seconds >= 0 && seconds <= U32_MAX)) return this.refuse(EncodeRefusal.Time)
    const to = this.begin(Itch50Type.IpoQuoting, IpoQuotingAt.Bytes, instrument.locate)
    this.putStock(to + IpoQuotingAt.Stock, instrument)
    this.putU32(to + IpoQuotingAt.ReleaseTime, seconds)
    this.bytes[to + IpoQuotingAt.Qualifier] = this.views.u32[(this.at + Statistic.Detail) >> 2]!
    this.putU32(to + IpoQuotingAt.Price, held[Held.First]!)
    held.fill(Number.NaN)
    return true
  }

  /** Keeps a value for the message that a later record of the same instrument and moment completes. */
  #hold(held: Float64Array, slot: Held, value: number): true {
    held.fill(Number.NaN)
    held[Held.TimeNs] = this.views.f64[(this.at + Statistic.SourceTime) >> 3]!
    held[Held.Instrument] = this.views.u32[(this.at + Header.Instrument) >> 2]!
    held[slot] = value
    return true
  }

  #isOfHeld(held: Float64Array): boolean {
    const { u32, f64 } = this.views
    return (
      held[Held.TimeNs] === f64[(this.at + Statistic.SourceTime) >> 3] &&
      held[Held.Instrument] === u32[(this.at + Header.Instrument) >> 2]
    )
  }
}
