import { setImmediate } from 'node:timers/promises'
import type { Command } from 'commander'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { JournalDump } from '../../storage/journal/dump.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { formatFacts, judge } from '../../storage/journal/verify.ts'
import type { CommandContext } from '../cli/command-context.ts'
import { UsageError } from '../cli/errors.ts'
import type { Frame } from '../cli/frame.ts'
import { runInThread } from '../work/run-in-thread.ts'
import { addAt } from './journal-at.ts'
import { addExport, addToPcap } from './journal-export.ts'
import { assertJournal, assertJournalFolder } from './journal-folder.ts'
import { addKeeping } from './journal-keep.ts'
import { addQuery, addReindex } from './journal-query.ts'
import { addRepair } from './journal-repair.ts'

interface DumpOptions {
  readonly stream?: string
  readonly from?: string
  readonly limit?: string
  readonly json?: boolean
}

/** Lines gathered before one write: a write per line would cost more than its formatting. */
const LINES_PER_WRITE = 512

/** `xk journal verify|dump|repair|compress|prune PATH`. */
export function addJournalCommand(program: Command, frame: Frame): void {
  const journal = program
    .command('journal')
    .summary('check, read, ask, export, salvage, compress and remove journals')
    .description(
      'Checks, reads, asks, exports, salvages, compresses and removes journals. No command changes what a journal says.',
    )
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .addHelpText('after', '\nExamples:\n  xk journal verify .xk/journal/main-1\n      check every byte of a journal')
  addVerify(journal, frame)
  addDump(journal, frame)
  addAt(journal, frame)
  addExport(journal, frame)
  addToPcap(journal, frame)
  addReindex(journal, frame)
  addQuery(journal, frame)
  addRepair(journal, frame)
  addKeeping(journal, frame)
}

function addVerify(journal: Command, frame: Frame): void {
  frame
    .addCommand(journal, {
      name: 'verify',
      summary: 'check every byte that matters and tell the digests',
      description:
        'Reads a whole journal and checks it: checksums, the chain, seals. Exit code 8 when it is damaged, 3 when there is none.',
      examples: [
        ['journal verify .xk/journal/main-1', 'is it whole, and what does it hold?'],
        ['journal verify .xk/journal/main-1 --key desk.pub', 'and is every seal signed with the key of this desk?'],
      ],
    })
    .argument('<path>', 'folder of the journal')
    .option('--key <file>', 'public Ed25519 key (PEM) that must have signed every seal')
    .option('--no-digests', 'leave out the digests of both streams: faster, and checks as much')
    .action((path: string, options: { json?: boolean; key?: string; digests: boolean }) =>
      frame.run(options.json === true, async (context) => {
        assertJournalFolder(path)
        const facts = await runInThread(context, 'verifyJournal', {
          path,
          digests: options.digests,
          ...(options.key && { sealKey: options.key }),
        })
        const verdict = judge(facts)
        context.printResult({ ...facts, verdict }, () => formatFacts(facts))
        if (verdict === 'empty') return ExitCode.Input
        return verdict === 'damaged' || verdict === 'other-build' ? ExitCode.Journal : ExitCode.Ok
      }),
    )
}

function addDump(journal: Command, frame: Frame): void {
  frame
    .addCommand(journal, {
      name: 'dump',
      summary: 'print its records, one a line',
      description:
        'Prints records in the order in which they were written, < inbound and > outbound. With --json each line is ' +
        'one JSON object.',
      examples: [
        ['journal dump .xk/journal/main-1 --limit 20', 'how the session begins'],
        ['journal dump .xk/journal/main-1 --stream outbound --from 1000', 'decisions from outbound sequence 1000 on'],
      ],
    })
    .argument('<path>', 'folder of the journal')
    .option('--stream <name>', 'inbound or outbound only')
    .option('--from <sequence>', 'first sequence; needs --stream')
    .option('--limit <n>', 'at most so many records')
    .action((path: string, options: DumpOptions) =>
      frame.run(options.json === true, async (context) => {
        const stream = parseStream(options.stream)
        const fromSequence = parseWhole('--from', options.from)
        if (fromSequence !== undefined && stream === undefined) {
          throw new UsageError('--from needs --stream: each stream has sequences of its own', 'add --stream inbound')
        }
        const limit = parseWhole('--limit', options.limit)
        assertJournal(path)
        await print(
          context,
          new JournalDump(new FileStorage(path), { json: options.json, stream, fromSequence, limit }),
        )
        return ExitCode.Ok
      }),
    )
}

/** Between two writes the event loop turns: a signal, or a reader that has closed the pipe, ends it there. */
async function print(context: CommandContext, dump: JournalDump): Promise<void> {
  try {
    for (let isAtEnd = false; !isAtEnd; ) {
      const lines: string[] = []
      while (lines.length < LINES_PER_WRITE && !isAtEnd) {
        const line = dump.next()
        if (line === undefined) isAtEnd = true
        else lines.push(line)
      }
      if (lines.length > 0) context.terminal.write(`${lines.join('\n')}\n`)
      await setImmediate()
      context.signal.throwIfAborted()
    }
  } finally {
    dump.close()
  }
}

function parseStream(name: string | undefined): JournalStream.Inbound | JournalStream.Outbound | undefined {
  if (name === undefined) return undefined
  if (name === 'inbound') return JournalStream.Inbound
  if (name === 'outbound') return JournalStream.Outbound
  throw new UsageError(`--stream ${name}: there is no such stream`, 'choose inbound or outbound')
}

function parseWhole(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text.replaceAll('_', ''))
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new UsageError(`${flag} ${text} is not a whole number`, `write ${flag} 1000`)
}
