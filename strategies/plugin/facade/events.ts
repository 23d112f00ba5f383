import type { Liquidity, SessionEventCode, Side, TradingState } from '../../../kernels/records/catalogue.ts'
import type { Instrument, OrderEvent, Status, Trade } from '../context.ts'
import { ControlWord, Scratch } from '../memory.ts'
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

  get restingSide(): Side {
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

/** The change that `onStatus` is told of. */
export class StatusView implements Status {
  readonly #control: Int32Array
  readonly #instruments: InstrumentBook
  #instrumentId = 0

  constructor(control: Int32Array, instruments: InstrumentBook) {
    this.#control = control
    this.#instruments = instruments
  }

  at(instrumentId: number): this {
    this.#instrumentId = instrumentId
    return this
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
}
