import { formatAmount, formatBytes, formatCount, formatUtcNs } from '../cli/format.ts'
import { cutPath, LINE_COLUMNS_MAX, renderPairs, renderTable, shortenPath, wrapText } from '../cli/table.ts'
import type { Paint } from '../cli/terminal.ts'
import type { ConvertResult } from '../convert/convert.ts'
import { explainUndecoded } from './undecoded-meanings.ts'

/** Rows of the table of files; the rest are in `--json`. */
const ROWS_SHOWN = 30
const right = (title: string) => ({ title, align: 'right' as const })

/** What a conversion did, as lines of at most 100 columns. */
export function renderConversion(result: ConvertResult, paint: Paint, cwd: string): string[] {
  const { input, output } = result
  const from = cutPath(shortenPath(input.path, cwd), 40)
  const to = cutPath(shortenPath(output.path, cwd), 40)
  return [
    paint.bold(`${from} (${input.kind}) converted to ${to} (${output.format})`),
    ...renderPairs(describeContents(result)),
    ...renderRecords(result),
    ...renderFiles(result, cwd),
    ...renderLosses(result, paint),
  ]
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

function flatten(losses: ConvertResult['output']['notTold']): Record<string, number> {
  return Object.fromEntries(Object.entries(losses).map(([reason, counts]) => [reason, sum(counts)]))
}

function describeTime(timeNs: string, isDated: boolean): string {
  const text = formatUtcNs(BigInt(timeNs))
  return isDated ? text : `${text.slice(11, 29)} of the day`
}

function describeContents({ input, output, cut, isDated }: ConvertResult): [string, string][] {
  const pairs: [string, string][] = [
    ['records in', formatCount(sum(input.records))],
    ['records out', `${formatCount(sum(output.records))}, ${formatBytes(output.bytes)}`],
  ]
  if (output.packets > 0) pairs.push(['packets', formatCount(output.packets)])
  if (cut.snapshotOrders > 0) pairs.push(['snapshot', `${formatAmount(cut.snapshotOrders, 'live order')} as adds`])
  if (output.firstTimeNs !== null && output.lastTimeNs !== null) {
    pairs.push(['first', describeTime(output.firstTimeNs, isDated)], ['last', describeTime(output.lastTimeNs, isDated)])
  }
  return pairs
}

function renderRecords({ input, output }: ConvertResult): string[] {
  const names = [...new Set([...Object.keys(input.records), ...Object.keys(output.records)])]
  const rows = names.map((name) => [
    name,
    formatCount(input.records[name] ?? 0),
    formatCount(output.records[name] ?? 0),
  ])
  return rows.length === 0 ? [] : renderTable([{ title: 'record' }, right('in'), right('out')], rows)
}

function renderFiles({ output }: ConvertResult, cwd: string): string[] {
  if (output.files.length < 2) return []
  const rows = output.files
    .slice(0, ROWS_SHOWN)
    .map(({ path, records, bytes }) => [shortenPath(path, cwd), formatCount(records), formatBytes(bytes)])
  return renderTable([{ title: 'file' }, right('records'), right('bytes')], rows)
}

/** Types of ITCH messages of which the output has none although the input has some, where nobody asked for less. */
function messagesLeftOut({ input, output, cut }: ConvertResult): string[] {
  if (output.format !== 'itch' && output.format !== 'pcapng') return []
  const isCut = cut.symbol + cut.before + cut.behind > 0 || sum(cut.notWritten) > sum(flatten(output.notTold))
  if (isCut) return []
  return Object.entries(input.messages.itch50 ?? {})
    .filter(([type]) => (output.messages[type] ?? 0) === 0)
    .map(([type, count]) => `${type} ${formatCount(count)}`)
}

function renderLosses(result: ConvertResult, paint: Paint): string[] {
  const { input, output, cut } = result
  const lines: string[] = []
  const left: [number, string][] = [
    [cut.symbol, 'of other symbols'],
    [cut.before, 'before the range'],
    [cut.behind, 'behind the range'],
  ]
  for (const [count, what] of left) if (count > 0) lines.push(`${formatAmount(count, 'record')} ${what} left out`)
  for (const [verb, losses] of [
    ['cannot be told in this format', output.notTold],
    ['are told only in part', output.partlyTold],
  ] as const) {
    for (const [reason, counts] of Object.entries(losses)) {
      const types = Object.entries(counts).map(([type, count]) => `${type} ${formatCount(count)}`)
      lines.push(`${formatCount(sum(counts))} ${verb} (${reason}): ${types.join(', ')}`)
    }
  }
  const types = messagesLeftOut(result)
  if (types.length > 0) lines.push(`messages of the input of which there are none in the output: ${types.join(', ')}`)
  if (cut.snapshotRefused > 0)
    lines.push(`${formatAmount(cut.snapshotRefused, 'live order')} found no room in the snapshot`)
  for (const symbol of cut.symbolsMissing.slice(0, ROWS_SHOWN)) lines.push(`no instrument is called ${symbol}`)
  for (const [reason, count] of Object.entries(input.undecoded)) {
    lines.push(`${formatCount(count)} of the input not decoded: ${explainUndecoded(reason)}`)
  }
  for (const { message } of input.errors) lines.push(`the input is damaged or ended early: ${message}`)
  return lines.flatMap((line) => wrapText(line, LINE_COLUMNS_MAX, '  - ', '    ').map(paint.yellow))
}
