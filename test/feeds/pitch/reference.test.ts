import { describe, expect, it } from 'vitest'
import { CFE_PITCH } from '../../../feeds/pitch/protocol.ts'
import { FeedShared } from '../../../feeds/protocol/feed-shared.ts'
import { FLAG_IMPLIED, StatisticKind } from '../../../kernels/records/catalogue.ts'
import { PitchHarness, withoutInstruments } from './support/harness.ts'
import { block, i64, message, text, u8, u16, u32 } from './support/messages.ts'

/** Midnight in Chicago on 2019-05-01, in summer time. */
const CHICAGO_MIDNIGHT = 1_556_686_800

function futures(shared = new FeedShared()): PitchHarness {
  return new PitchHarness(shared, CFE_PITCH.open(shared))
}

function futuresDefinition(symbol: string, legs: readonly Uint8Array[] = []): Buffer {
  return message(
    0xbb,
    u32(580_879_000),
    text(symbol, 6),
    u32(CHICAGO_MIDNIGHT + 58_205),
    text('VXT', 6),
    u8(0),
    u32(20_190_717),
    u16(1000),
    u8('A'),
    i64(500),
    u8(legs.length),
    u8(legs.length > 0 ? 41 : 0),
    u8(0),
    ...legs,
  )
}

describe('PITCH definitions', () => {
  it('of options give the exchange symbol, once for the same content, in place of the implied one', () => {
    const harness = new PitchHarness()
    const mapping = message(0x2e, text('021FXz', 6), text('SPX   240119C04500000', 21), u8('N'), text('SPX', 8))
    const add = message(0x22, u32(1), i64(1), u8('B'), u16(1), text('021FXz', 6), u16(5), u8(1))
    expect(harness.feed(block(1, [add]))[0]).toMatchObject({ symbol: '021FXz', flags: FLAG_IMPLIED })
    expect(harness.feed(block(0, [mapping, mapping]))).toMatchObject([
      { record: 'instrument', instrument: 1, symbol: 'SPX   240119C04500000', flags: 0, currency: 'USD' },
    ])
    const closing = message(0x2e, text('021FXz', 6), text('SPX   240119C04500000', 21), u8('C'))
    expect(harness.feed(block(0, [closing])).length).toBe(1)
    expect(harness.shared.instruments.count).toBe(1)
  })

  it('of futures are named by product and date, spreads by the feed symbol too', () => {
    const harness = futures()
    const leg = Buffer.concat([u32(1), text('00025n', 6)])
    const records = harness.feed(block(0, [futuresDefinition('00039M'), futuresDefinition('0003Aw', [leg, leg])], 2))
    expect(records).toMatchObject([
      { symbol: 'VXT 20190717', tickSize: 500, priceExponent: -4, sourceTime: 58_205_580_879_000 },
      { symbol: 'VXT 20190717 0003Aw', instrument: 2 },
    ])
    const add = message(0x22, u32(1), i64(1), u8('B'), u16(1), text('0003Aw', 6), u16(-95))
    expect(harness.feed(block(1, [add], 2))).toMatchObject([{ record: 'orderAdd', instrument: 2, price: -9500 }])
  })

  it('of complex instruments have the id for a symbol', () => {
    const harness = new PitchHarness()
    const leg = Buffer.concat([text('021FXz', 8), u32(1), u8('O')])
    const complex = message(0x9a, u32(0), text('T01uVj', 6), text('SPX', 8), text('O', 4), u8(2), leg, leg)
    const designated = message(
      0x9f,
      u32(0),
      text('T01uVk', 6),
      text('SPX', 8),
      text('JELLY', 20),
      text('', 20),
      u16(0),
      u8(1),
      leg,
    )
    expect(harness.feed(block(0, [complex, designated]))).toMatchObject([{ symbol: 'T01uVj' }, { symbol: 'T01uVk' }])
  })
})

describe('PITCH facts of a futures day', () => {
  const day = u32(20_190_501)

  it('become statistics and price limits', () => {
    const harness = futures()
    harness.feed(block(0, [futuresDefinition('00039M')]))
    const summary = message(
      0xba,
      u32(0),
      text('00039M', 6),
      day,
      u32(7),
      i64(170_000),
      i64(150_000),
      i64(155_000),
      i64(160_000),
      u32(99),
      u32(1),
      u32(2),
      u8(1 | 4 | 8 | 16),
    )
    const records = withoutInstruments(
      harness.feed(
        block(1, [
          message(0xb9, u32(0), text('00039M', 6), day, i64(161_500), u8('S')),
          message(0xd3, u32(0), text('00039M', 6), day, u32(1234)),
          message(0xbe, u32(0), text('00039M', 6), i64(200_000), i64(100_000)),
          summary,
        ]),
      ),
    )
    const facts = records.map(({ record, kind, detail, value }) => [record, kind, detail, value])
    const fact = (kind: StatisticKind, value: number) => ['statistic', kind, 20_190_501, value]
    expect(facts).toEqual([
      fact(StatisticKind.SettlementPrice, 161_500),
      fact(StatisticKind.OpenInterest, 1234),
      ['priceBand', 3, undefined, undefined],
      fact(StatisticKind.HighPrice, 170_000),
      fact(StatisticKind.LowestOffer, 150_000),
      fact(StatisticKind.OpeningPrice, 155_000),
      fact(StatisticKind.ClosingPrice, 160_000),
      fact(StatisticKind.TotalVolume, 99),
      fact(StatisticKind.OpenInterest, 7),
    ])
    expect(records[2]).toMatchObject({ lowerPrice: 100_000, upperPrice: 200_000, referencePrice: 0 })
  })
})

describe('PITCH times', () => {
  const clear = message(0x2d, u32(7))
  const time = (second: number, epoch?: number) =>
    epoch === undefined ? message(0x20, u32(second)) : message(0x20, u32(second), u32(epoch))
  const timesOf = (harness: PitchHarness, sequence: number, ...messages: readonly Uint8Array[]) =>
    harness.feed(block(sequence, messages)).map(({ sourceTime }) => sourceTime)

  it('are 0 until the unit has told its second, and of each unit by itself', () => {
    const harness = new PitchHarness()
    expect(timesOf(harness, 1, clear, time(10), clear)).toEqual([0, 10e9 + 7])
    expect(harness.feed(block(1, [clear], 2))[0]).toMatchObject({ sourceTime: 0 })
    expect(harness.report).toMatchObject({ firstMessageNs: 10e9 + 7, lastMessageNs: 10e9 + 7 })
  })

  it('make the midnight that the exchange counts from the epoch', () => {
    const harness = futures()
    expect(timesOf(harness, 1, time(60_302, CHICAGO_MIDNIGHT + 60_302), clear)).toEqual([60_302e9 + 7])
    expect(harness.shared.epoch.seconds).toBe(CHICAGO_MIDNIGHT)
    const next = CHICAGO_MIDNIGHT + 86_400
    const reference = message(0xb1, u32(next), u32(5), u32(0), u32(20_190_502))
    expect(timesOf(harness, 3, reference, clear)).toEqual([86_405e9 + 7])
  })

  it('are placed by the moment since 1970 where the epoch is another midnight', () => {
    const harness = futures(new FeedShared({ epochSeconds: CHICAGO_MIDNIGHT - 3600 }))
    expect(timesOf(harness, 1, time(5, CHICAGO_MIDNIGHT + 5), clear)).toEqual([3605e9 + 7])
    expect(timesOf(harness, 3, time(6, 4_000_000_000), clear)).toEqual([6e9 + 7])
  })

  it('never go back for a second that comes late, and reject one that no day has', () => {
    const harness = new PitchHarness()
    expect(timesOf(harness, 1, time(10), time(9), clear, time(90_000), clear)).toEqual([10e9 + 7, 10e9 + 7])
    expect(harness.report.undecoded).toEqual({ messageTimeOutOfRange: 1 })
  })
})
