import { type Command, InvalidArgumentError } from 'commander'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import type { Frame } from '../cli/frame.ts'
import type { CorePlan } from '../core-plan/core-plan.ts'
import { renderLiveResumeBench, renderResumeBench } from '../report/resume-bench-report.ts'
import type { RunServices } from '../run/types.ts'
import { showRun } from './run-options.ts'

interface Options {
  readonly messages: number
  readonly every: number
  readonly live?: boolean
  readonly json?: boolean
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text.replaceAll('_', ''))
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`from ${least} to ${most}.`)
  }
}

/** `xk bench resume`. */
export function addResumeBench(bench: Command, frame: Frame, services: RunServices, plan: () => CorePlan): void {
  frame
    .addCommand(bench, {
      name: 'resume',
      summary: 'how long a killed kernel is away, by the length of the journal',
      description:
        'Replays a generated session twice, without snapshots and with them, and kills each kernel at a quarter, a half and ' +
        'three quarters of it: how long it was away, and how long a snapshot held a kernel up. With --live it is the I/O kernel ' +
        'of sessions with an exchange in a box, and --messages are inbound records.',
      examples: [
        ['bench resume', 'half a million messages, a snapshot every 50,000 records'],
        ['bench resume --messages 4_000_000 --every 200_000', 'a longer journal'],
        ['bench resume --live --messages 40_000 --every 5_000', 'the I/O kernel of a live session'],
      ],
    })
    .option('--messages <n>', 'exchange messages of the session', wholeNumber(1000, 100_000_000), 500_000)
    .option('--every <n>', 'inbound records between two snapshots', wholeNumber(100, 100_000_000), 50_000)
    .option('--live', 'live sessions, with an exchange in a box')
    .action((options: Options) =>
      frame.run(options.json === true, async (context) => {
        const { messages, every: everyRecords } = options
        const hooks = showRun(context, 'bench resume')
        if (options.live === true) {
          const live = await services.benchResumeLive({ plan: plan(), records: messages, everyRecords, ...hooks })
          context.printResult(live, () => renderLiveResumeBench(live))
          return ExitCode.Ok
        }
        const result = await services.benchResume({ plan: plan(), messages, everyRecords, ...hooks })
        context.printResult(result, () => renderResumeBench(result))
        return result.isSame ? undefined : ExitCode.Internal
      }),
    )
}
