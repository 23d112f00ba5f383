import { RejectReason } from '../../kernels/records/catalogue.ts'
import { CONTROLS } from '../../kernels/records/controls.ts'

function cellsOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** The table of the gate's controls in docs/risk-gate.md, in the order in which they are asked. */
export function renderControlsTable(): string {
  const rows = CONTROLS.map(({ reason, about, unit, setting, rules }) => {
    const name = RejectReason[reason]!
    const settings =
      setting === ''
        ? ''
        : setting
            .split(', ')
            .map((key) => `\`${key}\``)
            .join(', ')
    return cellsOf([
      `${reason}`,
      `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      about,
      settings,
      unit,
      rules.join('; '),
    ])
  })
  const heading = ['code', 'control', 'refuses by', 'setting of `gate`', 'value and threshold in', 'serves']
  return [cellsOf(heading), '|---|---|---|---|---|---|', ...rows].join('\n')
}
