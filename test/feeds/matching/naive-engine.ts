/**
 * A second matching engine, written for the tests alone: plain objects, one array of resting orders, everything looked up
 * anew by filter and sort. It shares no code with the product and keeps to the rules as docs/venue.md states them.
 */
import {
  type Cross,
  crossPrice,
  isPriced,
  isShown,
  type NaiveOrder,
  type NaiveRequest,
  refuse,
  type State,
  sumOpen,
  TICK,
} from './naive-orders.ts'

/** The rules of the exchange, slowly. Every outcome is a line of text in `log`. */
export class NaiveEngine {
  readonly log: string[] = []
  resting: NaiveOrder[] = []
  selfMatch = new Map<number, 'newest' | 'oldest'>()
  states = new Map<number, State>()
  bands = new Map<number, [number, number]>()
  lastPrice = new Map<number, number>()
  crossesDone = new Set<string>()
  private clock = 0
  private readonly pegTime = new Map<number, number>()
  private readonly lastMiddle = new Map<number, number>()

  enter(request: NaiveRequest): void {
    const reason = this.refusal(request)
    if (reason !== '') {
      this.log.push(`reject ${request.tag} ${reason}`)
      return
    }
    const order: NaiveOrder = { request, price: 0, open: 0, executed: 0, minimum: 0, time: 0 }
    this.write(order, request, request.quantity)
    this.log.push(`accept ${request.tag} ${order.price} ${order.open}`)
    this.process(order)
    this.reprice(request.instrument)
  }

  replace(order: NaiveOrder, asked: NaiveRequest): void {
    const { instrument, isBuy, account } = order.request
    const request = { ...asked, instrument, isBuy, account }
    const state = this.states.get(instrument)
    if (state === 'halted' || state === 'closed') {
      this.log.push(`refuse ${order.request.tag} ${state === 'halted' ? 'H' : 'C'}`)
      return
    }
    const open = request.quantity - order.executed
    if (this.refusal(request) !== '' || open <= 0 || request.cross !== order.request.cross) {
      this.remove(order, 'U')
    } else {
      this.leave(order)
      this.write(order, request, open)
      this.log.push(`replaced ${request.tag} ${order.price} ${open}`)
      this.process(order)
    }
    this.reprice(instrument)
  }

  cancel(order: NaiveOrder, intended: number, reason = 'U'): void {
    const left = Math.max(0, intended - order.executed)
    if (left >= order.open) return
    if (left === 0) this.remove(order, reason)
    else {
      this.log.push(`cancel ${order.request.tag} ${order.open - left} ${reason}`)
      order.open = left
      order.minimum = Math.min(order.minimum, left)
    }
    this.reprice(order.request.instrument)
  }

  setState(instrument: number, state: State): void {
    if (this.states.get(instrument) === 'quoting' && state === 'trading') this.runCross(instrument, 'H')
    this.states.set(instrument, state)
    this.reprice(instrument)
  }

  cross(instrument: number, cross: 'O' | 'C'): void {
    this.runCross(instrument, cross)
    this.crossesDone.add(`${instrument}${cross}`)
    this.reprice(instrument)
  }

  setBands(instrument: number, low: number, high: number): void {
    this.bands.set(instrument, [low, high])
    for (const isBuy of [true, false]) {
      for (const hidden of [false, true]) {
        const own = this.side(instrument, isBuy).filter(
          (order) =>
            isPriced(order) && order.request.hidden === hidden && (isBuy ? order.price > high : order.price < low),
        )
        own.sort((a, b) => (isBuy ? b.price - a.price : a.price - b.price) || a.time - b.time)
        for (const order of own) this.remove(order, 'K')
      }
    }
    this.reprice(instrument)
  }

  /** What the feed should show of a side, best first: tag, price, shares. */
  displayed(instrument: number, isBuy: boolean): string[] {
    return this.displayedOrders(instrument, isBuy).map(({ request, price, open }) => `${request.tag} ${price} ${open}`)
  }

  private displayedOrders(instrument: number, isBuy: boolean): NaiveOrder[] {
    return this.side(instrument, isBuy)
      .filter((order) => isPriced(order) && !order.request.hidden)
      .sort((a, b) => (isBuy ? b.price - a.price : a.price - b.price) || a.time - b.time)
  }

  private side(instrument: number, isBuy: boolean): NaiveOrder[] {
    return this.resting.filter(({ request }) => request.instrument === instrument && request.isBuy === isBuy)
  }

  private refusal(request: NaiveRequest): string {
    const { instrument, cross } = request
    return refuse(request, this.states.get(instrument), this.crossesDone.has(`${instrument}${cross}`))
  }

  private write(order: NaiveOrder, request: NaiveRequest, open: number): void {
    const [low, high] = this.bands.get(request.instrument) ?? [0, 0x7fffffff]
    let price = request.market ? (request.isBuy ? 0x7fffffff : 0) : request.price
    if (!request.peg && request.cross === '') price = request.isBuy ? Math.min(price, high) : Math.max(price, low)
    order.request = { ...request, hidden: request.hidden || request.peg }
    order.price = price
    order.open = open
    order.minimum = Math.min(request.minimum, open)
    order.time = ++this.clock
    this.stepAway(order)
  }

  /** A post-only order that would lock a displayed one. */
  private stepAway(order: NaiveOrder): void {
    const { request } = order
    if (!request.postOnly || this.states.get(request.instrument) !== 'trading') return
    const other = this.displayedOrders(request.instrument, !request.isBuy)[0]
    if (other?.price === order.price) order.price += request.isBuy ? -TICK : TICK
  }

  private process(order: NaiveOrder): void {
    const { request } = order
    if (request.cross !== '') {
      this.resting.push(order)
      return
    }
    if (this.states.get(request.instrument) === 'trading') {
      if (this.trade(order) === 'self') {
        this.log.push(`cancel ${request.tag} ${order.open} Q`)
        return
      }
      if (order.open === 0) return
    }
    if (request.immediate || request.market) {
      this.log.push(`cancel ${request.tag} ${order.open} I`)
      return
    }
    this.stepAway(order)
    if (order.price <= 0) this.log.push(`cancel ${request.tag} ${order.open} Z`)
    else this.resting.push(order)
  }

  private trade(order: NaiveOrder): 'self' | 'done' {
    const { request } = order
    let limit = order.price
    if (request.peg) {
      const middle = this.middle(request.instrument)
      if (middle === 0 || (request.isBuy ? limit < middle : limit > middle)) return 'done'
      limit = middle
    }
    if (request.postOnly) limit += request.isBuy ? -1 : 1
    if (order.minimum > 0 && this.sureShares(order, limit) < order.minimum) return 'done'
    while (order.open > 0) {
      const contra = this.candidates(order, limit)[0]
      if (contra === undefined) return 'done'
      const policy = this.selfMatch.get(request.account)
      if (policy !== undefined && contra.order.request.account === request.account) {
        if (policy === 'newest') return 'self'
        this.remove(contra.order, 'Q')
        continue
      }
      this.execute(order, contra.order, contra.price)
    }
    return 'done'
  }

  private execute(order: NaiveOrder, contra: NaiveOrder, price: number): void {
    const quantity = Math.min(order.open, contra.open)
    this.lastPrice.set(order.request.instrument, price)
    for (const each of [contra, order]) {
      each.open -= quantity
      each.executed += quantity
      each.minimum = Math.min(each.minimum, each.open)
      if (each.open === 0) this.leave(each)
    }
    const added = contra.request.peg ? 'k' : contra.request.hidden ? 'J' : 'A'
    this.log.push(`exec ${contra.request.tag} ${price} ${quantity} ${added}`)
    this.log.push(`exec ${order.request.tag} ${price} ${quantity} R`)
  }

  private candidates(order: NaiveOrder, limit: number): { order: NaiveOrder; price: number; time: number }[] {
    const { instrument, isBuy } = order.request
    const middle = this.middle(instrument)
    const found: { order: NaiveOrder; price: number; time: number }[] = []
    for (const contra of this.side(instrument, !isBuy)) {
      const { request } = contra
      if (request.cross !== '' || contra.minimum > order.open) continue
      let { price, time } = contra
      if (request.peg) {
        if (middle === 0 || (request.isBuy ? price < middle : price > middle)) continue
        price = middle
        time = Math.max(time, this.pegTime.get(instrument) ?? 0)
      }
      if (isBuy ? price <= limit : price >= limit) found.push({ order: contra, price, time })
    }
    return found.sort(
      (a, b) =>
        (isBuy ? a.price - b.price : b.price - a.price) ||
        Number(a.order.request.hidden) - Number(b.order.request.hidden) ||
        a.time - b.time ||
        Number(a.order.request.peg) - Number(b.order.request.peg) ||
        a.order.time - b.order.time,
    )
  }

  private sureShares(order: NaiveOrder, limit: number): number {
    const { instrument, isBuy, account } = order.request
    let sum = 0
    for (const contra of this.side(instrument, !isBuy)) {
      if (!isPriced(contra) || contra.minimum > 0) continue
      if (this.selfMatch.has(account) && contra.request.account === account) continue
      if (isBuy ? contra.price <= limit : contra.price >= limit) sum += contra.open
    }
    return sum
  }

  private middle(instrument: number): number {
    const bid = this.displayedOrders(instrument, true)[0]?.price ?? 0
    const ask = this.displayedOrders(instrument, false)[0]?.price ?? 0
    if (bid === 0 || ask === 0 || bid >= ask) return 0
    const middle = Math.floor((bid + ask) / 2)
    const [low, high] = this.bands.get(instrument) ?? [0, 0x7fffffff]
    return middle < low || middle > high ? 0 : middle
  }

  private pegs(instrument: number, isBuy: boolean): NaiveOrder[] {
    const own = this.side(instrument, isBuy).filter(({ request }) => request.peg)
    return own.sort((a, b) => a.time - b.time)
  }

  private reprice(instrument: number): void {
    const sides = [this.pegs(instrument, true), this.pegs(instrument, false)]
    if (sides.every((pegs) => pegs.length === 0)) return
    const middle = this.middle(instrument)
    if (middle === (this.lastMiddle.get(instrument) ?? 0)) return
    this.lastMiddle.set(instrument, middle)
    this.pegTime.set(instrument, this.clock)
    if (middle === 0 || this.states.get(instrument) !== 'trading') return
    for (const isBuy of [true, false]) {
      for (const peg of this.pegs(instrument, isBuy)) {
        if (!this.resting.includes(peg)) continue
        const open = peg.open
        if (this.trade(peg) === 'self') {
          this.leave(peg)
          this.log.push(`cancel ${peg.request.tag} ${peg.open} Q`)
        } else if (open > 0 && peg.open === 0) this.leave(peg)
      }
    }
  }

  private leave(order: NaiveOrder): void {
    this.resting = this.resting.filter((other) => other !== order)
  }

  private remove(order: NaiveOrder, reason: string): void {
    this.leave(order)
    this.log.push(`cancel ${order.request.tag} ${order.open} ${reason}`)
  }

  private crossOrders(instrument: number, isBuy: boolean, cross: Cross): NaiveOrder[] {
    const taking = this.side(instrument, isBuy).filter(
      (order) => order.request.cross === cross || (isPriced(order) && order.minimum === 0),
    )
    return taking.sort(
      (a, b) =>
        (isBuy ? b.price - a.price : a.price - b.price) || Number(isShown(b)) - Number(isShown(a)) || a.time - b.time,
    )
  }

  imbalance(instrument: number, cross: Cross): void {
    const buys = this.crossOrders(instrument, true, cross)
    const sells = this.crossOrders(instrument, false, cross)
    const middle = this.middle(instrument) || (this.lastPrice.get(instrument) ?? 0)
    const onlyOf = (orders: readonly NaiveOrder[]) => orders.filter(({ request }) => request.cross === cross)
    const [near] = crossPrice(buys, sells, middle)
    const [far] = crossPrice(onlyOf(buys), onlyOf(sells), middle)
    const bid = this.displayedOrders(instrument, true)[0]?.price ?? 0
    const ask = this.displayedOrders(instrument, false)[0]?.price ?? Number.POSITIVE_INFINITY
    const wished = near === 0 ? middle : near
    const at = bid !== 0 && bid >= ask ? wished : Math.min(ask, Math.max(bid, wished))
    const bought = sumOpen(buys.filter(({ price }) => price >= at))
    const sold = sumOpen(sells.filter(({ price }) => price <= at))
    const facts = [near, Math.min(bought, sold), Math.abs(bought - sold), Math.sign(bought - sold), far, at]
    this.log.push(`imbalance ${cross} ${facts.join(' ')}`)
  }

  private runCross(instrument: number, cross: Cross): void {
    const buys = this.crossOrders(instrument, true, cross)
    const sells = this.crossOrders(instrument, false, cross)
    const reference = this.middle(instrument) || (this.lastPrice.get(instrument) ?? 0)
    const [price, paired] = crossPrice(buys, sells, reference)
    for (const orders of [buys, sells]) {
      let left = paired
      for (const order of orders) {
        const quantity = Math.min(left, order.open)
        if (quantity === 0) break
        left -= quantity
        order.open -= quantity
        order.executed += quantity
        order.minimum = Math.min(order.minimum, order.open)
        if (order.open === 0) this.leave(order)
        this.log.push(`exec ${order.request.tag} ${price} ${quantity} ${cross}`)
      }
    }
    if (paired > 0) this.lastPrice.set(instrument, price)
    this.log.push(`print ${cross} ${price} ${paired}`)
    for (const isBuy of [true, false]) {
      const own = this.side(instrument, isBuy).filter(({ request }) => request.cross === cross)
      own.sort((a, b) => a.time - b.time)
      for (const order of own) this.remove(order, 'C')
    }
  }
}
