import { isProcessAlive } from '../host/process.ts'
import type { StepKernel } from '../loop/kernel-loop.ts'
import { ControlWord, StopRequest, StrategyCounterSlot } from '../loop/regions.ts'
import { RegionState } from '../region/layout.ts'
import type { Region } from '../region/region.ts'
import type { StrategyAssembly } from './assemble.ts'
import { StepEnd } from './stepper.ts'
import type { StrategySummary } from './strategy-kernel.ts'

/** What the strategy kernel leaves behind for the report. */
export interface StrategyReport {
  readonly strategies: readonly StrategySummary[]
  readonly lastSequence: number
}

/** Drives the strategy kernel's steps, keeps its counters fresh, and knows when it may go. */
export class StrategyHost implements StepKernel {
  readonly obeysStop = false
  readonly #assembly: StrategyAssembly
  readonly #io: Region
  readonly #control: Int32Array
  #isOrphan = false

  /** @param control the supervisor's control words */
  constructor(assembly: StrategyAssembly, io: Region, control: Int32Array) {
    this.#assembly = assembly
    this.#io = io
    this.#control = control
  }

  step(budget: number): number {
    const done = this.#assembly.stepper.step(budget)
    this.#count()
    return done
  }

  /** The session-end record is handled; or the I/O kernel is gone and everything that it left is. */
  get isFinished(): boolean {
    const { end } = this.#assembly.stepper
    if (end === StepEnd.Finished) return true
    const isLost = Atomics.load(this.#control, ControlWord.Stop) === StopRequest.KernelLost
    if (isLost || (this.#isOrphan && !isProcessAlive(this.#io.ownerPid, this.#io.ownerStartTicks))) return true
    if (end !== StepEnd.Idle) return false
    const { state } = this.#io
    return state === RegionState.Stopped || state === RegionState.Failed
  }

  orphan(): void {
    this.#isOrphan = true
  }

  #count(): void {
    const { counters, kernel, outbound } = this.#assembly
    counters[StrategyCounterSlot.inboundRecords] = kernel.facts[0]!
    counters[StrategyCounterSlot.blockedSteps] = kernel.facts[2]!
    counters[StrategyCounterSlot.outboundRecords] = kernel.outbound.sequence[0]!
    counters[StrategyCounterSlot.claimsRefused] = outbound.claimsRefused
  }

  report(): StrategyReport {
    const { kernel } = this.#assembly
    return { strategies: kernel.summarise(), lastSequence: kernel.lastSequence }
  }
}
