import { OrderState, OuchCancelReason, OuchLiquidity, Reject42, Reject50 } from '../../../feeds/ouch/codes.ts'
import { OuchField, type OuchMessage } from '../../../feeds/ouch/message.ts'
import { Response42 } from '../../../feeds/ouch/response-layout-42.ts'
import { Response50 } from '../../../feeds/ouch/response-layout-50.ts'
import { OuchVersion } from '../../../feeds/ouch/versions.ts'
import { CancelReason, Liquidity, RecordType, RejectReason } from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import { EntryCount } from './entry-counts.ts'
import { type EntryOrders, NO_SLOT } from './entry-orders.ts'
import { KnownExecutions } from './known-executions.ts'
import { EntryEvent, EntryState } from './order-states.ts'
import type { OrderTokens } from './order-tokens.ts'
import type { ResponseRecords } from './response-records.ts'
import type { VenueSymbols } from './venue-symbols.ts'

const FOUND = 0
/** Executions that are known again when they are repeated. */
const EXECUTIONS_MAX = 1 << 16

/** Who compares executions with what others say of them. */
export interface ExecutionWitness {
  /** Order entry tells an execution of the order in a slot, before its state moves. @param numbers of its message */
  told(slot: number, numbers: Float64Array): void
}

export interface TranslatorParts {
  readonly orders: EntryOrders
  readonly records: ResponseRecords
  readonly tokens: OrderTokens
  readonly symbols: VenueSymbols
  readonly version: OuchVersion
  /** By `EntryCount`. */
  readonly counts: Float64Array
}

/**
 * Takes the venue's messages into the orders and tells strategies of them. An answer that the order's state does not allow is
 * counted there; a fill is told all the same: it has happened. One that is told again has not, and is counted. What the venue
 * passes over in silence, because the order had ended while the request was on its way, is answered here.
 */
export class ResponseTranslator {
  witness: ExecutionWitness | undefined
  readonly #parts: TranslatorParts
  readonly #numbers = new Float64Array(1)
  readonly #executions = new KnownExecutions(EXECUTIONS_MAX)

  constructor(parts: TranslatorParts) {
    this.#parts = parts
  }

  /** Saves or restores which executions were told. */
  archive(archive: StateArchive): void {
    this.#executions.archive(archive)
  }

  /** Takes one message of the venue. */
  take(message: OuchMessage): void {
    const { counts, records, version } = this.#parts
    records.sourceTime[0] = message.numbers[OuchField.Timestamp]!
    switch (message.type) {
      case Response42.SystemEvent:
        counts[EntryCount.SystemEvents]!++
        return
      case Response42.Executed:
        this.#execute(message)
        return
      case Response42.ExecutedWithReference:
        // OUCH 5.0 uses the letter to tell that order entry is disabled.
        if (version === OuchVersion.V42) this.#execute(message)
        return
      case Response50.EntryEnabled:
      case Response50.MassCancelDone:
      case Response50.AccountState:
        return
      default:
        this.#takeOfOrder(message)
    }
  }

  #takeOfOrder(message: OuchMessage): void {
    const slot = this.#find(message)
    if (slot === NO_SLOT) return
    switch (message.type) {
      case Response42.Accepted:
        this.#accept(slot, message)
        return
      case Response42.Replaced:
        this.#replace(slot, message)
        return
      case Response42.Cancelled:
      case Response42.AiqCancelled:
        this.#cancel(slot, message)
        return
      case Response42.Rejected:
        this.#reject(slot, message)
        return
      case Response42.CancelRejected:
        this.#refuseCancel(slot)
        return
      default:
        this.#note(slot, message)
    }
  }

  /** The order that a message names; unknown ones are counted. */
  #find(message: OuchMessage): number {
    const { orders, tokens, version, counts } = this.#parts
    const isOurs = tokens.find(message, version, this.#numbers, FOUND)
    const slot = isOurs ? orders.findSequence(this.#numbers, FOUND) : NO_SLOT
    if (slot === NO_SLOT) counts[EntryCount.UnknownOrders]!++
    return slot
  }

  /** Tells that an order never reached the venue, and puts back what it was to replace. */
  refuseUnanswered(slot: number): void {
    const { orders, records } = this.#parts
    const replaced = orders.replaces[slot]!
    orders.apply(slot, EntryEvent.Reject)
    if (replaced !== NO_SLOT) orders.apply(replaced, EntryEvent.ReplaceRefused)
    orders.unlink(slot)
    orders.leaves[slot] = 0
    const type = replaced === NO_SLOT ? RecordType.NewOrder : RecordType.ReplaceOrder
    records.reject(slot, type, RejectReason.VenueNotReached)
    this.#answerPending(slot)
  }

  #accept(slot: number, message: OuchMessage): void {
    const { orders, records } = this.#parts
    if (!orders.apply(slot, EntryEvent.Accept)) return
    orders.leaves[slot] = message.numbers[OuchField.Shares]!
    this.#storePrice(slot, message.numbers, orders.price, slot)
    records.accept(slot, message.numbers)
    if (message.numbers[OuchField.OrderState] === OrderState.Dead) this.#die(slot)
  }

  /** Accepted or replaced, and cancelled at once: no further message says so. */
  #die(slot: number): void {
    const { orders, records } = this.#parts
    orders.apply(slot, EntryEvent.Cancel)
    records.cancel(slot, CancelReason.ImmediateOrCancel)
    this.#answerPending(slot)
    orders.leaves[slot] = 0
  }

  #replace(slot: number, message: OuchMessage): void {
    const { orders, records } = this.#parts
    const old = orders.replaces[slot]!
    if (!orders.apply(slot, EntryEvent.Accept)) return
    const wasCancelled = old !== NO_SLOT && orders.state[old] === EntryState.PendingCancel
    if (old !== NO_SLOT) orders.apply(old, EntryEvent.ReplacedAway)
    orders.leaves[slot] = message.numbers[OuchField.Shares]!
    this.#storePrice(slot, message.numbers, orders.price, slot)
    records.replace(slot, old)
    if (old !== NO_SLOT) {
      orders.leaves[old] = 0
      orders.unlink(slot)
      // The cancel of the old order is passed over: the new one stands.
      if (wasCancelled) records.rejectCancel(old, RejectReason.VenueTooLateToCancel)
    }
    if (message.numbers[OuchField.OrderState] === OrderState.Dead) this.#die(slot)
  }

  #execute(message: OuchMessage): void {
    const { orders, records, counts } = this.#parts
    const slot = this.#find(message)
    if (slot === NO_SLOT) return
    this.witness?.told(slot, message.numbers)
    const low = message.numbers[OuchField.MatchLow]!
    const high = message.numbers[OuchField.MatchHigh]!
    if (!this.#executions.note(low, high, orders.sequence, slot)) {
      counts[EntryCount.RepeatedExecutions]!++
      return
    }
    const shares = message.numbers[OuchField.Shares]!
    const left = Math.max(0, orders.leaves[slot]! - shares)
    orders.leaves[slot] = left
    orders.filled[slot]! += shares
    const replacement = orders.replacedBy[slot]!
    if (replacement !== NO_SLOT) orders.filledBefore[replacement]! += shares
    orders.apply(slot, left === 0 ? EntryEvent.FillAll : EntryEvent.FillPart)
    this.#storePrice(slot, message.numbers, records.fillPrice, 0)
    records.fill(slot, message.numbers, liquidityOf(message.numbers[OuchField.Liquidity]!))
    if (left === 0) this.#answerPending(slot)
  }

  #cancel(slot: number, message: OuchMessage): void {
    const { orders, records, counts } = this.#parts
    const shares = message.numbers[OuchField.Shares]!
    const left = Math.max(0, orders.leaves[slot]! - shares)
    if (left > 0) {
      counts[EntryCount.PartialCancels]!++
      if (!orders.apply(slot, EntryEvent.Reduce)) return
      orders.leaves[slot] = left
      // An acceptance with less is how the gate hears of it.
      records.accept(slot, message.numbers)
      return
    }
    if (!orders.apply(slot, EntryEvent.Cancel)) return
    const isAiq = message.type === Response42.AiqCancelled
    const reason = isAiq ? CancelReason.SelfMatch : cancelReasonOf(message.numbers[OuchField.Reason]!)
    const asked = orders.cancelReason[slot]!
    records.cancel(slot, reason === CancelReason.Requested && asked !== 0 ? asked : reason)
    orders.leaves[slot] = 0
    orders.cancelSequence[slot] = 0
    this.#refuseReplacement(slot)
  }

  #reject(slot: number, message: OuchMessage): void {
    const { orders, records, version } = this.#parts
    if (!orders.apply(slot, EntryEvent.Reject)) return
    orders.leaves[slot] = 0
    const code = message.numbers[OuchField.Reason]!
    const replaced = orders.replaces[slot]!
    if (replaced !== NO_SLOT) orders.apply(replaced, EntryEvent.ReplaceRefused)
    orders.unlink(slot)
    const type = replaced === NO_SLOT ? RecordType.NewOrder : RecordType.ReplaceOrder
    records.reject(slot, type, version === OuchVersion.V42 ? reasonOf42(code) : reasonOf50(code))
    this.#answerPending(slot)
  }

  #refuseCancel(slot: number): void {
    const { orders, records } = this.#parts
    if (orders.apply(slot, EntryEvent.CancelRefused)) records.rejectCancel(slot, RejectReason.VenueOther)
  }

  /** The order has ended: a cancel or a replacement on its way will be passed over. */
  #answerPending(slot: number): void {
    const { orders, records } = this.#parts
    if (orders.cancelSequence[slot]! > 0) records.rejectCancel(slot, RejectReason.VenueTooLateToCancel)
    this.#refuseReplacement(slot)
  }

  #refuseReplacement(slot: number): void {
    const { orders, records } = this.#parts
    const replacement = orders.replacedBy[slot]!
    if (replacement === NO_SLOT) return
    orders.unlink(replacement)
    orders.apply(replacement, EntryEvent.Reject)
    orders.leaves[replacement] = 0
    records.reject(replacement, RecordType.ReplaceOrder, RejectReason.VenueTooLateToCancel)
    // A cancel, or a further replacement, of an order that never came to be.
    this.#answerPending(replacement)
  }

  #note(slot: number, message: OuchMessage): void {
    const { orders, counts } = this.#parts
    orders.apply(slot, EntryEvent.Note)
    switch (message.type) {
      case Response42.BrokenTrade:
        counts[EntryCount.BrokenTrades]!++
        return
      case Response42.TradeCorrection:
        counts[EntryCount.TradeCorrections]!++
        return
      case Response42.CancelPending:
        counts[EntryCount.CancelsPending]!++
        return
      default:
        counts[EntryCount.Restated]!++
    }
  }

  /** Stores a message's price in units of its instrument: as a result it might be allocated. */
  #storePrice(slot: number, numbers: Float64Array, to: Float64Array, index: number): void {
    const { orders, symbols } = this.#parts
    to[index] = Math.round(numbers[OuchField.Price]! / symbols.priceScale[orders.instrument[slot]!]!)
  }
}

function liquidityOf(flag: number): Liquidity {
  switch (flag) {
    case OuchLiquidity.Added:
    case OuchLiquidity.HiddenAdded:
    case OuchLiquidity.MidpointAdded:
    case 0x37:
    case 0x38:
      return Liquidity.Added
    default:
      return Liquidity.Removed
  }
}

function cancelReasonOf(code: number): CancelReason {
  switch (code) {
    case OuchCancelReason.Requested:
      return CancelReason.Requested
    case OuchCancelReason.Immediate:
      return CancelReason.ImmediateOrCancel
    case OuchCancelReason.Timeout:
    case OuchCancelReason.Closed:
      return CancelReason.EndOfSession
    case OuchCancelReason.SelfMatch:
      return CancelReason.SelfMatch
    default:
      return CancelReason.VenueDecision
  }
}

function reasonOf42(code: number): RejectReason {
  switch (code) {
    case Reject42.Halted:
    case Reject42.Closed:
      return RejectReason.VenueNotTrading
    case Reject42.InvalidStock:
      return RejectReason.VenueUnknownInstrument
    case Reject42.InvalidPrice:
      return RejectReason.VenueInvalidPrice
    case Reject42.SharesThreshold:
    case Reject42.InvalidMinimum:
      return RejectReason.VenueInvalidQuantity
    default:
      return RejectReason.VenueOther
  }
}

function reasonOf50(code: number): RejectReason {
  switch (code) {
    case Reject50.Halted:
    case Reject50.Closed:
      return RejectReason.VenueNotTrading
    case Reject50.InvalidSymbol:
      return RejectReason.VenueUnknownInstrument
    case Reject50.InvalidPrice:
    case Reject50.FatFinger:
      return RejectReason.VenueInvalidPrice
    case Reject50.InvalidShares:
    case Reject50.InvalidMinimum:
    case Reject50.SharesThreshold:
      return RejectReason.VenueInvalidQuantity
    default:
      return RejectReason.VenueOther
  }
}
