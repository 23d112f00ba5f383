import type { DecodedRecord } from './decode.ts'
import type { BookEntry } from './packets.ts'

/** Levels that are published. */
const DEPTH = 10

/** A book of any depth of which the best levels are published by number, as CME does. */
export class PublishedSide {
  readonly #prices: number[] = []
  readonly #sizes = new Map<number, number>()
  readonly #type: string
  readonly #isBid: boolean

  constructor(isBid: boolean) {
    this.#isBid = isBid
    this.#type = isBid ? '0' : '1'
  }

  /** Sets a price's size, 0 to remove it. @returns the entries that tell so */
  set(price: number, size: number): Omit<BookEntry, 'rptSeq'>[] {
    const index = this.#prices.indexOf(price)
    const entry = { price, size, type: this.#type, orders: 1 }
    if (size === 0) return index < 0 ? [] : this.#remove(index)
    this.#sizes.set(price, size)
    if (index >= 0) return index < DEPTH ? [{ ...entry, level: index + 1, action: 1 }] : []
    this.#prices.push(price)
    this.#prices.sort((a, b) => (this.#isBid ? b - a : a - b))
    const level = this.#prices.indexOf(price) + 1
    return level <= DEPTH ? [{ ...entry, level, action: 0 }] : []
  }

  /** Removes the best levels, or the worst ones that are published, by one entry. */
  cut(count: number, isBest: boolean): Omit<BookEntry, 'rptSeq'>[] {
    const shown = Math.min(DEPTH, this.#prices.length)
    if (count < 1 || count > shown) return []
    // What a book deeper than published would show instead would have to be added level by level.
    if (this.#prices.length > DEPTH) return []
    const level = isBest ? count : shown - count + 1
    this.#prices.splice(isBest ? 0 : level - 1, count)
    return [{ type: this.#type, level, action: isBest ? 3 : 4 }]
  }

  shown(): [number, number][] {
    return this.#prices.slice(0, DEPTH).map((price) => [price, this.#sizes.get(price)!])
  }

  #remove(index: number): Omit<BookEntry, 'rptSeq'>[] {
    const [price] = this.#prices.splice(index, 1)
    if (index >= DEPTH) return []
    const removal = { price: price!, size: this.#sizes.get(price!)!, type: this.#type, level: index + 1, action: 2 }
    const risen = this.#prices[DEPTH - 1]
    if (risen === undefined) return [removal]
    return [removal, { price: risen, size: this.#sizes.get(risen)!, type: this.#type, level: DEPTH, action: 0 }]
  }
}

/** What a reader of the records has, who knows prices only. */
export function applyLevels(records: readonly DecodedRecord[], sides: readonly Map<number, number>[]): void {
  for (const { name, fields } of records) {
    if (name === 'bookClear') for (const side of sides) side.clear()
    if (name !== 'levelUpdate') continue
    const levels = sides[fields.side as number]!
    if (fields.quantity === 0) levels.delete(fields.price as number)
    else levels.set(fields.price as number, fields.quantity as number)
  }
}
