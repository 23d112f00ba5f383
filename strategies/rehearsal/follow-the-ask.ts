import { type Book, type Context, defineStrategy, StatusKind, TradingState } from 'crosskernel/strategy'

/** What is kept of each instrument, by its slot. */
interface Bids {
  /** Id of the order, 0 for none. */
  readonly orderId: Float64Array
  /** The ask that was answered last. */
  readonly answered: Float64Array
}

interface FollowParams {
  readonly size: number
  readonly distance: number
  readonly tickSize: number
}

type FollowContext = Context<FollowParams, Bids>

/**
 * For rehearsals: what it does follows from the market alone, so that a scenario can say what is to be seen on the wire. It
 * bids `distance` ticks below the best ask: one order for each ask that it sees, moved when the ask moves with what is left of
 * it. So its shares on the wire, which count what has traded, are `size` whether or not a fill is known by then. Once an order
 * has ended, however it did, the next one waits for another ask.
 */
export default defineStrategy({
  name: 'follow-the-ask',
  about: 'bids a distance below the ask: one order for each ask, for rehearsals',
  params: {
    size: { type: 'integer', default: 100, min: 1, max: 1_000_000, unit: 'shares', about: 'quantity of each order' },
    distance: {
      type: 'integer',
      default: 1,
      min: 0,
      max: 10_000,
      unit: 'ticks',
      about: 'how far below the ask it bids',
    },
    tickSize: {
      type: 'integer',
      default: 100,
      min: 1,
      unit: 'price-units',
      about: 'distance of two prices, for instruments whose feed does not say it; 100 is a cent of Nasdaq',
    },
    symbolsMax: {
      type: 'integer',
      default: 16,
      min: 1,
      max: 1024,
      unit: 'symbols',
      about: 'how many instruments at most',
    },
  },

  state: (params): Bids => ({
    orderId: new Float64Array(params.symbolsMax),
    answered: new Float64Array(params.symbolsMax),
  }),

  onBook(context, book) {
    follow(context, book)
  },

  // What was not to be traded on may be again.
  onStatus(context, status) {
    if (status.kind !== StatusKind.Recovered && status.kind !== StatusKind.Trading) return
    for (let id = 1; id <= context.instruments.count; id++) follow(context, context.instruments.get(id).book)
  },

  onOrder(context, order) {
    const { slot, book } = order.instrument
    if (order.isDone && context.state.orderId[slot] === order.id) context.state.orderId[slot] = 0
    // What could not be moved while the venue had not answered is moved now.
    follow(context, book)
  },

  onStop(context) {
    context.orders.cancelAll()
  },
})

function follow(context: FollowContext, book: Book): void {
  const { params, state, orders } = context
  const { instrument, askPrice } = book
  const { slot, tradingState, isStale } = instrument
  if (slot < 0) return
  const isClosed = tradingState !== TradingState.Trading && tradingState !== TradingState.Unknown
  if (askPrice === 0 || isStale || isClosed || state.answered[slot] === askPrice) return
  const price = askPrice - params.distance * (instrument.tickSize || params.tickSize)
  const own = orders.get(state.orderId[slot]!)
  const id =
    own === undefined
      ? orders.buyLimit(instrument, price, params.size)
      : orders.replace(own.id, price, own.leavesQuantity)
  if (id === 0) return
  state.orderId[slot] = id
  state.answered[slot] = askPrice
}
