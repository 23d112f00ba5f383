import { Header } from '../../kernels/records/catalogue.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import { ParquetTable } from './parquet-table.ts'
import { openTable, type Table, type TableFacts, type TableFormat } from './record-export.ts'
import { RecordRow } from './record-row.ts'
import { layOutSession, ROW_BYTES, type SessionTableName } from './session-tables.ts'

/** One table of a session while it is written: a row at a time, filled in by the caller, then appended. */
export class SessionTable {
  /** The row at hand: fields at the offsets of session-tables.ts. */
  readonly views = new RecordViews(new ArrayBuffer(ROW_BYTES))
  readonly row = new RecordRow()
  readonly #table: Table

  /** @throws ExportError */
  constructor(name: SessionTableName, format: TableFormat, path: string, epochSeconds: number | undefined) {
    this.row.epochSeconds = epochSeconds
    this.#table = openTable(format, path, layOutSession(name), epochSeconds !== undefined)
  }

  /** Empties the row at hand and tells what it is about. */
  begin(instrument: number, sequence: number): void {
    this.views.u8.fill(0)
    this.views.u32[Header.Instrument >> 2] = instrument
    this.views.f64[Header.Sequence >> 3] = sequence
  }

  setFlag(flag: number): void {
    this.views.u16[Header.Flags >> 1]! |= flag
  }

  /** Printable text of a row, cut to its width. */
  setText(offset: number, width: number, text: string): void {
    this.views.u8.set(Buffer.from(text, 'latin1').subarray(0, width), offset)
  }

  /** Appends the row at hand. @param timeNs ns since the session's epoch @throws ExportError */
  append(timeNs: number): void {
    this.row.moveToRow(this.views, timeNs)
    this.#table.append(this.row)
  }

  /** Appends a record of the catalogue, for a table of these. @throws ExportError */
  appendRecord(views: RecordViews, at: number): void {
    this.row.moveTo(views, at)
    this.#table.append(this.row)
  }

  /** Takes an Instrument record: symbols and exponents of the rows behind it. */
  noteInstrument(views: RecordViews, at: number): void {
    this.row.moveTo(views, at)
  }

  /** @throws ExportError */
  finish(): TableFacts {
    const facts = this.#table.finish()
    const pricesNotHeld = this.#table instanceof ParquetTable ? this.#table.pricesNotHeld : 0
    return { ...facts, rows: this.#table.rows, pricesNotHeld }
  }

  abandon(): void {
    this.#table.abandon()
  }
}
