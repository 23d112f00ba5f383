import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import manifest from '../package.json' with { type: 'json' }
import { runCommandLine } from './cli/main.ts'
import { addGenerateCommand } from './commands/generate.ts'
import { addJournalCommand } from './commands/journal.ts'
import { addReplayCommand } from './commands/replay.ts'
import { addRerunCommand } from './commands/rerun.ts'
import { services } from './run/services.ts'

/** The folder of package.json: this file runs from dist/ when built and from appliance/ in tests. */
const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..')
if (!existsSync(join(projectRoot, 'package.json'))) throw new Error(`xk: no project at ${projectRoot}`)

// A reader that has seen enough, such as head(1), closes the pipe: that is not an error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const exitCode = await runCommandLine(process, process.argv.slice(2), manifest.version, [
  (program, frame) => addReplayCommand(program, frame, services, projectRoot),
  (program, frame) => addRerunCommand(program, frame, services, projectRoot),
  addJournalCommand,
  addGenerateCommand,
])
process.exit(exitCode)
