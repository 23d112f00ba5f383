import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IexDecoder } from '../../../feeds/iex/decoder.ts'
import { DEEP_LENGTHS, DEEP_PLUS_LENGTHS, TOPS_LENGTHS } from '../../../feeds/iex/layout.ts'
import { FeedShared } from '../../../feeds/protocol/feed-shared.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { FLAG_IMPLIED } from '../../../kernels/records/catalogue.ts'
import { decodeRecord, findCanonicalFault, type PlainRecord } from '../../../kernels/records/codec.ts'
import { EPOCH_SECONDS, encode, type Feed, type MessageCase, SYMBOL } from './encode.ts'
import { CASES } from './message-cases.ts'

const SEED = 46_322
const LENGTHS: Readonly<Record<Feed, Int32Array>> = {
  DEEP: DEEP_LENGTHS,
  TOPS: TOPS_LENGTHS,
  'DEEP+': DEEP_PLUS_LENGTHS,
}

function open(feed: Feed, instrumentsMax?: number): IexDecoder {
  const decoder = new IexDecoder(new FeedShared({ epochSeconds: EPOCH_SECONDS, instrumentsMax }), LENGTHS[feed])
  decoder.line = 3
  return decoder
}

function readBatch(batch: RecordBatch): PlainRecord[] {
  const records: PlainRecord[] = []
  for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) {
    expect(findCanonicalFault(batch.views, at)).toBeUndefined()
    const { sequence, time, shard, ...record } = decodeRecord(batch.views, at)
    expect([sequence, time, shard]).toEqual([0, 0, 0])
    records.push(record as PlainRecord)
  }
  return records
}

/** Decodes a message in the middle of other bytes, at an odd offset, as on the wire. */
function decodeAll(decoder: IexDecoder, message: Uint8Array): PlainRecord[] {
  const batch = new RecordBatch(4096)
  batch.views.u8.fill(0xa5)
  const bytes = new Uint8Array(message.length + 9).fill(0xff)
  bytes.set(message, 3)
  const count = decoder.decode(bytes, 3, message.length, batch)
  const records = readBatch(batch)
  expect(records.length).toBe(count)
  return records
}

function encodeCase({ type, subtype, fields }: MessageCase): Buffer {
  return encode(type, subtype, fields)
}

/** A decoder to which the instrument is known already. */
function openKnown(feed: Feed): IexDecoder {
  const decoder = open(feed)
  decodeAll(
    decoder,
    encode('D', 0, [
      [4, 100],
      [8, 0],
      [1, 0],
    ]),
  )
  return decoder
}

const perFeed = CASES.flatMap((one) => one.feeds.map((feed) => [feed, one.name, one] as const))

describe('every message of the IEX feeds', () => {
  it('is in the table of its feeds alone, with the length that its published fields add up to', () => {
    for (const feed of ['DEEP', 'TOPS', 'DEEP+'] as const) {
      const published = new Map(
        CASES.filter(({ feeds }) => feeds.includes(feed)).map((one) => [one.type, encodeCase(one).length]),
      )
      for (let type = 0; type < 256; type++) {
        expect(LENGTHS[feed][type], `${feed} ${type}`).toBe(published.get(String.fromCharCode(type)) ?? -1)
      }
    }
  })

  it.each(perFeed)('of %s, %s, becomes the records that docs/protocol-records-iex.md says', (feed, _name, one) => {
    const decoder = openKnown(feed)
    expect(decodeAll(decoder, encodeCase(one))).toEqual(one.records)
    expect(decoder.counts.toObject()[one.type]).toBe(one.type === 'D' ? 2 : 1)
    expect(decoder.counts.reasonsToObject()).toEqual({})
  })

  it.each(perFeed)('of %s, %s, may have grown at its end', (feed, _name, one) => {
    const grown = Buffer.concat([encodeCase(one), Buffer.from('more')])
    expect(decodeAll(openKnown(feed), grown)).toEqual(one.records)
  })

  it.each(perFeed)('of %s, %s, is rejected when it is cut', (feed, _name, one) => {
    const decoder = openKnown(feed)
    expect(decodeAll(decoder, encodeCase(one).subarray(0, -1))).toEqual([])
    expect(decoder.counts.reasonsToObject()).toEqual({ wrongMessageLength: 1 })
    expect(decoder.counts.rejectedToObject()).toEqual({ [one.type]: 1 })
  })

  it.each(perFeed.filter(([, , { type }]) => type !== 'S' && type !== 'D'))(
    'of %s, %s, announces a symbol that no directory message has named',
    (feed, _name, one) => {
      const [implied, ...own] = decodeAll(open(feed), encodeCase(one))
      expect(implied).toMatchObject({
        record: 'instrument',
        flags: FLAG_IMPLIED,
        instrument: 1,
        symbol: SYMBOL,
        roundLot: 1,
      })
      expect(own).toEqual(one.records)
    },
  )
})

describe('a decoder of an IEX feed', () => {
  it('rejects types of other feeds, and empty messages', () => {
    const decoder = open('TOPS')
    expect(
      decodeAll(
        decoder,
        encode('8', 1, [
          [4, 1],
          [8, 1],
        ]),
      ),
    ).toEqual([])
    expect(decodeAll(decoder, Buffer.alloc(0))).toEqual([])
    expect(decoder.counts.reasonsToObject()).toEqual({ unknownMessageType: 2 })
    expect(decoder.counts.rejectedToObject()).toEqual({ 8: 1, '0x00': 1 })
  })

  it.each([
    ['S', 'X', []],
    ['H', 'X', [[4, '']]],
    ['O', 'X', []],
    ['I', 'D', []],
    ['X', 'O', [[8, 1]]],
  ] as const)('rejects %s with the unknown code %s', (type, code, fields) => {
    const decoder = openKnown('DEEP')
    expect(decodeAll(decoder, encode(type, code, fields))).toEqual([])
    expect(decoder.counts.reasonsToObject()).toEqual({ unknownCode: 1 })
  })

  it('rejects times before the epoch, a hundred days behind it, and of no year that can be', () => {
    const decoder = open('DEEP')
    const day = 86_400_000_000_000n
    const unixZero = -BigInt(EPOCH_SECONDS) * 1_000_000_000n
    for (const ns of [-1n, 101n * day, unixZero, 40_000n * day]) {
      expect(decodeAll(decoder, encode('S', 'O', [], '', ns))).toEqual([])
    }
    expect(decoder.counts.reasonsToObject()).toEqual({ messageTimeOutOfRange: 4 })
    expect(Array.from(decoder.counts.timeNs)).toEqual([-1, -1])
    expect(decodeAll(decoder, encode('S', 'O', [], '', 100n * day))).toHaveLength(1)
  })

  it('rejects prices that a double does not hold exactly, in any field', () => {
    const huge = (1n << 53n) + 1n
    const auction = (at: number) =>
      encode(
        'A',
        'O',
        [4, 8, 8, 4, 1, 1, 4, 8, 8, 8, 8].map((bytes, i) => [bytes, i === at ? huge : 1]),
      )
    const messages = [
      encode('8', 1, [
        [4, 1],
        [8, huge],
      ]),
      encode('8', 1, [
        [4, 1],
        [8, -huge],
      ]),
      encode('T', 0, [
        [4, 1],
        [8, huge],
        [8, 1],
      ]),
      encode('X', 'Q', [[8, huge]]),
      encode('D', 0, [
        [4, 1],
        [8, huge],
        [1, 0],
      ]),
      ...[1, 2, 7, 8, 9, 10].map(auction),
    ]
    for (const message of messages) {
      const decoder = openKnown('DEEP')
      expect(decodeAll(decoder, message)).toEqual([])
      expect(decoder.counts.reasonsToObject()).toEqual({ priceOutOfRange: 1 })
    }
    expect(
      decodeAll(
        openKnown('DEEP'),
        encode('8', 1, [
          [4, 1],
          [8, (1n << 53n) - 1n],
        ]),
      ),
    ).toMatchObject([{ price: Number.MAX_SAFE_INTEGER }])
  })

  it('gives ids as long as there are any, and counts what is refused', () => {
    const decoder = open('DEEP', 2)
    const status = (symbol: string) => decodeAll(decoder, encode('H', 'T', [[4, '']], symbol))
    expect(status('A')).toHaveLength(2)
    expect(status('B')).toHaveLength(2)
    expect(status('C')).toEqual([])
    expect(status('A')).toMatchObject([{ instrument: 1 }])
    expect(decoder.counts.reasonsToObject()).toEqual({ tooManyInstruments: 1 })
  })

  it('keeps a regulatory halt in force, with its reason, when an operational one is lifted', () => {
    const decoder = openKnown('DEEP')
    decodeAll(decoder, encode('H', 'H', [[4, 'T1']]))
    expect(decodeAll(decoder, encode('O', 'O'))).toMatchObject([{ value: 1 }, { state: 2, reason: 'OPS' }])
    expect(decodeAll(decoder, encode('O', 'O'))).toMatchObject([{ value: 1 }])
    expect(decodeAll(decoder, encode('H', 'T', [[4, '']]))).toMatchObject([{ state: 2, reason: 'OPS' }])
    expect(decodeAll(decoder, encode('O', 'N'))).toMatchObject([{ value: 0 }, { state: 1, reason: '' }])
  })

  it('clears the books that hold something when another session begins, a batch at a time', () => {
    const decoder = open('DEEP')
    for (let i = 0; i < 100; i++) {
      const isLevel = i % 2 === 0
      decodeAll(
        decoder,
        encode(
          isLevel ? '8' : 'H',
          isLevel ? 1 : 'T',
          [
            [4, 1],
            [8, 1],
          ],
          `S${i}`,
        ),
      )
    }
    const sendNs = BigInt(EPOCH_SECONDS) * 1_000_000_000n + 50_000n
    for (const expected of [50, 0]) {
      decoder.beginAnew(Number(sendNs >> 32n), Number(sendNs & 0xffffffffn) | 0)
      const records: PlainRecord[] = []
      const batch = new RecordBatch(2048)
      while (decoder.isClearing) {
        batch.reset()
        const count = decoder.clear(batch)
        const some = readBatch(batch)
        expect(some.length).toBe(count)
        records.push(...some)
      }
      expect(records.length).toBe(expected)
      expect(records.every((one) => one.record === 'bookClear' && one.sourceTime === 50_000)).toBe(true)
      expect(new Set(records.map((one) => one.instrument)).size).toBe(expected)
    }
  })

  it('takes any bytes without an exception, and gives canonical records or none', () => {
    const decoders = (['DEEP', 'TOPS', 'DEEP+'] as const).map((feed) => open(feed, 64))
    const flipped = fc
      .tuple(fc.constantFrom(...CASES), fc.array(fc.integer({ min: 0, max: 79 * 8 }), { maxLength: 6 }))
      .map(([one, bits]) => {
        const bytes = encodeCase(one)
        for (const bit of bits) if (bit >> 3 < bytes.length) bytes[bit >> 3]! ^= 1 << (bit & 7)
        return new Uint8Array(bytes)
      })
    fc.assert(
      fc.property(
        fc.oneof(flipped, fc.uint8Array({ maxLength: 100 })),
        fc.integer({ min: 0, max: 2 }),
        (bytes, feed) => {
          decodeAll(decoders[feed]!, bytes)
        },
      ),
      { seed: SEED, numRuns: 5000 },
    )
  })
})
