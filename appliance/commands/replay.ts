import type { Command } from 'commander'
import { UsageError } from '../cli/errors.ts'
import type { Frame } from '../cli/frame.ts'
import { renderReplayReport } from '../report/replay-report.ts'
import type { RunServices } from '../run/types.ts'
import { addRunOptions, planRun, type RunOptions, readRunConfig, showRun, withStrategyPaths } from './run-options.ts'

/** `xk replay FILE…`: a captured session through the three kernels. */
export function addReplayCommand(program: Command, frame: Frame, services: RunServices): void {
  const command = frame
    .addCommand(program, {
      name: 'replay',
      summary: 'replay captured or journaled market data through the three kernels',
      description:
        'Replays capture files through decoder, books, strategies, risk gate, simulated venue and journal. Decisions ' +
        'are made in virtual time: neither speed nor layout nor load changes them. Of a journal only the market data is ' +
        'taken, and traded anew.',
      examples: [
        ['replay replay-data/sample-session.pcapng.gz', 'the bundled strategies on the sample session'],
        [
          'replay day.pcap --strategy inventory-skew-maker --params size=200 --speed 10',
          'ten times as fast as recorded',
        ],
        [
          'replay day2.pcap --start-of-day .xk/journal/main-1/end-of-day.yaml',
          'from the positions that another session left',
        ],
        ['replay .xk/journal/main-1 --strategy my.ts', 'what another strategy makes of a journaled session'],
        ['replay -c my.yaml --set venue.entryLatencyNs=50_000 --json', 'a configuration with one setting changed'],
      ],
    })
    .argument('[files...]', 'pcap, pcapng, raw ITCH or DBN, gzip or zstd too, replayed in this order; or a journal')
    .option('--speed <max|N>', 'as fast as can be, or N times as fast as recorded')
  addRunOptions(command, { hasLayout: true, hasDay: true }).action((files: string[], options: RunOptions) =>
    frame.run(options.json === true, async (context) => {
      const given = readRunConfig(options, files)
      if (given.feed.files.length === 0) throw new UsageError('no file to replay', 'xk replay FILE…')
      const config = withStrategyPaths(given)
      const plan = planRun(context, config, options.verbose === true)
      const result = await services.replay({ config, plan, ...showRun(context, 'replay') })
      context.printResult(result, () => renderReplayReport(result, context.paint, process.cwd()))
      return result.exitCode
    }),
  )
}
