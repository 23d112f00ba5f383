import type { RecordBatch } from '../record-batch.ts'
import { BookLevels, ladderOf } from './book-levels.ts'
import { Mdp3Reject } from './counts.ts'
import type { DecodeContext } from './decode-context.ts'
import { MDIncrementalRefreshBook32 } from './generated/v9/md-incremental-refresh-book-32.ts'
import { MDIncrementalRefreshBook46 } from './generated/v13/md-incremental-refresh-book-46.ts'
import { MDIncrementalRefreshBookLongQty64 } from './generated/v13/md-incremental-refresh-book-long-qty-64.ts'
import { MDEntryType } from './generated/v13/types.ts'
import { changeOrder } from './order-changes.ts'
import { Slot } from './record-writer.ts'
import { OrderState } from './security-table.ts'
import { Template } from './templates.ts'

/** The group's count is a byte. */
const ENTRIES_MAX = 256

type BookMessages = MDIncrementalRefreshBook32 | MDIncrementalRefreshBook46 | MDIncrementalRefreshBookLongQty64

/** Templates 32, 46 and 64: changes of books by price, and the orders behind them. */
export class BookMessage {
  isDone = true
  readonly #context: DecodeContext
  readonly #levels: BookLevels
  readonly #book7 = new MDIncrementalRefreshBook32()
  readonly #book = new MDIncrementalRefreshBook46()
  readonly #longQuantity = new MDIncrementalRefreshBookLongQty64()
  #message: BookMessages = this.#book
  /** Instrument of each entry that was used; an order names its entry. */
  readonly #instruments = new Int32Array(ENTRIES_MAX)

  constructor(context: DecodeContext) {
    this.#context = context
    this.#levels = new BookLevels(context)
  }

  begin(template: number, view: DataView, at: number, blockLength: number, version: number, end: number): boolean {
    if (template === Template.Book7) this.#message = this.#book7
    else if (template === Template.Book) this.#message = this.#book
    else this.#message = this.#longQuantity
    const message = this.#message
    if (!message.wrap(view, at, blockLength, version, end)) return false
    this.#context.noteEvent(message.transactTimeHigh, message.transactTimeLow, message.matchEventIndicator)
    this.isDone = false
    this.#findEnd()
    return true
  }

  /** Decodes one entry. */
  step(batch: RecordBatch): void {
    const { noMDEntries, noOrderIDEntries } = this.#message
    if (noMDEntries.index + 1 < noMDEntries.count && noOrderIDEntries.index < 0) this.#entry(batch)
    else if (noOrderIDEntries.next()) this.#order(batch)
    this.#findEnd()
  }

  /** The message is done with its last entry, so that the last record of an event can be told. */
  #findEnd(): void {
    const { noMDEntries, noOrderIDEntries } = this.#message
    if (noOrderIDEntries.index < 0 && noMDEntries.index + 1 < noMDEntries.count) return
    this.isDone = noOrderIDEntries.index + 1 >= noOrderIDEntries.count
  }

  #entry(batch: RecordBatch): void {
    const context = this.#context
    const entries = this.#message.noMDEntries
    entries.next()
    this.#instruments[entries.index] = 0
    const instrument = context.admit(entries.securityID, entries.rptSeq, batch)
    if (instrument === 0) return
    this.#instruments[entries.index] = instrument
    const hasPrice = !entries.isMdEntryPxMantissaNull
    if (hasPrice && !this.#readPrice()) return
    if (!this.#readQuantity(entries)) return
    const orders = entries.isNumberOfOrdersNull ? 0 : entries.numberOfOrders
    const { mdEntryType, mdUpdateAction, mdPriceLevel } = entries
    this.#chooseForm(instrument, mdEntryType)
    this.#levels.apply(batch, instrument, mdEntryType, mdUpdateAction, mdPriceLevel, orders, hasPrice)
  }

  /** The first level of an empty book tells whether the channel carries the orders; then the readers follow those. */
  #chooseForm(instrument: number, entryType: number): void {
    const { orderState } = this.#context.securities
    if (orderState[instrument] !== OrderState.Empty) return
    if (entryType !== MDEntryType.Bid && entryType !== MDEntryType.Offer) return
    orderState[instrument] = this.#message.noOrderIDEntries.count > 0 ? OrderState.Whole : OrderState.Unknown
  }

  #readPrice(): boolean {
    const { mdEntryPxMantissaHigh, mdEntryPxMantissaLow } = this.#message.noMDEntries
    return this.#context.readPrice(mdEntryPxMantissaHigh, mdEntryPxMantissaLow, Slot.Price)
  }

  #readQuantity(entries: BookMessages['noMDEntries']): boolean {
    const context = this.#context
    context.writer.values[Slot.Quantity] = 0
    if (entries.isMdEntrySizeNull) return true
    if ('mdEntrySizeHigh' in entries) {
      return context.readLongQuantity(entries.mdEntrySizeHigh, entries.mdEntrySizeLow, Slot.Quantity)
    }
    return context.readQuantity(entries.mdEntrySize, Slot.Quantity)
  }

  /** An order belongs to the entry that it names, from 1; orders of entries that were not used are not used. */
  #order(batch: RecordBatch): void {
    const context = this.#context
    const { noMDEntries: entries, noOrderIDEntries: orders } = this.#message
    const entry = orders.referenceID - 1
    if (!entries.go(entry)) {
      context.reject(Mdp3Reject.BadMessage)
      return
    }
    const instrument = this.#instruments[entry]!
    if (instrument === 0 || ladderOf(entries.mdEntryType) < 0) return
    if (!this.#readPrice()) return
    if (!context.readQuantity(orders.isMdDisplayQtyNull ? 0 : orders.mdDisplayQty, Slot.Quantity)) return
    const { orderIDLow, orderIDHigh, orderUpdateAction } = orders
    changeOrder(context, batch, instrument, entries.mdEntryType, orderUpdateAction, orderIDLow, orderIDHigh)
  }
}
