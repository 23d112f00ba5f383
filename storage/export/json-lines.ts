import { ByteText } from './byte-text.ts'
import { putNumber, putWide, readCellText } from './cell-text.ts'
import type { TableLayout } from './columns.ts'
import { ExportFile, type ExportFileFacts } from './export-file.ts'
import type { RecordRow } from './record-row.ts'

const OPEN = 0x7b
const CLOSE = 0x7d
const QUOTE = 0x22
const LINE_END = 0x0a

/**
 * A table as one JSON object a line; what a record has not is left out. Prices and quantities are numbers in decimals, exact as
 * text; times and u64 are strings, because most readers would round them.
 */
export class JsonLines {
  rows = 0
  readonly #layout: TableLayout
  readonly #keys: readonly Buffer[]
  readonly #file: ExportFile
  readonly #text = new ByteText()

  /** @throws ExportError */
  constructor(path: string, layout: TableLayout) {
    this.#layout = layout
    this.#keys = layout.names.map((name, index) => Buffer.from(`${index > 0 ? ',' : ''}"${name}":`, 'latin1'))
    this.#file = new ExportFile(path)
  }

  /** Appends the record at hand, which is of a type of the layout. @throws ExportError */
  append(row: RecordRow): void {
    const text = this.#text
    const cells = this.#layout.cells[row.type]!
    text.putByte(OPEN)
    for (let index = 0; index < cells.length; index++) {
      const cell = cells[index]
      if (cell === undefined || row.isEmpty(cell)) continue
      text.putBytes(this.#keys[index]!)
      if (putNumber(text, row, cell)) continue
      const before = text.usedBytes
      text.putByte(QUOTE)
      if (putWide(text, row, cell)) text.putByte(QUOTE)
      else {
        text.usedBytes = before
        text.putText(JSON.stringify(readCellText(row, cell)))
      }
    }
    text.putByte(CLOSE)
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

  #drain(): void {
    this.#file.write(this.#text.bytes.subarray(0, this.#text.usedBytes))
    this.#text.usedBytes = 0
  }
}
