import { TradingState } from '../matching/engine-codes.ts'
import type { MatchingEngine } from '../matching/matching-engine.ts'
import { OrderFlag } from '../matching/order-cell.ts'

const EVERY_NS = 1e9
const CROSSES = [OrderFlag.OpeningCross, OrderFlag.ClosingCross, OrderFlag.HaltCross]

/**
 * When the exchange says by itself what a cross would do: once a second, for each cross that orders wait for, and for instruments
 * that quote before they trade again. What a background's record says of imbalances comes besides, at its own times.
 * Source: Nasdaq TotalView-ITCH 5.0, Net Order Imbalance Indicator: messages of the last minutes are a second apart.
 */
export class Imbalances {
  private readonly engine: MatchingEngine
  /** Instruments that the exchange, not its background, lets quote. */
  private readonly quoting = new Set<number>()
  private dueNs = 0

  constructor(engine: MatchingEngine) {
    this.engine = engine
  }

  /** From now on an instrument quotes, until it trades or halts. */
  watch(instrument: number): void {
    this.quoting.add(instrument)
  }

  /** Publishes what is due. Its cost is a look at each instrument a second. */
  tick(timeNs: number, instruments: number): void {
    if (timeNs < this.dueNs) return
    this.dueNs = timeNs + EVERY_NS
    for (let instrument = 1; instrument <= instruments; instrument++) {
      let crosses = this.engine.crossesAwaited(instrument)
      if (this.isQuoting(instrument)) crosses |= OrderFlag.HaltCross
      if (crosses === 0) continue
      for (const cross of CROSSES) if ((crosses & cross) !== 0) this.engine.publishImbalance(instrument, cross)
    }
  }

  private isQuoting(instrument: number): boolean {
    if (!this.quoting.has(instrument)) return false
    if (this.engine.states[instrument] !== TradingState.Quoting) this.quoting.delete(instrument)
    return this.quoting.has(instrument)
  }
}
