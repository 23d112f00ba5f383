import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecordDigest } from '../../kernels/records/canonical.ts'
import { Header, OrderAdd, RECORD_BYTES_MAX } from '../../kernels/records/catalogue.ts'
import {
  decodeRecord,
  encodeRecord,
  findCanonicalFault,
  HEADER_FIELDS,
  type PlainRecord,
  type PlainValue,
} from '../../kernels/records/codec.ts'
import { formatRecord, formatRecordJson } from '../../kernels/records/dump.ts'
import { RecordError } from '../../kernels/records/record-error.ts'
import { type FieldKind, RECORD_SCHEMAS } from '../../kernels/records/schema.ts'
import { RecordViews } from '../../kernels/records/views.ts'

const ascii = (maxLength: number) => fc.stringMatching(new RegExp(`^[!-~]{0,${maxLength}}$`))
const wholeF64 = fc.maxSafeInteger()

const VALUE_BY_KIND: Record<FieldKind, fc.Arbitrary<PlainValue>> = {
  u32: fc.nat({ max: 0xffffffff }),
  i32: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  f64: wholeF64,
  u64: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map(String),
  ascii4: ascii(4),
  ascii8: ascii(8),
  ascii16: ascii(16),
  ascii48: ascii(48),
  text: fc.string({ maxLength: 40 }).map((text) => text.replaceAll('\0', '')),
}

const anyRecord: fc.Arbitrary<PlainRecord> = fc.constantFrom(...RECORD_SCHEMAS).chain((schema) => {
  const model: Record<string, fc.Arbitrary<PlainValue>> = {
    record: fc.constant(schema.name),
    sequence: wholeF64,
    time: wholeF64,
    flags: fc.nat({ max: 0xffff }),
    instrument: fc.nat({ max: 0xffffffff }),
    source: fc.nat({ max: 0xffff }),
    shard: fc.nat({ max: 0xffff }),
  }
  for (const field of schema.fields) {
    if (field.name === 'reserved') model[field.name] = fc.constant(0)
    else if (field.name !== 'textBytes') model[field.name] = VALUE_BY_KIND[field.kind]
  }
  return fc.record(model) as fc.Arbitrary<PlainRecord>
})

function views(): RecordViews {
  return new RecordViews(new ArrayBuffer(2 * RECORD_BYTES_MAX))
}

test('no payload field has the name of a header field', () => {
  const taken = new Set(['record', ...HEADER_FIELDS.map((field) => field.name)])
  for (const schema of RECORD_SCHEMAS) {
    for (const field of schema.fields) expect(taken.has(field.name), `${schema.name}.${field.name}`).toBe(false)
  }
})

test('every record decodes to what was encoded, is canonical, and prints', () => {
  fc.assert(
    fc.property(anyRecord, (plain) => {
      const target = views()
      target.u8.fill(0xff)
      const bytes = encodeRecord(plain, target, 8)
      expect(bytes).toBe(target.u32[(8 + Header.Length) >> 2])
      expect(decodeRecord(target, 8)).toMatchObject(plain)
      expect(findCanonicalFault(target, 8)).toBeUndefined()
      expect(formatRecord(target, 8)).not.toContain('\n')
      expect(JSON.parse(formatRecordJson(target, 8))).toMatchObject({ record: plain.record, sequence: plain.sequence })
      const again = views()
      expect(encodeRecord(decodeRecord(target, 8), again, 8)).toBe(bytes)
      expect(Buffer.compare(again.u8.subarray(8, 8 + bytes), target.u8.subarray(8, 8 + bytes))).toBe(0)
    }),
    { numRuns: 400 },
  )
})

test('the dump shows every field of every record under its name or value', () => {
  for (const schema of RECORD_SCHEMAS) {
    const target = views()
    const plain: Record<string, PlainValue> & { record: string } = { record: schema.name, sequence: 1, time: 1 }
    schema.fields.forEach((field, index) => {
      if (field.name === 'reserved' || field.name === 'textBytes') return
      const isText = field.kind === 'text' || field.kind.startsWith('ascii')
      plain[field.name] = isText ? `T${index}` : 4000 + index
    })
    encodeRecord(plain, target, 0)
    const line = formatRecord(target, 0)
    const printed = schema.fields.filter((field) => field.name !== 'reserved' && field.name !== 'textBytes')
    for (const [index, field] of schema.fields.entries()) {
      if (!printed.includes(field)) continue
      const value = field.name === 'sourceTime' ? `lag=${1 - (4000 + index)}` : String(plain[field.name])
      expect(line, `${schema.name}.${field.name}`).toContain(value)
    }
  }
})

describe('the encoder refuses', () => {
  test.each([
    ['an unknown record', { record: 'nothing' }],
    ['an unknown field', { record: 'clock', tock: 1 }],
    ['NaN', { record: 'clock', tick: Number.NaN }],
    ['a fraction in a u32', { record: 'orderAdd', side: 0.5 }],
    ['a negative u32', { record: 'orderAdd', side: -1 }],
    ['a u64 of 65 bits', { record: 'orderDelete', reference: (1n << 64n).toString() }],
    ['a u64 that is no number', { record: 'orderDelete', reference: 'x' }],
    [
      'a symbol that is too long',
      { record: 'instrument', symbol: 'ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVW' },
    ],
    ['a text that makes the record too long', { record: 'log', text: 'x'.repeat(RECORD_BYTES_MAX) }],
  ] satisfies [string, PlainRecord][])('%s', (_name, plain) => {
    expect(() => encodeRecord(plain, views(), 0)).toThrow(RecordError)
  })
})

describe('canonical form', () => {
  test('−0 is written as 0', () => {
    const target = views()
    encodeRecord({ record: 'clock', tick: -0, time: -0 }, target, 0)
    expect(Object.is(target.f64[Header.Time >> 3], 0)).toBe(true)
    expect(findCanonicalFault(target, 0)).toBeUndefined()
  })

  test('NaN, −0, dirty padding, unknown types and wrong lengths are found', () => {
    const make = () => {
      const target = views()
      encodeRecord({ record: 'orderAdd', attribution: 'AB' }, target, 0)
      return target
    }
    const cases: [RegExp, (target: RecordViews) => void][] = [
      [/price is NaN/, (target) => target.f64.fill(Number.NaN, OrderAdd.Price >> 3, (OrderAdd.Price >> 3) + 1)],
      [/time is −0/, (target) => target.f64.fill(-0, Header.Time >> 3, (Header.Time >> 3) + 1)],
      [/attribution is not padded/, (target) => target.u8.set([1], OrderAdd.Attribution + 3)],
      [/type 9999/, (target) => target.u16.set([9999], Header.Type >> 1)],
      [/80 bytes long/, (target) => target.u32.set([80], 0)],
    ]
    for (const [expected, spoil] of cases) {
      const target = make()
      spoil(target)
      expect(findCanonicalFault(target, 0)).toMatch(expected)
      expect(formatRecord(target, 0)).toMatch(expected)
      expect(JSON.parse(formatRecordJson(target, 0)).fault).toMatch(expected)
    }
  })

  test('a digest does not depend on how records are handed over', () => {
    const many = new RecordViews(new ArrayBuffer(64 * 1024))
    let bytes = 0
    let records = 0
    while (bytes < 60_000) {
      bytes += encodeRecord({ record: 'clock', tick: records++ }, many, bytes)
    }
    const one = new RecordDigest()
    for (let at = 0; at < bytes; at += many.u32[at >> 2]!) one.update(many, at)
    const other = new RecordDigest()
    other.updateRun(many, 0, 80, 2)
    expect(other.hex()).not.toBe(one.hex())
    other.updateRun(many, 80, bytes - 80, records - 2)
    expect(other.hex()).toBe(one.hex())
    expect(other.records).toBe(records)
    expect(one.hex()).toBe(createHash('sha256').update(many.u8.subarray(0, bytes)).digest('hex'))
  })
})
