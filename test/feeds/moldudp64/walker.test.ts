import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { looksLikeMoldUdp64, MoldPacket, MoldWalker } from '../../../feeds/moldudp64/walker.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { SessionCount } from '../../../feeds/sequence/session-table.ts'
import { decodeRecord } from '../../../kernels/records/codec.ts'
import { findCaptures } from '../../support/captures.ts'
import { TestRandom } from '../../support/test-random.ts'
import { mold } from '../support/frames.ts'

const captures = findCaptures()

/** Message `n` of a session says its own number, so that a test can tell what was handed out. */
function message(sequence: number): Buffer {
  return Buffer.from(`m${sequence}`)
}

function packet(sequence: number, count: number, session = 'S1'): Buffer {
  const messages = Array.from({ length: count }, (_, i) => message(sequence + i))
  return mold(session, BigInt(sequence), messages)
}

interface Heard {
  readonly messages: string[]
  readonly gaps: [first: number, count: number][]
  readonly results: MoldPacket[]
}

function hear(walker: MoldWalker, packets: readonly Buffer[], flow = 0): Heard {
  const batch = new RecordBatch(65_536)
  const heard: Heard = { messages: [], gaps: [], results: [] }
  for (const bytes of packets) {
    heard.results.push(walker.begin(bytes, 0, bytes.length, flow, batch))
    while (walker.next()) {
      heard.messages.push(bytes.toString('latin1', walker.messageAt, walker.messageAt + walker.messageLength))
    }
  }
  for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) {
    const gap = decodeRecord(batch.views, at)
    heard.gaps.push([gap.firstMissing as number, gap.missingCount as number])
  }
  return heard
}

function count(walker: MoldWalker, slot: SessionCount, session = 0): number {
  return walker.arbiter.sessions.counts[session * SessionCount.Count + slot]!
}

function names(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => `m${first + i}`)
}

describe('a MoldUDP64 session', () => {
  it('hands out the messages of packets in order, and counts heartbeats and its end', () => {
    const walker = new MoldWalker()
    const heard = hear(walker, [packet(5, 3), mold('S1', 8n, []), packet(8, 1), mold('S1', 9n, [], 0xffff)])
    expect(heard.messages).toEqual(names(5, 8))
    expect(heard.gaps).toEqual([])
    expect(heard.results).toEqual([MoldPacket.Data, MoldPacket.Heartbeat, MoldPacket.Data, MoldPacket.EndOfSession])
    expect(
      [SessionCount.First, SessionCount.Expected, SessionCount.Messages].map((slot) => count(walker, slot)),
    ).toEqual([5, 9, 4])
    expect(count(walker, SessionCount.Heartbeats)).toBe(1)
    expect(count(walker, SessionCount.EndOfSession)).toBe(1)
  })

  it('declares a gap at the packet, the heartbeat or the end that reveals it', () => {
    const walker = new MoldWalker()
    const heard = hear(walker, [packet(1, 2), packet(5, 1), mold('S1', 10n, []), mold('S1', 12n, [], 0xffff)])
    expect(heard.messages).toEqual(['m1', 'm2', 'm5'])
    expect(heard.gaps).toEqual([
      [3, 2],
      [6, 4],
      [10, 2],
    ])
    expect(walker.arbiter.sessions.missing[0]!.missing[0]).toBe(8)
    expect(walker.arbiter.sessions.missing[0]!.toObjects()).toEqual([
      { first: '3', last: '4' },
      { first: '6', last: '9' },
      { first: '10', last: '11' },
    ])
  })

  it('hands out each message of two lines once, whichever comes first', () => {
    const walker = new MoldWalker()
    const a = [packet(1, 4), packet(5, 2), packet(9, 1)]
    const b = [packet(1, 2), packet(3, 4), packet(7, 2), packet(9, 1)]
    const messages: string[] = []
    for (let i = 0; i < b.length; i++) {
      if (a[i] !== undefined) messages.push(...hear(walker, [a[i]!], 0).messages)
      messages.push(...hear(walker, [b[i]!], 1).messages)
    }
    expect([...messages].sort()).toEqual(names(1, 9).sort())
    expect(walker.arbiter.sessions.missing[0]!.missing[0]).toBe(0)
    expect(count(walker, SessionCount.Late)).toBe(2)
    expect(count(walker, SessionCount.Duplicates)).toBe(7)
    expect([0, 1].map((line) => walker.arbiter.lines.counts[line * 4 + 2])).toEqual([2, 0])
  })

  it('hands out a late packet that fills a part of a gap, and only once', () => {
    const walker = new MoldWalker()
    const heard = hear(walker, [packet(1, 1), packet(20, 1), packet(8, 3), packet(8, 3), packet(2, 2), packet(19, 3)])
    expect(heard.messages).toEqual(['m1', 'm20', 'm8', 'm9', 'm10', 'm2', 'm3', 'm19', 'm21'])
    expect(walker.arbiter.sessions.missing[0]!.toObjects()).toEqual([
      { first: '4', last: '7' },
      { first: '11', last: '18' },
    ])
    expect(walker.arbiter.sessions.missing[0]!.missing[0]).toBe(12)
  })

  it('loses nothing to one wild sequence number but declares a false gap', () => {
    const walker = new MoldWalker()
    const heard = hear(walker, [packet(1, 1), packet(1_000_000, 1), packet(2, 1), packet(3, 2), packet(5, 1)])
    expect(heard.messages).toEqual(['m1', 'm1000000', 'm2', 'm3', 'm4', 'm5'])
    expect(heard.gaps).toEqual([[2, 999_998]])
  })

  it('begins with its first packet in the capture: what is older is counted, not handed out', () => {
    const walker = new MoldWalker()
    expect(hear(walker, [packet(100, 1), packet(98, 4)]).messages).toEqual(['m100', 'm101'])
    expect(count(walker, SessionCount.Early)).toBe(2)
    expect(count(walker, SessionCount.Duplicates)).toBe(1)
  })

  it('hands out messages without a sequence number as they come', () => {
    const walker = new MoldWalker()
    expect(hear(walker, [packet(0, 1), packet(0, 1)]).messages).toEqual(['m0', 'm0'])
    expect(count(walker, SessionCount.Unsequenced)).toBe(2)
  })

  it('keeps sequence numbers up to 2^53 exact and refuses those above', () => {
    const walker = new MoldWalker()
    const top = 2 ** 53 - 3
    const heard = hear(walker, [packet(top, 1), mold('S1', BigInt(top + 2), [message(1)])])
    expect(heard.gaps).toEqual([[top + 1, 1]])
    expect(hear(walker, [mold('S1', 2n ** 53n, [message(1)]), mold('S1', 2n ** 64n - 1n, [])]).results).toEqual([
      MoldPacket.Bad,
      MoldPacket.Bad,
    ])
  })

  it('is one of a bounded number: packets of further sessions are refused', () => {
    const walker = new MoldWalker()
    const packets = Array.from({ length: 300 }, (_, i) => packet(1, 1, `N${i}`))
    const { results } = hear(walker, packets)
    expect(results.filter((result) => result === MoldPacket.TooManySessions).length).toBe(300 - 256)
    expect(walker.arbiter.sessions.name(255)).toBe('N255')
  })

  it('keeps a bounded list of gaps: the oldest are forgotten, and stay missing', () => {
    const walker = new MoldWalker()
    hear(
      walker,
      Array.from({ length: 101 }, (_, i) => packet(1 + 2 * i, 1)),
    )
    const missing = walker.arbiter.sessions.missing[0]!
    expect(missing.missing[0]).toBe(100)
    expect(missing.forgotten).toBe(36)
    expect(missing.toObjects().length).toBe(64)
    expect(hear(walker, [packet(2, 1), packet(200, 1)]).messages).toEqual(['m200'])
  })

  it('agrees with a set of what was seen, whatever the order (seeded)', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new TestRandom(seed)
      const walker = new MoldWalker()
      const seen = new Set<string>()
      const handedOut: string[] = []
      let first = 0
      for (let i = 0; i < 60; i++) {
        const sequence = 50 + i * 2 + random.below(40) - 20
        const size = random.below(4)
        if (i === 0) first = sequence
        const bytes = packet(sequence, size)
        handedOut.push(...hear(walker, [bytes], random.below(2)).messages)
        for (let k = 0; k < size; k++) if (sequence + k >= first) seen.add(`m${sequence + k}`)
      }
      const note = `seed ${seed}`
      expect(new Set(handedOut).size, note).toBe(handedOut.length)
      expect([...handedOut].sort(), note).toEqual([...seen].sort())
      const expected = count(walker, SessionCount.Expected)
      expect(expected - first, note).toBe(seen.size + walker.arbiter.sessions.missing[0]!.missing[0]!)
    }
  })
})

describe('a damaged MoldUDP64 packet', () => {
  it('gives the messages that it holds whole; the rest shows as a gap with the next packet', () => {
    const walker = new MoldWalker()
    const cut = packet(1, 3)
    const heard = hear(walker, [cut.subarray(0, cut.length - 1)])
    expect(heard.messages).toEqual(['m1', 'm2'])
    expect(walker.isShort).toBe(true)
    expect(hear(walker, [packet(4, 1)]).gaps).toEqual([[3, 1]])
  })

  it('is not taken for one when nothing of its flow is known yet', () => {
    const good = packet(1, 3)
    const looks = (bytes: Buffer, isCut = false) => looksLikeMoldUdp64(bytes, 0, bytes.length, isCut)
    expect(looks(good)).toBe(true)
    expect(looks(mold('S', 1n, []))).toBe(true)
    expect(looks(good.subarray(0, -1))).toBe(false)
    expect(looks(good.subarray(0, -1), true)).toBe(true)
    expect(looks(Buffer.concat([good, Buffer.alloc(1)]))).toBe(false)
    expect(looks(good.subarray(0, 19))).toBe(false)
    expect(looks(Buffer.alloc(40))).toBe(false)
    expect(looks(Buffer.alloc(40, 0x30))).toBe(false)
  })
})

describe.runIf(captures !== undefined)('a MoldUDP64 sample of another venue', () => {
  it('has the packets, messages and cut that an independent decoder found', () => {
    const path = join(captures!, 'moldudp64', 'genium_mold_sample.dat')
    const bytes = readFileSync(path)
    const expected = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
    const walker = new MoldWalker()
    const batch = new RecordBatch(4096)
    const types: Record<string, number> = {}
    expected.packets.forEach((facts: { at: number; complete_messages: number }, index: number) => {
      const end = expected.packets[index + 1]?.at ?? bytes.length
      expect(walker.begin(bytes, facts.at, end - facts.at, 0, batch)).toBe(MoldPacket.Data)
      let messages = 0
      for (; walker.next(); messages++) {
        const name = `${String.fromCharCode(bytes[walker.messageAt]!)} len ${walker.messageLength}`
        types[name] = (types[name] ?? 0) + 1
      }
      expect(messages).toBe(facts.complete_messages)
      expect(walker.surplusBytes()).toBe(0)
    })
    expect(types).toEqual(expected.messages_by_type_and_length)
    expect(walker.isShort).toBe(expected.last_message_cut)
    expect(batch.usedBytes).toBe(0)
    expect(walker.arbiter.sessions.name(0)).toBe(expected.packets[0].session_hex)
  })
})
