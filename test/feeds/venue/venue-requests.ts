import { type ModelOwn, VenueModel } from './venue-model.ts'

export interface ModelNewOrder {
  readonly strategy: number
  readonly orderId: number
  readonly instrument: number
  readonly side: number
  readonly price: number
  readonly quantity: number
  readonly market: boolean
  readonly immediate: boolean
  readonly postOnly: boolean
}

/** The request side of the plain model. */
export class VenueRequestModel extends VenueModel {
  private readonly capacity: number

  constructor(capacity: number) {
    super()
    this.capacity = capacity
  }

  findOwn(strategy: number, orderId: number): ModelOwn | undefined {
    return this.own.find((own) => own.strategy === strategy && own.orderId === orderId)
  }

  reject(strategy: number, instrument: number, orderId: number, reason: number): void {
    this.responses.push(['rejected', strategy, instrument, orderId, reason])
  }

  available(own: { instrument: number; side: number; price: number }, limited: boolean): number {
    return this.opposite(own, limited).reduce((sum, order) => sum + Math.max(0, order.quantity - order.taken), 0)
  }

  enter(order: ModelNewOrder): void {
    const { strategy, orderId, instrument, side, price, quantity, market, postOnly } = order
    const reason = this.findFault(order)
    if (reason !== 0) {
      this.reject(strategy, instrument, orderId, reason)
      return
    }
    const limit = market ? 0 : price
    const own = {
      strategy,
      orderId,
      instrument,
      side,
      price: limit,
      leaves: quantity,
      filled: 0,
      postOnly,
      ahead: [],
      resting: false,
    }
    this.own.push(own)
    this.highest.set(strategy, Math.max(orderId, this.highest.get(strategy) ?? 0))
    this.responses.push(['accepted', strategy, instrument, orderId, side, limit, quantity])
    this.settle(own, !market, market || order.immediate)
  }

  private findFault(order: ModelNewOrder): number {
    if (this.halted.has(order.instrument)) return 101
    if (this.findOwn(order.strategy, order.orderId) !== undefined) return 10
    const available = this.available(order, !order.market)
    if (order.postOnly && available > 0) return 102
    if (order.market && !order.postOnly && available === 0) return 107
    return this.own.length === this.capacity ? 7 : 0
  }

  missing(strategy: number, orderId: number): number {
    return orderId <= (this.highest.get(strategy) ?? 0) ? 103 : 104
  }

  cancelOne(strategy: number, orderId: number): void {
    const own = this.findOwn(strategy, orderId)
    if (own !== undefined) this.cancel(own, 1)
    else this.responses.push(['cancelRejected', strategy, 0, orderId, this.missing(strategy, orderId)])
  }

  /** What is filled of an order, as a strategy knows it that has not seen the latest `unseen` of it. */
  filledKnown(strategy: number, orderId: number, unseen: number): number {
    return Math.max(0, (this.findOwn(strategy, orderId)?.filled ?? 0) - unseen)
  }

  /** @param total what is to be filled under the old and the new id, at most */
  amend(strategy: number, orderId: number, newOrderId: number, price: number, total: number): void {
    const own = this.findOwn(strategy, orderId)
    const reason =
      own === undefined ? this.missing(strategy, orderId) : this.findAmendFault(own, orderId, newOrderId, price)
    if (own === undefined || reason !== 0) {
      this.reject(strategy, 0, newOrderId, reason)
      return
    }
    const quantity = total - own.filled
    if (quantity <= 0) {
      this.cancel(own, 1)
      this.reject(strategy, 0, newOrderId, 103)
      return
    }
    const keeps = own.price === price && quantity <= own.leaves
    own.orderId = newOrderId
    own.price = price
    own.leaves = quantity
    own.filled = 0
    this.highest.set(strategy, Math.max(newOrderId, this.highest.get(strategy) ?? 0))
    this.responses.push(['replaced', strategy, own.instrument, orderId, newOrderId, price, quantity])
    if (keeps) return
    this.restingOrder = this.restingOrder.filter((other) => other !== own)
    own.resting = false
    this.settle(own, true, false)
  }

  private findAmendFault(own: ModelOwn, orderId: number, newOrderId: number, price: number): number {
    if (this.halted.has(own.instrument)) return 101
    if (newOrderId !== orderId && this.findOwn(own.strategy, newOrderId) !== undefined) return 10
    return own.postOnly && this.available({ ...own, price }, true) > 0 ? 102 : 0
  }

  cancelMany(strategy: number, instrument: number): void {
    for (const own of [...this.own]) {
      if (own.strategy === strategy && (instrument === 0 || own.instrument === instrument)) this.cancel(own, 3)
    }
  }

  endOfSession(): void {
    for (const own of [...this.own]) this.cancel(own, 5)
  }
}
