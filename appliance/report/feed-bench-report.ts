import type { FeedBenchRow } from '../../feeds/feed-bench/bench-feed.ts'
import type { FuzzResult } from '../../feeds/fuzz/fuzz.ts'
import type { InspectBenchResult } from '../../feeds/inspect/bench-inspect.ts'
import { formatAmount, formatCount, formatRate } from '../cli/format.ts'
import { renderPairs, renderTable } from '../cli/table.ts'

const INPUT_COLUMNS_MAX = 30

/** The lines of `xk bench feed`. */
export function renderFeedBench(rows: readonly FeedBenchRow[]): string[] {
  return [
    'Feeds from memory: decoded, and with a full book over the records; ns a message',
    ...renderTable(
      [
        { title: 'feed' },
        { title: 'input' },
        { title: 'messages', align: 'right' },
        { title: 'decode', align: 'right' },
        { title: '× ITCH', align: 'right' },
        { title: 'with book', align: 'right' },
        { title: '× ITCH', align: 'right' },
      ],
      rows.map((row) => [
        row.feed,
        row.input.slice(0, INPUT_COLUMNS_MAX),
        formatCount(row.messages),
        row.decodeNsPerMessage.toFixed(1),
        row.decodeRatio.toFixed(2),
        row.bookNsPerMessage.toFixed(1),
        row.bookRatio.toFixed(2),
      ]),
    ),
  ]
}

/** The lines of `xk bench inspect`. */
export function renderInspectBench(result: InspectBenchResult): string[] {
  return [
    `Inspection of a capture of ${formatCount(result.bytes / 1e6)} MB, median of ${result.rounds}`,
    ...renderPairs([
      ['packets', `${formatCount(result.packets)}, ${formatRate(result.packetsPerSecond)}`],
      ['messages', `${formatCount(result.messages)}, ${formatRate(result.messagesPerSecond)}`],
      ['bytes', `${formatCount(result.megabytesPerSecond)} MB/s`],
    ]),
  ]
}

/** The lines of `xk bench fuzz`. */
export function renderFuzz(results: readonly FuzzResult[]): string[] {
  const faults = results.flatMap(({ target, fault }) =>
    fault === null ? [] : [`FAULT in ${target}: ${fault.what}`, `  again with: ${fault.replay}`],
  )
  return [
    `Fuzzing of ${formatAmount(results.length, 'target')}: ${faults.length === 0 ? 'no fault' : 'FAULTS'}`,
    ...renderTable(
      [
        { title: 'target' },
        { title: 'seeds', align: 'right' },
        { title: 'cut, flipped', align: 'right' },
        { title: 'mutations', align: 'right' },
        { title: 'a second', align: 'right' },
        { title: 'heap, external, resident MiB', align: 'right' },
      ],
      results.map((result) => [
        result.target,
        formatCount(result.seeds),
        formatCount(result.exhausted),
        formatCount(result.mutations),
        formatCount(result.mutationsPerSecond),
        renderGrowth(result.growth),
      ]),
    ),
    ...faults,
  ]
}

function renderGrowth({ heapBytes, externalBytes, residentBytes }: FuzzResult['growth']): string {
  return [heapBytes, externalBytes, residentBytes].map((bytes) => `+${Math.round(bytes / 2 ** 20)}`).join(' ')
}
