/**
 * What each field of the catalogue holds. Names and offsets come from the catalogue; this file adds the kinds, checks
 * that fields are contiguous, aligned and fill their record, and is what the codec, the dump and the docs walk.
 */
import * as catalogue from './catalogue.ts'
import { Header, RecordType } from './catalogue.ts'

/** `u64` is a pair of u32 words, low first, shown as one decimal; `ascii8` and its like are zero-padded text. */
export type FieldKind = 'u32' | 'i32' | 'f64' | 'u64' | 'ascii4' | 'ascii8' | 'ascii16' | 'ascii48' | 'text'

const KIND_BYTES: Record<FieldKind, number> = {
  u32: 4,
  i32: 4,
  f64: 8,
  u64: 8,
  ascii4: 4,
  ascii8: 8,
  ascii16: 16,
  ascii48: 48,
  text: 0,
}

export interface Field {
  /** In lower camel case, a u64 pair without its Low and High. */
  readonly name: string
  /** Byte offset from the record's first byte. */
  readonly offset: number
  readonly kind: FieldKind
}

export interface RecordSchema {
  readonly type: RecordType
  readonly name: string
  /** Length of the record; of the fixed part where the last field is text. */
  readonly bytes: number
  readonly fields: readonly Field[]
}

type Layout = Record<string, string | number>

/** Kinds that differ from the default f64, by enumeration and member. */
const U32 = 'u32'
const EXCEPTIONS: Record<string, Record<string, FieldKind>> = {
  SessionStart: { CatalogueVersion: U32, StrategyCount: U32, Venue: 'ascii16' },
  Instrument: {
    Symbol: 'ascii48',
    VenueLocate: U32,
    PriceExponent: 'i32',
    QuantityExponent: 'i32',
    RoundLot: U32,
    Currency: 'ascii8',
  },
  TradingStatus: { State: U32, Reason: 'ascii4' },
  Command: { Code: U32, Argument: U32, Symbol: 'ascii48', Who: 'ascii16', Why: 'ascii48' },
  Stop: { StrategyId: U32, Reason: U32 },
  Gap: { Line: U32, Session: U32 },
  Stale: { Reason: U32, Line: U32 },
  SessionEvent: { Code: U32, Detail: U32 },
  Resumed: { Kernel: U32, Epoch: U32 },
  TradingTerms: { Restricted: U32, Reserved: U32 },
  OrderAdd: { Side: U32, Attribution: 'ascii4' },
  Trade: { Side: U32, Reserved: U32 },
  Cross: { CrossType: U32, Reserved: U32 },
  Imbalance: { Direction: U32, CrossType: U32, Variation: U32, Reserved: U32 },
  LevelUpdate: { Side: U32, Action: U32, OrderCount: U32, LevelIndex: U32 },
  PriceBand: { Kind: U32, Extension: U32 },
  Statistic: { Kind: U32, Detail: U32 },
  BookClear: { Reason: U32, Sides: U32 },
  Routed: { OrderId: U32, RequestType: U32 },
  Accepted: { OrderId: U32, Side: U32 },
  Rejected: { OrderId: U32, Origin: U32, Reason: U32, RequestType: U32 },
  Cancelled: { OrderId: U32, Reason: U32 },
  Replaced: { OrderId: U32, NewOrderId: U32 },
  Filled: { OrderId: U32, Liquidity: U32, Side: U32, Reserved: U32 },
  CancelRejected: { OrderId: U32, Reason: U32 },
  GateCancel: { OrderId: U32, Reason: U32 },
  CommandOutcome: { Code: U32, Outcome: U32, Argument: U32, Reserved: U32 },
  ExecutionBreak: { OrderId: U32, Cause: U32, OwnSide: U32, CopySide: U32, Name: 'ascii16' },
  NewOrder: { OrderId: U32, Side: U32, OrderType: U32, TimeInForce: U32 },
  CancelOrder: { OrderId: U32, Reserved: U32 },
  ReplaceOrder: { OrderId: U32, NewOrderId: U32 },
  MassCancel: { Reason: U32, Reserved: U32 },
  Signal: { Name: 'ascii16' },
  Log: { Level: U32, TextBytes: U32, Text: 'text' },
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

function readFields(name: string, layout: Layout): Field[] {
  const exceptions = EXCEPTIONS[name] ?? {}
  const fields: Field[] = []
  for (const [member, offset] of Object.entries(layout)) {
    if (typeof offset !== 'number' || member === 'Bytes') continue
    if (member.endsWith('High')) continue
    const isPair = member.endsWith('Low')
    const kind = isPair ? 'u64' : (exceptions[member] ?? 'f64')
    fields.push({ name: lowerFirst(isPair ? member.slice(0, -3) : member), offset, kind })
  }
  for (const member of Object.keys(exceptions)) {
    if (!(member in layout)) throw new Error(`record schema: ${name} has no field ${member}`)
  }
  return fields
}

function assertContiguous(name: string, fields: readonly Field[], bytes: number): void {
  let at: number = Header.Bytes
  for (const field of fields) {
    const width = KIND_BYTES[field.kind]
    if (field.offset !== at) throw new Error(`record schema: ${name}.${field.name} is at ${field.offset}, not ${at}`)
    if (field.kind === 'f64' && at % 8 !== 0) throw new Error(`record schema: ${name}.${field.name} is not aligned`)
    at += width
  }
  if (at !== bytes || bytes % 8 !== 0) throw new Error(`record schema: ${name} fills ${at} of ${bytes} bytes`)
}

function readSchemas(): RecordSchema[] {
  const schemas: RecordSchema[] = []
  for (const [name, type] of Object.entries(RecordType)) {
    if (typeof type !== 'number' || type === RecordType.Padding) continue
    const layout = (catalogue as unknown as Record<string, Layout>)[name]
    if (layout === undefined) throw new Error(`record schema: no layout for ${name}`)
    const bytes = layout.Bytes as number
    const fields = readFields(name, layout)
    assertContiguous(name, fields, bytes)
    schemas.push({ type, name: lowerFirst(name), bytes, fields })
  }
  return schemas
}

/** All record schemas, by ascending type. */
export const RECORD_SCHEMAS: readonly RecordSchema[] = readSchemas()

const SCHEMA_BY_TYPE: (RecordSchema | undefined)[] = []
for (const schema of RECORD_SCHEMAS) SCHEMA_BY_TYPE[schema.type] = schema

/** The schema of a record type, or undefined when the catalogue has none. */
export function findSchema(type: number): RecordSchema | undefined {
  return SCHEMA_BY_TYPE[type]
}
