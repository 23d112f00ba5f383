import type { ByteText } from './byte-text.ts'
import { type Column, ColumnKind } from './columns.ts'
import type { RecordRow } from './record-row.ts'

/** Writes the cell of a kind that is a number, in decimals. @returns false for the other kinds, of which nothing is written */
export function putNumber(text: ByteText, row: RecordRow, cell: Column): boolean {
  const { views, at } = row
  const fieldAt = at + cell.offset
  switch (cell.kind) {
    case ColumnKind.U16:
      text.putWhole(views.u16[fieldAt >> 1]!)
      return true
    case ColumnKind.U32:
      text.putWhole(views.u32[fieldAt >> 2]!)
      return true
    case ColumnKind.I32:
      text.putWhole(views.i32[fieldAt >> 2]!)
      return true
    case ColumnKind.Whole:
      text.putWhole(views.f64[fieldAt >> 3]!)
      return true
    case ColumnKind.Price:
      text.putDecimal(views.f64[fieldAt >> 3]!, row.instrument.priceExponent)
      return true
    case ColumnKind.Quantity:
      text.putDecimal(views.f64[fieldAt >> 3]!, row.instrument.quantityExponent)
      return true
    case ColumnKind.Money:
      text.putDecimal(views.f64[fieldAt >> 3]!, row.moneyExponent())
      return true
    case ColumnKind.Value:
      text.putDecimal(views.f64[fieldAt >> 3]!, row.valueExponent())
      return true
    default:
      return false
  }
}

/** Writes a cell that is a number too wide for a double: a time or a u64. @returns false for the other kinds */
export function putWide(text: ByteText, row: RecordRow, cell: Column): boolean {
  if (cell.kind === ColumnKind.Time) {
    text.putTime(row.timeNs[0]!, row.epochSeconds)
    return true
  }
  if (cell.kind !== ColumnKind.U64) return false
  const { views, at } = row
  text.putPair(views.u32[(at + cell.offset + 4) >> 2]!, views.u32[(at + cell.offset) >> 2]!)
  return true
}

/** The text of a cell that is none of the numbers. */
export function readCellText(row: RecordRow, cell: Column): string {
  switch (cell.kind) {
    case ColumnKind.RecordName:
      return row.recordName
    case ColumnKind.Symbol:
      return row.instrument.symbol
    case ColumnKind.Name:
      return row.nameOf(cell)
    case ColumnKind.Letter:
      return row.letterOf(cell)
    default:
      return row.textOf(cell)
  }
}
