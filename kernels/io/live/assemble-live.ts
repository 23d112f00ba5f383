import { OrderBook } from '../../../feeds/book/order-book.ts'
import { Capacity } from '../../../feeds/ouch/codes.ts'
import { OuchVersion } from '../../../feeds/ouch/versions.ts'
import type { NanoClock } from '../../loop/host-clock.ts'
import { IO_COUNTERS, IoCounterSlot, STORAGE_COUNTERS, StorageCounterSlot } from '../../loop/regions.ts'
import { formatCounters, viewCounters } from '../../region/counters.ts'
import { RingConsumer } from '../../ring/consumer.ts'
import { RingProducer } from '../../ring/producer.ts'
import type { IoRegions } from '../assemble.ts'
import { EntryMemory } from '../entry/entry-memory.ts'
import { OuchGateway } from '../entry/ouch-gateway.ts'
import type { LinkOptions } from '../entry/session-link.ts'
import { RiskGate } from '../gate/risk-gate.ts'
import { createInboundGating } from '../inbound-gating.ts'
import { JournalGate } from '../journal-gate.ts'
import { buildSessionStart } from '../session-record.ts'
import type { LiveConfig } from './live-config.ts'
import { LiveKernel } from './live-kernel.ts'
import type { LiveSource } from './live-source.ts'
import { linkToVenue } from './open-sockets.ts'
import { RequestBacklog } from './request-backlog.ts'
import { Safeguards } from './safeguards.ts'

/** The live I/O kernel and what its host and its report look at. */
export interface LiveAssembly {
  readonly kernel: LiveKernel
  readonly source: LiveSource
  readonly gateway: OuchGateway
  readonly gate: RiskGate
  readonly safeguards: Safeguards
  readonly counters: Float64Array
  readonly inbound: RingProducer
  readonly outbound: RequestBacklog
  /** The outbound ring behind it. */
  readonly ring: RingConsumer
}

/**
 * Puts the live I/O kernel together over mapped regions: the same parts in a process of their own and on one thread.
 * @param link the way to the venue, where it is not the configured one
 */
export function assembleLive(
  config: LiveConfig,
  source: LiveSource,
  regions: IoRegions,
  clock: NanoClock,
  link: LinkOptions = linkToVenue(config),
): LiveAssembly {
  const { io, strategy, storage } = regions
  const inbound = new RingProducer(io.buffer, io.offsetOf('ring.inbound'), createInboundGating(regions))
  const ring = new RingConsumer(strategy.place('ring.outbound'), io.place('cursor.outbound'))
  ring.resume(io.epoch)
  const outbound = new RequestBacklog(new JournalGate(ring, storage.viewDoubles('positions'), config.durableBeforeSend))
  const counters = formatCounters(io.buffer, io.offsetOf('counters'), IO_COUNTERS)
  const firstSlot = IoCounterSlot.entryFirstSequence
  const memory = counters.subarray(firstSlot, firstSlot + EntryMemory.Count)
  const firstSequence = memory[EntryMemory.FirstSequence]!
  const { entry, gate: limits, instrumentsMax, bookOrdersMax } = config
  const gateway = new OuchGateway({
    version: entry.protocol === 'ouch42' ? OuchVersion.V42 : OuchVersion.V50,
    // A successor reads all again that the venue has told in this run.
    link: firstSequence === 0 ? link : { ...link, login: { ...link.login, firstSequence } },
    startSeconds: config.startSeconds,
    orderDefaults: { firm: entry.firm, capacity: Capacity.Principal },
    ordersMax: limits.openOrdersMax * 2,
    instrumentsMax,
    cancelsOnDisconnect: entry.cancelsOnDisconnect,
    memory,
  })
  const gate = new RiskGate(limits, instrumentsMax)
  const stored = viewCounters(storage.buffer, storage.offsetOf('counters'), STORAGE_COUNTERS)
  const safeguards = new Safeguards(config.policies, {
    strategyBeat: () => strategy.heartbeat,
    storageBeat: () => storage.heartbeat,
    storageErrno: () => stored[StorageCounterSlot.failedErrno]!,
    ringShare: () => inbound.heldBytes() / inbound.capacityBytes,
  })
  const kernel = new LiveKernel({
    source,
    gateway,
    gate,
    book: new OrderBook({ ordersMax: bookOrdersMax, levelsMax: bookOrdersMax, instrumentsMax }),
    inbound,
    outbound,
    safeguards,
    clock,
    sessionStart: buildSessionStart(config.session),
    reserveBytes: config.reserveBytes,
    clockIntervalNs: config.clockIntervalNs,
    endPatienceMs: config.endPatienceMs,
    openOrders: () => gateway.orders.openCount,
  })
  return { kernel, source, gateway, gate, safeguards, counters, inbound, outbound, ring }
}
