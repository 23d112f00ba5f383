import { join } from 'node:path'
import { clockFacts } from '../../kernels/host/clock.ts'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import type { CoreSeat, KernelLaunch } from '../../kernels/loop/launch.ts'
import type { RingSizes } from '../../kernels/loop/regions.ts'
import { readReport } from '../../kernels/loop/report-text.ts'
import { readCounters } from '../../kernels/region/counters.ts'
import type { Region } from '../../kernels/region/region.ts'
import type { DisabledStrategy, StrategyKernelConfig } from '../../kernels/strategy/strategy-config.ts'
import { toXkError } from '../cli/errors.ts'
import type { ApplianceConfig } from '../config/config.ts'
import type { CorePlan, RolePlan } from '../core-plan/core-plan.ts'
import { InstanceFolder } from '../supervisor/instance-folder.ts'
import type { WorkerKernel } from '../supervisor/kernel-seat.ts'
import type { StandbyOptions } from '../supervisor/standby-keeper.ts'
import { type SupervisedRun, Supervisor } from '../supervisor/supervisor.ts'
import type { KernelRegions, KernelsRun } from './kernels-run.ts'
import { writeSessionFile } from './session-file.ts'
import type { SessionPlan } from './session-plan.ts'
import { watchJournal } from './watch-journal.ts'

const KERNELS: readonly WorkerKernel[] = ['io', 'strategy', 'storage']
/** On a core of its own a kernel looks again at once, for good. */
const SPIN_FOREVER = 0x7fffffff
/** On a shared core nothing spins: a few yields, then sleep. */
const YIELDS_BEFORE_SLEEP = 16
/** Bounds what a lost wake-up, or work that nobody rings for, can cost. */
const SLEEP_NS_MAX = 200_000
const STORAGE_SLEEP_NS_MAX = 500_000

/** What the three processes are told: a replay's session, or another process in the I/O kernel's place. */
export interface ProcessSession extends Omit<SessionPlan, 'io' | 'warnings'> {
  /** Bundle in dist/ of the process that publishes the inbound ring. */
  readonly ioScript: 'io.process.js' | 'rerun.process.js' | 'live.process.js'
  readonly io: unknown
  /** Whether the kernels trade a made-up session first. */
  readonly rehearses: boolean
  /** Whether a standby follows the strategy kernel. */
  readonly hasStandby: boolean
}

export interface ProcessOptions {
  readonly config: ApplianceConfig
  readonly plan: CorePlan
  readonly signal: AbortSignal
  readonly onWarning: (line: string) => void
  /** @param isStandbyReady whether a standby may take over at this moment */
  readonly onTick: (regions: Partial<KernelRegions>, isStandbyReady: boolean) => void
}

function seatOf(kernel: WorkerKernel, role: RolePlan, housekeeping: RolePlan, rehearses: boolean): CoreSeat {
  const isStorage = kernel === 'storage'
  const sleepNsMax = isStorage ? STORAGE_SLEEP_NS_MAX : SLEEP_NS_MAX
  return {
    core: role.core,
    housekeepingCores: housekeeping.core === null ? [] : [housekeeping.core],
    policy: role.policy,
    priority: role.priority,
    lockMemory: false,
    rehearses,
    wait:
      role.wait === 'spin'
        ? { spins: SPIN_FOREVER, yields: 0, sleepNsMax: 0, isWoken: false }
        : { spins: 0, yields: isStorage ? 0 : YIELDS_BEFORE_SLEEP, sleepNsMax, isWoken: !isStorage },
  }
}

/**
 * A standby of the strategy kernel sleeps when it is level, on whichever core: it holds nobody up, so nobody has to wake it. When it
 * takes over it moves to the strategy kernel's core, which is free by then, and waits as that one did.
 */
function planStandby(live: KernelLaunch<unknown>, core: number): StandbyOptions {
  const wait = { spins: 0, yields: 0, sleepNsMax: SLEEP_NS_MAX, isWoken: false }
  const seat: CoreSeat = { ...live.seat, core, policy: 'other', priority: 0, wait }
  const config = { strategy: live.config as StrategyKernelConfig, liveSeat: live.seat }
  return { launch: { ...live, kernel: 'standby', seat, config }, script: bundlePath('standby.process.js') }
}

function ringsOf(config: ApplianceConfig): RingSizes {
  return { inboundBytes: config.rings.inboundBytes, outboundBytes: config.rings.outboundBytes }
}

/** Disables a strategy for the restart, and in the session's description, so that a rerun decides the same. */
function withoutStrategy(
  session: ProcessSession,
  launch: KernelLaunch<unknown>,
  stop: DisabledStrategy,
  onWarning: (line: string) => void,
): KernelLaunch<unknown> {
  const before = launch.config as StrategyKernelConfig
  const config = { ...before, disabled: [...before.disabled, stop] }
  try {
    writeSessionFile(session.storage.journalPath, { ...session, strategy: config })
  } catch (error) {
    // A disk that takes nothing must not keep the session from going on, or from its end in order.
    onWarning(`a rerun of this session would not disable strategy ${stop.strategyId}: ${toXkError(error).message}`)
  }
  return { ...launch, config }
}

/**
 * The three kernels as processes on their cores, under a supervisor.
 * @throws XkError when they do not get ready, the signal's reason when it fires before they are
 */
export async function runProcesses(session: ProcessSession, options: ProcessOptions): Promise<KernelsRun> {
  const { config, plan } = options
  const folder = new InstanceFolder(config.instance)
  const clock = clockFacts()
  const launchOf = (kernel: WorkerKernel): KernelLaunch<unknown> => ({
    instance: config.instance,
    kernel,
    regions: folder.regions,
    rings: ringsOf(config),
    seat: seatOf(kernel, plan.roles[kernel], plan.roles.housekeeping, session.rehearses),
    clock,
    isRestart: false,
    config: session[kernel],
  })
  const journal = watchJournal(session.storage, config)
  const supervisor = new Supervisor({
    instance: config.instance,
    folder,
    launches: { io: launchOf('io'), strategy: launchOf('strategy'), storage: launchOf('storage') },
    scripts: scriptsOf(session.ioScript),
    heartbeatTimeoutMs: config.supervisor.heartbeatTimeoutMs,
    prepareTimeoutMs: config.supervisor.prepareTimeoutMs,
    hookBudgetMs: config.supervisor.hookBudgetMs,
    restartsMax: config.supervisor.restartsMax,
    journal,
    standby: session.hasStandby ? planStandby(launchOf('strategy'), plan.standbyCore) : undefined,
    takesCommands: session.ioScript === 'live.process.js',
    onWarning: options.onWarning,
    onTick: () => {
      const [io, strategy, storage] = KERNELS.map((kernel) => supervisor.regionOf(kernel))
      const regions = { ...(io && { io }), ...(strategy && { strategy }), ...(storage && { storage }) }
      options.onTick(regions, supervisor.isStandbyReady)
    },
    disableStrategy: (launch, stop) => withoutStrategy(session, launch, stop, options.onWarning),
    signal: options.signal,
  })
  const run = await supervisor.run().catch((error: unknown) => {
    // Stopped before anything happened: there is nothing to look into.
    if (options.signal.aborted) folder.remove()
    throw error
  })
  const { stalls, longestMs } = journal.storage
  const result = describeRun(run, plan, { count: stalls, longestMs: Math.round(longestMs) })
  if (run.failure === undefined) folder.remove()
  return result
}

/** What the kernels left in their regions; read before their folder goes. */
function describeRun(run: SupervisedRun, plan: CorePlan, stalls: KernelsRun['stalls']): KernelsRun {
  const regionOf = (kernel: WorkerKernel) => run.kernels[kernel].region
  const seat = (kernel: WorkerKernel) => {
    const { pid, restarts, ending } = run.kernels[kernel]
    const role = plan.roles[kernel]
    const policy = role.policy === 'fifo' ? `fifo:${role.priority}` : 'other'
    return {
      pid,
      core: role.core,
      policy,
      ...readGarbage(regionOf(kernel)),
      restarts,
      ending,
    }
  }
  const report = <T>(kernel: WorkerKernel) => {
    const region = regionOf(kernel)
    return readReport<T>(region.buffer, region.offsetOf('report'))
  }
  return {
    regions: { io: regionOf('io'), strategy: regionOf('strategy'), storage: regionOf('storage') },
    seats: { io: seat('io'), strategy: seat('strategy'), storage: seat('storage') },
    io: report('io'),
    strategy: report('strategy'),
    storage: report('storage'),
    wasInterrupted: run.wasInterrupted,
    standby: run.standby,
    stalls,
    failure: run.failure,
  }
}

/** Paths of the kernels' bundles. */
function scriptsOf(ioScript: string): Record<WorkerKernel, string> {
  return {
    io: bundlePath(ioScript),
    strategy: bundlePath('strategy.process.js'),
    storage: bundlePath('storage.process.js'),
  }
}

function bundlePath(name: string): string {
  return join(findPackageRoot(), 'dist', name)
}

/** What a kernel counted of its garbage. */
function readGarbage(region: Region): { garbageCollections: number; heapGrowthBytes: number } {
  const { garbageCollections = 0, heapGrowthBytes = 0 } = readCounters(region.buffer, region.offsetOf('counters'))
  return { garbageCollections, heapGrowthBytes }
}
