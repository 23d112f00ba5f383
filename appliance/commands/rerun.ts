import { resolve } from 'node:path'
import type { Command } from 'commander'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import type { Frame } from '../cli/frame.ts'
import { renderRerunReport } from '../report/rerun-report.ts'
import type { RunServices } from '../run/types.ts'
import { addRunOptions, planRun, type RunOptions, readRunConfig, showRun, withStrategyPaths } from './run-options.ts'

/** `xk rerun JOURNAL`: decide again from the journaled inbound records and compare. */
export function addRerunCommand(program: Command, frame: Frame, services: RunServices): void {
  const command = frame
    .addCommand(program, {
      name: 'rerun',
      summary: 'decide again from a journal and compare with what was decided',
      description:
        'Feeds the inbound records of a journal, verbatim, to the strategy kernel and compares what it emits with ' +
        'the journaled outbound records. Exit code 8 when they differ.',
      examples: [
        ['rerun .xk/journal/main-1', 'the last check before a journal counts as evidence'],
        ['rerun .xk/journal/main-1 --layout inline --json', 'on one thread, for a script'],
      ],
    })
    .argument('<journal>', 'folder of the journal')
  addRunOptions(command, { hasLayout: true }).action((journal: string, options: RunOptions) =>
    frame.run(options.json === true, async (context) => {
      const given = readRunConfig(options, [])
      const config = given.strategies.length === 0 ? given : withStrategyPaths(given)
      const plan = planRun(context, config, options.verbose === true)
      const journalPath = resolve(journal)
      const result = await services.rerun({ journalPath, config, plan, ...showRun(context, 'rerun') })
      context.printResult(result, () => renderRerunReport(result, context.paint))
      return result.isSame ? ExitCode.Ok : ExitCode.Journal
    }),
  )
}
