import { defineStrategy } from 'crosskernel/strategy'

/** Its state is no plain data: it runs, but not with snapshots. */
export default defineStrategy({
  name: 'keeps-function',
  state: () => ({ limits: { isWide: (spread: number) => spread > 100 } }),
  onBook(context, book) {
    context.state.limits.isWide(book.askPrice - book.bidPrice)
  },
})
