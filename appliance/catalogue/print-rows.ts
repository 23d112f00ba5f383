import type { SqlValue } from '../../storage/catalogue/catalogue.ts'
import { renderTable } from '../cli/table.ts'

export type RowFormat = 'table' | 'csv' | 'json'
export type Row = readonly (SqlValue | Uint8Array)[]

/** Rows by which a table's widths are measured; what follows is fitted to them as it can be. */
const MEASURED_ROWS = 1_000
/** Texts that a reader of CSV would take for something else (RFC 4180). */
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/

/** Gives the lines of rows, with their ends, as they come: memory does not grow with their number. */
export function* renderRows(columns: readonly string[], rows: Iterable<Row>, format: RowFormat): Generator<string> {
  if (format === 'csv') yield* renderCsv(columns, rows)
  else if (format === 'json') yield* renderJson(columns, rows)
  else yield* renderText(columns, rows)
}

function* renderCsv(columns: readonly string[], rows: Iterable<Row>): Generator<string> {
  const line = (cells: readonly string[]) =>
    `${cells.map((cell) => (NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`
  yield line(columns)
  for (const row of rows) yield line(row.map(toText))
}

/** One object: whole numbers beyond 2^53, such as times, are strings, because most readers would round them. */
function* renderJson(columns: readonly string[], rows: Iterable<Row>): Generator<string> {
  yield `{"columns":${JSON.stringify(columns)},"rows":[`
  let count = 0
  for (const row of rows) {
    const object = Object.fromEntries(columns.map((name, index) => [name, toJsonValue(row[index] ?? null)]))
    yield `${count++ === 0 ? '' : ','}\n${JSON.stringify(object)}`
  }
  yield `${count === 0 ? '' : '\n'}]}\n`
}

function* renderText(columns: readonly string[], rows: Iterable<Row>): Generator<string> {
  let block: Row[] = []
  let isFirst = true
  let count = 0
  const flush = () => {
    const lines = drawBlock(columns, block).slice(isFirst ? 0 : 1)
    isFirst = false
    block = []
    return lines.map((line) => `${line}\n`).join('')
  }
  for (const row of rows) {
    block.push(row)
    count++
    if (block.length === MEASURED_ROWS) yield flush()
  }
  if (block.length > 0 || isFirst) yield flush()
  yield `(${count.toLocaleString('en-US')} ${count === 1 ? 'row' : 'rows'})\n`
}

function drawBlock(columns: readonly string[], block: readonly Row[]): string[] {
  const isNumber = columns.map((_, index) => block.every((row) => typeof row[index] !== 'string'))
  const titles = columns.map((title, index) => ({
    title,
    align: isNumber[index] ? ('right' as const) : ('left' as const),
  }))
  const cells = block.map((row) => row.map((value) => toText(value).replaceAll(/[\n\r\t]/g, ' ')))
  return renderTable(titles, cells, 0)
}

function toText(value: SqlValue | Uint8Array): string {
  if (value === null) return ''
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
}

function toJsonValue(value: SqlValue | Uint8Array): string | number | null {
  if (typeof value !== 'bigint') return value instanceof Uint8Array ? toText(value) : value
  const isSafe = value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER)
  return isSafe ? Number(value) : value.toString()
}
