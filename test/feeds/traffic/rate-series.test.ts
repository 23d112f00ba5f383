import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RateSeries } from '../../../feeds/traffic/rate-series.ts'

function seriesOf(times: readonly number[]): RateSeries {
  const series = new RateSeries()
  const slot = new Float64Array(1)
  for (const time of times) {
    slot[0] = time
    series.note(slot, 1)
  }
  return series
}

/** The five largest periods, counted by a map. */
function naiveBursts(times: readonly number[], periodNs: number): { startNs: number; count: number }[] {
  const counts = new Map<number, number>()
  for (const time of times) {
    const start = Math.floor(time / periodNs) * periodNs
    counts.set(start, (counts.get(start) ?? 0) + 1)
  }
  return [...counts]
    .map(([startNs, count]) => ({ startNs, count }))
    .sort((a, b) => b.count - a.count || a.startNs - b.startNs)
    .slice(0, 5)
}

const spans = fc.constantFrom(1e3, 1e6, 1e9, 1e12, 1e15)
const ascending = spans.chain((span) =>
  fc
    .array(fc.nat(1_000_000), { minLength: 1, maxLength: 200 })
    .map((parts) => parts.map((part) => Math.floor((part / 1e6) * span)).sort((a, b) => a - b)),
)

describe('a series of counts over time', () => {
  it('holds everything, in few columns of a round width, each with what came in its time (seeded)', () => {
    const property = fc.property(ascending, fc.integer({ min: 10, max: 100 }), (times, columnsMax) => {
      const { startNs, columnNs, counts } = seriesOf(times).columns(columnsMax)
      expect(counts.length).toBeLessThanOrEqual(columnsMax)
      expect(String(columnNs)).toMatch(/^[125]0*$/)
      expect(startNs % columnNs).toBe(0)
      const naive = new Array<number>(counts.length).fill(0)
      for (const time of times) naive[Math.floor((time - startNs) / columnNs)]!++
      expect(counts).toEqual(naive)
      expect(counts[0]).toBeGreaterThan(0)
      expect(counts.at(-1)).toBeGreaterThan(0)
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('keeps the busiest periods of a millisecond, of ten and of a second (seeded)', () => {
    const property = fc.property(ascending, (times) => {
      for (const log of seriesOf(times).bursts) {
        const bursts = log.bursts()
        const naive = naiveBursts(times, log.periodNs)
        expect(bursts).toEqual(naive)
      }
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('takes times that run backwards for those at hand, and those before the origin for the origin', () => {
    const series = seriesOf([5e6, 4e6, -1e9])
    expect(series.columns(100).counts.reduce((sum, count) => sum + count, 0)).toBe(3)
    expect(series.bursts[0]!.bursts()).toEqual([{ startNs: 5e6, count: 3 }])
  })

  it('of nothing is empty', () => {
    const series = new RateSeries()
    expect(series.isUsed).toBe(false)
    expect(series.columns(100).counts).toEqual([])
    expect(series.bursts.flatMap((log) => log.bursts())).toEqual([])
  })

  it('spans from 1970 to today without growing', () => {
    const { counts, columnNs } = seriesOf([0, 1.7e18]).columns(100)
    expect(counts.filter((count) => count > 0)).toEqual([1, 1])
    expect(counts.length).toBeLessThanOrEqual(100)
    expect(columnNs).toBe(2e16)
  })
})
