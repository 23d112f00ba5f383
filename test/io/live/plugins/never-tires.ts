import { defineStrategy } from 'crosskernel/strategy'

/** Has one bid, and bids again as soon as it has none, whatever became of the last one. */
export default defineStrategy({
  name: 'never-tires',
  interest: 'depth',

  onBook(context, book) {
    if (!book.isTwoSided || context.orders.first(book.instrument) !== undefined) return
    context.orders.buyLimit(book.instrument, book.bidPrice, 100)
  },

  onOrder(context, order) {
    if (order.isDone) context.orders.buyLimit(order.instrument, order.price, 100)
  },
})
