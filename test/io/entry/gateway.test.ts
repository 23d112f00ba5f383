import { describe, expect, it } from 'vitest'
import { OuchCancelReason } from '../../../feeds/ouch/codes.ts'
import { OuchVersion } from '../../../feeds/ouch/versions.ts'
import { SimulatedVenue } from '../../../feeds/venue/simulated-venue.ts'
import { ENTRY_COUNT_NAMES, EntryCount } from '../../../kernels/io/entry/entry-counts.ts'
import type { OrderGateway } from '../../../kernels/io/entry/gateway.ts'
import { EntryEvent, EntryState } from '../../../kernels/io/entry/order-states.ts'
import { GatewayBreak } from '../../../kernels/io/entry/ouch-gateway.ts'
import { CancelReason, FLAG_POST_ONLY, RejectReason, Side } from '../../../kernels/records/catalogue.ts'
import { EntryRig } from './support/entry-rig.ts'
import type { ToyOrder } from './support/toy-venue.ts'

const VERSIONS = [
  ['OUCH 4.2', OuchVersion.V42],
  ['OUCH 5.0', OuchVersion.V50],
] as const

function ready(version: OuchVersion, options?: ConstructorParameters<typeof EntryRig>[1]): EntryRig {
  const rig = new EntryRig(version, options)
  for (let i = 0; i < 60 && !rig.gateway.isReady; i++) rig.run(50)
  expect(rig.gateway.isReady).toBe(true)
  return rig
}

function last(rig: EntryRig): ToyOrder {
  return [...rig.venue.orders.values()].at(-1)!
}

function illegals(rig: EntryRig): number {
  return rig.gateway.orders.illegal.reduce((sum, count) => sum + count, 0)
}

it('the simulated venue is a gateway', () => {
  const venue: OrderGateway = new SimulatedVenue({ instrumentsMax: 4, bookOrdersMax: 100, ordersMax: 10 })
  expect(venue.responses.length).toBe(0)
})

describe.each(VERSIONS)('a gateway over %s', (_name, version) => {
  it('is ready once the login is answered and the venue has nothing more to tell', () => {
    const rig = new EntryRig(version)
    expect(rig.gateway.isReady).toBe(false)
    rig.order(1)
    expect(rig.told).toMatchObject([{ record: 'rejected', orderId: 1, reason: RejectReason.VenueNotReached }])
    rig.run(2000)
    expect(rig.gateway.isReady).toBe(true)
    expect(rig.gateway.counts[EntryCount.Connects]).toBe(1)
  })

  it('sends an order as it was meant, and tells what became of it', () => {
    const rig = ready(version)
    rig.order(7, 300, 102_500, FLAG_POST_ONLY, Side.Sell)
    rig.run(100)
    rig.venue.fill(last(rig), 100)
    rig.run(100)
    rig.venue.fill(last(rig), 200)
    rig.run(100)
    expect(last(rig)).toMatchObject({ side: 0x53, price: 102_500, executed: 300 })
    const common = { source: 1, instrument: 3, orderId: 7 }
    expect(rig.told).toMatchObject([
      { record: 'accepted', ...common, side: Side.Sell, price: 102_500, quantity: 300, venueOrder: '1' },
      { record: 'filled', ...common, price: 102_500, quantity: 100, leavesQuantity: 200, match: '1', side: Side.Sell },
      { record: 'filled', ...common, quantity: 200, leavesQuantity: 0, match: '2' },
    ])
    expect([rig.gateway.orders.openCount, illegals(rig)]).toEqual([0, 0])
  })

  it('cancels, and knows an order that is gone', () => {
    const rig = ready(version)
    rig.order(1)
    rig.run(100)
    rig.cancel(1)
    expect(rig.gateway.orders.state[0]).toBe(EntryState.PendingCancel)
    rig.run(100)
    rig.cancel(1)
    rig.cancel(99)
    expect(rig.told.slice(1)).toMatchObject([
      { record: 'cancelled', orderId: 1, quantity: 100, reason: CancelReason.Requested },
      { record: 'cancelRejected', orderId: 1, reason: RejectReason.VenueTooLateToCancel },
      { record: 'cancelRejected', orderId: 99, reason: RejectReason.VenueUnknownOrder },
    ])
  })

  it('answers a cancel that a fill overtook: the venue passes over it', () => {
    const rig = ready(version)
    rig.order(1)
    rig.run(100)
    rig.venue.fill(last(rig), 100)
    const sequence = rig.cancel(1)
    rig.run(100)
    expect(rig.story()).toEqual(['accepted 1', 'filled 1', 'cancelRejected 1'])
    expect(rig.told.at(-1)).toMatchObject({ outboundSequence: sequence, reason: RejectReason.VenueTooLateToCancel })
    expect(illegals(rig)).toBe(0)
  })

  it('replaces, counting on the wire what the chain has filled', () => {
    const rig = ready(version)
    rig.order(1, 100)
    rig.run(100)
    rig.venue.fill(last(rig), 30)
    rig.run(100)
    rig.replace(1, 2, 50)
    rig.run(100)
    expect(last(rig)).toMatchObject({ open: 50, price: 102_600, chainExecuted: 30 })
    rig.venue.fill(last(rig), 10)
    rig.run(100)
    rig.replace(2, 3, 70)
    rig.run(100)
    expect(last(rig)).toMatchObject({ open: 70, chainExecuted: 40 })
    expect(rig.told.at(-1)).toMatchObject({ record: 'replaced', orderId: 2, newOrderId: 3, quantity: 70 })
    expect(illegals(rig)).toBe(0)
  })

  it('trades no more than what the strategy knew of and asked for, wherever a fill crosses the replacement', () => {
    const rig = ready(version)
    rig.order(1, 100)
    rig.run(100)
    const first = last(rig)
    // Ahead of the decision, then told to the gateway alone, then on its way while the replacement is.
    rig.venue.fill(first, 10)
    rig.run(100)
    rig.venue.fill(first, 20)
    rig.run(100)
    rig.replace(1, 2, 60, 102_600, 10)
    rig.venue.fill(first, 5)
    rig.run(100)
    expect(last(rig)).toMatchObject({ open: 35, chainExecuted: 35 })
    expect(rig.told.at(-1)).toMatchObject({ record: 'replaced', newOrderId: 2, quantity: 35 })
    rig.venue.fill(last(rig), 35)
    rig.run(100)
    expect(rig.told.at(-1)).toMatchObject({ record: 'filled', orderId: 2, leavesQuantity: 0 })
    expect([rig.gateway.orders.openCount, illegals(rig)]).toEqual([0, 0])
  })

  it('has an order cancelled of which as much as was asked for had traded already', () => {
    const rig = ready(version)
    rig.order(1, 100)
    rig.run(100)
    rig.venue.fill(last(rig), 60)
    rig.run(100)
    rig.replace(1, 2, 50, 102_600, 0)
    rig.run(100)
    expect(rig.story().slice(-2)).toEqual(['cancelled 1', 'rejected 2'])
    expect(rig.told.at(-1)).toMatchObject({ reason: RejectReason.VenueTooLateToCancel })
    expect([last(rig).open, rig.gateway.orders.openCount, illegals(rig)]).toEqual([0, 0, 0])
  })

  it('refuses a replacement whose chain comes to more shares than the wire can say', () => {
    const rig = ready(version)
    rig.order(1, 100)
    rig.run(100)
    rig.venue.fill(last(rig), 10)
    rig.run(100)
    rig.replace(1, 2, 999_990)
    expect(rig.told.at(-1)).toMatchObject({ record: 'rejected', orderId: 2, reason: RejectReason.VenueInvalidQuantity })
    expect(rig.gateway.orders.state[0]).toBe(EntryState.PartiallyFilled)
  })

  it('answers a replacement that a fill overtook, and one that is refused leaves the order as it was', () => {
    const rig = ready(version)
    rig.order(1)
    rig.run(100)
    rig.venue.answersAtOnce = false
    rig.replace(1, 2, 50)
    rig.run(100)
    rig.venue.answer(true)
    rig.run(100)
    expect(rig.told.at(-1)).toMatchObject({ record: 'rejected', orderId: 2, reason: RejectReason.VenueInvalidPrice })
    expect(rig.gateway.orders.state[0]).toBe(EntryState.Live)
    rig.replace(1, 3, 50)
    rig.run(100)
    rig.venue.fill(rig.venue.orders.values().next().value!, 100)
    rig.venue.answer()
    rig.run(100)
    expect(rig.story().slice(-2)).toEqual(['filled 1', 'rejected 3'])
    expect(rig.told.at(-1)).toMatchObject({ reason: RejectReason.VenueTooLateToCancel })
    expect([rig.gateway.orders.openCount, illegals(rig)]).toEqual([0, 0])
  })

  it('refuses a second replacement while one is on its way, by a reason of its own', () => {
    const rig = ready(version)
    rig.order(1, 100)
    rig.run(100)
    rig.replace(1, 2, 50)
    rig.replace(1, 3, 40)
    expect(rig.told.at(-1)).toMatchObject({ record: 'rejected', orderId: 3, reason: RejectReason.VenueChangePending })
    rig.run(100)
    expect(rig.told.at(-1)).toMatchObject({ record: 'replaced', orderId: 1, newOrderId: 2, quantity: 50 })
    expect(illegals(rig)).toBe(0)
  })

  it('cancels an order and its replacement on the way', () => {
    const rig = ready(version)
    rig.order(1)
    rig.run(100)
    rig.venue.answersAtOnce = false
    rig.replace(1, 2, 50)
    rig.cancel(1)
    rig.cancel(2)
    rig.run(100)
    for (let i = 0; i < 3; i++) rig.venue.answer()
    rig.run(100)
    expect(rig.story().slice(1)).toEqual(['replaced 2', 'cancelRejected 1', 'cancelled 2'])
    expect([rig.gateway.orders.openCount, illegals(rig)]).toEqual([0, 0])
  })

  it('cancels many at once, with the reason', () => {
    const rig = ready(version)
    for (let id = 1; id <= 5; id++) rig.order(id)
    rig.run(100)
    rig.massCancel()
    rig.run(100)
    const cancelled = rig.told.filter(({ record }) => record === 'cancelled')
    expect(cancelled.map(({ orderId, reason }) => [orderId, reason])).toEqual(
      [1, 2, 3, 4, 5].map((id) => [id, CancelReason.MassCancel]),
    )
    rig.order(6)
    rig.run(100)
    rig.gateway.cancelAll()
    rig.run(100)
    expect(rig.told.at(-1)).toMatchObject({ record: 'cancelled', orderId: 6, reason: CancelReason.KillSwitch })
  })

  it('tells rejects and the venue’s own cancels', () => {
    const rig = ready(version)
    rig.venue.answersAtOnce = false
    rig.order(1)
    rig.run(100)
    rig.venue.answer(true)
    rig.order(2)
    rig.run(100)
    rig.venue.answer()
    rig.venue.cancel(last(rig), 40, OuchCancelReason.SelfMatch)
    rig.venue.cancel(last(rig), 60, OuchCancelReason.Halted)
    rig.run(100)
    expect(rig.told).toMatchObject([
      { record: 'rejected', orderId: 1, origin: 2, reason: RejectReason.VenueInvalidPrice, outboundSequence: 1 },
      { record: 'accepted', orderId: 2, quantity: 100 },
      { record: 'accepted', orderId: 2, quantity: 60 },
      { record: 'cancelled', orderId: 2, quantity: 60, reason: CancelReason.VenueDecision },
    ])
    expect(rig.gateway.counts[EntryCount.PartialCancels]).toBe(1)
  })

  it('refuses what the wire cannot say', () => {
    const rig = ready(version)
    rig.order(1, 1_000_000)
    rig.order(2, 0.5)
    rig.order(3, 100, 102_500.5)
    rig.order(4, 100, 0)
    rig.order(5)
    rig.order(5)
    rig.replace(77, 78, 10)
    expect(rig.told.map(({ reason }) => reason)).toEqual([
      RejectReason.VenueInvalidQuantity,
      RejectReason.VenueInvalidQuantity,
      RejectReason.VenueInvalidPrice,
      RejectReason.VenueInvalidPrice,
      RejectReason.DuplicateOrderId,
      RejectReason.VenueUnknownOrder,
    ])
    expect(rig.gateway.counts[EntryCount.RefusedHere]).toBe(6)
  })

  it('loses no answer when the wire breaks', () => {
    const rig = ready(version)
    rig.order(1)
    rig.order(2)
    rig.run(100)
    rig.venue.cut()
    for (const order of rig.venue.orders.values()) rig.venue.fill(order, 100)
    rig.run(50)
    expect(rig.gateway.isReady).toBe(false)
    rig.run(3000)
    expect(rig.gateway.isReady).toBe(true)
    expect(rig.story()).toEqual(['accepted 1', 'accepted 2', 'filled 1', 'filled 2'])
    expect(rig.gateway.link.lastEnd).toBe('ECONNRESET')
  })

  it('cancels all once a lost session is back, where it is told to', () => {
    const rig = ready(version, { cancelsOnDisconnect: true })
    rig.order(1)
    rig.run(100)
    rig.venue.cut()
    rig.run(3000)
    expect(rig.story()).toEqual(['accepted 1', 'cancelled 1'])
    expect(rig.gateway.counts[EntryCount.CancelAlls]).toBe(1)
  })

  it('keeps trying to connect, and says how often it failed', () => {
    const rig = new EntryRig(version)
    rig.venue.isRefusing = true
    rig.run(1000)
    expect(rig.gateway.counts[EntryCount.ConnectsFailed]).toBeGreaterThan(3)
    rig.venue.isRefusing = false
    rig.run(3000)
    expect(rig.gateway.isReady).toBe(true)
  })

  it('counts what cannot be, and goes on', () => {
    const rig = ready(version)
    rig.order(1)
    rig.run(100)
    rig.venue.sayNonsense()
    rig.venue.sayAgain(last(rig), 0x41)
    rig.venue.sayAgain({ ...last(rig), token: 'ANOTHERDAY0001', userRef: 0 }, 0x43)
    rig.run(100)
    const { orders, counts } = rig.gateway
    expect(orders.illegal[EntryState.Live * EntryEvent.Count + EntryEvent.Accept]).toBe(1)
    expect([counts[EntryCount.BadMessages], counts[EntryCount.UnknownOrders]]).toEqual([1, 1])
    rig.cancel(1)
    rig.run(100)
    rig.venue.sayAgain(last(rig), 0x45)
    rig.run(100)
    expect(orders.illegal[EntryState.Done * EntryEvent.Count + EntryEvent.FillPart]).toBe(0)
    expect(orders.illegal[EntryState.Done * EntryEvent.Count + EntryEvent.FillAll]).toBe(1)
    expect(rig.told.at(-1)).toMatchObject({ record: 'filled', orderId: 1, quantity: 1 })
    expect(ENTRY_COUNT_NAMES.length).toBe(EntryCount.Count)
  })

  it('books an execution once, however often it is told, and both sides of a match of its own', () => {
    const rig = ready(version)
    rig.order(1, 100)
    rig.order(2, 100, 102_500, 0, Side.Sell)
    rig.run(100)
    const [bought, sold] = [...rig.venue.orders.values()]
    rig.venue.fill(bought!, 10)
    rig.venue.repeatFill(bought!, 10)
    rig.venue.fill(bought!, 20)
    // The other side of the same match, the first of them once more, and again when the order is done.
    rig.venue.repeatFill(sold!, 20)
    rig.venue.repeatFill(bought!, 10, 1)
    rig.venue.fill(bought!, 70)
    rig.venue.repeatFill(bought!, 70)
    rig.run(100)
    const filled = rig.told.filter(({ record }) => record === 'filled')
    expect(filled.map(({ orderId, quantity }) => [orderId, quantity])).toEqual([
      [1, 10],
      [1, 20],
      [2, 20],
      [1, 70],
    ])
    expect([rig.gateway.counts[EntryCount.RepeatedExecutions], illegals(rig)]).toEqual([3, 0])
  })

  it('stays closed when only a person can help, and says why', () => {
    const wrong = new EntryRig(version, { password: 'guess' })
    wrong.run(500)
    expect(wrong.gateway.brokenBy).toBe(GatewayBreak.NotAuthorised)
    const ended = ready(version)
    ended.venue.logins.isEnded = true
    ended.run(500)
    expect(ended.gateway.brokenBy).toBe(GatewayBreak.SessionEnded)
    expect(ended.gateway.isReady).toBe(false)
    ended.order(1)
    expect(ended.told).toMatchObject([{ record: 'rejected', reason: RejectReason.VenueNotReached }])
  })

  it('refuses more orders than it holds, and forgets the oldest that are done', () => {
    const rig = ready(version, { ordersMax: 4 })
    for (let id = 1; id <= 5; id++) rig.order(id)
    expect(rig.told).toMatchObject([{ record: 'rejected', orderId: 5, reason: RejectReason.OpenOrderLimit }])
    rig.run(100)
    for (const id of [2, 1]) {
      rig.cancel(id)
      rig.run(100)
    }
    rig.order(6)
    rig.run(100)
    expect(rig.told.at(-1)).toMatchObject({ record: 'accepted', orderId: 6 })
    rig.cancel(1)
    rig.cancel(2)
    expect(rig.told.slice(-2).map(({ reason }) => reason)).toEqual([
      RejectReason.VenueTooLateToCancel,
      RejectReason.VenueUnknownOrder,
    ])
  })
})
