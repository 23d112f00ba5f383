import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SymbolTable } from '../../../feeds/iex/symbol-table.ts'
import { InstrumentTable } from '../../../feeds/protocol/instrument-table.ts'

const SEED = 7802

it('a symbol table finds what it was given, as a map does, and refuses at its bound', () => {
  // Few different words, so that many symbols share one of the two.
  const word = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.integer())
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word), { maxLength: 200 }), fc.integer({ min: 1, max: 100 }), (keys, bound) => {
      const table = new SymbolTable(new InstrumentTable(bound))
      const model = new Map<string, number>()
      for (const [low, high] of keys) {
        const key = `${low} ${high}`
        expect(table.find(low, high)).toBe(model.get(key) ?? 0)
        if (model.has(key)) continue
        const id = table.add(low, high)
        expect(id).toBe(model.size < bound ? model.size + 1 : 0)
        if (id !== 0) model.set(key, id)
      }
      for (const [key, id] of model) {
        const [low, high] = key.split(' ').map(Number)
        expect(table.find(low!, high!)).toBe(id)
      }
    }),
    { seed: SEED, numRuns: 300 },
  )
})
