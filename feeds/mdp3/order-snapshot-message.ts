import { Side } from '../../kernels/records/catalogue.ts'
import type { RecordBatch } from '../record-batch.ts'
import { Mdp3Reject } from './counts.ts'
import type { DecodeContext } from './decode-context.ts'
import { SnapshotFullRefreshOrderBook44 } from './generated/v9/snapshot-full-refresh-order-book-44.ts'
import { SnapshotFullRefreshOrderBook53 } from './generated/v13/snapshot-full-refresh-order-book-53.ts'
import { MDEntryType } from './generated/v13/types.ts'
import { Slot } from './record-writer.ts'
import { OrderState } from './security-table.ts'
import { Template } from './templates.ts'

/**
 * Templates 44 and 53: all orders of an instrument, in numbered chunks. Used where no order is known: nothing was seen yet, or
 * a gap emptied the book. An instrument whose orders are known in part keeps what it has.
 */
export class OrderSnapshotMessage {
  isDone = true
  readonly #context: DecodeContext
  readonly #snapshot7 = new SnapshotFullRefreshOrderBook44()
  readonly #snapshot = new SnapshotFullRefreshOrderBook53()
  #message: SnapshotFullRefreshOrderBook44 | SnapshotFullRefreshOrderBook53 = this.#snapshot
  /** SecurityID and number of the chunk that comes next. */
  #nextSecurity = 0
  #nextChunk = 0

  constructor(context: DecodeContext) {
    this.#context = context
  }

  begin(template: number, view: DataView, at: number, blockLength: number, version: number, end: number): boolean {
    this.#message = template === Template.OrderSnapshot7 ? this.#snapshot7 : this.#snapshot
    const message = this.#message
    if (!message.wrap(view, at, blockLength, version, end)) return false
    this.isDone = true
    if (message.currentChunk === 1) {
      const known = this.#context.securities.find(message.securityID)
      const state = known === 0 ? OrderState.Unseen : this.#context.securities.orderState[known]!
      this.#nextSecurity = message.securityID
      this.#nextChunk = state === OrderState.Unseen || state === OrderState.Lost ? 1 : 0
    }
    const isNext = this.#nextSecurity === message.securityID && this.#nextChunk === message.currentChunk
    // A chunk out of its turn: the snapshot is of no use, the next loop brings another.
    if (!isNext) this.#nextChunk = 0
    else if (message.noMDEntries.count > 0) this.isDone = false
    else this.#endChunk()
    return true
  }

  /** Hands out one order. */
  step(batch: RecordBatch): void {
    const context = this.#context
    const entries = this.#message.noMDEntries
    entries.next()
    this.isDone = entries.index + 1 >= entries.count
    const instrument = context.identify(this.#message.securityID, batch)
    if (instrument !== 0) this.#order(batch, instrument)
    if (this.isDone) this.#endChunk()
  }

  #order(batch: RecordBatch, instrument: number): void {
    const context = this.#context
    const entries = this.#message.noMDEntries
    const { mdEntryType, mdDisplayQty, mdEntryPxMantissaHigh, mdEntryPxMantissaLow } = entries
    if (mdEntryType !== MDEntryType.Bid && mdEntryType !== MDEntryType.Offer) {
      context.reject(Mdp3Reject.UnknownEntryType)
      return
    }
    if (mdDisplayQty < 0) {
      context.reject(Mdp3Reject.QuantityOutOfRange)
      return
    }
    if (!context.readPrice(mdEntryPxMantissaHigh, mdEntryPxMantissaLow, Slot.Price)) return
    context.writer.values[Slot.Quantity] = mdDisplayQty
    const side = mdEntryType === MDEntryType.Bid ? Side.Buy : Side.Sell
    context.writer.orderAdd(batch, instrument, side, entries.orderIDLow, entries.orderIDHigh)
  }

  #endChunk(): void {
    const { securities } = this.#context
    const { noChunks, securityID } = this.#message
    const instrument = securities.find(securityID)
    if (this.#nextChunk >= noChunks && instrument !== 0) securities.orderState[instrument] = OrderState.Whole
    this.#nextChunk++
  }
}
