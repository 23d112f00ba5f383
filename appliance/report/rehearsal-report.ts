import { formatCount } from '../cli/format.ts'
import { cutText, LINE_COLUMNS_MAX, renderTable } from '../cli/table.ts'
import type { Paint } from '../cli/terminal.ts'
import type { PassSheet, ScenarioResult, SheetRow } from '../rehearsal/sheet.ts'

const MS_PER_SECOND = 1000

/** A pass sheet as lines: each scenario with what was done, expected and seen, and what came of it. */
export function renderPassSheet(sheet: PassSheet, paint: Paint): string[] {
  const verdict = sheet.isPassed ? paint.green('PASSED') : paint.red('FAILED')
  return [
    ...sheet.scenarios.flatMap((scenario) => [...renderScenario(scenario, paint), '']),
    `${verdict}  ${formatCount(sheet.passed)} passed, ${formatCount(sheet.failed)} failed`,
  ]
}

function renderScenario({ name, about, isPassed, rows, journal, elapsedMs }: ScenarioResult, paint: Paint): string[] {
  const verdict = isPassed ? paint.green('pass') : paint.red('FAIL')
  const cells = rows.map((row) => [row.line === 0 ? '' : `${row.line}`, wordOf(row), row.text, row.seen, markOf(row)])
  const columns = [
    { title: 'line', align: 'right' as const },
    { title: '' },
    { title: 'step' },
    { title: 'seen' },
    { title: '' },
  ]
  const failures = rows.filter((row) => !row.isPassed)
  return [
    `${verdict}  ${name}  ${(elapsedMs / MS_PER_SECOND).toFixed(1)} s`,
    `  ${cutText(about, LINE_COLUMNS_MAX - 2)}`,
    ...renderTable(columns, cells),
    ...failures.flatMap(({ text, seen }) => [`  expected  ${text}`, `  seen      ${seen}`]),
    ...(isPassed || journal === '' ? [] : [`  journal   ${journal}`]),
  ]
}

function wordOf({ kind }: SheetRow): string {
  return kind === 'done' ? 'do' : 'expect'
}

function markOf({ kind, isPassed }: SheetRow): string {
  if (!isPassed) return 'FAIL'
  return kind === 'done' ? '' : 'ok'
}
