import type { MatchBenchResult } from '../../feeds/match-bench/bench-matching.ts'
import { formatCount, formatRate } from '../cli/format.ts'
import { renderPairs } from '../cli/table.ts'

/** The lines of `xk bench match`. */
export function renderMatchBench(result: MatchBenchResult): string[] {
  const rates = (perSecond: number, perCpuSecond: number) =>
    `${formatRate(perSecond)} by the clock, ${formatRate(perCpuSecond)} by processor time`
  return [
    `Matching over ${formatCount(result.restingOrders)} resting orders of ${formatCount(result.instruments)} instruments, ` +
      `median of ${result.rounds}`,
    ...renderPairs([
      ['engine', rates(result.ordersPerSecond, result.ordersPerCpuSecond)],
      ['with feed', rates(result.withFeedOrdersPerSecond, result.withFeedOrdersPerCpuSecond)],
      ['executions', `${formatCount(result.executions)} in ${formatCount(result.ordersPerRound)} commands`],
    ]),
  ]
}
