import {
  type Context,
  defineStrategy,
  type Instrument,
  OrderFlag,
  OrderState,
  Side,
  StatusKind,
  TradingState,
} from 'crosskernel/strategy'

/** One quote of one side of one instrument is at index slot × 2 + side. */
interface Quotes {
  /** Id of the order that quotes, 0 for none. */
  readonly orderId: Float64Array
  /** Earliest time of the next request. */
  readonly nextTime: Float64Array
  /** By slot: the instrument's id. */
  readonly instrumentId: Int32Array
}

interface MakerParams {
  readonly size: number
  readonly maxInventory: number
  readonly minSpread: number
  readonly skew: number
  readonly requoteTicks: number
  readonly pullImbalance: number
  readonly quoteInterval: number
  readonly tickSize: number
}

type MakerContext = Context<MakerParams, Quotes>

/**
 * A market maker that leans against its inventory. Around the microprice m (Stoikov, "The micro-price", 2018) it shifts
 * a reservation price by its position q, in the spirit of Avellaneda and Stoikov (2008) with a linear shift:
 *
 *     r   = m − skew × tick × q / maxInventory
 *     bid = floor((r − minSpread × tick / 2) / tick) × tick, at most the best bid
 *     ask = ceil ((r + minSpread × tick / 2) / tick) × tick, at least the best ask
 *
 * It joins the touch and never improves it; quotes are post-only, move only when the wanted price is `requoteTicks`
 * away, and at most once per `quoteInterval` a side. The quote that the queues are about to run over is pulled: the bid
 * while the imbalance is below −pullImbalance, the ask while it is above pullImbalance.
 */
export default defineStrategy({
  name: 'inventory-skew-maker',
  about: 'quotes both sides around the microprice, skewed against its inventory',
  params: {
    size: { type: 'integer', default: 100, min: 1, max: 1_000_000, unit: 'shares', about: 'quantity of each quote' },
    maxInventory: {
      type: 'integer',
      default: 500,
      min: 1,
      max: 100_000_000,
      unit: 'shares',
      about: 'position at which the side that would add to it stops quoting',
    },
    minSpread: {
      type: 'number',
      default: 1,
      min: 0,
      max: 10_000,
      unit: 'ticks',
      about: 'least distance between own bid and ask around the reservation price',
    },
    skew: {
      type: 'number',
      default: 3,
      min: 0,
      max: 10_000,
      unit: 'ticks',
      about: 'how far the reservation price moves at full inventory',
    },
    pullImbalance: {
      type: 'number',
      default: 0.5,
      min: 0,
      max: 1,
      about: 'queue imbalance against a side at which its quote is pulled; at 1 none ever is',
    },
    requoteTicks: {
      type: 'integer',
      default: 1,
      min: 1,
      max: 10_000,
      unit: 'ticks',
      about: 'a quote moves only when the wanted price is at least this far away',
    },
    quoteInterval: {
      type: 'duration',
      default: 1_000_000,
      min: 0,
      max: 60_000_000_000,
      about: 'least time between two quotes of the same side of an instrument; pulling one waits for nothing',
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

  state: (params): Quotes => ({
    orderId: new Float64Array(params.symbolsMax * 2),
    nextTime: new Float64Array(params.symbolsMax * 2),
    instrumentId: new Int32Array(params.symbolsMax),
  }),

  onBook(context, book) {
    quote(context, book.instrument)
  },

  onStatus(context, status) {
    const { kind, instrument } = status
    if (kind !== StatusKind.Trading && kind !== StatusKind.Stale && kind !== StatusKind.Recovered) return
    if (instrument !== undefined) quote(context, instrument)
    else for (const id of context.state.instrumentId) if (id !== 0) quote(context, context.instruments.get(id))
  },

  onOrder(context, order, event) {
    const { state } = context
    const index = order.instrument.slot * 2 + order.side
    if (order.isDone && state.orderId[index] === order.id) state.orderId[index] = event.previousId
    quote(context, order.instrument)
  },

  onTimer(context, slot) {
    quote(context, context.instruments.get(context.state.instrumentId[slot]!))
  },

  onStop(context) {
    context.orders.cancelAll()
  },
})

function quote(context: MakerContext, instrument: Instrument): void {
  const { params } = context
  const { book, tradingState } = instrument
  const tick = instrument.tickSize || params.tickSize
  context.state.instrumentId[instrument.slot] = instrument.id
  const isOpen = tradingState === TradingState.Trading || tradingState === TradingState.Unknown
  if (!isOpen || instrument.isStale || !book.isTwoSided) {
    quoteSide(context, instrument, Side.Buy, 0, 0)
    quoteSide(context, instrument, Side.Sell, 0, 0)
    return
  }
  const inventory = instrument.position.quantity
  const reservation = book.microprice - (params.skew * tick * inventory) / params.maxInventory
  const half = (params.minSpread * tick) / 2
  const bid = Math.min(Math.floor((reservation - half) / tick) * tick, book.bidPrice)
  const ask = Math.max(Math.ceil((reservation + half) / tick) * tick, book.askPrice)
  const { imbalance } = book
  const buyQuantity = imbalance < -params.pullImbalance ? 0 : Math.min(params.size, params.maxInventory - inventory)
  const sellQuantity = imbalance > params.pullImbalance ? 0 : Math.min(params.size, params.maxInventory + inventory)
  quoteSide(context, instrument, Side.Buy, bid, buyQuantity)
  quoteSide(context, instrument, Side.Sell, ask, sellQuantity)
}

/** Brings one side's quote to a price and quantity; none at a quantity of 0 or less. */
function quoteSide(context: MakerContext, instrument: Instrument, side: Side, price: number, quantity: number): void {
  const { orders, params, state } = context
  const index = instrument.slot * 2 + side
  const order = orders.get(state.orderId[index]!)
  const isWanted = quantity > 0 && price > 0
  if (order === undefined) {
    if (!isWanted || !mayAct(context, index)) return
    state.orderId[index] =
      side === Side.Buy
        ? orders.buyLimit(instrument, price, quantity, OrderFlag.PostOnly)
        : orders.sellLimit(instrument, price, quantity, OrderFlag.PostOnly)
    return
  }
  if (order.state !== OrderState.Live && order.state !== OrderState.PartiallyFilled) return
  if (!isWanted) {
    orders.cancel(order.id)
    return
  }
  if (Math.abs(order.price - price) < params.requoteTicks * (instrument.tickSize || params.tickSize)) return
  if (!mayAct(context, index)) return
  const newId = orders.replace(order.id, price, quantity)
  if (newId !== 0) state.orderId[index] = newId
}

/** Whether the side's interval has passed: takes it if so, else wakes up when it has. */
function mayAct(context: MakerContext, index: number): boolean {
  const { params, state, timers } = context
  const now = context.now()
  if (now < state.nextTime[index]!) {
    const slot = index >> 1
    if (!timers.isSet(slot)) timers.setAt(state.nextTime[index]!, slot)
    return false
  }
  state.nextTime[index] = now + params.quoteInterval
  return true
}
