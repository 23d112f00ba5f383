import { readFileSync } from 'node:fs'
import type { ClockCalibration } from '../host/clock.ts'
import { ExitCode, XkError } from '../host/xk-error.ts'
import type { RingWaitPlan } from '../ring/wait.ts'
import type { KernelName, RingSizes } from './regions.ts'

/** Where and how a kernel runs. */
export interface CoreSeat {
  /** Core to be pinned to, or null for wherever the host puts it. */
  readonly core: number | null
  /** Cores for Node's own helper threads. */
  readonly housekeepingCores: readonly number[]
  readonly policy: 'other' | 'fifo'
  /** Of `fifo`, 1 to 99. */
  readonly priority: number
  readonly lockMemory: boolean
  /** Whether the kernel trades a made-up session first, so that its code is compiled when the first record comes. */
  readonly rehearses: boolean
  readonly wait: RingWaitPlan
}

/** What the supervisor tells a kernel process, as a JSON file in the instance's folder. */
export interface KernelLaunch<Config> {
  readonly instance: string
  readonly kernel: KernelName
  /** Paths of the regions. */
  readonly regions: Readonly<Record<KernelName, string>>
  readonly rings: RingSizes
  readonly seat: CoreSeat
  /** The supervisor's calibration, so that all stamps lie on one line. */
  readonly clock: ClockCalibration
  /** Whether this process takes over the region of one that died. */
  readonly isRestart: boolean
  readonly config: Config
}

/** Reads the launch file named on the command line of a kernel process. */
export function readLaunch<Config>(path: string | undefined): KernelLaunch<Config> {
  if (path === undefined) {
    throw new XkError({
      code: 'launch-missing',
      what: 'a kernel process is started by the supervisor, with the path of its launch file',
      next: 'use xk replay',
      exitCode: ExitCode.Usage,
    })
  }
  return JSON.parse(readFileSync(path, 'utf8')) as KernelLaunch<Config>
}
