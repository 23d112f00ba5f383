import { type LengthField, type NamedValues, PRIMITIVES, type Primitive } from './schema.ts'
import type { SchemaReader } from './schema-reader.ts'
import type { XmlElement } from './xml-tree.ts'

const COMPOSITE_DEPTH_MAX = 16
const ARRAY_LENGTH_MAX = 65_536

/** A value or an array of values of one primitive type. */
export interface PlainType {
  readonly kind: 'plain'
  readonly primitive: Primitive
  readonly length: number
  readonly isOptional: boolean
  readonly nullValue: bigint | undefined
  /** The value of a constant type, which is not on the wire. */
  readonly constant: number | bigint | string | undefined
}

export interface CompositeMember {
  readonly name: string
  readonly offset: number
  readonly type: SchemaType
}

export interface CompositeType {
  readonly kind: 'composite'
  readonly bytes: number
  readonly members: readonly CompositeMember[]
}

export type SchemaType = PlainType | CompositeType

/** Bytes that a value of a type takes on the wire. */
export function bytesOf(type: SchemaType): number {
  if (type.kind === 'composite') return type.bytes
  return type.constant === undefined ? PRIMITIVES[type.primitive].bytes * type.length : 0
}

/** The types of a schema by name, resolved when asked for; enums and sets are types of one value, and named values. */
export class SchemaTypes {
  readonly enums: NamedValues[] = []
  readonly sets: NamedValues[] = []
  readonly #reader: SchemaReader
  readonly #elements = new Map<string, XmlElement>()
  readonly #resolved = new Map<string, SchemaType>()

  /** @param parents the `types` elements */
  constructor(parents: readonly XmlElement[], reader: SchemaReader) {
    this.#reader = reader
    for (const element of parents.flatMap(({ children }) => children)) {
      const name = reader.name(element)
      if (this.#elements.has(name)) reader.fail(element, `there are two types ${name}`)
      this.#elements.set(name, element)
    }
    for (const [name, element] of this.#elements) this.find(name, element, 0)
  }

  /**
   * The type of a name: of the schema, or a primitive.
   * @param user the element that names it, for errors
   */
  find(name: string, user: XmlElement, depth = 0): SchemaType {
    const known = this.#resolved.get(name)
    if (known !== undefined) return known
    const element = this.#elements.get(name)
    if (element === undefined) {
      if (!Object.hasOwn(PRIMITIVES, name)) this.#reader.fail(user, `there is no type ${name}`)
      return plain(name as Primitive, 1, false, undefined)
    }
    if (depth > COMPOSITE_DEPTH_MAX) this.#reader.fail(user, `types are nested more than ${COMPOSITE_DEPTH_MAX} deep`)
    const type = this.#define(element, depth)
    this.#resolved.set(name, type)
    return type
  }

  /** An unsigned member of a composite that says how much follows. */
  lengthField(composite: CompositeType, name: string, user: XmlElement): LengthField {
    const member = composite.members.find((candidate) => candidate.name === name)
    const type = member?.type
    if (member === undefined || type?.kind !== 'plain' || type.length !== 1 || type.constant !== undefined) {
      return this.#reader.fail(user, `its composite has no ${name} of one value`)
    }
    if (!['uint8', 'uint16', 'uint32'].includes(type.primitive)) {
      this.#reader.fail(user, `${name} is a ${type.primitive}, not a uint8, uint16 or uint32`)
    }
    return { primitive: type.primitive, offset: member.offset }
  }

  /** The value that `valueRef="Enum.Value"` names. */
  valueOf(reference: string, user: XmlElement): number {
    const [enumName, valueName] = reference.split('.')
    const values = this.enums.find(({ name }) => name === enumName)?.values
    const found = values?.find(({ name }) => name === valueName)
    return found === undefined ? this.#reader.fail(user, `there is no value ${reference}`) : found.value
  }

  #define(element: XmlElement, depth: number): SchemaType {
    switch (element.tag) {
      case 'type':
        return this.#plainType(element)
      case 'enum':
        return this.#enumType(element, depth)
      case 'set':
        return this.#setType(element, depth)
      case 'composite':
        return this.#composite(element, depth)
      case 'ref':
        return this.find(this.#reader.required(element, 'type'), element, depth + 1)
      default:
        return this.#reader.fail(element, `a type cannot be a ${element.tag}`)
    }
  }

  #plainType(element: XmlElement): PlainType {
    const reader = this.#reader
    const primitive = reader.primitive(element, reader.required(element, 'primitiveType'))
    const length = reader.number(element, 'length') ?? 1
    if (length > ARRAY_LENGTH_MAX) reader.fail(element, `length ${length} is more than ${ARRAY_LENGTH_MAX}`)
    const presence = reader.presence(element)
    if (presence === 'constant')
      return { ...plain(primitive, length, false, undefined), constant: this.#constant(element, primitive, length) }
    const nullText = element.attributes.get('nullValue')
    const isFloat = primitive === 'float' || primitive === 'double'
    const nullValue = nullText === undefined || isFloat ? undefined : reader.value(element, primitive, nullText)
    return plain(primitive, length, presence === 'optional', nullValue)
  }

  #constant(element: XmlElement, primitive: Primitive, length: number): number | bigint | string {
    const reference = element.attributes.get('valueRef')
    if (reference !== undefined) return this.#valueLater(reference, element)
    const { text } = element
    if (primitive === 'char' && (length > 1 || text.length > 1)) return text
    if (primitive === 'float' || primitive === 'double') return Number(text)
    const value = this.#reader.value(element, primitive, text)
    return PRIMITIVES[primitive].bytes === 8 ? value : Number(value)
  }

  /** The enum may stand below the constant that refers to it. */
  #valueLater(reference: string, element: XmlElement): number {
    this.find(reference.split('.')[0]!, element, 1)
    return this.valueOf(reference, element)
  }

  /** The type that an enum or a set is encoded as. */
  #encoding(element: XmlElement, depth: number): PlainType {
    const type = this.find(this.#reader.required(element, 'encodingType'), element, depth + 1)
    if (type.kind !== 'plain' || type.length !== 1) this.#reader.fail(element, 'its encoding is not one value')
    return type
  }

  #enumType(element: XmlElement, depth: number): PlainType {
    const reader = this.#reader
    const encoding = this.#encoding(element, depth)
    const values = element.children.map((child) => {
      if (child.tag !== 'validValue') reader.fail(child, `an enum cannot hold a ${child.tag}`)
      return { name: reader.name(child), value: Number(reader.value(child, encoding.primitive, child.text)) }
    })
    this.enums.push({ name: reader.name(element), values })
    return encoding
  }

  #setType(element: XmlElement, depth: number): PlainType {
    const reader = this.#reader
    const encoding = this.#encoding(element, depth)
    if (!encoding.primitive.startsWith('uint')) reader.fail(element, 'a set is encoded as an unsigned number')
    const bits = PRIMITIVES[encoding.primitive].bytes * 8
    const values = element.children.map((child) => {
      if (child.tag !== 'choice') reader.fail(child, `a set cannot hold a ${child.tag}`)
      const bit = Number(child.text)
      if (!/^\d+$/.test(child.text) || bit >= bits) reader.fail(child, `"${child.text}" is not a bit of ${bits}`)
      return { name: reader.name(child), value: bit }
    })
    this.sets.push({ name: reader.name(element), values })
    // A set of no bits is a value: sets are never null.
    return { ...encoding, isOptional: false }
  }

  #composite(element: XmlElement, depth: number): CompositeType {
    const reader = this.#reader
    if (depth > COMPOSITE_DEPTH_MAX) reader.fail(element, `types are nested more than ${COMPOSITE_DEPTH_MAX} deep`)
    let end = 0
    const members = element.children.map((child): CompositeMember => {
      const type = this.#define(child, depth + 1)
      const offset = reader.number(child, 'offset') ?? end
      const bytes = bytesOf(type)
      if (bytes > 0 && offset < end) reader.fail(child, `offset ${offset} lies inside what stands before it`)
      if (bytes > 0) end = offset + bytes
      return { name: reader.name(child), offset, type }
    })
    return { kind: 'composite', bytes: end, members }
  }
}

function plain(primitive: Primitive, length: number, isOptional: boolean, nullValue: bigint | undefined): PlainType {
  const absent = nullValue ?? PRIMITIVES[primitive].nullValue
  return { kind: 'plain', primitive, length, isOptional, nullValue: absent, constant: undefined }
}
