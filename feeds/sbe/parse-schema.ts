import {
  type Block,
  type Body,
  ByteOrder,
  type Constant,
  type Group,
  HEADER_FIELDS,
  type HeaderField,
  type LengthField,
  type Message,
  type Scalar,
  type Schema,
  type VariableData,
} from './schema.ts'
import { SchemaReader } from './schema-reader.ts'
import { bytesOf, type CompositeType, type SchemaType, SchemaTypes } from './schema-types.ts'
import { parseXml, type XmlElement } from './xml-tree.ts'

const GROUP_DEPTH_MAX = 8

/**
 * Reads an SBE message schema (FIX Simple Binary Encoding 1.0, section 4, XML). Strict: what cannot be resolved or would
 * overlap is refused. `xi:include` is not followed.
 * @param file name for errors
 * @throws SbeSchemaError with file, line and element
 */
export function parseSchema(text: string, file: string): Schema {
  return new SchemaParser(text, file).parse()
}

class SchemaParser {
  readonly #reader: SchemaReader
  readonly #root: XmlElement
  readonly #types: SchemaTypes

  constructor(text: string, file: string) {
    this.#reader = new SchemaReader(file)
    this.#root = parseXml(text, file)
    if (this.#root.tag !== 'messageSchema') this.#reader.fail(this.#root, 'this is not a messageSchema')
    const parents = this.#root.children.filter(({ tag }) => tag === 'types')
    this.#types = new SchemaTypes(parents, this.#reader)
  }

  parse(): Schema {
    const reader = this.#reader
    const root = this.#root
    const messages = root.children.filter(({ tag }) => tag !== 'types').map((element) => this.#message(element))
    for (const kind of ['name', 'templateId'] as const) {
      const seen = new Set<string | number>()
      for (const message of messages) {
        if (seen.has(message[kind])) reader.fail(root, `two messages have the ${kind} ${message[kind]}`)
        seen.add(message[kind])
      }
    }
    return {
      package: root.attributes.get('package') ?? '',
      id: reader.requiredNumber(root, 'id'),
      version: reader.requiredNumber(root, 'version'),
      byteOrder: this.#byteOrder(),
      header: this.#header(),
      enums: this.#types.enums,
      sets: this.#types.sets,
      messages,
    }
  }

  #byteOrder(): ByteOrder {
    const order = this.#root.attributes.get('byteOrder') ?? 'littleEndian'
    if (order === 'littleEndian') return ByteOrder.Little
    if (order === 'bigEndian') return ByteOrder.Big
    return this.#reader.fail(this.#root, `byteOrder="${order}" is neither littleEndian nor bigEndian`)
  }

  #header(): Schema['header'] {
    const composite = this.#composite(this.#root.attributes.get('headerType') ?? 'messageHeader', this.#root)
    const find = (name: HeaderField) => [name, this.#types.lengthField(composite, name, this.#root)] as const
    return {
      bytes: composite.bytes,
      fields: Object.fromEntries(HEADER_FIELDS.map(find)) as Record<HeaderField, LengthField>,
    }
  }

  #message(element: XmlElement): Message {
    if (element.tag !== 'message') this.#reader.fail(element, `a schema cannot hold a ${element.tag}`)
    return {
      name: this.#reader.name(element),
      templateId: this.#reader.requiredNumber(element, 'id'),
      sinceVersion: this.#reader.sinceVersion(element),
      ...this.#body(element, 0),
    }
  }

  #body(element: XmlElement, depth: number): Body {
    const reader = this.#reader
    if (depth > GROUP_DEPTH_MAX) reader.fail(element, `groups are nested more than ${GROUP_DEPTH_MAX} deep`)
    const order = ['field', 'group', 'data']
    const names = new Set<string>()
    let phase = 0
    for (const child of element.children) {
      const kind = order.indexOf(child.tag)
      if (kind < 0) reader.fail(child, `a message cannot hold a ${child.tag}`)
      if (kind < phase) reader.fail(child, 'fields stand ahead of groups, and groups ahead of data')
      const name = reader.name(child)
      if (names.has(name)) reader.fail(child, `there are two members ${name}`)
      names.add(name)
      phase = kind
    }
    const of = (tag: string) => element.children.filter((child) => child.tag === tag)
    return {
      block: this.#block(element, of('field')),
      groups: of('group').map((child) => this.#group(child, depth)),
      data: of('data').map((child) => this.#data(child)),
    }
  }

  #block(element: XmlElement, fields: readonly XmlElement[]): Block {
    const reader = this.#reader
    const scalars: Scalar[] = []
    const constants: Constant[] = []
    let end = 0
    for (const field of fields) {
      const name = reader.name(field)
      const type = this.#types.find(reader.required(field, 'type'), field)
      const presence = reader.presence(field)
      if (presence === 'constant' && (type.kind === 'composite' || type.constant === undefined)) {
        constants.push({ path: [name], value: this.#types.valueOf(reader.required(field, 'valueRef'), field) })
        continue
      }
      const bytes = bytesOf(type)
      const offset = reader.number(field, 'offset') ?? end
      if (bytes > 0 && offset < end) reader.fail(field, `offset ${offset} lies inside what stands before it`)
      if (bytes > 0) end = offset + bytes
      const since = reader.sinceVersion(field)
      flatten([name], type, offset, since, presence === 'optional', scalars, constants)
    }
    const bytes = reader.number(element, 'blockLength') ?? end
    if (bytes < end) reader.fail(element, `blockLength ${bytes} is less than its ${end} bytes of fields`)
    return { bytes, scalars, constants }
  }

  #group(element: XmlElement, depth: number): Group {
    const composite = this.#composite(element.attributes.get('dimensionType') ?? 'groupSizeEncoding', element)
    return {
      name: this.#reader.name(element),
      id: this.#reader.number(element, 'id') ?? 0,
      sinceVersion: this.#reader.sinceVersion(element),
      dimensionBytes: composite.bytes,
      entryBytesField: this.#types.lengthField(composite, 'blockLength', element),
      countField: this.#types.lengthField(composite, 'numInGroup', element),
      ...this.#body(element, depth + 1),
    }
  }

  #data(element: XmlElement): VariableData {
    const composite = this.#composite(this.#reader.required(element, 'type'), element)
    const data = composite.members.find(({ name }) => name === 'varData')
    return {
      name: this.#reader.name(element),
      id: this.#reader.number(element, 'id') ?? 0,
      sinceVersion: this.#reader.sinceVersion(element),
      lengthField: this.#types.lengthField(composite, 'length', element),
      headerBytes: data?.offset ?? this.#reader.fail(element, 'its composite has no varData'),
    }
  }

  #composite(name: string, user: XmlElement): CompositeType {
    const type = this.#types.find(name, user)
    return type.kind === 'composite' ? type : this.#reader.fail(user, `${name} is not a composite`)
  }
}

/** Takes a field apart into the values that lie on the wire, and the constants. */
function flatten(
  path: readonly string[],
  type: SchemaType,
  offset: number,
  sinceVersion: number,
  isOptional: boolean,
  scalars: Scalar[],
  constants: Constant[],
): void {
  if (type.kind === 'composite') {
    for (const { name, offset: inner, type: member } of type.members) {
      flatten([...path, name], member, offset + inner, sinceVersion, isOptional, scalars, constants)
    }
  } else if (type.constant !== undefined) {
    constants.push({ path, value: type.constant })
  } else {
    const { primitive, length, nullValue } = type
    scalars.push({
      path,
      primitive,
      length,
      offset,
      sinceVersion,
      isOptional: isOptional || type.isOptional,
      nullValue,
    })
  }
}
