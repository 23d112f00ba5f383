import manifest from '../package.json' with { type: 'json' }
import { runCommandLine } from './cli/main.ts'
import { addBenchCommand } from './commands/bench.ts'
import { addBookCommand } from './commands/book.ts'
import { addCommandCommand } from './commands/command.ts'
import { addConvertCommand } from './commands/convert.ts'
import { addDiffCommand } from './commands/diff.ts'
import { addGenerateCommand } from './commands/generate.ts'
import { addInspectCommand } from './commands/inspect.ts'
import { addJournalCommand } from './commands/journal.ts'
import { addRegionsCommand } from './commands/regions.ts'
import { addReplayCommand } from './commands/replay.ts'
import { addRerunCommand } from './commands/rerun.ts'
import { addRunCommand } from './commands/run.ts'
import { addStartCommand } from './commands/start.ts'
import { addVenueCommand } from './commands/venue.ts'
import { runLive } from './run/live.ts'
import { services } from './run/services.ts'

// A reader that has seen enough, such as head(1), closes the pipe: that is not an error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const exitCode = await runCommandLine(process, process.argv.slice(2), manifest.version, [
  (program, frame) => addStartCommand(program, frame, services),
  (program, frame) => addReplayCommand(program, frame, services),
  (program, frame) => addRerunCommand(program, frame, services),
  (program, frame) => addRunCommand(program, frame, runLive),
  addCommandCommand,
  addInspectCommand,
  addBookCommand,
  addConvertCommand,
  addJournalCommand,
  addDiffCommand,
  addRegionsCommand,
  addGenerateCommand,
  addVenueCommand,
  (program, frame) => addBenchCommand(program, frame, services),
])
// What a pipe has not taken yet would be lost with the process.
for (const stream of [process.stdout, process.stderr]) {
  if (stream.writableLength > 0) await new Promise<void>((resolve) => stream.write('', () => resolve()))
}
process.exit(exitCode)
