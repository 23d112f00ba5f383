import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateDecoders } from '../../../feeds/sbe/generate.ts'
import { parseSchema } from '../../../feeds/sbe/parse-schema.ts'
import { SbeSchemaError } from '../../../feeds/sbe/schema-error.ts'
import { compileSchema } from './support/compile.ts'

const TYPES = `<types>
<composite name="messageHeader"><type name="blockLength" primitiveType="uint16"/><type name="templateId" primitiveType="uint16"/>
<type name="schemaId" primitiveType="uint16"/><type name="version" primitiveType="uint16"/></composite>
<composite name="groupSizeEncoding"><type name="blockLength" primitiveType="uint16"/><type name="numInGroup" primitiveType="uint8"/></composite>
<composite name="price"><type name="mantissa" primitiveType="int64"/><type name="exponent" presence="constant" primitiveType="int8">-3</type></composite>
<composite name="pair"><ref name="left" type="price"/><ref name="right" type="price" offset="10"/><enum name="Inner" encodingType="uint8"><validValue name="One">1</validValue></enum></composite>
<enum name="Kind" encodingType="char"><validValue name="Bid">B</validValue></enum>
<set name="Marks" encodingType="uint8"><choice name="Low">0</choice><choice name="High">7</choice></set>
<type name="label" primitiveType="char" presence="constant">CME</type>
</types>`

const schema = (body: string, types = TYPES) =>
  `<messageSchema package="p" id="1" version="2" byteOrder="bigEndian">\n${types}\n${body}\n</messageSchema>`
const messageOf = (fields: string) => schema(`<message name="M" id="1">\n${fields}\n</message>`)

function errorOf(xml: string): SbeSchemaError {
  try {
    parseSchema(xml, 'bad.xml')
  } catch (error) {
    if (error instanceof SbeSchemaError) return error
    throw error
  }
  throw new Error('the schema was taken')
}

describe('a schema is refused with its file, line and element', () => {
  it.each([
    ['not XML', '<messageSchema', 1, 'document'],
    ['another root', '<schema/>', 1, 'schema'],
    ['a type that is not there', messageOf('<field name="a" id="1" type="nothing"/>'), 13, 'field a'],
    [
      'fields that overlap',
      messageOf('<field name="a" id="1" type="int32"/><field name="b" id="2" type="int8" offset="3"/>'),
      13,
      'field b',
    ],
    [
      'a group ahead of a field',
      messageOf('<group name="g" id="1"/>\n<field name="a" id="2" type="int8"/>'),
      14,
      'field a',
    ],
    [
      'two fields of one name',
      messageOf('<field name="a" id="1" type="int8"/><field name="a" id="2" type="int8"/>'),
      13,
      'field a',
    ],
    ['a name that is none', messageOf('<field name="1 a" id="1" type="int8"/>'), 13, 'field 1 a'],
    ['an offset that is none', messageOf('<field name="a" id="1" type="int8" offset="-1"/>'), 13, 'field a'],
    ['a presence that is none', messageOf('<field name="a" id="1" type="int8" presence="maybe"/>'), 13, 'field a'],
    ['a group without its composite', messageOf('<group name="g" id="1" dimensionType="price"/>'), 13, 'group g'],
    ['data without a type', messageOf('<data name="d" id="1"/>'), 13, 'data d'],
    ['a message without an id', schema('<message name="M"/>'), 12, 'message M'],
    [
      'a block shorter than its fields',
      schema('<message name="M" id="1" blockLength="2"><field name="a" id="1" type="int32"/></message>'),
      12,
      'message M',
    ],
    ['an enum value out of range', schema('', TYPES.replace('>B<', '>BB<')), 8, 'validValue Bid'],
    ['a bit out of range', schema('', TYPES.replace('>7<', '>8<')), 9, 'choice High'],
    ['a type twice', schema('', TYPES.replace('name="Marks"', 'name="Kind"')), 9, 'set Kind'],
    ['a composite of itself', schema('', TYPES.replace('type="price" offset="10"', 'type="pair"')), 7, 'ref right'],
  ])('%s', (_, xml, line, element) => {
    expect(errorOf(xml).place).toEqual({ file: 'bad.xml', line, element })
  })

  it('two messages of one template', () => {
    expect(errorOf(schema('<message name="M" id="1"/><message name="N" id="1"/>')).what).toMatch(/two messages/)
  })
})

describe('what a schema says beyond plain fields', () => {
  const xml = messageOf(
    '<field name="Pair" id="1" type="pair"/><field name="Kind" id="2" type="Kind"/><field name="Fixed" id="3" type="Kind" presence="constant" valueRef="Kind.Bid"/><field name="Label" id="4" type="label"/><field name="at" id="5" type="uint8"/>',
  )

  it('becomes types, constants and accessors of the composite parts', async () => {
    const types = generateDecoders(parseSchema(xml, 'a.xml'), { source: 'a.xml' }).get('types.ts')!
    expect(types).toContain('export enum Kind {\n  Bid = 66,\n}')
    expect(types).toContain('export enum Marks {\n  Low = 1,\n  High = 128,\n}')
    const M = (await compileSchema(xml, 'a.xml')).get(1)!
    expect({ ...M }).toMatchObject({ PAIR_LEFT_EXPONENT: -3, FIXED: 66, LABEL: 'CME' })
    const bytes = Buffer.alloc(21)
    bytes.writeBigInt64BE(-5n, 0)
    bytes.writeBigInt64BE(7n, 10)
    bytes.set([1, 0x42, 9], 18)
    const m = new M()
    expect(m.wrap(new DataView(bytes.buffer, bytes.byteOffset, 21), 0, 21, 2, 21)).toBe(true)
    expect(m).toMatchObject({
      pairLeftMantissaHigh: -1,
      pairLeftMantissaLow: -5,
      pairRightMantissaLow: 7,
      pairInner: 1,
      kind: 0x42,
      at_: 9,
    })
  })

  const seed = Number(process.env.XK_SEED ?? 5_519)

  it(`damaged schemas are refused or taken, and nothing else (seed ${seed})`, { timeout: 120_000 }, () => {
    const edits = fc.array(fc.record({ at: fc.nat(xml.length), cut: fc.nat(12), put: fc.string({ maxLength: 6 }) }), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(edits, (changes) => {
        let text = xml
        for (const { at, cut, put } of changes) text = text.slice(0, at) + put + text.slice(at + cut)
        try {
          generateDecoders(parseSchema(text, 'any.xml'), { source: 'any.xml' })
        } catch (error) {
          if (!(error instanceof SbeSchemaError)) throw error
        }
      }),
      { numRuns: 2000, seed },
    )
  })
})
