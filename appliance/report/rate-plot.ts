import type { SeriesFacts } from '../../feeds/traffic/traffic-facts.ts'
import { formatTime } from '../../kernels/records/dump.ts'
import { formatCount, formatNs, formatUtcNs } from '../cli/format.ts'
import { LINE_COLUMNS_MAX, renderTable } from '../cli/table.ts'
import type { Paint } from '../cli/terminal.ts'

const PLOT_ROWS = 6
/** Eighths of a row, from none to all. */
const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
const NS_PER_DAY = 86_400_000_000_000n

/**
 * How many of something came when, as a plot of block characters: one column a bucket, with the first and the last bucket's
 * time below. Heights are in proportion; a bucket with anything in it shows.
 */
export function renderRatePlot(noun: string, series: SeriesFacts, paint: Paint): string[] {
  const { counts, bucketNs } = series
  if (counts.length < 2) return []
  const largest = Math.max(...counts)
  const title = `  ${noun} in ${formatNs(bucketNs)}: at most ${formatCount(largest)}`
  const rows: string[] = []
  for (let row = PLOT_ROWS - 1; row >= 0; row--) {
    const cells = counts.map((count) => BLOCKS[blockOf(count, largest, row)]!).join('')
    rows.push(paint.green(cells.slice(0, LINE_COLUMNS_MAX).trimEnd()))
  }
  const startNs = BigInt(series.startNs)
  const endNs = startNs + BigInt(bucketNs) * BigInt(counts.length)
  const format = spansDays(series) ? dateAndTime : timeOfDay
  const zone = startNs < NS_PER_DAY ? '' : ' UTC'
  const first = `${format(startNs)}${zone}`
  const last = format(endNs)
  const width = Math.max(Math.min(counts.length, LINE_COLUMNS_MAX), first.length + last.length + 2)
  return [title, ...rows, paint.dim(`${first}${last.padStart(width - first.length)}`)]
}

/** The busiest periods of each length: the three largest, and when. */
export function renderBursts(packets: SeriesFacts, records: SeriesFacts): string[] {
  const rows = [...toRows('packets', packets), ...toRows('records', records)]
  if (rows.length === 0) return []
  const columns = [{ title: 'busiest' }, { title: 'in' }, { title: 'count', align: 'right' as const }, { title: 'at' }]
  return renderTable([...columns, { title: 'then' }], rows)
}

function toRows(noun: string, series: SeriesFacts): string[][] {
  const format = spansDays(series) ? dateAndTime : timeOfDay
  return series.bursts.flatMap(({ periodNs, busiest }) => {
    const [first, ...others] = busiest
    // One of a kind is no burst.
    if (first === undefined || first.count < 2) return []
    const then = others.slice(0, 2).map(({ timeNs, count }) => `${formatCount(count)} at ${format(BigInt(timeNs))}`)
    return [[noun, formatNs(periodNs), formatCount(first.count), format(BigInt(first.timeNs)), then.join(', ')]]
  })
}

/** In which of the nine heights a count fills a row of the plot, counted from below. */
function blockOf(count: number, largest: number, row: number): number {
  if (count === 0) return 0
  const eighths = Math.max(1, Math.round((count / largest) * PLOT_ROWS * 8))
  return Math.max(0, Math.min(8, eighths - row * 8))
}

/** Whether times of day would not tell which day is meant. */
function spansDays({ startNs, bucketNs, counts }: SeriesFacts): boolean {
  const start = BigInt(startNs)
  const end = start + BigInt(bucketNs) * BigInt(Math.max(0, counts.length - 1))
  return start / NS_PER_DAY !== end / NS_PER_DAY
}

function dateAndTime(timeNs: bigint): string {
  return formatUtcNs(timeNs).slice(5, 23)
}

/** Time of day to the millisecond, in UTC where the date is known: periods are no shorter. */
function timeOfDay(timeNs: bigint): string {
  return formatTime(Number(timeNs % NS_PER_DAY)).slice(0, 12)
}
