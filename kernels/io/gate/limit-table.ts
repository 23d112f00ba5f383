import { Outcome } from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import { FIRM_LIMITS_FROM, findLimit, LIMIT_NAMES, Limit } from './limit.ts'
import type { GateLimits, SymbolLimits } from './limits.ts'

/**
 * The limits in force, as numbers. Row 0 is the firm's; each instrument has a row of its own for those that may differ,
 * made from row 0 when the instrument becomes known. Operators tighten; what the configuration says is the loosest.
 */
export class LimitTable {
  /** By instrument and `Limit`: `instrument * Limit.Count + limit`. */
  readonly values: Float64Array
  /** [0] before and [1] after the latest `set`. */
  readonly change = new Float64Array(2)
  readonly #configured: Float64Array
  readonly #instrumentsMax: number
  readonly #isKnown: Uint8Array

  constructor(limits: GateLimits, instrumentsMax: number) {
    this.#instrumentsMax = instrumentsMax
    this.values = new Float64Array((instrumentsMax + 1) * Limit.Count)
    this.#isKnown = new Uint8Array(instrumentsMax + 1)
    const named = limits as unknown as Record<string, number>
    for (let limit = 1; limit < Limit.Count; limit++) this.values[limit] = named[LIMIT_NAMES[limit]!]!
    this.#configured = this.values.slice(0, Limit.Count)
  }

  /** Saves or restores it, of the instruments up to one. */
  archive(archive: StateArchive, highestInstrument: number): void {
    archive.array(this.values, 0, (highestInstrument + 1) * Limit.Count)
    archive.array(this.#isKnown)
  }

  /** Index of a limit of an instrument in `values`; of one that no record has named, the firm's. */
  rowOf(instrument: number): number {
    return this.#isKnown[instrument] === 1 ? instrument * Limit.Count : 0
  }

  /** Gives an instrument its row: the firm's limits in force, tightened or not, where its symbol has none of its own. */
  admit(instrument: number, own: SymbolLimits | undefined): void {
    const row = instrument * Limit.Count
    if (this.#isKnown[instrument] === 0) {
      this.#isKnown[instrument] = 1
      for (let limit = 0; limit < Limit.Count; limit++) this.values[row + limit] = this.values[limit]!
    }
    if (own === undefined) return
    for (const [name, value] of Object.entries(own)) {
      const limit = findLimit(name)
      if (limit !== Limit.None) this.values[row + limit] = value as number
    }
  }

  /**
   * Sets a limit of the firm, and of every instrument whose own is looser; or, with an instrument, of that one alone.
   * What was configured, for the firm or by symbol, stays the loosest that can be set.
   * @returns what became of it; `change` holds the limit before and after
   */
  set(limit: number, instrument: number, value: number, own: SymbolLimits | undefined): Outcome {
    this.change.fill(0)
    if (!isLimit(limit) || !(value >= 0)) return Outcome.RefusedUnknown
    if (instrument !== 0 && (limit >= FIRM_LIMITS_FROM || this.#isKnown[instrument] === 0))
      return Outcome.RefusedUnknown
    const at = instrument * Limit.Count + limit
    this.change[0] = this.values[at]!
    this.change[1] = this.values[at]!
    const named = own as Record<string, number> | undefined
    if (value > (named?.[LIMIT_NAMES[limit]!] ?? this.#configured[limit]!)) return Outcome.RefusedLooser
    this.values[at] = value
    this.change[1] = value
    if (instrument === 0 && limit < FIRM_LIMITS_FROM) this.#tightenAll(limit, value)
    return Outcome.Done
  }

  #tightenAll(limit: number, value: number): void {
    for (let instrument = 1; instrument <= this.#instrumentsMax; instrument++) {
      const at = instrument * Limit.Count + limit
      if (this.#isKnown[instrument] === 1 && this.values[at]! > value) this.values[at] = value
    }
  }
}

function isLimit(limit: number): boolean {
  return Number.isInteger(limit) && limit > Limit.None && limit < Limit.Count
}
