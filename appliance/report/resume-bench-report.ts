import { formatBytes, formatCount, formatNs } from '../cli/format.ts'
import { renderTable } from '../cli/table.ts'
import type { KernelSnapshots, LiveResumeBenchResult, ResumeBenchResult, ResumeRow } from '../run/types.ts'

const COLUMNS = [
  { title: 'kernel' },
  { title: 'snapshots' },
  ...['records', 'again from', 'recovery', 'away for'].map((title) => ({ title, align: 'right' as const })),
]

/** The lines of `xk bench resume`. */
export function renderResumeBench(result: ResumeBenchResult): string[] {
  const { messages, everyRecords, rows, snapshots, isSame } = result
  const order = ['strategy', 'io', 'storage']
  const sorted = [...rows].sort((left, right) => order.indexOf(left.kernel) - order.indexOf(right.kernel))
  return [
    `Killed kernels in a session of ${formatCount(messages)} messages, with a snapshot every ${formatCount(everyRecords)} records or none`,
    ...renderTable(COLUMNS, sorted.map(renderRow)),
    ...(['strategy', 'io'] as const).map((kernel) => renderPause(kernel, snapshots[kernel])),
    isSame ? '  both sessions decided the same' : '  THE TWO SESSIONS DECIDED OTHERWISE: this is a bug',
  ]
}

/** The lines of `xk bench resume --live`. */
export function renderLiveResumeBench({ records, everyRecords, rows, snapshots }: LiveResumeBenchResult): string[] {
  return [
    `I/O kernels killed in live sessions of ${formatCount(records)} records, with a snapshot every ${formatCount(everyRecords)} or none`,
    ...renderTable(COLUMNS, rows.map(renderRow)),
    renderPause('io', snapshots),
  ]
}

function renderPause(kernel: string, { taken, bytes, pauseNsMax }: KernelSnapshots): string {
  return `  ${kernel}: ${formatCount(taken)} snapshots of ${formatBytes(bytes)}, a pause of ${formatNs(pauseNsMax)} at most`
}

function renderRow(row: ResumeRow): string[] {
  const { kernel, hasSnapshots, records, fromRecord, recoveryNs, resumedNs } = row
  const from = fromRecord === null ? '-' : fromRecord === 0 ? 'the start' : formatCount(fromRecord)
  return [kernel, hasSnapshots ? 'yes' : 'no', formatCount(records), from, formatNs(recoveryNs), formatNs(resumedNs)]
}
