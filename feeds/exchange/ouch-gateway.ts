import type { RandomStream } from '../generate/random.ts'
import { CancelReason, RejectReason } from '../matching/engine-codes.ts'
import type { MatchingEngine } from '../matching/matching-engine.ts'
import { OrderCell, OrderCellShift } from '../matching/order-cell.ts'
import { OuchSide } from '../ouch/codes.ts'
import { OuchFault } from '../ouch/faults.ts'
import { OUCH_SYMBOL_BYTES, OuchField, OuchMessage, OuchText, TOKEN_BYTES } from '../ouch/message.ts'
import { OptionTag } from '../ouch/option-layout.ts'
import { Request42 } from '../ouch/request-layout-42.ts'
import { Request50 } from '../ouch/request-layout-50.ts'
import { Response42 } from '../ouch/response-layout-42.ts'
import { Response50 } from '../ouch/response-layout-50.ts'
import { OuchVersion } from '../ouch/versions.ts'
import { OrderReader } from './order-reader.ts'
import { OuchAnswers } from './ouch-answers.ts'
import type { OuchUser, PortOrder } from './ouch-user.ts'
import { newVenueOrderLife, VenueOrderStage } from './venue-order.ts'

/** What the gateway counts. */
export enum GatewayCount {
  Requests = 0,
  /** Bytes that are no message of OUCH. */
  Faults = 1,
  /** Requests that OUCH wants ignored: names used before, orders that no longer live. */
  Ignored = 2,
  /** Orders that a fault of the exchange refused. */
  RejectedByFault = 3,
  /** Orders beyond the bound of orders a day. */
  Refused = 4,
  Count = 5,
}

const ORDERS_MAX = 1_000_000
const NS_PER_SECOND = 1e9
/**
 * OUCH 4.2 and 5.0 on the way in: requests of users become commands of the engine. Names that were used before and orders that
 * no longer live are ignored without a word, as the specifications ask for. Sources: O*U*C*H 4.2 and OUCH 5.0, section 2.
 */
export class OuchGateway extends OuchAnswers {
  /** By `GatewayCount`. */
  readonly counts = new Float64Array(GatewayCount.Count)
  /** Share of new orders that are rejected for no reason of theirs. */
  rejectRate = 0
  private readonly instrumentOf: (symbol: string) => number
  private readonly random: RandomStream
  private readonly reader: OrderReader
  private request = new OuchMessage()
  /** Orders that end at a time, in no order. */
  private expiring: PortOrder[] = []
  private nextExpiryNs = Number.POSITIVE_INFINITY

  /** @param instrumentOf number of a symbol, 0 for an unknown one */
  constructor(
    engine: MatchingEngine,
    highOffset: number,
    random: RandomStream,
    instrumentOf: (symbol: string) => number,
  ) {
    super(engine, highOffset)
    this.reader = new OrderReader(engine.order)
    this.random = random
    this.instrumentOf = instrumentOf
  }

  /** Takes one request of a user. */
  receive(user: OuchUser, bytes: Uint8Array, at: number, length: number): void {
    this.counts[GatewayCount.Requests]!++
    const { request } = this
    if (this.codecs[user.options.version].requests.decode(bytes, at, length, request) !== OuchFault.None) {
      this.counts[GatewayCount.Faults]!++
      return
    }
    switch (request.type) {
      case Request42.EnterOrder:
        this.enter(user)
        break
      case Request42.ReplaceOrder:
        this.replace(user)
        break
      case Request42.CancelOrder:
        this.cancel(user)
        break
      case Request42.ModifyOrder:
        this.modify(user)
        break
      default:
        if (user.options.version === OuchVersion.V50) this.control(user)
        else this.counts[GatewayCount.Ignored]!++
    }
  }

  /** Ends the orders whose time in force is over, and sends what has waited. @param users all there are */
  tick(users: Iterable<OuchUser>): void {
    for (const user of users) user.release(this.timeNs)
    if (this.timeNs < this.nextExpiryNs) return
    const due = this.expiring.filter(({ expiresNs }) => expiresNs <= this.timeNs)
    this.expiring = this.expiring.filter(({ expiresNs }) => expiresNs > this.timeNs)
    this.nextExpiryNs = this.expiring.reduce(
      (least, { expiresNs }) => Math.min(least, expiresNs),
      Number.POSITIVE_INFINITY,
    )
    for (const order of due) if (this.isAlive(order)) this.engine.cancelFor(order.slot, 0, CancelReason.Timeout)
  }

  /** Cancels all live orders of a user. @param instrument of one instrument, 0 of all */
  cancelAll(user: OuchUser, instrument: number, reason: CancelReason): void {
    for (const order of user.orders.values()) {
      if (!this.isAlive(order)) continue
      const own = this.engine.cells[(order.slot << OrderCellShift.Words) | OrderCell.BookSide]! >> 1
      if (instrument === 0 || own === instrument) this.engine.cancelFor(order.slot, 0, reason)
    }
  }

  private isAlive(order: PortOrder | undefined): order is PortOrder {
    if (order === undefined || !this.engine.isLive(order.slot)) return false
    return this.engine.cells[(order.slot << OrderCellShift.Words) | OrderCell.Tag] === order.tag
  }

  private nameOf(user: OuchUser): string | number {
    return user.options.version === OuchVersion.V42
      ? this.request.getText(OuchText.Token, TOKEN_BYTES)
      : this.request.numbers[OuchField.UserRefNum]!
  }

  private previousNameOf(user: OuchUser): string | number {
    return user.options.version === OuchVersion.V42
      ? this.request.getText(OuchText.PreviousToken, TOKEN_BYTES)
      : this.request.numbers[OuchField.OriginalUserRefNum]!
  }

  /** Whether the name of the request at hand may be used: 4.2 wants a new one, 5.0 one above all before. */
  private isNewName(user: OuchUser, name: string | number): boolean {
    return typeof name === 'string' ? !user.orders.has(name) : name > user.lastUserRefNum
  }

  /** The request at hand as an order of the user; its message is kept. */
  private keep(user: OuchUser, name: string | number, replaces = 0): PortOrder {
    const { request: entered } = this
    const tag = this.orders.length
    const order: PortOrder = { user, tag, slot: 0, entered, expiresNs: 0, replaces, life: newVenueOrderLife() }
    this.request = new OuchMessage()
    this.orders.push(order)
    user.orders.set(name, order)
    if (typeof name === 'number') user.lastUserRefNum = name
    return order
  }

  private enter(user: OuchUser): void {
    const name = this.nameOf(user)
    if (!this.isNewName(user, name)) {
      this.counts[GatewayCount.Ignored]!++
      return
    }
    const symbol = this.request.getText(OuchText.Symbol, OUCH_SYMBOL_BYTES)
    if (this.orders.length >= ORDERS_MAX) {
      this.counts[GatewayCount.Refused]!++
      this.reject(user, this.request, RejectReason.Other)
      return
    }
    const order = this.keep(user, name)
    if (this.rejectRate > 0 && this.random.chance(this.rejectRate)) {
      this.counts[GatewayCount.RejectedByFault]!++
      this.rejectOrder(order, RejectReason.Other)
      return
    }
    const reason = user.isDisabled ? RejectReason.Other : this.reader.read(order, this.instrumentOf(symbol))
    if (reason !== RejectReason.None) {
      this.rejectOrder(order, reason)
      return
    }
    this.engine.enter()
    this.watchExpiry(order)
  }

  private watchExpiry(order: PortOrder): void {
    if (this.reader.terms.expireSeconds === 0 || !this.isAlive(order)) return
    order.expiresNs = this.timeNs + this.reader.terms.expireSeconds * NS_PER_SECOND
    this.nextExpiryNs = Math.min(this.nextExpiryNs, order.expiresNs)
    this.expiring.push(order)
  }

  private replace(user: OuchUser): void {
    const previous = user.orders.get(this.previousNameOf(user))
    const name = this.nameOf(user)
    if (!this.isAlive(previous) || !this.isNewName(user, name) || this.orders.length >= ORDERS_MAX) {
      this.counts[GatewayCount.Ignored]!++
      return
    }
    const { request } = this
    const old = previous.entered
    // What a replace does not say stays as it was entered.
    for (const field of [OuchField.Side, OuchField.Capacity, OuchField.CrossType, OuchField.CustomerType]) {
      request.numbers[field] = old.numbers[field]!
    }
    for (const [at, width] of [
      [OuchText.Symbol, OUCH_SYMBOL_BYTES],
      [OuchText.Firm, 4],
    ] as const) {
      request.text.set(old.text.subarray(at, at + width), at)
    }
    // OUCH 5.0: another mark for a sale; never the other side of the market.
    const side = request.numbers[OuchField.OptionSide]!
    const isSale = old.numbers[OuchField.Side] !== OuchSide.Buy
    if (request.has(OptionTag.Side) && isSale && side !== OuchSide.Buy) request.numbers[OuchField.Side] = side
    const { slot } = previous
    const order = this.keep(user, name, previous.tag)
    const reason = this.reader.read(order, this.engine.cells[(slot << OrderCellShift.Words) | OrderCell.BookSide]! >> 1)
    // The engine names the order by its input's tag from the replace on; one that it cancels keeps the tag it had.
    if (reason === RejectReason.None && !this.isHaltedNow(slot)) {
      this.engine.replace(slot)
      if (order.slot === 0) this.free(user, name, order)
      else this.watchExpiry(order)
      return
    }
    if (reason === RejectReason.None) this.rejectOrder(order, RejectReason.Halted)
    else this.engine.cancel(slot, 0)
    this.free(user, name, order)
  }

  /** The name was not consumed, and may be used again. */
  private free(user: OuchUser, name: string | number, order: PortOrder): void {
    if (order.life.stage === VenueOrderStage.Entered) order.life.stage = VenueOrderStage.Void
    user.orders.delete(name)
  }

  private isHaltedNow(slot: number): boolean {
    const instrument = this.engine.cells[(slot << OrderCellShift.Words) | OrderCell.BookSide]! >> 1
    return !this.engine.takesOrders(instrument)
  }

  private cancel(user: OuchUser): void {
    const order = user.orders.get(this.nameOf(user))
    if (this.isAlive(order))
      this.engine.cancel(order.slot, Math.min(this.request.numbers[OuchField.Shares]!, 0x7fffffff))
    else this.counts[GatewayCount.Ignored]!++
  }

  /** Another kind of sale, or fewer shares; the order keeps its place. */
  private modify(user: OuchUser): void {
    const order = user.orders.get(this.nameOf(user))
    const { numbers } = this.request
    if (!this.isAlive(order) || numbers[OuchField.Shares] === 0) {
      this.counts[GatewayCount.Ignored]!++
      return
    }
    const isBuy = (side: number) => side === OuchSide.Buy
    if (isBuy(numbers[OuchField.Side]!) !== isBuy(order.entered.numbers[OuchField.Side]!)) {
      this.counts[GatewayCount.Ignored]!++
      return
    }
    order.entered.numbers[OuchField.Side] = numbers[OuchField.Side]!
    this.isQuiet = true
    this.engine.cancel(order.slot, Math.min(numbers[OuchField.Shares]!, 0x7fffffff))
    this.isQuiet = false
    const at = order.slot << OrderCellShift.Words
    const { cells } = this.engine
    const message = this.begin(
      user,
      order.entered,
      user.options.version === OuchVersion.V42 ? Response42.Modified : Response50.Modified,
    )
    message.numbers[OuchField.Side] = order.entered.numbers[OuchField.Side]!
    message.numbers[OuchField.Shares] = this.isAlive(order) ? cells[at | OrderCell.Open]! : 0
    this.send(user, false)
  }

  /** The requests that OUCH 5.0 has besides those of single orders. */
  private control(user: OuchUser): void {
    const symbol = this.request.getText(OuchText.Symbol, OUCH_SYMBOL_BYTES)
    switch (this.request.type) {
      case Request50.MassCancel:
        this.cancelAll(user, symbol === '' ? 0 : this.instrumentOf(symbol) || -1, CancelReason.User)
        this.acknowledge(user, Response50.MassCancelDone)
        break
      case Request50.DisableEntry:
        user.isDisabled = true
        this.acknowledge(user, Response50.EntryDisabled)
        break
      case Request50.EnableEntry:
        user.isDisabled = false
        this.acknowledge(user, Response50.EntryEnabled)
        break
      case Request50.AccountQuery: {
        const message = this.begin(user, this.request, Response50.AccountState)
        message.numbers[OuchField.NextUserRefNum] = user.lastUserRefNum + 1
        this.send(user, false)
        break
      }
      default:
        this.counts[GatewayCount.Ignored]!++
    }
  }

  private acknowledge(user: OuchUser, type: number): void {
    const { request } = this
    const message = this.begin(user, request, type)
    message.text.set(request.text.subarray(OuchText.Symbol, OuchText.Route), OuchText.Symbol)
    this.send(user, false)
  }
}
