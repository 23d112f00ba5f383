import { PRIMITIVES, type Primitive } from './schema.ts'
import { SbeSchemaError } from './schema-error.ts'
import type { XmlElement } from './xml-tree.ts'

const NUMBER_MAX = 0x7fffffff

/** Reads attributes of a schema's elements, and refuses them with the file, line and element. */
export class SchemaReader {
  readonly file: string

  /** @param file name for errors */
  constructor(file: string) {
    this.file = file
  }

  /** Refuses the schema at an element. */
  fail(element: XmlElement, what: string): never {
    const name = element.attributes.get('name')
    const place = name === undefined ? element.tag : `${element.tag} ${name}`
    throw new SbeSchemaError(what, { file: this.file, line: element.line, element: place })
  }

  required(element: XmlElement, name: string): string {
    const value = element.attributes.get(name)
    if (value === undefined || value === '') this.fail(element, `the attribute ${name} is missing`)
    return value
  }

  /** A name that can stand in a program: letters, digits, underscores, no digit first. */
  name(element: XmlElement): string {
    const name = this.required(element, 'name')
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) this.fail(element, `"${name}" is not a name`)
    return name
  }

  /** A whole number from 0, or undefined where the attribute is not there. */
  number(element: XmlElement, name: string): number | undefined {
    const text = element.attributes.get(name)
    if (text === undefined) return undefined
    const value = Number(text)
    if (!/^\d+$/.test(text.trim()) || value > NUMBER_MAX) {
      this.fail(element, `${name}="${text}" is not a whole number from 0`)
    }
    return value
  }

  requiredNumber(element: XmlElement, name: string): number {
    this.required(element, name)
    return this.number(element, name)!
  }

  sinceVersion(element: XmlElement): number {
    return this.number(element, 'sinceVersion') ?? 0
  }

  primitive(element: XmlElement, name: string): Primitive {
    if (!Object.hasOwn(PRIMITIVES, name)) this.fail(element, `"${name}" is not a primitive type`)
    return name as Primitive
  }

  presence(element: XmlElement): 'required' | 'optional' | 'constant' | undefined {
    const presence = element.attributes.get('presence')
    if (presence === undefined || presence === 'required' || presence === 'optional' || presence === 'constant') {
      return presence
    }
    return this.fail(element, `presence="${presence}" is none of required, optional, constant`)
  }

  /** A value of a primitive type as it stands in a schema: a number, or one character of a char. */
  value(element: XmlElement, primitive: Primitive, text: string): bigint {
    if (primitive === 'char' && text.length === 1) return BigInt(text.charCodeAt(0))
    if (!/^[+-]?\d+$/.test(text)) this.fail(element, `"${text}" is not a value of ${primitive}`)
    const value = BigInt(text.replace('+', ''))
    const bits = BigInt(PRIMITIVES[primitive].bytes * 8)
    const isSigned = primitive.startsWith('int')
    const least = isSigned ? -(1n << (bits - 1n)) : 0n
    const most = isSigned ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n
    if (value < least || value > most) this.fail(element, `"${text}" is not a value of ${primitive}`)
    return value
  }
}
