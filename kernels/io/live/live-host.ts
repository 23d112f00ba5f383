import { OUCH_FAULT_NAMES } from '../../../feeds/ouch/faults.ts'
import { SESSION_COUNT_NAMES } from '../../../feeds/soupbintcp/session/session-counts.ts'
import type { StepKernel } from '../../loop/kernel-loop.ts'
import { ControlWord, IoCounterSlot, StopRequest } from '../../loop/regions.ts'
import { RegionState } from '../../region/layout.ts'
import type { Region } from '../../region/region.ts'
import { DROP_COPY_COUNT_NAMES, type DropCopy } from '../drop-copy/drop-copy.ts'
import { ENTRY_COUNT_NAMES } from '../entry/entry-counts.ts'
import { ENTRY_EVENT_NAMES, ENTRY_STATE_NAMES } from '../entry/order-states.ts'
import { SEND_STAMP_COUNT_NAMES } from '../entry/send-stamps.ts'
import { venueStateOf } from '../entry/venue-state.ts'
import type { LiveAssembly } from './assemble-live.ts'
import { LiveCount } from './live-counts.ts'
import { HALT_CAUSE_NAMES } from './safeguards.ts'

/** What the live I/O kernel leaves behind for the report: counters by name, those of zero left out. */
export interface LiveReport {
  readonly marketRecords: number
  readonly heldSteps: number
  /** Requests that came when the session had ended: they have no verdict. */
  readonly requestsAfterEnd: number
  readonly feed: Readonly<Record<string, unknown>>
  readonly session: Readonly<Record<string, number>>
  readonly entry: Readonly<Record<string, number>>
  /** Messages of the venue that were none, by reason. */
  readonly faults: Readonly<Record<string, number>>
  /** Answers that an order's state does not allow, as `state event`. */
  readonly illegalTransitions: Readonly<Record<string, number>>
  /** What the drop copy told; null where none is configured. */
  readonly dropCopy: DropCopyReport | null
  /** Operators' commands that were taken. */
  readonly commands: number
  /** Times that trading was halted, by cause. */
  readonly halts: Readonly<Record<string, number>>
  /** Longest time from each cause of a halt until the socket had the last cancel, ns. */
  readonly cancelNsMax: Readonly<Record<string, number>>
  /** Largest error of the clock that was told, ns; 0 where nobody asks. */
  readonly clockErrorNsMax: number
  /** Orders that left, by whether it is known when; the hop itself is `packetToWire`. */
  readonly sendStamps: Readonly<Record<string, number>>
  /** Orders still open when the session ended. */
  readonly openOrders: number
  /** Why nothing more was sent, or empty. */
  readonly brokenBy: string
}

/** What came of comparing executions with the venue's copies of them. */
export interface DropCopyReport {
  /** Executions of which both said the same. */
  readonly matched: number
  readonly breaks: number
  readonly counts: Readonly<Record<string, number>>
  readonly session: Readonly<Record<string, number>>
  /** Why nothing could be compared any more, or empty. */
  readonly brokenBy: string
}

/** Drives the live kernel's steps, keeps its counters fresh, and knows when it may go. */
export class LiveHost implements StepKernel {
  readonly obeysStop = true
  readonly #assembly: LiveAssembly
  readonly #strategy: Region
  readonly #control: Int32Array

  constructor(assembly: LiveAssembly, strategy: Region, control: Int32Array) {
    this.#assembly = assembly
    this.#strategy = strategy
    this.#control = control
  }

  step(budget: number): number {
    const done = this.#assembly.kernel.step(budget)
    const { counters, kernel, gate, gateway, dropCopy } = this.#assembly
    counters[IoCounterSlot.inboundRecords] = kernel.counts[LiveCount.InboundRecords]!
    counters[IoCounterSlot.marketRecords] = kernel.counts[LiveCount.MarketRecords]!
    counters[IoCounterSlot.heldRecords] = kernel.counts[LiveCount.HeldSteps]!
    counters[IoCounterSlot.requestsRouted] = kernel.counts[LiveCount.Routed]!
    counters[IoCounterSlot.requestsRejected] = kernel.counts[LiveCount.RejectedByGate]!
    counters[IoCounterSlot.requestsAfterEnd] = kernel.counts[LiveCount.RequestsAfterEnd]!
    counters[IoCounterSlot.fills] = gate.state.fills[0]!
    counters[IoCounterSlot.lastTimeNs] = kernel.counts[LiveCount.LastTimeNs]!
    // The end of a session closes it with the venue, too.
    if (!kernel.isFinished) counters[IoCounterSlot.venueState] = venueStateOf(gateway)
    if (dropCopy !== undefined) counters[IoCounterSlot.executionBreaks] = dropCopy.breaks.count
    return done
  }

  /** The session is over and the strategy kernel, which may still send something, has gone. */
  get isFinished(): boolean {
    if (!this.#assembly.kernel.isFinished) return false
    if (Atomics.load(this.#control, ControlWord.Stop) === StopRequest.KernelLost) return true
    const { state } = this.#strategy
    return state === RegionState.Stopped || state === RegionState.Failed
  }

  endEarly(): void {
    this.#assembly.kernel.endEarly()
  }

  /** The supervisor has died: orders are cancelled and the session ends. */
  orphan(): void {
    this.endEarly()
  }

  report(): LiveReport {
    const { kernel, source, gateway, dropCopy, operator, safeguards, sendStamps } = this.#assembly
    const { illegal } = gateway.orders
    const events = ENTRY_EVENT_NAMES.length
    const illegalNames = Array.from(illegal, (_, i) => {
      return `${ENTRY_STATE_NAMES[Math.floor(i / events)]} ${ENTRY_EVENT_NAMES[i % events]}`
    })
    return {
      marketRecords: kernel.counts[LiveCount.MarketRecords]!,
      heldSteps: kernel.counts[LiveCount.HeldSteps]!,
      requestsAfterEnd: kernel.counts[LiveCount.RequestsAfterEnd]!,
      feed: source.facts(),
      session: named(gateway.link.session.counts, SESSION_COUNT_NAMES),
      entry: named(gateway.counts, ENTRY_COUNT_NAMES),
      faults: named(gateway.faults, OUCH_FAULT_NAMES),
      illegalTransitions: named(illegal, illegalNames),
      dropCopy: dropCopy === undefined ? null : describeDropCopy(dropCopy),
      commands: operator.taken,
      halts: named(safeguards.counts, HALT_CAUSE_NAMES),
      cancelNsMax: named(kernel.cancels.longestNs, HALT_CAUSE_NAMES),
      clockErrorNsMax: safeguards.clockErrors[1]!,
      sendStamps: named(sendStamps.counts, SEND_STAMP_COUNT_NAMES),
      openOrders: gateway.orders.openCount,
      brokenBy: gateway.brokenBy,
    }
  }
}

function describeDropCopy({ check, breaks, counts, link, brokenBy }: DropCopy): DropCopyReport {
  return {
    matched: check.matched,
    breaks: breaks.count,
    counts: named(counts, DROP_COPY_COUNT_NAMES),
    session: named(link.session.counts, SESSION_COUNT_NAMES),
    brokenBy,
  }
}

function named(counts: Float64Array, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, counts[i]!]).filter(([, count]) => count !== 0))
}
