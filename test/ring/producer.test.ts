import { expect, test } from 'vitest'
import { Header } from '../../kernels/records/catalogue.ts'
import { RingConsumer } from '../../kernels/ring/consumer.ts'
import { RingCorruptError, RingLayoutError } from '../../kernels/ring/errors.ts'
import { CursorLayout, RingHeader, ringSectionBytes } from '../../kernels/ring/layout.ts'
import { RingProducer } from '../../kernels/ring/producer.ts'
import { drain, HeapRing, range } from './support/heap-ring.ts'

function ringWithReader(capacityBytes = 4096) {
  const ring = new HeapRing(capacityBytes, 1)
  ring.seats[0]!.membership = 1
  return { ring, reader: ring.seats[0]!.resume() }
}

test('A record is invisible until it is published', () => {
  const { ring, reader } = ringWithReader()
  ring.write(64)
  expect(drain(reader)).toEqual([])
  ring.producer.publish()
  expect(drain(reader)).toEqual([1])
})

test('A batch becomes visible at once and in order', () => {
  const { ring, reader } = ringWithReader()
  for (let i = 0; i < 10; i++) ring.write(32 + 8 * i)
  ring.producer.publish()
  expect(drain(reader)).toEqual(range(1, 10))
})

test('Whatever is left at the end of the data, a record that does not fit begins at its start', () => {
  for (let leftWords = 0; leftWords < 16; leftWords++) {
    const { ring, reader } = ringWithReader()
    let toFill = 4096 - leftWords * 8
    while (toFill > 0) {
      const bytes = toFill > 160 ? 64 : toFill > 128 ? toFill - 96 : toFill
      expect(ring.send(bytes)).toBe(4096 - leftWords * 8 - toFill)
      toFill -= bytes
      drain(reader)
    }
    const expected = leftWords >= 8 ? 4096 - leftWords * 8 : 0
    expect(ring.send(64)).toBe(expected)
    expect(drain(reader)).toEqual([ring.sequence])
    expect(ring.send(64)).toBe(expected === 0 ? 64 : 0)
    expect(drain(reader)).toEqual([ring.sequence])
  }
})

test('A slow gating consumer holds the producer back at the last byte, and the refusals are counted', () => {
  const { ring, reader } = ringWithReader()
  for (let i = 0; i < 64; i++) expect(ring.send(64)).toBe(i * 64)
  expect(ring.producer.freeBytes()).toBe(0)
  expect(ring.producer.heldBytes()).toBe(4096)
  expect(ring.producer.hasFree(32)).toBe(false)
  expect(ring.producer.claimsRefused).toBe(0)
  expect(ring.send(32)).toBe(-1)
  expect(ring.producer.claimsRefused).toBe(1)
  reader.next()
  reader.release()
  expect(ring.producer.freeBytes()).toBe(64)
  expect(ring.send(64)).toBe(0)
  expect(ring.send(32)).toBe(-1)
  expect(drain(reader)).toEqual(range(2, 65))
})

test('The reserved slice stays free for those who claim without a reserve', () => {
  const { ring } = ringWithReader()
  let ordinary = 0
  while (ring.send(64, 512) >= 0) ordinary++
  expect(ordinary).toBe((4096 - 512) / 64)
  let urgent = 0
  while (ring.send(64) >= 0) urgent++
  expect(urgent).toBe(8)
})

test('Without gating members a ring is bounded by its unpublished records alone', () => {
  const ring = new HeapRing(4096, 1)
  for (let i = 0; i < 1000; i++) expect(ring.send(96)).toBeGreaterThanOrEqual(0)
  for (let i = 0; i < 64; i++) ring.write(64)
  expect(ring.write(64)).toBe(-1)
  ring.producer.publish()
  expect(ring.write(64)).toBeGreaterThanOrEqual(0)
})

test('A length that no record has is refused before anything is claimed', () => {
  const { ring } = ringWithReader()
  for (const bytes of [-8, 0, 8, 24, 31, 33, 36, 63]) {
    expect(() => ring.producer.tryClaim(bytes, 0)).toThrow(RangeError)
  }
  expect(ring.producer.headPosition()).toBe(0)
})

test('A record that could never fit is an error, not an endless wait', () => {
  const { ring, reader } = ringWithReader()
  expect(() => ring.producer.tryClaim(4104, 0)).toThrow(/never fit/)
  expect(() => ring.producer.tryClaim(64, 4096)).toThrow(/never fit/)
  ring.send(4000)
  drain(reader)
  expect(() => ring.producer.tryClaim(4008, 0)).toThrow(/never fit/)
})

test('Capacities that are no power of two within the bounds are refused', () => {
  for (const capacity of [0, 2048, 4097, 6144, 2 ** 31]) {
    expect(() => RingProducer.format(new ArrayBuffer(8192), 0, capacity)).toThrow(RangeError)
  }
})

test('A section of another layout is refused on all sides', () => {
  const ring = new HeapRing(4096, 1)
  ring.words[RingHeader.LayoutVersion >> 2] = 77
  expect(() => ring.attachProducer()).toThrow(RingLayoutError)
  expect(() => ring.observe()).toThrow(/version 77/)
  expect(() => ring.seats[0]!.attach()).toThrow(RingLayoutError)
  const large = new HeapRing(4096, 1)
  large.words[RingHeader.CapacityBytes >> 2] = 8192
  expect(() => large.seats[0]!.attach()).toThrow(/8192 bytes is not possible/)
})

test('Positions run over 2^31 and 2^32 words without a seam', () => {
  for (const start of [0x7fffffff, 0xffffffff, 0x17fffffff]) {
    const { ring } = ringWithReader()
    const first = start - 255
    const facts = new Float64Array(ring.buffer)
    facts[(RingHeader.Mark0 + 8) >> 3] = first * 8
    ring.words[RingHeader.Tail >> 2] = first | 0
    ring.words[RingHeader.Claim >> 2] = first | 0
    ring.attachProducer()
    const reader = ring.seats[0]!.join()
    const observer = ring.observe()
    const seen: number[] = []
    for (let i = 0; i < 200; i++) {
      expect(ring.send(72)).toBeGreaterThanOrEqual(0)
      seen.push(...drain(reader))
      expect(observer.next()).toBe(72)
    }
    expect(seen).toEqual(range(1, 200))
    expect(observer.lost[0]).toBe(0)
    expect(ring.producer.publishedBytes).toBeGreaterThan((first + 200 * 9) * 8 - 1)
  }
})

test('What lies behind the tail but is no record stops a consumer with a typed error', () => {
  for (const length of [0, 8, 24, 4096 * 2, -64, 64 * 3]) {
    const { ring, reader } = ringWithReader()
    ring.send(64)
    ring.send(64)
    ring.words[(RingHeader.Data + Header.Length) >> 2] = length
    expect(() => reader.next()).toThrow(RingCorruptError)
  }
  const { ring, reader } = ringWithReader()
  ring.send(64)
  ring.words[(RingHeader.Data + Header.Type) >> 2] = 0
  expect(() => reader.next()).toThrow(RingCorruptError)
})

test('A cursor cannot be given back beyond what was read, or backwards', () => {
  const { ring, reader } = ringWithReader()
  ring.send(64)
  ring.send(64)
  reader.next()
  expect(() => reader.releaseTo(16)).toThrow(RangeError)
  reader.releaseTo(8)
  expect(() => reader.releaseTo(0)).toThrow(RangeError)
  reader.releaseTo(8)
  expect(reader.position()).toBe(8)
  expect(reader.lagBytes()).toBe(64)
})

test('Nothing beyond the cursor section’s sequence was given back, and it is never behind the cursor', () => {
  const { ring, reader } = ringWithReader()
  const { facts } = ring.seats[0]!
  for (let i = 0; i < 5; i++) ring.send(64)
  reader.next()
  reader.next()
  const position = reader.position()
  reader.next()
  reader.releaseTo(position)
  expect(facts[CursorLayout.Sequence >> 3]).toBe(3)
  reader.release()
  expect(facts[CursorLayout.Sequence >> 3]).toBe(3)
  drain(reader)
  expect(facts[CursorLayout.Sequence >> 3]).toBe(5)
})

test('A ring works at any aligned place in its region', () => {
  const buffer = new ArrayBuffer(4096 + ringSectionBytes(4096) + CursorLayout.Bytes)
  RingProducer.format(buffer, 4096, 4096)
  const cursor = { buffer, byteOffset: 4096 + ringSectionBytes(4096) }
  const consumer = new RingConsumer({ buffer, byteOffset: 4096 }, cursor)
  consumer.join(1)
  expect(consumer.next()).toBe(-1)
  expect(consumer.capacityBytes).toBe(4096)
})
