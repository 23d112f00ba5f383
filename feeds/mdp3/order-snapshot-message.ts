import { BookClearReason, Side, StaleReason } from '../../kernels/records/catalogue.ts'
import type { RecordBatch } from '../record-batch.ts'
import { Mdp3Reject } from './counts.ts'
import type { DecodeContext } from './decode-context.ts'
import { SnapshotFullRefreshOrderBook44 } from './generated/v9/snapshot-full-refresh-order-book-44.ts'
import { SnapshotFullRefreshOrderBook53 } from './generated/v13/snapshot-full-refresh-order-book-53.ts'
import { MDEntryType } from './generated/v13/types.ts'
import { Slot } from './record-writer.ts'
import { BookState, OrderState } from './security-table.ts'
import { Template } from './templates.ts'

/**
 * Templates 44 and 53: all orders of an instrument, in numbered chunks. Used where the book is not whole, and only if it
 * includes every change that was seen: nothing is held back to be applied after it. A change that comes between the chunks,
 * or a chunk out of its turn, makes it useless; the next loop brings another.
 */
export class OrderSnapshotMessage {
  isDone = true
  readonly #context: DecodeContext
  readonly #snapshot7 = new SnapshotFullRefreshOrderBook44()
  readonly #snapshot = new SnapshotFullRefreshOrderBook53()
  #message: SnapshotFullRefreshOrderBook44 | SnapshotFullRefreshOrderBook53 = this.#snapshot
  /** SecurityID and number of the latest chunk that was used. */
  #latestSecurity = 0
  #latestChunk = 0
  #hasStarted = false

  constructor(context: DecodeContext) {
    this.#context = context
  }

  begin(template: number, view: DataView, at: number, blockLength: number, version: number, end: number): boolean {
    this.#message = template === Template.OrderSnapshot7 ? this.#snapshot7 : this.#snapshot
    const message = this.#message
    if (!message.wrap(view, at, blockLength, version, end)) return false
    this.#hasStarted = false
    const { currentChunk, securityID } = message
    this.isDone = currentChunk === 1 ? !this.#isNeeded() : !this.#isNext()
    if (this.isDone) return true
    this.#latestSecurity = securityID
    this.#latestChunk = currentChunk
    return true
  }

  /** The first step of the first chunk empties the book; then one an order. */
  step(batch: RecordBatch): void {
    const context = this.#context
    const message = this.#message
    const entries = message.noMDEntries
    const instrument = context.identify(message.securityID, batch)
    const isFirst = !this.#hasStarted
    this.#hasStarted = true
    if (instrument === 0) this.isDone = true
    else if (isFirst && message.currentChunk === 1) this.#start(batch, instrument)
    else {
      if (entries.next()) this.#order(batch, instrument)
      if (entries.index + 1 >= entries.count) this.#endChunk(batch, instrument)
    }
  }

  /** Whether a snapshot that begins here is to be used. */
  #isNeeded(): boolean {
    const context = this.#context
    const { securities } = context
    const known = securities.find(this.#message.securityID)
    if (known === 0) return true
    if (securities.bookState[known] === BookState.Whole) return false
    if (this.#message.lastMsgSeqNumProcessed >= securities.orderPacket[known]!) return true
    context.reject(Mdp3Reject.OutdatedSnapshot)
    return false
  }

  #isNext(): boolean {
    const { securities } = this.#context
    const { currentChunk, securityID } = this.#message
    if (securities.orderState[securities.find(securityID)] !== OrderState.Loading) return false
    return this.#latestSecurity === securityID && this.#latestChunk + 1 === currentChunk
  }

  #start(batch: RecordBatch, instrument: number): void {
    const context = this.#context
    const { ladders, securities, writer } = context
    if (securities.bookState[instrument] === BookState.Unseen) {
      securities.bookState[instrument] = BookState.NoSnapshot
      writer.stale(batch, instrument, StaleReason.NoSnapshot)
    }
    context.emptyBook(instrument, batch, BookClearReason.Snapshot)
    // The levels are not in the snapshot; they stay unknown.
    ladders.forgetAll(instrument)
    securities.orderState[instrument] = OrderState.Loading
    securities.orderSnapshotPacket[instrument] = this.#message.lastMsgSeqNumProcessed
    if (this.#message.noMDEntries.count === 0) this.#endChunk(batch, instrument)
  }

  #order(batch: RecordBatch, instrument: number): void {
    const context = this.#context
    const entries = this.#message.noMDEntries
    const { mdEntryType, mdDisplayQty, mdEntryPxMantissaHigh, mdEntryPxMantissaLow } = entries
    if (mdEntryType !== MDEntryType.Bid && mdEntryType !== MDEntryType.Offer) {
      context.reject(Mdp3Reject.UnknownEntryType)
      return
    }
    if (!context.readQuantity(mdDisplayQty, Slot.Quantity)) return
    if (!context.readPrice(mdEntryPxMantissaHigh, mdEntryPxMantissaLow, Slot.Price)) return
    const side = mdEntryType === MDEntryType.Bid ? Side.Buy : Side.Sell
    context.writer.orderAdd(batch, instrument, side, entries.orderIDLow, entries.orderIDHigh)
  }

  #endChunk(batch: RecordBatch, instrument: number): void {
    const { securities, writer } = this.#context
    this.isDone = true
    if (this.#message.currentChunk < this.#message.noChunks) return
    securities.orderState[instrument] = OrderState.Whole
    securities.bookState[instrument] = BookState.Whole
    writer.stale(batch, instrument, StaleReason.Recovered)
  }
}
