import type { Command } from 'commander'
import { isReadToEnd } from '../../feeds/capture/damage.ts'
import { type CaptureFacts, inspectCapture } from '../../feeds/inspect/inspect-capture.ts'
import { ExitCode, type XkError } from '../../kernels/host/xk-error.ts'
import type { CommandContext } from '../cli/command-context.ts'
import { errorFacts, toXkError } from '../cli/errors.ts'
import type { Frame } from '../cli/frame.ts'
import { renderCapture } from '../report/inspect-report.ts'
import { mergeCaptures } from '../report/merge-captures.ts'
import { addFeedOption } from './feed-option.ts'

interface InspectCommandOptions {
  readonly flows?: boolean
  readonly symbols?: boolean
  readonly asOne?: boolean
  readonly checksums?: boolean
  readonly feed?: readonly string[]
  readonly json?: boolean
}

/** `xk inspect FILE…`: what capture files hold. */
export function addInspectCommand(program: Command, frame: Frame): void {
  const command = frame
    .addCommand(program, {
      name: 'inspect',
      summary: 'tell what capture files hold',
      description:
        'Reads capture files and tells packets, times, messages by type, sessions with their gaps, flows and their ' +
        'protocols, lines against each other, how much came when, and what could not be decoded. With --json several ' +
        'files are added up, and listed under "files"; with --as-one they are one recording, such as two lines in a ' +
        'file each. Exit code 3 when a file could not be read to its end, or not at all: the others are told none the less.',
      examples: [
        ['inspect replay-data/sample-session.pcapng.gz', 'the sample session'],
        ['inspect day1.pcap day2.pcap.gz --json', 'two captures, for a script'],
        ['inspect lineA.pcap lineB.pcap --as-one', 'which line lost what, and which was first'],
      ],
    })
    .argument('<files...>', "pcap, pcapng, raw ITCH 5.0, DBN or another feed's messages; gzip or zstd too")
    .option('--flows', 'all flows, with their protocols and how sure those are')
    .option('--symbols', 'a table of the most active symbols')
    .option('--as-one', 'take the files for one recording')
    .option('--checksums', 'verify the checksums of UDP and TCP: what has a wrong one is counted and left out')
  addFeedOption(command).action((files: string[], options: InspectCommandOptions) =>
    frame.run(options.json === true, async (context) => {
      const groups = options.asOne === true ? [files] : files.map((file) => [file])
      const { all, unread } = await inspectAll(context, groups, options)
      const details = { flows: options.flows === true, symbols: options.symbols === true }
      const unreadFacts = unread.map(({ file, error }) => ({ file, ...errorFacts(error) }))
      context.printResult(groups.length === 1 ? all[0] : { ...mergeCaptures(all), unread: unreadFacts }, () =>
        all.flatMap((facts, index) => [
          ...(index === 0 ? [] : ['']),
          ...renderCapture(facts, context.paint, process.cwd(), details),
        ]),
      )
      for (const { error } of unread) context.printError(error)
      return unread.length > 0 || !all.every(isReadToEnd) ? ExitCode.Input : ExitCode.Ok
    }),
  )
}

/** A file that could not be read at all. */
interface UnreadFile {
  readonly file: string
  readonly error: XkError
}

/** Those that cannot be read do not keep the others from being told. @throws the error of the first when there are no others */
async function inspectAll(
  context: CommandContext,
  groups: readonly (readonly string[])[],
  options: InspectCommandOptions,
): Promise<{ all: CaptureFacts[]; unread: UnreadFile[] }> {
  const all: CaptureFacts[] = []
  const unread: UnreadFile[] = []
  for (const group of groups) {
    try {
      all.push(await inspectOne(context, group, options))
    } catch (thrown) {
      const error = toXkError(thrown)
      if (context.signal.aborted || error.exitCode !== ExitCode.Input) throw thrown
      unread.push({ file: group[0]!, error })
    }
  }
  if (all.length === 0) throw unread[0]!.error
  return { all, unread }
}

async function inspectOne(
  context: CommandContext,
  files: readonly string[],
  options: InspectCommandOptions,
): Promise<CaptureFacts> {
  const progress = context.startProgress('inspect')
  const facts = await inspectCapture(files, {
    feeds: options.feed,
    verifyChecksums: options.checksums,
    signal: context.signal,
    onProgress: (fraction) => progress.update(fraction, files.join(' ')),
  })
  context.signal.throwIfAborted()
  return facts
}
