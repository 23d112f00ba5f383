import type { RecordBatch } from '../record-batch.ts'
import type { DecodeContext } from './decode-context.ts'
import { MDIncrementalRefreshOrderBook43 } from './generated/v9/md-incremental-refresh-order-book-43.ts'
import { MDIncrementalRefreshOrderBook47 } from './generated/v13/md-incremental-refresh-order-book-47.ts'
import { changeOrder } from './order-changes.ts'
import { Slot } from './record-writer.ts'
import { Template } from './templates.ts'

/** Templates 43 and 47: changes of orders outside the levels that the book by price shows. They have no RptSeq. */
export class OrderMessage {
  isDone = true
  readonly #context: DecodeContext
  readonly #orders7 = new MDIncrementalRefreshOrderBook43()
  readonly #orders = new MDIncrementalRefreshOrderBook47()
  #message: MDIncrementalRefreshOrderBook43 | MDIncrementalRefreshOrderBook47 = this.#orders

  constructor(context: DecodeContext) {
    this.#context = context
  }

  begin(template: number, view: DataView, at: number, blockLength: number, version: number, end: number): boolean {
    this.#message = template === Template.OrderBook7 ? this.#orders7 : this.#orders
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
    const instrument = context.identify(entries.securityID, batch)
    if (instrument === 0) return
    const { values } = context.writer
    values[Slot.Price] = 0
    if (!entries.isMdEntryPxMantissaNull) {
      if (!context.readPrice(entries.mdEntryPxMantissaHigh, entries.mdEntryPxMantissaLow, Slot.Price)) return
    }
    if (!context.readQuantity(entries.isMdDisplayQtyNull ? 0 : entries.mdDisplayQty, Slot.Quantity)) return
    const { mdEntryType, mdUpdateAction, orderIDLow, orderIDHigh } = entries
    changeOrder(context, batch, instrument, mdEntryType, mdUpdateAction, orderIDLow, orderIDHigh)
  }
}
