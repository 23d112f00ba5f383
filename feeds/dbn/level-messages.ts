import { FLAG_MORE, LevelUpdate, RecordType, Side, TopOfBook, Trade } from '../../kernels/records/catalogue.ts'
import { type DbnCounts, DbnReject } from './counts.ts'
import { type DbnCursor, PriceSlot, PriceState } from './cursor.ts'
import type { EventEnd } from './event-end.ts'
import { Action, LevelAt, MBP10_LEVELS, MbpAt, RType } from './layout.ts'
import type { LevelTable } from './level-table.ts'
import { headerFlags, toRestingSide } from './order-messages.ts'

/** 1 for the types whose records stand alone: samples of intervals, and trades without the book's changes between them. */
const STANDS_ALONE = new Uint8Array(256)
for (const type of [RType.Trade, RType.Tcbbo, RType.Cbbo1s, RType.Cbbo1m, RType.Bbo1s, RType.Bbo1m])
  STANDS_ALONE[type] = 1

/** 1 for the types that have an action: intervals have none, their price is that of the last trade, which is dropped. */
const HAS_ACTION = new Uint8Array(256)
for (const type of [RType.Trade, RType.Mbp1, RType.Mbp10, RType.Cmbp1, RType.Tcbbo]) HAS_ACTION[type] = 1

/**
 * Trades, best prices (of a venue or consolidated, at every change or once an interval) and the ten best levels.
 * Source: Databento, schemas trades, mbp-1, mbp-10, tbbo, bbo, cmbp-1, cbbo and tcbbo.
 */
export class DbnLevelMessages {
  readonly #cursor: DbnCursor
  readonly #levels: LevelTable
  readonly #events: EventEnd
  readonly #counts: DbnCounts
  /** How many of the levels' changes are written; as many as there are when none is due. */
  #written = 0
  #isTradeDue = false

  constructor(cursor: DbnCursor, levels: LevelTable, events: EventEnd, counts: DbnCounts) {
    this.#cursor = cursor
    this.#levels = levels
    this.#events = events
    this.#counts = counts
  }

  /** Whether records of the last level record are still to be written: `resume` goes on. */
  get isPending(): boolean {
    return this.#written < this.#levels.count || this.#isTradeDue
  }

  /**
   * Decodes the record at the cursor.
   * @param isTradesOnly the file holds only those level records that are trades (the schema tbbo)
   * @returns how many records were appended
   */
  decode(type: number, isTradesOnly: boolean): number {
    const cursor = this.#cursor
    cursor.flags = headerFlags(cursor.readU8(MbpAt.Flags))
    if (STANDS_ALONE[type] === 1 || isTradesOnly) cursor.flags &= ~FLAG_MORE
    const action = HAS_ACTION[type] === 1 ? cursor.readU8(MbpAt.Action) : Action.None
    let isTrade = action === Action.Trade
    if (isTrade && cursor.readPrice(MbpAt.Price, PriceSlot.Third) !== PriceState.Given) {
      this.#counts.reject(type, DbnReject.BadPrice)
      isTrade = false
    }
    if (type === RType.Mbp10) return this.#tenLevels(isTrade, action)
    if (type === RType.Trade) return isTrade ? this.#trade() : 0
    const records = this.#top(type, isTrade)
    return this.#events.close(cursor, records, action)
  }

  /** Writes what did not fit the batch before. The cursor still stands at the record. */
  resume(): number {
    const cursor = this.#cursor
    const levels = this.#levels
    const { flags } = cursor
    let records = 0
    while (this.#written < levels.count && cursor.batch.hasRoom()) {
      const isLast = this.#written === levels.count - 1 && !this.#isTradeDue
      cursor.flags = isLast ? flags : flags | FLAG_MORE
      this.#writeLevel(this.#written++)
      records++
    }
    cursor.flags = flags
    if (this.#written === levels.count && this.#isTradeDue && cursor.batch.hasRoom()) {
      this.#isTradeDue = false
      records += this.#trade()
    }
    return records
  }

  #top(type: number, isTrade: boolean): number {
    const cursor = this.#cursor
    const bid = cursor.readPrice(MbpAt.Levels + LevelAt.BidPrice, PriceSlot.First)
    const ask = cursor.readPrice(MbpAt.Levels + LevelAt.AskPrice, PriceSlot.Second)
    if (bid === PriceState.OutOfRange || ask === PriceState.OutOfRange) {
      this.#counts.reject(type, DbnReject.BadPrice)
      return isTrade ? this.#trade() : 0
    }
    const { flags, price } = cursor
    if (isTrade) cursor.flags |= FLAG_MORE
    const to = cursor.begin(RecordType.TopOfBook, TopOfBook.Bytes)
    cursor.flags = flags
    const { f64 } = cursor
    const hasBid = bid === PriceState.Given
    const hasAsk = ask === PriceState.Given
    f64[(to + TopOfBook.BidPrice) >> 3] = price[PriceSlot.First]!
    f64[(to + TopOfBook.BidQuantity) >> 3] = hasBid ? cursor.readI32(MbpAt.Levels + LevelAt.BidSize) >>> 0 : 0
    f64[(to + TopOfBook.AskPrice) >> 3] = price[PriceSlot.Second]!
    f64[(to + TopOfBook.AskQuantity) >> 3] = hasAsk ? cursor.readI32(MbpAt.Levels + LevelAt.AskSize) >>> 0 : 0
    f64[(to + TopOfBook.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    return isTrade ? 1 + this.#trade() : 1
  }

  #tenLevels(isTrade: boolean, action: number): number {
    const cursor = this.#cursor
    const levels = this.#levels
    levels.begin()
    for (let index = 0; index < MBP10_LEVELS; index++) {
      this.#putLevel(MbpAt.Levels + index * LevelAt.Bytes, Side.Buy)
      this.#putLevel(MbpAt.Levels + index * LevelAt.Bytes, Side.Sell)
    }
    levels.compare(cursor.instrument)
    this.#written = 0
    this.#isTradeDue = isTrade
    const due = levels.count + (isTrade ? 1 : 0)
    return due === 0 ? this.#events.close(cursor, 0, action) : this.#begin(due, action)
  }

  /** The event's state is noted once, by what the record will have become. */
  #begin(due: number, action: number): number {
    this.#events.close(this.#cursor, due, action)
    return this.resume()
  }

  #putLevel(offset: number, side: Side): void {
    const cursor = this.#cursor
    const isBuy = side === Side.Buy
    const state = cursor.readPrice(offset + (isBuy ? LevelAt.BidPrice : LevelAt.AskPrice), PriceSlot.First)
    const size = cursor.readI32(offset + (isBuy ? LevelAt.BidSize : LevelAt.AskSize)) >>> 0
    if (state === PriceState.OutOfRange) this.#counts.reject(RType.Mbp10, DbnReject.BadPrice)
    if (state !== PriceState.Given || size === 0) return
    const orders = cursor.readI32(offset + (isBuy ? LevelAt.BidCount : LevelAt.AskCount))
    this.#levels.put(side, cursor.price, PriceSlot.First, size, orders)
  }

  #writeLevel(change: number): void {
    const cursor = this.#cursor
    const levels = this.#levels
    const to = cursor.begin(RecordType.LevelUpdate, LevelUpdate.Bytes)
    const { i32, f64 } = cursor
    i32[(to + LevelUpdate.Side) >> 2] = levels.side[change]!
    i32[(to + LevelUpdate.Action) >> 2] = levels.action[change]!
    f64[(to + LevelUpdate.Price) >> 3] = levels.price[change]!
    f64[(to + LevelUpdate.Quantity) >> 3] = levels.quantity[change]!
    f64[(to + LevelUpdate.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    i32[(to + LevelUpdate.OrderCount) >> 2] = levels.orders[change]!
    i32[(to + LevelUpdate.LevelIndex) >> 2] = levels.index[change]!
  }

  /** The price was read to the third slot. */
  #trade(): number {
    const cursor = this.#cursor
    const to = cursor.begin(RecordType.Trade, Trade.Bytes)
    const { i32, f64 } = cursor
    i32[(to + Trade.ReferenceLow) >> 2] = 0
    i32[(to + Trade.ReferenceHigh) >> 2] = 0
    f64[(to + Trade.Price) >> 3] = cursor.price[PriceSlot.Third]!
    f64[(to + Trade.Quantity) >> 3] = cursor.readI32(MbpAt.Size) >>> 0
    f64[(to + Trade.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    i32[(to + Trade.MatchLow) >> 2] = cursor.readI32(MbpAt.Sequence)
    i32[(to + Trade.MatchHigh) >> 2] = 0
    i32[(to + Trade.Side) >> 2] = toRestingSide(cursor.readU8(MbpAt.Side))
    i32[(to + Trade.Reserved) >> 2] = 0
    return 1
  }
}
