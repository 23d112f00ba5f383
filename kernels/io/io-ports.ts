import type { NanoClock } from '../loop/host-clock.ts'
import { Histogram } from '../region/histogram.ts'
import { RingConsumer } from '../ring/consumer.ts'
import { RingProducer } from '../ring/producer.ts'
import type { IoRegions } from './assemble.ts'
import { createInboundGating, viewStrategyCursor } from './inbound-gating.ts'
import { JournalGate } from './journal-gate.ts'
import { LatencyProbe } from './latency-probe.ts'
import type { PublishedTrail } from './published-trail.ts'

/** The I/O kernel's ends of the two rings; a recovery decides again over private ones before it turns to these. */
export interface IoPorts {
  inbound: RingProducer
  outbound: JournalGate
  /** The strategy kernel's cursor on the inbound ring. */
  strategyCursor: Int32Array
  probe: LatencyProbe
}

/**
 * Opens the ends over mapped regions: both rings go on where they stand.
 * @param trail holds the inbound ring back too
 * @param durableBeforeSend whether an order waits until it and its cause are durable
 */
export function openIoPorts(
  regions: IoRegions,
  trail: PublishedTrail,
  clock: NanoClock,
  durableBeforeSend: boolean,
): IoPorts {
  const { io, strategy, storage } = regions
  const gating = createInboundGating(regions, trail.member)
  const inbound = new RingProducer(io.buffer, io.offsetOf('ring.inbound'), gating)
  const ring = new RingConsumer(strategy.place('ring.outbound'), io.place('cursor.outbound'))
  ring.resume(io.epoch)
  const outbound = new JournalGate(ring, storage.viewDoubles('positions'), durableBeforeSend)
  const probe = new LatencyProbe({
    published: io.viewDoubles('stamps'),
    emitted: strategy.viewDoubles('stamps'),
    clock,
    tickToOrder: new Histogram(io.buffer, io.offsetOf('hop.tickToOrder')),
    ringOutbound: new Histogram(io.buffer, io.offsetOf('hop.ringOut')),
    hold: new Histogram(io.buffer, io.offsetOf('hop.hold')),
  })
  probe.skipTo(inbound.publishedSequence)
  return { inbound, outbound, strategyCursor: viewStrategyCursor(strategy), probe }
}
