import { camelCase, type NameTable, screamingCase } from './names.ts'
import { ByteOrder, type Constant, PRIMITIVES, type Primitive, type Scalar } from './schema.ts'

const GETTERS: Readonly<Record<Primitive, string>> = {
  char: 'Uint8',
  int8: 'Int8',
  uint8: 'Uint8',
  int16: 'Int16',
  uint16: 'Uint16',
  int32: 'Int32',
  uint32: 'Uint32',
  int64: '',
  uint64: '',
  float: 'Float32',
  double: 'Float64',
}

/** What a field's accessors depend on besides the field. */
export interface AccessorContext {
  readonly byteOrder: ByteOrder
  /** Version from which on the block is there at all: fields of it need no check. */
  readonly sinceVersion: number
  readonly names: NameTable
}

/** A load of one value, as an expression. */
export function loadExpression(primitive: Primitive, at: string, byteOrder: ByteOrder): string {
  const order = PRIMITIVES[primitive].bytes === 1 ? '' : `, ${byteOrder === ByteOrder.Little}`
  return `view.get${GETTERS[primitive]}(${at}${order})`
}

/** The accessors of one field, as lines inside a class. */
export function generateAccessors(scalar: Scalar, context: AccessorContext): string[] {
  if (scalar.length > 1) return arrayAccessors(scalar, context)
  if (scalar.primitive === 'int64' || scalar.primitive === 'uint64') return wideAccessors(scalar, context)
  return plainAccessors(scalar, context)
}

/** A constant of the schema, as a line inside a class. */
export function generateConstant({ path, value }: Constant, names: NameTable): string {
  const name = names.take(screamingCase(path), (base) => [base])
  const literal = typeof value === 'string' ? quote(value) : String(value)
  return `  static readonly ${name} = ${literal}${typeof value === 'bigint' ? 'n' : ''}`
}

function plainAccessors(scalar: Scalar, context: AccessorContext): string[] {
  const name = context.names.take(camelCase(scalar.path), (base) => [base, nullName(base)])
  const absent = scalar.nullValue === undefined ? 'Number.NaN' : String(scalar.nullValue)
  const load = loadExpression(scalar.primitive, place('this.at', scalar.offset), context.byteOrder)
  const lines = getter(name, 'number', [...guard(scalar, context, absent), `return this.${load}`])
  const test = scalar.nullValue === undefined ? `Number.isNaN(this.${name})` : `this.${name} === ${absent}`
  return canBeNull(scalar, context) ? [...lines, '', ...getter(nullName(name), 'boolean', [`return ${test}`])] : lines
}

/** 64 bits do not fit a number: two words as int32, and a double that is exact up to 2^53. */
function wideAccessors(scalar: Scalar, context: AccessorContext): string[] {
  const derive = (base: string) => [`${base}High`, `${base}Low`, readName(base), nullName(base)]
  const name = context.names.take(camelCase(scalar.path), derive)
  const absent = scalar.nullValue!
  const word = (suffix: string, shift: number, value: bigint) => {
    const load = loadExpression('int32', place('this.at', scalar.offset + shift), context.byteOrder)
    return getter(`${name}${suffix}`, 'number', [...guard(scalar, context, String(value)), `return this.${load}`])
  }
  const isLittle = context.byteOrder === ByteOrder.Little
  const high = BigInt.asIntN(32, absent >> 32n)
  const low = BigInt.asIntN(32, absent)
  const sign = scalar.primitive === 'uint64' ? ' >>> 0' : ''
  const lines = [
    ...word('High', isLittle ? 4 : 0, high),
    '',
    ...word('Low', isLittle ? 0 : 4, low),
    '',
    `  ${readName(name)}(out: Float64Array, slot: number): void {`,
    `    const high = this.${name}High${sign}`,
    `    const low = this.${name}Low >>> 0`,
    '    out[slot] = high * 4294967296 + low',
    '  }',
  ]
  if (!canBeNull(scalar, context)) return lines
  const test = [`if (this.${name}High !== ${high}) return false`, `return this.${name}Low === ${low}`]
  return [...lines, '', ...getter(nullName(name), 'boolean', test)]
}

/** Characters are copied by whoever needs them, from where they lie; numbers are read by index. */
function arrayAccessors(scalar: Scalar, context: AccessorContext): string[] {
  const isText = scalar.primitive === 'char'
  const name = context.names.take(camelCase(scalar.path), (base) => [base, `${base}At`])
  const bytes = PRIMITIVES[scalar.primitive].bytes
  if (isText || bytes === 8) {
    const body = [...guard(scalar, context, '-1'), `return ${place('this.at', scalar.offset)}`]
    return [
      `  /** Where its ${bytes * scalar.length} bytes begin; −1 when absent. */`,
      ...getter(`${name}At`, 'number', body),
    ]
  }
  const absent = scalar.nullValue === undefined ? 'Number.NaN' : String(scalar.nullValue)
  const at = `${place('this.at', scalar.offset)} + index${bytes === 1 ? '' : ` * ${bytes}`}`
  return [
    `  /** @param index below ${scalar.length} */`,
    `  ${name}(index: number): number {`,
    ...[
      ...guard(scalar, context, absent),
      `return this.${loadExpression(scalar.primitive, at, context.byteOrder)}`,
    ].map((line) => `    ${line}`),
    '  }',
  ]
}

function getter(name: string, type: string, body: readonly string[]): string[] {
  return [`  get ${name}(): ${type} {`, ...body.map((line) => `    ${line}`), '  }']
}

/** Whether a message of a version that the block exists in may lack the field. */
function mayBeAbsent(scalar: Scalar, context: AccessorContext): boolean {
  return scalar.sinceVersion > context.sinceVersion
}

function canBeNull(scalar: Scalar, context: AccessorContext): boolean {
  return scalar.isOptional || mayBeAbsent(scalar, context)
}

/** Padding of an old version may lie where a new one has a field: both the version and the length must allow it. */
function guard(scalar: Scalar, context: AccessorContext, absent: string): string[] {
  if (!mayBeAbsent(scalar, context)) return []
  const end = scalar.offset + PRIMITIVES[scalar.primitive].bytes * scalar.length
  return [`if (this.version < ${scalar.sinceVersion} || this.blockLength < ${end}) return ${absent}`]
}

/** Adds an offset to an expression. */
export function place(base: string, offset: number): string {
  return offset === 0 ? base : `${base} + ${offset}`
}

function nullName(base: string): string {
  return `is${base.charAt(0).toUpperCase()}${base.slice(1)}Null`
}

function readName(base: string): string {
  return `read${base.charAt(0).toUpperCase()}${base.slice(1)}`
}

/** A text as a literal with single quotes. */
function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
