import { monotonicNs } from '../../kernels/host/clock.ts'
import { readCounters } from '../../kernels/region/counters.ts'
import { RegionState } from '../../kernels/region/layout.ts'
import type { KernelRegions } from './kernels-run.ts'
import type { ResumeRow } from './types.ts'

/** The one that the flow does not wait for dies last: it runs on meanwhile. */
const KERNELS = ['strategy', 'io', 'storage'] as const

interface Death {
  readonly kernel: ResumeRow['kernel']
  readonly pid: number
  readonly records: number
  readonly killedNs: number
}

/**
 * Kills the kernels of a run one after the other, each time that a number of inbound records is reached, and measures how long
 * each is away. Looked at with every turn of the supervisor, so times are measured to some 20 ms.
 */
export class KillSchedule {
  readonly rows: ResumeRow[] = []
  readonly #marks: number[]
  readonly #hasSnapshots: boolean
  readonly #kernels: readonly ResumeRow['kernel'][]
  readonly #kill: (pid: number) => void
  readonly #nowNs: () => number
  #due: ResumeRow['kernel'][] = []
  #death: Death | undefined

  /** @param marks inbound records, ascending @param kernels that die at each, in this order */
  constructor(
    marks: readonly number[],
    hasSnapshots: boolean,
    kernels: readonly ResumeRow['kernel'][] = KERNELS,
    kill = killProcess,
    nowNs = monotonicNs,
  ) {
    this.#kernels = kernels
    this.#marks = [...marks]
    this.#hasSnapshots = hasSnapshots
    this.#kill = kill
    this.#nowNs = nowNs
  }

  look(regions: Partial<KernelRegions>): void {
    if (this.#death !== undefined) {
      this.#lookForReturn(regions, this.#death)
      return
    }
    const { io } = regions
    if (io?.state !== RegionState.Running) return
    const records = readCounters(io.buffer, io.offsetOf('counters')).inboundRecords ?? 0
    if (this.#due.length === 0 && records >= (this.#marks[0] ?? Number.POSITIVE_INFINITY)) {
      this.#marks.shift()
      this.#due = [...this.#kernels]
    }
    const [kernel] = this.#due
    if (kernel === undefined) return
    const region = regions[kernel]
    if (region?.state !== RegionState.Running) return
    this.#due.shift()
    this.#death = { kernel, pid: region.ownerPid, records, killedNs: this.#nowNs() }
    this.#kill(region.ownerPid)
  }

  #lookForReturn(regions: Partial<KernelRegions>, death: Death): void {
    const { kernel, pid, records, killedNs } = death
    const region = regions[kernel]
    if (region === undefined || region.ownerPid === pid || region.state < RegionState.Running) return
    const { recoveryNs = 0, recoveredFrom = null } = readCounters(region.buffer, region.offsetOf('counters'))
    const resumedNs = this.#nowNs() - killedNs
    const hasSnapshots = this.#hasSnapshots
    this.rows.push({ kernel, hasSnapshots, records, fromRecord: recoveredFrom, recoveryNs, resumedNs })
    this.#death = undefined
  }
}

function killProcess(pid: number): void {
  process.kill(pid, 'SIGKILL')
}
