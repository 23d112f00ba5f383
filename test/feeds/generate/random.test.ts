import { describe, expect, it } from 'vitest'
import { drawExponential, drawPermutation, naturalLog, WeightedIndex } from '../../../feeds/generate/distributions.ts'
import { RandomStream } from '../../../feeds/generate/random.ts'

describe('the seeded generator', () => {
  it('gives the sequence of the reference xoshiro128** from state 1, 2, 3, 4', () => {
    const stream = RandomStream.fromState([1, 2, 3, 4])
    const numbers = Array.from({ length: 10 }, () => stream.nextInt32() >>> 0)
    expect(numbers).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ])
  })

  it('gives other numbers for another seed, also above 32 bits, and for another stream', () => {
    const firsts = [
      new RandomStream(1),
      new RandomStream(2),
      new RandomStream(1 + 2 ** 32),
      new RandomStream(1 + 2 ** 33),
      new RandomStream(1, 1),
    ].map((stream) => stream.nextInt32())
    expect(new Set(firsts).size).toBe(firsts.length)
  })

  it('stays within the bounds asked for', () => {
    const stream = new RandomStream(5)
    const seen = new Set<number>()
    for (let i = 0; i < 2_000; i++) {
      seen.add(stream.below(7))
      expect(stream.bits(3)).toBeLessThan(8)
      const unit = stream.unit()
      expect(unit >= 0 && unit < 1).toBe(true)
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('draws normal and exponential numbers with their mean and variance', () => {
    const stream = new RandomStream(9)
    const draws = 40_000
    let sum = 0
    let squares = 0
    let waits = 0
    for (let i = 0; i < draws; i++) {
      const value = stream.gaussian()
      sum += value
      squares += value * value
      waits += drawExponential(stream, 10)
    }
    expect(sum / draws).toBeCloseTo(0, 1)
    expect(squares / draws).toBeCloseTo(1, 1)
    expect(waits / draws).toBeCloseTo(10, 0)
  })
})

describe('the distributions', () => {
  it('compute logarithms without the engine', () => {
    for (const value of [1e-9, 0.3, 1, 2.5, 1e6]) expect(naturalLog(value)).toBeCloseTo(Math.log(value), 12)
  })

  it('draw indices by their weights', () => {
    const draw = new WeightedIndex([1, 0, 3, 4])
    const stream = new RandomStream(3)
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 16_000; i++) counts[draw.draw(stream)]!++
    expect(counts[1]).toBe(0)
    expect(counts[0]! / 2_000).toBeCloseTo(1, 0)
    expect(counts[3]! / 8_000).toBeCloseTo(1, 0)
  })

  it('draw permutations that hold each number once', () => {
    expect([...drawPermutation(new RandomStream(4), 100)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    )
  })
})
