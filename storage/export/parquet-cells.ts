import type { ParquetWriter } from 'hyparquet-writer'
import { readCellText } from './cell-text.ts'
import { type Column, ColumnKind } from './columns.ts'
import type { RecordRow } from './record-row.ts'

/** Decimals of all prices in Parquet, where a column has one scale: those of the finest exchanges. */
export const PRICE_SCALE = 9
const PRICE_PRECISION = 18
const UNSCALED_END = 10n ** BigInt(PRICE_PRECISION)
const NS_PER_SECOND = 1_000_000_000n

export type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number]
export type Cell = number | bigint | string | null

/**
 * The type of a column. Prices are DECIMAL(18, 9), quantities DOUBLE, times TIMESTAMP of ns or, without a date, INT64.
 * The timestamps are UTC but say that they have no zone: DuckDB would cut those with one to microseconds.
 */
export function describeColumn(name: string, kind: ColumnKind, isDated: boolean): SchemaElement {
  const optional = { name, repetition_type: 'OPTIONAL' } as const
  switch (kind) {
    case ColumnKind.Time:
      if (!isDated) return { ...optional, type: 'INT64' }
      return { ...optional, type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'NANOS' } }
    case ColumnKind.U16:
    case ColumnKind.U32:
    case ColumnKind.I32:
    case ColumnKind.Whole:
      return { ...optional, type: 'INT64' }
    case ColumnKind.U64:
      return { ...optional, type: 'INT64', converted_type: 'UINT_64' }
    case ColumnKind.Price:
      return {
        ...optional,
        type: 'INT64',
        converted_type: 'DECIMAL',
        scale: PRICE_SCALE,
        precision: PRICE_PRECISION,
      }
    case ColumnKind.Quantity:
    case ColumnKind.Value:
    case ColumnKind.Money:
      return { ...optional, type: 'DOUBLE' }
    default:
      return { ...optional, type: 'BYTE_ARRAY', converted_type: 'UTF8' }
  }
}

/** The value of a cell as its column's type wants it. @returns null, too, for a price that the column cannot hold */
export function readCell(row: RecordRow, cell: Column): Cell {
  const { views, at } = row
  const fieldAt = at + cell.offset
  switch (cell.kind) {
    case ColumnKind.Time:
      return BigInt(row.epochSeconds ?? 0) * NS_PER_SECOND + toWhole(row.timeNs[0]!)
    case ColumnKind.U16:
      return BigInt(views.u16[fieldAt >> 1]!)
    case ColumnKind.U32:
      return BigInt(views.u32[fieldAt >> 2]!)
    case ColumnKind.I32:
      return BigInt(views.i32[fieldAt >> 2]!)
    case ColumnKind.Whole:
      return toWhole(views.f64[fieldAt >> 3]!)
    case ColumnKind.U64:
      return (BigInt(views.u32[(fieldAt + 4) >> 2]!) << 32n) | BigInt(views.u32[fieldAt >> 2]!)
    case ColumnKind.Price:
      return toUnscaled(views.f64[fieldAt >> 3]!, row.instrument.priceExponent)
    case ColumnKind.Quantity:
      return scale(views.f64[fieldAt >> 3]!, row.instrument.quantityExponent)
    case ColumnKind.Money:
      return scale(views.f64[fieldAt >> 3]!, row.moneyExponent())
    case ColumnKind.Value:
      return scale(views.f64[fieldAt >> 3]!, row.valueExponent())
    default:
      return readCellText(row, cell)
  }
}

function toWhole(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n
}

/** The nearest double: division by a power of ten is rounded once, multiplication by its inverse would be twice. */
function scale(value: number, exponent: number): number {
  return exponent < 0 ? value / 10 ** -exponent : value * 10 ** exponent
}

/** A price in units of `PRICE_SCALE` decimals; null where it has more of them, or does not fit. */
function toUnscaled(value: number, exponent: number): bigint | null {
  if (!Number.isInteger(value)) return null
  const shift = exponent + PRICE_SCALE
  if (shift > PRICE_PRECISION) return value === 0 ? 0n : null
  const unit = 10n ** BigInt(Math.abs(shift))
  const whole = BigInt(value)
  if (shift < 0 && whole % unit !== 0n) return null
  const unscaled = shift < 0 ? whole / unit : whole * unit
  return unscaled > -UNSCALED_END && unscaled < UNSCALED_END ? unscaled : null
}
