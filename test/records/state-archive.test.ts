import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StateArchiveError, StateLoader, StateSaver } from '../../kernels/records/state-archive.ts'

const BYTES_MAX = 1 << 24

/** Mostly zeros, with islands: what large arrays of a kernel look like. */
const sparse = fc
  .tuple(fc.integer({ min: 0, max: 3000 }), fc.array(fc.tuple(fc.nat(2999), fc.integer({ min: 1, max: 255 }))))
  .map(([length, islands]) => {
    const bytes = new Uint8Array(length)
    for (const [at, value] of islands) if (at < length) bytes[at] = value
    return bytes
  })

test('arrays of every length come back byte for byte, over whatever was there', () => {
  fc.assert(
    fc.property(fc.array(sparse, { maxLength: 5 }), fc.integer({ min: 0, max: 255 }), (arrays, before) => {
      const saver = new StateSaver(BYTES_MAX)
      for (const array of arrays) saver.array(array)
      const loader = new StateLoader(saver.bytes)
      for (const array of arrays) {
        const target = new Uint8Array(array.length).fill(before)
        loader.array(target)
        expect(target).toEqual(array)
      }
      expect(loader.isAtEnd).toBe(true)
    }),
  )
})

test('parts of arrays, numbers and texts come back', () => {
  const saver = new StateSaver(BYTES_MAX)
  const doubles = Float64Array.from({ length: 100 }, (_, i) => i * 1.5)
  saver.array(doubles, 10, 20)
  for (const value of [0, -0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -1.25]) saver.number(value)
  saver.text('π and 𝛑')
  const loader = new StateLoader(saver.bytes)
  const target = new Float64Array(100)
  loader.array(target, 10, 20)
  expect([...target.subarray(9, 31)]).toEqual([0, ...doubles.subarray(10, 30), 0])
  expect([0, 0, 0, 0, 0, 0].map(() => loader.number())).toEqual([
    0,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    -1.25,
  ])
  expect(loader.text()).toBe('π and 𝛑')
})

test('a long run of zeros costs next to nothing, and the bound holds', () => {
  const saver = new StateSaver(1 << 21)
  saver.array(new Float64Array(1 << 20))
  expect(saver.usedBytes).toBeLessThan(64)
  expect(() => saver.array(new Uint8Array(1 << 22).fill(1))).toThrow(StateArchiveError)
})

test('cut and flipped bytes are an error or other values, never anything else', () => {
  const saver = new StateSaver(BYTES_MAX)
  saver.number(7)
  saver.array(Uint8Array.from({ length: 2000 }, (_, i) => (i % 700 < 30 ? i : 0)))
  saver.text('end')
  const bytes = saver.bytes.slice()
  const load = (damaged: Uint8Array) => {
    const loader = new StateLoader(damaged)
    loader.number()
    loader.array(new Uint8Array(2000))
    loader.text()
  }
  const isRefused = (damaged: Uint8Array) => {
    try {
      load(damaged)
      return false
    } catch (error) {
      expect(error).toBeInstanceOf(StateArchiveError)
      return true
    }
  }
  for (let length = 0; length < bytes.length; length++) expect(isRefused(bytes.subarray(0, length))).toBe(true)
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice()
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    isRefused(flipped)
  }
})
