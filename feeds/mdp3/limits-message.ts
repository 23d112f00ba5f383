import type { RecordBatch } from '../record-batch.ts'
import type { DecodeContext } from './decode-context.ts'
import { MDIncrementalRefreshLimitsBanding34 } from './generated/v9/md-incremental-refresh-limits-banding-34.ts'
import { MDIncrementalRefreshLimitsBanding50 } from './generated/v13/md-incremental-refresh-limits-banding-50.ts'
import { readLimits } from './price-limits.ts'
import { Template } from './templates.ts'

/** Templates 34 and 50: the prices between which an instrument may trade. */
export class LimitsMessage {
  isDone = true
  readonly #context: DecodeContext
  readonly #limits7 = new MDIncrementalRefreshLimitsBanding34()
  readonly #limits = new MDIncrementalRefreshLimitsBanding50()
  #message: MDIncrementalRefreshLimitsBanding34 | MDIncrementalRefreshLimitsBanding50 = this.#limits

  constructor(context: DecodeContext) {
    this.#context = context
  }

  begin(template: number, view: DataView, at: number, blockLength: number, version: number, end: number): boolean {
    this.#message = template === Template.Limits7 ? this.#limits7 : this.#limits
    const message = this.#message
    if (!message.wrap(view, at, blockLength, version, end)) return false
    this.#context.noteEvent(message.transactTimeHigh, message.transactTimeLow, message.matchEventIndicator)
    this.isDone = this.#message.noMDEntries.count === 0
    return true
  }

  /** Decodes one entry. */
  step(batch: RecordBatch): void {
    const context = this.#context
    const entries = this.#message.noMDEntries
    entries.next()
    this.isDone = entries.index + 1 >= entries.count
    const instrument = context.admit(entries.securityID, entries.rptSeq, batch)
    // A limit that was taken away is stated, too: both sides without a bound.
    if (instrument !== 0 && readLimits(context, entries)) context.writer.priceLimits(batch, instrument)
  }
}
