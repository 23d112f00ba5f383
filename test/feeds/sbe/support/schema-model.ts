import fc from 'fast-check'

/** A field of a made-up schema; the model lays it out by itself, without the compiler. */
export interface FieldModel {
  readonly name: string
  readonly primitive: keyof typeof BYTES
  readonly length: number
  /** Unused bytes ahead of it. */
  readonly gap: number
  readonly since: number
  readonly isOptional: boolean
}

export interface GroupModel {
  readonly name: string
  readonly since: number
  readonly body: BodyModel
}

export interface BodyModel {
  readonly fields: readonly FieldModel[]
  readonly groups: readonly GroupModel[]
  /** Names of variable data, with the version each came with. */
  readonly data: readonly { readonly name: string; readonly since: number }[]
}

export interface SchemaModel {
  readonly isLittle: boolean
  readonly countType: 'uint8' | 'uint16'
  readonly body: BodyModel
}

export const BYTES = {
  char: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float: 4,
  double: 8,
} as const

export const VERSION_MAX = 3

const primitive = fc.constantFrom(...(Object.keys(BYTES) as (keyof typeof BYTES)[]))
const field = fc.record({
  primitive,
  length: fc.constantFrom(1, 1, 1, 3),
  gap: fc.constantFrom(0, 0, 1, 5),
  since: fc.nat(VERSION_MAX),
  isOptional: fc.boolean(),
})

/** Names by position; what came later stands later, as SBE asks. */
function named<T extends { readonly since: number }>(prefix: string, items: readonly T[]): (T & { name: string })[] {
  return [...items].sort((a, b) => a.since - b.since).map((item, index) => ({ ...item, name: `${prefix}${index}` }))
}

function body(depth: number): fc.Arbitrary<BodyModel> {
  const group =
    depth === 0
      ? fc.constant([])
      : fc.array(fc.record({ since: fc.nat(VERSION_MAX), body: body(depth - 1) }), { maxLength: 2 })
  const data = fc.array(fc.record({ since: fc.nat(VERSION_MAX) }), { maxLength: 2 })
  return fc
    .record({ fields: fc.array(field, { maxLength: 5 }), groups: group, data })
    .map(({ fields, groups, data: texts }) => ({
      fields: named('Field', fields),
      groups: named('Group', groups),
      data: named('Data', texts),
    }))
}

export const anySchema: fc.Arbitrary<SchemaModel> = fc.record({
  isLittle: fc.boolean(),
  countType: fc.constantFrom('uint8' as const, 'uint16' as const),
  body: body(2),
})

/** Offset of each field, and where they end. */
export function layOut(fields: readonly FieldModel[]): { offsets: number[]; end: number } {
  let end = 0
  const offsets = fields.map((item) => {
    const offset = end + item.gap
    end = offset + BYTES[item.primitive] * item.length
    return offset
  })
  return { offsets, end }
}

/** The schema as XML: one message, template 7. */
export function toXml(model: SchemaModel): string {
  return [
    `<sbe:messageSchema xmlns:sbe="urn:any" package="p" id="9" version="${VERSION_MAX}" byteOrder="${model.isLittle ? 'little' : 'big'}Endian">`,
    '<types><composite name="messageHeader"><type name="blockLength" primitiveType="uint16"/>',
    '<type name="templateId" primitiveType="uint16"/><type name="schemaId" primitiveType="uint16"/>',
    '<type name="version" primitiveType="uint16"/></composite>',
    `<composite name="groupSizeEncoding"><type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="${model.countType}" offset="3"/></composite>`,
    '<composite name="text"><type name="length" primitiveType="uint16"/><type name="varData" length="0" primitiveType="uint8"/></composite>',
    ...typesOf(model.body, ''),
    '</types>',
    '<sbe:message name="Any" id="7">',
    ...bodyXml(model.body, ''),
    '</sbe:message></sbe:messageSchema>',
  ].join('\n')
}

function typesOf({ fields, groups }: BodyModel, path: string): string[] {
  return [
    ...fields.map(
      ({ name, primitive: type, length, isOptional }) =>
        `<type name="T${path}${name}" primitiveType="${type}" length="${length}" presence="${isOptional ? 'optional' : 'required'}"/>`,
    ),
    ...groups.flatMap(({ name, body: inner }) => typesOf(inner, `${path}${name}`)),
  ]
}

function bodyXml({ fields, groups, data }: BodyModel, path: string): string[] {
  const { offsets } = layOut(fields)
  return [
    ...fields.map(
      ({ name, since }, index) =>
        `<field name="${name}" id="${index}" type="T${path}${name}" offset="${offsets[index]}" sinceVersion="${since}"/>`,
    ),
    ...groups.flatMap(({ name, since, body: inner }) => [
      `<group name="${name}" id="1" sinceVersion="${since}">`,
      ...bodyXml(inner, `${path}${name}`),
      '</group>',
    ]),
    ...data.map(({ name, since }) => `<data name="${name}" id="2" type="text" sinceVersion="${since}"/>`),
  ]
}
