import fc from 'fast-check'
import { expect, it } from 'vitest'
import { TestDecoder } from './support/decode.ts'
import { book, packet } from './support/packets.ts'
import { applyLevels, PublishedSide } from './support/published-side.ts'

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
        if (numbered.length > 0) applyLevels(decoder.feed(packet(sequence++, [book(numbered)])), read)
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
