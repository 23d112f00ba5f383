import { setTimeout as sleep } from 'node:timers/promises'
import { adoptClock, monotonicNs } from '../host/clock.ts'
import { lockMemory, pinProcess, pinThread, SchedulerPolicy, setScheduler } from '../host/cores.ts'
import { installFaultHandler } from '../host/fault.ts'
import { ignoreSignals } from '../host/process.ts'
import { ExitCode, XkError } from '../host/xk-error.ts'
import { FlightRecorder } from '../region/flight-recorder.ts'
import { FAULT_SLOT_AT, RegionState } from '../region/layout.ts'
import type { Region } from '../region/region.ts'
import { createOwnedRegion, openReadOnlyRegion } from '../region/shared.ts'
import { collectGarbage } from './collect-garbage.ts'
import { FlightCode } from './flight-code.ts'
import { HostClock } from './host-clock.ts'
import type { CoreSeat, KernelLaunch } from './launch.ts'
import { ControlWord, formatRings, type KernelName, planKernelRegion, StartPhase } from './regions.ts'
import { followSupervisor, isOrphaned } from './supervisor-life.ts'

/** A kernel process that has its own region and sees everyone else's. */
export interface PreparedKernel {
  readonly own: Region
  /** Without that of a standby, which nobody but the supervisor looks at. */
  readonly regions: Readonly<Record<Exclude<KernelName, 'standby'>, Region>>
  /** The supervisor's control words. */
  readonly control: Int32Array
  /** The supervisor's membership words. */
  readonly membership: Int32Array
  readonly flight: FlightRecorder
  readonly clock: HostClock
}

const ATTACH_POLL_MS = 2

/**
 * The asynchronous part of a kernel's life: creates or takes over its region, sits down on its core, and waits until
 * all the others' regions are there. What the host refuses (priority, locked memory) is noted and goes on.
 */
export async function prepareKernel<Config>(launch: KernelLaunch<Config>): Promise<PreparedKernel> {
  ignoreSignals(['SIGINT'])
  const supervisor = openReadOnlyRegion(launch.regions.supervisor)
  followSupervisor(supervisor.ownerPid)
  const control = supervisor.viewWords('control')
  const own = createOwnedRegion(launch.regions[launch.kernel], planKernelRegion(launch.kernel, launch.rings), {
    kernel: launch.kernel,
    instance: launch.instance,
  })
  formatRings(own, launch.kernel, launch.rings)
  adoptClock(launch.clock)
  const clock = new HostClock()
  const flight = new FlightRecorder(own.buffer, own.offsetOf('flight'), monotonicNs)
  installFaultHandler(own.buffer, FAULT_SLOT_AT)
  takeSeat(launch, flight)
  own.state = RegionState.Preparing
  flight.note(FlightCode.Prepared, `epoch ${own.epoch}`)
  await awaitPhase(control, StartPhase.Attach)
  const open = (kernel: KernelName) => (kernel === launch.kernel ? own : openReadOnlyRegion(launch.regions[kernel]))
  const regions = { supervisor, io: open('io'), strategy: open('strategy'), storage: open('storage') }
  return { own, regions, control, membership: supervisor.viewWords('gating'), flight, clock }
}

/** @throws XkError when the supervisor dies meanwhile: nobody would ever let this kernel go on */
async function awaitPhase(control: Int32Array, phase: StartPhase): Promise<void> {
  while (Atomics.load(control, ControlWord.Phase) < phase) {
    await sleep(ATTACH_POLL_MS)
    if (!isOrphaned()) continue
    throw new XkError({
      code: 'supervisor-lost',
      what: 'the supervisor died while the kernels got ready',
      next: 'start again; xk regions --clean removes what is left',
      exitCode: ExitCode.Kernel,
    })
  }
}

/** Threads started from here on, the helpers, inherit the housekeeping cores; the kernel itself sits down last. */
function takeSeat<Config>(launch: KernelLaunch<Config>, flight: FlightRecorder): void {
  const { seat } = launch
  if (seat.core !== null) attempt(flight, 'pin helper threads', () => pinProcess(seat.housekeepingCores))
  if (seat.lockMemory) attempt(flight, 'lock memory', () => lockMemory())
}

function attempt(flight: FlightRecorder, what: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    flight.note(FlightCode.Lacking, `${what}: ${error instanceof Error ? error.message : error}`)
  }
}

/** Takes the kernel's own core, once all helper threads are there. */
export function takeCore({ flight }: Pick<PreparedKernel, 'flight'>, seat: CoreSeat): void {
  if (seat.core !== null) attempt(flight, 'pin', () => pinThread([seat.core!]))
}

/** Takes the kernel's own core, at the priority that the seat says. */
export function sitDown(prepared: Pick<PreparedKernel, 'flight'>, seat: CoreSeat): void {
  takeCore(prepared, seat)
  if (seat.policy !== 'fifo') return
  attempt(prepared.flight, 'real-time priority', () => setScheduler(SchedulerPolicy.Fifo, seat.priority))
}

/**
 * Tells that everything is ready, waits until the supervisor lets the loops turn, and takes the kernel's own core. Garbage is
 * collected before the kernel counts as running: that stops its heart for longer than a busy host's supervisor may bear.
 */
export async function awaitRun(prepared: PreparedKernel, seat: CoreSeat): Promise<void> {
  prepared.own.state = RegionState.Attached
  await awaitPhase(prepared.control, StartPhase.Run)
  sitDown(prepared, seat)
  collectGarbage()
  prepared.own.state = RegionState.Running
  prepared.flight.note(FlightCode.Running, 'loop begins')
}
