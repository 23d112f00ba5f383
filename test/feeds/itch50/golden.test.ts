import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Itch50Decoder } from '../../../feeds/itch50/decoder.ts'
import { ITCH50_LENGTH } from '../../../feeds/itch50/layout.ts'
import { InstrumentTable } from '../../../feeds/protocol/instrument-table.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { FLAG_IMPLIED } from '../../../kernels/records/catalogue.ts'
import { decodeRecord, findCanonicalFault, type PlainRecord } from '../../../kernels/records/codec.ts'
import { CASES, DIRECTORY, encode, type Fields, LOCATE } from './message-cases.ts'

function decodeAll(decoder: Itch50Decoder, message: Buffer): PlainRecord[] {
  const batch = new RecordBatch(4096)
  // In the middle of other bytes, at an odd offset, as on the wire.
  const bytes = new Uint8Array(message.length + 9).fill(0xff)
  bytes.set(message, 3)
  const count = decoder.decode(bytes, 3, message.length, batch)
  const records: PlainRecord[] = []
  for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) {
    expect(findCanonicalFault(batch.views, at)).toBeUndefined()
    const { sequence, time, shard, ...record } = decodeRecord(batch.views, at)
    expect([sequence, time, shard]).toEqual([0, 0, 0])
    records.push(record as PlainRecord)
  }
  expect(records.length).toBe(count)
  return records
}

describe('every TotalView-ITCH 5.0 message', () => {
  it('is in the layout table with the length that its published fields add up to, and no other type is', () => {
    const published = new Map(CASES.map(([type, , fields]) => [type, encode(type, fields).length]))
    expect(published.size).toBe(23)
    for (let type = 0; type < 256; type++) {
      expect(ITCH50_LENGTH[type]).toBe(published.get(String.fromCharCode(type)) ?? -1)
    }
  })

  it.each(CASES)('%s (%s) becomes the record that docs/protocol-records.md says', (type, _name, fields, expected) => {
    const decoder = new Itch50Decoder()
    if (type !== 'R') decodeAll(decoder, encode('R', DIRECTORY))
    expect(decodeAll(decoder, encode(type, fields))).toEqual(expected === undefined ? [] : [expected].flat())
    expect(decoder.counts.toObject()[type]).toBe(1)
  })

  it.each(CASES.filter(([type, , , expected]) => type !== 'R' && [expected].flat()[0]?.instrument === 1))(
    '%s (%s) of an unannounced instrument brings an implied instrument record before its own',
    (type, _name, fields, expected) => {
      const [implied, ...own] = decodeAll(new Itch50Decoder(), encode(type, fields))
      const hasSymbol = fields.some(([name]) => name === 'stock')
      expect(implied).toMatchObject({
        record: 'instrument',
        flags: FLAG_IMPLIED,
        instrument: 1,
        symbol: hasSymbol ? 'XKTST' : '',
        venueLocate: LOCATE,
      })
      expect(own).toEqual([expected].flat())
    },
  )
})

describe('the instrument directory', () => {
  const executed: Fields = [
    ['order reference number', 8, 1n],
    ['executed shares', 4, 1],
    ['match number', 8, 1n],
  ]

  it('gives the real directory entry the id of the implied one', () => {
    const decoder = new Itch50Decoder()
    expect(decodeAll(decoder, encode('E', executed))[0]).toMatchObject({ symbol: '', instrument: 1 })
    expect(decodeAll(decoder, encode('R', DIRECTORY))).toMatchObject([{ symbol: 'XKTST', instrument: 1, flags: 0 }])
    expect(decodeAll(decoder, encode('R', DIRECTORY))).toMatchObject([{ symbol: 'XKTST', instrument: 1 }])
  })

  it('gives a locate that another symbol takes over a new id', () => {
    const decoder = new Itch50Decoder()
    decodeAll(decoder, encode('R', DIRECTORY))
    const other = DIRECTORY.map((field) => (field[0] === 'stock' ? (['stock', 8, 'OTHER'] as const) : field))
    expect(decodeAll(decoder, encode('R', other))).toMatchObject([{ symbol: 'OTHER', instrument: 2 }])
    expect(decodeAll(decoder, encode('E', executed))).toMatchObject([{ record: 'orderExecute', instrument: 2 }])
  })

  it('counts what comes for further instruments once all ids are taken', () => {
    const instruments = new InstrumentTable(2)
    const decoder = new Itch50Decoder(instruments)
    for (let locate = 1; locate <= 4; locate++) decodeAll(decoder, encode('E', executed, locate))
    expect(decodeAll(decoder, encode('R', DIRECTORY, 9))).toEqual([])
    expect(instruments.count).toBe(2)
    expect(decoder.counts.rejected[4]).toBe(3)
  })

  it('keeps a regulatory halt in force when an operational one is lifted', () => {
    const decoder = new Itch50Decoder()
    const act = (state: string): Fields => [
      ['stock', 8, 'XKTST'],
      ['state', 1, state],
      ['reserved', 1, ' '],
      ['reason', 4, ''],
    ]
    const halt = (market: string, action: string): Fields => [
      ['stock', 8, 'XKTST'],
      ['market', 1, market],
      ['action', 1, action],
    ]
    decodeAll(decoder, encode('R', DIRECTORY))
    const states = [
      encode('H', act('T')),
      encode('h', halt('Q', 'H')),
      encode('H', act('H')),
      encode('h', halt('B', 'H')),
      encode('h', halt('Q', 'T')),
      encode('H', act('T')),
    ].map((message) => decodeAll(decoder, message).map((record) => record.state ?? `${record.kind} ${record.value}`))
    expect(states).toEqual([[1], [2], [2], ['51 1'], [2], [1]])
  })
})

describe('messages that are not as specified', () => {
  it('are counted by reason and type, and give no record', () => {
    const decoder = new Itch50Decoder()
    decodeAll(decoder, encode('R', DIRECTORY))
    const add = encode('A', CASES.find(([type]) => type === 'A')![2])
    const bad = [
      add.subarray(0, 35),
      Buffer.concat([add, Buffer.alloc(1)]),
      Buffer.concat([Buffer.from('Z'), add.subarray(1)]),
      Buffer.alloc(0),
      Buffer.from(add).fill('X', 19, 20),
      Buffer.from(add).fill(0xff, 5, 11),
    ]
    for (const message of bad) expect(decodeAll(decoder, message)).toEqual([])
    expect([...decoder.counts.rejected]).toEqual([2, 2, 1, 1, 0])
    expect(decoder.counts.rejectedToObject()).toEqual({ '0x00': 1, A: 4, Z: 1 })
  })

  it('give canonical records or none, whatever the payload of a type and length holds', () => {
    const payload = fc.uint8Array({ minLength: 39, maxLength: 39 })
    fc.assert(
      fc.property(fc.constantFrom(...CASES), payload, fc.boolean(), ([type, , fields], noise, isKnown) => {
        const decoder = new Itch50Decoder()
        if (isKnown) decodeAll(decoder, encode('R', DIRECTORY))
        const message = encode(type, fields)
        message.set(noise.subarray(0, message.length - 11), 11)
        expect(decodeAll(decoder, message).length).toBeLessThanOrEqual(4)
      }),
      { numRuns: 500 },
    )
  })
})
