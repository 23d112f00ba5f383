import type { RecordType } from '../../kernels/records/catalogue.ts'
import type { RecordSchema } from '../../kernels/records/schema.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { layOut, type TableLayout } from './columns.ts'
import { CsvTable } from './csv-table.ts'
import { type ExportFileFacts, ExportFolder } from './export-file.ts'
import { JsonLines } from './json-lines.ts'
import { MARKET_SCHEMAS } from './market-records.ts'
import { ParquetTable } from './parquet-table.ts'
import { RecordRow } from './record-row.ts'

/** File formats of tables. */
export type TableFormat = 'csv' | 'jsonl' | 'parquet'

export interface RecordExportOptions {
  readonly format: TableFormat
  /** Where the table goes, or the folder of one table a record type. A name ending in `.gz` is compressed; not Parquet. */
  readonly path: string
  readonly isFolder: boolean
  /** Record types that are written; all market data if not given. */
  readonly types?: readonly RecordType[] | undefined
  /** Unix time of the session's epoch; times are ns since midnight if not given. */
  readonly epochSeconds?: number | undefined
}

export interface TableFacts extends ExportFileFacts {
  readonly rows: number
  /** Prices left null because Parquet's column cannot hold them. */
  readonly pricesNotHeld: number
}

/** A table in one of the formats. */
export type Table = CsvTable | JsonLines | ParquetTable

/**
 * Opens a table.
 * @param isDated times count from 1970
 * @throws ExportError
 */
export function openTable(format: TableFormat, path: string, layout: TableLayout, isDated: boolean): Table {
  if (format === 'csv') return new CsvTable(path, layout)
  return format === 'jsonl' ? new JsonLines(path, layout) : new ParquetTable(path, layout, isDated)
}

/**
 * Market records as tables for people and their tools: one wide table of all types, one of a single type, or a folder with one
 * for each type that occurs. Nothing has its name before all of it is complete. Memory is bounded, whatever the input's size.
 */
export class RecordExport {
  readonly #options: RecordExportOptions
  readonly #schemas: readonly RecordSchema[]
  readonly #row = new RecordRow()
  readonly #folder: ExportFolder | undefined
  /** By record type; in a single file the same one for all of its types. */
  readonly #tables: (Table | undefined)[] = []

  /** @throws ExportError */
  constructor(options: RecordExportOptions) {
    const { types, path, isFolder } = options
    this.#options = options
    this.#schemas = MARKET_SCHEMAS.filter(({ type }) => types === undefined || types.includes(type))
    this.#row.epochSeconds = options.epochSeconds
    if (isFolder) {
      this.#folder = new ExportFolder(path)
      return
    }
    const table = this.#open(path, layOut(this.#schemas))
    for (const { type } of this.#schemas) this.#tables[type] = table
  }

  /** Takes a record; instruments must come before what speaks of them. @returns whether it is in a table @throws ExportError */
  write(views: RecordViews, at: number): boolean {
    const row = this.#row
    row.moveTo(views, at)
    const table = this.#tables[row.type] ?? this.#openOf(row.type)
    if (table === undefined) return false
    table.append(row)
    return true
  }

  /** Completes all tables and gives them their names. @throws ExportError */
  finish(): TableFacts[] {
    const facts = this.#distinct().map((table): TableFacts => {
      const file = table.finish()
      const pricesNotHeld = table instanceof ParquetTable ? table.pricesNotHeld : 0
      const path =
        this.#folder === undefined ? file.path : file.path.replace(this.#folder.pathOf(''), `${this.#folder.path}/`)
      return { ...file, path, rows: table.rows, pricesNotHeld }
    })
    this.#folder?.finish()
    return facts
  }

  /** Gives up: removes what was written. */
  abandon(): void {
    for (const table of this.#distinct()) table.abandon()
    this.#folder?.abandon()
  }

  #distinct(): Table[] {
    return [...new Set(this.#tables.filter((table) => table !== undefined))]
  }

  #openOf(type: number): Table | undefined {
    const schema = this.#schemas.find((candidate) => candidate.type === type)
    if (schema === undefined || this.#folder === undefined) return undefined
    const table = this.#open(this.#folder.pathOf(`${schema.name}.${this.#options.format}`), layOut([schema]))
    this.#tables[type] = table
    return table
  }

  #open(path: string, layout: TableLayout): Table {
    return openTable(this.#options.format, path, layout, this.#options.epochSeconds !== undefined)
  }
}
