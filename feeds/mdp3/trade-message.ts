import { NO_SIDE, Side } from '../../kernels/records/catalogue.ts'
import type { RecordBatch } from '../record-batch.ts'
import { Mdp3Reject } from './counts.ts'
import type { DecodeContext } from './decode-context.ts'
import { MDIncrementalRefreshTrade36 } from './generated/v8/md-incremental-refresh-trade-36.ts'
import { MDIncrementalRefreshTradeSummary42 } from './generated/v9/md-incremental-refresh-trade-summary-42.ts'
import { MDIncrementalRefreshTradeSummary48 } from './generated/v13/md-incremental-refresh-trade-summary-48.ts'
import { MDIncrementalRefreshTradeSummaryLongQty65 } from './generated/v13/md-incremental-refresh-trade-summary-long-qty-65.ts'
import { AggressorSide, MDUpdateAction } from './generated/v13/types.ts'
import { Slot } from './record-writer.ts'
import { Template } from './templates.ts'

type TradeMessages =
  | MDIncrementalRefreshTrade36
  | MDIncrementalRefreshTradeSummary42
  | MDIncrementalRefreshTradeSummary48
  | MDIncrementalRefreshTradeSummaryLongQty65

/**
 * Templates 36, 42, 48 and 65: a trade for each entry. The orders of all entries follow in one group, those of an entry
 * together and the aggressor's first; the record takes the first one's reference.
 */
export class TradeMessage {
  isDone = true
  readonly #context: DecodeContext
  readonly #trade7 = new MDIncrementalRefreshTrade36()
  readonly #summary7 = new MDIncrementalRefreshTradeSummary42()
  readonly #summary = new MDIncrementalRefreshTradeSummary48()
  readonly #longQuantity = new MDIncrementalRefreshTradeSummaryLongQty65()
  #message: TradeMessages = this.#summary
  /** Index of the entry's first order. */
  #firstOrder = 0

  constructor(context: DecodeContext) {
    this.#context = context
  }

  begin(template: number, view: DataView, at: number, blockLength: number, version: number, end: number): boolean {
    this.#message = this.#messageOf(template)
    const message = this.#message
    if (!message.wrap(view, at, blockLength, version, end)) return false
    this.#context.noteEvent(message.transactTimeHigh, message.transactTimeLow, message.matchEventIndicator)
    this.#firstOrder = 0
    this.isDone = this.#message.noMDEntries.count === 0
    return true
  }

  /** Decodes one entry. */
  step(batch: RecordBatch): void {
    const context = this.#context
    const entries = this.#message.noMDEntries
    entries.next()
    this.isDone = entries.index + 1 >= entries.count
    const firstOrder = this.#firstOrder
    // Null is the largest i32.
    const hasOrders = entries.numberOfOrders > 0 && entries.numberOfOrders < 0x7fffffff
    if (hasOrders) this.#firstOrder = firstOrder + entries.numberOfOrders
    const instrument = context.identify(entries.securityID, batch)
    if (instrument === 0) return
    // A trade that comes late is a trade nevertheless.
    context.follow(instrument, entries.rptSeq, batch)
    const { mdEntryPxMantissaHigh, mdEntryPxMantissaLow } = entries
    if (!context.readPrice(mdEntryPxMantissaHigh, mdEntryPxMantissaLow, Slot.Price)) return
    if (!this.#readQuantity(entries)) return
    this.#emit(batch, instrument, hasOrders ? firstOrder : -1)
  }

  #messageOf(template: number): TradeMessages {
    switch (template) {
      case Template.Trade7:
        return this.#trade7
      case Template.TradeSummary7:
        return this.#summary7
      case Template.TradeSummary:
        return this.#summary
      default:
        return this.#longQuantity
    }
  }

  #readQuantity(entries: TradeMessages['noMDEntries']): boolean {
    const context = this.#context
    if ('mdEntrySizeHigh' in entries) {
      return context.readLongQuantity(entries.mdEntrySizeHigh, entries.mdEntrySizeLow, Slot.Quantity)
    }
    return context.readQuantity(entries.mdEntrySize, Slot.Quantity)
  }

  #emit(batch: RecordBatch, instrument: number, order: number): void {
    const { writer } = this.#context
    const entries = this.#message.noMDEntries
    const match = this.#matchOf(entries)
    const action = entries.mdUpdateAction
    if (action > MDUpdateAction.Delete) {
      this.#context.reject(Mdp3Reject.UnknownAction)
      return
    }
    // A correction takes the trade back and states it again; without a number there is nothing to take back by.
    if (action !== MDUpdateAction.New && match !== 0) writer.tradeBreak(batch, instrument, match)
    if (action === MDUpdateAction.Delete) return
    const side = restingSide(entries.aggressorSide)
    const message = this.#message
    if (order >= 0 && 'noOrderIDEntries' in message && message.noOrderIDEntries.go(order)) {
      const { orderIDLow, orderIDHigh } = message.noOrderIDEntries
      writer.trade(batch, instrument, side, orderIDLow, orderIDHigh, match)
    } else writer.trade(batch, instrument, side, 0, 0, match)
  }

  /** The trade's number, as int32; 0 where it has none. */
  #matchOf(entries: TradeMessages['noMDEntries']): number {
    if ('tradeID' in entries) return entries.tradeID
    if ('isMdTradeEntryIDNull' in entries && entries.isMdTradeEntryIDNull) return 0
    return entries.mdTradeEntryID | 0
  }
}

/** The records name the side that was resting in the book; without an aggressor there is none. */
function restingSide(aggressor: number): number {
  if (aggressor === AggressorSide.Buy) return Side.Sell
  return aggressor === AggressorSide.Sell ? Side.Buy : NO_SIDE
}
