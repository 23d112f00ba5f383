import { OrderBook } from '../../../feeds/book/order-book.ts'
import { Capacity } from '../../../feeds/ouch/codes.ts'
import { OuchVersion } from '../../../feeds/ouch/versions.ts'
import { clockErrorNs } from '../../host/clock.ts'
import type { NanoClock } from '../../loop/host-clock.ts'
import { IO_COUNTERS, IoCounterSlot, STRATEGY_COUNTERS, StrategyCounterSlot } from '../../loop/regions.ts'
import { StoragePosition, StorageState } from '../../loop/storage-positions.ts'
import { formatCounters, viewCounters } from '../../region/counters.ts'
import { Histogram } from '../../region/histogram.ts'
import type { Region } from '../../region/region.ts'
import { RingConsumer } from '../../ring/consumer.ts'
import { RingProducer } from '../../ring/producer.ts'
import type { IoRegions } from '../assemble.ts'
import { DayRecords } from '../day-records.ts'
import { DropCopy, DropCopyMemory } from '../drop-copy/drop-copy.ts'
import { EntryMemory } from '../entry/entry-memory.ts'
import { OuchGateway } from '../entry/ouch-gateway.ts'
import { SendStamps } from '../entry/send-stamps.ts'
import type { LinkOptions } from '../entry/session-link.ts'
import { RiskGate } from '../gate/risk-gate.ts'
import { createInboundGating } from '../inbound-gating.ts'
import { JournalGate } from '../journal-gate.ts'
import { CommandInbox } from '../operator/command-inbox.ts'
import { buildSessionStart } from '../session-record.ts'
import { FeedClock } from './feed-clock.ts'
import { HostRecords, type KernelLife } from './host-records.ts'
import type { LiveConfig } from './live-config.ts'
import { LiveKernel } from './live-kernel.ts'
import type { LiveSource } from './live-source.ts'
import { type LiveLinks, linksOf } from './open-sockets.ts'
import { RequestBacklog } from './request-backlog.ts'
import { Safeguards } from './safeguards.ts'

/** Regions of a live session: the supervisor's, too, where operators' commands come from. */
export interface LiveRegions extends IoRegions {
  readonly supervisor: Region
}

/** The live I/O kernel and what its host and its report look at. */
export interface LiveAssembly {
  readonly kernel: LiveKernel
  readonly source: LiveSource
  readonly gateway: OuchGateway
  readonly dropCopy: DropCopy | undefined
  readonly operator: CommandInbox
  readonly gate: RiskGate
  readonly safeguards: Safeguards
  readonly sendStamps: SendStamps
  readonly counters: Float64Array
  readonly inbound: RingProducer
  readonly outbound: RequestBacklog
  /** The outbound ring behind it. */
  readonly ring: RingConsumer
}

/**
 * Puts the live I/O kernel together over mapped regions: the same parts in a process of their own and on one thread.
 * @param kernelClockErrorNs by how much the host's clock may be off, where it is not the host that tells
 * @param links the ways to the venue, where they are not the configured ones
 */
export function assembleLive(
  config: LiveConfig,
  source: LiveSource,
  regions: LiveRegions,
  clock: NanoClock,
  links: LiveLinks = linksOf(config),
  kernelClockErrorNs: () => number = clockErrorNs,
): LiveAssembly {
  const { io, strategy, storage } = regions
  const inbound = new RingProducer(io.buffer, io.offsetOf('ring.inbound'), createInboundGating(regions))
  const ring = new RingConsumer(strategy.place('ring.outbound'), io.place('cursor.outbound'))
  ring.resume(io.epoch)
  const positions = storage.viewDoubles('positions')
  const outbound = new RequestBacklog(new JournalGate(ring, positions, config.durableBeforeSend))
  const counters = formatCounters(io.buffer, io.offsetOf('counters'), IO_COUNTERS)
  const { gate: limits, instrumentsMax, bookOrdersMax } = config
  const sendStamps = new SendStamps(new Histogram(io.buffer, io.offsetOf('hop.wire')), config.session.epochSeconds)
  const gateway = assembleGateway(config, { ...links.venue, stamps: sendStamps }, counters)
  const gate = new RiskGate(limits, instrumentsMax)
  const dropCopy = assembleDropCopy(config, links, gateway, gate, counters)
  const commands = new RingConsumer(regions.supervisor.place('ring.commands'), io.place('cursor.commands'))
  commands.resume(io.epoch)
  const operator = new CommandInbox(commands, io.viewDoubles('outcomes'))
  const { clockErrorMsMax, clockSource } = config.policies
  const feedClock = clockErrorMsMax > 0 && clockSource === 'feed' ? new FeedClock() : undefined
  const safeguards = new Safeguards(config.policies, {
    strategyBeat: () => strategy.heartbeat,
    storageBeat: () => storage.heartbeat,
    hasStorageFailed: () => positions[StoragePosition.State] === StorageState.Failed,
    clockErrorNs: feedClock === undefined ? kernelClockErrorNs : () => feedClock.takeErrorNs(),
    hasBreak: () => dropCopy?.isHalting === true,
    ringShare: () => inbound.heldBytes() / inbound.capacityBytes,
  })
  const kernel = new LiveKernel({
    source,
    day: new DayRecords(config.day),
    gateway,
    dropCopy,
    operator,
    gate,
    book: new OrderBook({ ordersMax: bookOrdersMax, levelsMax: bookOrdersMax, instrumentsMax }),
    inbound,
    outbound,
    safeguards,
    clock,
    feedClock,
    sendStamps,
    sessionStart: buildSessionStart(config.session),
    reserveBytes: config.reserveBytes,
    host: assembleHost(config, regions, counters),
    endPatienceMs: config.endPatienceMs,
    openOrders: () => gateway.orders.openCount,
  })
  return {
    kernel,
    source,
    gateway,
    dropCopy,
    operator,
    gate,
    safeguards,
    sendStamps,
    counters,
    inbound,
    outbound,
    ring,
  }
}

function assembleHost({ clockIntervalNs }: LiveConfig, regions: LiveRegions, counters: Float64Array): HostRecords {
  const positions = regions.storage.viewDoubles('positions')
  return new HostRecords({ clockIntervalNs, kernels: viewLives(regions), positions, counters })
}

/** The lives of the kernels, in the order of `SessionKernel`. */
function viewLives({ io, strategy, storage }: LiveRegions): readonly KernelLife[] {
  const viewFrom = (region: Region, names: readonly string[], slot: number) => {
    const counters = viewCounters(region.buffer, region.offsetOf('counters'), names)
    return { region, recoveredFrom: () => counters[slot]! }
  }
  return [
    viewFrom(io, IO_COUNTERS, IoCounterSlot.recoveredFrom),
    viewFrom(strategy, STRATEGY_COUNTERS, StrategyCounterSlot.recoveredFrom),
    { region: storage, recoveredFrom: () => 0 },
  ]
}

function assembleGateway(config: LiveConfig, link: LinkOptions, counters: Float64Array): OuchGateway {
  const { entry, gate: limits, instrumentsMax } = config
  const firstSlot = IoCounterSlot.entryFirstSequence
  const memory = counters.subarray(firstSlot, firstSlot + EntryMemory.Count)
  const firstSequence = memory[EntryMemory.FirstSequence]!
  return new OuchGateway({
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
}

function assembleDropCopy(
  { dropCopy }: LiveConfig,
  links: LiveLinks,
  gateway: OuchGateway,
  gate: RiskGate,
  counters: Float64Array,
): DropCopy | undefined {
  if (dropCopy === undefined || links.dropCopy === undefined) return undefined
  const slot = IoCounterSlot.copyFirstSequence
  const { patienceMs, onBreak } = dropCopy
  const memory = counters.subarray(slot, slot + DropCopyMemory.Count)
  const { exposure } = gate.state
  return new DropCopy({ link: links.dropCopy, gateway, exposure, patienceMs, onBreak, memory })
}
