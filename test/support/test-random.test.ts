import { expect, test } from 'vitest'
import { TestRandom } from './test-random.ts'

const DRAWS = 64

function draw(seed: number, limit: number): number[] {
  const random = new TestRandom(seed)
  return Array.from({ length: DRAWS }, () => random.below(limit))
}

test('a seed gives the same numbers again', () => {
  expect(draw(4711, 1000)).toEqual(draw(4711, 1000))
})

test('neighbouring seeds draw nothing alike: neither the first number nor the later ones', () => {
  const alike = (left: number, right: number) => {
    const other = draw(right, 16)
    return draw(left, 16).filter((value, i) => value === other[i]).length
  }
  for (const seed of [0, 1, 7, 1000, 2 ** 31 - 1, -5]) {
    // One in sixteen by chance: 4 of 64.
    expect(alike(seed, seed + 1), `${seed}`).toBeLessThan(14)
  }
  const firsts = Array.from({ length: 1000 }, (_, seed) => draw(seed, 10)[0]!)
  const counts = firsts.reduce((sums, value) => sums.with(value, sums[value]! + 1), new Array<number>(10).fill(0))
  expect(Math.min(...counts)).toBeGreaterThan(60)
  expect(Math.max(...counts)).toBeLessThan(140)
})

test('what is drawn lies below the limit, and reaches it', () => {
  const random = new TestRandom(3)
  const seen = new Set(Array.from({ length: 1000 }, () => random.below(7)))
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
})
