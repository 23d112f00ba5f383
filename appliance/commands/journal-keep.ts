import { type Command, InvalidArgumentError } from 'commander'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { choosePrunable, listJournals } from '../../storage/journal/retention.ts'
import { askConsent } from '../cli/consent.ts'
import { formatBytes, formatCount } from '../cli/format.ts'
import type { Frame } from '../cli/frame.ts'
import { removeJournals } from '../retention/prune-journals.ts'
import { runInThread } from '../work/run-in-thread.ts'
import { assertJournal } from './journal-folder.ts'

interface PruneOptions {
  readonly keepDays: number
  readonly yes?: boolean
  readonly json?: boolean
}

/** `xk journal compress PATH` and `xk journal prune FOLDER`. */
export function addKeeping(journal: Command, frame: Frame): void {
  addCompress(journal, frame)
  addPrune(journal, frame)
}

function addCompress(journal: Command, frame: Frame): void {
  frame
    .addCommand(journal, {
      name: 'compress',
      summary: 'compress all segments but the last (zstd), each checked before its original goes',
      description:
        'Compresses sealed segments in place. Every command reads a compressed journal as before, its seals stay what they are, and ' +
        'zstd -d gives a segment back byte for byte.',
      examples: [['journal compress .xk/journal/main-1', 'usually to a fifth or less']],
    })
    .argument('<path>', 'folder of the journal')
    .action((path: string, options: { json?: boolean }) =>
      frame.run(options.json === true, async (context) => {
        assertJournal(path)
        const facts = await runInThread(context, 'compressJournal', { path })
        context.printResult(facts, () => [
          `compressed ${formatCount(facts.segments)} segments, ${formatBytes(facts.contentBytes)} to ` +
            `${formatBytes(facts.compressedBytes)}`,
        ])
        return ExitCode.Ok
      }),
    )
}

function wholeDays(text: string): number {
  const days = Number(text)
  if (Number.isSafeInteger(days) && days >= 1 && days <= 36_500) return days
  throw new InvalidArgumentError('from 1 to 36500.')
}

function addPrune(journal: Command, frame: Frame): void {
  frame
    .addCommand(journal, {
      name: 'prune',
      summary: 'remove whole journals that are older than is to be kept',
      description:
        'Removes the journals of a folder whose newest segment is older than --keep-days. Journals that changed within the hour, ' +
        'and folders that hold other files, stay. The catalogue forgets what goes. Asks first, unless --yes is given. A run removes ' +
        'older ones by itself where journal.keepDays, keepCount or keepBytes say so.',
      examples: [['journal prune .xk/journal --keep-days 2555', 'keep seven years']],
    })
    .argument('<folder>', 'folder that holds journals')
    .requiredOption('--keep-days <n>', 'days for which journals are kept', wholeDays)
    .option('--yes', 'do not ask')
    .action((folder: string, options: PruneOptions) =>
      frame.run(options.json === true, async (context) => {
        const journals = listJournals(folder, Date.now())
        const retention = { keepDays: options.keepDays, keepCount: 0, keepBytes: 0 }
        const going = choosePrunable(journals, retention, Date.now())
        const bytes = going.reduce((sum, { bytes }) => sum + bytes, 0)
        if (going.length > 0) {
          if (!context.isJson) context.printNote(going.map(({ path }) => path).join('\n'))
          const question = `Remove these ${going.length} journals, ${formatBytes(bytes)}?`
          await askConsent(context, question, options.yes === true)
          removeJournals(folder, going)
        }
        const removed = going.map(({ path }) => path)
        context.printResult({ journals: journals.length, removed, bytes }, () => [
          `removed ${formatCount(going.length)} of ${formatCount(journals.length)} journals, ${formatBytes(bytes)}`,
        ])
        return ExitCode.Ok
      }),
    )
}
