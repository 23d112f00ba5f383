import {
  FLAG_IMPLIED,
  Header,
  Instrument,
  RecordType,
  SessionEvent,
  SessionEventCode,
  ShortSaleState,
  StatisticKind,
  SYMBOL_BYTES,
  TradingState,
  TradingStatus,
} from '../../kernels/records/catalogue.ts'
import { copyText } from '../itch50/wire.ts'
import type { RecordBatch } from '../record-batch.ts'
import {
  Common,
  DirectoryAt,
  IEX_PRICE_EXPONENT,
  IEX_SYMBOL_BYTES,
  IexType,
  ShortSaleAt,
  TradingStatusAt,
} from './layout.ts'
import { type IexMessage, openRecord, rejectCode, storePrice } from './message.ts'
import { closeStatistic, openStatistic } from './statistic.ts'

const HALTED = 0x4f
const NOT_HALTED = 0x4e
const CONTINUED = 0x43
const REASON_BYTES = 4
/** The exchange's letter on the consolidated tapes: `Detail` of its operational halts. */
const IEX_MARKET = 0x56
/** Least price increment from one dollar up (Regulation NMS, rule 612), in units of the price exponent. */
const TICK_SIZE = 100
/** Round lot of an instrument of which no directory message is known: the least that arithmetic can stand on. */
const IMPLIED_ROUND_LOT = 1
/** Currency of all US equities, as the record's eight bytes of text. */
const USD = [0x55, 0x53, 0x44]
/** Reason of a trading status that an operational halt caused; regulatory reasons come from the wire. */
const OPERATIONAL = [0x4f, 0x50, 0x53, 0]
const NO_CODE = 255

/** A table of 256 codes by character; `NO_CODE` where the specification has none. */
function codesOf(entries: readonly (readonly [letter: string, code: number])[]): Uint8Array {
  const codes = new Uint8Array(256).fill(NO_CODE)
  for (const [letter, code] of entries) codes[letter.charCodeAt(0)] = code
  return codes
}

const EVENT_CODES = codesOf([
  ['O', SessionEventCode.StartOfMessages],
  ['S', SessionEventCode.StartOfSystemHours],
  ['R', SessionEventCode.StartOfMarketHours],
  ['M', SessionEventCode.EndOfMarketHours],
  ['E', SessionEventCode.EndOfSystemHours],
  ['C', SessionEventCode.EndOfMessages],
])

/** An order acceptance period (O) takes orders and matches none; a pause (P) is one, and is called what it is. */
const TRADING_STATES = codesOf([
  ['T', TradingState.Trading],
  ['H', TradingState.Halted],
  ['P', TradingState.Paused],
  ['O', TradingState.PreOpen],
])

/** Values of `StatisticKind.RetailInterest`. */
const RETAIL_INTEREST = codesOf([
  [' ', 0],
  ['A', 1],
  ['B', 2],
  ['C', 3],
])

/**
 * Messages about a session's or an instrument's state. The functions append the message's records and return how many were
 * appended; 0 when the message cannot be, and `fault` says why.
 */
export class StatusMessages {
  /** By instrument: the last regulatory state with its reason, and whether the exchange itself has halted it. */
  readonly #state: Uint8Array
  readonly #reasons: Uint8Array
  readonly #isOperationallyHalted: Uint8Array

  constructor(instrumentsMax: number) {
    this.#state = new Uint8Array(instrumentsMax + 1)
    this.#reasons = new Uint8Array((instrumentsMax + 1) * REASON_BYTES)
    this.#isOperationallyHalted = new Uint8Array(instrumentsMax + 1)
  }

  /** Forgets all states: another session begins, and tells them anew. */
  forget(): void {
    this.#state.fill(TradingState.Unknown)
    this.#reasons.fill(0)
    this.#isOperationallyHalted.fill(0)
  }

  writeTradingStatus(message: IexMessage, batch: RecordBatch): number {
    const { bytes, at, instrument } = message
    const state = TRADING_STATES[bytes[at + Common.Subtype]!]!
    if (state === NO_CODE) return rejectCode(message)
    this.#state[instrument] = state
    copyText(bytes, at + TradingStatusAt.Reason, REASON_BYTES, this.#reasons, instrument * REASON_BYTES, REASON_BYTES)
    return this.#writeState(message, batch)
  }

  /** The halt as a statistic, and the state of trading where it changes; lifting it leaves a regulatory halt in force. */
  writeOperationalHalt(message: IexMessage, batch: RecordBatch): number {
    const { bytes, at, instrument } = message
    const code = bytes[at + Common.Subtype]!
    if (code !== HALTED && code !== NOT_HALTED) return rejectCode(message)
    const isHalted = code === HALTED ? 1 : 0
    batch.views.f64[openStatistic(message, StatisticKind.OperationalHalt, IEX_MARKET, batch)] = isHalted
    closeStatistic(batch)
    if (this.#isOperationallyHalted[instrument] === isHalted) return 1
    this.#isOperationallyHalted[instrument] = isHalted
    if (this.#state[instrument] === TradingState.Unknown) this.#state[instrument] = TradingState.Trading
    return 1 + this.#writeState(message, batch)
  }

  #writeState(message: IexMessage, batch: RecordBatch): number {
    const { u8, i32, f64 } = batch.views
    const { instrument } = message
    const to = openRecord(message, TradingStatus.Bytes, RecordType.TradingStatus, batch)
    const isHalted = this.#isOperationallyHalted[instrument] === 1
    i32[(to + TradingStatus.State) >> 2] = isHalted ? TradingState.Halted : this.#state[instrument]!
    for (let i = 0; i < REASON_BYTES; i++) {
      u8[to + TradingStatus.Reason + i] = isHalted ? OPERATIONAL[i]! : this.#reasons[instrument * REASON_BYTES + i]!
    }
    f64[(to + TradingStatus.SourceTime) >> 3] = message.timeNs[0]!
    batch.usedBytes = to + TradingStatus.Bytes
    return 1
  }
}

/** The instrument, and its adjusted previous close where it has one. */
export function writeDirectory(message: IexMessage, batch: RecordBatch): number {
  const before = batch.usedBytes
  writeInstrument(message, message.view.getInt32(message.at + DirectoryAt.RoundLot, true), 0, batch)
  const slot = openStatistic(message, StatisticKind.ReferencePrice, IexType.SecurityDirectory, batch)
  const { f64 } = batch.views
  if (!storePrice(message, DirectoryAt.AdjustedClose, f64, slot)) {
    batch.usedBytes = before
    return 0
  }
  return f64[slot] === 0 ? 1 : 1 + closeStatistic(batch)
}

/** The instrument of a symbol that no directory message has announced. */
export function writeImpliedInstrument(message: IexMessage, batch: RecordBatch): number {
  return writeInstrument(message, IMPLIED_ROUND_LOT, FLAG_IMPLIED, batch)
}

function writeInstrument(message: IexMessage, roundLot: number, flags: number, batch: RecordBatch): number {
  const { u8, u16, i32, f64 } = batch.views
  const to = openRecord(message, Instrument.Bytes, RecordType.Instrument, batch)
  u8.fill(0, to + Header.Bytes, to + Instrument.Bytes)
  u16[(to + Header.Flags) >> 1] = flags
  copyText(message.bytes, message.at + Common.SymbolLow, IEX_SYMBOL_BYTES, u8, to + Instrument.Symbol, SYMBOL_BYTES)
  i32[(to + Instrument.PriceExponent) >> 2] = IEX_PRICE_EXPONENT
  i32[(to + Instrument.QuantityExponent) >> 2] = 0
  i32[(to + Instrument.RoundLot) >> 2] = roundLot
  f64[(to + Instrument.TickSize) >> 3] = TICK_SIZE
  f64[(to + Instrument.SourceTime) >> 3] = message.timeNs[0]!
  u8.set(USD, to + Instrument.Currency)
  batch.usedBytes = to + Instrument.Bytes
  return 1
}

/** An event of the whole feed. */
export function writeSystemEvent(message: IexMessage, batch: RecordBatch): number {
  const event = message.bytes[message.at + Common.Subtype]!
  const code = EVENT_CODES[event]!
  if (code === NO_CODE) return rejectCode(message)
  return writeEvent(message, code, event, batch)
}

/** The end of an instrument's opening or closing process: the wire's code behind the message type in `Detail`. */
export function writeSecurityEvent(message: IexMessage, batch: RecordBatch): number {
  const event = message.bytes[message.at + Common.Subtype]!
  return writeEvent(message, SessionEventCode.Other, (IexType.SecurityEvent << 8) | event, batch)
}

function writeEvent(message: IexMessage, code: SessionEventCode, detail: number, batch: RecordBatch): number {
  const { i32, f64 } = batch.views
  const to = openRecord(message, SessionEvent.Bytes, RecordType.SessionEvent, batch)
  i32[(to + SessionEvent.Code) >> 2] = code
  i32[(to + SessionEvent.Detail) >> 2] = detail
  f64[(to + SessionEvent.SourceTime) >> 3] = message.timeNs[0]!
  batch.usedBytes = to + SessionEvent.Bytes
  return 1
}

/** Whether the short sale price test is in effect. */
export function writeShortSale(message: IexMessage, batch: RecordBatch): number {
  const { bytes, at } = message
  const detail = bytes[at + ShortSaleAt.Detail]!
  let state = ShortSaleState.Unrestricted
  if (bytes[at + Common.Subtype] !== 0) {
    state = detail === CONTINUED ? ShortSaleState.Remains : ShortSaleState.Restricted
  }
  batch.views.f64[openStatistic(message, StatisticKind.ShortSale, detail, batch)] = state
  return closeStatistic(batch)
}

/** On which sides there is retail liquidity. */
export function writeRetailInterest(message: IexMessage, batch: RecordBatch): number {
  const indicator = message.bytes[message.at + Common.Subtype]!
  const sides = RETAIL_INTEREST[indicator]!
  if (sides === NO_CODE) return rejectCode(message)
  batch.views.f64[openStatistic(message, StatisticKind.RetailInterest, indicator, batch)] = sides
  return closeStatistic(batch)
}
