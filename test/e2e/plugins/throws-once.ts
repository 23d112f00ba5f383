import { defineStrategy } from 'crosskernel/strategy'

/** Quotes once, then throws at its thousandth book: what the runtime must survive. */
export default defineStrategy({
  name: 'throws-once',
  state: () => ({ books: 0 }),
  onBook(context, book) {
    context.state.books++
    if (context.state.books === 50 && book.bidPrice > 0)
      context.orders.buyLimit(book.instrument, book.bidPrice - 100, 100)
    if (context.state.books === 1_000) throw new Error('no such thing as a free lunch')
  },
})
