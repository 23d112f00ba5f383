/** Mappings that are kept of a source: a year of a few thousand instruments, or a day of all options of a venue. */
export const MAPPINGS_MAX = 1 << 21

/** A symbol for an instrument id on the days from `startDate` up to, without, `endDate`; dates as YYYYMMDD. */
export interface SymbolInterval {
  readonly symbol: string
  readonly startDate: number
  readonly endDate: number
}

/**
 * Symbols by instrument id and day, from the metadata of files.
 * Bound: `mappingsMax`; policy: further mappings are refused, and their instruments have no symbol.
 */
export class SymbolMappings {
  count = 0
  /** Some id has different symbols on different days: a record's day matters. */
  hasReusedIds = false
  readonly #mappingsMax: number
  readonly #byId = new Map<number, SymbolInterval[]>()

  constructor(mappingsMax = MAPPINGS_MAX) {
    this.#mappingsMax = mappingsMax
  }

  /** @returns false when there are too many */
  add(id: number, interval: SymbolInterval): boolean {
    if (this.count === this.#mappingsMax) return false
    this.count++
    const known = this.#byId.get(id)
    if (known === undefined) this.#byId.set(id, [interval])
    else {
      if (known[0]!.symbol !== interval.symbol) this.hasReusedIds = true
      known.push(interval)
    }
    return true
  }

  /** The id's symbol on a day; where no interval holds the day, the last one's; undefined for an unknown id. */
  find(id: number, date: number): string | undefined {
    const known = this.#byId.get(id)
    if (known === undefined) return undefined
    const held = known.findLast(({ startDate, endDate }) => startDate <= date && date < endDate)
    return (held ?? known[known.length - 1]!).symbol
  }
}

/** A day as YYYYMMDD, by seconds since 1970, in UTC. */
export function dateOf(seconds: number): number {
  const day = new Date(seconds * 1000)
  return day.getUTCFullYear() * 10_000 + (day.getUTCMonth() + 1) * 100 + day.getUTCDate()
}
