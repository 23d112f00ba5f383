import { FileStorage } from '../../storage/journal/file-storage.ts'
import type { Snapshot } from '../../storage/snapshot/snapshot-store.ts'
import { monotonicNs } from '../host/clock.ts'
import { installFaultHandler } from '../host/fault.ts'
import { compileEarly, inlineDeeply } from '../loop/compiler-flags.ts'
import { FlightCode } from '../loop/flight-code.ts'
import { printKernelError } from '../loop/kernel-error.ts'
import { runKernelLoop } from '../loop/kernel-loop.ts'
import { type KernelLaunch, readLaunch } from '../loop/launch.ts'
import { awaitRun, type PreparedKernel, prepareKernel, sitDown, takeCore } from '../loop/prepare.ts'
import { PROMOTION_SECTION, readPromotion } from '../loop/promotion.ts'
import { planKernelRegion, STANDBY_COUNTERS, StandbyCounterSlot, StandbyState } from '../loop/regions.ts'
import { StateArchiveError } from '../records/state-archive.ts'
import { formatCounters } from '../region/counters.ts'
import { FlightRecorder } from '../region/flight-recorder.ts'
import { FAULT_SLOT_AT, RegionState } from '../region/layout.ts'
import { closeRegion, createOwnedRegion } from '../region/shared.ts'
import { rehearsePlugins } from '../rehearsal/rehearse-plugins.ts'
import { RingWaiter } from '../ring/wait.ts'
import { loadStrategies } from '../strategy/assemble.ts'
import { OutboundDiffersError, StandbyDiffersError } from '../strategy/errors.ts'
import { openSnapshotStore } from '../strategy/snapshots.ts'
import { LiveFollower } from '../strategy/standby/follower.ts'
import type { StandbyConfig } from '../strategy/standby/standby-config.ts'
import { StandbyHost } from '../strategy/standby/standby-host.ts'
import { takeOver } from '../strategy/standby/take-over.ts'
import type { StrategyPlan } from '../strategy/strategy-kernel.ts'
import { keepSnapshots, runStrategy } from './run-strategy.ts'

/** The standby's process and what it is told. */
interface Standby {
  readonly launch: KernelLaunch<StandbyConfig>
  readonly prepared: PreparedKernel
  readonly counters: Float64Array
  readonly journal: FileStorage
}

/** The standby's process: follow the live strategy kernel until the session has ended, or until its place is to be taken. */
async function main(): Promise<number> {
  compileEarly()
  inlineDeeply()
  const launch = readLaunch<StandbyConfig>(process.argv[2])
  const prepared = await prepareKernel(launch)
  const { own } = prepared
  const counters = formatCounters(own.buffer, own.offsetOf('counters'), STANDBY_COUNTERS).fill(0)
  const standby = { launch, prepared, counters, journal: new FileStorage(launch.config.strategy.journalPath) }
  try {
    const follower = await follow(standby)
    if (follower !== undefined) await live(standby, follower)
    else own.state = RegionState.Stopped
    return 0
  } catch (error) {
    if (!(error instanceof OutboundDiffersError)) throw error
    counters[StandbyCounterSlot.differences] = 1
    counters[StandbyCounterSlot.state] = StandbyState.Unfit
    throw new StandbyDiffersError(error)
  }
}

/**
 * Follows the live kernel, from the newest sound snapshot if the session is under way. One from which it decides otherwise is
 * given up for the session's start, as on a resume.
 * @returns the follower that is to take over; undefined when the session has ended
 * @throws OutboundDiffersError when it decides otherwise from the start, too
 */
async function follow(standby: Standby): Promise<LiveFollower | undefined> {
  const { launch, prepared, journal } = standby
  const { strategy } = launch.config
  const isWanted = launch.isRestart && strategy.snapshots.everyRecords > 0
  const snapshot = isWanted ? openSnapshotStore(journal, strategy).findLatest() : undefined
  if (snapshot !== undefined) {
    try {
      return await followFrom(standby, snapshot)
    } catch (error) {
      if (!(error instanceof StateArchiveError || error instanceof OutboundDiffersError)) throw error
      const reason = `the snapshot at ${snapshot.inboundSequence} is of no use: ${error.message}`
      prepared.flight.note(FlightCode.Running, reason)
    }
  }
  return followFrom(standby, undefined)
}

async function followFrom(standby: Standby, snapshot: Snapshot | undefined): Promise<LiveFollower | undefined> {
  const { launch, prepared, journal, counters } = standby
  const { own, regions, control, membership } = prepared
  const config = launch.config.strategy
  const activity = own.viewWords('activity')
  const strategies = warmUp(standby)
  const follower = new LiveFollower({
    config,
    regions: { ...regions, membership },
    journal,
    activity,
    snapshot,
    strategies,
  })
  counters[StandbyCounterSlot.startedFrom] = snapshot?.inboundSequence ?? 0
  const host = new StandbyHost(follower, control, regions.supervisor.viewWords(PROMOTION_SECTION), counters)
  const waiter = new RingWaiter(launch.seat.wait, own, [])
  await awaitRun(prepared, launch.seat)
  runKernelLoop(host, own, control, waiter, config.stepBudget)
  return host.isPromoted ? follower : undefined
}

/** The strategies, their code warm if the session is about to begin and the seat says so. One that catches up is warm by then. */
function warmUp({ launch, prepared }: Standby): readonly StrategyPlan[] {
  const { strategy } = launch.config
  const { clock, flight } = prepared
  const plans = loadStrategies(strategy)
  if (!launch.seat.rehearses || launch.isRestart) return plans
  takeCore(prepared, launch.seat)
  return rehearsePlugins(strategy, plans, clock, (reason) => flight.note(FlightCode.Lacking, `rehearsal: ${reason}`))
}

/** Takes the dead strategy kernel's region and core, and goes on in its place; the standby's own region is free again. */
async function live({ launch, prepared, journal }: Standby, follower: LiveFollower): Promise<void> {
  const { instance, rings, config, regions: paths } = launch
  const { supervisor, io, storage } = prepared.regions
  const { clock, control, membership } = prepared
  const words = supervisor.viewWords(PROMOTION_SECTION)
  const { deathSeenNs, disabled } = readPromotion(words, supervisor.viewDoubles(PROMOTION_SECTION))
  const name = { kernel: 'strategy', instance }
  const own = createOwnedRegion(paths.strategy, planKernelRegion('strategy', rings), name)
  installFaultHandler(own.buffer, FAULT_SLOT_AT)
  const flight = new FlightRecorder(own.buffer, own.offsetOf('flight'), monotonicNs)
  const regions = { supervisor, io, strategy: own, storage }
  const inPlace = { own, regions, control, membership, flight, clock }
  sitDown(inPlace, config.liveSeat)
  own.state = RegionState.Preparing
  const assembly = takeOver({ follower, regions: { ...regions, membership }, clock, disabled, deathSeenNs })
  own.state = RegionState.Running
  flight.note(FlightCode.Running, `took over at inbound record ${assembly.kernel.lastSequence}, epoch ${own.epoch}`)
  closeRegion(prepared.own)
  keepSnapshots(assembly, config.strategy, journal, inPlace)
  await runStrategy(assembly, inPlace, config.liveSeat.wait, config.strategy.stepBudget, () => {})
}

main().then(
  (code) => process.exit(code),
  (error) => process.exit(printKernelError(error)),
)
