import { expect, test } from 'vitest'
import { RequestState, RouteRecovery } from '../../kernels/io/route-recovery.ts'
import {
  Accepted,
  Header,
  NewOrder,
  RecordType,
  Rejected,
  RejectOrigin,
  RejectReason,
  Routed,
} from '../../kernels/records/catalogue.ts'
import { beginRecord, type RecordViews } from '../../kernels/records/views.ts'
import { RingConsumer } from '../../kernels/ring/consumer.ts'
import { GatingSet } from '../../kernels/ring/gating.ts'
import { CursorLayout, ringSectionBytes } from '../../kernels/ring/layout.ts'
import { RingProducer } from '../../kernels/ring/producer.ts'

/**
 * The rule under test: `routed` is published before an order's first byte leaves, so after a death between any two
 * steps the successor can tell what never left from what may have left, and the venue's replay settles the rest.
 * The gateway runs on real rings; the memory of the rings and the venue survive a crash, everything else is lost.
 */
const ORDERS = 6
const RING_BYTES = 1 << 16

class Crash extends Error {}

/** A venue that knows tokens: it takes an order once, and can repeat its numbered responses. */
class TokenVenue {
  readonly orders: number[] = []
  readonly responses: number[] = []
  send(token: number): void {
    if (this.orders.includes(token)) return
    this.orders.push(token)
    this.responses.push(token)
  }
}

interface World {
  readonly inbound: ArrayBuffer
  readonly outbound: ArrayBuffer
  readonly venue: TokenVenue
}

const cursorAt = ringSectionBytes(RING_BYTES)

function createWorld(): World {
  const inbound = new ArrayBuffer(cursorAt + CursorLayout.Bytes)
  const outbound = new ArrayBuffer(cursorAt + CursorLayout.Bytes)
  RingProducer.format(inbound, 0, RING_BYTES)
  RingProducer.format(outbound, 0, RING_BYTES)
  const producer = new RingProducer(outbound, 0, new GatingSet([]))
  for (let sequence = 1; sequence <= ORDERS; sequence++) {
    const at = producer.tryClaim(NewOrder.Bytes, 0)
    beginRecord(producer.views, at, NewOrder.Bytes, RecordType.NewOrder, 1)
    producer.views.u16[(at + Header.Source) >> 1] = 1
    producer.views.f64[(at + Header.Sequence) >> 3] = sequence
    producer.views.u32[(at + NewOrder.OrderId) >> 2] = sequence * 10
    producer.publish()
  }
  return { inbound, outbound, venue: new TokenVenue() }
}

function readAll(buffer: ArrayBuffer, visit: (views: RecordViews, at: number) => void): void {
  const reader = new RingConsumer({ buffer, byteOffset: 0 }, { buffer: new ArrayBuffer(64), byteOffset: 0 })
  for (let at = reader.next(); at >= 0; at = reader.next()) visit(reader.views, at)
}

function publish(
  producer: RingProducer,
  type: RecordType,
  bytes: number,
  fill: (at: number) => void,
  sequence: number,
) {
  const at = producer.tryClaim(bytes, 0)
  beginRecord(producer.views, at, bytes, type, 1)
  producer.views.u16[(at + Header.Source) >> 1] = 1
  producer.views.f64[(at + Header.Sequence) >> 3] = sequence
  fill(at)
  producer.publish()
}

/** One life of the gateway, from whatever the last one left. `crashAt` counts the points between its steps. */
function liveOnce(world: World, crashAt: number): void {
  let point = 0
  const maybeCrash = () => {
    if (point++ === crashAt) throw new Crash()
  }
  const recovery = new RouteRecovery()
  readAll(world.outbound, (views, at) => recovery.noteOutbound(views, at))
  readAll(world.inbound, (views, at) => recovery.noteInbound(views, at))
  const inbound = new RingProducer(world.inbound, 0, new GatingSet([]))
  let sequence = recovery.lastInboundSequence
  const answer = (token: number) => {
    const fill = (at: number) => {
      inbound.views.u32[(at + Accepted.OrderId) >> 2] = token * 10
    }
    publish(inbound, RecordType.Accepted, Accepted.Bytes, fill, ++sequence)
    maybeCrash()
  }
  const settled = new Set(recovery.requestsIn(RequestState.Answered))
  for (const token of world.venue.responses.slice(recovery.venueResponses)) {
    answer(token)
    settled.add(token)
  }
  const again = [...recovery.requestsIn(RequestState.Unknown), ...recovery.requestsIn(RequestState.Unrouted)]
  for (const request of again.sort((a, b) => a - b)) {
    if (settled.has(request)) continue
    if (recovery.requestsIn(RequestState.Unrouted).includes(request)) {
      const fill = (at: number) => {
        inbound.views.f64[(at + Routed.OutboundSequence) >> 3] = request
      }
      publish(inbound, RecordType.Routed, Routed.Bytes, fill, ++sequence)
    }
    maybeCrash()
    const answered = world.venue.responses.length
    world.venue.send(request)
    maybeCrash()
    for (const token of world.venue.responses.slice(answered)) answer(token)
  }
  maybeCrash()
}

function liveUntilDone(crashes: readonly number[]): World {
  const world = createWorld()
  for (const crashAt of [...crashes, -1]) {
    try {
      liveOnce(world, crashAt)
    } catch (error) {
      if (!(error instanceof Crash)) throw error
    }
  }
  return world
}

function assertWhole(world: World): void {
  const all = Array.from({ length: ORDERS }, (_, index) => index + 1)
  expect([...world.venue.orders].sort((a, b) => a - b)).toEqual(all)
  const routed: number[] = []
  const accepted: number[] = []
  const sequences: number[] = []
  readAll(world.inbound, (views, at) => {
    sequences.push(views.f64[(at + Header.Sequence) >> 3]!)
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type === RecordType.Routed) routed.push(views.f64[(at + Routed.OutboundSequence) >> 3]!)
    if (type === RecordType.Accepted) accepted.push(views.u32[(at + Accepted.OrderId) >> 2]! / 10)
  })
  expect(routed).toEqual(all)
  expect(accepted).toEqual(all)
  expect(sequences).toEqual(sequences.map((_, index) => index + 1))
}

test('a crash between any two steps of routing loses, doubles and orphans no order', () => {
  for (let crashAt = 0; crashAt <= ORDERS * 3 + 1; crashAt++) assertWhole(liveUntilDone([crashAt]))
})

test('a second crash during the recovery from the first changes nothing', () => {
  for (let first = 0; first <= ORDERS * 3; first++) {
    for (let second = 0; second <= ORDERS * 3; second++) assertWhole(liveUntilDone([first, second]))
  }
})

test('a gate reject is final and a venue reject is an answer', () => {
  const world = createWorld()
  const recovery = new RouteRecovery()
  readAll(world.outbound, (views, at) => recovery.noteOutbound(views, at))
  const inbound = new RingProducer(world.inbound, 0, new GatingSet([]))
  const reject = (request: number, reason: RejectReason, origin: RejectOrigin) => (at: number) => {
    inbound.views.f64[(at + Rejected.OutboundSequence) >> 3] = request
    inbound.views.u32[(at + Rejected.Reason) >> 2] = reason
    inbound.views.u32[(at + Rejected.Origin) >> 2] = origin
  }
  publish(inbound, RecordType.Rejected, Rejected.Bytes, reject(1, RejectReason.MaxQuantity, RejectOrigin.Gate), 1)
  publish(inbound, RecordType.Rejected, Rejected.Bytes, reject(2, RejectReason.VenueNotTrading, RejectOrigin.Venue), 2)
  readAll(world.inbound, (views, at) => recovery.noteInbound(views, at))
  expect(recovery.requestsIn(RequestState.Refused)).toEqual([1])
  expect(recovery.requestsIn(RequestState.Answered)).toEqual([2])
  expect(recovery.requestsIn(RequestState.Unrouted)).toEqual([3, 4, 5, 6])
  expect(recovery.venueResponses).toBe(1)
})
