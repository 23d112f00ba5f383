import type { SnapshotBarrier } from '../loop/snapshot-barrier.ts'
import { Header, RecordType } from '../records/catalogue.ts'
import type { RingConsumer } from '../ring/consumer.ts'
import type { StrategyProbe } from './latency-probe.ts'
import type { StrategyKernel } from './strategy-kernel.ts'

/** What ended a step. */
export enum StepEnd {
  /** The budget is used up. */
  Budget = 0,
  /** No inbound record is there. */
  Idle = 1,
  /** The outbound ring has no room. */
  Blocked = 2,
  /** The session-end record was handled. */
  Finished = 3,
}

/** Drains an inbound ring into a strategy kernel: publishes outbound records first, then gives inbound ones back. */
export class StrategyStepper {
  end = StepEnd.Idle
  /** Records that were on the ring and had been handled before: the overlap of journal and ring on a resume. */
  overlap = 0
  /** Takes snapshots, where any are wanted. */
  barrier: SnapshotBarrier | undefined
  readonly #kernel: StrategyKernel
  readonly #consumer: RingConsumer
  readonly #probe: StrategyProbe | undefined
  #pendingAt = -1
  #pendingPosition = 0
  #isFinished = false

  /** @param probe measures real time, where anyone wants to know */
  constructor(kernel: StrategyKernel, consumer: RingConsumer, probe?: StrategyProbe) {
    this.#kernel = kernel
    this.#consumer = consumer
    this.#probe = probe
  }

  /** Handles at most `budget` records. @returns how many it handled; why it ended is in `end` */
  step(budget: number): number {
    const consumer = this.#consumer
    let done = 0
    this.end = StepEnd.Budget
    while (done < budget) {
      if (this.#pendingAt < 0 && !this.#take()) break
      if (!this.#handle()) {
        this.end = StepEnd.Blocked
        break
      }
      done++
    }
    this.#kernel.outbound.publish()
    if (this.#pendingAt < 0) consumer.release()
    else consumer.releaseTo(this.#pendingPosition)
    return done
  }

  #take(): boolean {
    this.#pendingPosition = this.#consumer.position()
    this.#pendingAt = this.#consumer.next()
    if (this.#pendingAt >= 0) return true
    this.end = this.#isFinished ? StepEnd.Finished : StepEnd.Idle
    return false
  }

  #handle(): boolean {
    const { views } = this.#consumer
    const at = this.#pendingAt
    const kernel = this.#kernel
    if (views.f64[(at + Header.Sequence) >> 3]! <= kernel.facts[0]!) this.overlap++
    else {
      const sequences = kernel.outbound.sequence
      const before = sequences[0]!
      this.#probe?.notePickUp(views, at)
      if (!kernel.onRecord(views, at)) return false
      const emitted = sequences[0]! - before
      if (emitted > 0) this.#probe?.noteEmitted(sequences, 0, emitted)
      // Per record, not per step: an order does not wait for the records behind its cause.
      kernel.outbound.publish()
      if (this.barrier?.advance(kernel.facts) === true) this.barrier.take(kernel)
    }
    if (views.u16[(at + Header.Type) >> 1] === RecordType.SessionEnd) {
      this.#isFinished = true
      this.barrier?.finish()
    }
    this.#pendingAt = -1
    return true
  }
}
