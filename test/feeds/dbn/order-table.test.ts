import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OrderTable } from '../../../feeds/dbn/order-table.ts'

describe('the table of open orders', () => {
  it('finds what was added and not removed, as a map does, through growth and cleared books', () => {
    const step = fc.record({
      what: fc.integer({ min: 0, max: 9 }),
      low: fc.integer({ min: -6000, max: 6000 }),
      high: fc.integer({ min: 0, max: 1 }),
      instrument: fc.integer({ min: 1, max: 3 }),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 2000, maxLength: 9000 }), (steps) => {
        const table = new OrderTable(8192)
        const model = new Map<string, number>()
        for (const { what, low, high, instrument } of steps) {
          const key = `${low} ${high}`
          const slot = table.find(low, high)
          expect(slot !== 0).toBe(model.has(key))
          if (slot !== 0) expect(table.instrument[slot]).toBe(model.get(key))
          if (what < 8 && slot === 0) {
            const added = table.add(low, high)
            expect(added !== 0).toBe(model.size < 8192)
            if (added === 0) continue
            table.instrument[added] = instrument
            model.set(key, instrument)
          } else if (what === 8 && slot !== 0) {
            table.remove(slot)
            model.delete(key)
          } else if (what === 9 && low > 5980) {
            table.clear(instrument, 2)
            for (const [known, whose] of model) if (whose === instrument) model.delete(known)
          }
        }
        expect(table.count).toBe(model.size)
      }),
      { numRuns: 20 },
    )
  })
})
