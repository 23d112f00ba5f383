// `npm start`: prepares the clone, says what the host lacks, then runs `xk start` in this very process, so that signals
// and the exit code need no forwarding.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describeShortcomings, root } from './check-host.mjs'
import { prepare } from './prepare.mjs'

const failure = prepare()
if (failure !== 0) process.exit(failure)
const shortcomings = describeShortcomings()
if (shortcomings !== undefined) console.log(shortcomings)
const bundle = join(root, 'dist', 'xk.main.js')
process.argv = [process.execPath, bundle, 'start', ...process.argv.slice(2)]
await import(pathToFileURL(bundle).href)
