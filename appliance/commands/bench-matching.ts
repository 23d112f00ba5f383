import { type Command, InvalidArgumentError } from 'commander'
import type { Frame } from '../cli/frame.ts'
import { renderMatchBench } from '../report/match-bench-report.ts'
import { runInThread } from '../work/run-in-thread.ts'

interface MatchOptions {
  readonly resting: number
  readonly orders: number
  readonly repetitions: number
  readonly json?: boolean
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`from ${least} to ${most}.`)
  }
}

/**
 * `xk bench match`.
 * @param core tells the core for it
 */
export function addMatchBench(bench: Command, frame: Frame, core: () => number): void {
  frame
    .addCommand(bench, {
      name: 'match',
      summary: 'orders a second of the matching engine',
      description:
        'Gives the matching engine 9 % new passive orders, 3 % immediate ones, 6 % cancels and 82 % replaces over a full ' +
        'book of a thousand instruments: alone, and with accounts kept and the feed written. By the clock, and by ' +
        'processor time, which is what counts on a busy machine.',
      examples: [['bench match --json', 'ordersPerSecond, ordersPerCpuSecond for a script']],
    })
    .option('--resting <n>', 'resting orders', wholeNumber(10_000, 1_500_000), 1_000_000)
    .option('--orders <n>', 'commands of each repetition', wholeNumber(1000, 1e8), 1_000_000)
    .option('--repetitions <n>', 'repetitions of which the median counts', wholeNumber(1, 99), 5)
    .action((options: MatchOptions) =>
      frame.run(options.json === true, async (context) => {
        const { resting: restingOrders, orders: ordersPerRound, repetitions: rounds } = options
        const input = { restingOrders, ordersPerRound, rounds, core: core() }
        const result = await runInThread(context, 'benchMatch', input)
        context.printResult(result, () => renderMatchBench(result))
        return undefined
      }),
    )
}
