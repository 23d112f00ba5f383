import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compileSchema, type Decoder } from './support/compile.ts'
import { ModelEncoder, type WrittenBody } from './support/encode-model.ts'
import { anySchema, type BodyModel, BYTES, type FieldModel, toXml, VERSION_MAX } from './support/schema-model.ts'

const NULLS: Readonly<Record<string, bigint | number>> = {
  char: 0n,
  int8: -128n,
  uint8: 255n,
  int16: -32_768n,
  uint16: 65_535n,
  int32: -(2n ** 31n),
  uint32: 2n ** 32n - 1n,
  int64: -(2n ** 63n),
  uint64: 2n ** 64n - 1n,
  float: Number.NaN,
  double: Number.NaN,
}

type Entry = Record<string, unknown> & { view: DataView; count: number; next(): boolean }

/** What the decoder says of a field, in the form of what was written. */
function read(decoder: Record<string, unknown>, field: FieldModel): (bigint | number)[] {
  const name = field.name.toLowerCase()
  const { view } = decoder as unknown as Entry
  const isFloat = field.primitive === 'float' || field.primitive === 'double'
  const convert = (value: unknown) => (isFloat ? (value as number) : BigInt(value as number))
  if (field.length > 1 && (field.primitive === 'char' || BYTES[field.primitive] === 8)) {
    const at = decoder[`${name}At`] as number
    if (at < 0) return []
    return Array.from({ length: field.length }, (_, i) =>
      field.primitive === 'char' ? BigInt(view.getUint8(at + i)) : BigInt(i),
    )
  }
  if (field.length > 1) {
    const load = decoder[name] as (index: number) => number
    return Array.from({ length: field.length }, (_, i) => convert(load.call(decoder, i)))
  }
  if (field.primitive !== 'int64' && field.primitive !== 'uint64') return [convert(decoder[name])]
  const high = BigInt(decoder[`${name}High`] as number)
  const bits = (high << 32n) | BigInt((decoder[`${name}Low`] as number) >>> 0)
  const value = field.primitive === 'int64' ? BigInt.asIntN(64, bits) : BigInt.asUintN(64, bits)
  const slots = new Float64Array(1)
  ;(decoder[`readField${name.slice(5)}`] as (out: Float64Array, slot: number) => void).call(decoder, slots, 0)
  expect(slots[0]).toBe(Number(value))
  return [value]
}

function expectField(decoder: Record<string, unknown>, field: FieldModel, written: WrittenBody): void {
  const values = written.values.get(field.name)
  const found = read(decoder, field)
  const isPointer = field.length > 1 && (field.primitive === 'char' || BYTES[field.primitive] === 8)
  if (values === undefined) {
    expect(found).toEqual(isPointer ? [] : Array.from({ length: field.length }, () => NULLS[field.primitive]))
  } else if (isPointer && field.primitive !== 'char') expect(found).toHaveLength(field.length)
  else expect(found).toEqual(values)
  const isNull = decoder[`isField${field.name.slice(5)}Null`]
  if (field.length > 1) return
  if (isNull !== undefined) expect(isNull).toBe(Object.is(found[0], NULLS[field.primitive]))
  else expect(field.isOptional).toBe(false)
}

function expectBody(decoder: Record<string, unknown>, model: BodyModel, written: WrittenBody): void {
  for (const field of model.fields) expectField(decoder, field, written)
  for (const { name, body } of model.groups) {
    const group = decoder[name.toLowerCase()] as Entry
    const entries = written.groups.get(name) ?? []
    expect(group.count).toBe(entries.length)
    for (const entry of entries) {
      expect(group.next()).toBe(true)
      expectBody(group, body, entry)
    }
    expect(group.next()).toBe(false)
  }
  for (const { name } of model.data) {
    const text = written.data.get(name) ?? Buffer.alloc(0)
    const at = decoder[`${name.toLowerCase()}At`] as number
    const { view } = decoder as unknown as Entry
    expect(decoder[`${name.toLowerCase()}Bytes`]).toBe(text.length)
    for (let i = 0; i < text.length; i++) expect(view.getUint8(at + i)).toBe(text[i])
  }
}

const seed = Number(process.env.XK_SEED ?? 20_240_611)

it(`decoders of any schema read what was written in any version (seed ${seed})`, { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      anySchema,
      fc.nat(VERSION_MAX),
      fc.infiniteStream(fc.nat(0xffffffff)),
      async (model, version, stream) => {
        const next = () => stream.next().value as number
        const { blockLength, bytes, written } = new ModelEncoder(model, version, next).message()
        const Any = (await compileSchema(toXml(model), 'any.xml')).get(7)!
        const decoder: Decoder = new Any()
        const padded = Buffer.concat([Buffer.from([1, 2, 3]), bytes, Buffer.from([4, 5])])
        const view = new DataView(padded.buffer, padded.byteOffset, padded.length)
        expect(decoder.wrap(view, 3, blockLength, version, 3 + bytes.length)).toBe(true)
        expect(decoder.end).toBe(3 + bytes.length)
        expectBody(decoder, model.body, written)
        // One byte less, and the last part does not fit any more; nothing is read outside.
        expect(decoder.wrap(view, 3, blockLength, version, 2 + bytes.length)).toBe(false)
      },
    ),
    { numRuns: 150, seed },
  )
})
