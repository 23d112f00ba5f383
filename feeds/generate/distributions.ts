import type { RandomStream } from './random.ts'

const EXPONENTIAL_BITS = 12

/** Natural logarithm by the series of atanh, with additions, products and quotients only; for table building. */
export function naturalLog(value: number): number {
  let scaled = value
  let doublings = 0
  while (scaled > 1.5) {
    scaled /= 2
    doublings++
  }
  while (scaled < 0.75) {
    scaled *= 2
    doublings--
  }
  const ratio = (scaled - 1) / (scaled + 1)
  const square = ratio * ratio
  let power = ratio
  let sum = 0
  for (let term = 1; term < 40; term += 2) {
    sum += power / term
    power *= square
  }
  return 2 * sum + doublings * Math.LN2
}

function buildExponentialQuantiles(): Float64Array {
  const quantiles = new Float64Array(1 << EXPONENTIAL_BITS)
  for (let i = 0; i < quantiles.length; i++) quantiles[i] = -naturalLog((i + 0.5) / quantiles.length)
  return quantiles
}

/** Built at the first draw: every process loads this file, few draw. */
let exponentialQuantiles: Float64Array | undefined

/** An exponentially distributed number with the given mean, by a table of 4,096 quantiles. */
export function drawExponential(random: RandomStream, mean: number): number {
  exponentialQuantiles ??= buildExponentialQuantiles()
  return mean * exponentialQuantiles[random.bits(EXPONENTIAL_BITS)]!
}

/** Draws indices with given weights in constant time. Source: the alias method (Walker 1977, construction by Vose 1991). */
export class WeightedIndex {
  private readonly threshold: Float64Array
  private readonly alias: Int32Array

  /** @param weights non-negative, at least one above 0 */
  constructor(weights: ArrayLike<number>) {
    const size = weights.length
    this.threshold = new Float64Array(size)
    this.alias = new Int32Array(size)
    let total = 0
    for (let i = 0; i < size; i++) total += weights[i]!
    const scaled = new Float64Array(size)
    const small: number[] = []
    const large: number[] = []
    for (let i = 0; i < size; i++) {
      scaled[i] = (weights[i]! * size) / total
      if (scaled[i]! < 1) small.push(i)
      else large.push(i)
    }
    while (small.length > 0 && large.length > 0) {
      const low = small.pop()!
      const high = large.pop()!
      this.threshold[low] = scaled[low]!
      this.alias[low] = high
      scaled[high] = scaled[high]! + scaled[low]! - 1
      if (scaled[high]! < 1) small.push(high)
      else large.push(high)
    }
    for (const index of large) this.threshold[index] = 1
    for (const index of small) this.threshold[index] = 1
  }

  draw(random: RandomStream): number {
    const column = random.below(this.threshold.length)
    return random.unit() < this.threshold[column]! ? column : this.alias[column]!
  }
}

/** Weights of Zipf's law shifted by three ranks, so that the busiest symbol does not drown the others. */
export function zipfWeights(count: number): Float64Array {
  const weights = new Float64Array(count)
  for (let rank = 0; rank < count; rank++) weights[rank] = 1 / (rank + 4)
  return weights
}

/** The numbers 0 to `count` - 1 in a random order (Fisher and Yates). */
export function drawPermutation(random: RandomStream, count: number): Int32Array {
  const order = new Int32Array(count)
  for (let i = 0; i < count; i++) order[i] = i
  for (let i = count - 1; i > 0; i--) {
    const other = random.below(i + 1)
    const held = order[i]!
    order[i] = order[other]!
    order[other] = held
  }
  return order
}
