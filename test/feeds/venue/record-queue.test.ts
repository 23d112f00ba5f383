import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordQueue } from '../../../feeds/venue/record-queue.ts'
import { Header, RECORD_BYTES_MAX } from '../../../kernels/records/catalogue.ts'
import { beginRecord, RecordViews } from '../../../kernels/records/views.ts'

function put(queue: RecordQueue, bytes: number, stamp: number): number {
  const at = queue.claim(bytes)
  beginRecord(queue.views, at, bytes, 1, 0)
  for (let word = Header.Bytes >> 2; word < bytes >> 2; word++) queue.views.i32[(at >> 2) + word] = stamp
  return at
}

function take(queue: RecordQueue): [number, number] | undefined {
  const at = queue.peek()
  if (at < 0) return undefined
  const bytes = queue.views.u32[at >> 2]!
  const words = queue.views.i32.subarray((at + Header.Bytes) >> 2, (at + bytes) >> 2)
  expect(new Set(words).size).toBe(1)
  queue.pop()
  return [bytes, words[0]!]
}

test('records come out whole, once and in order, through any wraps and growth', () => {
  const bytes = fc.integer({ min: 5, max: RECORD_BYTES_MAX / 8 }).map((n) => n * 8)
  fc.assert(
    fc.property(fc.array(fc.oneof(bytes, fc.constant(0)), { maxLength: 400, size: 'max' }), (steps) => {
      const queue = new RecordQueue(1024, 1 << 20)
      const expected: [number, number][] = []
      for (const [index, size] of steps.entries()) {
        if (size === 0) expect(take(queue)).toEqual(expected.shift())
        else {
          put(queue, size, index)
          expected.push([size, index])
        }
        expect(queue.length).toBe(expected.length)
      }
      for (const want of expected) expect(take(queue)).toEqual(want)
      expect(queue.peek()).toBe(-1)
    }),
  )
})

test('a queue in steady use does not grow, and its positions survive their wrap at 2^32', () => {
  const queue = new RecordQueue(1024, 1 << 20)
  const internals = queue as unknown as { head: number; tail: number }
  internals.head = -1024
  internals.tail = -1024
  for (let i = 0; i < 1_000; i++) {
    put(queue, 88, i)
    put(queue, 72, i)
    expect(take(queue)).toEqual([88, i])
    expect(take(queue)).toEqual([72, i])
  }
  expect(queue.growths).toBe(0)
  expect(internals.head).toBeGreaterThan(0)
})

test('at its bound it refuses, counts, and keeps what it has', () => {
  const queue = new RecordQueue(1024, 2048)
  let stored = 0
  for (let i = 0; i < 100; i++) {
    put(queue, 512, i)
    if (!queue.overflowed) stored++
  }
  expect(stored).toBeGreaterThanOrEqual(3)
  expect(queue.refused).toBe(100 - stored)
  for (let i = 0; i < stored; i++) expect(take(queue)).toEqual([512, i])
  expect(take(queue)).toBeUndefined()
  expect(queue.overflowed).toBe(true)
})

test('push copies a record, also when it makes the queue grow', () => {
  const queue = new RecordQueue(1024, 1 << 16)
  const views = new RecordViews(new ArrayBuffer(512))
  beginRecord(views, 0, 512, 1, 0)
  for (let i = 0; i < 20; i++) {
    views.i32.fill(i, Header.Bytes >> 2)
    expect(queue.push(views, 0)).toBe(true)
  }
  expect(queue.growths).toBeGreaterThan(0)
  for (let i = 0; i < 20; i++) expect(take(queue)).toEqual([512, i])
})

test.each([
  [1000, 1024],
  [512, 512],
  [2048, 1024],
])('%i bytes growing to %i are refused', (bytes, bytesMax) => {
  expect(() => new RecordQueue(bytes, bytesMax)).toThrow(RangeError)
})
