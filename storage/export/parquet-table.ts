import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { ColumnKind, type TableLayout } from './columns.ts'
import { ExportFile, type ExportFileFacts } from './export-file.ts'
import { type Cell, describeColumn, readCell } from './parquet-cells.ts'
import type { RecordRow } from './record-row.ts'

/** Rows that are held in memory before they are written: enough for compression, little enough for many tables at once. */
const ROWS_PER_GROUP = 65_536

/** Hands what the library has written to the file after each row group; it is at most one group long. */
class GroupWriter extends ByteWriter {
  readonly #file: ExportFile

  constructor(file: ExportFile) {
    super(1 << 20)
    this.#file = file
  }

  flush(): void {
    this.#file.write(this.getBytes())
    this.index = 0
  }

  override finish(): void {
    this.flush()
  }
}

/**
 * A table as Apache Parquet, compressed with Snappy. All columns may hold nulls, so that tables of different days fit together.
 * Bound: one row group in memory; the list of groups in the file's footer grows by some hundred bytes for each.
 */
export class ParquetTable {
  rows = 0
  /** Prices that are null because the column cannot hold them. */
  pricesNotHeld = 0
  readonly #layout: TableLayout
  readonly #kinds: readonly ColumnKind[]
  readonly #columns: Cell[][]
  readonly #file: ExportFile
  readonly #writer: ParquetWriter
  #used = 0

  /**
   * @param isDated times count from 1970, and are timestamps
   * @throws ExportError
   */
  constructor(path: string, layout: TableLayout, isDated: boolean) {
    this.#layout = layout
    this.#kinds = layout.names.map((_, index) => kindOf(layout, index))
    this.#columns = layout.names.map(() => new Array<Cell>(ROWS_PER_GROUP).fill(null))
    this.#file = new ExportFile(path)
    this.#writer = new ParquetWriter({
      writer: new GroupWriter(this.#file),
      schema: [
        { name: 'root', num_children: layout.names.length },
        ...layout.names.map((name, index) => describeColumn(name, this.#kinds[index]!, isDated)),
      ],
      createdBy: 'crosskernel',
    })
  }

  /** Appends the record at hand, which is of a type of the layout. @throws ExportError */
  append(row: RecordRow): void {
    const cells = this.#layout.cells[row.type]!
    for (let index = 0; index < cells.length; index++) {
      const cell = cells[index]
      const value = cell === undefined || row.isEmpty(cell) ? null : readCell(row, cell)
      this.#columns[index]![this.#used] = value
      if (value === null && cell?.kind === ColumnKind.Price && !row.isEmpty(cell)) this.pricesNotHeld++
    }
    this.#used++
    this.rows++
    if (this.#used === ROWS_PER_GROUP) this.#writeGroup()
  }

  /** @throws ExportError */
  finish(): ExportFileFacts {
    if (this.#used > 0) this.#writeGroup()
    this.#writer.finish()
    return this.#file.finish()
  }

  abandon(): void {
    this.#file.abandon()
  }

  #writeGroup(): void {
    const columnData = this.#layout.names.map((name, index) => ({
      name,
      data: this.#columns[index]!.slice(0, this.#used),
      offsetIndex: false,
    }))
    this.#writer.write({ columnData, rowGroupSize: this.#used })
    this.#used = 0
  }
}

/** The kind of a column: of the same type in all records that have it. */
function kindOf({ cells, names }: TableLayout, index: number): ColumnKind {
  const kinds = cells.flatMap((row) => (row?.[index] === undefined ? [] : [row[index].kind]))
  const types = new Set(kinds.map((kind) => JSON.stringify(describeColumn('', kind, true))))
  if (types.size !== 1) throw new Error(`export: the column ${names[index]} is of ${types.size} types`)
  return kinds[0]!
}
