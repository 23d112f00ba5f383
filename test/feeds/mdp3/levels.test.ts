import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type DecodedRecord, TestDecoder } from './support/decode.ts'
import { type BookEntry, book, packet } from './support/packets.ts'

const DEPTH = 10

/** A book of any depth of which the best levels are published by number, as CME does. */
class PublishedSide {
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
function apply(records: readonly DecodedRecord[], sides: readonly Map<number, number>[]): void {
  for (const { name, fields } of records) {
    if (name !== 'levelUpdate') continue
    const levels = sides[fields.side as number]!
    if (fields.quantity === 0) levels.delete(fields.price as number)
    else levels.set(fields.price as number, fields.quantity as number)
  }
}

const change = fc.record({
  isBid: fc.boolean(),
  price: fc.integer({ min: -15, max: 15 }),
  size: fc.nat(3),
  cut: fc.option(fc.record({ count: fc.nat(4), isBest: fc.boolean() }), { freq: 8 }),
})

const seed = Number(process.env.XK_SEED ?? 77_031)

it(`levels by number become the same book by price (seed ${seed})`, { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 120 }), (changes) => {
      const decoder = new TestDecoder()
      const sides = [new PublishedSide(true), new PublishedSide(false)]
      const read = [new Map<number, number>(), new Map<number, number>()]
      let rptSeq = 1
      let sequence = 1
      for (const { isBid, price, size, cut } of changes) {
        const side = sides[isBid ? 0 : 1]!
        const entries = cut === null ? side.set(price, size) : side.cut(cut.count, cut.isBest)
        const numbered = entries.map((entry) => ({ ...entry, rptSeq: rptSeq++ }))
        if (numbered.length > 0) apply(decoder.feed(packet(sequence++, [book(numbered)])), read)
        for (const which of [0, 1]) {
          const shown = sides[which]!.shown().sort(([a], [b]) => a - b)
          expect([...read[which]!].sort(([a], [b]) => a - b)).toEqual(shown)
        }
      }
      expect(decoder.report().undecoded).toEqual({})
    }),
    { numRuns: 150, seed },
  )
})

it('a level that falls off the end is removed by its price', () => {
  const decoder = new TestDecoder()
  const first = Array.from({ length: 10 }, (_, i) => ({ price: 100 - i, size: 1, level: i + 1, rptSeq: i + 1 }))
  decoder.feed(packet(1, [book(first)]))
  const records = decoder.feed(packet(2, [book([{ price: 101, size: 5, level: 1, rptSeq: 11, orders: 2 }])]))
  expect(records.map(({ fields }) => [fields.action, fields.price, fields.quantity, fields.levelIndex])).toEqual([
    [2, 91, 0, 255],
    [0, 101, 5, 0],
  ])
})
