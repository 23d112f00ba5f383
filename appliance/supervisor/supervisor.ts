import { setTimeout as sleep } from 'node:timers/promises'
import { monotonicNs } from '../../kernels/host/clock.ts'
import { mainThreadComputedMs } from '../../kernels/host/process.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { readKernelError } from '../../kernels/loop/kernel-error.ts'
import type { KernelLaunch } from '../../kernels/loop/launch.ts'
import {
  ControlWord,
  formatRings,
  Membership,
  planKernelRegion,
  StartPhase,
  StopRequest,
} from '../../kernels/loop/regions.ts'
import { RegionState } from '../../kernels/region/layout.ts'
import type { Region } from '../../kernels/region/region.ts'
import { createOwnedRegion, openReadOnlyRegion } from '../../kernels/region/shared.ts'
import type { DisabledStrategy } from '../../kernels/strategy/strategy-config.ts'
import { CommandDesk } from './command-desk.ts'
import { HookWatch } from './hook-watch.ts'
import type { InstanceFolder } from './instance-folder.ts'
import type { JournalWatch } from './journal-watch.ts'
import { KernelProcess } from './kernel-process.ts'
import { KERNEL_ORDER, KernelSeat, type SeatHistory, type WorkerKernel } from './kernel-seat.ts'
import { type StandbyFacts, StandbyKeeper, type StandbyOptions } from './standby-keeper.ts'

const TICK_MS = 20
/** Rehearsals are bounded (kernels/rehearsal); on a loaded host all of it takes longer. */
const START_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 10_000
const START_POLL_MS = 2
const START_TURNS_PER_TICK = TICK_MS / START_POLL_MS
const FIRST_LIFE: SeatHistory = { restarts: 0, deathSeenNs: 0 }

export interface SupervisorOptions {
  readonly instance: string
  readonly folder: InstanceFolder
  readonly launches: Readonly<Record<WorkerKernel, KernelLaunch<unknown>>>
  /** Path of each kernel's bundle. */
  readonly scripts: Readonly<Record<WorkerKernel, string>>
  readonly heartbeatTimeoutMs: number
  readonly prepareTimeoutMs: number
  readonly hookBudgetMs: number
  readonly restartsMax: number
  readonly journal: JournalWatch
  /** A standby of the strategy kernel, if there is to be one. */
  readonly standby: StandbyOptions | undefined
  /** Whether operators may send commands: in a live session. */
  readonly takesCommands: boolean
  readonly onWarning: (line: string) => void
  readonly onTick: () => void
  /** The launch of a strategy kernel that is restarted without the strategy that overran. */
  readonly disableStrategy: (launch: KernelLaunch<unknown>, stop: DisabledStrategy) => KernelLaunch<unknown>
  /** Fires when the user wants an orderly stop. */
  readonly signal: AbortSignal
}

/** How a supervised run went. */
export interface SupervisedRun {
  readonly kernels: Readonly<Record<WorkerKernel, { pid: number; restarts: number; ending: string; region: Region }>>
  readonly wasInterrupted: boolean
  /** What became of the standbys; undefined where none was wanted. */
  readonly standby: StandbyFacts | undefined
  /** What ended the run early, if something did. */
  readonly failure: XkError | undefined
}

/**
 * Starts the kernels of one instance, watches over them and brings back the ones that may come back. Never on the data
 * path: all it shares with the kernels is its own region, which only it writes.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #region: Region
  readonly #control: Int32Array
  readonly #seats = new Map<WorkerKernel, KernelSeat>()
  readonly #hooks: HookWatch
  readonly #desk: CommandDesk | undefined
  #failure: XkError | undefined
  /** Why the session is being ended in order before its end. */
  #halt: XkError | undefined
  /** The strategy kernel's launch once a strategy has been disabled. */
  #disabled: KernelLaunch<unknown> | undefined
  /** The strategy for which its kernel was killed, until that one has a successor. */
  #overrun: DisabledStrategy | undefined
  readonly #standby: StandbyKeeper | undefined
  /** Ends the pause between two looks: a kernel has died. */
  #wake: () => void = () => {}

  /** @throws RegionOwnedError when an instance of that name is alive */
  constructor(options: SupervisorOptions) {
    this.#options = options
    const { folder, launches, instance } = options
    folder.create()
    const plan = planKernelRegion('supervisor', launches.io.rings)
    this.#region = createOwnedRegion(folder.regions.supervisor, plan, { kernel: 'supervisor', instance })
    folder.removeKernelRegions()
    formatRings(this.#region, 'supervisor', launches.io.rings)
    this.#control = this.#region.viewWords('control')
    this.#control.fill(0)
    const gating = this.#region.viewWords('gating')
    for (let member = 0; member <= Membership.IoOnCommands; member++) Atomics.store(gating, member, 1)
    if (options.takesCommands) {
      const io = () => this.regionOf('io')
      this.#desk = new CommandDesk({ path: folder.commandSocket, own: this.#region, io })
    }
    this.#hooks = new HookWatch(options.hookBudgetMs)
    const { standby, heartbeatTimeoutMs, prepareTimeoutMs, restartsMax, onWarning } = options
    const onExit = () => this.#wake()
    const limits = { heartbeatTimeoutMs, prepareTimeoutMs, deathsMax: restartsMax }
    const watched = { folder, own: this.#region, ...limits, onWarning, onExit }
    this.#standby = standby && new StandbyKeeper({ ...standby, ...watched })
  }

  /**
   * Runs the instance until its kernels have finished, one is lost, or the signal fires.
   * @throws the signal's reason when it fires before the loops turn
   */
  async run(): Promise<SupervisedRun> {
    const { signal } = this.#options
    const onAbort = () => Atomics.store(this.#control, ControlWord.Stop, StopRequest.InOrder)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await this.#startAll()
      await this.#desk?.open()
      if (signal.aborted) onAbort()
      await this.#watch()
      await this.#standby?.end()
    } finally {
      signal.removeEventListener('abort', onAbort)
      await this.#desk?.close()
      await this.#killAll()
    }
    return this.#outcome(signal.aborted)
  }

  /** The region of a kernel, once it exists. */
  regionOf(kernel: WorkerKernel): Region | undefined {
    return this.#seats.get(kernel)?.region
  }

  /** Whether a standby may take over at this moment. */
  get isStandbyReady(): boolean {
    return this.#standby !== undefined && this.#standby.whyNot === undefined
  }

  async #startAll(): Promise<void> {
    for (const kernel of KERNEL_ORDER) this.#start(kernel, this.#options.launches[kernel], FIRST_LIFE)
    this.#standby?.start(this.#options.launches.strategy)
    await this.#awaitState(RegionState.Preparing)
    Atomics.store(this.#control, ControlWord.Phase, StartPhase.Attach)
    await this.#awaitState(RegionState.Attached)
    Atomics.store(this.#control, ControlWord.Phase, StartPhase.Run)
    for (const seat of this.#seats.values()) seat.preparing.reset(performance.now())
  }

  #start(kernel: WorkerKernel, launch: KernelLaunch<unknown>, history: SeatHistory): void {
    const path = this.#options.folder.writeLaunch(launch)
    const process = KernelProcess.start(kernel, this.#options.scripts[kernel], path, () => this.#wake())
    this.#seat(kernel, process, history)
  }

  #seat(kernel: WorkerKernel, process: KernelProcess, history: SeatHistory): void {
    const path = this.#options.folder.regions[kernel]
    this.#seats.set(kernel, new KernelSeat(kernel, process, path, this.#options, history))
  }

  async #awaitState(wanted: RegionState): Promise<void> {
    const { signal, onTick } = this.#options
    const deadline = performance.now() + START_TIMEOUT_MS
    for (let turn = 0; ; turn++) {
      // Nothing has happened yet that would have to be ended in order.
      signal.throwIfAborted()
      if (turn % START_TURNS_PER_TICK === 0) onTick()
      let ready = 0
      for (const [kernel, seat] of this.#seats) {
        if ((seat.open()?.state ?? RegionState.Creating) >= wanted) ready++
        if (seat.process.hasExited()) {
          const exit = await seat.process.exited
          throw readKernelError(kernel, exit, seat.process.stderrTail, false)
        }
      }
      await this.#standby?.look(performance.now(), this.#options.launches.strategy)
      if (ready === this.#seats.size && this.#standby?.isPast(wanted) !== false) return
      if (performance.now() > deadline) {
        throw new XkError({
          code: 'start-timeout',
          what: `the kernels did not get ready within ${START_TIMEOUT_MS / 1000} s`,
          next: 'look at the regions with xk regions',
          exitCode: ExitCode.Kernel,
        })
      }
      await sleep(START_POLL_MS)
    }
  }

  async #watch(): Promise<void> {
    while ([...this.#seats.values()].some((seat) => !seat.isDone)) {
      await this.#pause()
      for (const seat of this.#seats.values()) {
        if (seat.isDone) continue
        if (seat.process.hasExited()) await this.#handleExit(seat)
        else this.#lookForHang(seat)
      }
      await this.#standby?.look(performance.now(), this.#strategyLaunch)
      this.#options.onTick()
      this.#watchJournal()
    }
  }

  /** Until the next look; a death ends it at once. */
  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, TICK_MS)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = () => {}
  }

  get #strategyLaunch(): KernelLaunch<unknown> {
    return this.#disabled ?? this.#options.launches.strategy
  }

  /** A halt is an orderly stop with a reason: the I/O kernel ends the session, the others drain what is there. */
  #watchJournal(): void {
    const seat = this.#seats.get('storage')!
    const alarm = this.#options.journal.look(seat.isDone ? undefined : seat.running, performance.now())
    if (alarm === undefined) return
    this.#options.onWarning(alarm.warning)
    if (alarm.halt === undefined) return
    this.#halt ??= alarm.halt
    Atomics.store(this.#control, ControlWord.Stop, StopRequest.InOrder)
  }

  #lookForHang(seat: KernelSeat): void {
    if (seat.isKilled) return
    const region = seat.running
    if (region === undefined) {
      if (seat.takingOver === undefined) this.#killIfUnready(seat)
      else this.#killIfStill(seat, seat.takingOver)
      return
    }
    if (seat.deathSeenNs > 0) this.#noteReturn(seat, region)
    if (seat.kernel === 'strategy') {
      if (this.#killIfOverrun(seat, region)) return
      if (this.#hooks.isComputing) seat.heartbeat.reset(performance.now())
    }
    this.#killIfStill(seat, region)
  }

  /** @returns whether a hook of a strategy ran for too long */
  #killIfOverrun(seat: KernelSeat, region: Region): boolean {
    const readComputedMs = () => mainThreadComputedMs(seat.process.pid) ?? 0
    const overrun = this.#hooks.look(region.viewWords('activity'), readComputedMs)
    if (overrun === undefined) return false
    this.#overrun = { strategyId: overrun.strategyId, atSequence: overrun.sequence - 1 }
    this.#disabled = this.#options.disableStrategy(this.#strategyLaunch, this.#overrun)
    this.#options.onWarning(
      `strategy ${overrun.strategyId} overran its ${this.#options.hookBudgetMs} ms budget in ${overrun.hook} ` +
        `at inbound record ${overrun.sequence}: its kernel is restarted without it`,
    )
    seat.kill()
    return true
  }

  #killIfUnready(seat: KernelSeat): void {
    seat.heartbeat.reset(performance.now())
    const preparing = seat.preparing.look(seat.own, performance.now())
    if (preparing === 0) return
    this.#options.onWarning(`the ${seat.kernel} kernel was not ready within ${Math.round(preparing)} ms and is killed`)
    seat.kill()
  }

  /** @param region in which its heart beats */
  #killIfStill(seat: KernelSeat, region: Region): void {
    const still = seat.heartbeat.look(region, performance.now())
    if (still === 0) return
    this.#options.onWarning(`the ${seat.kernel} kernel stood still for ${Math.round(still)} ms and is killed`)
    seat.kill()
  }

  /** A kernel is back: by its own restart, or because its standby has taken over. */
  #noteReturn(seat: KernelSeat, region: Region): void {
    const { kernel, deathSeenNs, takingOver } = seat
    seat.deathSeenNs = 0
    seat.takingOver = undefined
    if (kernel !== 'strategy' || this.#standby === undefined) return
    if (takingOver === undefined) this.#standby.restartsNs.push(monotonicNs() - deathSeenNs)
    else this.#standby.noteTakeover(region)
    this.#standby.start(this.#strategyLaunch)
  }

  async #handleExit(seat: KernelSeat): Promise<void> {
    const deathSeenNs = monotonicNs()
    const { kernel, process } = seat
    const exit = await process.exited
    seat.isDone = true
    if (exit.code === 0) {
      seat.ending = 'finished'
      return
    }
    // A standby may have taken over, and died, between two looks.
    const region = seat.takingOver && seat.running
    if (region !== undefined) this.#noteReturn(seat, region)
    const how = exit.signal === null ? `exited with code ${exit.code}` : `was killed by ${exit.signal}`
    seat.ending = how
    const isStandby = seat.takingOver !== undefined
    const mayReturn = isStandby || (exit.signal !== null && seat.restarts < this.#options.restartsMax)
    const who = isStandby ? 'standby on its way to the strategy kernel’s place' : `${kernel} kernel`
    this.#options.onWarning(`the ${who} (process ${process.pid}) ${how}${seat.lastWords}`)
    if (mayReturn && this.#failure === undefined) {
      if (isStandby) this.#standby!.noteFailedTakeover(readKernelError(kernel, exit, process.stderrTail))
      await this.#bringBack(kernel, { restarts: isStandby ? seat.restarts : seat.restarts + 1, deathSeenNs })
      return
    }
    this.#failure ??= readKernelError(kernel, exit, seat.process.stderrTail)
    // Without this kernel nothing can finish in order: the others are asked to stop, then made to.
    Atomics.store(this.#control, ControlWord.Stop, StopRequest.KernelLost)
    const deadline = performance.now() + STOP_TIMEOUT_MS
    const others = [...this.#seats.values()].filter((other) => !other.isDone)
    while (others.some((other) => !other.process.hasExited()) && performance.now() < deadline) await sleep(TICK_MS)
    for (const other of others) if (!other.process.hasExited()) other.process.kill('SIGKILL')
  }

  /** A successor: the standby if there is one that may take over, otherwise the same kernel anew. */
  async #bringBack(kernel: WorkerKernel, history: SeatHistory): Promise<void> {
    if (kernel !== 'strategy') {
      this.#start(kernel, { ...this.#options.launches[kernel], isRestart: true }, history)
      return
    }
    const disabled = this.#overrun
    this.#overrun = undefined
    const standby = this.#standby
    const whyNot = standby?.whyNot
    const promoted = standby?.promote({ deathSeenNs: history.deathSeenNs, disabled })
    if (promoted !== undefined) {
      this.#options.onWarning(`its standby (process ${promoted.process.pid}) takes over`)
      this.#seat(kernel, promoted.process, { ...history, takingOver: promoted.region })
      return
    }
    if (standby !== undefined) this.#options.onWarning(`${whyNot}: the strategy kernel is started anew`)
    this.#start(kernel, { ...this.#strategyLaunch, isRestart: true }, history)
    // The one that follows was not told of the strategy that is disabled.
    if (disabled !== undefined) await standby?.replace(this.#strategyLaunch)
  }

  async #killAll(): Promise<void> {
    await this.#standby?.kill()
    for (const seat of this.#seats.values()) if (!seat.process.hasExited()) seat.process.kill('SIGKILL')
    await Promise.all([...this.#seats.values()].map((seat) => seat.process.exited))
  }

  #outcome(wasInterrupted: boolean): SupervisedRun {
    const kernels = Object.fromEntries(
      [...this.#seats].map(([kernel, seat]) => {
        const region = seat.open() ?? openReadOnlyRegion(this.#options.folder.regions[kernel])
        return [kernel, { pid: seat.process.pid, restarts: seat.restarts, ending: seat.ending, region }]
      }),
    ) as unknown as SupervisedRun['kernels']
    const standby = this.#standby?.describe()
    return { kernels, wasInterrupted, standby, failure: this.#failure ?? this.#halt }
  }
}
