import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_ORDER, OpenOrders, OrderWord, sideOf } from '../../kernels/io/gate/open-orders.ts'

test('the table of open orders is a map, and its lists hold what is in it, under any sequence of adds and removes', () => {
  const step = fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: -5, max: 40 }),
    fc.boolean(),
    fc.nat(7),
    fc.nat(9),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const table = new OpenOrders(24, 4)
      const model = new Map<string, { slot: number; list: number; price: number }>()
      for (const [strategy, orderId, isAdd, list, price] of steps) {
        const key = `${strategy}:${orderId}`
        const slot = table.find(strategy, orderId)
        expect(slot >= 0).toBe(model.has(key))
        if (isAdd && slot < 0) {
          const added = table.add(strategy, orderId, list >> 1, list & 1, new Float64Array([price]))
          if (model.size === 24) expect(added).toBe(NO_ORDER)
          else model.set(key, { slot: added, list, price })
        } else if (!isAdd && slot >= 0) {
          table.remove(slot)
          model.delete(key)
        }
        expect(table.count).toBe(model.size)
      }
      for (const [key, { slot }] of model) {
        const [strategy, orderId] = key.split(':').map(Number)
        expect(table.find(strategy!, orderId!)).toBe(slot)
      }
      for (let list = 0; list < 8; list++) {
        const slots: number[] = []
        for (
          let slot = table.first[sideOf(list >> 1, list & 1)]!;
          slot !== NO_ORDER;
          slot = table.word(slot, OrderWord.Next)
        )
          slots.push(slot)
        const expected = [...model.values()].filter((order) => order.list === list).map(({ slot }) => slot)
        expect(slots.reverse()).toEqual(expected)
        const prices = [...model.values()].filter((order) => order.list === list).map((order) => order.price)
        expect(table.best[list]).toBe(list % 2 === 0 ? Math.max(...prices) : Math.min(...prices))
      }
    }),
  )
})
