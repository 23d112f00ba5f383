import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { UsageError } from '../cli/errors.ts'
import type { Frame } from '../cli/frame.ts'
import { renderDiff } from '../report/difference-report.ts'
import { runInThread } from '../work/run-in-thread.ts'
import { assertJournal } from './journal-folder.ts'

/** Inbound records shown on either side of a cause, unless the user says otherwise. */
const REACH_DEFAULT = 3
const REACH_MAX = 1_000

/** `xk diff A B`: the first record in which two journals differ. */
export function addDiffCommand(program: Command, frame: Frame): void {
  frame
    .addCommand(program, {
      name: 'diff',
      summary: 'compare two journals and name the first record in which they differ',
      description:
        'Compares the records of two journals byte for byte, inbound and outbound, and names the first difference by the ' +
        'order of causes: both records decoded, the fields that differ, why, and the inbound records around it. What the ' +
        'sessions’ headers say differently (code, plugins, configuration, limits) is listed too. Exit code 8 when they differ.',
      examples: [
        ['diff .xk/journal/main-1 .xk/journal/main-2', 'two runs of the same day'],
        [
          'diff .xk/journal/main-1 .xk/journal/main-2 --around 20 --json',
          'for a script, with more of what came before',
        ],
      ],
    })
    .argument('<A>', 'folder of a journal')
    .argument('<B>', 'folder of another')
    .option('--around <n>', `inbound records shown before the cause, and as many behind; ${REACH_DEFAULT} if not given`)
    .action((left: string, right: string, options: { around?: string; json?: boolean }) =>
      frame.run(options.json === true, async (context) => {
        const reach = parseReach(options.around)
        for (const path of [left, right]) assertJournal(path)
        if (isSameFolder(left, right)) throw new UsageError('both are the same journal', 'name two')
        const input = { left: resolve(left), right: resolve(right), reach }
        const result = await runInThread(context, 'diffJournals', input)
        context.printResult(result, () => renderDiff(result, context.paint))
        return result.isSame ? ExitCode.Ok : ExitCode.Journal
      }),
    )
}

function isSameFolder(left: string, right: string): boolean {
  const [one, other] = [statSync(left), statSync(right)]
  return one.ino === other.ino && one.dev === other.dev
}

function parseReach(text: string | undefined): number {
  if (text === undefined) return REACH_DEFAULT
  const reach = Number(text)
  if (Number.isInteger(reach) && reach >= 0 && reach <= REACH_MAX) return reach
  throw new UsageError(`--around ${text} is no number of records`, `write a whole number up to ${REACH_MAX}`)
}
