import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findSessionEpoch, openFeed } from '../../../feeds/capture/open-feed.ts'
import { midnightBefore, midnightOf, SessionEpoch } from '../../../feeds/protocol/session-epoch.ts'
import { findCaptures } from '../../support/captures.ts'
import { drainBytes, drainRecords, temporaryFolder, writeTemporary } from '../support/drain.ts'
import { PcapNgWriter, pcap } from '../support/frames.ts'
import { moldFrames, rawItch } from '../support/sample.ts'

const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_240_117)
const captures = findCaptures()
const folder = temporaryFolder()

const utc = (text: string) => Date.parse(text) / 1000

/** 2023-08-22 13:30:00 UTC, which is 09:30 in New York: the time of the sample's first message, too. */
const frames = moldFrames(30)
const packets = writeTemporary(folder, 'day.pcap', pcap(frames))
const raw = writeTemporary(folder, 'day.itch', rawItch(30))

describe('the epoch of a session', () => {
  it('is midnight before the first packet in New York, unless told otherwise', () => {
    expect(findSessionEpoch(packets)).toBe(utc('2023-08-22T04:00:00Z'))
    expect(findSessionEpoch([packets], { timeZone: 'UTC' })).toBe(utc('2023-08-22T00:00:00Z'))
    expect(findSessionEpoch([packets], { timeZone: 'Asia/Tokyo' })).toBe(utc('2023-08-21T15:00:00Z'))
    expect(findSessionEpoch([packets], { date: '2024-01-15' })).toBe(utc('2024-01-15T05:00:00Z'))
    expect(findSessionEpoch([packets], { date: '2024-01-15', timeZone: 'America/Chicago' })).toBe(
      utc('2024-01-15T06:00:00Z'),
    )
  })

  it('is 0 where nothing tells the day', () => {
    expect(findSessionEpoch([raw])).toBe(0)
    expect(findSessionEpoch([raw], { date: '2024-01-15' })).toBe(utc('2024-01-15T05:00:00Z'))
    expect(findSessionEpoch([raw, packets])).toBe(utc('2023-08-22T04:00:00Z'))
    expect(findSessionEpoch(writeTemporary(folder, 'none.pcap', pcap([])))).toBe(0)
    const unset = frames.map((frame) => ({ ...frame, timeNs: frame.timeNs % 100_000_000_000_000n }))
    const path = writeTemporary(folder, 'unset.pcap', pcap(unset))
    expect(findSessionEpoch(path)).toBe(0)
    expect(openFeed(path).shared.epoch.isSet).toBe(false)
  })

  it('is that of the earliest file, packed or not, and of packets far into a file', () => {
    const earlier = frames.map((frame) => ({ ...frame, timeNs: frame.timeNs - 86_400_000_000_000n }))
    const writer = new PcapNgWriter(true).section().interface({ linkType: 1 }).block(0x0bad, Buffer.alloc(700_000))
    for (const frame of earlier) writer.enhanced(frame)
    const late = writeTemporary(folder, 'late.pcapng', writer.bytes())
    const packed = writeTemporary(folder, 'late.pcapng.gz', gzipSync(writer.bytes()))
    for (const path of [late, packed]) expect(findSessionEpoch([packets, path])).toBe(utc('2023-08-21T04:00:00Z'))
  })

  it('is fixed before the first record, and counts from it are those of the messages', () => {
    const source = openFeed(packets)
    expect(source.shared.epoch).toMatchObject({ isSet: true, seconds: utc('2023-08-22T04:00:00Z') })
    expect(openFeed(packets, { epochSeconds: 77 }).shared.epoch.seconds).toBe(77)
    expect(openFeed(raw).shared.epoch).toMatchObject({ isSet: false, seconds: 0 })
    const dated = openFeed(raw, { date: '2023-08-22' })
    drainBytes(dated)
    expect(dated.facts().firstTimeNs).toBe(`${BigInt(utc('2023-08-22T13:30:00Z')) * 1_000_000_000n}`)
  })

  it.each(['2024-1-15', '2024-02-30', 'yesterday', '', '2024-13-01'])('refuses the date %s', (date) => {
    expect(() => findSessionEpoch(packets, { date })).toThrow(/YYYY-MM-DD/)
  })

  it('refuses a zone that there is not', () => {
    expect(() => findSessionEpoch(packets, { timeZone: 'Moon/Crater' })).toThrow(RangeError)
  })

  it('of any date is a midnight of that date, also where clocks change (property)', () => {
    const zones = [
      'America/New_York',
      'Europe/London',
      'Asia/Tokyo',
      'Pacific/Auckland',
      'Pacific/Kiritimati',
      'Pacific/Pago_Pago',
      'UTC',
    ]
    const day = fc.integer({ min: utc('2000-01-01') / 86_400, max: utc('2035-01-01') / 86_400 })
    fc.assert(
      fc.property(day, fc.constantFrom(...zones), fc.integer({ min: 0, max: 86_399 - 3600 }), (days, zone, later) => {
        const date = new Date(days * 86_400_000).toISOString().slice(0, 10)
        const midnight = midnightOf(date, zone)
        const local = new Date(midnight * 1000).toLocaleString('sv-SE', { timeZone: zone })
        expect(local).toBe(`${date} 00:00:00`)
        expect(midnightBefore(midnight + later, zone)).toBe(midnight)
      }),
      { seed: SEED, numRuns: 1000 },
    )
  })
})

/** Moments of a packet, as a feed that stamps with ns since 1970 counts them. */
function utcStamp(timeNs: bigint, epochSeconds: number): number {
  const epoch = new SessionEpoch()
  epoch.set(epochSeconds)
  const out = new Float64Array(1)
  epoch.wordsToSession(Number(timeNs >> 32n), Number(timeNs & 0xffffffffn), out, 0)
  return out[0]!
}

describe('feeds that stamp since midnight and feeds that stamp in UTC', () => {
  it('agree in a generated session', () => {
    const source = openFeed(packets)
    const records = drainRecords(source).filter(({ record }) => record !== 'instrument')
    const stamp = utcStamp(frames[0]!.timeNs, source.shared.epoch.seconds)
    expect(records[0]!.sourceTime).toBe(stamp)
  })

  it.runIf(captures !== undefined)('agree in a real capture: the message is stamped just before the packet', () => {
    const path = join(
      captures!,
      'nasdaq-itch50/omi/Nasdaq_Nasdaq.Equities.TotalView.Itch.v5.0/OrderReplaceMessage.pcap',
    )
    const source = openFeed(path)
    const records = drainRecords(source)
    const received = utcStamp(BigInt(source.facts().firstTimeNs), source.shared.epoch.seconds)
    const stamped = Number(records.at(-1)!.sourceTime)
    expect(Math.abs(received - stamped)).toBeLessThan(1e9)
  })
})
