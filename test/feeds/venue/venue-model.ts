/**
 * The venue's rules written as plainly as possible, for comparison only: objects in lists, the queue ahead of an order as
 * the very displayed orders that were there when it came to rest.
 */
export interface ModelDisplayed {
  readonly reference: number
  readonly instrument: number
  readonly side: number
  readonly price: number
  quantity: number
  taken: number
}

export interface ModelOwn {
  readonly strategy: number
  orderId: number
  readonly instrument: number
  readonly side: number
  price: number
  leaves: number
  /** Filled under its present id. */
  filled: number
  readonly postOnly: boolean
  ahead: readonly ModelDisplayed[]
  resting: boolean
}

export type ModelResponse = readonly (string | number)[]

const better = (side: number, price: number, other: number) => (side === 0 ? price > other : price < other)
const reaches = (side: number, price: number, other: number) => price === other || better(side, price, other)

export class VenueModel {
  displayed: ModelDisplayed[] = []
  /** In the order of entry. */
  own: ModelOwn[] = []
  /** In the order in which they came to rest. */
  restingOrder: ModelOwn[] = []
  responses: ModelResponse[] = []
  halted = new Set<number>()
  highest = new Map<number, number>()

  find(reference: number): ModelDisplayed | undefined {
    return this.displayed.find((order) => order.reference === reference)
  }

  /** Displayed orders that an own order could take, in the order in which it would. */
  opposite(own: { instrument: number; side: number; price: number }, limited: boolean): ModelDisplayed[] {
    const found = this.displayed.filter(
      (order) =>
        order.instrument === own.instrument &&
        order.side !== own.side &&
        (!limited || reaches(own.side, own.price, order.price)),
    )
    return found.sort((a, b) => (a.price === b.price ? 0 : better(own.side, a.price, b.price) ? 1 : -1))
  }

  /** Resting own orders of a side in priority. */
  resting(instrument: number, side: number): ModelOwn[] {
    const found = this.restingOrder.filter(
      (own) => own.resting && own.leaves > 0 && own.instrument === instrument && own.side === side,
    )
    return found.sort((a, b) => (a.price === b.price ? 0 : better(side, a.price, b.price) ? -1 : 1))
  }

  ahead(own: ModelOwn): number {
    return own.ahead.filter((order) => this.displayed.includes(order)).reduce((sum, order) => sum + order.quantity, 0)
  }

  fill(own: ModelOwn, quantity: number, price: number, liquidity: number): void {
    own.leaves -= quantity
    own.filled += quantity
    this.responses.push(['filled', own.strategy, own.instrument, own.orderId, price, quantity, own.leaves, liquidity])
    if (own.leaves === 0) this.end(own)
  }

  end(own: ModelOwn): void {
    own.resting = false
    this.own = this.own.filter((other) => other !== own)
    this.restingOrder = this.restingOrder.filter((other) => other !== own)
  }

  cancel(own: ModelOwn, reason: number): void {
    this.responses.push(['cancelled', own.strategy, own.instrument, own.orderId, own.leaves, reason])
    this.end(own)
  }

  add(order: ModelDisplayed): void {
    if (this.find(order.reference) !== undefined) return
    this.displayed.push(order)
    this.meet(order)
  }

  private meet(order: ModelDisplayed): void {
    if (this.halted.has(order.instrument)) return
    for (const own of this.resting(order.instrument, 1 - order.side)) {
      const quantity = Math.min(own.leaves, order.quantity - order.taken)
      if (quantity <= 0 || !reaches(own.side, own.price, order.price)) break
      order.taken += quantity
      this.fill(own, quantity, own.price, 1)
    }
  }

  execute(reference: number, executed: number, printable: boolean): void {
    const order = this.find(reference)
    if (order === undefined) return
    const quantity = Math.min(executed, order.quantity)
    const aheads = new Map(this.resting(order.instrument, order.side).map((own) => [own, this.ahead(own)]))
    let budget = printable && !this.halted.has(order.instrument) ? quantity : 0
    for (const [own, ahead] of aheads) {
      if (better(order.side, order.price, own.price)) break
      if (own.price === order.price && own.ahead.includes(order)) continue
      const share = Math.min(own.leaves, budget - (own.price === order.price ? ahead : 0))
      if (share <= 0) continue
      budget -= share
      this.fill(own, share, own.price, 1)
    }
    this.reduce(reference, quantity)
  }

  reduce(reference: number, quantity: number): void {
    const order = this.find(reference)
    if (order === undefined) return
    order.quantity -= quantity
    if (order.quantity <= 0) this.displayed = this.displayed.filter((other) => other !== order)
  }

  /** @param keepsPlace the order stays where it is, if its reference and price allow */
  replace(reference: number, newReference: number, price: number, quantity: number, keepsPlace = false): void {
    const old = this.find(reference)
    if (old === undefined) return
    if (keepsPlace && newReference === reference && price === old.price) {
      const hasGrown = quantity > old.quantity
      old.quantity = quantity
      if (hasGrown) this.meet(old)
      return
    }
    this.reduce(reference, old.quantity)
    this.add({ ...old, reference: newReference, price, quantity, taken: 0 })
  }

  trade(instrument: number, price: number, quantity: number): void {
    if (this.halted.has(instrument)) return
    let budget = quantity
    for (const side of [0, 1]) {
      for (const own of this.resting(instrument, side)) {
        if (budget === 0 || !reaches(side, own.price, price)) break
        if (own.price === price && this.ahead(own) > 0) continue
        const share = Math.min(own.leaves, budget)
        budget -= share
        this.fill(own, share, own.price, 1)
      }
    }
  }

  setHalted(instrument: number, isHalted: boolean): void {
    const was = this.halted.delete(instrument)
    if (isHalted) this.halted.add(instrument)
    else if (was)
      for (const side of [0, 1]) for (const own of this.resting(instrument, side)) this.take(own, true, true)
  }

  take(own: ModelOwn, limited: boolean, asResting: boolean): void {
    const levels = new Map<number, ModelDisplayed[]>()
    for (const order of this.opposite(own, limited))
      levels.set(order.price, [...(levels.get(order.price) ?? []), order])
    for (const [price, orders] of levels) {
      let sum = 0
      for (const order of orders) {
        const share = Math.min(order.quantity - order.taken, own.leaves - sum)
        if (share <= 0) continue
        order.taken += share
        sum += share
      }
      if (sum > 0) this.fill(own, sum, asResting ? own.price : price, asResting ? 1 : 2)
      if (own.leaves === 0) return
    }
  }

  settle(own: ModelOwn, limited: boolean, immediate: boolean): void {
    this.take(own, limited, false)
    if (own.leaves === 0) return
    if (immediate) {
      this.cancel(own, 2)
      return
    }
    own.resting = true
    own.ahead = this.displayed.filter(
      (order) => order.instrument === own.instrument && order.side === own.side && order.price === own.price,
    )
    this.restingOrder.push(own)
  }
}
