import { ControlWord, FactSlot, Scratch, StatusValue } from '../../strategies/plugin/memory.ts'
import { StatusKind } from '../../strategies/plugin/vocabulary.ts'
import {
  Bar,
  Header,
  Imbalance,
  JournalPositions,
  PriceBand,
  RecordType,
  SessionEvent,
  Stale,
  StaleReason,
  Statistic,
} from '../records/catalogue.ts'
import type { StateArchive } from '../records/state-archive.ts'
import type { RecordViews } from '../records/views.ts'
import type { HookRunner } from './hook-runner.ts'
import type { InstrumentDirectory } from './market-state.ts'
import type { StrategySlot } from './strategy-slot.ts'

/** Brings the records that are neither books nor trades nor orders to `onStatus`, each with its values laid out. */
export class StatusEvents {
  readonly #strategies: readonly StrategySlot[]
  readonly #runner: HookRunner
  readonly #directory: InstrumentDirectory
  readonly #scratch: Float64Array
  #code = 0
  #detail = 0
  #direction = 0
  #crossType = 0

  constructor(
    strategies: readonly StrategySlot[],
    runner: HookRunner,
    directory: InstrumentDirectory,
    scratch: Float64Array,
  ) {
    this.#strategies = strategies.filter((strategy) => strategy.entry.status !== undefined)
    this.#runner = runner
    this.#directory = directory
    this.#scratch = scratch
  }

  /** Kinds of status share these words: one that does not set them tells those of the status before. */
  archive(archive: StateArchive): void {
    this.#code = archive.number(this.#code)
    this.#detail = archive.number(this.#detail)
    this.#direction = archive.number(this.#direction)
    this.#crossType = archive.number(this.#crossType)
  }

  /** Takes a status record; any other changes nothing. */
  tell(views: RecordViews, at: number, type: RecordType): void {
    switch (type) {
      case RecordType.TradingStatus: {
        const id = this.#directory.noteStatus(views, at)
        if (id !== 0) this.#call(id, StatusKind.Trading)
        return
      }
      case RecordType.SessionEvent:
        this.#code = views.i32[(at + SessionEvent.Code) >> 2]!
        this.#callKnown(views, at, StatusKind.Session)
        return
      case RecordType.Gap:
        this.#call(0, StatusKind.Gap)
        return
      case RecordType.Stale:
        this.#tellStale(views, at)
        return
      case RecordType.Resumed:
        this.#call(0, StatusKind.Resumed)
        return
      case RecordType.JournalPositions:
        this.#tellJournal(views, at)
        return
      case RecordType.PriceBand:
        this.#tellBand(views, at)
        return
      case RecordType.Statistic:
        this.#tellStatistic(views, at)
        return
      case RecordType.Imbalance:
        this.#tellImbalance(views, at)
        return
      case RecordType.Bar:
        this.#tellBar(views, at)
        return
      default:
    }
  }

  #tellStale(views: RecordViews, at: number): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const reason = views.u32[(at + Stale.Reason) >> 2]!
    if (!this.#directory.noteStale(instrument, reason !== StaleReason.Recovered)) return
    this.#code = reason
    this.#call(instrument, reason === StaleReason.Recovered ? StatusKind.Recovered : StatusKind.Stale)
  }

  #tellJournal(views: RecordViews, at: number): void {
    this.#copy(views, at + JournalPositions.Captured, StatusValue.Captured)
    this.#copy(views, at + JournalPositions.Written, StatusValue.Written)
    this.#copy(views, at + JournalPositions.Durable, StatusValue.Durable)
    this.#call(0, StatusKind.Journal)
  }

  #tellBand(views: RecordViews, at: number): void {
    this.#code = views.i32[(at + PriceBand.Kind) >> 2]!
    this.#detail = views.i32[(at + PriceBand.Extension) >> 2]!
    this.#copy(views, at + PriceBand.ReferencePrice, StatusValue.ReferencePrice)
    this.#copy(views, at + PriceBand.LowerPrice, StatusValue.LowerPrice)
    this.#copy(views, at + PriceBand.UpperPrice, StatusValue.UpperPrice)
    this.#callKnown(views, at, StatusKind.PriceBand)
  }

  #tellStatistic(views: RecordViews, at: number): void {
    this.#code = views.i32[(at + Statistic.Kind) >> 2]!
    this.#detail = views.i32[(at + Statistic.Detail) >> 2]!
    this.#copy(views, at + Statistic.Value, StatusValue.Value)
    this.#callKnown(views, at, StatusKind.Statistic)
  }

  #tellImbalance(views: RecordViews, at: number): void {
    this.#direction = views.i32[(at + Imbalance.Direction) >> 2]!
    this.#crossType = views.i32[(at + Imbalance.CrossType) >> 2]!
    this.#detail = views.i32[(at + Imbalance.Variation) >> 2]!
    this.#copy(views, at + Imbalance.ReferencePrice, StatusValue.ReferencePrice)
    this.#copy(views, at + Imbalance.NearPrice, StatusValue.NearPrice)
    this.#copy(views, at + Imbalance.FarPrice, StatusValue.FarPrice)
    this.#copy(views, at + Imbalance.PairedQuantity, StatusValue.PairedQuantity)
    this.#copy(views, at + Imbalance.ImbalanceQuantity, StatusValue.ImbalanceQuantity)
    this.#callKnown(views, at, StatusKind.Imbalance)
  }

  #tellBar(views: RecordViews, at: number): void {
    this.#copy(views, at + Bar.OpenPrice, StatusValue.OpenPrice)
    this.#copy(views, at + Bar.HighPrice, StatusValue.HighPrice)
    this.#copy(views, at + Bar.LowPrice, StatusValue.LowPrice)
    this.#copy(views, at + Bar.ClosePrice, StatusValue.ClosePrice)
    this.#copy(views, at + Bar.Volume, StatusValue.Volume)
    this.#copy(views, at + Bar.PeriodNs, StatusValue.PeriodNs)
    this.#callKnown(views, at, StatusKind.Bar)
  }

  #copy(views: RecordViews, at: number, value: StatusValue): void {
    this.#scratch[Scratch.StatusValues + value] = views.f64[at >> 3]!
  }

  /** Tells of a record that may concern the market as a whole; one of an instrument never announced is left out. */
  #callKnown(views: RecordViews, at: number, kind: StatusKind): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (instrument === 0 || this.#directory.isKnown(instrument)) this.#call(instrument, kind)
  }

  #call(instrument: number, kind: StatusKind): void {
    const state = instrument === 0 ? 0 : this.#directory.facts[instrument * FactSlot.Slots + FactSlot.TradingState]!
    for (let i = 0; i < this.#strategies.length; i++) {
      const strategy = this.#strategies[i]!
      if (!strategy.running || (instrument !== 0 && !strategy.selection.isChosen(instrument))) continue
      const { control } = strategy
      control[ControlWord.EventKind] = kind
      control[ControlWord.EventState] = state
      control[ControlWord.EventSession] = kind === StatusKind.Session ? this.#code : 0
      control[ControlWord.EventCode] = this.#code
      control[ControlWord.EventDetail] = this.#detail
      control[ControlWord.EventDirection] = this.#direction
      control[ControlWord.EventCrossType] = this.#crossType
      this.#runner.callStatus(strategy, instrument)
    }
  }
}
