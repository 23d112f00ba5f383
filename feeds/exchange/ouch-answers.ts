import { EventDouble, EventWord, MatchEvent, type MatchListener, RejectReason } from '../matching/engine-codes.ts'
import type { MatchingEngine } from '../matching/matching-engine.ts'
import { OrderState, Reject50, type SystemEvent } from '../ouch/codes.ts'
import { OuchField, OuchMessage, OuchText, TOKEN_BYTES } from '../ouch/message.ts'
import { Response42 } from '../ouch/response-layout-42.ts'
import { Response50 } from '../ouch/response-layout-50.ts'
import { createOuchCodecs, OUCH_BYTES_MAX, type OuchCodecs, OuchVersion } from '../ouch/versions.ts'
import type { OuchUser, PortOrder } from './ouch-user.ts'
import { openSharesOf, VenueOrderStage } from './venue-order.ts'

const WORD = 0x1_0000_0000
const NS_PER_MS = 1e6

/** OUCH 5.0 has numbers for the reasons that OUCH 4.2 and the engine have letters for. */
const REASON_50 = new Map<number, Reject50>([
  [RejectReason.Closed, Reject50.Closed],
  [RejectReason.InvalidDisplay, Reject50.InvalidDisplay],
  [RejectReason.Halted, Reject50.Halted],
  [RejectReason.InvalidMinimum, Reject50.InvalidMinimum],
  [RejectReason.Other, Reject50.Other],
  [RejectReason.NotInThisCross, Reject50.InvalidCross],
  [RejectReason.InvalidStock, Reject50.InvalidSymbol],
  [RejectReason.InvalidPrice, Reject50.InvalidPrice],
  [RejectReason.InvalidShares, Reject50.InvalidShares],
])

/**
 * What the engine does to the orders of users, as OUCH responses. An order that came in over OUCH has its index here as the
 * engine's tag, from 1; tag 0 is an order of the background and answered to nobody.
 */
export class OuchAnswers implements MatchListener {
  /** Orders by tag. */
  readonly orders: (PortOrder | undefined)[] = [undefined]
  /** Nanoseconds since the exchange's midnight. */
  timeNs = 0
  /** How long every answer waits. */
  delayMs = 0
  /** Whether the cancel at hand is answered by its own message instead. */
  isQuiet = false
  protected readonly engine: MatchingEngine
  protected readonly codecs: Readonly<Record<OuchVersion, OuchCodecs>> = {
    [OuchVersion.V42]: createOuchCodecs(OuchVersion.V42),
    [OuchVersion.V50]: createOuchCodecs(OuchVersion.V50),
  }
  private readonly message = new OuchMessage()
  private readonly bytes = new Uint8Array(OUCH_BYTES_MAX)
  private readonly highOffset: number

  constructor(engine: MatchingEngine, highOffset: number) {
    this.engine = engine
    this.highOffset = highOffset
  }

  take(): void {
    const { event } = this.engine
    const order = this.orders[event[EventWord.Tag]!]
    if (order === undefined) return
    switch (event[EventWord.Type]) {
      case MatchEvent.Accepted:
        this.accepted(order)
        break
      case MatchEvent.Replaced:
        this.replaced(order)
        break
      case MatchEvent.Rejected:
        this.rejectOrder(order, event[EventWord.Code]!)
        break
      case MatchEvent.Executed:
        this.executed(order)
        break
      case MatchEvent.Cancelled:
        this.noteCancel(order)
        if (!this.isQuiet) this.cancelled(order)
        break
      default:
    }
  }

  /** Refuses an order, or a replace by its new name. @param reason of the engine */
  reject(user: OuchUser, entered: OuchMessage, reason: number): void {
    const is42 = user.options.version === OuchVersion.V42
    const message = this.begin(user, entered, is42 ? Response42.Rejected : Response50.Rejected)
    message.numbers[OuchField.Reason] = is42 ? reason : (REASON_50.get(reason) ?? Reject50.Other)
    this.send(user, false)
  }

  /** Refuses an order that is kept. */
  protected rejectOrder(order: PortOrder, reason: number): void {
    order.life.stage = VenueOrderStage.Rejected
    order.life.reason = reason
    this.reject(order.user, order.entered, reason)
  }

  /** Tells a user that the day begins or ends. */
  announce(user: OuchUser, event: SystemEvent): void {
    const is42 = user.options.version === OuchVersion.V42
    const { message } = this
    message.begin(is42 ? Response42.SystemEvent : Response50.SystemEvent)
    message.numbers[OuchField.Timestamp] = this.timeNs
    message.numbers[OuchField.Event] = event
    this.send(user, false)
  }

  /** A message with the name of an order: the caller fills in the rest and calls `send`. */
  protected begin(user: OuchUser, named: OuchMessage, type: number): OuchMessage {
    const { message } = this
    message.begin(type)
    message.text.set(named.text.subarray(OuchText.Token, OuchText.Token + TOKEN_BYTES), OuchText.Token)
    message.numbers[OuchField.UserRefNum] = named.numbers[OuchField.UserRefNum]!
    message.numbers[OuchField.Timestamp] = this.timeNs
    user.release(this.timeNs)
    return message
  }

  protected send(user: OuchUser, isForDropCopy: boolean): void {
    const length = this.codecs[user.options.version].responses.encode(this.message, this.bytes, 0)
    user.answer(this.bytes, length, this.timeNs, this.timeNs + this.delayMs * NS_PER_MS, isForDropCopy)
  }

  private accepted(order: PortOrder): void {
    const is42 = order.user.options.version === OuchVersion.V42
    this.describe(order, is42 ? Response42.Accepted : Response50.Accepted)
    this.send(order.user, true)
  }

  private replaced(order: PortOrder): void {
    const is42 = order.user.options.version === OuchVersion.V42
    const previous = this.orders[order.replaces]
    if (previous !== undefined) previous.life.stage = VenueOrderStage.Replaced
    const message = this.describe(order, is42 ? Response42.Replaced : Response50.Replaced)
    const { entered } = order
    const at = OuchText.PreviousToken
    message.text.set(entered.text.subarray(at, at + TOKEN_BYTES), at)
    message.numbers[OuchField.OriginalUserRefNum] = entered.numbers[OuchField.OriginalUserRefNum]!
    this.send(order.user, true)
  }

  /** What was entered, with the price, the shares and the reference that it has in the engine. */
  private describe(order: PortOrder, type: number): OuchMessage {
    const { event } = this.engine
    const { entered, user } = order
    const { message } = this
    message.begin(type)
    message.numbers.set(entered.numbers)
    message.text.set(entered.text)
    message.options = entered.options
    const slot = event[EventWord.Slot]!
    const reference = this.engine.referenceOf(slot)
    const { numbers } = message
    numbers[OuchField.Timestamp] = this.timeNs
    numbers[OuchField.Price] = event[EventWord.Price]! === 0 ? numbers[OuchField.Price]! : event[EventWord.Price]!
    numbers[OuchField.Shares] = event[EventWord.Quantity]!
    numbers[OuchField.ReferenceHigh] = Math.floor(reference / WORD) + this.highOffset
    numbers[OuchField.ReferenceLow] = reference % WORD
    numbers[OuchField.OrderState] = OrderState.Live
    numbers[OuchField.BboWeight] = 0x20
    order.slot = slot
    order.life.stage = VenueOrderStage.Live
    order.life.acceptedPrice = numbers[OuchField.Price]!
    order.life.acceptedShares = numbers[OuchField.Shares]!
    user.release(this.timeNs)
    return message
  }

  private executed(order: PortOrder): void {
    const { event, eventDoubles } = this.engine
    const is42 = order.user.options.version === OuchVersion.V42
    const { numbers } = this.begin(order.user, order.entered, is42 ? Response42.Executed : Response50.Executed)
    const match = eventDoubles[EventDouble.Match]!
    const { life } = order
    life.executions++
    life.executedShares += event[EventWord.Quantity]!
    life.executedValue += event[EventWord.Quantity]! * event[EventWord.Price]!
    if (openSharesOf(life) === 0) life.stage = VenueOrderStage.Filled
    numbers[OuchField.Shares] = event[EventWord.Quantity]!
    numbers[OuchField.Price] = event[EventWord.Price]!
    numbers[OuchField.Liquidity] = event[EventWord.Code]!
    numbers[OuchField.MatchHigh] = Math.floor(match / WORD)
    numbers[OuchField.MatchLow] = match % WORD
    this.send(order.user, true)
  }

  private noteCancel({ life }: PortOrder): void {
    const { event } = this.engine
    life.cancelledShares += event[EventWord.Quantity]!
    life.reason = event[EventWord.Code]!
    if (openSharesOf(life) === 0) life.stage = VenueOrderStage.Cancelled
  }

  private cancelled(order: PortOrder): void {
    const { event } = this.engine
    const is42 = order.user.options.version === OuchVersion.V42
    const { numbers } = this.begin(order.user, order.entered, is42 ? Response42.Cancelled : Response50.Cancelled)
    numbers[OuchField.Shares] = event[EventWord.Quantity]!
    numbers[OuchField.Reason] = event[EventWord.Code]!
    this.send(order.user, false)
  }
}
