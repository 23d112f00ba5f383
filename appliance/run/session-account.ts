import {
  Filled,
  Header,
  Instrument,
  RecordType,
  Rejected,
  RejectOrigin,
  Side,
  Stop,
  StopReason,
  SYMBOL_BYTES,
} from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { readText } from '../../kernels/region/region.ts'
import type { PositionAccount } from '../../storage/session/position-account.ts'
import { PositionLedger } from '../../storage/session/position-ledger.ts'
import { scaleUnits } from '../../storage/session/units.ts'
import { memberName, rejectReasonName } from '../../storage/session/value-names.ts'
import type { BreakResult } from './live-types.ts'
import { MarketMarks } from './market-marks.ts'
import { readBreak } from './session-breaks.ts'
import type { PositionResult, StrategyResult } from './types.ts'

/** Of instruments that no record announced: most exchanges of the United States count in hundredths of a cent. */
const PRICE_EXPONENT_DEFAULT = -4
const BREAKS_KEPT = 100

interface StrategyTally {
  orders: number
  cancels: number
  replaces: number
  fills: number
  rejects: number
  stopped: { reason: string; atSequence: number } | null
}

/**
 * The books of a session, kept from its journal alone: orders, fills, rejects, positions, P&L. Feed it the records of
 * both streams in order; a position is marked at the last mid price seen, else at its last fill.
 */
export class SessionAccount {
  orders = 0
  fills = 0
  buyFills = 0
  sellFills = 0
  rejects = 0
  readonly rejectsByReason: Record<string, number> = {}
  instruments = 0
  /** The first of them; `breakCount` is of all. */
  readonly breaks: BreakResult[] = []
  breakCount = 0
  readonly #tallies: StrategyTally[] = []
  readonly #positions = new PositionLedger()
  readonly #symbols: string[] = []
  readonly #priceExponents: number[] = []
  readonly #marks: MarketMarks

  constructor(instrumentsMax: number, bookOrdersMax: number) {
    this.#marks = new MarketMarks(instrumentsMax, bookOrdersMax)
  }

  #tally(strategy: number): StrategyTally {
    this.#tallies[strategy] ??= { orders: 0, cancels: 0, replaces: 0, fills: 0, rejects: 0, stopped: null }
    return this.#tallies[strategy]
  }

  noteOutbound(views: RecordViews, at: number): void {
    const tally = this.#tally(views.u16[(at + Header.Source) >> 1]!)
    switch (views.u16[(at + Header.Type) >> 1]!) {
      case RecordType.NewOrder:
        this.orders++
        tally.orders++
        return
      case RecordType.CancelOrder:
        tally.cancels++
        return
      case RecordType.ReplaceOrder:
        tally.replaces++
        return
      default:
    }
  }

  noteInbound(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    this.#marks.note(views, at)
    if (type === RecordType.Instrument) this.#noteInstrument(views, at)
    else if (type === RecordType.OpeningPosition) this.#positions.noteOpening(views, at)
    else if (type === RecordType.Filled) this.#noteFill(views, at)
    else if (type === RecordType.Rejected) this.#noteReject(views, at)
    else if (type === RecordType.Stop) this.#noteStop(views, at)
    else if (type === RecordType.ExecutionBreak) this.#noteBreak(views, at)
  }

  #noteInstrument(views: RecordViews, at: number): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (this.#symbols[instrument] === undefined) this.instruments++
    const symbol = readText(views.u8.buffer, views.u8.byteOffset + at + Instrument.Symbol, SYMBOL_BYTES).trimEnd()
    // What the feed has not named goes by the venue's number for it.
    this.#symbols[instrument] = symbol === '' ? String(views.u32[(at + Instrument.VenueLocate) >> 2]!) : symbol
    this.#priceExponents[instrument] = views.i32[(at + Instrument.PriceExponent) >> 2]!
  }

  #noteFill(views: RecordViews, at: number): void {
    this.fills++
    if (views.u32[(at + Filled.Side) >> 2]! === Side.Buy) this.buyFills++
    else this.sellFills++
    this.#tally(views.u16[(at + Header.Source) >> 1]!).fills++
    this.#positions.noteFill(views, at)
  }

  #noteReject(views: RecordViews, at: number): void {
    this.rejects++
    this.#tally(views.u16[(at + Header.Source) >> 1]!).rejects++
    const origin = memberName(RejectOrigin, views.u32[(at + Rejected.Origin) >> 2]!)
    const key = `${origin} ${rejectReasonName(views.u32[(at + Rejected.Reason) >> 2]!)}`
    this.rejectsByReason[key] = (this.rejectsByReason[key] ?? 0) + 1
  }

  #noteBreak(views: RecordViews, at: number): void {
    this.breakCount++
    if (this.breaks.length >= BREAKS_KEPT) return
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const symbol = this.#symbols[instrument] ?? ''
    this.breaks.push(readBreak(views, at, symbol, this.#priceExponents[instrument] ?? PRICE_EXPONENT_DEFAULT))
  }

  #noteStop(views: RecordViews, at: number): void {
    this.#tally(views.u32[(at + Stop.StrategyId) >> 2]!).stopped = {
      reason: memberName(StopReason, views.u32[(at + Stop.Reason) >> 2]!),
      atSequence: views.f64[(at + Stop.AtSequence) >> 3]!,
    }
  }

  /** Positions by strategy and symbol, money in units of the currency. */
  positions(strategyNames: readonly string[]): PositionResult[] {
    return this.#positions.all().map((position) => {
      const toPrice = (units: number) => scaleUnits(units, this.#exponentOf(position))
      const mark = this.#marks.middleOf(position.instrument) ?? position.lastPrice
      return {
        strategy: strategyNames[position.strategy - 1] ?? `#${position.strategy}`,
        symbol: this.#symbols[position.instrument] ?? `#${position.instrument}`,
        quantity: position.quantity,
        averagePrice: toPrice(position.averagePrice),
        markPrice: toPrice(mark),
        pnlRealised: toPrice(position.realised),
        pnlUnrealised: toPrice(position.unrealised(mark)),
        fills: position.fills,
        tradedQuantity: position.bought + position.sold,
      }
    })
  }

  /** One line of account for each strategy, in the order of their ids. */
  strategies(choices: readonly { readonly name: string; readonly path: string }[]): StrategyResult[] {
    return choices.map((choice, index) => {
      const id = index + 1
      const tally = this.#tally(id)
      const own = this.#positions.all().filter((position) => position.strategy === id)
      const toMoney = (position: PositionAccount, units: number) => scaleUnits(units, this.#exponentOf(position))
      const sum = (pick: (position: PositionAccount) => number) =>
        own.reduce((total, position) => total + pick(position), 0)
      return {
        id,
        name: choice.name,
        path: choice.path,
        ...tally,
        boughtQuantity: sum((position) => position.bought),
        soldQuantity: sum((position) => position.sold),
        turnover: sum((position) => toMoney(position, position.turnover)),
        pnlRealised: sum((position) => toMoney(position, position.realised)),
        pnlUnrealised: sum((position) =>
          toMoney(position, position.unrealised(this.#marks.middleOf(position.instrument) ?? position.lastPrice)),
        ),
      }
    })
  }

  #exponentOf({ instrument }: PositionAccount): number {
    return this.#priceExponents[instrument] ?? PRICE_EXPONENT_DEFAULT
  }
}
