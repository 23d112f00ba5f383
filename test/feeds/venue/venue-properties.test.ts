import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FLAG_KEEPS_PRIORITY, FLAG_NON_PRINTABLE, FLAG_POST_ONLY } from '../../../kernels/records/catalogue.ts'
import type { PlainRecord } from '../../../kernels/records/codec.ts'
import { LIMITS, summarise, VenueHarness } from './venue-harness.ts'
import { VenueRequestModel } from './venue-requests.ts'

const reference = fc.integer({ min: 1, max: 25 })
const instrument = fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.constant(2))
const side = fc.integer({ min: 0, max: 1 })
const price = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 99, max: 101 }) }, fc.integer({ min: 90, max: 110 }))
const quantity = fc.integer({ min: 1, max: 20 })
const strategy = fc.integer({ min: 1, max: 2 })
const orderId = fc.integer({ min: 1, max: 12 })

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('add' as const), reference, instrument, side, price, quantity }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('execute' as const), reference, quantity, printable: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reduce' as const), reference, quantity }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), reference }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('replace' as const),
      reference,
      newReference: reference,
      price,
      quantity,
      keeps: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('trade' as const), instrument, price, quantity }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('status' as const), instrument, halted: fc.boolean() }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('enter' as const),
      strategy,
      orderId,
      instrument,
      side,
      price,
      quantity,
      market: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      immediate: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
      postOnly: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), strategy, orderId }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('amend' as const),
      strategy,
      orderId,
      newOrderId: orderId,
      price,
      quantity,
      /** Filled of it, but not known of. */
      unseen: fc.integer({ min: 0, max: 20 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('cancelMany' as const),
      strategy,
      instrument: fc.integer({ min: 0, max: 2 }),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Most messages and requests are about orders that are there: the number drawn picks one of them. */
function aim(model: VenueRequestModel, s: Step): Step {
  if ('reference' in s && s.do !== 'add' && s.reference <= 22 && model.displayed.length > 0) {
    const { reference, price } = model.displayed[s.reference % model.displayed.length]!
    // Half of those that are to keep their places may.
    if (s.do === 'replace' && s.keeps && s.quantity % 2 === 0)
      return { ...s, reference, newReference: reference, price }
    return { ...s, reference }
  }
  if ((s.do === 'cancel' || s.do === 'amend') && s.orderId <= 10 && model.own.length > 0) {
    const own = model.own[s.orderId % model.own.length]!
    return { ...s, strategy: own.strategy, orderId: own.orderId }
  }
  return s
}

/** Market records name their instrument: that of the displayed order which they concern. */
function instrumentOf(model: VenueRequestModel, reference: number): number {
  return model.find(reference)?.instrument ?? 1
}

function driveVenue(harness: VenueHarness, model: VenueRequestModel, s: Step): PlainRecord[] {
  switch (s.do) {
    case 'add': {
      const { reference, instrument, side, price, quantity } = s
      return harness.market({ record: 'orderAdd', reference, instrument, side, price, quantity })
    }
    case 'execute': {
      const flags = s.printable ? 0 : FLAG_NON_PRINTABLE
      const instrument = instrumentOf(model, s.reference)
      return harness.market({ record: 'orderExecute', flags, instrument, reference: s.reference, quantity: s.quantity })
    }
    case 'reduce': {
      const instrument = instrumentOf(model, s.reference)
      return harness.market({ record: 'orderReduce', instrument, reference: s.reference, quantity: s.quantity })
    }
    case 'delete':
      return harness.market({
        record: 'orderDelete',
        instrument: instrumentOf(model, s.reference),
        reference: s.reference,
      })
    case 'replace': {
      const { reference, newReference, price, quantity } = s
      const instrument = instrumentOf(model, reference)
      const flags = s.keeps ? FLAG_KEEPS_PRIORITY : 0
      return harness.market({ record: 'orderReplace', flags, instrument, reference, newReference, price, quantity })
    }
    case 'trade':
      return harness.market({ record: 'trade', instrument: s.instrument, price: s.price, quantity: s.quantity })
    case 'status':
      return harness.market({ record: 'tradingStatus', instrument: s.instrument, state: s.halted ? 2 : 1 })
    case 'enter':
      return harness.request({
        record: 'newOrder',
        source: s.strategy,
        instrument: s.instrument,
        flags: s.postOnly ? FLAG_POST_ONLY : 0,
        orderId: s.orderId,
        side: s.side,
        price: s.price,
        quantity: s.quantity,
        orderType: s.market ? 1 : 0,
        timeInForce: s.immediate ? 1 : 0,
      })
    case 'cancel':
      return harness.request({ record: 'cancelOrder', source: s.strategy, orderId: s.orderId })
    case 'amend': {
      const { orderId, newOrderId, price, quantity } = s
      const filledQuantity = model.filledKnown(s.strategy, orderId, s.unseen)
      const terms = { orderId, newOrderId, price, quantity, filledQuantity }
      return harness.request({ record: 'replaceOrder', source: s.strategy, ...terms })
    }
    case 'cancelMany':
      return harness.request({ record: 'massCancel', source: s.strategy, instrument: s.instrument })
  }
}

function driveModel(model: VenueRequestModel, s: Step): void {
  if (s.do === 'add') {
    const { reference, instrument, side, price, quantity } = s
    model.add({ reference, instrument, side, price, quantity, taken: 0 })
  } else if (s.do === 'execute') model.execute(s.reference, s.quantity, s.printable)
  else if (s.do === 'reduce') model.reduce(s.reference, s.quantity)
  else if (s.do === 'delete') model.reduce(s.reference, 1e9)
  else if (s.do === 'replace') {
    model.replace(s.reference, s.newReference, s.price, s.quantity, s.keeps)
  } else if (s.do === 'trade') model.trade(s.instrument, s.price, s.quantity)
  else if (s.do === 'status') model.setHalted(s.instrument, s.halted)
  else if (s.do === 'enter') model.enter(s)
  else if (s.do === 'cancel') model.cancelOne(s.strategy, s.orderId)
  else if (s.do === 'amend') {
    const total = model.filledKnown(s.strategy, s.orderId, s.unseen) + s.quantity
    model.amend(s.strategy, s.orderId, s.newOrderId, s.price, total)
  } else model.cancelMany(s.strategy, s.instrument)
}

/** Follows every order by what the venue says of it alone. */
class Ledger {
  private readonly open = new Map<string, { left: number; filled: number }>()
  filled = 0

  note(r: PlainRecord): void {
    const key = `${r.source}/${r.orderId}`
    if (r.record === 'accepted') {
      expect(this.open.has(key), `${key} is accepted once`).toBe(false)
      this.open.set(key, { left: Number(r.quantity), filled: 0 })
      return
    }
    if (r.record === 'rejected' || r.record === 'cancelRejected') return
    const order = this.open.get(key)
    expect(order, `${String(r.record)} of ${key}, which is live`).toBeDefined()
    if (r.record === 'filled') {
      order!.left -= Number(r.quantity)
      this.filled += Number(r.quantity)
      expect(r.leavesQuantity).toBe(order!.left)
      expect(order!.left).toBeGreaterThanOrEqual(0)
      if (order!.left === 0) this.open.delete(key)
    } else if (r.record === 'cancelled') {
      expect(r.quantity).toBe(order!.left)
      this.open.delete(key)
    } else {
      this.open.delete(key)
      this.open.set(`${r.source}/${r.newOrderId}`, { left: Number(r.quantity), filled: 0 })
    }
  }

  get live(): number {
    return this.open.size
  }
}

/** Most that one step may fill: what the market showed or traded in it. */
function fillBound(model: VenueRequestModel, s: Step): number {
  if (s.do === 'add' || s.do === 'replace' || s.do === 'trade') return s.quantity
  if (s.do === 'execute') return s.printable ? Math.min(s.quantity, model.find(s.reference)?.quantity ?? 0) : 0
  if (s.do === 'status' || s.do === 'enter' || s.do === 'amend') {
    return model.displayed.reduce((sum, order) => sum + Math.max(0, order.quantity - order.taken), 0)
  }
  return 0
}

describe('the simulated venue against a plain model', () => {
  test('any session gives the same responses, conserves quantities, and ends every order exactly once', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 300, size: 'max' }), (drawn) => {
        const harness = new VenueHarness()
        const model = new VenueRequestModel(LIMITS.ordersMax)
        const ledger = new Ledger()
        for (const [index, drawnStep] of drawn.entries()) {
          const s = aim(model, drawnStep)
          const bound = fillBound(model, s)
          const filledBefore = ledger.filled
          model.responses = []
          const responses = driveVenue(harness, model, s)
          driveModel(model, s)
          expect(responses.map(summarise), `step ${index}: ${JSON.stringify(s)}`).toEqual(model.responses)
          for (const response of responses) ledger.note(response)
          expect(ledger.filled - filledBefore).toBeLessThanOrEqual(bound)
          expect(ledger.live).toBe(harness.venue.orders.count)
        }
        model.responses = []
        const last = harness.endOfSession()
        model.endOfSession()
        expect(last.map(summarise)).toEqual(model.responses)
        for (const response of last) ledger.note(response)
        expect(ledger.live).toBe(0)
        expect(harness.venue.orders.count).toBe(0)
        expect(harness.venue.fills.totals[1]).toBe(ledger.filled)
      }),
      { numRuns: 25 },
    )
  })

  test('the same session gives the same bytes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (drawn) => {
        const runs = [0, 1].map(() => {
          const harness = new VenueHarness()
          const model = new VenueRequestModel(LIMITS.ordersMax)
          const said: string[] = []
          for (const drawnStep of drawn) {
            const s = aim(model, drawnStep)
            said.push(JSON.stringify(driveVenue(harness, model, s)))
            driveModel(model, s)
          }
          return said
        })
        expect(runs[0]).toEqual(runs[1])
      }),
      { numRuns: 10 },
    )
  })
})
