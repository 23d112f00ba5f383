import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { verifyBook } from '../../../feeds/book/verify-book.ts'
import { FLAG_POST_ONLY, FLAG_SNAPSHOT, StaleReason } from '../../../kernels/records/catalogue.ts'
import type { PlainRecord } from '../../../kernels/records/codec.ts'
import { LevelVenueModel } from './level-venue-model.ts'
import { LIMITS, summarise, VenueHarness } from './venue-harness.ts'

/** Instrument 1 has levels, 2 the best prices only. */
const instrument = fc.integer({ min: 1, max: 2 })
const side = fc.integer({ min: 0, max: 1 })
const price = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 98, max: 102 }) }, fc.integer({ min: 90, max: 110 }))
const quantity = fc.integer({ min: 1, max: 30 })
const shown = fc.oneof({ weight: 4, arbitrary: quantity }, { weight: 1, arbitrary: fc.constant(0) })
const strategy = fc.integer({ min: 1, max: 2 })
const orderId = fc.integer({ min: 1, max: 12 })
const oneIn = (n: number) => fc.integer({ min: 1, max: n }).map((drawn) => drawn === 1)

const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constant('level' as const), side, price, quantity: shown, snapshot: oneIn(6) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('top' as const),
      bidPrice: price,
      bidQuantity: shown,
      askPrice: price,
      askQuantity: shown,
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('trade' as const), instrument, price, quantity }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('clear' as const), instrument, sides: fc.integer({ min: 0, max: 2 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stale' as const), instrument }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('recovered' as const), instrument }) },
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
      market: oneIn(6),
      immediate: oneIn(5),
      postOnly: oneIn(5),
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
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
type Request = Extract<Step, { do: 'enter' | 'cancel' | 'amend' }>
type Market = Exclude<Step, Request>

/** Most requests are about orders that are there. */
function aim(model: LevelVenueModel, s: Step): Step {
  if ((s.do !== 'cancel' && s.do !== 'amend') || s.orderId > 10 || model.own.length === 0) return s
  const own = model.own[s.orderId % model.own.length]!
  return { ...s, strategy: own.strategy, orderId: own.orderId }
}

function toMarketRecord(s: Market): PlainRecord {
  switch (s.do) {
    case 'level': {
      const { side, price, quantity } = s
      return { record: 'levelUpdate', instrument: 1, flags: s.snapshot ? FLAG_SNAPSHOT : 0, side, price, quantity }
    }
    case 'top': {
      const { do: _, ...fields } = s
      return { record: 'topOfBook', instrument: 2, ...fields }
    }
    case 'trade':
      return { record: 'trade', instrument: s.instrument, price: s.price, quantity: s.quantity }
    case 'clear':
      return { record: 'bookClear', instrument: s.instrument, sides: s.sides }
    case 'stale':
      return { record: 'stale', instrument: s.instrument, reason: StaleReason.SequenceGap }
    case 'recovered':
      return { record: 'stale', instrument: s.instrument, reason: StaleReason.Recovered }
    case 'status':
      return { record: 'tradingStatus', instrument: s.instrument, state: s.halted ? 2 : 1 }
  }
}

function toRequest(model: LevelVenueModel, s: Request): PlainRecord {
  const { orderId, strategy: source } = s
  if (s.do === 'cancel') return { record: 'cancelOrder', source, orderId }
  const { price, quantity } = s
  if (s.do === 'amend') {
    const filledQuantity = model.filledKnown(source, orderId, s.unseen)
    return { record: 'replaceOrder', source, orderId, newOrderId: s.newOrderId, price, quantity, filledQuantity }
  }
  return {
    record: 'newOrder',
    source,
    instrument: s.instrument,
    flags: s.postOnly ? FLAG_POST_ONLY : 0,
    orderId,
    side: s.side,
    price,
    quantity,
    orderType: s.market ? 1 : 0,
    timeInForce: s.immediate ? 1 : 0,
  }
}

function driveModel(model: LevelVenueModel, s: Step): void {
  if (s.do === 'level') {
    model.touch(1, s.snapshot)
    model.setLevel(1, s.side, s.price, s.quantity)
  } else if (s.do === 'top') {
    model.touch(2, false)
    const bid = { price: s.bidPrice, quantity: s.bidQuantity }
    model.setTop(2, [bid, { price: s.askPrice, quantity: s.askQuantity }])
  } else if (s.do === 'trade') {
    model.touch(s.instrument, false)
    model.trade(s.instrument, s.price, s.quantity)
  } else if (s.do === 'clear') model.clear(s.instrument, s.sides)
  else if (s.do === 'stale') model.setStale(s.instrument)
  else if (s.do === 'recovered') model.setWhole(s.instrument)
  else if (s.do === 'status') model.setHalted(s.instrument, s.halted)
  else if (s.do === 'enter') model.enter(s)
  else if (s.do === 'cancel') model.cancelOne(s.strategy, s.orderId)
  else {
    const total = model.filledKnown(s.strategy, s.orderId, s.unseen) + s.quantity
    model.amend(s.strategy, s.orderId, s.newOrderId, s.price, total)
  }
}

function driveVenue(harness: VenueHarness, model: LevelVenueModel, s: Step): PlainRecord[] {
  const isRequest = s.do === 'enter' || s.do === 'cancel' || s.do === 'amend'
  return isRequest ? harness.request(toRequest(model, s)) : harness.market(toMarketRecord(s))
}

describe('the simulated venue on books of levels, against a plain model', () => {
  test('any session gives the same responses, fills no level beyond what it shows, and leaves a sound book', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 300, size: 'max' }), (drawn) => {
        const harness = new VenueHarness()
        const model = new LevelVenueModel(LIMITS.ordersMax)
        for (const [index, drawnStep] of drawn.entries()) {
          const s = aim(model, drawnStep)
          model.responses = []
          const responses = driveVenue(harness, model, s)
          driveModel(model, s)
          expect(responses.map(summarise), `step ${index}: ${JSON.stringify(s)}`).toEqual(model.responses)
          for (const level of model.displayed) expect(level.taken).toBeLessThanOrEqual(level.quantity)
        }
        model.responses = []
        const last = harness.endOfSession()
        model.endOfSession()
        expect(last.map(summarise)).toEqual(model.responses)
        expect(verifyBook(harness.venue.book)).toEqual([])
        expect(harness.venue.book.liveLevels).toBe(model.displayed.length)
      }),
      { numRuns: 60 },
    )
  })
})
