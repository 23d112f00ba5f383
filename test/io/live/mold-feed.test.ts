import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { MoldFeed } from '../../../kernels/io/live/mold-feed.ts'
import { Side, StaleReason } from '../../../kernels/records/catalogue.ts'
import { decodeRecord, type PlainRecord } from '../../../kernels/records/codec.ts'
import { FakePort } from './support/fake-port.ts'
import { addOrder, cancelShares, directory, FeedServer } from './support/feed-server.ts'

const GAPS = { packetsMax: 16, packetBytesMax: 2048, patienceMs: 100, retryMs: 10 }

class Rig {
  readonly server = new FeedServer()
  readonly lines = [new FakePort(), new FakePort()]
  readonly requests = new FakePort()
  readonly feed: MoldFeed
  readonly records: PlainRecord[] = []
  readonly book = new OrderBook({ ordersMax: 100, levelsMax: 100, instrumentsMax: 10 })
  readonly #batch = new RecordBatch(1 << 16)

  constructor(hasSnapshots: boolean) {
    const { lines, requests } = this
    const login = { username: 'snap', password: 'shot' }
    this.feed = new MoldFeed({
      lines,
      requests: { port: requests, target: { address: 1, port: 2 } },
      gaps: GAPS,
      instrumentsMax: 10,
      epochSeconds: 0,
      ...(hasSnapshots && { snapshots: { login, connect: this.server.connect, reconnectMs: 10 } }),
    })
  }

  pass(timeMs = 1): void {
    this.feed.nowNs[0]! += timeMs * 1e6
    for (let turns = 0; turns < 100; turns++) {
      this.#batch.reset()
      if (this.feed.fill(this.#batch) === 0) break
      const { views, usedBytes } = this.#batch
      for (let at = 0; at < usedBytes; at += views.u32[at >> 2]!) {
        this.book.apply(views, at)
        this.records.push(decodeRecord(views, at))
      }
    }
  }

  kinds(): string[] {
    return this.records.map(({ record }) => record)
  }

  best(): number[] {
    return [this.book.top[8]!, this.book.top[8 + 2]!]
  }
}

describe('a feed from sockets', () => {
  it('brings each message once, whichever line has it, and asks for what none has', () => {
    const rig = new Rig(false)
    const { server, lines, requests } = rig
    server.say(directory(), addOrder(1, 'B', 99_000), addOrder(2, 'S', 101_000), addOrder(3, 'B', 99_500))
    lines[0]!.arriving.push(server.packet(1), server.packet(2))
    lines[1]!.arriving.push(server.packet(1), server.packet(2))
    rig.pass()
    expect(rig.kinds()).toEqual(['instrument', 'orderAdd'])
    lines[1]!.arriving.push(server.packet(4))
    rig.pass()
    expect(requests.sent).toHaveLength(1)
    expect(requests.sent[0]!.readUInt16BE(18)).toBe(1)
    requests.arriving.push(server.packet(3))
    rig.pass()
    expect(rig.best()).toEqual([99_500, 101_000])
    expect(rig.feed.facts()).toMatchObject({ packets: [2, 3, 1], gaps: 0 })
  })

  it('makes all stale when a hole stays', () => {
    const rig = new Rig(false)
    const { server, lines } = rig
    server.say(directory(), addOrder(1, 'B', 99_000), addOrder(2, 'S', 101_000))
    lines[0]!.arriving.push(server.packet(1), server.packet(3))
    rig.pass()
    rig.pass(100)
    expect(rig.kinds()).toEqual(['instrument', 'gap', 'stale', 'orderAdd'])
    expect(rig.records[2]).toMatchObject({ reason: StaleReason.SequenceGap, instrument: 0 })
    expect(rig.feed.gaps).toBe(1)
  })

  it('says that books are not whole when it begins in the middle without a snapshot', () => {
    const rig = new Rig(false)
    rig.server.say(directory(), addOrder(1, 'B', 99_000))
    rig.lines[0]!.arriving.push(rig.server.packet(2))
    rig.pass()
    expect(rig.records.find(({ record }) => record === 'stale')).toMatchObject({ reason: StaleReason.NoSnapshot })
  })

  it('begins with a snapshot, and goes on where it ends', () => {
    const rig = new Rig(true)
    const { server, lines } = rig
    server.say(directory(), addOrder(1, 'B', 99_000), addOrder(2, 'S', 101_000))
    expect(rig.feed.isJoined).toBe(false)
    // What comes meanwhile waits: a part of it is in the snapshot, a part is not.
    lines[0]!.arriving.push(server.packet(3))
    rig.pass()
    server.say(addOrder(3, 'B', 99_500))
    lines[0]!.arriving.push(server.latest())
    for (let i = 0; i < 10 && !rig.feed.isJoined; i++) rig.pass()
    rig.pass()
    expect(rig.feed.isJoined).toBe(true)
    expect(rig.kinds()).toEqual(['stale', 'bookClear', 'instrument', 'orderAdd', 'orderAdd', 'stale', 'orderAdd'])
    expect(rig.records[0]).toMatchObject({ reason: StaleReason.NoSnapshot })
    expect(rig.records[5]).toMatchObject({ reason: StaleReason.Recovered })
    expect(rig.best()).toEqual([99_500, 101_000])
  })

  it('takes another snapshot after a gap', () => {
    const rig = new Rig(true)
    const { server, lines } = rig
    server.say(directory(), addOrder(1, 'B', 99_000))
    lines[0]!.arriving.push(server.latest())
    for (let i = 0; i < 10; i++) rig.pass()
    expect(rig.best()).toEqual([99_000, 0])
    server.say(addOrder(2, 'S', 101_000), addOrder(3, 'B', 99_500), addOrder(4, 'B', 99_600))
    lines[0]!.arriving.push(server.latest())
    rig.pass()
    rig.pass(100)
    for (let i = 0; i < 10; i++) rig.pass()
    lines[0]!.arriving.push(server.packet(3))
    server.say(addOrder(5, 'S', 100_900))
    lines[0]!.arriving.push(server.latest())
    for (let i = 0; i < 10; i++) rig.pass()
    expect(server.snapshotsBegun).toBe(2)
    expect(rig.best()).toEqual([99_600, 100_900])
    expect(rig.feed.facts()).toMatchObject({ gaps: 1, snapshots: 2 })
    rig.feed.close()
    expect(lines.every(({ isClosed }) => isClosed)).toBe(true)
  })
})

describe('another session', () => {
  it('empties the books, and another snapshot fills them', () => {
    for (const hasSnapshots of [false, true]) {
      const rig = new Rig(hasSnapshots)
      const { server, lines } = rig
      server.say(directory(), addOrder(1, 'B', 99_000))
      lines[0]!.arriving.push(server.packet(1, 2))
      for (let i = 0; i < 10; i++) rig.pass()
      expect(rig.best()).toEqual([99_000, 0])
      server.beginSession('SECOND')
      server.say(directory(), addOrder(7, 'S', 101_000))
      rig.pass(100)
      lines[1]!.arriving.push(server.packet(1, 2))
      for (let i = 0; i < 10; i++) rig.pass()
      server.say(addOrder(8, 'S', 100_900))
      lines[1]!.arriving.push(server.latest())
      for (let i = 0; i < 10; i++) rig.pass()
      expect(rig.best()).toEqual([0, 100_900])
    }
  })
})

describe('whatever two lines lose and delay', () => {
  const fate = fc.record({
    isLostA: fc.boolean(),
    isLostB: fc.boolean(),
    delayB: fc.nat(6),
    isSlow: fc.boolean(),
    price: fc.integer({ min: 1, max: 20 }),
    /** Whether it cancels some of an earlier order rather than bring another one. */
    isCancel: fc.boolean(),
    count: fc.integer({ min: 1, max: 3 }),
  })

  it('the book is the exchange’s in the end, by the other line, an answer or a snapshot', () => {
    fc.assert(
      fc.property(fc.array(fate, { minLength: 1, maxLength: 60 }), fc.boolean(), (fates, hasAnswers) => {
        const rig = new Rig(true)
        const { server, lines, requests } = rig
        server.say(directory())
        lines[0]!.arriving.push(server.latest())
        rig.pass()
        const delayed: { readonly at: number; readonly bytes: Buffer }[] = []
        const answer = () => {
          for (const bytes of requests.sent.splice(0)) {
            const first = Number(bytes.readBigUInt64BE(10))
            if (hasAnswers) requests.arriving.push(server.packet(first, Math.min(5, bytes.readUInt16BE(18))))
          }
        }
        fates.forEach(({ isLostA, isLostB, delayB, isSlow, price, isCancel, count }, step) => {
          const first = server.messages.length + 1
          for (let i = 0; i < count; i++) {
            const reference = server.standing.size + 1
            const old = 1 + (price % Math.max(1, reference - 1))
            const canCancel = isCancel && (server.standing.get(old)?.shares ?? 0) > 10
            server.say(canCancel ? cancelShares(old, 10) : addOrder(reference, 'B', price * 100))
          }
          if (!isLostA) lines[0]!.arriving.push(server.packet(first, count))
          if (!isLostB) delayed.push({ at: step + delayB, bytes: server.packet(first, count) })
          lines[1]!.arriving.push(...delayed.filter(({ at }) => at === step).map(({ bytes }) => bytes))
          rig.pass(isSlow ? 60 : 1)
          answer()
        })
        for (let i = 0; i < 30; i++) {
          lines[0]!.arriving.push(server.packet(server.messages.length + 1, 0))
          rig.pass(30)
          answer()
        }
        expect(rig.feed.isJoined).toBe(true)
        const levels = new Map<number, number>()
        for (const { price, shares } of server.standing.values()) levels.set(price, (levels.get(price) ?? 0) + shares)
        const seen = new Map<number, number>()
        for (let level = rig.book.firstLevel(1, Side.Buy); level !== 0; level = rig.book.nextLevel(level)) {
          seen.set(rig.book.levelPrice(level), rig.book.levelQuantity(level))
        }
        expect([...seen].sort()).toEqual([...levels].sort())
      }),
      { numRuns: 150 },
    )
  })
})
