import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RingCorruptError } from '../../kernels/ring/errors.ts'
import { RingHeader } from '../../kernels/ring/layout.ts'
import { HeapRing, look, range } from './support/heap-ring.ts'

test('An observer sees what is published from its start on and never holds the producer back', () => {
  const ring = new HeapRing(4096, 0)
  ring.send(64)
  const observer = ring.observe()
  expect(look(observer)).toEqual([])
  for (let i = 0; i < 20; i++) ring.send(72)
  expect(look(observer)).toEqual(range(2, 21))
  for (let i = 0; i < 1000; i++) expect(ring.send(72)).toBeGreaterThanOrEqual(0)
})

test('Overtaken records are counted exactly, at once and however often it happens', () => {
  const ring = new HeapRing(4096, 0)
  const observer = ring.observe()
  let seen = 0
  for (const burst of [10, 500, 1, 63, 64, 65, 1000, 3]) {
    for (let i = 0; i < burst; i++) ring.send(64)
    seen += look(observer).length
    expect(observer.lost[0]! + seen).toBe(ring.sequence)
  }
  expect(observer.lost[0]).toBeGreaterThan(1500)
  expect(seen).toBeGreaterThan(10)
})

test('An observer that begins at the first record counts what was overwritten before it came', () => {
  const ring = new HeapRing(4096, 0)
  for (let i = 0; i < 300; i++) ring.send(64)
  const observer = ring.observe()
  observer.rewind()
  const seen = look(observer)
  ring.send(64)
  seen.push(...look(observer))
  expect(seen.length + observer.lost[0]!).toBe(301)
  const fresh = new HeapRing(4096, 0)
  for (let i = 0; i < 30; i++) fresh.send(64)
  const early = fresh.observe()
  early.rewind()
  expect(look(early)).toEqual(range(1, 30))
  expect(early.lost[0]).toBe(0)
})

test('An observer stopped while the position counter turned over once knows that it was lapped', () => {
  const ring = new HeapRing(4096, 0)
  ring.send(64)
  const observer = ring.observe()
  // As if 2^32 words and nothing more had been published: tail and claim look as they did.
  const facts = new Float64Array(ring.buffer)
  facts[(RingHeader.Mark0 + 8) >> 3] = 64 + 2 ** 35
  facts[RingHeader.Mark0 >> 3] = 1000
  ring.attachProducer()
  ring.sequence = 1000
  expect(look(observer)).toEqual([])
  expect(observer.lost[0]).toBe(999)
  ring.send(64)
  expect(look(observer)).toEqual([1001])
  expect(observer.lost[0]).toBe(999)
})

test('Memory that is no record is an error, not a silent loss', () => {
  const ring = new HeapRing(4096, 0)
  const observer = ring.observe()
  ring.send(64)
  ring.words[RingHeader.Data >> 2] = 20
  expect(() => observer.next()).toThrow(RingCorruptError)
})

test('Whatever the lengths and the pauses, seen and lost add up and nothing is seen twice', () => {
  const step = fc.record({
    bytes: fc.integer({ min: 4, max: 64 }).map((words) => words * 8),
    records: fc.integer({ min: 0, max: 150 }),
    isBatch: fc.boolean(),
    looks: fc.integer({ min: 0, max: 200 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const ring = new HeapRing(4096, 0)
      const observer = ring.observe()
      let last = 0
      let seen = 0
      for (const { bytes, records, isBatch, looks } of steps) {
        for (let i = 0; i < records; i++) {
          if (ring.write(bytes) < 0) break
          if (!isBatch) ring.producer.publish()
        }
        ring.producer.publish()
        for (let i = 0; i < looks && observer.next() >= 0; i++) {
          const sequence = observer.views.f64[2]!
          expect(sequence).toBeGreaterThan(last)
          last = sequence
          seen++
          expect(seen + observer.lost[0]!).toBe(sequence)
        }
      }
      seen += look(observer).length
      expect(seen + observer.lost[0]!).toBe(ring.sequence)
    }),
    { numRuns: 200 },
  )
})
