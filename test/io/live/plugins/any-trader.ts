import { defineStrategy } from 'crosskernel/strategy'

/** Enters, replaces and cancels orders at random, whenever the book or one of them moves: all that can be on its way is. */
export default defineStrategy({
  name: 'any-trader',
  interest: 'depth',

  onBook(context, book) {
    if (!book.isTwoSided) return
    const { orders } = context
    const { instrument } = book
    const quantity = 1 + context.randomInteger(200)
    const mine = orders.first(instrument)
    const draw = context.randomInteger(10)
    if (draw < 5 || mine === undefined) {
      if (context.randomInteger(2) === 0) orders.buyLimit(instrument, book.bidPrice, quantity)
      else orders.sellLimit(instrument, book.askPrice, quantity)
    } else if (draw < 7) orders.replace(mine.id, mine.price, quantity)
    else if (draw < 9) orders.cancel(mine.id)
    else orders.cancelAll(instrument)
  },
})
