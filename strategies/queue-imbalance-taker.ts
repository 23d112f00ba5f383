import {
  type Book,
  type Context,
  defineStrategy,
  type Instrument,
  OrderFlag,
  Side,
  TradingState,
} from 'crosskernel/strategy'

/** What the taker keeps of each instrument, by its slot. */
interface Holdings {
  /** Id of the order in flight, 0 for none. */
  readonly orderId: Float64Array
  /** Earliest time of the next order. */
  readonly nextTime: Float64Array
  /** When the open position was entered. */
  readonly entryTime: Float64Array
  readonly instrumentId: Int32Array
}

interface TakerParams {
  readonly size: number
  readonly maxPosition: number
  readonly entryImbalance: number
  readonly exitImbalance: number
  readonly maxSpread: number
  readonly holdTime: number
  readonly coolDown: number
  readonly tickSize: number
}

type TakerContext = Context<TakerParams, Holdings>

/**
 * Takes liquidity where the queues at the touch lean far to one side: the imbalance
 *
 *     I = (bid quantity − ask quantity) / (bid quantity + ask quantity)
 *
 * predicts the sign of the next mid-price move (Gould and Bonart, "Queue imbalance as a one-tick-ahead price predictor in
 * a limit order book", 2016). It buys at the ask when I ≥ entryImbalance and sells at the bid when I ≤ −entryImbalance,
 * immediate or cancel, for at most what is displayed, while the spread is at most `maxSpread` and the position within
 * `maxPosition`. A position is closed when the imbalance turns to −exitImbalance against it, or after `holdTime`. One order
 * is in flight at a time, and `coolDown` lies between two.
 */
export default defineStrategy({
  name: 'queue-imbalance-taker',
  about: 'takes liquidity in the direction in which the queues at the touch lean',
  params: {
    size: {
      type: 'integer',
      default: 100,
      min: 1,
      max: 1_000_000,
      unit: 'shares',
      about: 'most quantity of one order',
    },
    maxPosition: {
      type: 'integer',
      default: 300,
      min: 1,
      max: 100_000_000,
      unit: 'shares',
      about: 'position, long or short, beyond which nothing is entered',
    },
    entryImbalance: { type: 'number', default: 0.7, min: 0, max: 1, about: 'imbalance at which a position is entered' },
    exitImbalance: {
      type: 'number',
      default: 0.3,
      min: 0,
      max: 1,
      about: 'imbalance against a position at which it is closed',
    },
    maxSpread: {
      type: 'number',
      default: 2,
      min: 1,
      max: 10_000,
      unit: 'ticks',
      about: 'widest spread that is crossed',
    },
    holdTime: {
      type: 'duration',
      default: 2_000_000_000,
      min: 1,
      max: 86_400_000_000_000,
      about: 'longest time to hold a position after its last entry',
    },
    coolDown: {
      type: 'duration',
      default: 10_000_000,
      min: 0,
      max: 86_400_000_000_000,
      about: 'least time between two orders in one instrument',
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
      default: 64,
      min: 1,
      max: 1024,
      unit: 'symbols',
      about: 'how many instruments at most; each takes a timer',
    },
  },

  state: (params): Holdings => ({
    orderId: new Float64Array(params.symbolsMax),
    nextTime: new Float64Array(params.symbolsMax),
    entryTime: new Float64Array(params.symbolsMax),
    instrumentId: new Int32Array(params.symbolsMax),
  }),

  onBook(context, book) {
    decide(context, book)
  },

  onOrder(context, order, event) {
    const { slot } = order.instrument
    const { state } = context
    if (event.quantity > 0) {
      const { quantity } = order.instrument.position
      const isEntry = order.side === Side.Buy ? quantity > 0 : quantity < 0
      if (isEntry) {
        state.entryTime[slot] = context.now()
        context.timers.setAfter(context.params.holdTime, slot)
      }
    }
    if (order.isDone && state.orderId[slot] === order.id) state.orderId[slot] = 0
  },

  onTimer(context, slot) {
    decide(context, context.instruments.get(context.state.instrumentId[slot]!).book)
  },

  onStop(context) {
    context.orders.cancelAll()
  },
})

function decide(context: TakerContext, book: Book): void {
  const { params, state } = context
  const { instrument } = book
  const { slot, tradingState } = instrument
  state.instrumentId[slot] = instrument.id
  if (state.orderId[slot] !== 0 || !book.isTwoSided || instrument.isStale) return
  if (tradingState !== TradingState.Trading && tradingState !== TradingState.Unknown) return
  const { imbalance } = book
  const held = instrument.position.quantity
  if (held !== 0 && mustExit(context, slot, held > 0 ? imbalance : -imbalance)) {
    take(context, instrument, held > 0 ? Side.Sell : Side.Buy, Math.abs(held))
    return
  }
  if (book.askPrice - book.bidPrice > params.maxSpread * (instrument.tickSize || params.tickSize)) return
  if (imbalance >= params.entryImbalance) take(context, instrument, Side.Buy, params.maxPosition - held)
  else if (imbalance <= -params.entryImbalance) take(context, instrument, Side.Sell, params.maxPosition + held)
}

/** @param leaning the imbalance seen from the position: positive where it favours it */
function mustExit(context: TakerContext, slot: number, leaning: number): boolean {
  const { params, state } = context
  return leaning <= -params.exitImbalance || context.now() - state.entryTime[slot]! >= params.holdTime
}

/** Sends an immediate order at the touch for at most `wanted`, the order size, and what is displayed there. */
function take(context: TakerContext, instrument: Instrument, side: Side, wanted: number): void {
  const { orders, params, state, timers } = context
  const { book, slot } = instrument
  const displayed = side === Side.Buy ? book.askQuantity : book.bidQuantity
  const quantity = Math.min(wanted, params.size, displayed)
  if (quantity <= 0) return
  const now = context.now()
  if (now < state.nextTime[slot]!) {
    if (!timers.isSet(slot)) timers.setAt(state.nextTime[slot]!, slot)
    return
  }
  state.nextTime[slot] = now + params.coolDown
  state.orderId[slot] =
    side === Side.Buy
      ? orders.buyLimit(instrument, book.askPrice, quantity, OrderFlag.ImmediateOrCancel)
      : orders.sellLimit(instrument, book.bidPrice, quantity, OrderFlag.ImmediateOrCancel)
}
