import { describeBookCounts } from '../../feeds/book/book-counts.ts'
import type { StepKernel } from '../loop/kernel-loop.ts'
import { ControlWord, IoCounterSlot, StopRequest } from '../loop/regions.ts'
import { RegionState } from '../region/layout.ts'
import type { Region } from '../region/region.ts'
import type { IoAssembly } from './assemble.ts'
import type { MarketInput, MarketInputFacts } from './market-input.ts'

/** What the I/O kernel leaves behind for the report. */
export interface IoReport {
  readonly input: MarketInputFacts
  readonly heldRecords: number
  readonly requestsAfterEnd: number
  readonly idleSpells: number
  readonly idleSkippedNs: number
  /** What the venue's book counted, such as unknown references. */
  readonly book: Readonly<Record<string, number>>
}

/** Drives the I/O kernel's steps, keeps its counters fresh, and knows when it may go. */
export class IoHost implements StepKernel {
  readonly obeysStop = true
  readonly #assembly: IoAssembly
  readonly #source: MarketInput
  readonly #strategy: Region
  readonly #control: Int32Array

  constructor(assembly: IoAssembly, source: MarketInput, strategy: Region, control: Int32Array) {
    this.#control = control
    this.#assembly = assembly
    this.#source = source
    this.#strategy = strategy
  }

  step(budget: number): number {
    const done = this.#assembly.kernel.step(budget)
    this.#count()
    return done
  }

  /** The session is over and the strategy kernel, which may still send something, has gone. */
  get isFinished(): boolean {
    if (!this.#assembly.kernel.isFinished) return false
    if (Atomics.load(this.#control, ControlWord.Stop) === StopRequest.KernelLost) return true
    const state = this.#strategy.state
    return state === RegionState.Stopped || state === RegionState.Failed
  }

  /** Ends the session now, whatever the capture still holds. */
  endEarly(): void {
    this.#assembly.kernel.endEarly()
  }

  /** Cancels what is live and ends the session: nobody is left who could. */
  orphan(): void {
    this.endEarly()
  }

  #count(): void {
    const { counters, kernel, gate, path, pacer } = this.#assembly
    counters[IoCounterSlot.inboundRecords] = kernel.facts[0]!
    counters[IoCounterSlot.heldRecords] = kernel.facts[1]!
    counters[IoCounterSlot.marketRecords] = kernel.facts[2]!
    counters[IoCounterSlot.lastTimeNs] = kernel.facts[3]!
    counters[IoCounterSlot.requestsRouted] = path.counts[0]!
    counters[IoCounterSlot.requestsRejected] = path.counts[1]!
    counters[IoCounterSlot.requestsAfterEnd] = path.counts[2]!
    counters[IoCounterSlot.fills] = gate.state.fills[0]!
    counters[IoCounterSlot.idleSkippedNs] = pacer.skipped[0]!
    counters[IoCounterSlot.idleSpells] = pacer.skipped[1]!
    counters[IoCounterSlot.progress] = this.#source.progress[0]!
  }

  report(): IoReport {
    const { kernel, path, pacer, venue } = this.#assembly
    return {
      input: this.#source.facts(),
      heldRecords: kernel.facts[1]!,
      requestsAfterEnd: path.counts[2]!,
      idleSpells: pacer.skipped[1]!,
      idleSkippedNs: pacer.skipped[0]!,
      book: describeBookCounts(venue.book.counts),
    }
  }
}
