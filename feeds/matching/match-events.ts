import { EventDouble, EventWord, MatchEvent, type MatchListener, type RejectReason } from './engine-codes.ts'
import { type EngineLimits, MatchBook } from './match-book.ts'
import { OrderCell, OrderCellShift, OrderFlag } from './order-cell.ts'

/** How the engine says what happens: one event at a time, in words that the listener reads. */
export class MatchEvents extends MatchBook {
  /** The event at hand, by `EventWord` and `EventDouble`. */
  readonly event = new Int32Array(EventWord.Words)
  readonly eventDoubles = new Float64Array(EventDouble.Doubles)
  /** Number of the latest execution or cross. */
  readonly match = new Float64Array(1)
  private readonly listener: MatchListener

  constructor(limits: EngineLimits, listener: MatchListener) {
    super(limits)
    this.listener = listener
  }

  /** Says something of an order, whose cell is still there. */
  protected emit(type: MatchEvent, slot: number, price: number, quantity: number, code: number): void {
    const { event, cells } = this
    const at = slot << OrderCellShift.Words
    event[EventWord.Type] = type
    event[EventWord.Slot] = slot
    event[EventWord.Instrument] = cells[at | OrderCell.BookSide]! >> 1
    event[EventWord.Price] = price
    event[EventWord.Quantity] = quantity
    event[EventWord.Code] = code
    event[EventWord.Account] = cells[at | OrderCell.Account]!
    event[EventWord.Tag] = cells[at | OrderCell.Tag]!
    this.listener.take()
  }

  /** One order's side of an execution. */
  protected emitExecuted(slot: number, price: number, quantity: number, liquidity: number, isResting: number): void {
    const { event, cells } = this
    const flags = cells[(slot << OrderCellShift.Words) | OrderCell.Flags]!
    event[EventWord.IsDisplayed] = (flags & (OrderFlag.Hidden | OrderFlag.OffBook)) === 0 ? 1 : 0
    event[EventWord.IsResting] = isResting
    this.eventDoubles[EventDouble.Match] = this.match[0]!
    this.emit(MatchEvent.Executed, slot, price, quantity, liquidity)
  }

  /** A displayed order leaves the feed. */
  protected emitRemoved(slot: number): void {
    this.eventDoubles[EventDouble.OldReference] = this.referenceOf(slot)
    this.emit(MatchEvent.Removed, slot, 0, 0, 0)
  }

  protected emitRejected(instrument: number, account: number, tag: number, reason: RejectReason): void {
    const { event } = this
    event.fill(0)
    event[EventWord.Type] = MatchEvent.Rejected
    event[EventWord.Instrument] = instrument
    event[EventWord.Code] = reason
    event[EventWord.Account] = account
    event[EventWord.Tag] = tag
    this.listener.take()
  }

  /** Says something of an instrument. */
  protected emitInstrument(type: MatchEvent, instrument: number, code: number): void {
    const { event } = this
    event.fill(0)
    event[EventWord.Type] = type
    event[EventWord.Instrument] = instrument
    event[EventWord.Code] = code
    this.listener.take()
  }

  /** Whether an order is in the feed while it rests. */
  protected isDisplayed(slot: number): boolean {
    const flags = this.cells[(slot << OrderCellShift.Words) | OrderCell.Flags]!
    return (flags & (OrderFlag.Hidden | OrderFlag.OffBook)) === 0
  }
}
