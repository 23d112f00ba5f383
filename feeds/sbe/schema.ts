/** The primitive types of FIX SBE 1.0, section 2. */
export type Primitive =
  | 'char'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float'
  | 'double'

/** Size and default null value of each primitive (FIX SBE 1.0, section 2, table of ranges). */
export const PRIMITIVES: Readonly<
  Record<Primitive, { readonly bytes: number; readonly nullValue: bigint | undefined }>
> = {
  char: { bytes: 1, nullValue: 0n },
  int8: { bytes: 1, nullValue: -128n },
  uint8: { bytes: 1, nullValue: 255n },
  int16: { bytes: 2, nullValue: -32_768n },
  uint16: { bytes: 2, nullValue: 65_535n },
  int32: { bytes: 4, nullValue: -2_147_483_648n },
  uint32: { bytes: 4, nullValue: 4_294_967_295n },
  int64: { bytes: 8, nullValue: -9_223_372_036_854_775_808n },
  uint64: { bytes: 8, nullValue: 18_446_744_073_709_551_615n },
  // Not a number.
  float: { bytes: 4, nullValue: undefined },
  double: { bytes: 8, nullValue: undefined },
}

export enum ByteOrder {
  Little = 0,
  Big = 1,
}

/** A member of a block that lies on the wire: a field, or a part of a composite field. */
export interface Scalar {
  /** The field's name, and behind it the names of the composite's parts. */
  readonly path: readonly string[]
  readonly primitive: Primitive
  /** Elements of an array; 1 for a plain value. */
  readonly length: number
  /** From the block's first byte. */
  readonly offset: number
  /** Schema version that added it. */
  readonly sinceVersion: number
  readonly isOptional: boolean
  /** What an absent value reads as; undefined for floating point: not a number. */
  readonly nullValue: bigint | undefined
}

/** A member of a block that is not on the wire: its value is in the schema. */
export interface Constant {
  readonly path: readonly string[]
  /** A number, or the text of a constant of characters. */
  readonly value: number | bigint | string
}

/** The fixed part of a message or of a group's entry. */
export interface Block {
  /** Length in this version of the schema, padding included. */
  readonly bytes: number
  readonly scalars: readonly Scalar[]
  readonly constants: readonly Constant[]
}

/** An unsigned number ahead of a group or of variable data. */
export interface LengthField {
  readonly primitive: Primitive
  readonly offset: number
}

export interface Group extends Body {
  readonly name: string
  readonly id: number
  readonly sinceVersion: number
  /** The dimension composite: how long it is, and where it holds the entry's length and the number of entries. */
  readonly dimensionBytes: number
  readonly entryBytesField: LengthField
  readonly countField: LengthField
}

export interface VariableData {
  readonly name: string
  readonly id: number
  readonly sinceVersion: number
  readonly lengthField: LengthField
  /** Where the data begin, from the first byte of the composite. */
  readonly headerBytes: number
}

/** What follows a header: a block, then groups, then variable data, in this order. */
export interface Body {
  readonly block: Block
  readonly groups: readonly Group[]
  readonly data: readonly VariableData[]
}

export interface Message extends Body {
  readonly name: string
  readonly templateId: number
  readonly sinceVersion: number
}

/** Names of values, for an enum or a set: the value, or the number of the bit. */
export interface NamedValues {
  readonly name: string
  readonly values: readonly { readonly name: string; readonly value: number }[]
}

export interface Schema {
  readonly package: string
  readonly id: number
  readonly version: number
  readonly byteOrder: ByteOrder
  /** The message header: length, and offsets of its four fields. */
  readonly header: { readonly bytes: number; readonly fields: Readonly<Record<HeaderField, LengthField>> }
  readonly enums: readonly NamedValues[]
  readonly sets: readonly NamedValues[]
  readonly messages: readonly Message[]
}

export type HeaderField = 'blockLength' | 'templateId' | 'schemaId' | 'version'

export const HEADER_FIELDS: readonly HeaderField[] = ['blockLength', 'templateId', 'schemaId', 'version']
