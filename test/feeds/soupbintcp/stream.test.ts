import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MarketSource } from '../../../feeds/capture/market-source.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { StaleReason } from '../../../kernels/records/catalogue.ts'
import { findCanonicalFault } from '../../../kernels/records/codec.ts'
import { TestRandom } from '../../support/test-random.ts'
import { u16 } from '../support/bytes.ts'
import { drainBytes, drainRecords, sourceOf } from '../support/drain.ts'
import { pcap } from '../support/frames.ts'
import { itchMessages, rawItch } from '../support/sample.ts'
import { FIN, SYN, tcpFrame, timed, V4, V6 } from '../support/segments.ts'

const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_240_117)

function packet(type: string, payload: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([u16(1 + payload.length), Buffer.from(type, 'latin1'), payload])
}

function login(session: string, sequence: number): Buffer {
  return packet('A', Buffer.from(session.padStart(10) + String(sequence).padStart(20), 'latin1'))
}

/** ITCH messages in sequenced packets, with a heartbeat after every hundred. */
function stream(count: number, first = 1): Buffer {
  const packets = itchMessages(count).map((message) => packet('S', message))
  const parts = packets.flatMap((bytes, i) => (i % 100 === 99 ? [bytes, packet('H')] : [bytes]))
  return Buffer.concat([login('000010059B', first), ...parts])
}

/** Frames of a stream, cut at random places. */
function cut(bytes: Buffer, random: TestRandom, start = 1000, ends = V4): Buffer[] {
  const frames = [tcpFrame(Buffer.alloc(0), start - 1, SYN, ends)]
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, from + 1 + random.below(400))
    frames.push(tcpFrame(bytes.subarray(from, to), start + from, to === bytes.length ? FIN : 0, ends))
    from = to
  }
  return frames
}

function sourceOfFrames(frames: readonly Buffer[]): MarketSource {
  return sourceOf(pcap(timed(frames)))
}

describe('ITCH 5.0 over SoupBinTCP', () => {
  it('gives the records of the same messages in a raw file, however the stream is cut, with any batch (property)', () => {
    const expected = drainBytes(sourceOf(rawItch(1000)))
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(1032, 4096, 65_536),
        fc.constantFrom(V4, V6),
        (seed, batchBytes, ends) => {
          const source = sourceOfFrames(cut(stream(1000), new TestRandom(seed), -3000, ends))
          const records = drainBytes(source, batchBytes)
          expect(records.equals(expected)).toBe(true)
          const facts = source.facts()
          expect(facts.messagesByProtocol).toEqual({
            soupbintcp: { A: 1, S: 1000, H: 10 },
            itch50: { A: 334, D: 333, E: 333 },
          })
          expect(facts.messages).toBe(1000)
          expect(facts.undecoded).toEqual({})
          expect(facts.sessions).toMatchObject([
            {
              session: '000010059B',
              firstSequence: '1',
              lastSequence: '1000',
              messages: 1000,
              missing: 0,
              heartbeats: 10,
            },
          ])
        },
      ),
      { seed: SEED, numRuns: 30 },
    )
  })

  it.each([40_001, 40_002])(
    'hands a session that is read on two connections, or again after a reconnect, out once: port %i',
    (targetPort) => {
      const again = itchMessages(60)
        .slice(20)
        .map((bytes) => packet('S', bytes))
      const second = Buffer.concat([login('000010059B', 21), ...again])
      const random = new TestRandom(SEED)
      const frames = cut(second, random, 5_000_000, { ...V4, targetPort })
      // A login comes in a segment of its own.
      const start = tcpFrame(second.subarray(0, 33), 5_000_000, 0, { ...V4, targetPort })
      const source = sourceOfFrames([...cut(stream(50), random), frames[0]!, start, ...frames.slice(1)])
      const records = drainRecords(source)
      expect(records.filter(({ record }) => record === 'stale' || record === 'gap')).toEqual([])
      expect(records.length).toBe(drainRecords(sourceOf(rawItch(60))).length)
      expect(source.facts().sessions).toMatchObject([{ messages: 60, duplicates: 30, missing: 0 }])
    },
  )

  it('declares a gap where bytes are lost, and goes on at the next packet', () => {
    const frames = cut(stream(1000), new TestRandom(SEED))
    const lossy = frames.filter((_, i) => i !== 20 && i !== 60)
    const source = sourceOfFrames(lossy)
    const records = drainRecords(source)
    const gaps = records.filter(({ record }) => record === 'gap')
    expect(gaps.map(({ missingCount }) => missingCount)).toEqual([0, 0])
    expect(gaps[0]!.firstMissing).toBeGreaterThan(1)
    expect(gaps[1]!.firstMissing).toBe(0)
    // Books are stale only as long as no packet is found.
    const stale = records.filter(({ record }) => record === 'stale').map(({ reason }) => reason)
    expect(stale).toEqual(stale.map((_, i) => (i % 2 === 0 ? StaleReason.SequenceGap : StaleReason.Recovered)))
    expect(stale.length % 2).toBe(0)
    const facts = source.facts()
    expect(facts.tcp).toMatchObject({ holes: 2 })
    const whole = new Set(drainRecords(sourceOf(rawItch(1000))).map((record) => JSON.stringify(record)))
    const others = records.filter(({ record }) => !['stale', 'gap', 'instrument'].includes(String(record)))
    expect(others.length).toBeGreaterThan(950)
    const strip = (record: object) => JSON.stringify({ ...record, source: 0 })
    for (const record of others) expect(whole.has(strip(record)), strip(record)).toBe(true)
  })

  it('is recognised in the middle, at a segment that begins with a packet', () => {
    const bytes = stream(60)
    const middle = bytes.subarray(1000)
    const boundary = middle.indexOf(Buffer.from([0, 20, 0x53, 0x44]))
    const frames = [tcpFrame(middle.subarray(0, boundary), 77), tcpFrame(middle.subarray(boundary), 77 + boundary)]
    const source = sourceOfFrames(frames)
    drainBytes(source)
    const facts = source.facts()
    expect(facts.flows[0]!.protocol).toBe('soupbintcp')
    expect(facts.undecoded).toEqual({ unknownStream: 1 })
    expect(facts.messages).toBeGreaterThan(25)
  })

  it('counts what is no packet, and looks for the next one', () => {
    const good = itchMessages(40).map((message) => packet('S', message))
    const bytes = Buffer.concat([login('S', 1), ...good.slice(0, 20), Buffer.from('000058ffff', 'hex')])
    const after = Buffer.concat(good.slice(20))
    const source = sourceOfFrames([tcpFrame(bytes, 1), tcpFrame(after, 1 + bytes.length)])
    const records = drainRecords(source)
    expect(source.facts().undecoded).toEqual({ badSoupBinTcp: 1 })
    expect(source.facts().messages).toBe(40)
    const stale = records.filter(({ record }) => record === 'stale')
    expect(stale.map(({ reason }) => reason)).toEqual([StaleReason.SequenceGap, StaleReason.Recovered])
    const gaps = records.filter(({ record }) => record === 'gap')
    expect(gaps.map(({ firstMissing, missingCount }) => [firstMissing, missingCount])).toEqual([[21, 0]])
  })

  it('books are stale from lost bytes on until a packet is found', () => {
    const good = itchMessages(40).map((message) => packet('S', message))
    const head = Buffer.concat([login('S', 1), ...good.slice(0, 20)])
    const junk = Buffer.alloc(50, 0xff)
    const start = 1 + head.length + 100
    const source = sourceOfFrames([
      tcpFrame(head, 1),
      ...Array.from({ length: 70 }, (_, i) => tcpFrame(junk, start + i * 50)),
      tcpFrame(Buffer.concat(good.slice(30)), start + 70 * 50),
    ])
    const records = drainRecords(source)
    const told = records.filter(({ record }) => record === 'stale' || record === 'gap')
    expect(told.map(({ record, reason }) => [record, reason])).toEqual([
      ['gap', undefined],
      ['stale', StaleReason.SequenceGap],
      ['stale', StaleReason.Recovered],
    ])
    expect(source.facts().messagesByProtocol.soupbintcp).toMatchObject({ S: 30 })
  })

  it('the next login to the session says how many messages were lost', () => {
    const good = itchMessages(60).map((message) => packet('S', message))
    const head = Buffer.concat([login('S', 1), ...good.slice(0, 20)])
    const lost = Buffer.concat(good.slice(20, 27))
    const after = Buffer.concat([...good.slice(27, 40), login('S', 41), ...good.slice(40)])
    const source = sourceOfFrames([tcpFrame(head, 1), tcpFrame(after, 1 + head.length + lost.length)])
    const records = drainRecords(source)
    const gaps = records.filter(({ record }) => record === 'gap')
    expect(gaps.map(({ firstMissing, missingCount }) => [firstMissing, missingCount])).toEqual([
      [21, 0],
      [21, 7],
    ])
    expect(source.facts().sessions).toMatchObject([{ messages: 53, missing: 7, lastSequence: '60' }])
  })
})

describe('damaged streams', { timeout: 120_000 }, () => {
  it('are read to an end, and every record is canonical (seeded)', () => {
    const random = new TestRandom(SEED)
    const clean = cut(stream(120), random)
    const batch = new RecordBatch(4096)
    for (let round = 0; round < 600; round++) {
      const frames = clean.map((frame) => (random.below(4) === 0 ? mutate(frame, random) : frame))
      const source = sourceOfFrames(frames)
      for (;;) {
        batch.reset()
        if (source.fill(batch) === 0) break
        for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) {
          const fault = findCanonicalFault(batch.views, at)
          if (fault !== undefined) throw new Error(`seed ${SEED}, round ${round}: ${fault}`)
        }
      }
    }
  })
})

function mutate(frame: Buffer, random: TestRandom): Buffer {
  const mutated = Buffer.from(frame)
  for (let i = 0; i < 1 + random.below(3); i++) mutated[random.below(mutated.length)]! ^= 1 << random.below(8)
  return random.below(5) === 0 ? mutated.subarray(0, random.below(mutated.length)) : mutated
}
