import { TradingState } from '../../kernels/records/catalogue.ts'

/** The trading state of every instrument. One never heard of counts as trading: captures may begin in mid-session. */
export class TradingStates {
  private readonly states: Uint8Array

  constructor(instrumentsMax: number) {
    this.states = new Uint8Array(instrumentsMax + 1)
  }

  stateOf(instrument: number): TradingState {
    return this.states[instrument]!
  }

  /** Whether orders trade. */
  isMatching(instrument: number): boolean {
    const state = this.states[instrument]!
    return state === TradingState.Unknown || state === TradingState.Trading
  }

  /** @returns whether trading begins again with this change */
  change(instrument: number, state: TradingState): boolean {
    const wasMatching = this.isMatching(instrument)
    this.states[instrument] = state
    return !wasMatching && this.isMatching(instrument)
  }
}
