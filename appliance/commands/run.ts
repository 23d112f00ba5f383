import type { Command } from 'commander'
import { UsageError } from '../cli/errors.ts'
import type { Frame } from '../cli/frame.ts'
import { renderLiveReport } from '../report/live-report.ts'
import type { LiveRequest, LiveResult } from '../run/live-types.ts'
import type { RunProgress } from '../run/types.ts'
import { addRunOptions, planRun, type RunOptions, readRunConfig, showRun, withStrategyPaths } from './run-options.ts'

const MS_PER_SECOND = 1000
const SECONDS_MAX = 1_000_000

interface LiveOptions extends RunOptions {
  readonly for?: string
}

/** `xk run`: a live session on the feed and with the venue of the configuration. */
export function addRunCommand(
  program: Command,
  frame: Frame,
  runLive: (request: LiveRequest) => Promise<LiveResult>,
): void {
  const command = frame
    .addCommand(program, {
      name: 'run',
      summary: 'trade live: market data from the network, orders to a venue',
      description:
        'Listens to TotalView-ITCH over MoldUDP64, enters orders by OUCH over SoupBinTCP, journals everything. Ends on ' +
        'Ctrl-C: all orders are cancelled first. See docs/order-entry.md.',
      examples: [
        ['run -c appliance.yaml', 'until Ctrl-C'],
        ['run -c appliance.yaml --start-of-day .xk/journal/main-1/end-of-day.yaml', 'from where yesterday ended'],
        ['run -c appliance.yaml --set gate.killed=true --for 60', 'a dry run of a minute: nothing leaves'],
      ],
    })
    .option('--for <seconds>', 'end so long after the session began')
  addRunOptions(command, { hasDay: true }).action((options: LiveOptions) =>
    frame.run(options.json === true, async (context) => {
      const config = withStrategyPaths(readRunConfig(options, []))
      const plan = planRun(context, config, options.verbose === true)
      const hooks = showRun(context, 'run')
      const ending = new AbortController()
      hooks.signal.addEventListener('abort', () => ending.abort(hooks.signal.reason), { once: true })
      const clock = new EndingClock(ending, options.for === undefined ? undefined : readForMs(options.for))
      const onProgress = (progress: RunProgress) => {
        if (progress.phase === 'running') clock.start()
        hooks.onProgress(progress)
      }
      const request = { config, plan, ...hooks, onProgress, signal: ending.signal }
      const result = await runLive(request).finally(() => clock.stop())
      context.printResult(result, () => renderLiveReport(result, context.paint))
      return result.exitCode
    }),
  )
}

/** Ends a session some time after it began: what it takes to get ready does not count. */
class EndingClock {
  readonly #ending: AbortController
  readonly #afterMs: number | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(ending: AbortController, afterMs: number | undefined) {
    this.#ending = ending
    this.#afterMs = afterMs
  }

  start(): void {
    if (this.#afterMs === undefined || this.#timer !== undefined) return
    this.#timer = setTimeout(() => this.#ending.abort(), this.#afterMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

function readForMs(text: string): number {
  const seconds = Number(text)
  if (!(seconds > 0 && seconds <= SECONDS_MAX)) {
    throw new UsageError(`--for ${text} is no number of seconds`, `give one from 0 to ${SECONDS_MAX}`)
  }
  return Math.ceil(seconds * MS_PER_SECOND)
}
