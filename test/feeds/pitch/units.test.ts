import { describe, expect, it } from 'vitest'
import type { MarketSource } from '../../../feeds/capture/open-feed.ts'
import { CFE_PITCH, PITCH } from '../../../feeds/pitch/protocol.ts'
import { FeedShared } from '../../../feeds/protocol/feed-shared.ts'
import { Packet, Sureness } from '../../../feeds/protocol/protocol.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { drainRecords, sourceOf } from '../support/drain.ts'
import { pcap, udpFrame } from '../support/frames.ts'
import { PitchHarness, withoutInstruments } from './support/harness.ts'
import { block, i64, message, text, u8, u16, u32 } from './support/messages.ts'

const add = (id: number, symbol = 'SPY') =>
  message(0x22, u32(1), i64(id), u8('B'), u16(1), text(symbol, 6), u16(1), u8(1))

/** A capture of blocks, each sent to a port from a line's own. */
function captureOf(packets: readonly (readonly [port: number, line: number, bytes: Buffer])[]): MarketSource {
  const frames = packets.map(([targetPort, line, bytes]) => udpFrame(bytes, { targetPort, sourcePort: 40_000 + line }))
  return sourceOf(pcap(frames.map((bytes) => ({ bytes, timeNs: 1n }))))
}

describe('PITCH units', () => {
  it('hand out what two lines bring once', () => {
    const source = captureOf([
      [30_001, 0, block(1, [add(1), add(2)])],
      [30_001, 1, block(1, [add(1), add(2)])],
      [30_001, 1, block(2, [add(2), add(3)])],
    ])
    const references = withoutInstruments(drainRecords(source)).map(({ reference }) => reference)
    expect(references).toEqual(['1', '2', '3'])
    const { sessions, lines } = source.facts()
    expect(sessions).toMatchObject([{ session: 'unit 1 port 30001', messages: 3, duplicates: 3, packets: 3 }])
    expect(lines.map(({ flow, messages }) => [flow, messages])).toEqual([
      [0, 2],
      [1, 4],
    ])
  })

  it('of the same number on two ports are two, and so is a symbol on both', () => {
    const source = captureOf([
      [30_001, 0, block(1, [add(1)])],
      [30_201, 0, block(1, [add(1)])],
    ])
    expect(drainRecords(source).map(({ record, instrument }) => [record, instrument])).toEqual([
      ['instrument', 1],
      ['orderAdd', 1],
      ['instrument', 2],
      ['orderAdd', 2],
    ])
  })

  it('tell gaps at once, also by a heartbeat, and take what comes late', () => {
    const harness = new PitchHarness()
    harness.feed(block(5, [add(1)]))
    expect(harness.feed(block(8, []))).toMatchObject([{ record: 'gap', firstMissing: 6, missingCount: 2 }])
    expect(withoutInstruments(harness.feed(block(7, [add(3)])))).toMatchObject([{ record: 'orderAdd' }])
    expect(harness.report.sessions).toMatchObject([
      {
        firstSequence: '5',
        lastSequence: '7',
        missing: 1,
        late: 1,
        heartbeats: 1,
        missingRanges: [{ first: '6', last: '6' }],
      },
    ])
  })

  it('begin anew when a heartbeat names message 1 after many', () => {
    const harness = new PitchHarness()
    harness.feed(block(5000, [add(1)]))
    harness.feed(block(1, []))
    expect(withoutInstruments(harness.feed(block(1, [add(2)])))).toMatchObject([{ record: 'orderAdd' }])
    expect(harness.report.sessions.map(({ messages }) => messages)).toEqual([1, 1])
  })

  it('hand out unsequenced messages as they come', () => {
    const harness = new PitchHarness()
    harness.feed(block(0, [add(1)]))
    harness.feed(block(0, [add(2)]))
    expect(harness.report.sessions).toMatchObject([{ messages: 2, unsequenced: 2, missing: 0 }])
  })

  it('use the whole messages of a packet that is cut or damaged, and count why not all', () => {
    const harness = new PitchHarness()
    const whole = block(1, [add(1), add(2)])
    expect(withoutInstruments(harness.feed(whole.subarray(0, -1), 0, true)).length).toBe(1)
    expect(harness.feed(block(2, [add(2)]).subarray(0, 20)).length).toBe(0)
    expect(harness.feed(Buffer.concat([block(2, [add(2)]), u8(1)])).length).toBe(1)
    const surplus = block(3, [add(3), u8(0)])
    surplus[2] = 1
    expect(harness.feed(surplus).length).toBe(1)
    expect(harness.report.undecoded).toEqual({ shortFrame: 1, badPitchUnit: 3 })
  })

  it('take several blocks in one packet', () => {
    const harness = new PitchHarness()
    const records = harness.feed(Buffer.concat([block(1, []), block(1, [add(1)]), block(5, [add(2)])]))
    expect(withoutInstruments(records).map(({ record }) => record)).toEqual(['orderAdd', 'gap', 'orderAdd'])
  })

  it('have idle and bad packets', () => {
    const decoder = PITCH.open(new FeedShared())
    const batch = new RecordBatch(4096)
    expect(decoder.begin(block(1, []), 0, 8, 0, false, batch)).toBe(Packet.Idle)
    expect(decoder.begin(Buffer.alloc(8), 0, 8, 0, false, batch)).toBe(Packet.Bad)
    expect(decoder.begin(Buffer.alloc(3), 0, 3, 0, false, batch)).toBe(Packet.Bad)
    expect(decoder.isDone).toBe(true)
  })

  it('count messages that are unknown or too short by type', () => {
    const harness = new PitchHarness()
    harness.feed(block(1, [message(0x77, u32(1)), message(0x22, u32(1))]))
    expect(harness.report.undecoded).toEqual({ unknownMessageType: 1, wrongMessageLength: 1 })
    expect(harness.report.rejected).toEqual({ '0x22': 1, '0x77': 1 })
    expect(harness.report.messages).toEqual({})
  })

  it('refuse symbols beyond the bound, and nothing else', () => {
    const harness = new PitchHarness(new FeedShared({ instrumentsMax: 1 }))
    expect(harness.feed(block(1, [add(1), add(2, 'QQQ'), add(3)])).length).toBe(3)
    expect(harness.report.undecoded).toEqual({ tooManyInstruments: 1 })
  })
})

describe('PITCH products', () => {
  const look = (bytes: Uint8Array) =>
    [PITCH, CFE_PITCH].map((protocol) => protocol.recognise(bytes, 0, bytes.length, false))

  it('are told apart by lengths and types', () => {
    const futuresAdd = message(0x22, u32(1), i64(1), u8('B'), u16(1), text('00039M', 6), u16(1))
    expect(look(block(1, [add(1)]))).toEqual([Sureness.Certain, Sureness.No])
    expect(look(block(1, [futuresAdd]))).toEqual([Sureness.No, Sureness.Certain])
    expect(look(block(1, [message(0x20, u32(1)), message(0x29, u32(1), i64(1))]))).toEqual([
      Sureness.Certain,
      Sureness.No,
    ])
  })

  it('are both likely where their messages are the same, and possible for a heartbeat', () => {
    expect(look(block(1, [message(0x29, u32(1), i64(1))]))).toEqual([Sureness.Likely, Sureness.Likely])
    expect(look(block(1, []))).toEqual([Sureness.Possible, Sureness.Possible])
    expect(look(block(1, [add(1), futuresMix()]))).toEqual([Sureness.No, Sureness.No])
    expect(look(Buffer.concat([block(1, [add(1)]), u8(0)]))).toEqual([Sureness.No, Sureness.No])
  })

  it('share their units: a line taken for the other product is still a line', () => {
    const shared = new FeedShared()
    const [securities, futures] = [new PitchHarness(shared), new PitchHarness(shared, CFE_PITCH.open(shared))]
    const deleteOrder = block(1, [message(0x29, u32(1), i64(1))])
    securities.feed(deleteOrder, 0)
    futures.feed(deleteOrder, 1)
    expect(securities.report.sessions).toMatchObject([{ messages: 1, duplicates: 1, packets: 2 }])
    expect(futures.report.sessions).toEqual([])
    expect(futures.report.messages).toEqual({})
  })
})

function futuresMix(): Buffer {
  return message(0xd3, u32(0), text('00039M', 6), u32(20_190_501), u32(1))
}
