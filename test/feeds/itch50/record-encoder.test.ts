import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Itch50Decoder } from '../../../feeds/itch50/decoder.ts'
import { DirectoryAt, Itch50Type, STOCK_BYTES } from '../../../feeds/itch50/layout.ts'
import { Itch50RecordEncoder } from '../../../feeds/itch50/record-encoder.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { FLAG_IMPLIED, FLAG_KEEPS_PRIORITY, FLAG_NON_PRINTABLE } from '../../../kernels/records/catalogue.ts'
import { encodeRecord, type PlainRecord } from '../../../kernels/records/codec.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { findCaptures } from '../../support/captures.ts'
import { CASES, DIRECTORY, encode, type Fields, LOCATE } from './message-cases.ts'

/** The message as it comes back: without the fields that no record holds. */
function withoutLostFields(message: Buffer): Buffer {
  const kept = Buffer.from(message)
  kept.writeUInt16BE(0, 3)
  if (kept[0] !== Itch50Type.StockDirectory) return kept
  const roundLot = kept.readUInt32BE(DirectoryAt.RoundLot)
  kept.write('  ', DirectoryAt.Category, 'latin1')
  kept.writeUInt32BE(roundLot, DirectoryAt.RoundLot)
  kept.write('NCZ P    ', DirectoryAt.RoundLotsOnly, 'latin1')
  kept.writeUInt32BE(0, DirectoryAt.EtpLeverage)
  kept.write('N', DirectoryAt.Inverse, 'latin1')
  return kept
}

/** Decodes messages and encodes their records again; each message's answer, empty where it has no record. */
class RoundTrip {
  readonly encoder = new Itch50RecordEncoder()
  readonly #decoder = new Itch50Decoder()
  readonly #batch = new RecordBatch(4096)

  through(message: Buffer): Buffer {
    const { encoder } = this
    const { views } = this.#batch
    this.#batch.reset()
    encoder.reset()
    this.#decoder.decode(message, 0, message.length, this.#batch)
    for (let at = 0; at < this.#batch.usedBytes; at += views.u32[at >> 2]!) encoder.encode(views, at)
    return Buffer.from(encoder.bytes.subarray(2, encoder.usedBytes))
  }
}

function messagesOf(file: Buffer): Buffer[] {
  const messages: Buffer[] = []
  for (let at = 0; at + 2 <= file.length; at += 2 + file.readUInt16BE(at)) {
    messages.push(file.subarray(at + 2, at + 2 + file.readUInt16BE(at)))
  }
  return messages
}

/** Encodes plain records. */
function encodePlain(encoder: Itch50RecordEncoder, ...records: PlainRecord[]): boolean[] {
  const views = new RecordViews(new ArrayBuffer(512))
  return records.map((record) => {
    encodeRecord(record, views, 0)
    return encoder.encode(views, 0)
  })
}

const STOCK = ['stock', 8, 'XKTST'] as const
const EXTRA_CASES: readonly (readonly [string, Fields, number])[] = [
  ['h', [STOCK, ['market', 1, 'B'], ['action', 1, 'T']], LOCATE],
  ['h', [STOCK, ['market', 1, 'X'], ['action', 1, 'H']], LOCATE],
  ['Y', [STOCK, ['action', 1, '0']], LOCATE],
  ['Y', [STOCK, ['action', 1, '2']], LOCATE],
  ['N', [STOCK, ['interest', 1, 'N']], LOCATE],
  ['N', [STOCK, ['interest', 1, 'S']], LOCATE],
]

const LISTED = {
  record: 'instrument',
  instrument: 1,
  symbol: 'XKTST',
  venueLocate: 7,
  priceExponent: -4,
  roundLot: 100,
}
const ADD = { record: 'orderAdd', instrument: 1, reference: '1', price: 1_000_000, quantity: 100, sourceTime: 5 }

describe('messages come back from their records', () => {
  it.each(CASES.filter(([, , , record]) => record !== undefined))('%s (%s)', (type, _name, fields) => {
    const trip = new RoundTrip()
    trip.through(encode('R', DIRECTORY))
    // Events of the whole market have locate 0 on the wire.
    const message = encode(type, fields, 'SWV'.includes(type) ? 0 : LOCATE)
    expect(trip.through(message)).toEqual(withoutLostFields(message))
    expect(trip.encoder.losses.refusedToObject()).toEqual({})
    expect(trip.encoder.losses.lostToObject()).toEqual({})
  })

  it('of the whole market and of sister markets', () => {
    for (const [type, fields, locate] of EXTRA_CASES) {
      const trip = new RoundTrip()
      trip.through(encode('R', DIRECTORY))
      const message = encode(type, fields, locate)
      expect(trip.through(message)).toEqual(withoutLostFields(message))
    }
  })

  it('none of those without a record', () => {
    for (const [type, , fields, record] of CASES) {
      if (record === undefined) expect(new RoundTrip().through(encode(type, fields)).length).toBe(0)
    }
  })
})

const captures = findCaptures()
const FILES = [
  '12302019_10_per_type.itch',
  '12302019_A-E-C-X-D-U_first500.itch',
  'AAPL_12302019_first30000_transcoded.itch',
  'head1000_1.itch',
]

describe.runIf(captures !== undefined)('every message of the reference captures', () => {
  it.each(FILES)('%s comes back byte for byte but for the tracking number and the directory attributes', (name) => {
    const trip = new RoundTrip()
    let same = 0
    for (const message of messagesOf(readFileSync(join(captures!, 'nasdaq-itch50', name)))) {
      const back = trip.through(message)
      const type = String.fromCharCode(message[0]!)
      if (!back.equals(withoutLostFields(message))) throw new Error(`${type}: ${back.toString('hex')}`)
      else same++
    }
    expect(same).toBeGreaterThan(50)
    expect(trip.encoder.losses.refusedToObject()).toEqual({})
    expect(trip.encoder.losses.lostToObject()).toEqual({})
  })
})

describe('records of other protocols', () => {
  it('have their prices and quantities in units of ITCH', () => {
    const encoder = new Itch50RecordEncoder()
    encodePlain(encoder, { ...LISTED, priceExponent: -9, quantityExponent: -2 })
    encoder.reset()
    expect(encodePlain(encoder, { ...ADD, price: 12_345_600_000, quantity: 12_300 })).toEqual([true])
    const message = Buffer.from(encoder.bytes.subarray(2, encoder.usedBytes))
    expect([message.readUInt32BE(20), message.readUInt32BE(32)]).toEqual([123, 123_456])
  })

  it('that do not fit are counted by reason and type', () => {
    const encoder = new Itch50RecordEncoder()
    const told = encodePlain(
      encoder,
      { ...LISTED, symbol: 'LONGERTHAN8', instrument: 2 },
      { ...LISTED, priceExponent: -9 },
      { ...ADD, instrument: 2 },
      { ...ADD, instrument: 3 },
      { ...ADD, price: 1 },
      { ...ADD, price: -100_000 },
      { ...ADD, price: 429_496_729_600_000 },
      { ...ADD, price: 0, quantity: 2 ** 32 },
      { ...ADD, price: 0, sourceTime: 90_000e9 },
      { ...ADD, price: 0, side: 2 },
      { record: 'levelUpdate', instrument: 1, price: 1, quantity: 1 },
      { record: 'gap', firstMissing: 1, missingCount: 1 },
      { record: 'tradingStatus', instrument: 1, state: 7 },
      { record: 'sessionEvent', code: 15, detail: 0x454f },
      { record: 'sessionEvent', instrument: 1, code: 15, detail: 0x41 },
      { record: 'statistic', instrument: 1, kind: 1, value: 5 },
      { record: 'statistic', instrument: 1, kind: 41, value: 5e9 },
      { record: 'statistic', kind: 32, detail: 0xfffffff8, value: 5 },
      { record: 'priceBand', instrument: 1, kind: 1 },
    )
    expect(told.filter((isTold) => isTold)).toHaveLength(1)
    expect(encoder.losses.refusedToObject()).toEqual({
      recordType: { gap: 1, levelUpdate: 1, priceBand: 1, statistic: 1 },
      symbol: { instrument: 1, orderAdd: 2 },
      priceDecimals: { orderAdd: 1 },
      priceRange: { orderAdd: 2 },
      quantity: { orderAdd: 1 },
      time: { orderAdd: 1 },
      tradingState: { tradingStatus: 1 },
      sessionEvent: { sessionEvent: 2 },
      side: { orderAdd: 1 },
      incomplete: { statistic: 2 },
    })
    expect(encoder.messagesByType[Itch50Type.AddOrder]).toBe(0)
  })

  it('that say more than a message can are counted as well', () => {
    const encoder = new Itch50RecordEncoder()
    encodePlain(
      encoder,
      { ...LISTED, symbol: '', flags: FLAG_IMPLIED },
      ADD,
      { record: 'orderReplace', instrument: 1, flags: FLAG_KEEPS_PRIORITY },
      { record: 'trade', instrument: 1, flags: FLAG_NON_PRINTABLE },
    )
    expect(encoder.losses.lostToObject()).toEqual({
      stockUnknown: { orderAdd: 1, trade: 1 },
      nonPrintable: { trade: 1 },
      keepsPriority: { orderReplace: 1 },
    })
    expect([encoder.messages, encoder.implied]).toEqual([3, 1])
  })

  it('of instruments with one locate keep apart: the one displaced is announced again', () => {
    const encoder = new Itch50RecordEncoder()
    encodePlain(encoder, LISTED, { ...LISTED, instrument: 2, symbol: 'OTHER' }, ADD, { ...ADD, instrument: 2 }, ADD)
    const messages = messagesOf(Buffer.from(encoder.bytes.subarray(0, encoder.usedBytes)))
    const heads = messages.map((message) => {
      const stockAt = message[0] === Itch50Type.StockDirectory ? DirectoryAt.Stock : 24
      const stock = message.toString('latin1', stockAt, stockAt + STOCK_BYTES).trim()
      return `${String.fromCharCode(message[0]!)} ${message.readUInt16BE(1)} ${stock}`
    })
    expect(heads).toEqual(['R 7 XKTST', 'R 7 OTHER', 'R 65535 XKTST', 'A 65535 XKTST', 'A 7 OTHER', 'A 65535 XKTST'])
  })

  it('of venues without locates get them from the top', () => {
    const encoder = new Itch50RecordEncoder()
    for (let instrument = 1; instrument <= 3; instrument++) {
      encodePlain(encoder, { ...LISTED, instrument, venueLocate: 0, symbol: `S${instrument}` })
    }
    const messages = messagesOf(Buffer.from(encoder.bytes.subarray(0, encoder.usedBytes)))
    expect(messages.map((message) => message.readUInt16BE(1))).toEqual([0, 65_535, 65_534])
  })
})

it('any bytes that the decoder takes come back as a message that gives the same records', () => {
  const decodeAgain = (message: Buffer, decoder: Itch50Decoder) => {
    const batch = new RecordBatch(4096)
    decoder.decode(message, 0, message.length, batch)
    return Buffer.from(batch.views.u8.subarray(0, batch.usedBytes)).toString('hex')
  }
  const cases = CASES.filter(([type, , , record]) => record !== undefined && !'RhYNKV'.includes(type))
  fc.assert(
    fc.property(
      fc.constantFrom(...cases),
      fc.uint8Array({ minLength: 50, maxLength: 50 }),
      ([type, , fields], noise) => {
        const trip = new RoundTrip()
        const first = new Itch50Decoder()
        const second = new Itch50Decoder()
        for (const decoder of [first, second]) decodeAgain(encode('R', DIRECTORY), decoder)
        trip.through(encode('R', DIRECTORY))
        const message = encode(type, fields)
        for (let at = 11; at < message.length; at++) message[at] = noise[at]!
        const back = trip.through(message)
        const refused = Object.keys(trip.encoder.losses.refusedToObject())
        if (refused.length > 0) expect(['quantity', 'tradingState', 'sessionEvent']).toContain(refused[0])
        else if (back.length > 0) expect(decodeAgain(back, second)).toBe(decodeAgain(message, first))
      },
    ),
    { numRuns: 300 },
  )
})
