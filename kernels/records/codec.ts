/**
 * Records to plain objects and back, by schema: for tests, the dump and tools. Not for hot paths, which read and write
 * fields through `RecordViews`.
 *
 * A plain record is flat: `{ record: 'orderAdd', sequence: 7, time: 1, instrument: 3, reference: '12', price: … }`.
 * A u64 is a decimal string, text is a string, everything else a number. Fields left out are zero.
 */
import { Header, Log, RECORD_BYTES_MAX } from './catalogue.ts'
import { RecordError } from './record-error.ts'
import type { Field, RecordSchema } from './schema.ts'
import { findSchema, RECORD_SCHEMAS } from './schema.ts'
import type { RecordViews } from './views.ts'

export type PlainValue = number | string | bigint
/** One record as an object; `record` is the schema's name. */
export interface PlainRecord {
  readonly record: string
  readonly [field: string]: PlainValue
}

interface HeaderField {
  readonly name: string
  readonly offset: number
  readonly kind: 'u16' | 'u32' | 'f64'
}

/** The header fields that a plain record may set; length and type follow from the schema. */
export const HEADER_FIELDS: readonly HeaderField[] = [
  { name: 'sequence', offset: Header.Sequence, kind: 'f64' },
  { name: 'time', offset: Header.Time, kind: 'f64' },
  { name: 'flags', offset: Header.Flags, kind: 'u16' },
  { name: 'instrument', offset: Header.Instrument, kind: 'u32' },
  { name: 'source', offset: Header.Source, kind: 'u16' },
  { name: 'shard', offset: Header.Shard, kind: 'u16' },
]

const TEXT_BYTES: Partial<Record<Field['kind'], number>> = { ascii4: 4, ascii8: 8, ascii16: 16, ascii48: 48 }
const U64_MAX = (1n << 64n) - 1n

const SCHEMA_BY_NAME = new Map<string, RecordSchema>(RECORD_SCHEMAS.map((schema) => [schema.name, schema]))

/** Finds a schema by the name that plain records carry. */
export function findSchemaByName(name: string): RecordSchema | undefined {
  return SCHEMA_BY_NAME.get(name)
}

function toInteger(value: PlainValue | undefined, least: number, most: number, where: string): number {
  const number = Number(value ?? 0)
  if (!Number.isInteger(number) || number < least || number > most) {
    throw new RecordError(`${String(value)} is not a whole number from ${least} to ${most}`, where)
  }
  return number
}

function toDouble(value: PlainValue | undefined, where: string): number {
  const number = Number(value ?? 0)
  if (Number.isNaN(number)) throw new RecordError(`${String(value)} is not a number`, where)
  return number === 0 ? 0 : number
}

function toU64(value: PlainValue | undefined, where: string): bigint {
  let wide: bigint
  try {
    wide = BigInt(value ?? 0)
  } catch {
    throw new RecordError(`${String(value)} is not a whole number`, where)
  }
  if (wide < 0n || wide > U64_MAX) throw new RecordError(`${String(value)} does not fit 64 bits`, where)
  return wide
}

function writeAscii(views: RecordViews, at: number, width: number, value: PlainValue | undefined, where: string): void {
  const text = String(value ?? '')
  if (text.length > width) throw new RecordError(`"${text}" is longer than ${width} characters`, where)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code > 0x7e) throw new RecordError(`"${text}" is not printable ASCII`, where)
    views.u8[at + i] = code
  }
}

function writeField(views: RecordViews, at: number, field: Field, value: PlainValue | undefined, where: string): void {
  const fieldAt = at + field.offset
  if (field.kind === 'u32') views.u32[fieldAt >> 2] = toInteger(value, 0, 0xffffffff, where)
  else if (field.kind === 'i32') views.i32[fieldAt >> 2] = toInteger(value, -0x80000000, 0x7fffffff, where)
  else if (field.kind === 'f64') views.f64[fieldAt >> 3] = toDouble(value, where)
  else if (field.kind === 'u64') {
    const wide = toU64(value, where)
    views.u32[fieldAt >> 2] = Number(wide & 0xffffffffn)
    views.u32[(fieldAt + 4) >> 2] = Number(wide >> 32n)
  } else writeAscii(views, fieldAt, TEXT_BYTES[field.kind] ?? 0, value, where)
}

function writeHeader(views: RecordViews, at: number, plain: PlainRecord, bytes: number, type: number): void {
  views.u32[(at + Header.Length) >> 2] = bytes
  views.u16[(at + Header.Type) >> 1] = type
  for (const field of HEADER_FIELDS) {
    const where = `${plain.record}.${field.name}`
    const value = plain[field.name]
    if (field.kind === 'f64') views.f64[(at + field.offset) >> 3] = toDouble(value, where)
    else if (field.kind === 'u32') views.u32[(at + field.offset) >> 2] = toInteger(value, 0, 0xffffffff, where)
    else views.u16[(at + field.offset) >> 1] = toInteger(value, 0, 0xffff, where)
  }
}

function assertKnownFields(plain: PlainRecord, schema: RecordSchema): void {
  for (const name of Object.keys(plain)) {
    if (name === 'record' || HEADER_FIELDS.some((field) => field.name === name)) continue
    if (!schema.fields.some((field) => field.name === name)) {
      throw new RecordError(`${schema.name} has no field "${name}"`, `${schema.name}.${name}`)
    }
  }
}

/**
 * Encodes a plain record in canonical form: padding zero, −0 as 0.
 * @returns the record's length in bytes
 * @throws RecordError for an unknown record or field, NaN, or a value that does not fit its field
 */
export function encodeRecord(plain: PlainRecord, views: RecordViews, at: number): number {
  const schema = findSchemaByName(plain.record)
  if (schema === undefined) throw new RecordError(`no record is named "${plain.record}"`, 'record')
  assertKnownFields(plain, schema)
  const textField = schema.fields.find((field) => field.kind === 'text')
  const text = textField === undefined ? undefined : Buffer.from(String(plain[textField.name] ?? ''), 'utf8')
  const bytes = schema.bytes + (((text?.length ?? 0) + 7) & ~7)
  if (bytes > RECORD_BYTES_MAX) throw new RecordError(`a record of ${bytes} bytes is too long`, schema.name)
  if (at % 8 !== 0 || at + bytes > views.u8.length) throw new RecordError('no room for the record', `offset ${at}`)
  views.u8.fill(0, at, at + bytes)
  writeHeader(views, at, plain, bytes, schema.type)
  for (const field of schema.fields) {
    if (field.kind === 'text') continue
    writeField(views, at, field, plain[field.name], `${schema.name}.${field.name}`)
  }
  if (text !== undefined && textField !== undefined) {
    views.u8.set(text, at + textField.offset)
    views.u32[(at + Log.TextBytes) >> 2] = text.length
  }
  return bytes
}

function readText(views: RecordViews, at: number, limit: number): string {
  let end = at
  while (end < limit && views.u8[end] !== 0) end++
  return Buffer.from(views.u8.subarray(at, end)).toString('latin1')
}

/** Reads one payload field; a u64 as a decimal string. */
export function readField(views: RecordViews, at: number, field: Field): number | string {
  const fieldAt = at + field.offset
  if (field.kind === 'u32') return views.u32[fieldAt >> 2]!
  if (field.kind === 'i32') return views.i32[fieldAt >> 2]!
  if (field.kind === 'f64') return views.f64[fieldAt >> 3]!
  if (field.kind === 'u64') {
    return ((BigInt(views.u32[(fieldAt + 4) >> 2]!) << 32n) | BigInt(views.u32[fieldAt >> 2]!)).toString()
  }
  if (field.kind === 'text') {
    const room = views.u32[(at + Header.Length) >> 2]! - field.offset
    const textBytes = Math.min(views.u32[(at + Log.TextBytes) >> 2]!, room)
    return Buffer.from(views.u8.subarray(fieldAt, fieldAt + textBytes)).toString('utf8')
  }
  return readText(views, fieldAt, fieldAt + (TEXT_BYTES[field.kind] ?? 0))
}

/**
 * Decodes a record whose length is known to lie within the views.
 * @throws RecordError for a type that the catalogue has not, or a length that its type cannot have
 */
export function decodeRecord(views: RecordViews, at: number): PlainRecord {
  const type = views.u16[(at + Header.Type) >> 1]!
  const schema = findSchema(type)
  if (schema === undefined) throw new RecordError(`the catalogue has no record of type ${type}`, `offset ${at}`)
  const length = views.u32[(at + Header.Length) >> 2]!
  if (!isLengthOf(schema, length) || at + length > views.u8.length) {
    throw new RecordError(`${schema.name} cannot be ${length} bytes long`, `offset ${at}`)
  }
  const plain: Record<string, PlainValue> = {}
  for (const field of HEADER_FIELDS) {
    const fieldAt = at + field.offset
    if (field.kind === 'f64') plain[field.name] = views.f64[fieldAt >> 3]!
    else if (field.kind === 'u32') plain[field.name] = views.u32[fieldAt >> 2]!
    else plain[field.name] = views.u16[fieldAt >> 1]!
  }
  for (const field of schema.fields) plain[field.name] = readField(views, at, field)
  return { record: schema.name, ...plain }
}

function isLengthOf(schema: RecordSchema, length: number): boolean {
  const hasText = schema.fields.some((field) => field.kind === 'text')
  if (!hasText) return length === schema.bytes
  return length >= schema.bytes && length <= RECORD_BYTES_MAX && length % 8 === 0
}

function findFieldFault(views: RecordViews, at: number, field: Field, length: number): string | undefined {
  const fieldAt = at + field.offset
  if (field.kind === 'f64') {
    const value = views.f64[fieldAt >> 3]!
    if (Number.isNaN(value)) return 'is NaN'
    if (Object.is(value, -0)) return 'is −0'
  } else if (field.kind === 'text') {
    const textBytes = views.u32[(at + Log.TextBytes) >> 2]!
    if (field.offset + ((textBytes + 7) & ~7) !== length) return `of ${textBytes} bytes does not fill the record`
    for (let i = fieldAt + textBytes; i < at + length; i++) if (views.u8[i] !== 0) return 'is not padded with zeros'
  } else if (field.kind.startsWith('ascii')) {
    const end = fieldAt + (TEXT_BYTES[field.kind] ?? 0)
    for (let i = fieldAt, hasEnded = false; i < end; i++) {
      if (views.u8[i] === 0) hasEnded = true
      else if (hasEnded) return 'is not padded with zeros'
    }
  } else if (field.name === 'reserved' && readField(views, at, field) !== 0) return 'is not zero'
  return undefined
}

/**
 * Checks the canonical form that digests rely on: known type, right length, no NaN, no −0, zero padding.
 * @returns what is wrong, or undefined
 */
export function findCanonicalFault(views: RecordViews, at: number): string | undefined {
  const type = views.u16[(at + Header.Type) >> 1]!
  const length = views.u32[(at + Header.Length) >> 2]!
  const schema = findSchema(type)
  if (schema === undefined) return `type ${type} is not in the catalogue`
  if (!isLengthOf(schema, length) || at + length > views.u8.length) return `${schema.name} is ${length} bytes long`
  for (const field of HEADER_FIELDS) {
    if (field.kind !== 'f64') continue
    const value = views.f64[(at + field.offset) >> 3]!
    if (Number.isNaN(value)) return `${schema.name}.${field.name} is NaN`
    if (Object.is(value, -0)) return `${schema.name}.${field.name} is −0`
  }
  for (const field of schema.fields) {
    const fault = findFieldFault(views, at, field, length)
    if (fault !== undefined) return `${schema.name}.${field.name} ${fault}`
  }
  return undefined
}
