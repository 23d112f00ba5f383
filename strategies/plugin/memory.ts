/**
 * The memory that the kernel and one plugin share. Calls between them cross a context boundary, where V8 never inlines
 * and boxes every double; so calls carry small whole numbers only, and everything else lies here.
 *
 *     scratch    f64[24]                        one for all strategies: time, query arguments and answers
 *     control    f64[8], then i32[32]           per strategy: next timer, emission counts, the event being told
 *     facts      f64[8] per instrument          one for all: what the Instrument record says
 *     positions  f64[16] per instrument         per strategy
 *     selection  i32 per instrument             per strategy: 0 undecided, −1 left out, else its slot + 1
 *     orders     see order-table.ts             per strategy
 *     emission   catalogue records, back to back  per strategy, emptied by the kernel after each hook
 */

import type { StateArchive } from '../../kernels/records/state-archive.ts'

/** Slots of `scratch`. */
export enum Scratch {
  Now = 0,
  QueryPrice = 1,
  QueryQuantity = 2,
  QueryOrders = 3,
  EventPrice = 4,
  EventQuantity = 5,
  /** What a fraction that was asked for came to. */
  Answer = 6,
  /** Due time of the timer being set. */
  TimerDue = 7,
  /** First of the values of a status event, by `StatusValue`. */
  StatusValues = 8,
  Slots = 32,
}

/** Values of a status event; each kind of event has its own. */
export enum StatusValue {
  // Price bands; the first also of imbalances.
  ReferencePrice = 0,
  LowerPrice = 1,
  UpperPrice = 2,
  // Statistics.
  Value = 3,
  // Imbalances.
  NearPrice = 4,
  FarPrice = 5,
  PairedQuantity = 6,
  ImbalanceQuantity = 7,
  // Bars.
  OpenPrice = 8,
  HighPrice = 9,
  LowPrice = 10,
  ClosePrice = 11,
  Volume = 12,
  PeriodNs = 13,
  // Positions of the journal.
  Captured = 14,
  Written = 15,
  Durable = 16,
}

/** Slots of `control` as doubles. */
export enum ControlDouble {
  /** Due time of the earliest timer, infinity for none. */
  NextTimerDue = 0,
  Slots = 8,
}

/** Slots of `control` as i32, after its doubles. */
export enum ControlWord {
  EmittedRecords = 16,
  EmittedBytes = 17,
  EmissionExceeded = 18,
  EventKind = 19,
  EventReason = 20,
  EventLiquidity = 21,
  EventPreviousId = 22,
  EventSide = 23,
  EventSession = 24,
  EventState = 25,
  /** The last order id given out. */
  LastOrderId = 26,
  /** Requests refused because the table of own orders was full. */
  OrdersRefused = 27,
  /** Of a status: kind of band or statistic, reason of staleness. */
  EventCode = 28,
  EventDetail = 29,
  EventDirection = 30,
  EventCrossType = 31,
  Slots = 48,
}

/** Slots of one instrument's facts; they begin at id × `Slots`. */
export enum FactSlot {
  /** 1 once any record named the instrument. */
  Known = 0,
  PriceExponent = 1,
  QuantityExponent = 2,
  RoundLot = 3,
  TickSize = 4,
  TradingState = 5,
  /** `StaleBook` bits, 0 while the feed says that the book can be trusted; of instrument 0 what it says of all. */
  Stale = 6,
  Slots = 8,
}

/** Slots of one instrument's position; they begin at id × `Slots`. Cash is the unevaluated sum of two doubles. */
export enum PositionSlot {
  Quantity = 0,
  CashHigh = 1,
  CashLow = 2,
  AveragePrice = 3,
  RealisedProfit = 4,
  BoughtQuantity = 5,
  SoldQuantity = 6,
  Fills = 7,
  OpenBuyQuantity = 8,
  OpenSellQuantity = 9,
  Slots = 16,
}

/** Slots of one instrument in the book's `top`; they begin at id × `Slots`. */
export enum TopSlot {
  BidPrice = 0,
  BidQuantity = 1,
  AskPrice = 2,
  AskQuantity = 3,
  Slots = 8,
}

/** Timers are named 0 to this less one. */
export const TIMERS_MAX = 1024

export interface TopPlace {
  readonly buffer: ArrayBufferLike
  readonly byteOffset: number
  readonly length: number
}

/** What the kernel hands to a plugin's script: memory, bounds, and the queries that need the book's inside. */
export interface Handles {
  readonly strategyId: number
  readonly instrumentsMax: number
  readonly ordersMax: number
  readonly emissionMax: number
  readonly scratch: ArrayBufferLike
  readonly control: ArrayBufferLike
  readonly facts: ArrayBufferLike
  readonly positions: ArrayBufferLike
  readonly selection: ArrayBufferLike
  readonly orders: ArrayBufferLike
  readonly emission: ArrayBufferLike
  readonly top: TopPlace
  /** Highest instrument id seen. */
  instrumentCount(): number
  symbolOf(id: number): string
  /** @returns 0 for an unknown symbol */
  findSymbol(symbol: string): number
  /** Writes price, quantity and orders of a level to `scratch`; zeros where there is none. */
  queryLevel(instrument: number, side: number, level: number): void
  /** Reads `scratch[QueryPrice]`, writes quantity and orders there. */
  queryPrice(instrument: number, side: number): void
}

/** What a plugin's script gives the kernel: one function a hook, undefined where the plugin has none. */
export interface PluginEntry {
  readonly start: (() => void) | undefined
  readonly book: ((instrument: number) => void) | undefined
  readonly trade: ((instrument: number) => void) | undefined
  readonly status: ((instrument: number) => void) | undefined
  readonly order: ((slot: number) => void) | undefined
  readonly timer: () => void
  readonly stop: (() => void) | undefined
  /** Sets the generator; called before `start`. */
  seed(low: number, high: number): void
  /** An instrument record changed a symbol. */
  refresh(instrument: number): void
  /** Saves or restores generator, timers and the plugin's own state. @throws when that state is no plain data */
  archive(archive: StateArchive): void
}
