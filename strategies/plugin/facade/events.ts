import type {
  Liquidity,
  NO_SIDE,
  PriceBandKind,
  SessionEventCode,
  Side,
  StaleReason,
  StatisticKind,
  TradingState,
} from '../../../kernels/records/catalogue.ts'
import type { Instrument, OrderEvent, Status, Trade } from '../context.ts'
import { ControlWord, Scratch, StatusValue } from '../memory.ts'
import type { OrderEventKind, StatusKind, TradeKind } from '../vocabulary.ts'
import type { InstrumentBook } from './instruments.ts'

/** The event being told, read from where the kernel put it. One object serves all events of its kind. */
class EventView {
  readonly scratch: Float64Array
  readonly control: Int32Array

  constructor(scratch: Float64Array, control: Int32Array) {
    this.scratch = scratch
    this.control = control
  }

  get price(): number {
    return this.scratch[Scratch.EventPrice]!
  }

  get quantity(): number {
    return this.scratch[Scratch.EventQuantity]!
  }
}

/** The trade that `onTrade` is told of. */
export class TradeView extends EventView implements Trade {
  #instrument: Instrument | undefined

  at(instrument: Instrument): this {
    this.#instrument = instrument
    return this
  }

  get instrument(): Instrument {
    return this.#instrument!
  }

  get kind(): TradeKind {
    return this.control[ControlWord.EventKind]!
  }

  get restingSide(): Side | typeof NO_SIDE {
    return this.control[ControlWord.EventSide]!
  }
}

/** What happened to the order that `onOrder` is told of. */
export class OrderEventView extends EventView implements OrderEvent {
  get kind(): OrderEventKind {
    return this.control[ControlWord.EventKind]!
  }

  get liquidity(): Liquidity {
    return this.control[ControlWord.EventLiquidity]!
  }

  get reason(): number {
    return this.control[ControlWord.EventReason]!
  }

  get previousId(): number {
    return this.control[ControlWord.EventPreviousId]! >>> 0
  }
}

/** The change that `onStatus` is told of: one object with the values of all kinds, of which each kind shows its own. */
export class StatusView {
  readonly #scratch: Float64Array
  readonly #control: Int32Array
  readonly #instruments: InstrumentBook
  #instrumentId = 0

  constructor(scratch: Float64Array, control: Int32Array, instruments: InstrumentBook) {
    this.#scratch = scratch
    this.#control = control
    this.#instruments = instruments
  }

  at(instrumentId: number): Status {
    this.#instrumentId = instrumentId
    return this as StatusView as Status
  }

  get kind(): StatusKind {
    return this.#control[ControlWord.EventKind]!
  }

  get instrument(): Instrument | undefined {
    return this.#instrumentId === 0 ? undefined : this.#instruments.get(this.#instrumentId)
  }

  get tradingState(): TradingState {
    return this.#control[ControlWord.EventState]!
  }

  get sessionEvent(): SessionEventCode | 0 {
    return this.#control[ControlWord.EventSession]!
  }

  get staleReason(): StaleReason {
    return this.#control[ControlWord.EventCode]!
  }

  get band(): PriceBandKind {
    return this.#control[ControlWord.EventCode]!
  }

  get statistic(): StatisticKind {
    return this.#control[ControlWord.EventCode]!
  }

  get detail(): number {
    return this.#control[ControlWord.EventDetail]!
  }

  get direction(): number {
    return this.#control[ControlWord.EventDirection]!
  }

  get crossType(): number {
    return this.#control[ControlWord.EventCrossType]!
  }

  get referencePrice(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.ReferencePrice]!
  }

  get lowerPrice(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.LowerPrice]!
  }

  get upperPrice(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.UpperPrice]!
  }

  get value(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.Value]!
  }

  get nearPrice(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.NearPrice]!
  }

  get farPrice(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.FarPrice]!
  }

  get pairedQuantity(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.PairedQuantity]!
  }

  get imbalanceQuantity(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.ImbalanceQuantity]!
  }

  get openPrice(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.OpenPrice]!
  }

  get highPrice(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.HighPrice]!
  }

  get lowPrice(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.LowPrice]!
  }

  get closePrice(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.ClosePrice]!
  }

  get volume(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.Volume]!
  }

  get periodNs(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.PeriodNs]!
  }

  get capturedSequence(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.Captured]!
  }

  get writtenSequence(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.Written]!
  }

  get durableSequence(): number {
    return this.#scratch[Scratch.StatusValues + StatusValue.Durable]!
  }
}
