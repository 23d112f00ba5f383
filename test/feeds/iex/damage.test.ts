import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MarketSource } from '../../../feeds/capture/market-source.ts'
import { findCaptures } from '../../support/captures.ts'
import { DEEP, type SegmentOptions, START_NS, segment } from '../iex-tp/segments.ts'
import { drainRecords, sourceOf } from '../support/drain.ts'
import { pcap, type UdpOptions, udpFrame } from '../support/frames.ts'
import { encode } from './encode.ts'
import { FeedReplay } from './feed-replay.ts'

const captures = findCaptures()
const SEED = 1_294_922
const FILE_HEADER_BYTES = 24

function captureOf(segments: readonly (readonly [Buffer, UdpOptions?])[]): Buffer {
  return pcap(
    segments.map(([bytes, options], i) => ({ bytes: udpFrame(bytes, options), timeNs: START_NS + BigInt(i) })),
  )
}

function expectSequencesAddUp(source: MarketSource): void {
  for (const { firstSequence, lastSequence, messages, missing, unsequenced } of source.facts().sessions) {
    const span = Number(lastSequence) - Number(firstSequence) + 1
    if (firstSequence !== '0') expect(messages - unsequenced + missing).toBe(span)
  }
}

describe('a capture of an IEX feed', () => {
  const level = (symbol: string, side: string, price: number, isComplete = 1) =>
    encode(
      side,
      isComplete,
      [
        [4, 100],
        [8, price],
      ],
      symbol,
    )

  it('clears the books of the session that was over before the next one, even by a heartbeat', () => {
    const at = (sendNs: bigint, offset = 0n): SegmentOptions => ({ sendNs: START_NS + sendNs, offset })
    const source = sourceOf(
      captureOf([
        [segment(1n, [level('A', '8', 990_000), level('B', '5', 1_010_000)], at(0n))],
        [segment(1n, [], at(10n))],
        [segment(1n, [level('A', '8', 980_000, 0)], at(20n))],
      ]),
    )
    const records = drainRecords(source)
    expect(records.map(({ record, instrument, flags }) => [record, instrument, flags])).toEqual([
      ['instrument', 1, 8],
      ['levelUpdate', 1, 0],
      ['instrument', 2, 8],
      ['levelUpdate', 2, 0],
      ['bookClear', 1, 0],
      ['bookClear', 2, 0],
      ['levelUpdate', 1, 16],
    ])
    expect(source.facts().sessions.map(({ messages, heartbeats }) => [messages, heartbeats])).toEqual([
      [2, 0],
      [1, 1],
    ])
  })

  it('is told by its protocol id; feeds side by side have instruments of their own', () => {
    const options: UdpOptions = { targetPort: 10_377 }
    const quote = encode(
      'Q',
      0,
      [
        [4, 1],
        [8, 2],
        [8, 3],
        [4, 4],
      ],
      'A',
    )
    const source = sourceOf(
      captureOf([
        [segment(1n, [level('A', '8', 990_000)])],
        [segment(1n, [quote], { protocol: 0x8003 }), options],
        [segment(1n, [quote], { protocol: 0x8002 }), { targetPort: 1 }],
        [segment(1n, [encode('C', 0, [], 'A')], { protocol: 0x8005 }), { targetPort: 2 }],
        [segment(1n, [quote], { protocol: 0x8001 }), { targetPort: 3 }],
      ]),
    )
    const records = drainRecords(source).filter(({ record }) => record !== 'instrument')
    expect(records.map(({ record, instrument }) => [record, instrument])).toEqual([
      ['levelUpdate', 1],
      ['topOfBook', 2],
      ['topOfBook', 3],
      ['bookClear', 4],
    ])
    const facts = source.facts()
    expect(facts.messagesByProtocol).toEqual({
      iexDeep10: { 8: 1 },
      iexTops16: { Q: 1 },
      iexTops15: { Q: 1 },
      iexDeepPlus: { C: 1 },
    })
    expect(facts.undecoded).toEqual({ unknownProtocol: 1 })
  })

  it('says what is bad about segments and messages', () => {
    const some = level('A', '8', 990_000)
    const source = sourceOf(
      captureOf([
        [segment(1n, [some])],
        [segment(2n, [some], { count: 2 })],
        [segment(4n, [some], { version: 3 })],
        [segment(4n, [Buffer.from('?'), some.subarray(0, 20)])],
        [segment(6n, [some], { protocol: DEEP + 1 })],
      ]),
    )
    drainRecords(source)
    expect(source.facts().undecoded).toEqual({ badIexTp: 3, unknownMessageType: 1, wrongMessageLength: 1 })
    expect(source.facts().rejectedByType).toEqual({ 8: 1, '?': 1 })
    expect(source.facts().missing).toBe(1)
  })
})

describe.runIf(captures !== undefined)('a damaged capture of an IEX feed', () => {
  const whole =
    captures === undefined
      ? Buffer.alloc(0)
      : gunzipSync(readFileSync(join(captures, 'iex', 'DEEP10_20231002_first3000.pcap.gz'))).subarray(0, 60_000)

  it('gives canonical records, comes to its end, and its numbers add up', () => {
    const flips = fc.array(fc.integer({ min: FILE_HEADER_BYTES * 8, max: whole.length * 8 - 1 }), { maxLength: 60 })
    fc.assert(
      fc.property(flips, fc.integer({ min: FILE_HEADER_BYTES, max: whole.length }), (bits, length) => {
        const bytes = Buffer.from(whole)
        for (const bit of bits) bytes[bit >> 3]! ^= 1 << (bit & 7)
        const source = sourceOf(bytes.subarray(0, length))
        new FeedReplay(source, 4096)
        expectSequencesAddUp(source)
      }),
      { seed: SEED, numRuns: 120 },
    )
  })
})
