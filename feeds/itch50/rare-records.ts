import {
  Cross,
  FLAG_IMPLIED,
  Header,
  Imbalance,
  Instrument,
  SessionEvent,
  SessionEventCode,
  SYMBOL_BYTES,
  TradeBreak,
  TradingState,
  TradingStatus,
} from '../../kernels/records/catalogue.ts'
import { EncodeRefusal } from './encode-counts.ts'
import { FactRecordEncoder } from './fact-records.ts'
import {
  BreakerStatusAt,
  BrokenTradeAt,
  CrossAt,
  DirectoryAt,
  ImbalanceAt,
  ITCH50_PRICE_EXPONENT,
  Itch50Type,
  OperationalHaltAt,
  SystemEventAt,
  TradingActionAt,
} from './layout.ts'
import { type ListedInstrument, LocateTable, toStock } from './locate-table.ts'

const WIDE_MAX = Number.MAX_SAFE_INTEGER
/** Letters of system events, by code. */
const EVENT_LETTERS: Readonly<Record<number, string>> = {
  [SessionEventCode.StartOfMessages]: 'O',
  [SessionEventCode.StartOfSystemHours]: 'S',
  [SessionEventCode.StartOfMarketHours]: 'Q',
  [SessionEventCode.EndOfMarketHours]: 'M',
  [SessionEventCode.EndOfSystemHours]: 'E',
  [SessionEventCode.EndOfMessages]: 'C',
}
const STATE_LETTERS: Readonly<Record<number, string>> = {
  [TradingState.Trading]: 'T',
  [TradingState.Halted]: 'H',
  [TradingState.Paused]: 'P',
  [TradingState.QuotationOnly]: 'Q',
}
/** Reason of a status that an operational halt caused, as the decoder writes it. */
const OPERATIONAL = 'OPS'

/** The records that are a small part of a day: directory, status, crosses, imbalances, session events. */
export class RareRecordEncoder extends FactRecordEncoder {
  /** Implied instruments, which need no message. */
  implied = 0
  protected readonly locates = new LocateTable()

  protected encodeInstrument(): boolean {
    const { u8, u16, u32, i32 } = this.views
    const at = this.at
    const id = u32[(at + Header.Instrument) >> 2]!
    const stock = toStock(u8.subarray(at + Instrument.Symbol, at + Instrument.Symbol + SYMBOL_BYTES))
    if (stock === undefined) {
      this.locates.drop(id)
      return this.refuse(EncodeRefusal.Symbol)
    }
    const listed = this.locates.list(
      {
        id,
        stock,
        priceShift: i32[(at + Instrument.PriceExponent) >> 2]! - ITCH50_PRICE_EXPONENT,
        quantityShift: i32[(at + Instrument.QuantityExponent) >> 2]!,
        roundLot: u32[(at + Instrument.RoundLot) >> 2]!,
      },
      u32[(at + Instrument.VenueLocate) >> 2]!,
    )
    if (listed === undefined) return this.refuse(EncodeRefusal.Locates)
    if ((u16[(at + Header.Flags) >> 1]! & FLAG_IMPLIED) !== 0) {
      this.implied++
      return true
    }
    this.putStockDirectory(listed)
    return true
  }

  /** What no record holds is "not available" where the specification has such a code, else an ordinary common stock. */
  protected putStockDirectory(instrument: ListedInstrument): void {
    const to = this.begin(Itch50Type.StockDirectory, DirectoryAt.Bytes, instrument.locate)
    this.putStock(to + DirectoryAt.Stock, instrument)
    this.putText(to + DirectoryAt.Category, '', 2)
    this.putU32(to + DirectoryAt.RoundLot, instrument.roundLot)
    // Round lots only N, class C, sub-type Z, production P; short sale threshold, IPO flag, LULD tier, ETP flag unknown.
    this.putText(to + DirectoryAt.RoundLotsOnly, 'NCZ P', 9)
    this.putU32(to + DirectoryAt.EtpLeverage, 0)
    this.putText(to + DirectoryAt.Inverse, 'N', 1)
  }

  protected encodeTradeBreak(instrument: ListedInstrument): boolean {
    const to = this.begin(Itch50Type.BrokenTrade, BrokenTradeAt.Bytes, instrument.locate)
    this.putPair(to + BrokenTradeAt.Match, TradeBreak.MatchLow)
    return true
  }

  protected encodeCross(instrument: ListedInstrument): boolean {
    const price = this.price(Cross.Price, instrument)
    const shares = price < 0 ? price : this.quantity(Cross.Quantity, instrument, WIDE_MAX)
    if (shares < 0) return false
    const to = this.begin(Itch50Type.CrossTrade, CrossAt.Bytes, instrument.locate)
    this.putU64(to + CrossAt.Shares, shares)
    this.putStock(to + CrossAt.Stock, instrument)
    this.putU32(to + CrossAt.Price, price)
    this.putPair(to + CrossAt.Match, Cross.MatchLow)
    this.bytes[to + CrossAt.CrossType] = this.views.u32[(this.at + Cross.CrossType) >> 2]!
    return true
  }

  protected encodeImbalance(instrument: ListedInstrument): boolean {
    const { u32 } = this.views
    const at = this.at
    const paired = this.quantity(Imbalance.PairedQuantity, instrument, WIDE_MAX)
    const imbalance = paired < 0 ? paired : this.quantity(Imbalance.ImbalanceQuantity, instrument, WIDE_MAX)
    const far = imbalance < 0 ? imbalance : this.price(Imbalance.FarPrice, instrument)
    const near = far < 0 ? far : this.price(Imbalance.NearPrice, instrument)
    const reference = near < 0 ? near : this.price(Imbalance.ReferencePrice, instrument)
    if (reference < 0) return false
    const to = this.begin(Itch50Type.Imbalance, ImbalanceAt.Bytes, instrument.locate)
    this.putU64(to + ImbalanceAt.Paired, paired)
    this.putU64(to + ImbalanceAt.Imbalance, imbalance)
    this.bytes[to + ImbalanceAt.Direction] = u32[(at + Imbalance.Direction) >> 2]!
    this.putStock(to + ImbalanceAt.Stock, instrument)
    this.putU32(to + ImbalanceAt.Far, far)
    this.putU32(to + ImbalanceAt.Near, near)
    this.putU32(to + ImbalanceAt.Reference, reference)
    this.bytes[to + ImbalanceAt.CrossType] = u32[(at + Imbalance.CrossType) >> 2]!
    this.bytes[to + ImbalanceAt.Variation] = u32[(at + Imbalance.Variation) >> 2]!
    return true
  }

  /** A breaker's level stands behind its message type in `Detail`. Other events without a code of ITCH have no message. */
  protected encodeSessionEvent(): boolean {
    const { u32 } = this.views
    const code = u32[(this.at + SessionEvent.Code) >> 2]!
    const detail = u32[(this.at + SessionEvent.Detail) >> 2]!
    const isOfMarket = u32[(this.at + Header.Instrument) >> 2] === 0
    if (isOfMarket && code === SessionEventCode.Other && detail >> 8 === Itch50Type.BreakerStatus) {
      const to = this.begin(Itch50Type.BreakerStatus, BreakerStatusAt.Bytes, 0)
      this.bytes[to + BreakerStatusAt.Level] = detail
      return true
    }
    const letter = EVENT_LETTERS[code] ?? (detail > 0x20 && detail < 0x7f ? String.fromCharCode(detail) : undefined)
    if (letter === undefined || !isOfMarket) return this.refuse(EncodeRefusal.SessionEvent)
    const to = this.begin(Itch50Type.SystemEvent, SystemEventAt.Bytes, 0)
    this.putText(to + SystemEventAt.Event, letter, 1)
    return true
  }

  protected encodeTradingStatus(instrument: ListedInstrument): boolean {
    const { u8, u32 } = this.views
    const state = u32[(this.at + TradingStatus.State) >> 2]!
    const reasonAt = this.at + TradingStatus.Reason
    if (String.fromCharCode(...u8.subarray(reasonAt, reasonAt + 4)) === `${OPERATIONAL}\0`) {
      const to = this.begin(Itch50Type.OperationalHalt, OperationalHaltAt.Bytes, instrument.locate)
      this.putStock(to + OperationalHaltAt.Stock, instrument)
      this.putText(to + OperationalHaltAt.Market, 'Q', 1)
      this.putText(to + OperationalHaltAt.Action, state === TradingState.Halted ? 'H' : 'T', 1)
      return true
    }
    const letter = STATE_LETTERS[state]
    if (letter === undefined) return this.refuse(EncodeRefusal.TradingState)
    const to = this.begin(Itch50Type.TradingAction, TradingActionAt.Bytes, instrument.locate)
    this.putStock(to + TradingActionAt.Stock, instrument)
    this.putText(to + TradingActionAt.State, letter, 1)
    this.putText(to + TradingActionAt.Reserved, ' ', 1)
    this.putPadded(to + TradingActionAt.Reason, TradingStatus.Reason, 4)
    return true
  }
}
