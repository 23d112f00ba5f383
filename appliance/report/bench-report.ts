import type { BookBenchResult } from '../../feeds/book-bench/bench-book.ts'
import type { GateBenchResult } from '../../kernels/io/gate-bench/bench-gate.ts'
import { formatCount, formatNs, formatRate } from '../cli/format.ts'
import { renderPairs, renderTable } from '../cli/table.ts'
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

const COMPARED = ['p50', 'p99', 'p999'] as const

/** What a busy storage kernel does to each hop: beside an idle one, beside a busy one, and the second as a multiple of the first. */
function renderBusyStorage({ latencyNs, busyLatencyNs, busyRatios }: PathBenchResult): string[] {
  if (busyLatencyNs === null || busyRatios === null) return []
  const titles = ['idle: p50', 'p99', 'p99.9', 'busy: p50', 'p99', 'p99.9', '×: p50', 'p99', 'p99.9']
  const columns = [{ title: 'hop' }, ...titles.map((title) => ({ title, align: 'right' as const }))]
  const rows = Object.entries(busyRatios).map(([hop, ratios]) => [
    hop,
    ...[latencyNs, busyLatencyNs].flatMap((hops) => COMPARED.map((key) => formatNs(hops[hop]![key]))),
    ...COMPARED.map((key) => ratios[key].toFixed(2)),
  ])
  return [
    '',
    'Beside a storage kernel that hardly syncs, and one that syncs and compresses all the time',
    ...renderTable(columns, rows),
  ]
}

/** The lines of `xk bench path`. */
export function renderPathBench(result: PathBenchResult): string[] {
  const lines = [
    `Path through three kernels: ${formatCount(result.records)} inbound records, ${formatCount(result.orders)} orders`,
    ...renderPairs([['throughput', `${formatRate(result.recordsPerSecond)} inbound records`]]),
    ...renderLatency(result.latencyNs),
  ]
  lines.push(...renderBusyStorage(result))
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
