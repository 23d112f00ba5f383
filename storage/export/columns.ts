import { FLAG_HAS_PRICE, Header, RecordType } from '../../kernels/records/catalogue.ts'
import { findValueNames, type NamedValues } from '../../kernels/records/dump.ts'
import type { Field, RecordSchema } from '../../kernels/records/schema.ts'

/** How a cell is read from its record. */
export enum ColumnKind {
  RecordName = 0,
  Time = 1,
  Symbol = 2,
  U16 = 3,
  U32 = 4,
  I32 = 5,
  /** A whole number in a double. */
  Whole = 6,
  U64 = 7,
  /** Scaled by the price exponent of the record's instrument. */
  Price = 8,
  /** Scaled by its quantity exponent. */
  Quantity = 9,
  /** The value of a Statistic: what its kind says. */
  Value = 10,
  /** An enumerated value, by name. */
  Name = 11,
  /** An ASCII code, as the character. */
  Letter = 12,
  Text = 13,
  /** Price units × quantity units of the record's instrument. */
  Money = 14,
}

/** One column of a table, as it is found in the records of one type. */
export interface Column {
  readonly name: string
  readonly kind: ColumnKind
  /** Of the field, from the record's first byte. */
  readonly offset: number
  /** Bytes of a text. */
  readonly width: number
  readonly names: NamedValues | undefined
  /** Header flags without one of which the cell is empty; 0 for none. */
  readonly needsFlag: number
}

/** Fields that hold ASCII codes. */
const LETTERS = new Set(['cross.crossType', 'imbalance.direction', 'imbalance.crossType', 'imbalance.variation'])
/** Fields of which a reader needs the sign: exponents, and the detail of a statistic, which may be one. */
const SIGNED = new Set(['statistic.detail', 'sessionEvent.detail'])
/** Not columns: what reserves room, and the time, which every table has in front. */
const LEFT_OUT = new Set(['sourceTime', 'reserved'])
const TEXT_WIDTHS: Partial<Record<Field['kind'], number>> = { ascii4: 4, ascii8: 8, ascii16: 16, ascii48: 48 }

function column(name: string, kind: ColumnKind, offset = 0): Column {
  return { name, kind, offset, width: 0, names: undefined, needsFlag: 0 }
}

const RECORD_NAME = column('record', ColumnKind.RecordName)
/** The columns that every table has in front of the records' own fields. */
const COMMON: readonly Column[] = [
  column('timeNs', ColumnKind.Time),
  column('symbol', ColumnKind.Symbol),
  column('sequence', ColumnKind.Whole, Header.Sequence),
  column('instrument', ColumnKind.U32, Header.Instrument),
  column('source', ColumnKind.U16, Header.Source),
  column('flags', ColumnKind.U16, Header.Flags),
]

function isPrice(name: string): boolean {
  return name === 'tickSize' || /(^p|P)rice$/.test(name)
}

function isQuantity(name: string): boolean {
  return name === 'volume' || /(^q|Q)uantity$/.test(name)
}

function kindOf(record: string, { name, kind }: Field, names: NamedValues | undefined): ColumnKind {
  const full = `${record}.${name}`
  if (TEXT_WIDTHS[kind] !== undefined) return ColumnKind.Text
  if (full === 'statistic.value') return ColumnKind.Value
  if (names !== undefined) return ColumnKind.Name
  if (LETTERS.has(full)) return ColumnKind.Letter
  if (kind === 'u64') return ColumnKind.U64
  if (kind === 'i32' || SIGNED.has(full)) return ColumnKind.I32
  if (kind === 'u32') return ColumnKind.U32
  return isPrice(name) ? ColumnKind.Price : isQuantity(name) ? ColumnKind.Quantity : ColumnKind.Whole
}

/** The columns of a record type's own fields. */
function fieldColumns(schema: RecordSchema): Column[] {
  return schema.fields
    .filter(({ name }) => !LEFT_OUT.has(name) && !(schema.type === RecordType.Instrument && name === 'symbol'))
    .map((field): Column => {
      const names = findValueNames(schema.name, field.name)
      const isOwnPrice = schema.type === RecordType.OrderExecute && field.name === 'price'
      return {
        name: field.name,
        kind: kindOf(schema.name, field, names),
        offset: field.offset,
        width: TEXT_WIDTHS[field.kind] ?? 0,
        names,
        needsFlag: isOwnPrice ? FLAG_HAS_PRICE : 0,
      }
    })
}

/** The cells of one table: its columns' names, and where each is found in the records of each type. */
export interface TableLayout {
  readonly names: readonly string[]
  /** By record type, then by column; undefined where the type has no such field. */
  readonly cells: readonly (readonly (Column | undefined)[] | undefined)[]
}

/**
 * The layout of a table of some record types: the common columns, then their fields, each name once. A table of several types
 * tells the record's name in front.
 */
export function layOut(schemas: readonly RecordSchema[]): TableLayout {
  const common = schemas.length === 1 ? COMMON : [RECORD_NAME, ...COMMON]
  const names = [...new Set([...common, ...schemas.flatMap(fieldColumns)].map(({ name }) => name))]
  const cells: (readonly (Column | undefined)[])[] = []
  for (const schema of schemas) {
    const own = new Map([...common, ...fieldColumns(schema)].map((cell) => [cell.name, cell]))
    cells[schema.type] = names.map((name) => own.get(name))
  }
  return { names, cells }
}
