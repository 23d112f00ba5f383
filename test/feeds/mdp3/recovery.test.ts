import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BookClearReason, FLAG_MORE, FLAG_SNAPSHOT, StaleReason } from '../../../kernels/records/catalogue.ts'
import { type DecodedRecord, TestDecoder } from './support/decode.ts'
import { type BookEntry, book, definition, orderSnapshot, packet, snapshot, trades } from './support/packets.ts'
import { applyLevels, PublishedSide } from './support/published-side.ts'

const names = (records: readonly DecodedRecord[]) => records.map(({ name }) => name)
const isRecovered = ({ name, fields }: DecodedRecord) => name === 'stale' && fields.reason === StaleReason.Recovered

function entry(rptSeq: number, type: string, level: number, price: number, action = 0): BookEntry {
  return { rptSeq, type, level, price, action, size: 5, orders: 1 }
}

describe('a book is refreshed naturally', () => {
  const joined = (depth: number) => {
    const decoder = new TestDecoder()
    decoder.feed(packet(1, [definition(1, 'ESM4', depth)]))
    return decoder
  }

  it('when each level of both sides was seen', () => {
    const decoder = joined(2)
    decoder.feed(packet(2, [book([entry(8, '0', 1, 100, 1), entry(9, '0', 2, 99, 1), entry(10, '1', 1, 101, 1)])]))
    const records = decoder.feed(packet(3, [book([entry(11, '1', 2, 102, 1)])]))
    expect(names(records)).toEqual(['levelUpdate', 'stale'])
    expect(records.map(({ flags }) => flags & FLAG_MORE)).toEqual([FLAG_MORE, 0])
    expect(isRecovered(records[1]!)).toBe(true)
    expect(names(decoder.feed(packet(4, [book([entry(12, '1', 2, 102, 1)])])))).toEqual(['levelUpdate'])
  })

  it('at the end of the event: what went may be followed by what moves up', () => {
    const decoder = joined(1)
    decoder.feed(packet(2, [book([entry(8, '1', 1, 101, 1)])]))
    expect(names(decoder.feed(packet(3, [book([entry(9, '0', 1, 100, 2)], [], 0x04)])))).toEqual(['levelUpdate'])
    expect(names(decoder.feed(packet(4, [book([entry(10, '0', 1, 99)])])))).toEqual(['levelUpdate', 'stale'])
  })

  it('by levels that went and were not followed by others', () => {
    const decoder = joined(2)
    decoder.feed(packet(2, [book([entry(8, '0', 1, 100, 3), entry(9, '0', 1, 99, 2)])]))
    expect(names(decoder.feed(packet(3, [book([{ rptSeq: 10, type: '1', level: 2, action: 3 }])])))).toEqual(['stale'])
  })

  it('not before the depth is known: by a definition, or by the deepest level there is', () => {
    const decoder = new TestDecoder()
    const bids = Array.from({ length: 12 }, (_, i) => entry(8 + i, '0', 1, 100, 2))
    decoder.feed(
      packet(1, [book(bids), book(bids.map((bid, i) => ({ ...bid, rptSeq: 20 + i, type: '1', price: 101 })))]),
    )
    expect(decoder.feed(packet(2, [book([entry(32, '0', 1, 100)])])).some(isRecovered)).toBe(false)
    const filled = Array.from({ length: 9 }, (_, i) => entry(33 + i, '0', i + 2, 99 - i))
    expect(decoder.feed(packet(3, [book(filled)])).filter(isRecovered)).toHaveLength(1)
  })

  it('after a gap too', () => {
    const decoder = joined(1)
    decoder.feed(packet(2, [book([entry(1, '0', 1, 100), entry(2, '1', 1, 101)])]))
    expect(names(decoder.feed(packet(4, [book([entry(5, '0', 1, 98, 1)])])))).toEqual([
      'gap',
      'stale',
      'bookClear',
      'levelUpdate',
    ])
    expect(names(decoder.feed(packet(5, [book([entry(6, '1', 1, 99, 1)])])))).toEqual(['levelUpdate', 'stale'])
  })

  const change = fc.record({
    isBid: fc.boolean(),
    price: fc.integer({ min: -15, max: 15 }),
    size: fc.nat(3),
    cut: fc.oneof(
      { weight: 12, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.record({ count: fc.nat(4), isBest: fc.boolean() }) },
    ),
  })
  const seed = Number(process.env.XK_SEED ?? 41_207)

  it(`never to anything but the book that is published (seed ${seed})`, { timeout: 120_000 }, () => {
    let recovered = 0
    fc.assert(
      fc.property(fc.array(change, { minLength: 200, maxLength: 400 }), fc.nat(40), (changes, unheard) => {
        const decoder = new TestDecoder()
        const sides = [new PublishedSide(true), new PublishedSide(false)]
        const read = [new Map<number, number>(), new Map<number, number>()]
        let rptSeq = 1
        let isWhole = false
        changes.forEach(({ isBid, price, size, cut }, index) => {
          const side = sides[isBid ? 0 : 1]!
          const entries = cut === null ? side.set(price, size) : side.cut(cut.count, cut.isBest)
          const numbered = entries.map((fields) => ({ ...fields, rptSeq: rptSeq++ }))
          if (index <= unheard || numbered.length === 0) return
          const records = decoder.feed(packet(index, [book(numbered)]))
          applyLevels(records, read)
          if (records.some(({ name }) => name === 'stale')) isWhole = records.some(isRecovered)
          if (!isWhole) return
          recovered++
          for (const which of [0, 1]) {
            const shown = sides[which]!.shown().sort(([a], [b]) => a - b)
            expect([...read[which]!].sort(([a], [b]) => a - b)).toEqual(shown)
          }
        })
      }),
      { numRuns: 150, seed },
    )
    expect(recovered).toBeGreaterThan(500)
  })
})

describe('orders', () => {
  const change = (rptSeq: number, id: bigint, action: number) =>
    book([entry(rptSeq, '1', 1, 5_000_000_000)], [{ id, size: 3, reference: 1, action }])

  const lost = () => {
    const decoder = new TestDecoder()
    decoder.feed(packet(1, [change(1, 7n, 0)]))
    const records = decoder.feed(packet(4, [change(2, 8n, 0)]))
    return { decoder, records }
  }

  it('are lost with packets, whatever the numbers of the levels say', () => {
    const { records } = lost()
    expect(names(records)).toEqual(['gap', 'stale', 'bookClear', 'levelUpdate'])
    expect(records[2]!.fields.reason).toBe(BookClearReason.Lost)
  })

  it('come back with a snapshot of all of them, in all its chunks', () => {
    const { decoder } = lost()
    const first = decoder.feed(packet(5, [orderSnapshot(1, 2, [8n], 4)]))
    expect(names(first)).toEqual(['bookClear', 'orderAdd'])
    expect(first.every(({ flags }) => (flags & FLAG_SNAPSHOT) !== 0)).toBe(true)
    expect(decoder.feed(packet(6, [orderSnapshot(1, 1, [1n], 3)]))).toEqual([])
    expect(names(decoder.feed(packet(7, [orderSnapshot(2, 2, [9n], 4)])))).toEqual(['orderAdd', 'stale'])
    expect(names(decoder.feed(packet(8, [change(3, 8n, 2)])))).toEqual(['orderDelete'])
  })

  it('do not come back with one that lacks a change that was seen', () => {
    const { decoder } = lost()
    expect(decoder.feed(packet(5, [orderSnapshot(1, 1, [8n], 3)]))).toEqual([])
    expect(decoder.report().undecoded).toEqual({ outdatedSnapshot: 1 })
  })

  it('do not come back where a change came between the chunks', () => {
    const { decoder } = lost()
    decoder.feed(packet(5, [orderSnapshot(1, 2, [8n], 4)]))
    expect(names(decoder.feed(packet(6, [change(3, 8n, 2)])))).toEqual(['bookClear'])
    expect(decoder.feed(packet(7, [orderSnapshot(2, 2, [9n], 4)]))).toEqual([])
  })

  it('are not changed twice by what their snapshot includes', () => {
    const { decoder } = lost()
    decoder.feed(packet(5, [orderSnapshot(1, 1, [8n, 9n], 6)]))
    expect(decoder.feed(packet(6, [change(3, 9n, 0)]))).toEqual([])
    expect(names(decoder.feed(packet(7, [change(4, 9n, 2)])))).toEqual(['orderDelete'])
  })

  it('give way to the levels where a snapshot of those came first', () => {
    const { decoder } = lost()
    decoder.feed(packet(5, [snapshot(2, [{ price: 5, size: 1, level: 1, type: '0' }])]))
    expect(decoder.feed(packet(6, [orderSnapshot(1, 1, [8n])]))).toEqual([])
    expect(names(decoder.feed(packet(7, [change(3, 9n, 0)])))).toEqual(['levelUpdate'])
  })

  it('of an empty book begin anew with a reset', () => {
    const { decoder } = lost()
    decoder.feed(packet(5, [book([{ rptSeq: 1, type: 'J' }])]))
    expect(names(decoder.feed(packet(6, [change(2, 9n, 0)])))).toEqual(['orderAdd'])
    expect(names(decoder.feed(packet(7, [trades([{ price: 5, size: 1, rptSeq: 3 }], [])])))).toEqual(['trade'])
  })
})
