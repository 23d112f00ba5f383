import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GAP_FILL_COUNT_NAMES, GapFill, GapFillCount, Offer } from '../../../feeds/moldudp64/gap-fill.ts'
import { MoldRequest } from '../../../feeds/moldudp64/request-layout.ts'
import { MoldPacket, MoldWalker } from '../../../feeds/moldudp64/walker.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { mold } from '../support/frames.ts'

const OPTIONS = { packetsMax: 8, packetBytesMax: 200, patienceMs: 100, retryMs: 10 }
const END_OF_SESSION = 0xffff

function message(number: number): Buffer {
  return Buffer.from(`message ${number}`)
}

function packet(first: number, count = 1, session = 'DAY'): Buffer {
  return mold(
    session,
    BigInt(first),
    Array.from({ length: count }, (_, i) => message(first + i)),
  )
}

/** A gap fill with a walker behind it, as a feed has them. */
class Rig {
  readonly fill: GapFill
  readonly heard: string[] = []
  gaps = 0
  readonly #walker = new MoldWalker()
  readonly #batch = new RecordBatch(1 << 16)

  constructor(options = OPTIONS) {
    this.fill = new GapFill(options)
  }

  take(bytes: Buffer, line = 0): Offer {
    const offer = this.fill.offer(bytes, 0, bytes.length, line)
    if (offer === Offer.Pass) this.#decode(bytes, 0, bytes.length, line)
    this.drain()
    return offer
  }

  drain(): void {
    const { fill } = this
    while (fill.release()) this.#decode(fill.bytes, fill.heldAt, fill.heldLength, fill.heldLine)
  }

  pass(timeMs: number): void {
    this.fill.nowNs[0]! += timeMs * 1e6
    if (this.fill.giveUpLate()) this.drain()
  }

  /** What is asked for now: first and count. */
  request(): [number, number] | undefined {
    const to = Buffer.alloc(MoldRequest.Bytes)
    if (!this.fill.writeRequest(to)) return undefined
    return [Number(to.readBigUInt64BE(MoldRequest.SequenceHigh)), to.readUInt16BE(MoldRequest.Count)]
  }

  #decode(bytes: Uint8Array, at: number, length: number, line: number): void {
    this.#batch.reset()
    const kind = this.#walker.begin(bytes, at, length, line, this.#batch)
    if (this.#batch.usedBytes > 0) this.gaps++
    if (kind !== MoldPacket.Data) return
    while (this.#walker.next()) {
      const from = this.#walker.messageAt
      this.heard.push(Buffer.from(bytes.subarray(from, from + this.#walker.messageLength)).toString())
    }
  }
}

function upTo(last: number, from = 1): string[] {
  return Array.from({ length: last - from + 1 }, (_, i) => message(from + i).toString())
}

describe('a gap fill', () => {
  it('copies nothing while nothing is missing', () => {
    const rig = new Rig()
    for (let i = 1; i <= 20; i++) {
      expect(rig.take(packet(i), 0)).toBe(Offer.Pass)
      expect(rig.take(packet(i), 1)).toBe(Offer.Pass)
    }
    expect(rig.heard).toEqual(upTo(20))
    expect([...rig.fill.counts]).toEqual([0, 0, 0, 0, 0, 0, 0])
    expect(rig.request()).toBeUndefined()
  })

  it('waits for the other line, and drops what waits already', () => {
    const rig = new Rig()
    rig.take(packet(1))
    expect(rig.take(packet(3))).toBe(Offer.Held)
    expect(rig.take(packet(3), 1)).toBe(Offer.Dropped)
    expect(rig.take(packet(2), 1)).toBe(Offer.Pass)
    expect([rig.heard, rig.gaps, rig.fill.hasHole]).toEqual([upTo(3), 0, false])
    expect(rig.fill.counts[GapFillCount.Filled]).toBe(1)
    expect(GAP_FILL_COUNT_NAMES.length).toBe(GapFillCount.Count)
  })

  it('asks for what is missing, at once and again, and no more than that', () => {
    const rig = new Rig()
    rig.take(packet(1))
    rig.take(packet(5))
    expect(rig.request()).toEqual([2, 3])
    expect(rig.request()).toBeUndefined()
    rig.take(packet(2))
    rig.pass(10)
    expect(rig.request()).toEqual([3, 2])
    rig.take(packet(3, 2))
    expect(rig.request()).toBeUndefined()
    expect(rig.heard).toEqual(upTo(5))
  })

  it('hears of a hole by a heartbeat', () => {
    const rig = new Rig()
    rig.take(packet(1))
    rig.take(packet(4, 0))
    expect(rig.request()).toEqual([2, 2])
    rig.take(packet(2, 2))
    expect([rig.heard, rig.fill.hasHole]).toEqual([upTo(3), false])
  })

  it('gives up after its patience, or without room, and the decoder declares the gap', () => {
    const rig = new Rig()
    rig.take(packet(1))
    rig.take(packet(3))
    rig.pass(99)
    expect(rig.heard).toEqual(upTo(1))
    rig.pass(1)
    expect([rig.heard, rig.gaps]).toEqual([[...upTo(1), ...upTo(3, 3)], 1])
    for (let i = 5; i < 14; i++) rig.take(packet(i))
    expect(rig.fill.counts[GapFillCount.NoRoom]).toBe(1)
    expect(rig.gaps).toBe(2)
    expect(rig.heard.slice(2)).toEqual(upTo(12, 5))
    expect(rig.request(), 'the one that found no place').toEqual([13, 1])
  })

  it('begins anew with another session', () => {
    const rig = new Rig()
    rig.take(packet(1))
    rig.take(packet(3))
    expect(rig.take(packet(1, 1, 'NEXT')), 'while the one before goes on').toBe(Offer.Dropped)
    rig.fill.nowNs[0]! += 100e6
    rig.take(packet(1, 1, 'NEXT'))
    expect(rig.heard).toEqual([...upTo(1), ...upTo(1)])
    expect(rig.fill.counts[GapFillCount.Foreign]).toBe(1)
    expect([rig.fill.hasHole, rig.fill.sessions]).toEqual([false, 2])
  })

  it('asks for the beginning of a later session', () => {
    const rig = new Rig()
    rig.take(packet(5))
    rig.fill.nowNs[0]! += 100e6
    rig.take(packet(3, 1, 'NEXT'))
    expect(rig.request()).toEqual([1, 2])
    rig.take(packet(1, 2, 'NEXT'))
    expect(rig.heard).toEqual([...upTo(5, 5), ...upTo(3)])
  })

  it('holds all until a snapshot is there, and goes on where that ends', () => {
    const rig = new Rig()
    const session = new Uint8Array(10)
    rig.fill.waitForSnapshot()
    expect(rig.fill.readSession(session)).toBe(false)
    for (let first = 1; first <= 10; first++) expect(rig.take(packet(first))).not.toBe(Offer.Pass)
    rig.pass(1000)
    expect([rig.heard, rig.request(), rig.fill.counts[GapFillCount.NoRoom]]).toEqual([[], undefined, 2])
    expect([rig.fill.readSession(session), Buffer.from(session).toString()]).toEqual([true, 'DAY       '])
    rig.fill.beginAt(4)
    rig.drain()
    expect(rig.fill.expected).toBe(9)
    expect(rig.request()).toEqual([9, 2])
    rig.take(packet(9, 2))
    expect(rig.heard.slice(-7)).toEqual(upTo(10, 4))
  })

  it('leaves what is no packet to the decoder', () => {
    const rig = new Rig()
    for (const bytes of [Buffer.alloc(5), Buffer.alloc(19), Buffer.alloc(300), mold('DAY', 1n << 60n, [])]) {
      expect(rig.take(bytes)).toBe(Offer.Pass)
    }
    expect(rig.heard).toEqual([])
  })
})

describe('whatever two lines lose, repeat and reorder', () => {
  const SIZES = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 })
  const fates = fc.array(fc.tuple(fc.boolean(), fc.boolean(), fc.nat(3)), { minLength: 60, maxLength: 60 })

  it('every message comes once and in order, as long as what is asked for is answered', () => {
    fc.assert(
      fc.property(SIZES, fates, (sizes, fate) => {
        const rig = new Rig({ ...OPTIONS, packetsMax: 64 })
        const deliveries: { readonly at: number; readonly bytes: Buffer; readonly line: number }[] = []
        let next = 2
        sizes.forEach((count, i) => {
          const bytes = packet(next, count)
          const [isLostA, isLostB, delay] = fate[i]!
          if (!isLostA) deliveries.push({ at: i, bytes, line: 0 })
          if (!isLostB) deliveries.push({ at: i + delay, bytes, line: 1 })
          next += count
        })
        deliveries.sort((a, b) => a.at - b.at)
        rig.take(packet(1))
        for (const { bytes, line } of deliveries) {
          rig.take(bytes, line)
          rig.pass(1)
        }
        rig.take(mold('DAY', BigInt(next), [], END_OF_SESSION))
        for (let i = 0; i < 5; i++) {
          const asked = rig.request()
          if (asked !== undefined) rig.take(packet(asked[0], Math.min(8, asked[1])))
          rig.fill.nowNs[0]! += 10e6
        }
        for (let asked = rig.request(); asked !== undefined; asked = rig.request()) {
          rig.take(packet(asked[0], Math.min(8, asked[1])))
          rig.fill.nowNs[0]! += 10e6
        }
        expect(rig.heard).toEqual(upTo(next - 1))
        expect(rig.gaps).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it('nonsense neither throws, nor stops it, nor ends a session that goes on', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 30 }), (packets) => {
        const rig = new Rig()
        rig.take(packet(1))
        packets.forEach((bytes, i) => {
          rig.take(Buffer.from(bytes))
          rig.take(packet(2 + i))
          rig.pass(1)
        })
        expect(rig.heard).toEqual(upTo(1 + packets.length))
        expect(rig.fill.sessions).toBe(1)
      }),
      { numRuns: 200 },
    )
  })
})

it('takes no packet whose number is 0, of whatever session: it would be handed out each time', () => {
  const rig = new Rig()
  rig.take(packet(1))
  for (const session of ['DAY', 'STRANGER']) expect(rig.take(packet(0, 2, session))).toBe(Offer.Dropped)
  rig.take(packet(2))
  expect(rig.heard).toEqual(['message 1', 'message 2'])
  expect(rig.fill.counts[GapFillCount.Foreign]).toBe(2)
})
