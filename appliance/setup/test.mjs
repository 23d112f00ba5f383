// `npm test`: prepares the clone as `npm start` does, then runs the suite; arguments go to vitest.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './check-host.mjs'
import { prepare } from './prepare.mjs'

const failure = prepare()
if (failure !== 0) process.exit(failure)
process.chdir(root)
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
process.argv = [process.execPath, vitest, 'run', ...process.argv.slice(2)]
await import(pathToFileURL(vitest).href)
