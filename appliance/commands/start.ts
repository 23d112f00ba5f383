import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import type { Frame } from '../cli/frame.ts'
import { renderReplayReport } from '../report/replay-report.ts'
import type { RunServices } from '../run/types.ts'
import { addRunOptions, planRun, type RunOptions, readRunConfig, showRun, withStrategyPaths } from './run-options.ts'

/** Long enough to watch, short enough to wait for; a host that cannot keep the pace takes longer. */
const RUN_SECONDS = 8

/** `xk start`, the main job of `npm start`: the sample session through the three kernels, compressed in time. */
export function addStartCommand(program: Command, frame: Frame, services: RunServices): void {
  const command = frame
    .addCommand(program, {
      name: 'start',
      summary: 'the sample session through the three kernels, in some ten seconds',
      description:
        'Replays the sample session of replay-data/ with the bundled strategies, compressed in time so that it ' +
        'takes some ten seconds, and shows the report.',
      examples: [
        ['start', 'what npm start runs'],
        ['start --layout inline --speed max', 'on one thread, as fast as can be'],
      ],
    })
    .option('--speed <max|N>', 'as fast as can be, or N times as fast as recorded')
  addRunOptions(command, { hasLayout: true }).action((options: RunOptions) =>
    frame.run(options.json === true, async (context) => {
      const sample = findSample(join(findPackageRoot(), 'replay-data'))
      const speed = options.speed ?? chooseSpeed(sample)
      const config = withStrategyPaths(readRunConfig({ ...options, speed }, [sample]))
      const plan = planRun(context, config, options.verbose === true)
      const result = await services.replay({ config, plan, ...showRun(context, 'start') })
      context.printResult(result, () => renderReplayReport(result, context.paint, process.cwd()))
      return result.exitCode
    }),
  )
}

function findSample(folder: string): string {
  const names = existsSync(folder) ? readdirSync(folder).sort() : []
  const name = names.find((candidate) => candidate.endsWith('.pcapng.gz'))
  if (name !== undefined) return join(folder, name)
  throw new XkError({
    code: 'sample-missing',
    what: 'the sample session is missing',
    where: folder,
    next: 'restore replay-data/ from the repository, or make one: xk generate --capture FILE',
    exitCode: ExitCode.Input,
  })
}

/** The facts that the generator left beside the sample say how long the session is. */
function chooseSpeed(sample: string): string {
  const factsPath = sample.replace(/\.pcapng\.gz$/, '.json')
  if (!existsSync(factsPath)) return 'max'
  const { firstMessageNs, lastMessageNs } = JSON.parse(readFileSync(factsPath, 'utf8'))
  const speed = Math.round((lastMessageNs - firstMessageNs) / (RUN_SECONDS * 1e9))
  return speed >= 1 ? String(speed) : 'max'
}
