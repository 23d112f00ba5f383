import type { RecordViews } from '../../records/views.ts'
import type { JournalGate } from '../journal-gate.ts'
import { type RecordedOutbound, RecordedOutboundState } from '../recovery/recorded-outbound.ts'

/**
 * Requests in their order: first those that a dead kernel had before it and did not judge, then what comes over the ring.
 */
export class RequestBacklog {
  /** What the offsets of `next` are relative to. */
  views: RecordViews
  readonly #gate: JournalGate
  #recorded: RecordedOutbound | undefined
  #isHolding = false

  constructor(gate: JournalGate) {
    this.#gate = gate
    this.views = gate.views
  }

  /** Has the rest of these records come first. */
  prepend(recorded: RecordedOutbound): void {
    this.#recorded = recorded
  }

  /** @returns the offset in `views` of the next record that may leave, or -1 */
  next(): number {
    const recorded = this.#recorded
    if (recorded === undefined) return this.#gate.next()
    if (this.#isHolding) recorded.pass()
    const at = recorded.peek()
    this.#isHolding = at >= 0
    this.views = recorded.views
    if (at !== RecordedOutboundState.Passed) return at
    recorded.close()
    this.#recorded = undefined
    this.views = this.#gate.views
    return this.#gate.next()
  }

  /** Gives back to the ring what has left. */
  release(): void {
    this.#gate.release()
  }
}
