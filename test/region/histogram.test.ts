import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HISTOGRAM_BYTES, Histogram } from '../../kernels/region/histogram.ts'

const ERROR_MAX = 0.032

function record(values: readonly number[]): Histogram {
  const histogram = new Histogram(new ArrayBuffer(HISTOGRAM_BYTES), 0)
  const source = new Float64Array(1)
  for (const value of values) {
    source[0] = value
    histogram.recordFrom(source, 0)
  }
  return histogram
}

function exactPercentile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.max(1, Math.ceil(sorted.length * fraction)) - 1]!
}

test('Every percentile is at or at most 3.2 % above the exact one', () => {
  const value = fc.oneof(
    fc.nat(100),
    fc.nat(100_000),
    fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    fc.integer({ min: 2 ** 30, max: 2 ** 41 - 1 }),
  )
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 500 }), (values) => {
      const histogram = record(values)
      const sorted = values.toSorted((a, b) => a - b)
      for (const fraction of [0, 0.1, 0.5, 0.9, 0.99, 0.999, 1]) {
        const exact = exactPercentile(sorted, fraction)
        const found = histogram.percentile(fraction)
        expect(found).toBeGreaterThanOrEqual(exact)
        expect(found).toBeLessThanOrEqual(exact * (1 + ERROR_MAX))
      }
      expect(histogram.summarise().max).toBe(sorted.at(-1))
      expect(histogram.count).toBe(values.length)
    }),
    { numRuns: 300 },
  )
})

test('At every edge of a bucket the reported value is at or at most 3.2 % above', () => {
  for (let power = 0; power <= 40; power++) {
    for (let part = 0; part < 32; part++) {
      for (const off of [-1, 0, 1]) {
        const value = 2 ** power + Math.floor((2 ** power * part) / 32) + off
        if (value < 0 || value >= 2 ** 41) continue
        // A larger one behind it, so that the maximum does not tell the answer.
        const found = record([value, 2 ** 41]).percentile(0.5)
        expect(found).toBeGreaterThanOrEqual(value)
        expect(found).toBeLessThanOrEqual(value * (1 + ERROR_MAX))
      }
    }
  }
})

test('What is no time counts as zero, what is beyond the range keeps its maximum', () => {
  expect(record([Number.NaN, -5, -0, 0.4]).summarise()).toMatchObject({ count: 4, p50: 0, max: 0 })
  expect(record([2 ** 45]).summarise()).toMatchObject({ count: 1, p50: 2 ** 45, p9999: 2 ** 45, max: 2 ** 45 })
  expect(record([2 ** 45, 2 ** 46]).percentile(1)).toBe(2 ** 46)
  expect(record([Number.POSITIVE_INFINITY]).percentile(1)).toBe(Number.POSITIVE_INFINITY)
})

test('Fractions of a nanosecond are cut off', () => {
  expect(record([64.9, 100.7]).summarise()).toMatchObject({ p50: 65, max: 100 })
})

test('An empty histogram says zero everywhere', () => {
  expect(record([]).summarise()).toEqual({ count: 0, p50: 0, p90: 0, p99: 0, p999: 0, p9999: 0, max: 0 })
})
