import { monotonicNs } from '../../kernels/host/clock.ts'
import { readCounters } from '../../kernels/region/counters.ts'
import { RegionState } from '../../kernels/region/layout.ts'
import type { KernelRegions } from './kernels-run.ts'
import type { ResumeRow } from './types.ts'

/** The one that the flow does not wait for dies last: it runs on meanwhile. */
const KERNELS = ['strategy', 'io', 'storage'] as const

type Victim = (typeof KERNELS)[number]

export interface KillPlan {
  /** Inbound records, ascending. */
  readonly marks: readonly number[]
  readonly hasSnapshots: boolean
  /** Whether only the strategy kernel dies, each time once a standby may take over. */
  readonly hasStandby: boolean
  /** That die at each mark, in this order; all three unless told. */
  readonly kernels?: readonly Victim[]
}

interface Death {
  readonly kernel: Victim
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
  readonly #plan: KillPlan
  readonly #marks: number[]
  readonly #kill: (pid: number) => void
  readonly #nowNs: () => number
  #due: Victim[] = []
  #death: Death | undefined
  #takeovers = 0

  constructor(plan: KillPlan, kill = killProcess, nowNs = monotonicNs) {
    this.#plan = plan
    this.#marks = [...plan.marks]
    this.#kill = kill
    this.#nowNs = nowNs
  }

  /** @param isStandbyReady whether a standby may take over at this moment */
  look(regions: Partial<KernelRegions>, isStandbyReady = false): void {
    if (this.#death !== undefined) {
      this.#lookForReturn(regions, this.#death)
      return
    }
    const { io } = regions
    if (io?.state !== RegionState.Running) return
    const records = readCounters(io.buffer, io.offsetOf('counters')).inboundRecords ?? 0
    if (this.#due.length === 0 && records >= (this.#marks[0] ?? Number.POSITIVE_INFINITY)) {
      this.#marks.shift()
      this.#due = this.#plan.hasStandby ? ['strategy'] : [...(this.#plan.kernels ?? KERNELS)]
    }
    const [kernel] = this.#due
    if (kernel === undefined || (this.#plan.hasStandby && !isStandbyReady)) return
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
    const counters = readCounters(region.buffer, region.offsetOf('counters'))
    const { recoveryNs = 0, recoveredFrom: fromRecord = null, takeovers = 0, takeoverNs = 0 } = counters
    const resumedNs = this.#nowNs() - killedNs
    const { hasSnapshots } = this.#plan
    const isTakeover = kernel === 'strategy' && takeovers > this.#takeovers
    const life = isTakeover ? { kernel: 'standby' as const, recoveryNs: takeoverNs } : { kernel, recoveryNs }
    if (isTakeover) this.#takeovers = takeovers
    this.rows.push({ ...life, hasSnapshots, records, fromRecord, resumedNs })
    this.#death = undefined
  }
}

function killProcess(pid: number): void {
  process.kill(pid, 'SIGKILL')
}
