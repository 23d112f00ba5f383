import { FLAG_MORE, SessionEventCode } from '../../kernels/records/catalogue.ts'
import { FLOWS_MAX } from '../net/flow-table.ts'
import type { RecordBatch } from '../record-batch.ts'
import { PitchContext } from './context.ts'
import { PitchReject } from './counts.ts'
import { PitchType, TimeAt, TimeReferenceAt } from './layout.ts'
import { MarketMessages } from './market-messages.ts'
import { MarketRecords } from './market-records.ts'
import { PITCH_LENGTH_MIN } from './message-lengths.ts'
import { OrderMessages } from './order-messages.ts'
import { ReferenceMessages } from './reference-messages.ts'
import { SPIN_ACCEPTED, SpinResponseAt } from './session-layout.ts'
import type { PitchState } from './state.ts'
import { MessageHeader } from './unit-layout.ts'

/** Messages of these types have no time offset where the others have it. */
const UNTIMED = new Uint8Array(256)
UNTIMED.fill(1, 0, PitchType.Time + 1)
UNTIMED.fill(1, PitchType.SpinImageAvailable, PitchType.DefinitionResponse + 1)
for (const type of [
  PitchType.SymbolMapping,
  PitchType.ConstituentMapping,
  PitchType.TimeReference,
  PitchType.FuturesDefinition,
]) {
  UNTIMED[type] = 1
}

/**
 * Decodes PITCH messages in place into normalised records; docs/protocol-records-pitch.md says which record each message
 * becomes. One decoder serves one protocol of a source. Nothing throws: what is not as specified is counted.
 */
export class PitchDecoder {
  readonly context: PitchContext
  readonly #state: PitchState
  readonly #orders: OrderMessages
  readonly #market: MarketMessages
  readonly #records: MarketRecords
  readonly #reference: ReferenceMessages
  /** By flow: a spin image is under way, its records are of a snapshot. */
  readonly #isSpinning = new Uint8Array(FLOWS_MAX + 1)
  /** Instrument to look at next while a unit's books are cleared; 0 when none are. */
  #clearing = 0

  constructor(state: PitchState, isFutures: boolean) {
    this.#state = state
    this.context = new PitchContext(state, isFutures)
    this.#orders = new OrderMessages(this.context)
    this.#records = new MarketRecords(this.context)
    this.#market = new MarketMessages(this.context, this.#records)
    this.#reference = new ReferenceMessages(this.context)
  }

  /** Whether the flow's records are part of a spin image. */
  isSpinning(flow: number): boolean {
    return this.#isSpinning[flow] === 1
  }

  /** Ends a flow's spin image: its connection lost bytes. */
  endSpin(flow: number): void {
    this.#isSpinning[flow] = 0
  }

  /** Whether the last message has more records than it could append: call `clearMore`. */
  get isClearing(): boolean {
    return this.#clearing !== 0
  }

  /**
   * Decodes one message; the batch must have room for it. The context says whose it is.
   * @param at offset of the message's length byte; all of the message lies within the context's bytes
   * @param nextType type of the message behind it in the same block, 0 where there is none
   */
  decode(at: number, length: number, nextType: number): void {
    const { context } = this
    const type = context.bytes[at + MessageHeader.Type]!
    const least = PITCH_LENGTH_MIN[type]!
    if (least === 0 || length < least) {
      context.counts.rejectShape(type)
      return
    }
    context.counts.byType[type]!++
    if (UNTIMED[type] === 0) context.stamp(at)
    const { session } = context
    if (this.#state.isInTransaction[session] === 0) {
      this.#dispatch(type, at, length)
      return
    }
    const { flags, records } = context
    if (nextType !== PitchType.TransactionEnd) context.flags = flags | FLAG_MORE
    this.#dispatch(type, at, length)
    if (context.records !== records) this.#state.isMoreDue[session] = context.flags === flags ? 0 : 1
    context.flags = flags
  }

  #dispatch(type: number, at: number, length: number): void {
    switch (type) {
      case PitchType.AddShort:
      case PitchType.AddLong:
      case PitchType.AddExpanded:
        this.#orders.add(type, at, length)
        break
      case PitchType.Delete:
        this.#orders.delete(at)
        break
      case PitchType.ModifyShort:
      case PitchType.ModifyLong:
        this.#orders.modify(type, at, length)
        break
      case PitchType.Executed:
        this.#orders.executed(at)
        break
      case PitchType.ReduceShort:
      case PitchType.ReduceLong:
        this.#orders.reduce(type, at)
        break
      case PitchType.TradeShort:
      case PitchType.TradeLong:
      case PitchType.TradeExpanded:
        this.#market.trade(type, at)
        break
      case PitchType.Time:
        this.#time(at, length)
        break
      default:
        this.#dispatchRare(type, at, length)
        break
    }
  }

  #dispatchRare(type: number, at: number, length: number): void {
    switch (type) {
      case PitchType.ExecutedAtPrice:
        this.#orders.executedAtPrice(at)
        break
      case PitchType.TradeBreak:
        this.#market.tradeBreak(at)
        break
      case PitchType.TradingStatus:
        this.#market.tradingStatus(at)
        break
      case PitchType.AuctionUpdate:
      case PitchType.OptionsAuctionUpdate:
        this.#market.auctionUpdate(type, at)
        break
      case PitchType.AuctionSummary:
        this.#market.auctionSummary(at)
        break
      case PitchType.RetailInterest:
        this.#market.retailInterest(at)
        break
      case PitchType.AuctionNotification:
        this.#market.notification(at)
        break
      case PitchType.AuctionCancel:
        this.#market.auctionCancel(at)
        break
      case PitchType.AuctionTrade:
        this.#market.auctionTrade(at)
        break
      case PitchType.EndOfSession:
        this.#records.sessionEvent(type, SessionEventCode.EndOfMessages)
        break
      default:
        this.#dispatchReference(type, at, length)
        break
    }
  }

  #dispatchReference(type: number, at: number, length: number): void {
    switch (type) {
      case PitchType.SymbolMapping:
      case PitchType.ConstituentMapping:
        this.#reference.mapping(at)
        break
      case PitchType.ComplexDefinition:
      case PitchType.DesignatedDefinition:
        this.#reference.complex(at, length)
        break
      case PitchType.FuturesDefinition:
        this.#reference.futures(at, length)
        break
      case PitchType.Settlement:
        this.#reference.settlement(at)
        break
      case PitchType.OpenInterest:
        this.#reference.openInterest(at)
        break
      case PitchType.EndOfDaySummary:
        this.#reference.summary(at)
        break
      case PitchType.PriceLimits:
        this.#reference.priceLimits(at)
        break
      default:
        this.#control(type, at)
        break
    }
  }

  /** Messages that say how to read the others. */
  #control(type: number, at: number): void {
    const { context } = this
    const { session, view } = context
    switch (type) {
      case PitchType.TimeReference: {
        const second = view.getUint32(at + TimeReferenceAt.Seconds, true)
        this.#setSecond(at, second, view.getUint32(at + TimeReferenceAt.Midnight, true))
        return
      }
      case PitchType.TransactionBegin:
        this.#state.isInTransaction[session] = 1
        return
      case PitchType.TransactionEnd:
        this.#endTransaction(session)
        break
      case PitchType.UnitClear:
        this.#clearing = 1
        return
      case PitchType.SpinResponse:
        this.#isSpinning[context.line] = context.bytes[at + SpinResponseAt.Status] === SPIN_ACCEPTED ? 1 : 0
        return
      case PitchType.SpinFinished:
        this.#isSpinning[context.line] = 0
        return
      default:
    }
  }

  #time(at: number, length: number): void {
    const { context } = this
    const { view } = context
    const second = view.getUint32((at + TimeAt.Seconds) | 0, true)
    if (length >= TimeAt.BytesWithEpoch) {
      this.#setSecond(at, second, view.getUint32((at + TimeAt.EpochSeconds) | 0, true) - second)
    } else if (!this.#state.clock.setSecond(context.session, second)) {
      context.reject(at, PitchReject.TimeOutOfRange)
    }
  }

  #setSecond(at: number, second: number, midnight: number): void {
    const { context } = this
    if (midnight < 0 || !this.#state.clock.setSecondSince(context.session, second, midnight)) {
      context.reject(at, PitchReject.TimeOutOfRange)
    }
  }

  /** A transaction whose last record had to say that more follow, since its end was not in sight, ends with an event. */
  #endTransaction(session: number): void {
    const { context } = this
    this.#state.isInTransaction[session] = 0
    if (this.#state.isMoreDue[session] === 0) return
    this.#state.isMoreDue[session] = 0
    context.flags &= ~FLAG_MORE
    this.#records.sessionEvent(PitchType.TransactionEnd, SessionEventCode.Other)
  }

  /** Goes on emptying the books of the unit at hand, those that have orders, while the batch has room. */
  clearMore(batch: RecordBatch): void {
    const { symbols, orders } = this.#state
    const { unit } = this.context
    while (batch.hasRoom()) {
      if (this.#clearing > symbols.lastId) {
        this.#clearing = 0
        return
      }
      const instrument = this.#clearing++
      if (symbols.unitOf[instrument] === unit && orders.clear(instrument)) this.#records.clearBook(instrument)
    }
  }
}
