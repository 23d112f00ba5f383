import {
  type Book,
  type Context,
  defineStrategy,
  OrderFlag,
  type OwnOrder,
  Side,
  type Strategy,
} from '../../strategies/plugin/define.ts'

interface Notes {
  /** [0]: what was read is added up, so that no reading can be left out; [1]: turns. */
  readonly sums: Float64Array
}

type RehearsalContext = Context<Record<never, never>, Notes>

/** Own orders that are kept open: enough for queues, replaces and cancels to be met. */
const OPEN_ORDERS = 48
const TICK = 100
/** Times the touch: beyond any collar. */
const PRICE_TOO_FAR = 3
/** More than any gate lets out. */
const QUANTITY_TOO_LARGE = 2_000_000_000

/** A strategy that takes no view of the market: it reads everything a plugin can read, and sends every kind of request. */
export const REHEARSAL_STRATEGY = defineStrategy({
  name: 'rehearsal',
  interest: 'depth',
  state: (): Notes => ({ sums: new Float64Array(2) }),
  onBook(context, book) {
    readBook(context, book)
    if (!context.timers.isSet(0)) context.timers.setAfter(2_000_000, 0)
    if (book.isTwoSided) act(context, book)
  },
  onTrade(context, trade) {
    context.state.sums[0]! += trade.price + trade.quantity + trade.kind + trade.restingSide + trade.instrument.slot
    readBook(context, trade.instrument.book)
  },
  onStatus(context, status) {
    context.state.sums[0]! += status.kind + status.tradingState
  },
  onOrder(context, order, event) {
    readOrder(context, order)
    context.state.sums[0]! += event.kind + event.price + event.quantity + event.reason + event.liquidity
    const { position } = order.instrument
    context.state.sums[0]! += position.quantity + position.cash + position.averagePrice + position.realisedProfit
    context.state.sums[0]! += position.openBuyQuantity + position.openSellQuantity + position.fills
    context.timers.setAfter(500_000 + context.randomInteger(4) * 250_000, 1 + (order.id & 63))
  },
  onTimer(context, id) {
    context.state.sums[0]! += context.random()
    if (id !== 0 && !context.timers.isSet(id ^ 1)) context.timers.cancel(id ^ 1)
  },
  onStop(context) {
    context.orders.cancelAll()
  },
}) as unknown as Strategy

function readBook(context: RehearsalContext, book: Book): void {
  const { sums } = context.state
  sums[0]! += book.bidPrice + book.bidQuantity + book.askPrice + book.askQuantity
  sums[0]! += book.mid + book.microprice + book.imbalance
  sums[0]! += book.levelPrice(Side.Buy, 1) + book.levelQuantity(Side.Sell, 1) + book.levelOrders(Side.Buy, 0)
  sums[0]! += book.quantityAt(Side.Sell, book.askPrice) + book.ordersAt(Side.Buy, book.bidPrice)
  sums[0]! += book.instrument.tickSize + book.instrument.roundLot + book.instrument.tradingState
}

function readOrder(context: RehearsalContext, order: OwnOrder): void {
  const { sums } = context.state
  sums[0]! += order.id + order.side + order.state + order.price + order.quantity + order.filledQuantity
  sums[0]! += order.leavesQuantity + order.aheadQuantity + order.sentTime + order.acceptedTime
  sums[0]! += order.isDone ? 1 : 0
}

function act(context: RehearsalContext, book: Book): void {
  const { orders, state } = context
  const { instrument } = book
  const turns = state.sums[1]!++
  const turn = turns % 16
  const isBuy = (turn & 1) === 0
  const touch = isBuy ? book.bidPrice : book.askPrice
  const own = orders.first(instrument)
  if (turn === 15) askTooMuch(context, book, (turns >> 4) % 5)
  else if (turn === 14) orders.market(instrument, (orders.count & 1) === 0 ? Side.Buy : Side.Sell, 100)
  else if (turn === 13) orders.buyLimit(instrument, book.askPrice, 100, OrderFlag.ImmediateOrCancel)
  else if (turn === 12) orders.sellLimit(instrument, book.bidPrice, 100, OrderFlag.ImmediateOrCancel)
  else if (own === undefined || orders.count < OPEN_ORDERS) rest(context, book, isBuy, touch)
  else if (turn < 3 && own.price > 0) orders.replace(own.id, own.price, turn === 0 ? 300 : 50)
  else if (turn < 6) orders.replace(own.id, own.price === touch ? touch + (isBuy ? -TICK : TICK) : touch, 200)
  else {
    const older = orders.next(own)
    orders.cancel(older === undefined ? own.id : older.id)
    const known = orders.get(own.id)
    if (known !== undefined) readOrder(context, known)
  }
}

/** Requests that the gate or the venue refuses, and one that ends everything in an instrument. */
function askTooMuch({ orders }: RehearsalContext, book: Book, which: number): void {
  const { instrument } = book
  if (which === 0) orders.buyLimit(instrument, book.bidPrice, QUANTITY_TOO_LARGE)
  else if (which === 1) orders.sellLimit(instrument, book.askPrice * PRICE_TOO_FAR, 100)
  else if (which === 3) orders.buyLimit(instrument, Math.floor(book.bidPrice / PRICE_TOO_FAR), 100)
  else if (which === 2) orders.buyLimit(instrument, book.askPrice, 100, OrderFlag.PostOnly)
  else orders.cancelAll(instrument)
}

function rest(context: RehearsalContext, book: Book, isBuy: boolean, touch: number): void {
  const { orders } = context
  if (isBuy) orders.buyLimit(book.instrument, touch, 100, OrderFlag.PostOnly)
  else orders.sellLimit(book.instrument, touch, 100, OrderFlag.PostOnly)
}
