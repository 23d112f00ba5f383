import { BookClearReason, FLAG_IMPLIED_LIQUIDITY, LevelAction, Side } from '../../kernels/records/catalogue.ts'
import type { RecordBatch } from '../record-batch.ts'
import { Mdp3Reject } from './counts.ts'
import type { DecodeContext } from './decode-context.ts'
import { MDEntryType, MDUpdateAction } from './generated/v13/types.ts'
import { Ladder } from './price-ladders.ts'
import { Slot } from './record-writer.ts'
import { BOOK_DEPTH_MAX } from './security-table.ts'

/** A level that fell off the book's end has no number any more. */
const LEVEL_UNKNOWN = 255

/** Which ladder an entry type is of; −1 for those that are no level of a book. */
const LADDERS = new Int8Array(256).fill(-1)
LADDERS[MDEntryType.Bid] = Ladder.Bid
LADDERS[MDEntryType.Offer] = Ladder.Offer
LADDERS[MDEntryType.ImpliedBid] = Ladder.ImpliedBid
LADDERS[MDEntryType.ImpliedOffer] = Ladder.ImpliedOffer

/** The ladder that an entry type (a byte) is of, or −1. */
export function ladderOf(entryType: number): number {
  return LADDERS[entryType]!
}

/**
 * Applies entries that name a level by its number to the instrument's ladder, and appends what that means by price. The
 * entry's price and quantity are in the writer's slots. An entry appends eleven records at most.
 */
export class BookLevels {
  readonly #context: DecodeContext
  /** Of the entry at hand. */
  #instrument = 0
  #ladder = Ladder.Bid
  #side = Side.Buy
  #depth = 0
  /** The readers follow the levels of this ladder. */
  #isShown = true

  constructor(context: DecodeContext) {
    this.#context = context
  }

  /**
   * @param level from 1, as on the wire
   * @param hasPrice the price's slot is filled: removals may come without
   */
  apply(
    batch: RecordBatch,
    instrument: number,
    entryType: number,
    action: number,
    level: number,
    orders: number,
    hasPrice: boolean,
  ): void {
    const context = this.#context
    const ladder = ladderOf(entryType)
    if (ladder < 0) {
      this.#special(batch, instrument, entryType)
      return
    }
    this.#instrument = instrument
    this.#ladder = ladder
    const isImplied = ladder >= Ladder.ImpliedBid
    const { securities, writer } = context
    this.#depth = isImplied ? securities.impliedDepth[instrument]! : securities.depth[instrument]!
    this.#side = ladder === Ladder.Bid || ladder === Ladder.ImpliedBid ? Side.Buy : Side.Sell
    if (level < 1 || level > this.#depth) {
      context.reject(Mdp3Reject.LevelOutOfRange)
      return
    }
    this.#isShown = isImplied || !securities.isByOrder(instrument)
    if (level === BOOK_DEPTH_MAX) securities.isDepthKnown[instrument] = 1
    const flags = writer.flags
    if (isImplied) writer.flags = flags | FLAG_IMPLIED_LIQUIDITY
    if (action === MDUpdateAction.New || action === MDUpdateAction.Change || action === MDUpdateAction.Overlay) {
      if (hasPrice) this.#put(batch, action, level - 1, orders)
      else context.reject(Mdp3Reject.PriceOutOfRange)
    } else this.#take(batch, action, level - 1, hasPrice)
    writer.flags = flags
    context.refresh.note(instrument)
  }

  /** Entry types without a level: a reset of the book (nothing stands in it from here on), and best prices beside the book, which are not used. */
  #special(batch: RecordBatch, instrument: number, entryType: number): void {
    if (entryType === MDEntryType.BookReset) this.#context.emptyBook(instrument, batch, BookClearReason.Reset)
    else if (entryType !== MDEntryType.MarketBestBid && entryType !== MDEntryType.MarketBestOffer) {
      this.#context.reject(Mdp3Reject.UnknownEntryType)
    }
  }

  #put(batch: RecordBatch, action: number, index: number, orders: number): void {
    const { ladders, writer } = this.#context
    const { values } = writer
    const isNew = action === MDUpdateAction.New
    if (isNew) ladders.insert(this.#instrument, this.#ladder, index, this.#depth, values, Slot.Price)
    else ladders.replace(this.#instrument, this.#ladder, index, this.#depth, values, Slot.Price)
    this.#removeFallen(batch, isNew ? LEVEL_UNKNOWN : index)
    const recordAction = isNew ? LevelAction.New : LevelAction.Change
    if (this.#isShown) writer.level(batch, this.#instrument, this.#side, recordAction, index, orders)
  }

  #take(batch: RecordBatch, action: number, index: number, hasPrice: boolean): void {
    const { ladders } = this.#context
    switch (action) {
      case MDUpdateAction.Delete:
        this.#delete(batch, index, hasPrice)
        return
      case MDUpdateAction.DeleteThru:
        // From the best level to the one that is named.
        for (let left = index; left >= 0; left--) {
          ladders.remove(this.#instrument, this.#ladder, 0, this.#depth)
          this.#removeFallen(batch, index - left)
        }
        return
      case MDUpdateAction.DeleteFrom:
        // From the level that is named to the worst.
        for (let at = index; at < this.#depth; at++) {
          ladders.remove(this.#instrument, this.#ladder, index, this.#depth)
          this.#removeFallen(batch, at)
        }
        return
      default:
        this.#context.reject(Mdp3Reject.UnknownAction)
    }
  }

  /** The entry's own price counts: the ladder may not know the level yet. */
  #delete(batch: RecordBatch, index: number, hasPrice: boolean): void {
    const { ladders, writer } = this.#context
    const { values } = writer
    ladders.remove(this.#instrument, this.#ladder, index, this.#depth)
    if (!hasPrice || ladders.removed[0] === values[Slot.Price]) {
      this.#removeFallen(batch, index)
      return
    }
    values[Slot.Quantity] = 0
    ladders.forget(this.#instrument, this.#ladder, this.#depth, values, Slot.Price)
    if (this.#isShown) writer.level(batch, this.#instrument, this.#side, LevelAction.Delete, index, 0)
    this.#removeFallen(batch, index)
  }

  /** Appends the removal of the price that the ladder has just lost, if there was one; the entry's own values stay. */
  #removeFallen(batch: RecordBatch, index: number): void {
    const { ladders, writer } = this.#context
    const { values } = writer
    if (Number.isNaN(ladders.removed[0]) || !this.#isShown) return
    const price = values[Slot.Price]!
    const quantity = values[Slot.Quantity]!
    values[Slot.Price] = ladders.removed[0]!
    values[Slot.Quantity] = 0
    writer.level(batch, this.#instrument, this.#side, LevelAction.Delete, index, 0)
    values[Slot.Price] = price
    values[Slot.Quantity] = quantity
  }
}
