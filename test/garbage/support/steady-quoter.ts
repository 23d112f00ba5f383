import { defineStrategy, OrderFlag, OrderState } from 'crosskernel/strategy'

/** Book changes of one instrument between two requests. */
const CHANGES_PER_REQUEST = 2

/** Quotes one side of each instrument at the touch, in turn, and keeps at it: sends, replaces, cancels, at a steady rate. */
export default defineStrategy({
  name: 'steady-quoter',
  params: { symbolsMax: { type: 'integer', default: 256, min: 1, max: 1024, about: 'instruments quoted' } },
  state: () => ({ changes: new Int32Array(1024) }),
  onBook(context, book) {
    const { changes } = context.state
    const { instrument } = book
    changes[instrument.slot]! += 1
    const turn = changes[instrument.slot]!
    if (turn % CHANGES_PER_REQUEST !== 0 || !book.isTwoSided) return
    const own = context.orders.first(instrument)
    if (own !== undefined) {
      if (own.state !== OrderState.Live) return
      if (turn % (3 * CHANGES_PER_REQUEST) !== 0) context.orders.cancel(own.id)
      else context.orders.replace(own.id, own.side === 0 ? book.bidPrice : book.askPrice, 200)
    } else if (turn % (2 * CHANGES_PER_REQUEST) === 0) {
      context.orders.buyLimit(instrument, book.bidPrice, 100, OrderFlag.PostOnly)
    } else context.orders.sellLimit(instrument, book.askPrice, 100, OrderFlag.PostOnly)
  },
  onOrder(context, order) {
    if (order.isDone) context.timers.setAfter(1_000_000, order.instrument.slot)
  },
  onTimer() {},
})
