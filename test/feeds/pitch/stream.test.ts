import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CFE_PITCH_STREAM, PITCH_STREAM } from '../../../feeds/pitch/protocol.ts'
import { FeedShared } from '../../../feeds/protocol/feed-shared.ts'
import { type StreamDecoder, Sureness } from '../../../feeds/protocol/protocol.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { FLAG_SNAPSHOT } from '../../../kernels/records/catalogue.ts'
import { decodeRecord, type PlainRecord } from '../../../kernels/records/codec.ts'
import { block, i64, message, text, u8, u16, u32 } from './support/messages.ts'
import { findPitchCaptures, joinFlows, readPayloads, readReference, sha256 } from './support/reference.ts'

const SPIN = 'bats_mcastpitch_spin_useq.pcap'
const folder = findPitchCaptures()

/** Feeds a stream in pieces as reassembly does: what was not consumed comes again with more behind it. */
function play(decoder: StreamDecoder, stream: Uint8Array, pieceBytes: readonly number[], flow = 0): PlainRecord[] {
  const batch = new RecordBatch(4096)
  const records: PlainRecord[] = []
  const drain = () => {
    for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) records.push(decodeRecord(batch.views, at))
    batch.reset()
  }
  let start = 0
  let end = 0
  for (let piece = 0; end < stream.length; piece++) {
    end = Math.min(stream.length, end + pieceBytes[piece % pieceBytes.length]!)
    // Bytes behind the piece must not be looked at: they are not there yet.
    const bytes = stream.slice(start, end)
    decoder.begin(bytes, 0, bytes.length, flow, false, batch)
    drain()
    for (let calls = 0; !decoder.isDone; calls++) {
      if (calls > 100_000) throw new Error('the stream does not come to an end')
      decoder.next(batch)
      drain()
    }
    if (decoder.consumedBytes < 0 || decoder.consumedBytes > bytes.length) throw new Error('consumed what is not there')
    start += decoder.consumedBytes
  }
  return records
}

const add = (id: number) => message(0x22, u32(1), i64(id), u8('B'), u16(1), text('SPY', 6), u16(1), u8(1))
const accepted = block(0, [message(0x82, u32(7), u32(1), u8('A'))], 0)
const finished = block(0, [message(0x83, u32(7))], 0)

describe.runIf(folder !== undefined)('the captured spin session', () => {
  const { pcap, decoded } = folder === undefined ? ({} as never) : readReference(join(folder, SPIN))

  it('gives the messages of an independent decoder, in each direction and in pieces of any size', () => {
    for (const [flow, bytes] of joinFlows(readPayloads(join(folder!, SPIN)))) {
      const reference = decoded.pitch_over_tcp![flow.replace('tcp ', '')]!
      const { payload_sha256_in_file_order } = pcap.flows.find((candidate) => candidate.flow === flow)!
      expect(sha256(bytes)).toBe(payload_sha256_in_file_order)
      expect(bytes.length).toBe(reference.stream_bytes)
      expect(PITCH_STREAM.recognise(bytes, 0, bytes.length)).toBeGreaterThanOrEqual(Sureness.Likely)
      for (const pieceBytes of [[1], [7], [1000]]) {
        const decoder = PITCH_STREAM.open(new FeedShared())
        play(decoder, bytes, pieceBytes)
        const report = decoder.report()
        expect(decoder.consumedBytes).toBeGreaterThan(0)
        expect(report.messages).toEqual(reference.messages_by_type)
        expect(report.undecoded).toEqual({})
        expect(report.sessions.map(({ session, packets }) => [session, packets])).toEqual(
          Object.entries(reference.units).map(([unit, packets]) => [`unit ${unit} stream 0`, packets]),
        )
      }
    }
  })
})

describe('PITCH over TCP', () => {
  it('marks a spin image as a snapshot', () => {
    const stream = Buffer.concat([block(0, [add(1)]), accepted, block(0, [add(2)], 0), finished, block(0, [add(3)], 0)])
    const adds = play(PITCH_STREAM.open(new FeedShared()), stream, [11]).filter(({ record }) => record === 'orderAdd')
    expect(adds.map(({ flags }) => flags)).toEqual([0, FLAG_SNAPSHOT, 0])
  })

  it('does not begin an image that is refused', () => {
    const refused = block(0, [message(0x82, u32(7), u32(0), u8('O'))], 0)
    const records = play(PITCH_STREAM.open(new FeedShared()), Buffer.concat([refused, block(0, [add(2)])]), [100])
    expect(records.every(({ flags }) => ((flags as number) & FLAG_SNAPSHOT) === 0)).toBe(true)
  })

  it('knows the messages of login, gap requests and definitions', () => {
    const login = message(0x01, text('0001', 4), text('USER', 4), text('', 2), text('secret', 10))
    const stream = block(0, [
      login,
      message(0x02, u8('A')),
      message(0x03, u8(1), u32(5), u16(2)),
      message(0x04, u8(1), u32(5), u16(2), u8('A')),
      message(0x80, u32(9)),
      message(0x81, u32(9)),
      message(0x84, u32(0)),
      message(0x85, u32(0), u32(5), u8('A')),
    ])
    const decoder = PITCH_STREAM.open(new FeedShared())
    expect(play(decoder, stream, [1000])).toEqual([])
    expect(Object.keys(decoder.report().messages).length).toBe(8)
    expect(decoder.report().undecoded).toEqual({})
  })

  it('tells the products apart', () => {
    const futures = block(0, [message(0xd3, u32(0), text('00039M', 6), u32(20_190_501), u32(1))])
    expect(CFE_PITCH_STREAM.recognise(futures, 0, futures.length)).toBe(Sureness.Certain)
    expect(PITCH_STREAM.recognise(futures, 0, futures.length)).toBe(Sureness.No)
  })

  it('goes on behind a hole at the next whole block, no longer in the image', () => {
    const decoder = PITCH_STREAM.open(new FeedShared())
    play(decoder, Buffer.concat([accepted, block(0, [add(1)])]), [1000])
    decoder.skipHole(0)
    const rest = Buffer.concat([add(5).subarray(9), block(0, [add(2), add(3)])])
    const records = play(decoder, rest, [1000]).filter(({ record }) => record === 'orderAdd')
    expect(records.map(({ reference, flags }) => [reference, flags])).toEqual([
      ['2', 0],
      ['3', 0],
    ])
    expect(decoder.report().undecoded).toEqual({ badPitchUnit: 1 })
  })

  it('takes a new connection from its first byte on, even when it comes in pieces', () => {
    const decoder = PITCH_STREAM.open(new FeedShared())
    decoder.skipHole(0)
    const records = play(decoder, Buffer.concat([block(0, [add(1)]), block(0, [add(2)])]), [3])
    expect(records.filter(({ record }) => record === 'orderAdd').length).toBe(2)
    expect(decoder.report().undecoded).toEqual({})
  })

  it('asks for more where the first bytes may be a block, and says no where they cannot', () => {
    const stream = Buffer.concat([block(0, []), block(0, [add(1), add(2)])])
    const look = (bytes: Uint8Array) => PITCH_STREAM.recognise(bytes, 0, bytes.length)
    for (let bytes = 1; bytes < stream.length; bytes++) {
      expect(look(stream.subarray(0, bytes))).toBe(Sureness.Possible)
    }
    expect(look(stream)).toBe(Sureness.Certain)
    expect(look(Buffer.from('GET / HTTP/1.1\r\n'))).toBe(Sureness.No)
  })

  it('steps over a length that cannot be', () => {
    const decoder = PITCH_STREAM.open(new FeedShared())
    const stream = Buffer.concat([block(0, [add(1)]), Buffer.alloc(20), block(0, [add(2)])])
    const records = play(decoder, stream, [1000, 1]).filter(({ record }) => record === 'orderAdd')
    expect(records.map(({ reference }) => reference)).toContain('1')
    expect(decoder.report().undecoded.badPitchUnit).toBeGreaterThan(0)
    expect(decoder.consumedBytes).toBeGreaterThanOrEqual(0)
  })

  it('never throws or hangs, whatever the bytes and the pieces', () => {
    const stream = Buffer.concat([accepted, block(0, [add(1), add(2)], 0), finished, block(3, [add(3)], 2)])
    const shared = new FeedShared()
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(stream.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
        (edits, pieceBytes) => {
          const bytes = Buffer.from(stream)
          for (const [at, value] of edits) bytes[at] = value
          play(PITCH_STREAM.open(shared), bytes, pieceBytes)
        },
      ),
    )
  })
})
