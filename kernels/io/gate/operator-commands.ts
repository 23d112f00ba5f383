import { Command, CommandCode, Header, Outcome, RejectReason } from '../../records/catalogue.ts'
import { readSymbolAt } from '../../records/symbol.ts'
import type { RecordViews } from '../../records/views.ts'
import { type GateState, Restriction } from './gate-state.ts'
import { Limit } from './limit.ts'

/** `GateCancel.Reason` of what no control has asked for. */
const BY_OPERATOR = 0

/** Slots of `OperatorCommands.change`. */
export enum CommandChange {
  Before = 0,
  After = 1,
}

/** Obeys the commands of the inbound stream. Limits tighten; what the configuration says stays the loosest. */
export class OperatorCommands {
  outcome = Outcome.Done
  /** The instrument that the latest command named; 0 for none. */
  instrument = 0
  readonly change = new Float64Array(2)
  readonly #state: GateState

  constructor(state: GateState) {
    this.#state = state
  }

  /** Takes a Command record; what became of it is in `outcome` and `change`. */
  obey(views: RecordViews, at: number): void {
    this.change.fill(0)
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const symbol = readSymbolAt(views, at + Command.Symbol)
    const instrument = symbol === '' ? 0 : (this.#state.instrumentOf.get(symbol) ?? -1)
    this.instrument = instrument < 0 ? 0 : instrument
    if (instrument < 0) {
      this.outcome = Outcome.RefusedUnknown
      return
    }
    switch (views.u32[(at + Command.Code) >> 2]!) {
      case CommandCode.Kill:
        this.outcome = this.#kill(strategy, instrument)
        return
      case CommandCode.Release:
        this.outcome = this.#release(strategy, instrument)
        return
      case CommandCode.SetLimit:
        this.outcome = this.#setLimit(views, at, instrument)
        return
      case CommandCode.CancelAll:
        this.outcome = this.#cancel(views, at, strategy, instrument)
        return
      case CommandCode.Restrict:
        this.outcome = this.#restrict(instrument)
        return
      case CommandCode.Permit:
        this.outcome = this.#permit(instrument)
        return
      default:
        this.outcome = Outcome.RefusedUnknown
    }
  }

  #kill(strategy: number, instrument: number): Outcome {
    const state = this.#state
    if (strategy !== 0) state.stopStrategy(strategy, RejectReason.StrategyKilled)
    else if (instrument !== 0) state.stopInstrument(instrument)
    else if (state.stopped !== RejectReason.LossLimit) state.stopAll(RejectReason.KillSwitch)
    return Outcome.Done
  }

  /** The I/O kernel's own is obeyed by its gateway, which knows all orders. */
  #cancel(views: RecordViews, at: number, strategy: number, instrument: number): Outcome {
    const state = this.#state
    if (views.u32[(at + Command.Argument) >> 2]! !== 0) return Outcome.Done
    if (strategy !== 0) state.cancelStrategy(strategy, BY_OPERATOR)
    else if (instrument !== 0) state.cancelInstrument(instrument, BY_OPERATOR)
    else state.cancelAll(BY_OPERATOR)
    return Outcome.Done
  }

  #restrict(instrument: number): Outcome {
    if (instrument === 0) return Outcome.RefusedUnknown
    this.#state.restrictions[instrument]! |= Restriction.Operator
    this.#state.cancelInstrument(instrument, RejectReason.Restricted)
    return Outcome.Done
  }

  #permit(instrument: number): Outcome {
    const { restrictions } = this.#state
    if (instrument === 0) return Outcome.RefusedUnknown
    if ((restrictions[instrument]! & Restriction.Operator) === 0) {
      return restrictions[instrument] === 0 ? Outcome.RefusedState : Outcome.RefusedLooser
    }
    restrictions[instrument]! &= ~Restriction.Operator
    return Outcome.Done
  }

  #release(strategy: number, instrument: number): Outcome {
    const state = this.#state
    if (strategy !== 0) {
      if (state.strategyStopped[strategy] === 0) return Outcome.RefusedState
      state.strategyStopped[strategy] = 0
    } else if (instrument !== 0) {
      if (state.isInstrumentStopped[instrument] === 0) return Outcome.RefusedState
      state.isInstrumentStopped[instrument] = 0
    } else {
      if (state.stopped === 0 || state.stopped === RejectReason.LossLimit) return Outcome.RefusedState
      if (state.limits.killed) return Outcome.RefusedLooser
      state.stopped = 0
    }
    return Outcome.Done
  }

  #setLimit(views: RecordViews, at: number, instrument: number): Outcome {
    const state = this.#state
    const limit = views.u32[(at + Command.Argument) >> 2]!
    const symbol = state.symbolOf[instrument]
    const own = symbol === undefined ? undefined : state.limits.symbols[symbol]
    const outcome = state.table.set(limit, instrument, views.f64[(at + Command.Value) >> 3]!, own)
    this.change.set(state.table.change)
    if (outcome === Outcome.Done && limit === Limit.LossMax) state.checkLoss()
    return outcome
  }
}
