import type { RecordBatch } from '../record-batch.ts'
import type { DecodeContext } from './decode-context.ts'
import { Slot } from './record-writer.ts'

/**
 * What a gap in a channel's packets means for the instruments whose orders the readers follow: changes of orders have no
 * numbers of their own, so any of them may have been in a packet that is missing. Books by price see by their own numbers
 * (RptSeq) whether they lost something.
 */
export class PacketLoss {
  isDone = true
  readonly #context: DecodeContext
  /** Index in the list of instruments of the one that loses its book next. */
  #next = 0

  constructor(context: DecodeContext) {
    this.#context = context
  }

  /** Packets of the context's channel are missing before the one at hand. */
  begin(): void {
    const { writer } = this.#context
    writer.flags = 0
    writer.values[Slot.SourceTime] = writer.values[Slot.SendingTime]!
    this.#next = 0
    this.#findNext()
  }

  /** One instrument loses its book. */
  step(batch: RecordBatch): void {
    this.#context.loseBook(this.#context.securities.list[this.#next]!, batch)
    this.#next++
    this.#findNext()
  }

  #findNext(): void {
    const { securities, channel } = this.#context
    const { list, count } = securities
    for (; this.#next < count; this.#next++) {
      const instrument = list[this.#next]!
      if (securities.channel[instrument] === channel && securities.isByOrder(instrument)) break
    }
    this.isDone = this.#next >= count
  }
}
