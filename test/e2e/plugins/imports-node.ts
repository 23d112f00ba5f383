import { readFileSync } from 'node:fs'
import { defineStrategy } from 'crosskernel/strategy'

/** Wants the file system. */
export default defineStrategy({
  name: 'imports-node',
  onStart(context) {
    context.log(1, readFileSync('/etc/hostname', 'utf8'))
  },
})
