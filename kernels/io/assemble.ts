import { RecordQueue } from '../../feeds/venue/record-queue.ts'
import { SimulatedVenue } from '../../feeds/venue/simulated-venue.ts'
import type { NanoClock } from '../loop/host-clock.ts'
import { IO_COUNTERS } from '../loop/regions.ts'
import { formatCounters } from '../region/counters.ts'
import type { Region } from '../region/region.ts'
import { DayRecords } from './day-records.ts'
import { DelayLine } from './delay-line.ts'
import { RiskGate } from './gate/risk-gate.ts'
import type { IoConfig } from './io-config.ts'
import { type IoPorts, openIoPorts } from './io-ports.ts'
import type { MarketInput } from './market-input.ts'
import { ScriptedCommands } from './operator/scripted-commands.ts'
import { OrderPath } from './order-path.ts'
import { Pacer } from './pacer.ts'
import { PublishedTrail } from './published-trail.ts'
import { ReplayKernel } from './replay-kernel.ts'
import { buildSessionStart } from './session-record.ts'

/** Requests in flight are bounded by the gate; verdicts and responses by what one request can cause. */
const QUEUE_BYTES_START = 1 << 16
const QUEUE_BYTES_MAX = 1 << 28

export interface IoRegions {
  /** The I/O kernel's own region, formatted. */
  readonly io: Region
  readonly strategy: Region
  readonly storage: Region
  /** Words of the supervisor's `gating` section. */
  readonly membership: Int32Array
}

/** The I/O kernel and what its host and its report look at. */
export interface IoAssembly {
  readonly kernel: ReplayKernel
  readonly gate: RiskGate
  readonly venue: SimulatedVenue
  readonly path: OrderPath
  readonly pacer: Pacer
  /** What it decides over just now. */
  readonly ports: Readonly<IoPorts>
  readonly trail: PublishedTrail
  readonly counters: Float64Array
}

/** Puts the I/O kernel together over mapped regions: the same parts in a process of their own and on one thread. */
export function assembleIo(config: IoConfig, source: MarketInput, regions: IoRegions, clock: NanoClock): IoAssembly {
  const { io } = regions
  const trail = new PublishedTrail()
  const ports = openIoPorts(regions, trail, clock, config.durableBeforeSend === true)
  trail.follow(ports.inbound)
  const line = new DelayLine(config.delayLineRecords)
  const gate = new RiskGate(config.gate, config.instrumentsMax)
  const venue = new SimulatedVenue({
    instrumentsMax: config.instrumentsMax,
    bookOrdersMax: config.bookOrdersMax,
    ordersMax: config.gate.openOrdersMax,
  })
  const verdicts = new RecordQueue(QUEUE_BYTES_START, QUEUE_BYTES_MAX)
  const arrivals = new RecordQueue(QUEUE_BYTES_START, QUEUE_BYTES_MAX)
  const { latencies } = config
  const path = new OrderPath({ gate, venue, line, ports, trail, arrivals, verdicts, latencies })
  const pacer = new Pacer(config.speed, clock)
  const kernel = new ReplayKernel({
    source,
    ports,
    line,
    path,
    venue,
    verdicts,
    trail,
    day: new DayRecords(config.day),
    commands: new ScriptedCommands(config.commands),
    latencies,
    pacer,
    sessionStart: buildSessionStart(config.session),
    reserveBytes: config.reserveBytes,
    clockIntervalNs: config.clockIntervalNs,
    settleNs: config.settleNs,
  })
  const counters = formatCounters(io.buffer, io.offsetOf('counters'), IO_COUNTERS)
  return { kernel, gate, venue, path, pacer, ports, trail, counters }
}
