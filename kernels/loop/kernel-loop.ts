import type { Region } from '../region/region.ts'
import { ControlWord } from './regions.ts'
import { isOrphaned } from './supervisor-life.ts'

/** What a loop drives: a kernel does a bounded amount of work a step and never blocks inside. */
export interface StepKernel {
  /** @returns how much was done; 0 means that there was nothing to do */
  step(budget: number): number
  /** Whether a stop request ends its loop; the kernels behind the I/O kernel end when that one has. */
  readonly obeysStop: boolean
  /** Called once when the supervisor has died: nobody will restart, stop or report anything any more. */
  orphan(): void
  /** Whether there will never be anything to do again. */
  readonly isFinished: boolean
}

/** How a loop passes the time when a step found nothing to do. */
export interface LoopWaiter {
  /** Called after an empty step; may spin, yield or sleep a bounded time. */
  idle(): void
  /** Called after a step that did something. */
  active(): void
}

/** Turns between two looks at whether the supervisor still lives: a fraction of a second even for a loop that sleeps. */
const TURNS_PER_PARENT_CHECK = 1024

export enum LoopEnd {
  Finished = 0,
  /** The supervisor asked for it. */
  Stopped = 1,
}

/**
 * The bare loop of a kernel process: no event loop, no allocation. It beats the region's heart once a turn, obeys the
 * control words, and only waits when a step did nothing.
 */
export function runKernelLoop(
  kernel: StepKernel,
  region: Region,
  control: Int32Array,
  waiter: LoopWaiter,
  budget: number,
): LoopEnd {
  let isOrphan = false
  for (let turn = 1; ; turn = (turn + 1) | 0) {
    region.beat()
    if ((turn & (TURNS_PER_PARENT_CHECK - 1)) === 0 && !isOrphan && isOrphaned()) {
      isOrphan = true
      kernel.orphan()
    }
    if (kernel.obeysStop && Atomics.load(control, ControlWord.Stop) !== 0) return LoopEnd.Stopped
    if (kernel.step(budget) === 0) {
      if (kernel.isFinished) return LoopEnd.Finished
      waiter.idle()
    } else waiter.active()
  }
}
