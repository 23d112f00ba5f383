import { formatCount } from '../cli/format.ts'
import { cutText, LINE_COLUMNS_MAX, renderTable, wrapText } from '../cli/table.ts'
import type { Paint } from '../cli/terminal.ts'
import type { DiffResult, FirstDifference } from '../diff/diff-journals.ts'
import type { FieldDifference, ShownRecord } from '../diff/shown-record.ts'

const ROWS_SHOWN = 40

/** The report of `xk diff`: whether two journals are the same, and where they part if they are not. */
export function renderDiff(result: DiffResult, paint: Paint): string[] {
  const verdict = result.isSame
    ? paint.green('The same: all records of both streams, byte for byte')
    : result.first === null
      ? paint.yellow('The same records, but the sessions were run differently')
      : paint.red('DIFFERENT')
  return [
    `${paint.bold('A')} ${result.left}`,
    `${paint.bold('B')} ${result.right}`,
    verdict,
    `  the same from the beginning: ${formatCount(result.sameInbound)} inbound and ${formatCount(result.sameOutbound)} outbound records`,
    ...(result.first === null ? [] : renderDifference(result.first, ['A', 'B'])),
    ...result.damage.flatMap(({ path, what }) =>
      wrapText(`${path} is damaged: ${what}`, LINE_COLUMNS_MAX, '  - ', '    ').map(paint.red),
    ),
    ...renderSessions(result.sessions),
  ]
}

/** Where two sides part: the two records, the fields, the cause, and what the strategies were told around it. */
export function renderDifference(difference: FirstDifference, names: readonly [string, string]): string[] {
  const { stream, sequence, left, right, fields, cause, causeSequence, inbound } = difference
  const width = Math.max(...names.map((name) => name.length))
  const side = (name: string, record: ShownRecord | null) =>
    wrapText(record?.text ?? 'no record', LINE_COLUMNS_MAX, `    ${name.padEnd(width)}  `, ' '.repeat(width + 6))
  return [
    `  first difference: ${stream} sequence ${formatCount(sequence)}`,
    ...side(names[0], left),
    ...side(names[1], right),
    ...(fields.length === 0 ? [] : renderFields(fields, names)),
    ...wrapText(`cause: ${cause}`, LINE_COLUMNS_MAX, '  ', '    '),
    `  inbound records around ${formatCount(causeSequence)}:`,
    ...inbound.map((record) => {
      const mark = record.sequence === causeSequence ? '→' : ' '
      return cutText(`   ${mark} ${record.text}`, LINE_COLUMNS_MAX)
    }),
  ]
}

function renderFields(fields: readonly FieldDifference[], names: readonly [string, string]): string[] {
  const rows = fields.slice(0, ROWS_SHOWN).map(({ field, left, right }) => [field, left ?? '-', right ?? '-'])
  return renderTable([{ title: 'field' }, { title: names[0] }, { title: names[1] }], rows, 4)
}

function renderSessions(sessions: readonly FieldDifference[]): string[] {
  if (sessions.length === 0) return []
  return ['  how the sessions were run:', ...renderFields(sessions, ['A', 'B'])]
}
