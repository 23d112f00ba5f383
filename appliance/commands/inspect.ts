import type { Command } from 'commander'
import { type CaptureFacts, inspectCapture } from '../../feeds/inspect/inspect-capture.ts'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import type { CommandContext } from '../cli/command-context.ts'
import type { Frame } from '../cli/frame.ts'
import { renderCapture } from '../report/inspect-report.ts'
import { mergeCaptures } from '../report/merge-captures.ts'

/** `xk inspect FILE…`: what capture files hold. */
export function addInspectCommand(program: Command, frame: Frame): void {
  frame
    .addCommand(program, {
      name: 'inspect',
      summary: 'tell what capture files hold',
      description:
        'Reads capture files and tells packets, times, messages by type, MoldUDP64 sessions with their gaps, and ' +
        'what could not be decoded. With --json several files are added up, and listed under "files". Exit code 3 ' +
        'when a file could not be read to its end.',
      examples: [
        ['inspect replay-data/sample-session.pcapng.gz', 'the sample session'],
        ['inspect day1.pcap day2.pcap.gz --json', 'two captures, for a script'],
      ],
    })
    .argument('<files...>', 'pcap, pcapng, raw ITCH 5.0 or DBN; gzip or zstd too')
    .action((files: string[], options: { json?: boolean }) =>
      frame.run(options.json === true, async (context) => {
        const all: CaptureFacts[] = []
        for (const file of files) all.push(await inspectOne(context, file))
        context.printResult(all.length === 1 ? all[0] : mergeCaptures(all), () =>
          all.flatMap((facts, index) => [
            ...(index === 0 ? [] : ['']),
            ...renderCapture(facts, context.paint, process.cwd()),
          ]),
        )
        return all.some((facts) => facts.errors.length > 0) ? ExitCode.Input : ExitCode.Ok
      }),
    )
}

async function inspectOne(context: CommandContext, file: string): Promise<CaptureFacts> {
  const progress = context.startProgress('inspect')
  const facts = await inspectCapture(file, {
    signal: context.signal,
    onProgress: (fraction) => progress.update(fraction, file),
  })
  context.signal.throwIfAborted()
  return facts
}
