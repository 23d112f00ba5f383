import { formatCount, formatNs } from '../cli/format.ts'
import { cutPath, LINE_COLUMNS_MAX, renderPairs, wrapText } from '../cli/table.ts'
import type { Paint } from '../cli/terminal.ts'
import type { RerunResult } from '../run/types.ts'
import { renderDifference } from './difference-report.ts'

/** The report of `xk rerun`: whether the decisions are the journaled ones, and where they part if they are not. */
export function renderRerunReport(result: RerunResult, paint: Paint): string[] {
  const verdict = result.isSame
    ? paint.green('Same decisions: the outbound records are the journaled ones, byte for byte')
    : paint.red('DIFFERENT decisions: the outbound records are not the journaled ones')
  const layout = result.layout === 'processes' ? 'three processes' : 'one thread'
  const lines = [
    paint.bold(`Rerun of ${cutPath(result.journal, 50)} after ${formatNs(result.elapsedNs)}: ${layout}`),
    verdict,
    ...renderPairs([
      ['inbound', `${formatCount(result.inbound.records)} records`],
      ['', result.inbound.digest],
      ['journaled', `${formatCount(result.journaledOutbound.records)} outbound records`],
      ['', result.journaledOutbound.digest],
      ['rerun', `${formatCount(result.outbound.records)} outbound records`],
      ['', result.outbound.digest],
    ]),
  ]
  const difference = result.firstDifference
  if (difference !== null) {
    lines.push(...renderDifference(difference.detail, ['journaled', 'rerun']))
  }
  if (result.ownJournal !== null) lines.push(`  the rerun's own journal: ${cutPath(result.ownJournal, 70)}`)
  const pids = result.kernels.map((kernel) => `${kernel.name} ${kernel.pid}`)
  if (result.layout === 'processes') lines.push(...renderPairs([['processes', pids.join(', ')]]))
  for (const warning of result.warnings) lines.push(...wrapText(warning, LINE_COLUMNS_MAX, '  - ', '    '))
  return lines
}
