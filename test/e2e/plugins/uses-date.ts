import { defineStrategy } from 'crosskernel/strategy'

/** Reads the wall clock while it is loaded. */
const startedAt = Date.now()

export default defineStrategy({
  name: 'uses-date',
  onStart(context) {
    context.log(1, `started at ${startedAt}`)
  },
})
