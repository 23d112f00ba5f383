import type { StepKernel } from '../../loop/kernel-loop.ts'
import { isPromoted } from '../../loop/promotion.ts'
import { ControlWord, StandbyCounterSlot, StandbyState, StopRequest } from '../../loop/regions.ts'
import type { LiveFollower } from './follower.ts'

/** Drives the standby's steps, keeps its counters fresh, and knows when it is to take over, or may go. */
export class StandbyHost implements StepKernel {
  readonly obeysStop = false
  readonly #follower: LiveFollower
  readonly #control: Int32Array
  readonly #promotion: Int32Array
  readonly #counters: Float64Array
  #isOrphan = false

  /**
   * @param control the supervisor's control words
   * @param promotion the supervisor's words by which it promotes a standby
   * @param counters the standby's own
   */
  constructor(follower: LiveFollower, control: Int32Array, promotion: Int32Array, counters: Float64Array) {
    this.#follower = follower
    this.#control = control
    this.#promotion = promotion
    this.#counters = counters
  }

  step(budget: number): number {
    const done = this.#follower.step(budget)
    this.#count()
    return done
  }

  /** Whether it is to take over; it then has nothing left to do at the dead kernel's heels. */
  get isPromoted(): boolean {
    return isPromoted(this.#promotion, process.pid)
  }

  get isFinished(): boolean {
    if (this.#isOrphan || Atomics.load(this.#control, ControlWord.Stop) === StopRequest.KernelLost) return true
    return this.isPromoted || this.#follower.isAtEnd
  }

  orphan(): void {
    this.#isOrphan = true
  }

  #count(): void {
    const follower = this.#follower
    const counters = this.#counters
    counters[StandbyCounterSlot.inboundRecords] = follower.kernel.facts[0]!
    counters[StandbyCounterSlot.compared] = follower.published.compared[0]!
    counters[StandbyCounterSlot.journaled] = follower.journaled
    if (!follower.isNear) counters[StandbyCounterSlot.state] = StandbyState.Behind
    else if (follower.isLevel) counters[StandbyCounterSlot.state] = StandbyState.Level
  }
}
