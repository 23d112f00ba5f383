import {
  Cross,
  FLAG_IMPLIED,
  Header,
  Instrument,
  RecordType,
  SessionEvent,
  SessionEventCode,
  SYMBOL_BYTES,
  TradeBreak,
  TradingState,
  TradingStatus,
} from '../../kernels/records/catalogue.ts'
import { beginRecord } from '../../kernels/records/views.ts'
import type { RecordBatch } from '../record-batch.ts'
import { type Itch50Counts, Itch50Reject } from './counts.ts'
import { type InstrumentDirectory, LOCATES_MAX } from './instrument-directory.ts'
import {
  AddOrderAt,
  BreakerStatusAt,
  BrokenTradeAt,
  Common,
  CrossAt,
  DirectoryAt,
  ImbalanceAt,
  IpoQuotingAt,
  ITCH50_PRICE_EXPONENT,
  Itch50Type,
  LuldCollarAt,
  OperationalHaltAt,
  RegShoAt,
  RetailInterestAt,
  STOCK_BYTES,
  SystemEventAt,
  TradeAt,
  TradingActionAt,
} from './layout.ts'
import { Itch50MarketFacts } from './market-facts.ts'
import { copyText, readI32, readU16, storeU64 } from './wire.ts'

const NASDAQ_MARKET = 0x51
const HALTED = 0x48
/** Least price increment from one dollar up (Regulation NMS, rule 612), in units of the price exponent. */
const TICK_SIZE = 100
/** Round lot of an instrument of which no directory message is known: the least that arithmetic can stand on. */
const IMPLIED_ROUND_LOT = 1
/** Currency of all US equities, as the record's eight bytes of text. */
const USD = [0x55, 0x53, 0x44]
/** Reason of a trading status that an operational halt caused; regulatory reasons come from the wire. */
const OPERATIONAL = [0x4f, 0x50, 0x53]

/** Offset of the stock symbol in the messages whose record names an instrument; 0 where the message has none. */
const SYMBOL_AT = new Int32Array(256).fill(-1)
for (const [type, offset] of [
  [Itch50Type.TradingAction, TradingActionAt.Stock],
  [Itch50Type.RegSho, RegShoAt.Stock],
  [Itch50Type.IpoQuoting, IpoQuotingAt.Stock],
  [Itch50Type.LuldCollar, LuldCollarAt.Stock],
  [Itch50Type.OperationalHalt, OperationalHaltAt.Stock],
  [Itch50Type.AddOrder, AddOrderAt.Stock],
  [Itch50Type.AddOrderAttributed, AddOrderAt.Stock],
  [Itch50Type.OrderExecuted, 0],
  [Itch50Type.OrderExecutedWithPrice, 0],
  [Itch50Type.OrderCancel, 0],
  [Itch50Type.OrderDelete, 0],
  [Itch50Type.OrderReplace, 0],
  [Itch50Type.Trade, TradeAt.Stock],
  [Itch50Type.CrossTrade, CrossAt.Stock],
  [Itch50Type.BrokenTrade, 0],
  [Itch50Type.Imbalance, ImbalanceAt.Stock],
  [Itch50Type.RetailInterest, RetailInterestAt.Stock],
] as const) {
  SYMBOL_AT[type] = offset
}

/** Session events by the code on the wire; codes that are not here (emergency conditions) become `Other`. */
const EVENT_CODES = new Uint8Array(256).fill(SessionEventCode.Other)
for (const [letter, code] of [
  ['O', SessionEventCode.StartOfMessages],
  ['S', SessionEventCode.StartOfSystemHours],
  ['Q', SessionEventCode.StartOfMarketHours],
  ['M', SessionEventCode.EndOfMarketHours],
  ['E', SessionEventCode.EndOfSystemHours],
  ['C', SessionEventCode.EndOfMessages],
] as const) {
  EVENT_CODES[letter.charCodeAt(0)] = code
}

const TRADING_STATES = new Uint8Array(256).fill(TradingState.Unknown)
for (const [letter, state] of [
  ['T', TradingState.Trading],
  ['H', TradingState.Halted],
  ['P', TradingState.Paused],
  ['Q', TradingState.QuotationOnly],
] as const) {
  TRADING_STATES[letter.charCodeAt(0)] = state
}

/** The ITCH 5.0 messages that are a small part of a day: directory, status, crosses, imbalances, session events. */
export class Itch50RareMessages {
  #line = 0
  readonly #facts: Itch50MarketFacts
  readonly #directory: InstrumentDirectory
  readonly #counts: Itch50Counts
  /** By locate: the last regulatory state, and whether Nasdaq itself has halted the instrument. */
  readonly #state = new Uint8Array(LOCATES_MAX)
  readonly #isOperationallyHalted = new Uint8Array(LOCATES_MAX)

  constructor(directory: InstrumentDirectory, counts: Itch50Counts) {
    this.#directory = directory
    this.#counts = counts
    this.#facts = new Itch50MarketFacts(counts)
  }

  /** Goes into the header's `Source` of the records. */
  set line(line: number) {
    this.#line = line
    this.#facts.line = line
  }

  /** Whether the message's record names an instrument. */
  needsInstrument(type: number): boolean {
    return SYMBOL_AT[type]! >= 0
  }

  /** Appends the instrument record of an unannounced locate. @returns the new id, 0 when all are taken */
  implyInstrument(type: number, bytes: Uint8Array, at: number, batch: RecordBatch): number {
    const locate = readU16(bytes, at + Common.Locate)
    const id = this.#directory.assign(locate)
    if (id === 0) return 0
    const to = this.#beginInstrument(bytes, at, id, IMPLIED_ROUND_LOT, batch)
    batch.views.u16[(to + Header.Flags) >> 1] = FLAG_IMPLIED
    const symbolAt = SYMBOL_AT[type]!
    if (symbolAt > 0) {
      this.#directory.noteSymbol(locate, bytes, at + symbolAt)
      copyText(bytes, at + symbolAt, STOCK_BYTES, batch.views.u8, to + Instrument.Symbol, SYMBOL_BYTES)
    }
    return id
  }

  /** Decodes any message that `Itch50Decoder` does not decode itself. @returns how many records were appended */
  decode(type: number, bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    switch (type) {
      case Itch50Type.Imbalance:
        return this.#facts.imbalance(bytes, at, instrument, batch)
      case Itch50Type.CrossTrade:
        return this.#cross(bytes, at, instrument, batch)
      case Itch50Type.BrokenTrade:
        return this.#brokenTrade(bytes, at, instrument, batch)
      case Itch50Type.TradingAction:
        return this.#tradingAction(bytes, at, instrument, batch)
      case Itch50Type.OperationalHalt:
        return this.#operationalHalt(bytes, at, instrument, batch)
      case Itch50Type.RegSho:
        return this.#facts.shortSale(bytes, at, instrument, batch)
      case Itch50Type.RetailInterest:
        return this.#facts.retailInterest(bytes, at, instrument, batch)
      case Itch50Type.LuldCollar:
        return this.#facts.auctionCollar(bytes, at, instrument, batch)
      case Itch50Type.IpoQuoting:
        return this.#facts.initialOffering(bytes, at, instrument, batch)
      case Itch50Type.BreakerLevels:
        return this.#facts.breakerLevels(bytes, at, batch)
      case Itch50Type.StockDirectory:
        return this.#stockDirectory(bytes, at, instrument, batch)
      case Itch50Type.SystemEvent:
        return this.#sessionEvent(bytes, at, EVENT_CODES[bytes[at + SystemEventAt.Event]!]!, batch)
      case Itch50Type.BreakerStatus:
        return this.#sessionEvent(bytes, at, SessionEventCode.Other, batch)
      default:
        return 0
    }
  }

  #stockDirectory(bytes: Uint8Array, at: number, known: number, batch: RecordBatch): number {
    const locate = readU16(bytes, at + Common.Locate)
    const isNew = known === 0 || this.#directory.isOtherSymbol(locate, bytes, at + DirectoryAt.Stock)
    const id = isNew ? this.#directory.assign(locate) : known
    if (id === 0) {
      this.#counts.reject(Itch50Type.StockDirectory, Itch50Reject.TooManyInstruments)
      return 0
    }
    if (isNew) {
      this.#state[locate] = TradingState.Unknown
      this.#isOperationallyHalted[locate] = 0
    }
    this.#directory.noteSymbol(locate, bytes, at + DirectoryAt.Stock)
    const to = this.#beginInstrument(bytes, at, id, readI32(bytes, at + DirectoryAt.RoundLot), batch)
    copyText(bytes, at + DirectoryAt.Stock, STOCK_BYTES, batch.views.u8, to + Instrument.Symbol, SYMBOL_BYTES)
    return 1
  }

  /** Appends an instrument record without its symbol. @returns its offset */
  #beginInstrument(bytes: Uint8Array, at: number, id: number, roundLot: number, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    beginRecord(views, to, Instrument.Bytes, RecordType.Instrument, id)
    views.u32[(to + Header.Source) >> 2] = this.#line
    views.u8.fill(0, to + Header.Bytes, to + Instrument.Bytes)
    views.i32[(to + Instrument.VenueLocate) >> 2] = readU16(bytes, at + Common.Locate)
    views.i32[(to + Instrument.PriceExponent) >> 2] = ITCH50_PRICE_EXPONENT
    views.i32[(to + Instrument.QuantityExponent) >> 2] = 0
    views.i32[(to + Instrument.RoundLot) >> 2] = roundLot
    views.f64[(to + Instrument.TickSize) >> 3] = TICK_SIZE
    views.f64[(to + Instrument.SourceTime) >> 3] = this.#counts.timeNs[1]!
    views.u8.set(USD, to + Instrument.Currency)
    batch.usedBytes = to + Instrument.Bytes
    return to
  }

  /** The wire's code goes into `Detail`, behind the message type where the message is not a system event. */
  #sessionEvent(bytes: Uint8Array, at: number, code: SessionEventCode, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    beginRecord(views, to, SessionEvent.Bytes, RecordType.SessionEvent, 0)
    views.u32[(to + Header.Source) >> 2] = this.#line
    const type = bytes[at]!
    const isSystemEvent = type === Itch50Type.SystemEvent
    views.i32[(to + SessionEvent.Code) >> 2] = code
    views.i32[(to + SessionEvent.Detail) >> 2] = isSystemEvent
      ? bytes[at + SystemEventAt.Event]!
      : (type << 8) | bytes[at + BreakerStatusAt.Level]!
    views.f64[(to + SessionEvent.SourceTime) >> 3] = this.#counts.timeNs[1]!
    batch.usedBytes = to + SessionEvent.Bytes
    return 1
  }

  #tradingAction(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const locate = readU16(bytes, at + Common.Locate)
    const state = TRADING_STATES[bytes[at + TradingActionAt.State]!]!
    this.#state[locate] = state
    const to = this.#beginStatus(locate, instrument, batch)
    copyText(bytes, at + TradingActionAt.Reason, 4, batch.views.u8, to + TradingStatus.Reason, 4)
    return 1
  }

  /** Only Nasdaq's own halts are a trading status of this book; resuming leaves a regulatory halt in force. */
  #operationalHalt(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    if (bytes[at + OperationalHaltAt.Market] !== NASDAQ_MARKET) {
      return this.#facts.operationalHalt(bytes, at, instrument, batch)
    }
    const locate = readU16(bytes, at + Common.Locate)
    const isHalted = bytes[at + OperationalHaltAt.Action] === HALTED
    this.#isOperationallyHalted[locate] = isHalted ? 1 : 0
    if (this.#state[locate] === TradingState.Unknown) this.#state[locate] = TradingState.Trading
    const to = this.#beginStatus(locate, instrument, batch)
    batch.views.u8.set(OPERATIONAL, to + TradingStatus.Reason)
    return 1
  }

  #beginStatus(locate: number, instrument: number, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    beginRecord(views, to, TradingStatus.Bytes, RecordType.TradingStatus, instrument)
    views.u32[(to + Header.Source) >> 2] = this.#line
    const isHalted = this.#isOperationallyHalted[locate] === 1
    views.i32[(to + TradingStatus.State) >> 2] = isHalted ? TradingState.Halted : this.#state[locate]!
    views.i32[(to + TradingStatus.Reason) >> 2] = 0
    views.f64[(to + TradingStatus.SourceTime) >> 3] = this.#counts.timeNs[1]!
    batch.usedBytes = to + TradingStatus.Bytes
    return to
  }

  #cross(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    const { i32, f64 } = views
    beginRecord(views, to, Cross.Bytes, RecordType.Cross, instrument)
    views.u32[(to + Header.Source) >> 2] = this.#line
    i32[(to + Cross.MatchLow) >> 2] = readI32(bytes, at + CrossAt.Match + 4)
    i32[(to + Cross.MatchHigh) >> 2] = readI32(bytes, at + CrossAt.Match)
    f64[(to + Cross.Price) >> 3] = readI32(bytes, at + CrossAt.Price) >>> 0
    storeU64(bytes, at + CrossAt.Shares, f64, (to + Cross.Quantity) >> 3)
    f64[(to + Cross.SourceTime) >> 3] = this.#counts.timeNs[1]!
    i32[(to + Cross.CrossType) >> 2] = bytes[at + CrossAt.CrossType]!
    i32[(to + Cross.Reserved) >> 2] = 0
    batch.usedBytes = to + Cross.Bytes
    return 1
  }

  #brokenTrade(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    beginRecord(views, to, TradeBreak.Bytes, RecordType.TradeBreak, instrument)
    views.u32[(to + Header.Source) >> 2] = this.#line
    views.i32[(to + TradeBreak.MatchLow) >> 2] = readI32(bytes, at + BrokenTradeAt.Match + 4)
    views.i32[(to + TradeBreak.MatchHigh) >> 2] = readI32(bytes, at + BrokenTradeAt.Match)
    views.f64[(to + TradeBreak.SourceTime) >> 3] = this.#counts.timeNs[1]!
    batch.usedBytes = to + TradeBreak.Bytes
    return 1
  }
}
