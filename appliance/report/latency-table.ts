import { formatCount, formatNs } from '../cli/format.ts'
import { renderTable } from '../cli/table.ts'
import type { LatencyResult } from '../run/types.ts'

const TITLES = ['count', 'p50', 'p90', 'p99', 'p99.9', 'p99.99', 'max']

/** Percentiles of each hop, in the order in which the hops are given. */
export function renderLatency(latencyNs: Readonly<Record<string, LatencyResult>>): string[] {
  const hops = Object.entries(latencyNs)
  if (hops.length === 0) return ['  nothing was measured']
  const columns = [{ title: 'hop' }, ...TITLES.map((title) => ({ title, align: 'right' as const }))]
  return renderTable(
    columns,
    hops.map(([hop, latency]) => {
      const { count, p50, p90, p99, p999, p9999, max } = latency
      const times = [p50, p90, p99, p999, p9999, max].map((ns) => (count === 0 ? '-' : formatNs(ns)))
      return [hop, formatCount(count), ...times]
    }),
  )
}
