import { expect, test } from 'vitest'
import { RingHeader, RingMark } from '../../kernels/ring/layout.ts'
import { drain, fillRecord, HeapRing, look, range } from './support/heap-ring.ts'

function ringWithReader(seats = 1) {
  const ring = new HeapRing(4096, seats)
  for (const seat of ring.seats) seat.membership = 1
  return { ring, reader: ring.seats[0]!.resume() }
}

test('A producer that died with claimed records leaves only what it published', () => {
  const { ring, reader } = ringWithReader()
  for (let i = 0; i < 5; i++) ring.send(64)
  ring.write(64)
  ring.write(128)
  ring.attachProducer()
  ring.sequence = ring.producer.publishedSequence
  expect(ring.sequence).toBe(5)
  ring.send(200)
  expect(drain(reader)).toEqual(range(1, 6))
})

test('A producer can die at any store of a publish and its successor knows the last sequence', () => {
  for (let stores = 0; stores <= 3; stores++) {
    for (const before of [1, 2, 3]) {
      const { ring, reader } = ringWithReader()
      for (let i = 0; i < before; i++) ring.send(64)
      const dead = ring.producer.tailPosition()
      // The publish of one more record, cut off after some of its stores.
      const facts = new Float64Array(ring.buffer)
      const at = ring.producer.tryClaim(64, 0)
      fillRecord(ring.producer.views, at, 64, before + 1)
      const mark = before % 2 === 0 ? RingHeader.Mark1 : RingHeader.Mark0
      if (stores > 0) facts[(mark + RingMark.Sequence) >> 3] = before + 1
      if (stores > 1) facts[(mark + RingMark.PublishedBytes) >> 3] = (before + 1) * 64
      if (stores > 2) ring.words[RingHeader.Tail >> 2] = (before + 1) * 8
      const wasPublished = stores > 2
      ring.attachProducer()
      expect(ring.producer.publishedSequence).toBe(before + (wasPublished ? 1 : 0))
      expect(ring.producer.publishedBytes).toBe((before + (wasPublished ? 1 : 0)) * 64)
      expect(ring.producer.tailPosition()).toBe(dead + (wasPublished ? 8 : 0))
      ring.sequence = ring.producer.publishedSequence
      ring.send(96)
      expect(drain(reader)).toEqual(range(1, ring.sequence))
    }
  }
})

test('Observers go on distrusting what a dead producer may have overwritten', () => {
  const ring = new HeapRing(4096, 0)
  for (let i = 0; i < 64; i++) ring.send(64)
  const observer = ring.observe()
  observer.rewind()
  for (let i = 0; i < 4; i++) ring.write(64)
  const { claim } = ring
  ring.attachProducer()
  expect(ring.claim).toBe(claim)
  expect(look(observer)).toEqual([])
  expect(observer.lost[0]).toBe(64)
  ring.sequence = 64
  ring.send(64)
  expect(look(observer)).toEqual([65])
})

test('A consumer that takes a dead one’s place at its cursor sees everything that was not given back', () => {
  const { ring, reader } = ringWithReader()
  for (let i = 0; i < 10; i++) ring.send(64)
  for (let i = 0; i < 4; i++) reader.next()
  reader.release()
  for (let i = 0; i < 3; i++) reader.next()
  // It dies here; the ring waits for its successor.
  while (ring.send(64) >= 0);
  const successor = ring.seats[0]!.resume()
  expect(drain(successor)).toEqual(range(5, ring.sequence))
  expect(ring.seats[0]!.words[0]).toBe(2)
})

test('One store of the membership frees a ring from a dead consumer, and the successor joins at the tail', () => {
  const { ring } = ringWithReader()
  while (ring.send(64) >= 0);
  const held = ring.sequence
  ring.seats[0]!.membership = 2
  for (let i = 0; i < 100; i++) expect(ring.send(64)).toBeGreaterThanOrEqual(0)
  const successor = ring.seats[0]!.join()
  expect(drain(successor)).toEqual([])
  while (ring.send(64) >= 0);
  expect(ring.producer.heldBytes()).toBe(4096)
  expect(drain(successor)).toEqual(range(held + 101, ring.sequence))
})

test('The slowest of several consumers holds the ring, and who is no member does not', () => {
  const { ring, reader } = ringWithReader(3)
  const slow = ring.seats[1]!.resume()
  ring.seats[2]!.membership = 0
  ring.seats[2]!.resume()
  for (let i = 0; i < 64; i++) ring.send(64)
  drain(reader)
  expect(ring.send(64)).toBe(-1)
  slow.next()
  slow.release()
  expect(ring.send(64)).toBe(0)
  expect(ring.send(64)).toBe(-1)
  ring.seats[1]!.membership = 0
  expect(ring.producer.freeBytes()).toBe(63 * 64)
})

test('A member that has not begun does not hold the ring', () => {
  const ring = new HeapRing(4096, 1)
  ring.seats[0]!.membership = 1
  for (let i = 0; i < 200; i++) expect(ring.send(64)).toBeGreaterThanOrEqual(0)
  const late = ring.seats[0]!.join()
  ring.send(64)
  expect(drain(late)).toEqual([201])
})

test('A producer that reckoned its room before a consumer joined overwrites nothing that it will read', () => {
  const ring = new HeapRing(4096, 1)
  ring.seats[0]!.membership = 1
  for (let i = 0; i < 30; i++) ring.send(64)
  const late = ring.seats[0]!.join()
  const seen: number[] = []
  for (let i = 0; i < 500; i++) {
    while (ring.send(64) >= 0);
    seen.push(...drain(late))
  }
  expect(seen).toEqual(range(31, ring.sequence))
})
