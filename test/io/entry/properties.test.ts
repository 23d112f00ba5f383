import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OuchCancelReason } from '../../../feeds/ouch/codes.ts'
import { OuchVersion } from '../../../feeds/ouch/versions.ts'
import { EntryState } from '../../../kernels/io/entry/order-states.ts'
import { EntryRig } from './support/entry-rig.ts'
import type { ToyOrder } from './support/toy-venue.ts'

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('order' as const), quantity: fc.integer({ min: 1, max: 300 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat(1000) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      pick: fc.nat(1000),
      quantity: fc.integer({ min: 1, max: 300 }),
      /** Of what was told to be filled, the strategy does not know so much. */
      unseen: fc.integer({ min: 0, max: 100 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('answer' as const), isReject: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('fill' as const),
      pick: fc.nat(1000),
      shares: fc.integer({ min: 1, max: 200 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('venueCancel' as const), pick: fc.nat(1000) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('move' as const), bytes: fc.integer({ min: 1, max: 150 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
)

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** A replacement: what it and its order may trade together. */
interface Replacement {
  readonly old: number
  readonly total: number
}

interface Played {
  readonly rig: EntryRig
  readonly ids: readonly number[]
  /** By the id of the replacement. */
  readonly replacements: ReadonlyMap<number, Replacement>
}

/** Plays steps, then lets everything come to rest on a wire that holds. */
function play(version: OuchVersion, steps: readonly Step[]): Played {
  const rig = new EntryRig(version)
  const ids: number[] = []
  const replacements = new Map<number, Replacement>()
  rig.run(2000)
  rig.venue.answersAtOnce = false
  const orderAt = (pick: number) => {
    const orders = [...rig.venue.orders.values()]
    return orders.length === 0 ? undefined : orders[pick % orders.length]
  }
  for (const action of steps) {
    if (action.kind === 'order') ids.push(ids.length + 1) && rig.order(ids.length, action.quantity)
    else if (action.kind === 'cancel' && ids.length > 0) rig.cancel(ids[action.pick % ids.length]!)
    else if (action.kind === 'replace' && ids.length > 0) {
      const old = ids[action.pick % ids.length]!
      const known = Math.max(0, rig.toldFilled(old) - action.unseen)
      ids.push(ids.length + 1)
      replacements.set(ids.length, { old, total: known + action.quantity })
      rig.replace(old, ids.length, action.quantity, 102_600, known)
    } else if (action.kind === 'answer') rig.venue.answer(action.isReject)
    else if (action.kind === 'fill') {
      const order = orderAt(action.pick)
      if (order !== undefined) rig.venue.fill(order, action.shares)
    } else if (action.kind === 'venueCancel') {
      const order = orderAt(action.pick)
      if (order !== undefined && order.open > 0) rig.venue.cancel(order, order.open, OuchCancelReason.Halted)
    } else if (action.kind === 'move') rig.run(50, action.bytes)
    else if (action.kind === 'cut') rig.venue.cut()
  }
  for (let i = 0; i < 4; i++) {
    rig.run(2000)
    while (rig.venue.waiting.length > 0) rig.venue.answer()
  }
  rig.run(2000)
  return { rig, ids, replacements }
}

/** The order with an id, as the venue has it. */
function findAtVenue(rig: EntryRig, version: OuchVersion, id: number): ToyOrder | undefined {
  const { orders, tokens } = rig.gateway
  const slot = orders.findId(1, id)
  if (slot < 0) return undefined
  if (version === OuchVersion.V50) return rig.venue.orders.get(String(orders.sequence[slot]! + tokens.userRefBase[0]!))
  const token = new Uint8Array(14)
  tokens.write(token, 0, orders.sequence, slot)
  return rig.venue.orders.get(Buffer.from(token).toString())
}

describe.each([
  ['OUCH 4.2', OuchVersion.V42],
  ['OUCH 5.0', OuchVersion.V50],
])('whatever is asked, answered and cut off, over %s', (_name, version) => {
  it('gateway, venue and strategy agree on every order, and nothing happens that cannot be', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 120 }), (steps) => {
        const { rig, ids, replacements } = play(version, steps)
        const { orders } = rig.gateway
        expect(orders.illegal.reduce((sum, count) => sum + count, 0)).toBe(0)
        const executedAtVenue = [...rig.venue.orders.values()].reduce((sum, { executed }) => sum + executed, 0)
        const told = rig.told.filter(({ record }) => record === 'filled')
        expect(told.reduce((sum, { quantity }) => sum + Number(quantity), 0)).toBe(executedAtVenue)
        for (const id of ids) {
          const slot = orders.findId(1, id)
          if (slot < 0) continue
          const state: EntryState = orders.state[slot]!
          const atVenue = findAtVenue(rig, version, id)
          if (atVenue === undefined) {
            // What a lost connection swallowed was told to be rejected.
            expect([orders.isAccepted[slot], state], `order ${id}`).toEqual([0, EntryState.Done])
            continue
          }
          const isOpen = state !== EntryState.Done
          expect([isOpen ? orders.leaves[slot] : 0, orders.filled[slot]], `order ${id}`).toEqual([
            atVenue.open,
            atVenue.executed,
          ])
        }
        for (const [id, { old, total }] of replacements) {
          const atVenue = findAtVenue(rig, version, id)
          if (atVenue === undefined) continue
          const traded = atVenue.executed + findAtVenue(rig, version, old)!.executed
          expect(traded, `${old} and its replacement ${id}`).toBeLessThanOrEqual(total)
        }
      }),
      { numRuns: 60 },
    )
  })
})
