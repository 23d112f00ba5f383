import type { RecordBatch } from '../record-batch.ts'
import type { DecodeContext } from './decode-context.ts'
import { SecurityStatus30 } from './generated/v13/security-status-30.ts'
import { SecurityStatusWorkup60 } from './generated/v13/security-status-workup-60.ts'
import { NAME_WORDS } from './security-table.ts'
import { Template } from './templates.ts'
import { NO_STATE, reasonOf, tradingStateOf } from './trading-states.ts'

/**
 * Templates 30 and 60: the trading state of one instrument, or of all those of a group (and of an asset, where one is named)
 * whose definitions were seen.
 */
export class StatusMessage {
  isDone = true
  readonly #context: DecodeContext
  readonly #status = new SecurityStatus30()
  readonly #workup = new SecurityStatusWorkup60()
  #message: SecurityStatus30 | SecurityStatusWorkup60 = this.#status
  #state = 0
  /** Index in the list of instruments of the one that is looked at next; of a group only. */
  #next = 0

  constructor(context: DecodeContext) {
    this.#context = context
  }

  begin(template: number, view: DataView, at: number, blockLength: number, version: number, end: number): boolean {
    this.#message = template === Template.SecurityStatus ? this.#status : this.#workup
    const message = this.#message
    if (!message.wrap(view, at, blockLength, version, end)) return false
    this.#context.noteEvent(message.transactTimeHigh, message.transactTimeLow, message.matchEventIndicator)
    this.#state = tradingStateOf(this.#message.securityTradingStatus)
    this.#next = 0
    this.isDone = this.#state === NO_STATE
    if (!this.isDone && this.#isOfGroup()) this.#findMember()
    return true
  }

  /** States one instrument's state. */
  step(batch: RecordBatch): void {
    const context = this.#context
    const reason = reasonOf(this.#message.haltReason)
    if (!this.#isOfGroup()) {
      this.isDone = true
      const instrument = context.identify(this.#message.securityID, batch)
      if (instrument !== 0) context.writer.tradingStatus(batch, instrument, this.#state, reason)
      return
    }
    context.writer.tradingStatus(batch, context.securities.list[this.#next]!, this.#state, reason)
    this.#next++
    this.#findMember()
  }

  #isOfGroup(): boolean {
    return this.#message === this.#status && this.#status.isSecurityIDNull
  }

  /** Moves to the next instrument of the group; there may be none. */
  #findMember(): void {
    const { group, asset, list, count } = this.#context.securities
    const { view, securityGroupAt, assetAt } = this.#status
    const group0 = view.getInt32(securityGroupAt, true)
    const group1 = view.getUint16(securityGroupAt + 4, true)
    const asset0 = view.getInt32(assetAt, true)
    const asset1 = view.getUint16(assetAt + 4, true)
    for (; this.#next < count; this.#next++) {
      const at = list[this.#next]! * NAME_WORDS
      if (group[at] !== group0 || group[at + 1] !== group1) continue
      if (asset0 === 0 || (asset[at] === asset0 && asset[at + 1] === asset1)) return
    }
    this.isDone = true
  }
}
