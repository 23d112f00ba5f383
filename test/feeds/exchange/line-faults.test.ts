import { describe, expect, test } from 'vitest'
import { LineFault, LineFaults, NO_LINE_FAULTS } from '../../../feeds/exchange/line-faults.ts'
import { RandomStream } from '../../../feeds/generate/random.ts'

function createLine(rates: Partial<typeof NO_LINE_FAULTS>, seed = 1) {
  const delivered: number[] = []
  const line = new LineFaults({ ...NO_LINE_FAULTS, ...rates }, new RandomStream(seed), (bytes) =>
    delivered.push(bytes[0]!),
  )
  const offer = (count: number, nowNs = 0) => {
    for (let i = 0; i < count; i++) line.offer(Uint8Array.of(i), nowNs)
  }
  return { line, delivered, offer }
}

describe('a line', () => {
  test('without faults delivers each packet at once', () => {
    const { delivered, offer } = createLine({})
    offer(5)
    expect(delivered).toEqual([0, 1, 2, 3, 4])
  })

  test('loses what its seed says, the same every time', () => {
    const runs = [1, 2].map(() => {
      const { line, delivered, offer } = createLine({ loss: 0.5 }, 9)
      offer(100)
      expect(delivered.length + line.counts[LineFault.Lost]!).toBe(100)
      return delivered
    })
    expect(runs[0]).toEqual(runs[1])
    expect(runs[0]!.length).toBeGreaterThan(20)
    expect(runs[0]!.length).toBeLessThan(80)
  })

  test('swaps neighbours, and never keeps one back for good', () => {
    const { line, delivered, offer } = createLine({ reorder: 1 })
    offer(5)
    expect(delivered).toEqual([1, 0, 3, 2])
    line.drain()
    expect(delivered).toEqual([1, 0, 3, 2, 4])
  })

  test('doubles packets', () => {
    const { delivered, offer } = createLine({ duplicate: 1 })
    offer(2)
    expect(delivered).toEqual([0, 0, 1, 1])
  })

  test('delays packets without letting them overtake, up to a bound', () => {
    const { line, delivered, offer } = createLine({ delayMs: 10 })
    offer(3)
    expect(delivered).toEqual([])
    line.release(10e6)
    expect(delivered).toEqual([0, 1, 2])
    for (let i = 0; i < 100; i++) offer(100, 20e6)
    expect(line.counts[LineFault.Overflowed]).toBe(100 * 100 - 8192)
    line.drain()
    expect(delivered.length).toBe(3 + 8192)
  })
})
