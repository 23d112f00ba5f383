import { TradingState } from '../matching/engine-codes.ts'
import type { MatchingEngine } from '../matching/matching-engine.ts'
import { PRICE_MAX } from '../matching/order-cell.ts'
import { tickAt } from '../matching/order-checks.ts'

const NS_PER_SECOND = 1e9
const NO_TIME = 0

export interface PriceBandOptions {
  /** Distance of the bands from the reference price, in percent; 0 for no bands. */
  readonly percent: number
  /** The reference follows the latest trade so often. The plan takes a five-minute mean, looked at every 30 seconds. */
  readonly updateSeconds: number
  /** How long the market may stand at a band before trading pauses. */
  readonly limitStateSeconds: number
  readonly pauseSeconds: number
}

export const PRICE_BANDS: PriceBandOptions = { percent: 0, updateSeconds: 30, limitStateSeconds: 15, pauseSeconds: 300 }

/**
 * Limit up, limit down: bands around a reference price beyond which nothing trades; a market that stands at a band for too long
 * is paused, and trading begins anew with a cross. Source: Plan to Address Extraordinary Market Volatility, sections V to VII;
 * simplified: one percentage for all instruments and hours, and the latest trade as the reference.
 */
export class PriceBands {
  /** Pauses so far. */
  pauses = 0
  private readonly engine: MatchingEngine
  private readonly options: PriceBandOptions
  private readonly onPause: (instrument: number, reference: number, low: number, high: number) => void
  /** By instrument, ns since midnight. */
  private readonly updatedNs: Float64Array
  private readonly limitSinceNs: Float64Array
  private readonly resumesNs: Float64Array

  constructor(
    engine: MatchingEngine,
    options: PriceBandOptions,
    onPause: (instrument: number, reference: number, low: number, high: number) => void,
  ) {
    const size = engine.engineLimits.instrumentsMax + 1
    this.engine = engine
    this.options = options
    this.onPause = onPause
    this.updatedNs = new Float64Array(size)
    this.limitSinceNs = new Float64Array(size)
    this.resumesNs = new Float64Array(size)
  }

  /** Looks at all instruments: once a second of the exchange's time is often enough. */
  tick(timeNs: number, instruments: number): void {
    if (this.options.percent === 0) return
    for (let instrument = 1; instrument <= instruments; instrument++) this.look(instrument, timeNs)
  }

  private look(instrument: number, timeNs: number): void {
    const { engine, options } = this
    if (this.resumesNs[instrument] !== NO_TIME) {
      if (timeNs < this.resumesNs[instrument]!) return
      this.resumesNs[instrument] = NO_TIME
      engine.setState(instrument, TradingState.Trading)
    }
    if (engine.states[instrument] !== TradingState.Trading) return
    if (timeNs - this.updatedNs[instrument]! >= options.updateSeconds * NS_PER_SECOND) this.update(instrument, timeNs)
    const isAtLimit = this.isAtLimit(instrument)
    if (!isAtLimit) this.limitSinceNs[instrument] = NO_TIME
    else if (this.limitSinceNs[instrument] === NO_TIME) this.limitSinceNs[instrument] = timeNs
    else if (timeNs - this.limitSinceNs[instrument]! >= options.limitStateSeconds * NS_PER_SECOND) {
      this.pause(instrument, timeNs)
    }
  }

  private update(instrument: number, timeNs: number): void {
    const reference = this.engine.lastPrice[instrument]!
    if (reference === 0) return
    this.updatedNs[instrument] = timeNs
    const tick = tickAt(reference)
    const width = Math.max(tick, Math.round((reference * this.options.percent) / (100 * tick)) * tick)
    this.engine.setBands(instrument, Math.max(tick, reference - width), reference + width)
  }

  /** Whether the best bid stands at the upper band or the best offer at the lower one. */
  private isAtLimit(instrument: number): boolean {
    const { engine } = this
    const bid = engine.priceOf(engine.bestDisplayed(instrument << 1))
    const ask = engine.priceOf(engine.bestDisplayed((instrument << 1) | 1))
    return bid === engine.bandHigh[instrument] || (ask !== 0 && ask === engine.bandLow[instrument])
  }

  private pause(instrument: number, timeNs: number): void {
    const { engine, options } = this
    const low = engine.bandLow[instrument]!
    const high = engine.bandHigh[instrument]!
    this.pauses++
    this.limitSinceNs[instrument] = NO_TIME
    this.resumesNs[instrument] = timeNs + options.pauseSeconds * NS_PER_SECOND
    // The cross finds its own price; the bands begin anew around it.
    engine.setBands(instrument, 0, PRICE_MAX)
    this.updatedNs[instrument] = NO_TIME
    this.onPause(instrument, engine.lastPrice[instrument]!, low, high)
  }
}
