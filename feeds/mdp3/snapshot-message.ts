import {
  BookClearReason,
  FLAG_IMPLIED_LIQUIDITY,
  LevelAction,
  Side,
  StaleReason,
} from '../../kernels/records/catalogue.ts'
import type { RecordBatch } from '../record-batch.ts'
import { ladderOf } from './book-levels.ts'
import { Mdp3Reject } from './counts.ts'
import type { DecodeContext } from './decode-context.ts'
import { SnapshotFullRefresh38 } from './generated/v9/snapshot-full-refresh-38.ts'
import { SnapshotFullRefresh52 } from './generated/v13/snapshot-full-refresh-52.ts'
import { SnapshotFullRefreshLongQty69 } from './generated/v13/snapshot-full-refresh-long-qty-69.ts'
import { Ladder } from './price-ladders.ts'
import { hasLimits, readLimits } from './price-limits.ts'
import { Slot } from './record-writer.ts'
import { BookState } from './security-table.ts'
import { isQuantityKind, statisticKindOf } from './statistic-kinds.ts'
import { Template } from './templates.ts'
import { NO_STATE, tradingStateOf } from './trading-states.ts'

type SnapshotMessages = SnapshotFullRefresh38 | SnapshotFullRefresh52 | SnapshotFullRefreshLongQty69

/**
 * Templates 38, 52 and 69: the whole book of an instrument as of its RptSeq, sent in a loop. Used only where the book is not
 * whole, and only if it is not older than what was already applied: nothing is held back to be applied after it.
 */
export class SnapshotMessage {
  isDone = true
  readonly #context: DecodeContext
  readonly #snapshot7 = new SnapshotFullRefresh38()
  readonly #snapshot = new SnapshotFullRefresh52()
  readonly #longQuantity = new SnapshotFullRefreshLongQty69()
  #message: SnapshotMessages = this.#snapshot
  /** Of the snapshot that is being applied; 0 before its first step. */
  #instrument = 0

  constructor(context: DecodeContext) {
    this.#context = context
  }

  begin(template: number, view: DataView, at: number, blockLength: number, version: number, end: number): boolean {
    if (template === Template.Snapshot7) this.#message = this.#snapshot7
    else if (template === Template.Snapshot) this.#message = this.#snapshot
    else this.#message = this.#longQuantity
    if (!this.#message.wrap(view, at, blockLength, version, end)) return false
    this.#instrument = 0
    this.isDone = !this.#isNeeded()
    return true
  }

  /** The first step empties the book, then one an entry, the last one states the rest. */
  step(batch: RecordBatch): void {
    if (this.#instrument === 0) this.#start(batch)
    else if (this.#message.noMDEntries.next()) this.#entry(batch)
    else this.#finish(batch)
  }

  #isNeeded(): boolean {
    const context = this.#context
    const { securities } = context
    const known = securities.find(this.#message.securityID)
    if (known === 0) return true
    if (securities.bookState[known] === BookState.Whole) return false
    if (this.#message.rptSeq + 1 >= securities.expected[known]!) return true
    context.reject(Mdp3Reject.OutdatedSnapshot)
    return false
  }

  #start(batch: RecordBatch): void {
    const context = this.#context
    this.#instrument = context.identify(this.#message.securityID, batch)
    if (this.#instrument === 0) {
      this.isDone = true
      return
    }
    context.emptyBook(this.#instrument, batch, BookClearReason.Snapshot)
  }

  #entry(batch: RecordBatch): void {
    const context = this.#context
    const entries = this.#message.noMDEntries
    const entryType = entries.mdEntryType
    if (ladderOf(entryType) >= 0) {
      this.#level(batch, ladderOf(entryType))
      return
    }
    const flag = entries.isOpenCloseSettlFlagNull ? 0 : entries.openCloseSettlFlag
    const kind = statisticKindOf(entryType, flag)
    if (kind === 0) return
    if (isQuantityKind(kind)) {
      if (this.#readQuantity()) context.writer.statistic(batch, this.#instrument, kind, flag, Slot.Quantity)
    } else if (!entries.isMdEntryPxMantissaNull && this.#readPrice()) {
      context.writer.statistic(batch, this.#instrument, kind, flag, Slot.Price)
    }
  }

  #level(batch: RecordBatch, ladder: Ladder): void {
    const { ladders, securities, writer } = this.#context
    const instrument = this.#instrument
    const entries = this.#message.noMDEntries
    const isImplied = ladder >= Ladder.ImpliedBid
    const depth = isImplied ? securities.impliedDepth[instrument]! : securities.depth[instrument]!
    const level = entries.mdPriceLevel
    if (level < 1 || level > depth) {
      this.#context.reject(Mdp3Reject.LevelOutOfRange)
      return
    }
    if (entries.isMdEntryPxMantissaNull || !this.#readPrice() || !this.#readQuantity()) return
    ladders.replace(instrument, ladder, level - 1, depth, writer.values, Slot.Price)
    const side = ladder === Ladder.Bid || ladder === Ladder.ImpliedBid ? Side.Buy : Side.Sell
    const orders = entries.isNumberOfOrdersNull ? 0 : entries.numberOfOrders
    const flags = writer.flags
    if (isImplied) writer.flags = flags | FLAG_IMPLIED_LIQUIDITY
    writer.level(batch, instrument, side, LevelAction.New, level - 1, orders)
    writer.flags = flags
  }

  #finish(batch: RecordBatch): void {
    const context = this.#context
    const { securities, writer } = context
    const instrument = this.#instrument
    const message = this.#message
    this.isDone = true
    if (hasLimits(message) && readLimits(context, message)) writer.priceLimits(batch, instrument)
    const state = tradingStateOf(message.mdSecurityTradingStatus)
    if (state !== NO_STATE) writer.tradingStatus(batch, instrument, state, 0)
    const before = securities.bookState[instrument]!
    securities.bookState[instrument] = BookState.Whole
    securities.expected[instrument] = message.rptSeq + 1
    if (before !== BookState.Unseen) writer.stale(batch, instrument, StaleReason.Recovered)
  }

  #readPrice(): boolean {
    const { mdEntryPxMantissaHigh, mdEntryPxMantissaLow } = this.#message.noMDEntries
    return this.#context.readPrice(mdEntryPxMantissaHigh, mdEntryPxMantissaLow, Slot.Price)
  }

  #readQuantity(): boolean {
    const context = this.#context
    const entries = this.#message.noMDEntries
    if (entries.isMdEntrySizeNull) return false
    if ('mdEntrySizeHigh' in entries) {
      return context.readLongQuantity(entries.mdEntrySizeHigh, entries.mdEntrySizeLow, Slot.Quantity)
    }
    return context.readQuantity(entries.mdEntrySize, Slot.Quantity)
  }
}
