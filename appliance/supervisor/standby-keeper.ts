import { setTimeout as sleep } from 'node:timers/promises'
import type { XkError } from '../../kernels/host/xk-error.ts'
import { type KernelExit, readKernelError } from '../../kernels/loop/kernel-error.ts'
import type { KernelLaunch } from '../../kernels/loop/launch.ts'
import { PROMOTION_SECTION, type Promotion, writePromotion } from '../../kernels/loop/promotion.ts'
import {
  STANDBY_COUNTERS,
  STRATEGY_COUNTERS,
  StandbyCounterSlot,
  StandbyState,
  StrategyCounterSlot,
} from '../../kernels/loop/regions.ts'
import { viewCounters } from '../../kernels/region/counters.ts'
import { RegionState } from '../../kernels/region/layout.ts'
import type { Region } from '../../kernels/region/region.ts'
import { openReadOnlyRegion } from '../../kernels/region/shared.ts'
import type { StandbyConfig } from '../../kernels/strategy/standby/standby-config.ts'
import type { InstanceFolder } from './instance-folder.ts'
import { KernelProcess } from './kernel-process.ts'
import type { SeatLimits } from './kernel-seat.ts'
import { HeartbeatWatch, PrepareWatch } from './kernel-watch.ts'

const END_POLL_MS = 5

/** How the standby stands: it may take over, is not there yet, decides otherwise, or there is none any more. */
export type StandbyStanding = 'level' | 'behind' | 'unfit' | 'lost'

/** One time that a standby took the strategy kernel's place. */
export interface TakeoverFacts {
  /** Inbound record that the dead kernel had given back. */
  readonly atRecord: number
  /** From the death seen until the standby had handled its first record in the dead kernel's place, or found none. */
  readonly takeoverNs: number
}

/** What became of the standbys of a run. */
export interface StandbyFacts {
  readonly standing: StandbyStanding
  /** How many were started, one after the other. */
  readonly started: number
  /** Outbound records that they compared with the live kernel's, those that differed, and records that they read from the journal. */
  readonly compared: number
  readonly differences: number
  readonly fromJournal: number
  readonly takeovers: readonly TakeoverFacts[]
  /** Restarts of the strategy kernel without a standby, each from the death seen until its loop turned. */
  readonly restartsNs: readonly number[]
}

export interface StandbyOptions {
  /** Of the first one; its strategy's part changes when a strategy is disabled. */
  readonly launch: KernelLaunch<StandbyConfig>
  /** Path of its bundle. */
  readonly script: string
}

interface KeeperParts extends StandbyOptions, SeatLimits {
  readonly folder: InstanceFolder
  /** The supervisor's own region. */
  readonly own: Region
  /** Most standbys that may die before no other is started. */
  readonly deathsMax: number
  readonly onWarning: (line: string) => void
  readonly onExit: () => void
}

/** A standby that is to take over: now the strategy kernel's process. */
export interface Promoted {
  readonly process: KernelProcess
  /** Its own region, in which its heart beats until it has taken over. */
  readonly region: Region
}

/** Starts standbys of the strategy kernel, watches over them, and hands one out when it is to take over. */
export class StandbyKeeper {
  readonly takeovers: TakeoverFacts[] = []
  readonly restartsNs: number[] = []
  readonly #parts: KeeperParts
  readonly #heartbeat: HeartbeatWatch
  readonly #preparing: PrepareWatch
  #process: KernelProcess | undefined
  #region: Region | undefined
  #standing: StandbyStanding = 'behind'
  #started = 0
  #deaths = 0
  /** One has ended because the session has. */
  #isOver = false
  /** Of standbys that are gone. */
  readonly #sums = { compared: 0, differences: 0, fromJournal: 0 }

  constructor(parts: KeeperParts) {
    this.#parts = parts
    this.#heartbeat = new HeartbeatWatch(parts.heartbeatTimeoutMs)
    this.#preparing = new PrepareWatch(parts.prepareTimeoutMs, 0)
  }

  /** Starts one, unless there is one, one was unfit, or too many have died. @param strategy the live kernel's launch */
  start(strategy: KernelLaunch<unknown>): void {
    if (this.#process !== undefined || this.#standing === 'unfit' || this.#deaths > this.#parts.deathsMax) return
    const { launch, folder, script, onExit } = this.#parts
    const config = { ...launch.config, strategy: strategy.config } as StandbyConfig
    const path = folder.writeLaunch({ ...launch, isRestart: this.#started > 0, config })
    this.#process = KernelProcess.start('standby', script, path, onExit)
    this.#started++
    this.#standing = 'behind'
    this.#heartbeat.reset(performance.now())
    this.#preparing.reset(performance.now())
  }

  /** Whether the session's start need not wait for it: it has come so far, or is gone. */
  isPast(state: RegionState): boolean {
    return this.#process === undefined || (this.#openOwn()?.state ?? RegionState.Creating) >= state
  }

  /**
   * To be called now and then: notices that it has died, or hangs, and starts another one.
   * @param strategy the live kernel's launch, while the session is not over
   */
  async look(nowMs: number, strategy?: KernelLaunch<unknown>): Promise<void> {
    const process = this.#process
    if (process === undefined) return
    const region = this.#openOwn()
    if (process.hasExited()) {
      this.#handleExit(process, await process.exited)
      if (!this.#isOver && strategy !== undefined) this.start(strategy)
      return
    }
    if (region?.state !== RegionState.Running) {
      this.#heartbeat.reset(nowMs)
      if (this.#preparing.look(region, nowMs) > 0) process.kill('SIGKILL')
      return
    }
    if (this.#heartbeat.look(region, nowMs) > 0) process.kill('SIGKILL')
  }

  /**
   * Tells the standby to take over, if it may.
   * @returns undefined when it may not; `whyNot` says so
   */
  promote(promotion: Promotion): Promoted | undefined {
    const process = this.#process
    const region = this.#openOwn()
    if (process === undefined || region === undefined || this.whyNot !== undefined) return undefined
    const { own } = this.#parts
    writePromotion(own.viewWords(PROMOTION_SECTION), own.viewDoubles(PROMOTION_SECTION), process.pid, promotion)
    this.#forget()
    return { process, region }
  }

  /** Why the standby may not take over at this moment. */
  get whyNot(): string | undefined {
    if (this.#standing === 'unfit') return 'its standby is unfit'
    if (this.#process === undefined || this.#process.hasExited()) return 'its standby is gone'
    return this.#isNear() ? undefined : 'its standby is behind'
  }

  #isNear(): boolean {
    const region = this.#openOwn()
    return region?.state === RegionState.Running && counterOf(region, StandbyCounterSlot.state) === StandbyState.Level
  }

  /** Another is started in its place: the live kernel is no longer what it was told. */
  async replace(strategy: KernelLaunch<unknown>): Promise<void> {
    await this.kill()
    this.start(strategy)
  }

  /**
   * The session has ended: waits until a standby that kept near has compared the last records, as long as its heart beats. One
   * that is far behind, or has only begun, is ended.
   */
  async end(): Promise<void> {
    this.#isOver = true
    while (this.#process !== undefined && (this.#process.hasExited() || this.#isNear())) {
      await this.look(performance.now())
      await sleep(END_POLL_MS)
    }
    await this.kill()
  }

  /** The one that was to take over has. @param region the strategy kernel's, which it owns now */
  noteTakeover(region: Region): void {
    const counters = viewCounters(region.buffer, region.offsetOf('counters'), STRATEGY_COUNTERS)
    const takeoverNs = counters[StrategyCounterSlot.takeoverNs]!
    this.takeovers.push({ atRecord: counters[StrategyCounterSlot.recoveredFrom]!, takeoverNs })
  }

  /** The one that was to take over gave up, or died, before it had: it counts as one that did so while it followed. */
  noteFailedTakeover(error: XkError): void {
    if (error.code !== 'standby-differs') return
    this.#standing = 'unfit'
    this.#sums.differences++
  }

  /** Ends it, whatever it does. */
  async kill(): Promise<void> {
    const process = this.#process
    if (process === undefined) return
    if (!process.hasExited()) process.kill('SIGKILL')
    await process.exited
    this.#forget()
  }

  describe(): StandbyFacts {
    const { takeovers, restartsNs } = this
    return { standing: this.#standing, started: this.#started, ...this.#sums, takeovers, restartsNs }
  }

  #handleExit(process: KernelProcess, exit: KernelExit): void {
    this.#forget()
    if (exit.code === 0) {
      this.#isOver = true
      return
    }
    const error = readKernelError('standby', exit, process.stderrTail)
    this.#standing = error.code === 'standby-differs' ? 'unfit' : 'lost'
    if (exit.signal !== null || error.code === 'standby-behind') this.#deaths++
    // One that gives up with an error of its own would do so again.
    else this.#deaths = Number.POSITIVE_INFINITY
    const killed = `the standby (process ${process.pid}) was killed by ${exit.signal}`
    this.#parts.onWarning(exit.signal === null ? error.message : killed)
  }

  /** What it has counted goes into the sums. */
  #forget(): void {
    const region = this.#openOwn()
    if (region !== undefined) {
      this.#standing = counterOf(region, StandbyCounterSlot.state) === StandbyState.Level ? 'level' : 'behind'
      this.#sums.compared += counterOf(region, StandbyCounterSlot.compared)
      this.#sums.differences += counterOf(region, StandbyCounterSlot.differences)
      this.#sums.fromJournal += counterOf(region, StandbyCounterSlot.journaled)
    }
    this.#process = undefined
  }

  /** Its region, once this process owns it: until then it is that of its predecessor. */
  #openOwn(): Region | undefined {
    if (this.#process === undefined) return undefined
    try {
      this.#region ??= openReadOnlyRegion(this.#parts.folder.regions.standby)
    } catch {
      return undefined // not created, or not formatted, yet
    }
    return this.#region.ownerPid === this.#process.pid ? this.#region : undefined
  }
}

function counterOf(region: Region, slot: StandbyCounterSlot): number {
  return viewCounters(region.buffer, region.offsetOf('counters'), STANDBY_COUNTERS)[slot]!
}
