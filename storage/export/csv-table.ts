import { ByteText } from './byte-text.ts'
import { putNumber, putWide, readCellText } from './cell-text.ts'
import type { TableLayout } from './columns.ts'
import { ExportFile, type ExportFileFacts } from './export-file.ts'
import type { RecordRow } from './record-row.ts'

const COMMA = 0x2c
const LINE_END = 0x0a
/** Texts that a reader would take for something else. */
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/

/** A table as comma-separated values (RFC 4180 with LF) behind a row of names; a cell without a value is empty. */
export class CsvTable {
  rows = 0
  readonly #layout: TableLayout
  readonly #file: ExportFile
  readonly #text = new ByteText()

  /** @throws ExportError */
  constructor(path: string, layout: TableLayout) {
    this.#layout = layout
    this.#file = new ExportFile(path)
    this.#text.putAscii(layout.names.join(','))
    this.#text.putByte(LINE_END)
  }

  /** Appends the record at hand, which is of a type of the layout. @throws ExportError */
  append(row: RecordRow): void {
    const text = this.#text
    const cells = this.#layout.cells[row.type]!
    for (let index = 0; index < cells.length; index++) {
      if (index > 0) text.putByte(COMMA)
      const cell = cells[index]
      if (cell === undefined || row.isEmpty(cell)) continue
      if (!putNumber(text, row, cell) && !putWide(text, row, cell)) this.#putQuoted(readCellText(row, cell))
    }
    text.putByte(LINE_END)
    this.rows++
    if (text.isFull()) this.#drain()
  }

  /** @throws ExportError */
  finish(): ExportFileFacts {
    this.#drain()
    return this.#file.finish()
  }

  abandon(): void {
    this.#file.abandon()
  }

  #putQuoted(value: string): void {
    this.#text.putText(NEEDS_QUOTES.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
  }

  #drain(): void {
    this.#file.write(this.#text.bytes.subarray(0, this.#text.usedBytes))
    this.#text.usedBytes = 0
  }
}
