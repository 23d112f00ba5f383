import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_ORDER, OrderCell, OrderIndex } from '../../../feeds/pitch/order-index.ts'
import { CFE_PITCH, PITCH } from '../../../feeds/pitch/protocol.ts'
import { FeedShared } from '../../../feeds/protocol/feed-shared.ts'
import { PitchHarness } from './support/harness.ts'
import { block, i64, message, text, u8, u16, u32 } from './support/messages.ts'

/** One of each shape: what the fuzz below damages. */
const MESSAGES: readonly Uint8Array[] = [
  message(0x20, u32(34_200), u32(1_556_747_102)),
  message(0x22, u32(1), i64(1), u8('B'), u16(10), text('SPY', 6), u16(1), u8(1)),
  message(0x2f, u32(1), i64(2), u8('S'), u32(10), text('SPY', 8), i64(9), u8(1), text('MPID', 4), u8('C')),
  message(0x23, u32(1), i64(1), u32(1), i64(5)),
  message(0x24, u32(1), i64(1), u32(1), u32(20), i64(5), i64(7)),
  message(0x28, u32(1), i64(1), u16(5), u16(2), u8(3)),
  message(0xbc, u32(1)),
  message(0x27, u32(1), i64(2), u32(5), i64(3), u8(1)),
  message(0xbd, u32(1)),
  message(0x29, u32(1), i64(1)),
  message(0x31, u32(1), text('SPY', 8), u8('T'), u8('1'), text('', 2)),
  message(0x2e, text('021FXz', 6), text('SPX   240119C04500000', 21), u8('N'), text('SPX', 8)),
  message(0x9a, u32(0), text('T01uVj', 6), text('SPX', 8), text('O', 4), u8(0)),
  message(0xad, u32(0), text('SPY', 6), i64(44), u8('B'), u8('S'), i64(5), u32(3), u8('N'), text('', 4), u32(9)),
  message(0xaf, u32(0), i64(44), i64(45), i64(5), u32(2)),
  message(0x97, u32(1)),
  message(0x82, u32(1), u32(1), u8('A')),
]

describe('the order index', () => {
  it('holds what a map holds, to the bound', () => {
    const id = fc.tuple(fc.constantFrom(0, 1, 0x4000_0000), fc.integer({ min: 0, max: 300 }))
    const step = fc.tuple(fc.boolean(), id)
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const index = new OrderIndex(128)
        const model = new Map<string, number>()
        for (const [isAdd, [high, low]] of steps) {
          const key = `${high}:${low}`
          const at = index.find(low, high)
          expect(at !== NO_ORDER).toBe(model.has(key))
          if (at !== NO_ORDER) expect(index.words[at | OrderCell.Instrument]).toBe(model.get(key))
          if (isAdd && at === NO_ORDER) {
            const cell = index.insert(low, high, low + 1, 0)
            expect(cell !== NO_ORDER).toBe(model.size < 128)
            if (cell !== NO_ORDER) model.set(key, low + 1)
          }
          if (!isAdd && at !== NO_ORDER) {
            index.remove(at)
            model.delete(key)
          }
          expect(index.count).toBe(model.size)
        }
      }),
    )
  })
})

describe('PITCH packets', () => {
  it('never throw or hang, whatever the bytes', () => {
    const packet = block(1, MESSAGES)
    const shared = new FeedShared({ instrumentsMax: 50 })
    const harnesses = [new PitchHarness(shared), new PitchHarness(shared, CFE_PITCH.open(shared))]
    const edits = fc.array(fc.tuple(fc.nat(packet.length - 1), fc.nat(255)), { maxLength: 12 })
    fc.assert(
      fc.property(edits, fc.nat(packet.length), fc.boolean(), fc.nat(5), (changes, length, isCut, flow) => {
        const bytes = Buffer.from(packet)
        for (const [at, value] of changes) bytes[at] = value
        const part = bytes.subarray(0, length)
        for (const protocol of [PITCH, CFE_PITCH]) protocol.recognise(part, 0, part.length, isCut)
        for (const harness of harnesses) harness.feed(part, flow, isCut)
      }),
      { numRuns: 1000 },
    )
    for (const { report } of harnesses) expect(report.sessions.length).toBeLessThanOrEqual(256)
  })

  it('give the same records, all messages in one packet or each in its own', () => {
    const firsts = [1, 18, 60]
    const packets = firsts.map((first) => block(first, MESSAGES))
    const harness = new PitchHarness()
    const records = packets.flatMap((packet) => harness.feed(packet))
    expect(records.length).toBeGreaterThan(40)
    const apart = new PitchHarness()
    const single = firsts.flatMap((first) =>
      MESSAGES.flatMap((bytes, offset) => apart.feed(block(first + offset, [bytes]))),
    )
    const withoutEvents = (all: typeof records) =>
      all.filter(({ record }) => record !== 'sessionEvent').map(({ flags, ...rest }) => rest)
    expect(withoutEvents(single)).toEqual(withoutEvents(records))
    expect(apart.report.messages).toEqual(harness.report.messages)
  })
})
