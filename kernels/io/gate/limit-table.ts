import { Outcome } from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import { FIRM_LIMITS_FROM, findLimit, LIMIT_NAMES, Limit } from './limit.ts'
import type { GateLimits, SymbolLimits } from './limits.ts'

/**
 * The limits in force, as numbers. Row 0 is the firm's; each instrument has a row of its own for those that may differ.
 * Operators tighten; what the configuration says is the loosest. While a limit of the firm is tighter than configured, it holds
 * for every instrument, whatever that has of its own; once it is back, each has its own again.
 */
export class LimitTable {
  /** By instrument and `Limit`: `instrument * Limit.Count + limit`. */
  readonly values: Float64Array
  /** [0] before and [1] after the latest `set`. */
  readonly change = new Float64Array(2)
  readonly #configured: Float64Array
  /** The same by instrument as long as the firm's is as configured: what is configured for it, or was set for it alone. */
  readonly #own: Float64Array
  readonly #instrumentsMax: number
  readonly #isKnown: Uint8Array

  constructor(limits: GateLimits, instrumentsMax: number) {
    this.#instrumentsMax = instrumentsMax
    this.values = new Float64Array((instrumentsMax + 1) * Limit.Count)
    this.#own = new Float64Array(this.values.length)
    this.#isKnown = new Uint8Array(instrumentsMax + 1)
    const named = limits as unknown as Record<string, number>
    for (let limit = 1; limit < Limit.Count; limit++) this.values[limit] = named[LIMIT_NAMES[limit]!]!
    this.#configured = this.values.slice(0, Limit.Count)
  }

  /** Saves or restores it, of the instruments up to one. */
  archive(archive: StateArchive, highestInstrument: number): void {
    archive.array(this.values, 0, (highestInstrument + 1) * Limit.Count)
    archive.array(this.#own, 0, (highestInstrument + 1) * Limit.Count)
    archive.array(this.#isKnown)
  }

  /** Index of a limit of an instrument in `values`; of one that no record has named, the firm's. */
  rowOf(instrument: number): number {
    return this.#isKnown[instrument] === 1 ? instrument * Limit.Count : 0
  }

  /** Gives an instrument its row: the firm's limits where its symbol has none of its own. */
  admit(instrument: number, own: SymbolLimits | undefined): void {
    this.#isKnown[instrument] = 1
    this.#own.set(this.#configured, instrument * Limit.Count)
    for (const [name, value] of Object.entries(own ?? {})) {
      const limit = findLimit(name)
      if (limit !== Limit.None) this.#own[instrument * Limit.Count + limit] = value as number
    }
    for (let limit = 1; limit < FIRM_LIMITS_FROM; limit++) this.#put(instrument, limit)
  }

  /**
   * Sets a limit of the firm, and with it of every instrument; or, with an instrument, of that one alone.
   * What was configured, for the firm or by symbol, stays the loosest that can be set.
   * @returns what became of it; `change` holds the limit in force before and after
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
    if (instrument === 0) this.#setFirm(limit, value)
    else {
      this.#own[at] = value
      this.#put(instrument, limit)
    }
    this.change[1] = this.values[at]!
    return Outcome.Done
  }

  #setFirm(limit: number, value: number): void {
    this.values[limit] = value
    if (limit >= FIRM_LIMITS_FROM) return
    for (let instrument = 1; instrument <= this.#instrumentsMax; instrument++) {
      if (this.#isKnown[instrument] === 1) this.#put(instrument, limit)
    }
  }

  /** Brings a limit of an instrument into force. */
  #put(instrument: number, limit: number): void {
    const at = instrument * Limit.Count + limit
    const firm = this.values[limit]!
    const own = this.#own[at]!
    this.values[at] = firm < this.#configured[limit]! && firm < own ? firm : own
  }
}

function isLimit(limit: number): boolean {
  return Number.isInteger(limit) && limit > Limit.None && limit < Limit.Count
}
