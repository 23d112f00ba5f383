export type Cross = 'O' | 'C' | 'H'
export type State = 'closed' | 'trading' | 'quoting' | 'halted'

export interface NaiveRequest {
  readonly instrument: number
  readonly isBuy: boolean
  readonly price: number
  readonly quantity: number
  readonly minimum: number
  readonly account: number
  readonly tag: number
  readonly hidden: boolean
  readonly postOnly: boolean
  readonly peg: boolean
  readonly immediate: boolean
  readonly market: boolean
  readonly marketHours: boolean
  readonly cross: Cross | ''
}

export interface NaiveOrder {
  request: NaiveRequest
  price: number
  open: number
  executed: number
  minimum: number
  time: number
}

export const TICK = 100

/** The letter that an order is rejected with, or nothing. */
export function refuse(request: NaiveRequest, state: State | undefined, isCrossDone: boolean): string {
  const { price, quantity, minimum, cross } = request
  if (state === undefined) return 'S'
  if (state === 'closed') return 'C'
  if (state === 'halted') return 'H'
  if (quantity < 1 || quantity > 999_999) return 'Z'
  if (!request.market && (price < 1 || price > 1_999_999_900)) return 'X'
  const isShown = !request.hidden && !request.peg && cross === '' && !request.market
  if (isShown && price % TICK !== 0) return 'X'
  if (cross !== '') {
    if (request.immediate) return 'R'
    if (request.postOnly || request.peg) return 'D'
    if (isCrossDone) return 'R'
    if (cross === 'H' && state !== 'quoting') return 'R'
  } else if (request.postOnly || request.peg) {
    if (request.market) return 'X'
    if (request.postOnly && (request.hidden || request.peg || request.immediate)) return 'D'
  }
  if (minimum !== 0) {
    const mayHave = request.hidden || request.peg || request.immediate
    if (minimum < 0 || minimum > quantity || cross !== '' || !mayHave) return 'N'
  }
  return ''
}

/** The price of a cross: every candidate is tried against all orders. */
export function crossPrice(
  buys: readonly NaiveOrder[],
  sells: readonly NaiveOrder[],
  reference: number,
): [number, number] {
  const prices = [...buys, ...sells].map(({ price }) => price).concat(reference)
  const tried = prices
    .filter((price) => price > 0 && price < 0x7fffffff)
    .map((price) => {
      const bought = sumOpen(buys.filter((order) => order.price >= price))
      const sold = sumOpen(sells.filter((order) => order.price <= price))
      return { price, paired: Math.min(bought, sold), left: Math.abs(bought - sold) }
    })
    .filter(({ paired }) => paired > 0)
    .sort(
      (a, b) =>
        b.paired - a.paired ||
        a.left - b.left ||
        Math.abs(a.price - reference) - Math.abs(b.price - reference) ||
        a.price - b.price,
    )
  return tried.length === 0 ? [0, 0] : [tried[0]!.price, tried[0]!.paired]
}

export function isPriced(order: NaiveOrder): boolean {
  return !order.request.peg && order.request.cross === ''
}

export function isShown(order: NaiveOrder): boolean {
  return isPriced(order) && !order.request.hidden
}

export function sumOpen(orders: readonly NaiveOrder[]): number {
  return orders.reduce((sum, { open }) => sum + open, 0)
}
