import type { RecordBatch } from '../record-batch.ts'
import type { DecodeContext } from './decode-context.ts'
import { ChannelReset4 } from './generated/v13/channel-reset-4.ts'

/** Template 4: all books of the packet's channel are empty, and their instruments' numbers begin anew. */
export class ChannelResetMessage {
  isDone = true
  readonly #message = new ChannelReset4()
  readonly #context: DecodeContext
  /** Index in the list of instruments of the one that is reset next. */
  #next = 0

  constructor(context: DecodeContext) {
    this.#context = context
  }

  begin(view: DataView, at: number, blockLength: number, version: number, end: number): boolean {
    const message = this.#message
    if (!message.wrap(view, at, blockLength, version, end)) return false
    this.#context.noteEvent(message.transactTimeHigh, message.transactTimeLow, message.matchEventIndicator)
    this.isDone = false
    this.#next = 0
    this.#findNext()
    return true
  }

  /** Resets one instrument. */
  step(batch: RecordBatch): void {
    this.#context.restart(this.#context.securities.list[this.#next]!, batch)
    this.#next++
    this.#findNext()
  }

  #findNext(): void {
    const { channel, list, count } = this.#context.securities
    while (this.#next < count && channel[list[this.#next]!] !== this.#context.channel) this.#next++
    this.isDone = this.#next >= count
  }
}
