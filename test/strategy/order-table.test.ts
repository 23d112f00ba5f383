import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PositionSlot } from '../../strategies/plugin/memory.ts'
import { OrderTable, orderTableBytes } from '../../strategies/plugin/order-table.ts'
import {
  ORDER_TRANSITION_EVENTS,
  ORDER_TRANSITIONS,
  OrderTransition,
} from '../../strategies/plugin/order-transitions.ts'
import { OrderState } from '../../strategies/plugin/vocabulary.ts'

const S = OrderState
const T = OrderTransition

/** What may happen in each state; everything that is not here is illegal. */
const LEGAL: Record<number, Partial<Record<OrderTransition, OrderState>>> = {
  [S.PendingNew]: {
    [T.Accept]: S.Live,
    [T.Reject]: S.Rejected,
    [T.FillPart]: S.PartiallyFilled,
    [T.FillAll]: S.Filled,
    [T.Cancel]: S.Cancelled,
    [T.RequestCancel]: S.PendingCancel,
  },
  [S.Live]: {
    [T.FillPart]: S.PartiallyFilled,
    [T.FillAll]: S.Filled,
    [T.Cancel]: S.Cancelled,
    [T.Replace]: S.Replaced,
    [T.RequestCancel]: S.PendingCancel,
    [T.RequestReplace]: S.PendingReplace,
  },
  [S.PartiallyFilled]: {
    [T.FillPart]: S.PartiallyFilled,
    [T.FillAll]: S.Filled,
    [T.Cancel]: S.Cancelled,
    [T.Replace]: S.Replaced,
    [T.RequestCancel]: S.PendingCancel,
    [T.RequestReplace]: S.PendingReplace,
  },
  [S.PendingCancel]: {
    [T.Accept]: S.PendingCancel,
    [T.Reject]: S.Rejected,
    [T.FillPart]: S.PendingCancel,
    [T.FillAll]: S.Filled,
    [T.Cancel]: S.Cancelled,
    [T.Replace]: S.Replaced,
    [T.RefuseLive]: S.Live,
    [T.RefuseFilled]: S.PartiallyFilled,
  },
  [S.PendingReplace]: {
    [T.FillPart]: S.PendingReplace,
    [T.FillAll]: S.Filled,
    [T.Cancel]: S.Cancelled,
    [T.Replace]: S.Replaced,
    [T.RefuseLive]: S.Live,
    [T.RefuseFilled]: S.PartiallyFilled,
    [T.RequestCancel]: S.PendingCancel,
  },
}

describe('the order state machine', () => {
  for (let state = S.Free; state <= S.Replaced; state++) {
    for (let event = 0; event < ORDER_TRANSITION_EVENTS; event++) {
      const next = LEGAL[state]?.[event as OrderTransition]
      test(`${S[state]} and ${T[event]} give ${next === undefined ? 'nothing' : S[next]}`, () => {
        expect(ORDER_TRANSITIONS[state * ORDER_TRANSITION_EVENTS + event]).toBe(next ?? -1)
      })
    }
  }

  test('an illegal event is counted and changes nothing', () => {
    const positions = new Float64Array(2 * PositionSlot.Slots)
    const table = new OrderTable(new ArrayBuffer(orderTableBytes(16, 1)), 16, 1, positions)
    table.format()
    const slot = table.add(1, 1, 0)
    expect(table.apply(slot, T.Replace)).toBe(false)
    expect([table.state[slot], table.illegalTransitions]).toEqual([S.PendingNew, 1])
  })
})

test('the table of own orders agrees with a plain map under random traffic', () => {
  const step = fc.record({
    add: fc.boolean(),
    instrument: fc.integer({ min: 1, max: 3 }),
    side: fc.nat(1),
    pick: fc.nat(),
    quantity: fc.integer({ min: 1, max: 9 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), fc.constantFrom(0, 4_294_967_000), (steps, firstId) => {
      const positions = new Float64Array(4 * PositionSlot.Slots)
      const table = new OrderTable(new ArrayBuffer(orderTableBytes(32, 3)), 32, 3, positions)
      table.format()
      const model = new Map<number, { instrument: number; side: number; quantity: number }>()
      let lastId = firstId
      for (const { add, instrument, side, pick, quantity } of steps) {
        if (add) {
          lastId = (lastId + 1) >>> 0
          const slot = table.add(lastId, instrument, side)
          expect(slot === 0).toBe(model.size === 32)
          if (slot === 0) continue
          table.quantity[slot] = quantity
          table.open(slot)
          model.set(lastId, { instrument, side, quantity })
        } else if (model.size > 0) {
          const id = [...model.keys()][pick % model.size]!
          table.remove(table.find(id))
          model.delete(id)
          expect(table.find(id)).toBe(0)
        }
        expect(table.count).toBe(model.size)
        for (const [id, order] of model) {
          const slot = table.find(id)
          expect([table.id[slot], table.instrument[slot], table.side[slot]]).toEqual([id, order.instrument, order.side])
        }
        for (let i = 1; i <= 3; i++) {
          const listed = []
          for (let slot = table.firstSlot[i]!; slot !== 0; slot = table.nextSlot[slot]!) listed.push(table.id[slot]!)
          const wanted = [...model]
            .filter(([, order]) => order.instrument === i)
            .map(([id]) => id)
            .reverse()
          expect(listed).toEqual(wanted)
          for (const of of [0, 1]) {
            const open = [...model.values()].filter((order) => order.instrument === i && order.side === of)
            const sum = open.reduce((total, order) => total + order.quantity, 0)
            expect(positions[i * PositionSlot.Slots + PositionSlot.OpenBuyQuantity + of]).toBe(sum)
          }
        }
      }
    }),
    { numRuns: 60, seed: 20191230 },
  )
})
