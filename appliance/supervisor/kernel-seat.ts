import { readFlightRecorder } from '../../kernels/region/flight-recorder.ts'
import { RegionState } from '../../kernels/region/layout.ts'
import type { Region } from '../../kernels/region/region.ts'
import { openReadOnlyRegion } from '../../kernels/region/shared.ts'
import type { KernelProcess } from './kernel-process.ts'
import { HeartbeatWatch, PrepareWatch } from './kernel-watch.ts'

/** The kernels in the order in which they are started. */
export const KERNEL_ORDER = ['storage', 'strategy', 'io'] as const
export type WorkerKernel = (typeof KERNEL_ORDER)[number]

const FLIGHT_ENTRIES_SHOWN = 3

/** How long a kernel may take, in milliseconds. */
export interface SeatLimits {
  readonly heartbeatTimeoutMs: number
  readonly prepareTimeoutMs: number
}

/** Where a life of a kernel stands in its run. */
export interface SeatHistory {
  readonly restarts: number
  /** When the death of its predecessor was seen; 0 for none. */
  readonly deathSeenNs: number
  /** The standby's region, for one that is on its way to the strategy kernel's place. */
  readonly takingOver?: Region
}

/** One life of a kernel, as its supervisor sees it. */
export class KernelSeat {
  readonly kernel: WorkerKernel
  readonly process: KernelProcess
  readonly heartbeat: HeartbeatWatch
  /** Until its loop turns. */
  readonly preparing: PrepareWatch
  readonly restarts: number
  region: Region | undefined
  isDone = false
  /** Killed by the supervisor and not gone yet. */
  isKilled = false
  ending = 'running'
  /** When the death of its predecessor was seen, until it has come back; 0 for none. */
  deathSeenNs: number
  /** The standby's region, until it has taken over. */
  takingOver: Region | undefined
  readonly #path: string

  /** @param path of the kernel's region */
  constructor(kernel: WorkerKernel, process: KernelProcess, path: string, limits: SeatLimits, history: SeatHistory) {
    this.kernel = kernel
    this.process = process
    this.heartbeat = new HeartbeatWatch(limits.heartbeatTimeoutMs)
    this.preparing = new PrepareWatch(limits.prepareTimeoutMs, performance.now())
    this.restarts = history.restarts
    this.deathSeenNs = history.deathSeenNs
    this.takingOver = history.takingOver
    this.#path = path
  }

  /** The kernel's region, once it exists. */
  open(): Region | undefined {
    try {
      this.region ??= openReadOnlyRegion(this.#path)
    } catch {
      return undefined // not created, or not formatted, yet
    }
    return this.region
  }

  /** The kernel's region if its loop turns. That of a restarted one shows its dead predecessor until it has taken it over. */
  get running(): Region | undefined {
    const region = this.own
    return region?.state === RegionState.Running ? region : undefined
  }

  /** The kernel's region once this process owns it. */
  get own(): Region | undefined {
    const region = this.open()
    return region?.ownerPid === this.process.pid ? region : undefined
  }

  kill(): void {
    this.isKilled = true
    this.process.kill('SIGKILL')
  }

  get lastWords(): string {
    const { region } = this
    if (region === undefined) return ''
    const entries = readFlightRecorder(region.buffer, region.offsetOf('flight'), FLIGHT_ENTRIES_SHOWN)
    return entries.length === 0 ? '' : `; last words: ${entries.map((entry) => entry.text).join(' | ')}`
  }
}
