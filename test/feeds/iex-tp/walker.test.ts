import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { looksLikeIexTp } from '../../../feeds/iex-tp/recognise.ts'
import { IexTpSegment, IexTpWalker } from '../../../feeds/iex-tp/walker.ts'
import { FLOWS_MAX } from '../../../feeds/net/flow-table.ts'
import { Sureness } from '../../../feeds/protocol/protocol.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { describeSessions } from '../../../feeds/sequence/sequence-facts.ts'
import { decodeRecord } from '../../../kernels/records/codec.ts'
import { DEEP, type SegmentOptions, START_NS, segment } from './segments.ts'

const SEED = 20_231_002
/** Bytes of a message block. */
const BLOCK_BYTES = 10n

/** Message `n` says its own number in eight characters, so that a test can tell what was handed out. */
function message(sequence: number): Buffer {
  return Buffer.from(`m${sequence}`.padEnd(8))
}

/** A segment of `count` messages; `tick` is its send time, ns after the first. */
function packet(sequence: number, count: number, tick: number, options: SegmentOptions = {}): Buffer {
  const messages = Array.from({ length: count }, (_, i) => message(sequence + i))
  const offset = (BigInt(sequence) - 1n) * BLOCK_BYTES
  return segment(BigInt(sequence), messages, { offset, sendNs: START_NS + BigInt(tick), ...options })
}

class Listener {
  readonly walker = new IexTpWalker(DEEP)
  readonly messages: string[] = []
  readonly gaps: [first: number, count: number, session: number][] = []
  readonly results: IexTpSegment[] = []
  /** Index of the packets that began a session in another's place. */
  readonly restarts: number[] = []

  hear(bytes: Buffer, flow = 0): void {
    const batch = new RecordBatch(8192)
    this.results.push(this.walker.begin(bytes, 0, bytes.length, flow, batch))
    if (this.walker.hasBegunAnew) this.restarts.push(this.results.length - 1)
    while (this.walker.next()) {
      const { messageAt, messageLength } = this.walker
      this.messages.push(bytes.toString('latin1', messageAt, messageAt + messageLength).trim())
    }
    for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) {
      const gap = decodeRecord(batch.views, at)
      this.gaps.push([gap.firstMissing as number, gap.missingCount as number, gap.session as number])
    }
  }

  get sessions() {
    return describeSessions(this.walker.arbiter)
  }
}

function hear(packets: readonly (readonly [Buffer, number?])[]): Listener {
  const listener = new Listener()
  for (const [bytes, flow] of packets) listener.hear(bytes, flow)
  return listener
}

function names(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => `m${first + i}`)
}

describe('a walker of IEX-TP', () => {
  it('hands out the messages of segments in order, and counts heartbeats', () => {
    const heard = hear([[packet(1, 0, 0)], [packet(1, 3, 1)], [packet(4, 0, 2)], [packet(4, 2, 3)]])
    expect(heard.messages).toEqual(names(1, 5))
    expect(heard.results).toEqual([1, 0, 1, 0])
    expect(heard.sessions).toMatchObject([
      { session: 'channel 1 session 1286602752', firstSequence: '1', lastSequence: '5', messages: 5, heartbeats: 2 },
    ])
  })

  it('declares gaps, also from heartbeats, and hands out late messages', () => {
    const heard = hear([[packet(10, 2, 0)], [packet(14, 1, 1)], [packet(17, 0, 2)], [packet(12, 2, 1)]])
    expect(heard.messages).toEqual(['m10', 'm11', 'm14', 'm12', 'm13'])
    expect(heard.gaps).toEqual([
      [12, 2, 0],
      [15, 2, 0],
    ])
    expect(heard.sessions).toMatchObject([{ missing: 2, late: 2, missingRanges: [{ first: '15', last: '16' }] }])
    expect(heard.restarts).toEqual([])
  })

  it('merges lines that cut the same messages into other segments', () => {
    const a = [packet(1, 4, 0), packet(5, 1, 9), packet(6, 5, 30)]
    const b = [packet(1, 2, 1), packet(3, 6, 10), packet(9, 2, 31)]
    const heard = hear([
      [a[0]!, 0],
      [b[0]!, 1],
      [b[1]!, 1],
      [a[1]!, 0],
      [b[2]!, 1],
      [a[2]!, 0],
    ])
    expect(heard.messages).toEqual(names(1, 10))
    expect(heard.sessions).toMatchObject([{ messages: 10, missing: 0, duplicates: 10 }])
  })

  it('begins a session anew when numbers start over at a later time, however often', () => {
    const heard = hear([
      [packet(1, 3, 0)],
      [packet(1, 0, 100)],
      [packet(1, 2, 101)],
      [packet(1, 2, 200)],
      [packet(3, 1, 201)],
    ])
    expect(heard.messages).toEqual(['m1', 'm2', 'm3', 'm1', 'm2', 'm1', 'm2', 'm3'])
    expect(heard.restarts).toEqual([1, 3])
    expect(heard.sessions.map(({ messages, firstSequence }) => [firstSequence, messages])).toEqual([
      ['1', 3],
      ['1', 2],
      ['1', 3],
    ])
  })

  it('lets each line restart by itself: the first begins the session, the other joins it', () => {
    const heard = hear([
      [packet(1, 3, 0), 0],
      [packet(1, 3, 1), 1],
      [packet(4, 1, 2), 0],
      [packet(1, 2, 100), 0],
      [packet(4, 1, 3), 1],
      [packet(3, 1, 102), 0],
      [packet(1, 3, 101), 1],
      [packet(4, 1, 103), 1],
    ])
    expect(heard.messages).toEqual([...names(1, 4), ...names(1, 4)])
    expect(heard.restarts).toEqual([3])
    expect(heard.sessions).toMatchObject([
      { messages: 4, duplicates: 4, missing: 0 },
      { messages: 4, duplicates: 3, missing: 0 },
    ])
  })

  it('does not take repeated or reordered segments for a restart, nor damage to one field', () => {
    const first = packet(1, 3, 0)
    const heard = hear([
      [first],
      [packet(4, 2, 10)],
      [first],
      [packet(4, 2, 10)],
      [packet(1, 1, 30, { offset: 70n })],
      [packet(6, 1, 20, { offset: 0n })],
      [packet(7, 1, 40)],
    ])
    expect(heard.restarts).toEqual([])
    expect(heard.messages).toEqual(names(1, 7))
  })

  it('begins another session under another id, and says so of a line that had one', () => {
    const heard = hear([[packet(7, 1, 0)], [packet(1, 1, 1, { session: 9 })], [packet(1, 1, 2, { session: 9 }), 5]])
    expect(heard.restarts).toEqual([1])
    expect(heard.sessions.map(({ session }) => session)).toEqual([
      'channel 1 session 1286602752',
      'channel 1 session 9',
    ])
  })

  it('refuses sessions beyond its bound, and other protocols, versions and numbers that cannot be', () => {
    const listener = new Listener()
    for (let session = 0; session < 256; session++) listener.hear(packet(1, 1, session, { session }))
    listener.hear(packet(1, 1, 999, { session: 256 }))
    expect(listener.results.at(-1)).toBe(IexTpSegment.TooManySessions)
    for (const bytes of [
      packet(1, 1, 0, { protocol: 0x8003 }),
      packet(1, 1, 0, { version: 2 }),
      packet(1, 1, 0, { offset: -1n }),
      packet(1, 1, 0, { offset: 1n << 53n }),
      packet(-1, 1, 0),
      packet(1, 1, 0).subarray(0, 39),
    ]) {
      listener.hear(bytes)
      expect(listener.results.at(-1)).toBe(IexTpSegment.Bad)
    }
  })

  it('uses the messages that a cut segment holds whole; the rest shows as a gap', () => {
    const listener = new Listener()
    listener.hear(packet(1, 3, 0).subarray(0, 40 + 25))
    expect(listener.walker.isShort).toBe(true)
    listener.hear(packet(4, 1, 1))
    expect(listener.messages).toEqual(['m1', 'm2', 'm4'])
    expect(listener.gaps).toEqual([[3, 1, 0]])
    listener.hear(Buffer.concat([packet(5, 1, 2), Buffer.alloc(3)]))
    expect(listener.walker.surplusBytes()).toBe(3)
    listener.hear(packet(6, 2, 3, { count: 1 }))
    expect(listener.walker.surplusBytes()).toBe(10)
  })

  it('hands out every message once, whatever two lossy lines bring and in whichever order', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 40 })
    const losses = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 80, maxLength: 80 })
    fc.assert(
      fc.property(lengths, lengths, losses, fc.infiniteStream(fc.boolean()), (first, second, lost, turns) => {
        const lines = [first, second].map((counts) => {
          let next = 1
          return counts.map((count, i) => {
            const bytes = packet(next, count, i)
            next += count
            return { bytes, first: next - count, end: next }
          })
        })
        const listener = new Listener()
        const sent = new Set<string>()
        let dice = 0
        while (lines.some((line) => line.length > 0)) {
          const flow = turns.next().value === true ? 1 : 0
          const line = lines[flow]!.length > 0 ? flow : 1 - flow
          const one = lines[line]!.shift()!
          if (lost[dice++ % lost.length] === 0) continue
          listener.hear(one.bytes, line)
          for (let n = one.first; n < one.end; n++) sent.add(`m${n}`)
        }
        expect(new Set(listener.messages).size).toBe(listener.messages.length)
        const early = listener.sessions.reduce((sum, session) => sum + session.early, 0)
        for (const name of listener.messages) expect(sent.has(name)).toBe(true)
        if (early === 0) expect(listener.messages.length).toBe(sent.size)
        expect(listener.restarts).toEqual([])
      }),
      { seed: SEED, numRuns: 300 },
    )
  })
})

describe('the look of IEX-TP', () => {
  const look = (bytes: Buffer, isCut = false) => looksLikeIexTp(bytes, 0, bytes.length, isCut, DEEP)

  it('is certain for whole segments, likely for heartbeats, of its own protocol alone', () => {
    expect(look(packet(1, 3, 0))).toBe(Sureness.Certain)
    expect(look(packet(1, 0, 0))).toBe(Sureness.Likely)
    expect(look(packet(1, 3, 0).subarray(0, 60), true)).toBe(Sureness.Likely)
    expect(look(packet(1, 3, 0).subarray(0, 60))).toBe(Sureness.Possible)
    expect(look(packet(1, 3, 0, { count: 2 }))).toBe(Sureness.Possible)
    expect(look(packet(1, 3, 0, { protocol: 0x8005 }))).toBe(Sureness.No)
    expect(look(packet(1, 3, 0, { version: 0 }))).toBe(Sureness.No)
    expect(look(packet(1, 3, 0).subarray(0, 39))).toBe(Sureness.No)
  })

  it('is told and walked without an exception whatever the bytes', () => {
    const listener = new Listener()
    const some = fc.uint8Array({ maxLength: 120 })
    const damaged = fc
      .tuple(fc.integer({ min: 0, max: 79 }), fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 80 }))
      .map(([at, bit, length]) => {
        const bytes = packet(5, 4, 77)
        bytes[at]! ^= 1 << bit
        return bytes.subarray(0, length)
      })
    fc.assert(
      fc.property(fc.oneof(some, damaged), fc.integer({ min: 0, max: FLOWS_MAX }), (bytes, flow) => {
        look(Buffer.from(bytes))
        listener.hear(Buffer.from(bytes), flow)
        expect(listener.walker.next()).toBe(false)
      }),
      { seed: SEED, numRuns: 2000 },
    )
  })
})
