import { isProcessAlive } from '../host/process.ts'
import type { StepKernel } from '../loop/kernel-loop.ts'
import { ControlWord, StopRequest } from '../loop/regions.ts'
import { StoragePosition, StorageState } from '../loop/storage-positions.ts'
import { RegionState } from '../region/layout.ts'
import type { Region } from '../region/region.ts'
import type { StorageAssembly } from './assemble.ts'
import type { WrittenProbe } from './latency-probe.ts'

/** What the storage kernel leaves behind for the report. */
export interface StorageReport {
  readonly inboundDigest: string
  readonly outboundDigest: string
}

function isOver(region: Region): boolean {
  return region.state === RegionState.Stopped || region.state === RegionState.Failed
}

/** Drives the storage kernel's steps and knows when it may go: both writers are gone and both rings are empty. */
export class StorageHost implements StepKernel {
  readonly obeysStop = false
  readonly #assembly: StorageAssembly
  readonly #io: Region
  readonly #strategy: Region
  readonly #control: Int32Array
  #isOrphan = false
  readonly #probe: WrittenProbe | undefined

  /** @param control the supervisor's control words */
  constructor(assembly: StorageAssembly, io: Region, strategy: Region, control: Int32Array, probe?: WrittenProbe) {
    this.#probe = probe
    this.#control = control
    this.#assembly = assembly
    this.#io = io
    this.#strategy = strategy
  }

  step(budget: number): number {
    const done = this.#assembly.kernel.step(budget)
    if (done > 0) this.#probe?.note(this.#assembly.kernel.positions, StoragePosition.WrittenInbound)
    return done
  }

  get isFinished(): boolean {
    const { kernel } = this.#assembly
    if (kernel.state !== StorageState.Running) return true
    const isLost = Atomics.load(this.#control, ControlWord.Stop) === StopRequest.KernelLost
    const isLast = isLost || (this.#isGone(this.#io) && this.#isGone(this.#strategy))
    return isLast && kernel.step(1) === 0 && kernel.flush()
  }

  orphan(): void {
    this.#isOrphan = true
  }

  #isGone(region: Region): boolean {
    return isOver(region) || (this.#isOrphan && !isProcessAlive(region.ownerPid, region.ownerStartTicks))
  }

  report(): StorageReport {
    const { kernel } = this.#assembly
    return { inboundDigest: kernel.inboundDigest.hex(), outboundDigest: kernel.outboundDigest.hex() }
  }
}
