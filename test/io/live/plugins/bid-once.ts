import { defineStrategy } from 'crosskernel/strategy'

/** Bids at every change of the book, at most three orders at a time. */
export default defineStrategy({
  name: 'bid-once',
  interest: 'depth',
  state: () => ({ open: 0 }),

  onBook(context, book) {
    if (!book.isTwoSided || context.state.open >= 3) return
    if (context.orders.buyLimit(book.instrument, book.bidPrice, 100) !== 0) context.state.open++
  },
})
