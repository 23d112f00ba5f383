import type { BookBenchResult } from '../../feeds/book-bench/bench-book.ts'
import type { GateBenchResult } from '../../kernels/io/gate-bench/bench-gate.ts'
import { formatCount, formatNs, formatRate } from '../cli/format.ts'
import { renderPairs } from '../cli/table.ts'
import type { PathBenchResult, RingBenchResult } from '../run/types.ts'
import { renderLatency } from './latency-table.ts'

/** The lines of `xk bench ring`. */
export function renderRingBench(result: RingBenchResult): string[] {
  return [
    `Ring between two processes on cores ${result.cores.join(' and ')}, median of ${result.repetitions}`,
    ...renderPairs([
      ['round trip', `${formatNs(result.roundTripNs)} at the median, ${formatNs(result.roundTripP99Ns)} at p99`],
      ['bare atomics', `${formatNs(result.bareRoundTripNs)}: what these cores can do at best`],
      ['throughput', `${formatRate(result.recordsPerSecond)} records of ${result.recordBytes} bytes, every word read`],
    ]),
  ]
}

/** The lines of `xk bench book`. */
export function renderBookBench(result: BookBenchResult): string[] {
  const perMessage = (ns: number) => `${ns.toFixed(1)} ns a message`
  const ratio = (factor: number) => `${factor.toFixed(1)} × the walk`
  return [
    `Books over ${formatCount(result.messages)} messages, median of ${result.rounds}`,
    ...renderPairs([
      ['walk', perMessage(result.walkNsPerMessage)],
      ['level book', `${perMessage(result.levelBookNsPerMessage)}, ${ratio(result.levelBookRatio)}`],
      ['full book', `${perMessage(result.fullBookNsPerMessage)}, ${ratio(result.fullBookRatio)}`],
    ]),
  ]
}

type Hops = PathBenchResult['latencyNs']

/** What a busy storage kernel does to the hops of the strategy kernel, as multiples. */
function renderBusyStorage(calm: Hops, busy: Hops): string[] {
  const lines = ['With the storage kernel syncing and compressing all the time:', ...renderLatency(busy)]
  for (const hop of ['ringInbound', 'tickToOrder']) {
    const [before, after] = [calm[hop], busy[hop]]
    if (before === undefined || after === undefined) continue
    const times = (['p50', 'p99', 'p999'] as const).map((key) => `${key} × ${(after[key] / before[key]).toFixed(2)}`)
    lines.push(`  ${hop.padEnd(12)} against an idle one: ${times.join(', ')}`)
  }
  return lines
}

/** The lines of `xk bench path`. */
export function renderPathBench(result: PathBenchResult): string[] {
  const lines = [
    `Path through three kernels: ${formatCount(result.records)} inbound records, ${formatCount(result.orders)} orders`,
    ...renderPairs([['throughput', `${formatRate(result.recordsPerSecond)} inbound records`]]),
    ...renderLatency(result.latencyNs),
  ]
  if (result.busyLatencyNs !== null) lines.push('', ...renderBusyStorage(result.latencyNs, result.busyLatencyNs))
  if (!result.isLatencyComparable)
    lines.push('  NOT COMPARABLE: more than 0.1 % of the records were held for virtual time')
  return lines
}

/** The lines of `xk bench gate`. */
export function renderGateBench(result: GateBenchResult): string[] {
  const { orders, refused, openOrdersPeak, clockNs, decideNs } = result
  return [
    `Risk gate: ${formatCount(orders)} orders, ${formatCount(refused)} refused, up to ${formatCount(openOrdersPeak)} open`,
    ...renderLatency({ verdict: decideNs }),
    `  the clock's own ${formatNs(clockNs)} are taken off`,
  ]
}
