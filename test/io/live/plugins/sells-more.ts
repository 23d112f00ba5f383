import { defineStrategy, Side } from 'crosskernel/strategy'

/** Buys 100, sells these, and lets the sale grow beyond what is held: the replacement sells short. */
export default defineStrategy({
  name: 'sells-more',
  interest: 'depth',

  onBook(context, book) {
    if (!book.isTwoSided || context.orders.first(book.instrument) !== undefined) return
    context.orders.buyLimit(book.instrument, book.bidPrice, 100)
  },

  onOrder(context, order) {
    const { orders } = context
    if (order.isDone && order.side === Side.Buy) orders.sellLimit(order.instrument, order.price + 200, 100)
    else if (order.side === Side.Sell && order.quantity === 100) orders.replace(order.id, order.price, 300)
  },
})
