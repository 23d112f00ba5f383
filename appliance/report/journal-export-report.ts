import { formatBytes, formatCount } from '../cli/format.ts'
import { cutPath, renderTable, shortenPath } from '../cli/table.ts'
import type { Paint } from '../cli/terminal.ts'
import type { JournalExportResult } from '../journal-export/export-journal.ts'

const right = (title: string) => ({ title, align: 'right' as const })

/** What an export of a session wrote, as lines of at most 100 columns. */
export function renderJournalExport(result: JournalExportResult, paint: Paint, cwd: string): string[] {
  const rows = result.tables.map(({ table, rows: count, bytes, path }) => [
    table,
    formatCount(count),
    formatBytes(bytes),
    shortenPath(path, cwd),
  ])
  const lines = [
    paint.bold(`${cutPath(shortenPath(result.journal, cwd), 50)} as ${result.format}`),
    ...renderTable([{ title: 'table' }, right('rows'), right('bytes'), { title: 'file' }], rows),
  ]
  const pricesNotHeld = result.tables.reduce((sum, table) => sum + table.pricesNotHeld, 0)
  if (pricesNotHeld > 0) lines.push(`  - ${formatCount(pricesNotHeld)} prices have more decimals than Parquet's column`)
  if (!result.isDated) lines.push('  - the session tells no day: times count from midnight')
  for (const symbol of result.symbolsMissing) lines.push(paint.yellow(`  - no instrument is called ${symbol}`))
  return lines
}
