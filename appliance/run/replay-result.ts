import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { FlightCode } from '../../kernels/loop/flight-code.ts'
import { StoragePosition } from '../../kernels/loop/storage-positions.ts'
import { readCounters } from '../../kernels/region/counters.ts'
import { readFlightRecorder } from '../../kernels/region/flight-recorder.ts'
import { Histogram } from '../../kernels/region/histogram.ts'
import type { Region } from '../../kernels/region/region.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import type { ApplianceConfig } from '../config/config.ts'
import { describeInput } from './describe-input.ts'
import type { KernelRegions, KernelsRun } from './kernels-run.ts'
import { SessionAccount } from './session-account.ts'
import type { SessionPlan } from './session-plan.ts'
import type {
  KernelResult,
  KernelSnapshots,
  LatencyResult,
  ReplayResult,
  SnapshotsResult,
  StrategyResult,
} from './types.ts'

/** Above this share of held records the latency of a run says little about a live one. */
const HELD_SHARE_MAX = 0.001

/** The hops in the order of the path, and whose region measures each. */
const HOPS: readonly (readonly [name: string, kernel: keyof KernelRegions, section: string])[] = [
  ['ringInbound', 'strategy', 'hop.ringIn'],
  ['decide', 'strategy', 'hop.decide'],
  ['ringOutbound', 'io', 'hop.ringOut'],
  ['tickToOrder', 'io', 'hop.tickToOrder'],
  ['journalWritten', 'storage', 'hop.written'],
  ['hold', 'io', 'hop.hold'],
]

/** What a run was asked and how it went; what `describeRun` makes the result from. */
export interface FinishedRun {
  readonly config: ApplianceConfig
  readonly session: SessionPlan
  readonly run: KernelsRun
  readonly elapsedNs: number
  readonly warnings: readonly string[]
  /** Fired when the user stopped the run; its reason tells how. */
  readonly signal: AbortSignal
}

/** Keeps the books of a journal: every record of both streams, in order. */
export function accountJournal(
  io: Pick<SessionPlan['io'], 'instrumentsMax' | 'bookOrdersMax'>,
  journalPath: string,
): SessionAccount {
  const account = new SessionAccount(io.instrumentsMax, io.bookOrdersMax)
  const reader = new JournalReader(new FileStorage(journalPath))
  for (let at = reader.next(); at >= 0; at = reader.next()) {
    if (reader.stream === JournalStream.Inbound) account.noteInbound(reader.views, at)
    else account.noteOutbound(reader.views, at)
  }
  reader.close()
  return account
}

function readHops(regions: KernelRegions): Record<string, LatencyResult> {
  const hops: Record<string, LatencyResult> = {}
  for (const [name, kernel, section] of HOPS) {
    const region = regions[kernel]
    hops[name] = new Histogram(region.buffer, region.offsetOf(section)).summarise()
  }
  return hops
}

/** The kernels' snapshots, as their regions tell of them. */
export function readSnapshots({ strategy, io }: KernelRegions): SnapshotsResult {
  return { strategy: readSnapshotsOf(strategy), io: readSnapshotsOf(io) }
}

function readSnapshotsOf(region: Region): KernelSnapshots {
  const counters = readCounters(region.buffer, region.offsetOf('counters'))
  const { snapshots = 0, snapshotBytes = 0, snapshotPauseNs = 0 } = counters
  return { taken: snapshots, bytes: snapshotBytes, pauseNsMax: snapshotPauseNs }
}

/** What the host refused a kernel, and what a kernel had to do without, one line each. */
export function readLackings(regions: KernelRegions): string[] {
  return (['io', 'strategy', 'storage'] as const).flatMap((kernel) => {
    const region = regions[kernel]
    return readFlightRecorder(region.buffer, region.offsetOf('flight'))
      .filter((entry) => entry.code === FlightCode.Lacking)
      .map((entry) => `${kernel} kernel: ${entry.text}`)
  })
}

function withStops(strategies: StrategyResult[], run: KernelsRun): StrategyResult[] {
  return strategies.map((strategy) => {
    const stop = run.strategy?.strategies.find((summary) => summary.id === strategy.id)?.stop
    if (stop === undefined) return strategy
    return { ...strategy, stopped: { reason: stop.message, atSequence: stop.sequence } }
  })
}

/** Makes the result of a run from its journal, its regions and what its kernels left. */
export function describeRun(finished: FinishedRun): Omit<ReplayResult, 'pruned'> {
  const { config, session, run, elapsedNs } = finished
  const { regions } = run
  const account = accountJournal(session.io, session.storage.journalPath)
  const counters = readCounters(regions.io.buffer, regions.io.offsetOf('counters'))
  const positions = regions.storage.viewDoubles('positions')
  const names = session.strategies.map((strategy) => strategy.name)
  const strategies = withStops(account.strategies(session.strategies), run)
  const inboundRecords = positions[StoragePosition.CapturedInbound]!
  const heldRecords = counters.heldRecords ?? 0
  const ending = run.failure !== undefined ? 'failed' : run.wasInterrupted ? 'interrupted' : 'finished'
  const kernels: KernelResult[] = (['io', 'strategy', 'storage'] as const).map((name) => ({ name, ...run.seats[name] }))
  return {
    instance: config.instance,
    layout: config.layout,
    speed: config.speed,
    seed: config.seed,
    input: describeInput(config.feed, session.io.session.epochSeconds, run.io, account.instruments),
    inbound: { records: inboundRecords, digest: run.storage?.inboundDigest ?? '' },
    outbound: { records: positions[StoragePosition.CapturedOutbound]!, digest: run.storage?.outboundDigest ?? '' },
    orders: account.orders,
    fills: account.fills,
    rejects: account.rejects,
    rejectsByReason: account.rejectsByReason,
    buyFills: account.buyFills,
    sellFills: account.sellFills,
    positions: account.positions(names),
    strategies,
    kernels,
    standby: run.standby ?? null,
    latencyNs: readHops(regions),
    heldRecords,
    isLatencyComparable: heldRecords <= inboundRecords * HELD_SHARE_MAX,
    journal: {
      path: session.storage.journalPath,
      captured: inboundRecords,
      written: positions[StoragePosition.WrittenInbound]!,
      durable: positions[StoragePosition.DurableInbound]!,
      bytes: positions[StoragePosition.WrittenBytes]!,
      stalls: run.stalls,
    },
    snapshots: readSnapshots(regions),
    elapsedNs,
    warnings: [...new Set([...finished.warnings, ...readLackings(regions)])],
    ending,
    exitCode: exitCodeOf(run, strategies, finished.signal),
  }
}

function exitCodeOf(run: KernelsRun, strategies: readonly StrategyResult[], signal: AbortSignal): ExitCode {
  if (run.failure !== undefined) return run.failure.exitCode
  if (strategies.some((strategy) => strategy.stopped !== null)) return ExitCode.Strategy
  if (!run.wasInterrupted) return ExitCode.Ok
  return signal.reason instanceof XkError ? signal.reason.exitCode : ExitCode.Interrupted
}
