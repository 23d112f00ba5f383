import { defineStrategy } from 'crosskernel/strategy'

/** Never comes back from its two-thousandth book. */
export default defineStrategy({
  name: 'never-returns',
  state: () => ({ books: 0 }),
  onBook(context) {
    context.state.books++
    while (context.state.books >= 2_000) context.state.books++
  },
})
